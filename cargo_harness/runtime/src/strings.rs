//! `strings.h`: BSD's string functions.

use crate::string::{compare_caseless, strchr, strrchr};
use crate::{Memory, Ptr, Void};

#[track_caller]
pub fn strcasecmp(s1: Ptr<u8>, s2: Ptr<u8>, mem: &Memory) -> i32 {
    compare_caseless(s1, s2, u64::MAX, mem)
}

#[track_caller]
pub fn strncasecmp(s1: Ptr<u8>, s2: Ptr<u8>, n: u64, mem: &Memory) -> i32 {
    compare_caseless(s1, s2, n, mem)
}

#[track_caller]
pub fn bcmp(s1: Ptr<Void>, s2: Ptr<Void>, n: u64, mem: &Memory) -> i32 {
    crate::string::memcmp(s1, s2, n, mem)
}

#[track_caller]
pub fn bcopy(src: Ptr<Void>, dest: Ptr<Void>, n: u64, mem: &mut Memory) {
    mem.copy(dest, src, n);
}

#[track_caller]
pub fn bzero(s: Ptr<Void>, n: u64, mem: &mut Memory) {
    mem.bytes_mut(s, n).fill(0);
}

#[track_caller]
pub fn index(s: Ptr<u8>, c: i32, mem: &Memory) -> Ptr<u8> {
    strchr(s, c, mem)
}

#[track_caller]
pub fn rindex(s: Ptr<u8>, c: i32, mem: &Memory) -> Ptr<u8> {
    strrchr(s, c, mem)
}

/// The place of the lowest bit that is set, counted from 1; 0 where there is none.
#[inline]
pub fn ffs(i: i32) -> i32 {
    ffsl(i.into())
}

#[inline]
pub fn ffsl(i: i64) -> i32 {
    if i == 0 {
        0
    } else {
        i.trailing_zeros() as i32 + 1
    }
}

#[inline]
pub fn ffsll(i: i64) -> i32 {
    ffsl(i)
}
