//! Length, copying and joining of strings.

use super::{c_str_at_most, new_string};
use crate::{Memory, Ptr};

#[inline]
#[track_caller]
pub fn strlen(mem: &Memory, s: Ptr<u8>) -> u64 {
    mem.c_str(s).len() as u64
}

#[inline]
#[track_caller]
pub fn strnlen(mem: &Memory, s: Ptr<u8>, n: u64) -> u64 {
    c_str_at_most(mem, s, n).len() as u64
}

#[inline]
#[track_caller]
pub fn strcpy(mem: &mut Memory, dest: Ptr<u8>, src: Ptr<u8>) -> Ptr<u8> {
    let len = strlen(mem, src);
    mem.copy(dest, src, len + 1);
    dest
}

/// As [`strcpy`]; the result is the copied NUL.
#[track_caller]
pub fn stpcpy(mem: &mut Memory, dest: Ptr<u8>, src: Ptr<u8>) -> Ptr<u8> {
    let len = strlen(mem, src);
    mem.copy(dest, src, len + 1);
    dest + len
}

/// Writes exactly `n` bytes: the string, cut or filled up with NULs.
#[track_caller]
pub fn strncpy(mem: &mut Memory, dest: Ptr<u8>, src: Ptr<u8>, n: u64) -> Ptr<u8> {
    stpncpy(mem, dest, src, n);
    dest
}

/// As [`strncpy`]; the result is the first NUL written, or the end.
#[track_caller]
pub fn stpncpy(mem: &mut Memory, dest: Ptr<u8>, src: Ptr<u8>, n: u64) -> Ptr<u8> {
    let len = strnlen(mem, src, n);
    mem.copy(dest, src, len);
    mem.bytes_mut(dest + len, n - len).fill(0);
    dest + len
}

#[track_caller]
pub fn strcat(mem: &mut Memory, dest: Ptr<u8>, src: Ptr<u8>) -> Ptr<u8> {
    let end = dest + strlen(mem, dest);
    strcpy(mem, end, src);
    dest
}

/// Appends at most `n` bytes, and always a NUL.
#[track_caller]
pub fn strncat(mem: &mut Memory, dest: Ptr<u8>, src: Ptr<u8>, n: u64) -> Ptr<u8> {
    let end = dest + strlen(mem, dest);
    let len = strnlen(mem, src, n);
    mem.copy(end, src, len);
    mem.write(end + len, 0);
    dest
}

#[track_caller]
pub fn strdup(mem: &mut Memory, s: Ptr<u8>) -> Ptr<u8> {
    strndup(mem, s, u64::MAX)
}

#[track_caller]
pub fn strndup(mem: &mut Memory, s: Ptr<u8>, n: u64) -> Ptr<u8> {
    let text = c_str_at_most(mem, s, n).to_vec();
    new_string(mem, &text)
}
