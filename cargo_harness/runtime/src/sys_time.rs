//! `sys/time.h`: the time of day, and times of files in microseconds.

use std::fs::File;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::layout;
use crate::memory::{Memory, Ptr, Void};
use crate::stdio::files::{path, status};
use crate::sys_stat::{file_times, Timespec, UTIME_NOW};

/// C's `struct timeval`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Timeval {
    pub tv_sec: i64,
    pub tv_usec: i64,
}

layout! { Timeval: 16, 8;
    TV_SEC tv_sec: i64 = 0;
    TV_USEC tv_usec: i64 = 8;
}

/// C's `struct timezone`, which nothing heeds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Timezone {
    pub tz_minuteswest: i32,
    pub tz_dsttime: i32,
}

layout! { Timezone: 8, 4;
    TZ_MINUTESWEST tz_minuteswest: i32 = 0;
    TZ_DSTTIME tz_dsttime: i32 = 4;
}

/// As in glibc, `tz` gets zeros.
#[track_caller]
pub fn gettimeofday(tv: Ptr<Timeval>, tz: Ptr<Void>, mem: &mut Memory) -> i32 {
    if !tz.is_null() {
        mem.write(tz.cast(), Timezone::default());
    }
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    mem.write(tv, Timeval { tv_sec: since.as_secs() as i64, tv_usec: since.subsec_micros().into() });
    0
}

/// Sets access and modification time; to now where `times` is null.
#[track_caller]
pub fn utimes(path_name: Ptr<u8>, times: Ptr<Timeval>, mem: &Memory) -> i32 {
    let time = |index: i32| match times.is_null() {
        true => Timespec { tv_sec: 0, tv_nsec: UTIME_NOW },
        false => {
            let Timeval { tv_sec, tv_usec } = mem.read(times + index);
            // An invalid count of microseconds stays invalid, and does not become one of the special values.
            let valid = (0..1_000_000).contains(&tv_usec);
            Timespec { tv_sec, tv_nsec: if valid { tv_usec * 1000 } else { -1 } }
        }
    };
    let set = file_times(time(0), time(1)).and_then(|times| File::open(path(path_name, mem))?.set_times(times));
    status(set)
}
