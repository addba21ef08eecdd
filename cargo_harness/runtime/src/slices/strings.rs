//! The slice forms of `strings.h`.

use super::{at_most, read_past, string};
use crate::string::caseless_difference;
use crate::Pod;

#[track_caller]
pub fn strcasecmp(s1: &[u8], s2: &[u8]) -> i32 {
    strncasecmp(s1, s2, u64::MAX)
}

#[track_caller]
pub fn strncasecmp(s1: &[u8], s2: &[u8], n: u64) -> i32 {
    match caseless_difference(at_most(s1, n), at_most(s2, n), n) {
        Some(result) => result,
        None => read_past(s1.len().min(s2.len())),
    }
}

#[inline]
#[track_caller]
pub fn bcmp(s1: &[u8], s2: &[u8], n: u64) -> i32 {
    string::memcmp(s1, s2, n)
}

#[track_caller]
pub fn bcmp_values<T: Pod>(s1: &[T], s2: &[T], n: u64) -> i32 {
    string::memcmp_values(s1, s2, n)
}

#[inline]
#[track_caller]
pub fn bcopy<T: Pod>(src: &[T], dest: &mut [T], n: u64) {
    string::memcpy(dest, src, n);
}

#[inline]
#[track_caller]
pub fn bcopy_within<T: Pod>(base: &mut [T], src: usize, dest: usize, n: u64) {
    string::memmove_within(base, dest, src, n);
}

#[inline]
#[track_caller]
pub fn bzero<T: Pod>(s: &mut [T], n: u64) {
    string::memset(s, 0, n);
}

#[inline]
#[track_caller]
pub fn index(s: &[u8], c: i32) -> Option<usize> {
    string::strchr(s, c)
}

#[track_caller]
pub fn rindex(s: &[u8], c: i32) -> Option<usize> {
    string::strrchr(s, c)
}
