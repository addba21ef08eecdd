//! Multibyte characters: in the C locale a byte below 128 is one and any other is none, in C.UTF-8 they are UTF-8.

use crate::locale::is_utf_8;
use crate::string::{at_most, c_str_at_most};
use crate::{errno, Memory, Ptr};

/// What stands at the start of some bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Decoded {
    /// A character and its length.
    Character(i32, usize),
    /// The start of one.
    Incomplete,
    Invalid,
}

pub(crate) fn decode(bytes: &[u8]) -> Decoded {
    let Some(&first) = bytes.first() else {
        return Decoded::Incomplete;
    };
    if first < 128 {
        return Decoded::Character(first.into(), 1);
    }
    let len = match first {
        0xC2..=0xDF => 2,
        0xE0..=0xEF => 3,
        0xF0..=0xF4 => 4,
        _ => return Decoded::Invalid,
    };
    if !is_utf_8() {
        return Decoded::Invalid;
    }
    match std::str::from_utf8(&bytes[..len.min(bytes.len())]) {
        Ok(text) => text.chars().next().map_or(Decoded::Invalid, |c| Decoded::Character(c as i32, len)),
        Err(error) if error.error_len().is_none() => Decoded::Incomplete,
        Err(_) => Decoded::Invalid,
    }
}

/// The bytes of a character; none, with `EILSEQ`, where it has none.
pub(crate) fn encode(wide: i32) -> Option<Vec<u8>> {
    let character = u32::try_from(wide).ok().and_then(char::from_u32).filter(|c| c.is_ascii() || is_utf_8());
    if character.is_none() {
        errno::set(errno::EILSEQ);
    }
    character.map(|c| c.to_string().into_bytes())
}

/// The longest multibyte character: C's `MB_CUR_MAX`.
pub fn __ctype_get_mb_cur_max() -> u64 {
    if is_utf_8() {
        6
    } else {
        1
    }
}

#[track_caller]
pub fn mblen(s: Ptr<u8>, n: u64, mem: &Memory) -> i32 {
    if s.is_null() {
        return 0;
    }
    match decode(at_most(s, n, mem)) {
        Decoded::Character(0, _) => 0,
        Decoded::Character(_, len) => len as i32,
        Decoded::Incomplete => -1,
        Decoded::Invalid => {
            errno::set(errno::EILSEQ);
            -1
        }
    }
}

#[track_caller]
pub fn mbtowc(pwc: Ptr<i32>, s: Ptr<u8>, n: u64, mem: &mut Memory) -> i32 {
    let len = mblen(s, n, mem);
    if len >= 0 && !s.is_null() && !pwc.is_null() {
        if let Decoded::Character(character, _) = decode(at_most(s, n, mem)) {
            mem.write(pwc, character);
        }
    }
    len
}

#[track_caller]
pub fn wctomb(s: Ptr<u8>, wc: i32, mem: &mut Memory) -> i32 {
    if s.is_null() {
        return 0;
    }
    let Some(bytes) = encode(wc) else {
        return -1;
    };
    mem.bytes_mut(s, bytes.len() as u64).copy_from_slice(&bytes);
    bytes.len() as i32
}

/// The count of characters, without the NUL; `u64::MAX` where one is invalid.
#[track_caller]
pub fn mbstowcs(dest: Ptr<i32>, src: Ptr<u8>, n: u64, mem: &mut Memory) -> u64 {
    let text = c_str_at_most(src, u64::MAX, mem).to_vec();
    let limit = if dest.is_null() { u64::MAX } else { n };
    let (mut rest, mut count) = (&text[..], 0);
    while count < limit {
        let character = match decode(rest) {
            Decoded::Character(character, len) => {
                rest = &rest[len..];
                character
            }
            _ if rest.is_empty() => 0,
            _ => {
                errno::set(errno::EILSEQ);
                return u64::MAX;
            }
        };
        if !dest.is_null() {
            mem.write(dest + count, character);
        }
        if character == 0 {
            break;
        }
        count += 1;
    }
    count
}

/// The count of bytes, without the NUL; `u64::MAX` where a character has none. A character that does not fit whole is
/// left out.
#[track_caller]
pub fn wcstombs(dest: Ptr<u8>, src: Ptr<i32>, n: u64, mem: &mut Memory) -> u64 {
    let limit = if dest.is_null() { u64::MAX } else { n };
    let (mut count, mut source) = (0, src);
    loop {
        let wide = mem.read(source);
        let Some(bytes) = encode(wide) else {
            return u64::MAX;
        };
        if count + bytes.len() as u64 > limit {
            return count;
        }
        if !dest.is_null() {
            mem.bytes_mut(dest + count, bytes.len() as u64).copy_from_slice(&bytes);
        }
        if wide == 0 {
            return count;
        }
        count += bytes.len() as u64;
        source += 1;
    }
}
