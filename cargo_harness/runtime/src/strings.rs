//! `strings.h`: BSD's string functions.

use crate::string::{compare_caseless, strchr, strrchr};
use crate::{Memory, Ptr, Void};

#[track_caller]
pub fn strcasecmp(mem: &Memory, s1: Ptr<u8>, s2: Ptr<u8>) -> i32 {
    compare_caseless(mem, s1, s2, u64::MAX)
}

#[track_caller]
pub fn strncasecmp(mem: &Memory, s1: Ptr<u8>, s2: Ptr<u8>, n: u64) -> i32 {
    compare_caseless(mem, s1, s2, n)
}

#[track_caller]
pub fn bcmp(mem: &Memory, s1: Ptr<Void>, s2: Ptr<Void>, n: u64) -> i32 {
    crate::string::memcmp(mem, s1, s2, n)
}

#[track_caller]
pub fn bcopy(mem: &mut Memory, src: Ptr<Void>, dest: Ptr<Void>, n: u64) {
    mem.copy(dest, src, n);
}

#[track_caller]
pub fn bzero(mem: &mut Memory, s: Ptr<Void>, n: u64) {
    mem.bytes_mut(s, n).fill(0);
}

#[track_caller]
pub fn index(mem: &Memory, s: Ptr<u8>, c: i32) -> Ptr<u8> {
    strchr(mem, s, c)
}

#[track_caller]
pub fn rindex(mem: &Memory, s: Ptr<u8>, c: i32) -> Ptr<u8> {
    strrchr(mem, s, c)
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
