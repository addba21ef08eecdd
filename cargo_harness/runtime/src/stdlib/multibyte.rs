//! Multibyte characters of the C locale: a byte below 128 is a character, any other is none.

use crate::string::{at_most, c_str_at_most};
use crate::{errno, Memory, Ptr};

/// Whether a byte or a wide character is a character of the C locale; sets `EILSEQ` where it is none.
pub(crate) fn is_character(code: i64) -> bool {
    let valid = (0..128).contains(&code);
    if !valid {
        errno::set(errno::EILSEQ);
    }
    valid
}

#[track_caller]
pub fn mblen(mem: &Memory, s: Ptr<u8>, n: u64) -> i32 {
    if s.is_null() {
        return 0;
    }
    match at_most(mem, s, n).first() {
        None => -1,
        Some(0) => 0,
        Some(&byte) if is_character(byte.into()) => 1,
        Some(_) => -1,
    }
}

#[track_caller]
pub fn mbtowc(mem: &mut Memory, pwc: Ptr<i32>, s: Ptr<u8>, n: u64) -> i32 {
    let len = mblen(mem, s, n);
    if len >= 0 && !s.is_null() && !pwc.is_null() {
        let character = mem.read(s).into();
        mem.write(pwc, character);
    }
    len
}

#[track_caller]
pub fn wctomb(mem: &mut Memory, s: Ptr<u8>, wc: i32) -> i32 {
    if s.is_null() {
        return 0;
    }
    if !is_character(wc.into()) {
        return -1;
    }
    mem.write(s, wc as u8);
    1
}

/// The count of characters, without the NUL; `u64::MAX` where one is none.
#[track_caller]
pub fn mbstowcs(mem: &mut Memory, dest: Ptr<i32>, src: Ptr<u8>, n: u64) -> u64 {
    let limit = if dest.is_null() { u64::MAX } else { n };
    let text = c_str_at_most(mem, src, limit).to_vec();
    if !text.iter().all(|&byte| is_character(byte.into())) {
        return u64::MAX;
    }
    if !dest.is_null() {
        for (index, &byte) in text.iter().enumerate() {
            mem.write(dest + index, byte.into());
        }
        if (text.len() as u64) < n {
            mem.write(dest + text.len(), 0);
        }
    }
    text.len() as u64
}

/// The count of bytes, without the NUL; `u64::MAX` where a character has none.
#[track_caller]
pub fn wcstombs(mem: &mut Memory, dest: Ptr<u8>, src: Ptr<i32>, n: u64) -> u64 {
    let limit = if dest.is_null() { u64::MAX } else { n };
    let mut count = 0;
    while count < limit {
        let wide = mem.read(src + count);
        if !is_character(wide.into()) {
            return u64::MAX;
        }
        if !dest.is_null() {
            mem.write(dest + count, wide as u8);
        }
        if wide == 0 {
            break;
        }
        count += 1;
    }
    count
}
