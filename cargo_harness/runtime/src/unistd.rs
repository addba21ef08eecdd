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
fn room(buf: Ptr<Void>, count: u64, mem: &mut Memory) -> &mut [u8] {
    if count == 0 {
        return &mut [];
    }
    let present = (mem.tail(buf).len() as u64).min(count);
    mem.bytes_mut(buf, present)
}

/// What a read of `count` bytes gave; one that filled a smaller block would have overflown it.
#[track_caller]
fn filled(buf: Ptr<Void>, count: u64, got: Option<usize>, mem: &mut Memory) -> i64 {
    if got.is_some_and(|got| got > 0 && got as u64 != count && got == mem.tail(buf).len()) {
        mem.bytes_mut(buf, count);
    }
    ssize(got)
}

#[track_caller]
pub fn read(fd: i32, buf: Ptr<Void>, count: u64, mem: &mut Memory) -> i64 {
    let got = descriptors::read(fd, room(buf, count, mem));
    filled(buf, count, got, mem)
}

#[track_caller]
pub fn write(fd: i32, buf: Ptr<Void>, count: u64, mem: &Memory) -> i64 {
    ssize(descriptors::write(fd, mem.bytes(buf, count)))
}

#[track_caller]
pub fn pread(fd: i32, buf: Ptr<Void>, count: u64, offset: i64, mem: &mut Memory) -> i64 {
    let Some(offset) = checked_offset(offset) else {
        return -1;
    };
    let room = room(buf, count, mem);
    let got = descriptors::with(fd, |file| file.read_at(room, offset));
    filled(buf, count, got, mem)
}

#[track_caller]
pub fn pwrite(fd: i32, buf: Ptr<Void>, count: u64, offset: i64, mem: &Memory) -> i64 {
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
pub fn pipe(pipefd: Ptr<i32>, mem: &mut Memory) -> i32 {
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
pub fn truncate(path_name: Ptr<u8>, length: i64, mem: &Memory) -> i32 {
    let Some(length) = checked_offset(length) else {
        return -1;
    };
    open_file(path(path_name, mem), O_WRONLY, 0).map_or(-1, |file| status(file.set_len(length)))
}

pub fn isatty(fd: i32) -> i32 {
    let terminal = descriptors::with(fd, |file| Ok(file.is_terminal()));
    if terminal == Some(false) {
        errno::set(errno::ENOTTY);
    }
    i32::from(terminal == Some(true))
}

#[track_caller]
pub fn unlink(path_name: Ptr<u8>, mem: &Memory) -> i32 {
    status(fs::remove_file(path(path_name, mem)))
}

#[track_caller]
pub fn rmdir(path_name: Ptr<u8>, mem: &Memory) -> i32 {
    status(fs::remove_dir(path(path_name, mem)))
}

#[track_caller]
pub fn link(old: Ptr<u8>, new: Ptr<u8>, mem: &Memory) -> i32 {
    status(fs::hard_link(path(old, mem), path(new, mem)))
}

#[track_caller]
pub fn symlink(target: Ptr<u8>, link_path: Ptr<u8>, mem: &Memory) -> i32 {
    status(std::os::unix::fs::symlink(path(target, mem), path(link_path, mem)))
}

#[track_caller]
pub fn readlink(path_name: Ptr<u8>, buf: Ptr<u8>, size: u64, mem: &mut Memory) -> i64 {
    match fs::read_link(path(path_name, mem)) {
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
pub fn chown(path_name: Ptr<u8>, owner: u32, group: u32, mem: &Memory) -> i32 {
    status(std_chown(path(path_name, mem), changed(owner), changed(group)))
}

#[track_caller]
pub fn lchown(path_name: Ptr<u8>, owner: u32, group: u32, mem: &Memory) -> i32 {
    status(std_lchown(path(path_name, mem), changed(owner), changed(group)))
}

pub fn fchown(fd: i32, owner: u32, group: u32) -> i32 {
    done(descriptors::with(fd, |file| std_fchown(file, changed(owner), changed(group))))
}

/// Checks permissions for the real user and group, as the process's status names them.
#[track_caller]
pub fn access(path_name: Ptr<u8>, mode: i32, mem: &Memory) -> i32 {
    if mode & !(R_OK | W_OK | X_OK) != 0 {
        errno::set(errno::EINVAL);
        return -1;
    }
    match fs::metadata(path(path_name, mem)) {
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
pub fn getcwd(buf: Ptr<u8>, size: u64, mem: &mut Memory) -> Ptr<u8> {
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
pub fn chdir(path_name: Ptr<u8>, mem: &Memory) -> i32 {
    status(env::set_current_dir(path(path_name, mem)))
}

pub fn fchdir(fd: i32) -> i32 {
    let entered = |file: &File| env::set_current_dir(Path::new(&format!("/proc/self/fd/{}", file.as_raw_fd())));
    done(descriptors::with(fd, entered))
}

/// Writes the host's name, cut where `len` is too small for it.
#[track_caller]
pub fn gethostname(name: Ptr<u8>, len: u64, mem: &mut Memory) -> i32 {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dirent::{closedir, opendir, readdir, rewinddir, Dirent, DT_DIR, DT_LNK, DT_REG};
    use crate::fcntl::{creat, fcntl, open, F_DUPFD, F_GETFL, O_APPEND, O_CREAT, O_EXCL, O_RDWR};
    use crate::memory::Pod;
    use crate::memory::VaArg;
    use crate::sys_stat::{chmod, fstat, futimens, lstat, mkdir, stat, Stat, Timespec};

    /// A new folder, and memory with strings in it.
    struct Scene {
        mem: Memory,
        folder: String,
    }

    impl Scene {
        fn new(name: &str) -> Self {
            let folder = format!("{}/c2rs-{name}-{}", env::temp_dir().display(), process::id());
            fs::create_dir(&folder).unwrap();
            Scene { mem: Memory::new(0, &[]), folder }
        }

        fn text(&mut self, text: &str) -> Ptr<u8> {
            let at = self.mem.allocate(text.len() as u64 + 1).cast();
            self.mem.bytes_mut(at, text.len() as u64).copy_from_slice(text.as_bytes());
            at
        }

        fn path(&mut self, name: &str) -> Ptr<u8> {
            self.text(&format!("{}/{name}", self.folder))
        }
    }

    impl Drop for Scene {
        fn drop(&mut self) {
            fs::remove_dir_all(&self.folder).unwrap();
        }
    }

    #[test]
    fn descriptors_read_write_and_move() {
        let mut scene = Scene::new("descriptors");
        let name = scene.path("file");
        let text = scene.text("hello world");
        let buf = scene.mem.allocate(64);
        let fd = open(name, O_RDWR | O_CREAT | O_EXCL, &[VaArg::from(0o600)], &scene.mem);
        assert_eq!(open(name, O_RDWR | O_CREAT | O_EXCL, &[VaArg::from(0o600)], &scene.mem), -1);
        assert_eq!(errno::get(), errno::EEXIST);
        assert_eq!(write(fd, text.cast(), 11, &scene.mem), 11);
        assert_eq!(lseek(fd, -5, 2), 6);
        assert_eq!(read(fd, buf, 64, &mut scene.mem), 5);
        assert_eq!(scene.mem.bytes(buf, 5), b"world");
        assert_eq!(read(fd, buf, 64, &mut scene.mem), 0);
        assert_eq!(pread(fd, buf, 4, 1, &mut scene.mem), 4);
        assert_eq!(scene.mem.bytes(buf, 4), b"ello");
        let copy = dup(fd);
        assert_eq!(lseek(copy, 0, 1), 11);
        assert_eq!((ftruncate(copy, 3), lseek(fd, 0, 2)), (0, 3));
        assert_eq!((close(fd), close(fd), errno::get()), (0, -1, errno::EBADF));
        assert_eq!(dup2(copy, 40), 40);
        assert_eq!(fcntl(40, F_GETFL, &[]), O_RDWR);
        assert_eq!(fcntl(40, F_DUPFD, &[VaArg::from(50)]), 50);
        assert_eq!(lseek(40, -1, 0), -1);
        assert_eq!(errno::get(), errno::EINVAL);
        assert_eq!([close(copy), close(40), close(50)], [0, 0, 0]);
    }

    #[test]
    fn append_writes_at_the_end() {
        let mut scene = Scene::new("append");
        let name = scene.path("file");
        let text = scene.text("ab");
        assert_eq!(close(creat(name, 0o644, &scene.mem)), 0);
        let fd = open(name, O_RDWR | O_APPEND, &[], &scene.mem);
        assert_eq!(write(fd, text.cast(), 2, &scene.mem), 2);
        assert_eq!(lseek(fd, 0, 0), 0);
        assert_eq!(write(fd, text.cast(), 1, &scene.mem), 1);
        close(fd);
        assert_eq!(fs::read(format!("{}/file", scene.folder)).unwrap(), b"aba");
    }

    #[test]
    fn stat_tells_size_kind_and_times() {
        let mut scene = Scene::new("stat");
        let (name, link_name, missing) = (scene.path("file"), scene.path("link"), scene.path("none"));
        fs::write(format!("{}/file", scene.folder), b"12345").unwrap();
        let target = scene.text("file");
        assert_eq!(symlink(target, link_name, &scene.mem), 0);
        let at = scene.mem.allocate(Stat::SIZE as u64).cast::<Stat>();
        assert_eq!((stat(missing, at, &mut scene.mem), errno::get()), (-1, errno::ENOENT));
        assert_eq!(chmod(name, 0o640, &scene.mem), 0);
        assert_eq!(stat(link_name, at, &mut scene.mem), 0);
        let found = scene.mem.read(at);
        assert_eq!((found.st_size, found.st_mode, found.st_nlink), (5, 0o100640, 1));
        assert_eq!(lstat(link_name, at, &mut scene.mem), 0);
        assert_eq!(scene.mem.read(at).st_mode & 0o170000, 0o120000);
        let buf = scene.mem.allocate(10).cast();
        assert_eq!(readlink(link_name, buf, 3, &mut scene.mem), 3);
        assert_eq!(scene.mem.c_str(buf), b"fil");
        let times = scene.mem.allocate(32).cast::<Timespec>();
        scene.mem.write(times + 1, Timespec { tv_sec: -7, tv_nsec: 500 });
        let fd = open(name, O_RDWR, &[], &scene.mem);
        assert_eq!(futimens(fd, times, &scene.mem), 0);
        assert_eq!(fstat(fd, at, &mut scene.mem), 0);
        let found = scene.mem.read(at);
        assert_eq!((found.st_atim.tv_sec, found.st_mtim), (0, Timespec { tv_sec: -7, tv_nsec: 500 }));
        scene.mem.write(times, Timespec { tv_sec: 0, tv_nsec: 1_000_000_000 });
        assert_eq!((futimens(fd, times, &scene.mem), errno::get()), (-1, errno::EINVAL));
        close(fd);
    }

    #[test]
    fn folders_list_what_is_in_them() {
        let mut scene = Scene::new("folders");
        let (inner, all) = (scene.path("inner"), scene.path(""));
        assert_eq!(mkdir(inner, 0o700, &scene.mem), 0);
        assert_eq!((mkdir(inner, 0o700, &scene.mem), errno::get()), (-1, errno::EEXIST));
        fs::write(format!("{}/file", scene.folder), b"").unwrap();
        std::os::unix::fs::symlink("file", format!("{}/link", scene.folder)).unwrap();
        let dir = opendir(all, &mut scene.mem);
        for _ in 0..2 {
            let mut found = Vec::new();
            loop {
                let entry = readdir(dir, &mut scene.mem);
                if entry.is_null() {
                    break;
                }
                let name = String::from_utf8_lossy(scene.mem.c_str(entry.at(Dirent::D_NAME).first())).into_owned();
                found.push((name, scene.mem.read(entry).d_type));
            }
            found.sort();
            let expected = [(".", DT_DIR), ("..", DT_DIR), ("file", DT_REG), ("inner", DT_DIR), ("link", DT_LNK)];
            assert_eq!(found, expected.map(|(name, kind)| (name.to_owned(), kind)));
            rewinddir(dir);
        }
        assert_eq!(closedir(dir, &mut scene.mem), 0);
        assert_eq!((unlink(inner, &scene.mem), errno::get()), (-1, errno::EISDIR));
        assert_eq!(rmdir(inner, &scene.mem), 0);
        assert_eq!((access(inner, F_OK, &scene.mem), errno::get()), (-1, errno::ENOENT));
    }

    #[test]
    fn getcwd_heeds_the_size() {
        let mut mem = Memory::new(0, &[]);
        let allocated = getcwd(Ptr::NULL, 0, &mut mem);
        let folder = env::current_dir().unwrap();
        assert_eq!(mem.c_str(allocated), folder.as_os_str().as_bytes());
        assert!(getcwd(Ptr::NULL, 1, &mut mem).is_null());
        assert_eq!(errno::get(), errno::ERANGE);
    }

    #[test]
    fn a_pipe_carries_bytes() {
        let mut mem = Memory::new(0, &[]);
        let ends = mem.allocate(8).cast::<i32>();
        assert_eq!(pipe(ends, &mut mem), 0);
        let (reader, writer) = (mem.read(ends), mem.read(ends + 1));
        let byte = mem.allocate(1);
        mem.write(byte.cast(), b'x');
        assert_eq!(write(writer, byte, 1, &mem), 1);
        close(writer);
        mem.write(byte.cast(), 0u8);
        assert_eq!(read(reader, byte, 1, &mut mem), 1);
        assert_eq!(mem.read(byte.cast::<u8>()), b'x');
        assert_eq!(read(reader, byte, 1, &mut mem), 0);
        assert_eq!((lseek(reader, 0, 1), errno::get()), (-1, errno::ESPIPE));
    }

    #[test]
    fn the_kernel_tells_ids() {
        let owner = fs::metadata("/proc/self").unwrap();
        assert_eq!((geteuid(), getegid()), (owner.uid(), owner.gid()));
        assert_eq!(getpid(), process::id() as i32);
    }
}
