//! `sys/file.h`: locks of whole files.

use std::fs::{File, TryLockError};
use std::io;

use crate::descriptors;
use crate::errno;

pub const LOCK_SH: i32 = 1;
pub const LOCK_EX: i32 = 2;
pub const LOCK_NB: i32 = 4;
pub const LOCK_UN: i32 = 8;

pub fn flock(fd: i32, operation: i32) -> i32 {
    let act = |file: &File| match operation {
        LOCK_UN => file.unlock(),
        LOCK_SH => file.lock_shared(),
        LOCK_EX => file.lock(),
        _ if operation == LOCK_SH | LOCK_NB => file.try_lock_shared().map_err(reason),
        _ if operation == LOCK_EX | LOCK_NB => file.try_lock().map_err(reason),
        _ => Err(io::Error::from_raw_os_error(errno::EINVAL)),
    };
    descriptors::with(fd, act).map_or(-1, |()| 0)
}

fn reason(error: TryLockError) -> io::Error {
    match error {
        TryLockError::Error(error) => error,
        TryLockError::WouldBlock => io::Error::from_raw_os_error(errno::EWOULDBLOCK),
    }
}
