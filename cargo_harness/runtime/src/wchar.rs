//! `wchar.h`: strings of `wchar_t`, which is a 32-bit `int`, and their conversion.

use crate::stdlib::{decode, encode, Decoded};
use crate::{errno, layout, Memory, Ptr};

/// `mbstate_t`: the bytes of a character that is not complete yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MbstateT {
    pub __count: i32,
    pub __value: [u8; 4],
}

layout! { MbstateT: 8, 4;
    __COUNT __count: i32 = 0;
    __VALUE __value: [u8; 4] = 4;
}

/// What `mbrtowc` gives for an invalid character, and for an incomplete one.
const INVALID: u64 = u64::MAX;
const INCOMPLETE: u64 = u64::MAX - 1;
/// `WEOF`.
const WEOF: u32 = u32::MAX;

/// The characters at `s`, without the NUL, at most `limit`.
#[track_caller]
fn wide_at_most(s: Ptr<i32>, limit: u64, mem: &Memory) -> Vec<i32> {
    (0..limit).map(|index| mem.read(s + index)).take_while(|&wide| wide != 0).collect()
}

#[track_caller]
fn wide_string(s: Ptr<i32>, mem: &Memory) -> Vec<i32> {
    wide_at_most(s, u64::MAX, mem)
}

#[track_caller]
fn store(dest: Ptr<i32>, text: &[i32], mem: &mut Memory) {
    for (index, &wide) in text.iter().enumerate() {
        mem.write(dest + index, wide);
    }
}

fn found_at(s: Ptr<i32>, place: Option<usize>) -> Ptr<i32> {
    place.map_or(Ptr::NULL, |index| s + index)
}

#[track_caller]
pub fn wcslen(s: Ptr<i32>, mem: &Memory) -> u64 {
    wide_string(s, mem).len() as u64
}

#[track_caller]
pub fn wcsnlen(s: Ptr<i32>, n: u64, mem: &Memory) -> u64 {
    wide_at_most(s, n, mem).len() as u64
}

#[track_caller]
pub fn wcscpy(dest: Ptr<i32>, src: Ptr<i32>, mem: &mut Memory) -> Ptr<i32> {
    let len = wcslen(src, mem);
    mem.copy(dest, src, 4 * (len + 1));
    dest
}

#[track_caller]
pub fn wcsncpy(dest: Ptr<i32>, src: Ptr<i32>, n: u64, mem: &mut Memory) -> Ptr<i32> {
    let mut text = wide_at_most(src, n, mem);
    text.resize(n as usize, 0);
    store(dest, &text, mem);
    dest
}

#[track_caller]
pub fn wcscat(dest: Ptr<i32>, src: Ptr<i32>, mem: &mut Memory) -> Ptr<i32> {
    let end = dest + wcslen(dest, mem);
    wcscpy(end, src, mem);
    dest
}

#[track_caller]
pub fn wcsncat(dest: Ptr<i32>, src: Ptr<i32>, n: u64, mem: &mut Memory) -> Ptr<i32> {
    let end = dest + wcslen(dest, mem);
    let mut text = wide_at_most(src, n, mem);
    text.push(0);
    store(end, &text, mem);
    dest
}

#[track_caller]
pub fn wcsdup(s: Ptr<i32>, mem: &mut Memory) -> Ptr<i32> {
    let len = wcslen(s, mem);
    let copy = mem.allocate(4 * (len + 1)).cast();
    mem.copy(copy, s, 4 * len);
    copy
}

/// -1, 0 or 1, as glibc gives it.
#[track_caller]
pub fn wcscmp(s1: Ptr<i32>, s2: Ptr<i32>, mem: &Memory) -> i32 {
    wcsncmp(s1, s2, u64::MAX, mem)
}

#[track_caller]
pub fn wcsncmp(s1: Ptr<i32>, s2: Ptr<i32>, n: u64, mem: &Memory) -> i32 {
    for index in 0..n {
        let (a, b) = (mem.read(s1 + index), mem.read(s2 + index));
        if a != b || a == 0 {
            return a.cmp(&b) as i32;
        }
    }
    0
}

#[track_caller]
pub fn wcscoll(s1: Ptr<i32>, s2: Ptr<i32>, mem: &Memory) -> i32 {
    wcscmp(s1, s2, mem)
}

#[track_caller]
pub fn wcschr(s: Ptr<i32>, wc: i32, mem: &Memory) -> Ptr<i32> {
    let text = wide_string(s, mem);
    found_at(s, if wc == 0 { Some(text.len()) } else { text.iter().position(|&wide| wide == wc) })
}

#[track_caller]
pub fn wcsrchr(s: Ptr<i32>, wc: i32, mem: &Memory) -> Ptr<i32> {
    let text = wide_string(s, mem);
    found_at(s, if wc == 0 { Some(text.len()) } else { text.iter().rposition(|&wide| wide == wc) })
}

#[track_caller]
pub fn wcsspn(s: Ptr<i32>, accept: Ptr<i32>, mem: &Memory) -> u64 {
    let set = wide_string(accept, mem);
    wide_string(s, mem).iter().take_while(|wide| set.contains(wide)).count() as u64
}

#[track_caller]
pub fn wcscspn(s: Ptr<i32>, reject: Ptr<i32>, mem: &Memory) -> u64 {
    let set = wide_string(reject, mem);
    wide_string(s, mem).iter().take_while(|wide| !set.contains(wide)).count() as u64
}

#[track_caller]
pub fn wcspbrk(s: Ptr<i32>, accept: Ptr<i32>, mem: &Memory) -> Ptr<i32> {
    let found = s + wcscspn(s, accept, mem);
    if mem.read(found) == 0 {
        Ptr::NULL
    } else {
        found
    }
}

#[track_caller]
pub fn wcsstr(haystack: Ptr<i32>, needle: Ptr<i32>, mem: &Memory) -> Ptr<i32> {
    let (text, needle) = (wide_string(haystack, mem), wide_string(needle, mem));
    if needle.is_empty() {
        return haystack;
    }
    found_at(haystack, text.windows(needle.len()).position(|window| window == needle))
}

#[track_caller]
pub fn wmemcpy(dest: Ptr<i32>, src: Ptr<i32>, n: u64, mem: &mut Memory) -> Ptr<i32> {
    mem.copy(dest, src, n.saturating_mul(4));
    dest
}

#[track_caller]
pub fn wmemmove(dest: Ptr<i32>, src: Ptr<i32>, n: u64, mem: &mut Memory) -> Ptr<i32> {
    wmemcpy(dest, src, n, mem)
}

#[track_caller]
pub fn wmemset(s: Ptr<i32>, wc: i32, n: u64, mem: &mut Memory) -> Ptr<i32> {
    for index in 0..n {
        mem.write(s + index, wc);
    }
    s
}

#[track_caller]
pub fn wmemcmp(s1: Ptr<i32>, s2: Ptr<i32>, n: u64, mem: &Memory) -> i32 {
    let differ = (0..n).map(|index| (mem.read(s1 + index), mem.read(s2 + index))).find(|(a, b)| a != b);
    differ.map_or(0, |(a, b)| a.cmp(&b) as i32)
}

#[track_caller]
pub fn wmemchr(s: Ptr<i32>, wc: i32, n: u64, mem: &Memory) -> Ptr<i32> {
    (0..n).find(|&index| mem.read(s + index) == wc).map_or(Ptr::NULL, |index| s + index)
}

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::string::new_string;

    #[test]
    fn wide_strings() {
        let mut mem = Memory::new(0, &[]);
        let text = new_string(b"wide text", &mut mem);
        let wide = mem.allocate(80).cast::<i32>();
        assert_eq!(crate::stdlib::mbstowcs(wide, text, 20, &mut mem), 9);
        assert_eq!(wcslen(wide, &mem), 9);
        assert_eq!(wcschr(wide, 't' as i32, &mem) - wide, 5);
        assert_eq!(wcscmp(wide, wide + 1, &mem), 1);
        assert_eq!(crate::stdlib::wcstombs(text, wide + 5, 10, &mut mem), 4);
        assert_eq!(mem.c_str(text), b"text");
    }

    #[test]
    fn incomplete_characters_wait_in_the_state() {
        let mut mem = Memory::new(0, &[]);
        let name = new_string(b"C.UTF-8", &mut mem);
        crate::locale::setlocale(0, name, &mut mem);
        let text = new_string("\u{20ac}".as_bytes(), &mut mem);
        let (state, wide) = (mem.local(MbstateT { __count: 0, __value: [0; 4] }), mem.local(0));
        assert_eq!(mbrtowc(wide, text, 2, state, &mut mem), INCOMPLETE);
        assert_eq!(mbrtowc(wide, text + 2, 1, state, &mut mem), 1);
        assert_eq!(mem.read(wide), 0x20ac);
        assert_eq!(wcrtomb(text, 0xe9, state, &mut mem), 2);
    }
}
