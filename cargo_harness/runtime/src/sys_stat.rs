//! `sys/stat.h`: what is known about files, and folders and permissions.

use std::fs::{self, DirBuilder, File, FileTimes, Metadata, Permissions};
use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use crate::descriptors;
use crate::errno;
use crate::layout;
use crate::memory::{Memory, Ptr};
use crate::stdio::files::{path, status};

pub const UTIME_NOW: i64 = (1 << 30) - 1;
pub const UTIME_OMIT: i64 = (1 << 30) - 2;

const AT_FDCWD: i32 = -100;
const AT_SYMLINK_NOFOLLOW: i32 = 0x100;

/// C's `struct timespec`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Timespec {
    pub tv_sec: i64,
    pub tv_nsec: i64,
}

layout! { Timespec: 16, 8;
    TV_SEC tv_sec: i64 = 0;
    TV_NSEC tv_nsec: i64 = 8;
}

/// C's `struct stat`.
#[derive(Clone, Copy, Debug)]
pub struct Stat {
    pub st_dev: u64,
    pub st_ino: u64,
    pub st_nlink: u64,
    pub st_mode: u32,
    pub st_uid: u32,
    pub st_gid: u32,
    pub st_rdev: u64,
    pub st_size: i64,
    pub st_blksize: i64,
    pub st_blocks: i64,
    pub st_atim: Timespec,
    pub st_mtim: Timespec,
    pub st_ctim: Timespec,
}

layout! { Stat: 144, 8;
    ST_DEV st_dev: u64 = 0;
    ST_INO st_ino: u64 = 8;
    ST_NLINK st_nlink: u64 = 16;
    ST_MODE st_mode: u32 = 24;
    ST_UID st_uid: u32 = 28;
    ST_GID st_gid: u32 = 32;
    ST_RDEV st_rdev: u64 = 40;
    ST_SIZE st_size: i64 = 48;
    ST_BLKSIZE st_blksize: i64 = 56;
    ST_BLOCKS st_blocks: i64 = 64;
    ST_ATIM st_atim: Timespec = 72;
    ST_MTIM st_mtim: Timespec = 88;
    ST_CTIM st_ctim: Timespec = 104;
}

impl From<Metadata> for Stat {
    fn from(found: Metadata) -> Self {
        Stat {
            st_dev: found.dev(),
            st_ino: found.ino(),
            st_nlink: found.nlink(),
            st_mode: found.mode(),
            st_uid: found.uid(),
            st_gid: found.gid(),
            st_rdev: found.rdev(),
            st_size: found.size() as i64,
            st_blksize: found.blksize() as i64,
            st_blocks: found.blocks() as i64,
            st_atim: Timespec { tv_sec: found.atime(), tv_nsec: found.atime_nsec() },
            st_mtim: Timespec { tv_sec: found.mtime(), tv_nsec: found.mtime_nsec() },
            st_ctim: Timespec { tv_sec: found.ctime(), tv_nsec: found.ctime_nsec() },
        }
    }
}

#[track_caller]
fn store(found: io::Result<Metadata>, buf: Ptr<Stat>, mem: &mut Memory) -> i32 {
    status(found.map(|found| mem.write(buf, Stat::from(found))))
}

#[track_caller]
pub fn stat(path_name: Ptr<u8>, buf: Ptr<Stat>, mem: &mut Memory) -> i32 {
    let found = fs::metadata(path(path_name, mem));
    store(found, buf, mem)
}

#[track_caller]
pub fn lstat(path_name: Ptr<u8>, buf: Ptr<Stat>, mem: &mut Memory) -> i32 {
    let found = fs::symlink_metadata(path(path_name, mem));
    store(found, buf, mem)
}

#[track_caller]
pub fn fstat(fd: i32, buf: Ptr<Stat>, mem: &mut Memory) -> i32 {
    match descriptors::with(fd, fs::File::metadata) {
        Some(found) => store(Ok(found), buf, mem),
        None => -1,
    }
}

#[track_caller]
pub fn mkdir(path_name: Ptr<u8>, mode: u32, mem: &Memory) -> i32 {
    status(DirBuilder::new().mode(mode).create(path(path_name, mem)))
}

#[track_caller]
pub fn chmod(path_name: Ptr<u8>, mode: u32, mem: &Memory) -> i32 {
    status(fs::set_permissions(path(path_name, mem), Permissions::from_mode(mode)))
}

pub fn fchmod(fd: i32, mode: u32) -> i32 {
    let set = descriptors::with(fd, |file| file.set_permissions(Permissions::from_mode(mode)));
    set.map_or(-1, |()| 0)
}

/// A point in time; none for one to be left alone.
fn time(wanted: Timespec) -> io::Result<Option<SystemTime>> {
    let nanoseconds = match wanted.tv_nsec {
        UTIME_OMIT => return Ok(None),
        UTIME_NOW => return Ok(Some(SystemTime::now())),
        nanoseconds => Duration::from_nanos(u64::try_from(nanoseconds).unwrap_or(u64::MAX)),
    };
    let seconds = Duration::from_secs(wanted.tv_sec.unsigned_abs());
    let whole = match wanted.tv_sec {
        0.. => SystemTime::UNIX_EPOCH.checked_add(seconds),
        _ => SystemTime::UNIX_EPOCH.checked_sub(seconds),
    };
    match whole.and_then(|whole| whole.checked_add(nanoseconds)) {
        Some(time) if nanoseconds.as_secs() == 0 => Ok(Some(time)),
        _ => Err(io::Error::from_raw_os_error(errno::EINVAL)),
    }
}

/// Access and modification time as std takes them.
pub(crate) fn file_times(accessed: Timespec, modified: Timespec) -> io::Result<FileTimes> {
    let mut times = FileTimes::new();
    if let Some(accessed) = time(accessed)? {
        times = times.set_accessed(accessed);
    }
    if let Some(modified) = time(modified)? {
        times = times.set_modified(modified);
    }
    Ok(times)
}

/// The access and modification time that `times` points to; now where it is null.
fn two_times(times: Ptr<Timespec>, mem: &Memory) -> io::Result<FileTimes> {
    let now = Timespec { tv_sec: 0, tv_nsec: UTIME_NOW };
    let (accessed, modified) = if times.is_null() { (now, now) } else { (mem.read(times), mem.read(times + 1)) };
    file_times(accessed, modified)
}

/// Sets access and modification time; to now where `times` is null.
#[track_caller]
pub fn futimens(fd: i32, times: Ptr<Timespec>, mem: &Memory) -> i32 {
    descriptors::with(fd, |file| file.set_times(two_times(times, mem)?)).map_or(-1, |()| 0)
}

/// As `futimens`, on the file of a name, relative to an open folder. A symbolic link's own times std cannot set.
#[track_caller]
pub fn utimensat(dirfd: i32, path_name: Ptr<u8>, times: Ptr<Timespec>, flags: i32, mem: &Memory) -> i32 {
    let name = path(path_name, mem);
    let full = if dirfd == AT_FDCWD || name.is_absolute() {
        name.to_path_buf()
    } else {
        match descriptors::with(dirfd, |folder| Ok(format!("/proc/self/fd/{}", folder.as_raw_fd()))) {
            Some(folder) => PathBuf::from(folder).join(name),
            None => return -1,
        }
    };
    if flags & AT_SYMLINK_NOFOLLOW != 0 && full.is_symlink() {
        panic!("utimensat on a symbolic link itself needs the operating system's own interface");
    }
    status(File::open(full).and_then(|file| file.set_times(two_times(times, mem)?)))
}
