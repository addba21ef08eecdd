//! `sys/times.h`: processor time in ticks of a hundredth of a second.

use std::fs;

use crate::layout;
use crate::memory::{Memory, Ptr};
use crate::time::monotonic;

/// C's `struct tms`: of the process, and of its children that have ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tms {
    pub tms_utime: i64,
    pub tms_stime: i64,
    pub tms_cutime: i64,
    pub tms_cstime: i64,
}

layout! { Tms: 32, 8;
    TMS_UTIME tms_utime: i64 = 0;
    TMS_STIME tms_stime: i64 = 8;
    TMS_CUTIME tms_cutime: i64 = 16;
    TMS_CSTIME tms_cstime: i64 = 24;
}

/// The times of the process from the system's table; zeros where there is none. The result counts from the system's start.
#[track_caller]
pub fn times(buffer: Ptr<Tms>, mem: &mut Memory) -> i64 {
    if !buffer.is_null() {
        let table = fs::read_to_string("/proc/self/stat").unwrap_or_default();
        mem.write(buffer, parse(&table));
    }
    (monotonic().as_millis() / 10) as i64
}

/// Fields 14 to 17 of /proc/PID/stat. Field 2 is the program's name in parentheses, which may hold anything.
fn parse(table: &str) -> Tms {
    let behind_name = table.rsplit(')').next().unwrap_or_default();
    let mut ticks = behind_name.split_whitespace().skip(11).map(|word| word.parse().unwrap_or(0));
    let mut next = || ticks.next().unwrap_or(0);
    Tms { tms_utime: next(), tms_stime: next(), tms_cutime: next(), tms_cstime: next() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_counted_behind_the_name() {
        let table = "7 (a) b) R 1 7 7 0 -1 4194304 90 0 0 0 31 42 53 64 20 0 1 0\n";
        let expected = Tms { tms_utime: 31, tms_stime: 42, tms_cutime: 53, tms_cstime: 64 };
        assert_eq!(parse(table), expected);
        assert_eq!(parse(""), Tms::default());
    }
}
