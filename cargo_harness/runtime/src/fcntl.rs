//! `fcntl.h`: opening descriptors.

use crate::descriptors;
use crate::errno;
use crate::memory::{Memory, Ptr, VaArg};
use crate::stdio::files::{open_file, path};

pub const O_RDONLY: i32 = 0;
pub const O_WRONLY: i32 = 1;
pub const O_RDWR: i32 = 2;
pub const O_ACCMODE: i32 = 3;
pub const O_CREAT: i32 = 0o100;
pub const O_EXCL: i32 = 0o200;
pub const O_NOCTTY: i32 = 0o400;
pub const O_TRUNC: i32 = 0o1000;
pub const O_APPEND: i32 = 0o2000;
pub const O_NONBLOCK: i32 = 0o4000;
pub const O_CLOEXEC: i32 = 0o2000000;

pub const F_DUPFD: i32 = 0;
pub const F_GETFD: i32 = 1;
pub const F_SETFD: i32 = 2;
pub const F_GETFL: i32 = 3;
pub const FD_CLOEXEC: i32 = 1;

/// Opens a file; `args` is the mode where `flags` creates one.
#[track_caller]
pub fn open(path_name: Ptr<u8>, flags: i32, args: &[VaArg], mem: &Memory) -> i32 {
    let mode = args.first().filter(|_| flags & O_CREAT != 0).map_or(0, |mode| mode.word() as u32);
    match open_file(path(path_name, mem), flags, mode) {
        Some(file) => descriptors::insert(file, flags & !(O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC | O_CLOEXEC)),
        None => -1,
    }
}

#[track_caller]
pub fn creat(path_name: Ptr<u8>, mode: u32, mem: &Memory) -> i32 {
    open(path_name, O_CREAT | O_WRONLY | O_TRUNC, &[VaArg::from(mode)], mem)
}

/// The commands that std can serve: duplicates and the flags that the library keeps itself.
#[track_caller]
pub fn fcntl(fd: i32, command: i32, args: &[VaArg]) -> i32 {
    let Some(status) = descriptors::status(fd) else {
        errno::set(errno::EBADF);
        return -1;
    };
    let argument = args.first().map_or(0, |arg| arg.word() as i32);
    match command {
        F_GETFL => status,
        F_GETFD => descriptors::descriptor_flags(fd).unwrap_or(-1),
        F_SETFD => {
            descriptors::set_descriptor_flags(fd, argument);
            0
        }
        F_DUPFD if !(0..1 << 20).contains(&argument) => {
            errno::set(errno::EINVAL);
            -1
        }
        F_DUPFD => match descriptors::with(fd, std::fs::File::try_clone) {
            Some(copy) => descriptors::insert_from(argument as usize, copy, status),
            None => -1,
        },
        _ => panic!("fcntl command {command} needs the operating system's own interface"),
    }
}
