//! `unistd.h`, as far as std reaches without FFI.

use std::fs::{self, File};
use std::io::{self, IsTerminal};
use std::os::fd::AsRawFd;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{chown as std_chown, fchown as std_fchown, lchown as std_lchown, FileExt, MetadataExt};
use std::os::unix::process::parent_id;
use std::path::Path;
use std::time::Duration;
use std::{env, process, thread};

use crate::descriptors;
use crate::errno;
use crate::fcntl::{O_RDONLY, O_WRONLY};
use crate::memory::{Memory, Ptr, Void};
use crate::stdio::files::{open_file, path, status};
use crate::stdio::seek_from;

pub const R_OK: i32 = 4;
pub const W_OK: i32 = 2;
pub const X_OK: i32 = 1;
pub const F_OK: i32 = 0;

pub const _SC_CLK_TCK: i32 = 2;
pub const _SC_PAGESIZE: i32 = 30;
pub const _SC_NPROCESSORS_CONF: i32 = 83;
pub const _SC_NPROCESSORS_ONLN: i32 = 84;

const PAGE_SIZE: i32 = 4096;

/// A count as `ssize_t`: -1, with `errno` set, where there is none.
fn ssize(count: Option<usize>) -> i64 {
    count.map_or(-1, |count| count as i64)
}

/// 0, or -1 with `errno` set already.
fn done(result: Option<()>) -> i32 {
    result.map_or(-1, |()| 0)
}

/// The part of the `count` bytes at `buf` that is in its block. C may ask for more than it gets.
#[track_caller]
fn room(mem: &mut Memory, buf: Ptr<Void>, count: u64) -> &mut [u8] {
    if count == 0 {
        return &mut [];
    }
    let present = (mem.tail(buf).len() as u64).min(count);
    mem.bytes_mut(buf, present)
}

/// What a read of `count` bytes gave; one that filled a smaller block would have overflown it.
#[track_caller]
fn filled(mem: &mut Memory, buf: Ptr<Void>, count: u64, got: Option<usize>) -> i64 {
    if got.is_some_and(|got| got > 0 && got as u64 != count && got == mem.tail(buf).len()) {
        mem.bytes_mut(buf, count);
    }
    ssize(got)
}

#[track_caller]
pub fn read(mem: &mut Memory, fd: i32, buf: Ptr<Void>, count: u64) -> i64 {
    let got = descriptors::read(fd, room(mem, buf, count));
    filled(mem, buf, count, got)
}

#[track_caller]
pub fn write(mem: &Memory, fd: i32, buf: Ptr<Void>, count: u64) -> i64 {
    ssize(descriptors::write(fd, mem.bytes(buf, count)))
}

#[track_caller]
pub fn pread(mem: &mut Memory, fd: i32, buf: Ptr<Void>, count: u64, offset: i64) -> i64 {
    let Some(offset) = checked_offset(offset) else {
        return -1;
    };
    let room = room(mem, buf, count);
    let got = descriptors::with(fd, |file| file.read_at(room, offset));
    filled(mem, buf, count, got)
}

#[track_caller]
pub fn pwrite(mem: &Memory, fd: i32, buf: Ptr<Void>, count: u64, offset: i64) -> i64 {
    let bytes = mem.bytes(buf, count);
    ssize(checked_offset(offset).and_then(|offset| descriptors::with(fd, |file| file.write_at(bytes, offset))))
}

fn checked_offset(offset: i64) -> Option<u64> {
    let checked = u64::try_from(offset).ok();
    if checked.is_none() {
        errno::set(errno::EINVAL);
    }
    checked
}

pub fn lseek(fd: i32, offset: i64, whence: i32) -> i64 {
    if descriptors::status(fd).is_none() {
        errno::set(errno::EBADF);
        return -1;
    }
    seek_from(offset, whence).and_then(|to| descriptors::seek(fd, to)).unwrap_or(-1)
}

pub fn close(fd: i32) -> i32 {
    if descriptors::close(fd) {
        0
    } else {
        -1
    }
}

pub fn dup(fd: i32) -> i32 {
    let status = descriptors::status(fd).unwrap_or(O_RDONLY);
    descriptors::with(fd, File::try_clone).map_or(-1, |copy| descriptors::insert(copy, status))
}

pub fn dup2(fd: i32, target: i32) -> i32 {
    let status = descriptors::status(fd).unwrap_or(O_RDONLY);
    match descriptors::with(fd, File::try_clone) {
        Some(_) if fd == target => target,
        Some(copy) => descriptors::replace(target, copy, status),
        None => -1,
    }
}

#[track_caller]
pub fn pipe(mem: &mut Memory, pipefd: Ptr<i32>) -> i32 {
    match io::pipe() {
        Ok((reader, writer)) => {
            let reader = descriptors::insert(File::from(std::os::fd::OwnedFd::from(reader)), O_RDONLY);
            let writer = descriptors::insert(File::from(std::os::fd::OwnedFd::from(writer)), O_WRONLY);
            mem.write(pipefd, reader);
            mem.write(pipefd + 1, writer);
            0
        }
        Err(error) => status(Err(error)),
    }
}

pub fn fsync(fd: i32) -> i32 {
    done(descriptors::with(fd, File::sync_all))
}

pub fn fdatasync(fd: i32) -> i32 {
    done(descriptors::with(fd, File::sync_data))
}

pub fn ftruncate(fd: i32, length: i64) -> i32 {
    done(checked_offset(length).and_then(|length| descriptors::with(fd, |file| file.set_len(length))))
}

#[track_caller]
pub fn truncate(mem: &Memory, path_name: Ptr<u8>, length: i64) -> i32 {
    let Some(length) = checked_offset(length) else {
        return -1;
    };
    open_file(path(mem, path_name), O_WRONLY, 0).map_or(-1, |file| status(file.set_len(length)))
}

pub fn isatty(fd: i32) -> i32 {
    let terminal = descriptors::with(fd, |file| Ok(file.is_terminal()));
    if terminal == Some(false) {
        errno::set(errno::ENOTTY);
    }
    i32::from(terminal == Some(true))
}

#[track_caller]
pub fn unlink(mem: &Memory, path_name: Ptr<u8>) -> i32 {
    status(fs::remove_file(path(mem, path_name)))
}

#[track_caller]
pub fn rmdir(mem: &Memory, path_name: Ptr<u8>) -> i32 {
    status(fs::remove_dir(path(mem, path_name)))
}

#[track_caller]
pub fn link(mem: &Memory, old: Ptr<u8>, new: Ptr<u8>) -> i32 {
    status(fs::hard_link(path(mem, old), path(mem, new)))
}

#[track_caller]
pub fn symlink(mem: &Memory, target: Ptr<u8>, link_path: Ptr<u8>) -> i32 {
    status(std::os::unix::fs::symlink(path(mem, target), path(mem, link_path)))
}

#[track_caller]
pub fn readlink(mem: &mut Memory, path_name: Ptr<u8>, buf: Ptr<u8>, size: u64) -> i64 {
    match fs::read_link(path(mem, path_name)) {
        Ok(target) => {
            let target = target.as_os_str().as_bytes();
            let kept = &target[..target.len().min(size as usize)];
            mem.bytes_mut(buf, kept.len() as u64).copy_from_slice(kept);
            kept.len() as i64
        }
        Err(error) => i64::from(status(Err(error))),
    }
}

/// An owner or group as std takes it: -1 leaves it as it is.
fn changed(id: u32) -> Option<u32> {
    (id != u32::MAX).then_some(id)
}

#[track_caller]
pub fn chown(mem: &Memory, path_name: Ptr<u8>, owner: u32, group: u32) -> i32 {
    status(std_chown(path(mem, path_name), changed(owner), changed(group)))
}

#[track_caller]
pub fn lchown(mem: &Memory, path_name: Ptr<u8>, owner: u32, group: u32) -> i32 {
    status(std_lchown(path(mem, path_name), changed(owner), changed(group)))
}

pub fn fchown(fd: i32, owner: u32, group: u32) -> i32 {
    done(descriptors::with(fd, |file| std_fchown(file, changed(owner), changed(group))))
}

/// Checks permissions for the real user and group, as the process's status names them.
#[track_caller]
pub fn access(mem: &Memory, path_name: Ptr<u8>, mode: i32) -> i32 {
    if mode & !(R_OK | W_OK | X_OK) != 0 {
        errno::set(errno::EINVAL);
        return -1;
    }
    match fs::metadata(path(mem, path_name)) {
        Ok(found) if permits(&found, mode as u32) => 0,
        Ok(_) => {
            errno::set(errno::EACCES);
            -1
        }
        Err(error) => status(Err(error)),
    }
}

fn permits(found: &fs::Metadata, wanted: u32) -> bool {
    let permissions = found.mode();
    if getuid() == 0 {
        return wanted & X_OK as u32 == 0 || found.is_dir() || permissions & 0o111 != 0;
    }
    let shift = if found.uid() == getuid() {
        6
    } else if found.gid() == getgid() || ids("Groups:").contains(&found.gid()) {
        3
    } else {
        0
    };
    permissions >> shift & wanted == wanted
}

/// The numbers after `key` in the kernel's account of this process.
fn ids(key: &str) -> Vec<u32> {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(key)).unwrap_or_default();
    line.split_whitespace().filter_map(|id| id.parse().ok()).collect()
}

/// The number at `index` after `key`; the kernel names real, effective, saved and file system ids in this order.
#[track_caller]
fn id(key: &str, index: usize) -> u32 {
    match ids(key).get(index) {
        Some(id) => *id,
        None => panic!("the kernel's /proc/self/status names no {key}"),
    }
}

#[track_caller]
pub fn getuid() -> u32 {
    id("Uid:", 0)
}

#[track_caller]
pub fn geteuid() -> u32 {
    id("Uid:", 1)
}

#[track_caller]
pub fn getgid() -> u32 {
    id("Gid:", 0)
}

#[track_caller]
pub fn getegid() -> u32 {
    id("Gid:", 1)
}

pub fn getpid() -> i32 {
    process::id() as i32
}

pub fn getppid() -> i32 {
    parent_id() as i32
}

/// Without a buffer, allocates one, of `size` bytes where that is not 0.
#[track_caller]
pub fn getcwd(mem: &mut Memory, buf: Ptr<u8>, size: u64) -> Ptr<u8> {
    let folder = match env::current_dir() {
        Ok(folder) => [folder.as_os_str().as_bytes(), b"\0"].concat(),
        Err(error) => {
            errno::set_from(&error);
            return Ptr::NULL;
        }
    };
    if size == 0 && !buf.is_null() {
        errno::set(errno::EINVAL);
        return Ptr::NULL;
    }
    let needed = folder.len() as u64;
    if size < needed && !(buf.is_null() && size == 0) {
        errno::set(errno::ERANGE);
        return Ptr::NULL;
    }
    let buf = if buf.is_null() { mem.allocate(size.max(needed)).cast() } else { buf };
    mem.bytes_mut(buf, needed).copy_from_slice(&folder);
    buf
}

#[track_caller]
pub fn chdir(mem: &Memory, path_name: Ptr<u8>) -> i32 {
    status(env::set_current_dir(path(mem, path_name)))
}

pub fn fchdir(fd: i32) -> i32 {
    let entered = |file: &File| env::set_current_dir(Path::new(&format!("/proc/self/fd/{}", file.as_raw_fd())));
    done(descriptors::with(fd, entered))
}

/// Writes the host's name, cut where `len` is too small for it.
#[track_caller]
pub fn gethostname(mem: &mut Memory, name: Ptr<u8>, len: u64) -> i32 {
    let mut host = match fs::read("/proc/sys/kernel/hostname") {
        Ok(host) => host,
        Err(error) => return status(Err(error)),
    };
    host.truncate(host.trim_ascii_end().len());
    host.push(0);
    let kept = host.len().min(len as usize);
    mem.bytes_mut(name, kept as u64).copy_from_slice(&host[..kept]);
    if kept < host.len() {
        errno::set(errno::ENAMETOOLONG);
        return -1;
    }
    0
}

pub fn getpagesize() -> i32 {
    PAGE_SIZE
}

pub fn sysconf(name: i32) -> i64 {
    match name {
        _SC_PAGESIZE => i64::from(PAGE_SIZE),
        _SC_CLK_TCK => 100,
        _SC_NPROCESSORS_CONF | _SC_NPROCESSORS_ONLN => thread::available_parallelism().map_or(1, |n| n.get() as i64),
        _ => {
            errno::set(errno::EINVAL);
            -1
        }
    }
}

pub fn sleep(seconds: u32) -> u32 {
    thread::sleep(Duration::from_secs(seconds.into()));
    0
}

pub fn usleep(microseconds: u32) -> i32 {
    thread::sleep(Duration::from_micros(microseconds.into()));
    0
}

/// Ends the program with nothing flushed.
pub fn _exit(status: i32) -> ! {
    process::exit(status & 0xff)
}
