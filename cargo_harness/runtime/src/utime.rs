//! `utime.h`.

use std::fs::File;

use crate::layout;
use crate::memory::{Memory, Ptr};
use crate::stdio::files::{path, status};
use crate::sys_stat::{file_times, Timespec, UTIME_NOW};

/// C's `struct utimbuf`.
#[derive(Clone, Copy, Debug)]
pub struct Utimbuf {
    pub actime: i64,
    pub modtime: i64,
}

layout! { Utimbuf: 16, 8;
    ACTIME actime: i64 = 0;
    MODTIME modtime: i64 = 8;
}

/// Sets access and modification time; to now where `times` is null.
#[track_caller]
pub fn utime(path_name: Ptr<u8>, times: Ptr<Utimbuf>, mem: &Memory) -> i32 {
    let now = Timespec { tv_sec: 0, tv_nsec: UTIME_NOW };
    let (accessed, modified) = if times.is_null() {
        (now, now)
    } else {
        let times = mem.read(times);
        (Timespec { tv_sec: times.actime, tv_nsec: 0 }, Timespec { tv_sec: times.modtime, tv_nsec: 0 })
    };
    let set = file_times(accessed, modified).and_then(|times| File::open(path(path_name, mem))?.set_times(times));
    status(set)
}
