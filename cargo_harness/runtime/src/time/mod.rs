//! `time.h`: clocks, calendar time, and its texts in the C locale.

mod calendar;
mod clock;
mod format;
mod local;
mod parse;
mod zone;

pub use calendar::*;
pub use clock::*;
pub use format::*;
pub use local::*;
pub use parse::*;

use crate::{layout, Ptr};

/// `struct tm`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tm {
    pub tm_sec: i32,
    pub tm_min: i32,
    pub tm_hour: i32,
    pub tm_mday: i32,
    pub tm_mon: i32,
    pub tm_year: i32,
    pub tm_wday: i32,
    pub tm_yday: i32,
    pub tm_isdst: i32,
    pub tm_gmtoff: i64,
    pub tm_zone: Ptr<u8>,
}

layout! { Tm: 56, 8;
    TM_SEC tm_sec: i32 = 0;
    TM_MIN tm_min: i32 = 4;
    TM_HOUR tm_hour: i32 = 8;
    TM_MDAY tm_mday: i32 = 12;
    TM_MON tm_mon: i32 = 16;
    TM_YEAR tm_year: i32 = 20;
    TM_WDAY tm_wday: i32 = 24;
    TM_YDAY tm_yday: i32 = 28;
    TM_ISDST tm_isdst: i32 = 32;
    TM_GMTOFF tm_gmtoff: i64 = 40;
    TM_ZONE tm_zone: Ptr<u8> = 48;
}

/// C's global variables of time.h, as the last `tzset` left them.
pub mod globals {
    pub use super::local::{daylight, timezone, tzname};
}

#[cfg(test)]
mod tests;
