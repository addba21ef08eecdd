//! Conversion between wide and multibyte characters.

use super::{MbstateT, WEOF};
use crate::stdlib::{decode, encode, Decoded};
use crate::{errno, Memory, Ptr};

/// What `mbrtowc` gives for an invalid character, and for an incomplete one.
const INVALID: u64 = u64::MAX;
const INCOMPLETE: u64 = u64::MAX - 1;

pub fn btowc(c: i32) -> u32 {
    match u8::try_from(c) {
        Ok(byte) if byte.is_ascii() => byte.into(),
        _ => WEOF,
    }
}

pub fn wctob(c: u32) -> i32 {
    if c < 128 {
        c as i32
    } else {
        -1
    }
}

#[track_caller]
pub fn mbsinit(ps: Ptr<MbstateT>, mem: &Memory) -> i32 {
    i32::from(ps.is_null() || mem.read(ps).__count == 0)
}

/// The state that a null `mbstate_t *` stands for.
fn own_state(name: &'static str, ps: Ptr<MbstateT>, mem: &mut Memory) -> Ptr<MbstateT> {
    if ps.is_null() {
        mem.library_block(name, 8).cast()
    } else {
        ps
    }
}

/// The length of the character; 0 for NUL, -2 where it is not complete, -1 where it is invalid.
#[track_caller]
pub fn mbrtowc(pwc: Ptr<i32>, s: Ptr<u8>, n: u64, ps: Ptr<MbstateT>, mem: &mut Memory) -> u64 {
    const LONGEST: u64 = 4;
    let ps = own_state("mbrtowc", ps, mem);
    if s.is_null() {
        mem.write(ps, MbstateT { __count: 0, __value: [0; 4] });
        return 0;
    }
    let MbstateT { __count: pending, __value: mut bytes } = mem.read(ps);
    let pending = pending.clamp(0, 3) as usize;
    let fresh = crate::string::at_most(s, n.min(LONGEST - pending as u64), mem).to_vec();
    bytes[pending..pending + fresh.len()].copy_from_slice(&fresh);
    match decode(&bytes[..pending + fresh.len()]) {
        Decoded::Character(character, len) => {
            mem.write(ps, MbstateT { __count: 0, __value: [0; 4] });
            if !pwc.is_null() {
                mem.write(pwc, character);
            }
            if character == 0 {
                0
            } else {
                (len - pending) as u64
            }
        }
        Decoded::Incomplete => {
            mem.write(ps, MbstateT { __count: (pending + fresh.len()) as i32, __value: bytes });
            INCOMPLETE
        }
        Decoded::Invalid => {
            errno::set(errno::EILSEQ);
            INVALID
        }
    }
}

#[track_caller]
pub fn mbrlen(s: Ptr<u8>, n: u64, ps: Ptr<MbstateT>, mem: &mut Memory) -> u64 {
    let ps = own_state("mbrlen", ps, mem);
    mbrtowc(Ptr::NULL, s, n, ps, mem)
}

#[track_caller]
pub fn wcrtomb(s: Ptr<u8>, wc: i32, _ps: Ptr<MbstateT>, mem: &mut Memory) -> u64 {
    if s.is_null() {
        return 1;
    }
    let Some(bytes) = encode(wc) else {
        return INVALID;
    };
    mem.bytes_mut(s, bytes.len() as u64).copy_from_slice(&bytes);
    bytes.len() as u64
}

/// Converts the string at `*src` to at most `n` characters at `dest`, or counts its characters where that is null.
/// `*src` becomes what is left to convert, or null after the NUL.
#[track_caller]
pub fn mbsrtowcs(dest: Ptr<i32>, src: Ptr<Ptr<u8>>, n: u64, ps: Ptr<MbstateT>, mem: &mut Memory) -> u64 {
    mbsnrtowcs(dest, src, u64::MAX, n, ps, mem)
}

/// As [`mbsrtowcs`], of at most `nms` bytes.
#[track_caller]
pub fn mbsnrtowcs(dest: Ptr<i32>, src: Ptr<Ptr<u8>>, nms: u64, n: u64, ps: Ptr<MbstateT>, mem: &mut Memory) -> u64 {
    let ps = own_state("mbsrtowcs", ps, mem);
    let kept = mem.read(ps);
    let (mut at, mut room) = (mem.read(src), nms);
    let limit = if dest.is_null() { u64::MAX } else { n };
    let mut count = 0;
    while count < limit && room > 0 {
        let target = if dest.is_null() { Ptr::NULL } else { dest + count };
        match mbrtowc(target, at, room, ps, mem) {
            INVALID => {
                count = INVALID;
                break;
            }
            INCOMPLETE => {
                at += room;
                break;
            }
            0 => {
                at = Ptr::NULL;
                break;
            }
            len => {
                at += len;
                room -= len;
                count += 1;
            }
        }
    }
    if dest.is_null() {
        mem.write(ps, kept);
    } else {
        mem.write(src, at);
    }
    count
}

/// Converts the string at `*src` to at most `n` bytes at `dest`, or counts them where that is null. `*src` becomes what
/// is left to convert, or null after the NUL.
#[track_caller]
pub fn wcsrtombs(dest: Ptr<u8>, src: Ptr<Ptr<i32>>, n: u64, ps: Ptr<MbstateT>, mem: &mut Memory) -> u64 {
    wcsnrtombs(dest, src, u64::MAX, n, ps, mem)
}

/// As [`wcsrtombs`], of at most `nwc` characters.
#[track_caller]
pub fn wcsnrtombs(dest: Ptr<u8>, src: Ptr<Ptr<i32>>, nwc: u64, n: u64, _ps: Ptr<MbstateT>, mem: &mut Memory) -> u64 {
    let start = mem.read(src);
    let limit = if dest.is_null() { u64::MAX } else { n };
    let (mut count, mut index) = (0, 0);
    let mut rest = start;
    while index < nwc {
        rest = start + index;
        let wide = mem.read(rest);
        let Some(bytes) = encode(wide) else {
            count = INVALID;
            break;
        };
        if count + bytes.len() as u64 > limit {
            break;
        }
        if !dest.is_null() {
            mem.bytes_mut(dest + count, bytes.len() as u64).copy_from_slice(&bytes);
        }
        if wide == 0 {
            rest = Ptr::NULL;
            break;
        }
        count += bytes.len() as u64;
        index += 1;
        rest = start + index;
    }
    if !dest.is_null() {
        mem.write(src, rest);
    }
    count
}
