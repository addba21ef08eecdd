//! The `mem…` functions.

use super::{at_most, read_past};
use crate::memory::find_byte;
use crate::{Memory, Ptr, Void};

#[inline]
#[track_caller]
pub fn memcpy(dest: Ptr<Void>, src: Ptr<Void>, n: u64, mem: &mut Memory) -> Ptr<Void> {
    mem.copy(dest, src, n);
    dest
}

#[inline]
#[track_caller]
pub fn memmove(dest: Ptr<Void>, src: Ptr<Void>, n: u64, mem: &mut Memory) -> Ptr<Void> {
    mem.copy(dest, src, n);
    dest
}

#[track_caller]
pub fn mempcpy(dest: Ptr<Void>, src: Ptr<Void>, n: u64, mem: &mut Memory) -> Ptr<Void> {
    mem.copy(dest, src, n);
    dest + n
}

/// Copies up to and with the first `c`; the result is past it, or null where it is not in the `n` bytes.
#[track_caller]
pub fn memccpy(dest: Ptr<Void>, src: Ptr<Void>, c: i32, n: u64, mem: &mut Memory) -> Ptr<Void> {
    match find_byte(at_most(src.cast(), n, mem), c as u8) {
        Some(index) => mempcpy(dest, src, index as u64 + 1, mem),
        None => {
            mem.copy(dest, src, n);
            Ptr::NULL
        }
    }
}

#[inline]
#[track_caller]
pub fn memset(s: Ptr<Void>, c: i32, n: u64, mem: &mut Memory) -> Ptr<Void> {
    mem.bytes_mut(s, n).fill(c as u8);
    s
}

#[track_caller]
pub fn explicit_bzero(s: Ptr<Void>, n: u64, mem: &mut Memory) {
    mem.bytes_mut(s, n).fill(0);
}

/// The difference of the first two bytes that differ, as glibc gives it.
#[inline]
#[track_caller]
pub fn memcmp(s1: Ptr<Void>, s2: Ptr<Void>, n: u64, mem: &Memory) -> i32 {
    byte_difference(mem.bytes(s1, n), mem.bytes(s2, n))
}

/// The difference of the first two bytes that differ, of slices of one length.
#[inline]
pub(crate) fn byte_difference(a: &[u8], b: &[u8]) -> i32 {
    if a == b {
        return 0;
    }
    let differ = a.iter().zip(b).find(|(x, y)| x != y);
    differ.map_or(0, |(&x, &y)| i32::from(x) - i32::from(y))
}

#[inline]
#[track_caller]
pub fn memchr(s: Ptr<Void>, c: i32, n: u64, mem: &Memory) -> Ptr<Void> {
    let bytes = at_most(s.cast(), n, mem);
    match find_byte(bytes, c as u8) {
        Some(index) => s + index,
        None if bytes.len() as u64 == n => Ptr::NULL,
        None => read_past(s.cast(), bytes.len(), mem),
    }
}

#[track_caller]
pub fn memrchr(s: Ptr<Void>, c: i32, n: u64, mem: &Memory) -> Ptr<Void> {
    let found = mem.bytes(s, n).iter().rposition(|&b| b == c as u8);
    found.map_or(Ptr::NULL, |index| s + index)
}

#[track_caller]
pub fn rawmemchr(s: Ptr<Void>, c: i32, mem: &Memory) -> Ptr<Void> {
    let bytes = mem.tail(s);
    match find_byte(bytes, c as u8) {
        Some(index) => s + index,
        None => read_past(s.cast(), bytes.len(), mem),
    }
}

#[track_caller]
pub fn memmem(haystack: Ptr<Void>, haystacklen: u64, needle: Ptr<Void>, needlelen: u64, mem: &Memory) -> Ptr<Void> {
    if needlelen > haystacklen {
        return Ptr::NULL;
    }
    let found = super::search::find(mem.bytes(haystack, haystacklen), mem.bytes(needle, needlelen));
    found.map_or(Ptr::NULL, |index| haystack + index)
}
