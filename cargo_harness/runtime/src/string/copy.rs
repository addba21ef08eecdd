//! Length, copying and joining of strings.

use super::{c_str_at_most, new_string};
use crate::{Memory, Ptr};

#[inline]
#[track_caller]
pub fn strlen(s: Ptr<u8>, mem: &Memory) -> u64 {
    mem.c_str(s).len() as u64
}

#[inline]
#[track_caller]
pub fn strnlen(s: Ptr<u8>, n: u64, mem: &Memory) -> u64 {
    c_str_at_most(s, n, mem).len() as u64
}

#[inline]
#[track_caller]
pub fn strcpy(dest: Ptr<u8>, src: Ptr<u8>, mem: &mut Memory) -> Ptr<u8> {
    let len = strlen(src, mem);
    mem.copy(dest, src, len + 1);
    dest
}

/// As [`strcpy`]; the result is the copied NUL.
#[track_caller]
pub fn stpcpy(dest: Ptr<u8>, src: Ptr<u8>, mem: &mut Memory) -> Ptr<u8> {
    let len = strlen(src, mem);
    mem.copy(dest, src, len + 1);
    dest + len
}

/// Writes exactly `n` bytes: the string, cut or filled up with NULs.
#[track_caller]
pub fn strncpy(dest: Ptr<u8>, src: Ptr<u8>, n: u64, mem: &mut Memory) -> Ptr<u8> {
    stpncpy(dest, src, n, mem);
    dest
}

/// As [`strncpy`]; the result is the first NUL written, or the end.
#[track_caller]
pub fn stpncpy(dest: Ptr<u8>, src: Ptr<u8>, n: u64, mem: &mut Memory) -> Ptr<u8> {
    let len = strnlen(src, n, mem);
    mem.copy(dest, src, len);
    mem.bytes_mut(dest + len, n - len).fill(0);
    dest + len
}

#[track_caller]
pub fn strcat(dest: Ptr<u8>, src: Ptr<u8>, mem: &mut Memory) -> Ptr<u8> {
    let end = dest + strlen(dest, mem);
    strcpy(end, src, mem);
    dest
}

/// Appends at most `n` bytes, and always a NUL.
#[track_caller]
pub fn strncat(dest: Ptr<u8>, src: Ptr<u8>, n: u64, mem: &mut Memory) -> Ptr<u8> {
    let end = dest + strlen(dest, mem);
    let len = strnlen(src, n, mem);
    mem.copy(end, src, len);
    mem.write(end + len, 0);
    dest
}

#[track_caller]
pub fn strdup(s: Ptr<u8>, mem: &mut Memory) -> Ptr<u8> {
    strndup(s, u64::MAX, mem)
}

#[track_caller]
pub fn strndup(s: Ptr<u8>, n: u64, mem: &mut Memory) -> Ptr<u8> {
    let text = c_str_at_most(s, n, mem).to_vec();
    new_string(&text, mem)
}
