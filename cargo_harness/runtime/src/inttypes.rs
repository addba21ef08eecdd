//! `inttypes.h`: the functions of the widest integers, which are `long` here.

use crate::layout;
use crate::memory::{Memory, Ptr};
use crate::stdlib::{strtol, strtoul};

/// C's `imaxdiv_t`.
#[derive(Clone, Copy, Debug)]
pub struct ImaxdivT {
    pub quot: i64,
    pub rem: i64,
}

layout! { ImaxdivT: 16, 8;
    QUOT quot: i64 = 0;
    REM rem: i64 = 8;
}

pub fn imaxabs(n: i64) -> i64 {
    n.wrapping_abs()
}

#[track_caller]
pub fn imaxdiv(numer: i64, denom: i64) -> ImaxdivT {
    ImaxdivT { quot: numer / denom, rem: numer % denom }
}

#[track_caller]
pub fn strtoimax(nptr: Ptr<u8>, endptr: Ptr<Ptr<u8>>, base: i32, mem: &mut Memory) -> i64 {
    strtol(nptr, endptr, base, mem)
}

#[track_caller]
pub fn strtoumax(nptr: Ptr<u8>, endptr: Ptr<Ptr<u8>>, base: i32, mem: &mut Memory) -> u64 {
    strtoul(nptr, endptr, base, mem)
}
