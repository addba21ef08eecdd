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
fn wide_at_most(mem: &Memory, s: Ptr<i32>, limit: u64) -> Vec<i32> {
    (0..limit).map(|index| mem.read(s + index)).take_while(|&wide| wide != 0).collect()
}

#[track_caller]
fn wide_string(mem: &Memory, s: Ptr<i32>) -> Vec<i32> {
    wide_at_most(mem, s, u64::MAX)
}

#[track_caller]
fn store(mem: &mut Memory, dest: Ptr<i32>, text: &[i32]) {
    for (index, &wide) in text.iter().enumerate() {
        mem.write(dest + index, wide);
    }
}

fn found_at(s: Ptr<i32>, place: Option<usize>) -> Ptr<i32> {
    place.map_or(Ptr::NULL, |index| s + index)
}

#[track_caller]
pub fn wcslen(mem: &Memory, s: Ptr<i32>) -> u64 {
    wide_string(mem, s).len() as u64
}

#[track_caller]
pub fn wcsnlen(mem: &Memory, s: Ptr<i32>, n: u64) -> u64 {
    wide_at_most(mem, s, n).len() as u64
}

#[track_caller]
pub fn wcscpy(mem: &mut Memory, dest: Ptr<i32>, src: Ptr<i32>) -> Ptr<i32> {
    let len = wcslen(mem, src);
    mem.copy(dest, src, 4 * (len + 1));
    dest
}

#[track_caller]
pub fn wcsncpy(mem: &mut Memory, dest: Ptr<i32>, src: Ptr<i32>, n: u64) -> Ptr<i32> {
    let mut text = wide_at_most(mem, src, n);
    text.resize(n as usize, 0);
    store(mem, dest, &text);
    dest
}

#[track_caller]
pub fn wcscat(mem: &mut Memory, dest: Ptr<i32>, src: Ptr<i32>) -> Ptr<i32> {
    let end = dest + wcslen(mem, dest);
    wcscpy(mem, end, src);
    dest
}

#[track_caller]
pub fn wcsncat(mem: &mut Memory, dest: Ptr<i32>, src: Ptr<i32>, n: u64) -> Ptr<i32> {
    let end = dest + wcslen(mem, dest);
    let mut text = wide_at_most(mem, src, n);
    text.push(0);
    store(mem, end, &text);
    dest
}

#[track_caller]
pub fn wcsdup(mem: &mut Memory, s: Ptr<i32>) -> Ptr<i32> {
    let len = wcslen(mem, s);
    let copy = mem.allocate(4 * (len + 1)).cast();
    mem.copy(copy, s, 4 * len);
    copy
}

/// -1, 0 or 1, as glibc gives it.
#[track_caller]
pub fn wcscmp(mem: &Memory, s1: Ptr<i32>, s2: Ptr<i32>) -> i32 {
    wcsncmp(mem, s1, s2, u64::MAX)
}

#[track_caller]
pub fn wcsncmp(mem: &Memory, s1: Ptr<i32>, s2: Ptr<i32>, n: u64) -> i32 {
    for index in 0..n {
        let (a, b) = (mem.read(s1 + index), mem.read(s2 + index));
        if a != b || a == 0 {
            return a.cmp(&b) as i32;
        }
    }
    0
}

#[track_caller]
pub fn wcscoll(mem: &Memory, s1: Ptr<i32>, s2: Ptr<i32>) -> i32 {
    wcscmp(mem, s1, s2)
}

#[track_caller]
pub fn wcschr(mem: &Memory, s: Ptr<i32>, wc: i32) -> Ptr<i32> {
    let text = wide_string(mem, s);
    found_at(s, if wc == 0 { Some(text.len()) } else { text.iter().position(|&wide| wide == wc) })
}

#[track_caller]
pub fn wcsrchr(mem: &Memory, s: Ptr<i32>, wc: i32) -> Ptr<i32> {
    let text = wide_string(mem, s);
    found_at(s, if wc == 0 { Some(text.len()) } else { text.iter().rposition(|&wide| wide == wc) })
}

#[track_caller]
pub fn wcsspn(mem: &Memory, s: Ptr<i32>, accept: Ptr<i32>) -> u64 {
    let set = wide_string(mem, accept);
    wide_string(mem, s).iter().take_while(|wide| set.contains(wide)).count() as u64
}

#[track_caller]
pub fn wcscspn(mem: &Memory, s: Ptr<i32>, reject: Ptr<i32>) -> u64 {
    let set = wide_string(mem, reject);
    wide_string(mem, s).iter().take_while(|wide| !set.contains(wide)).count() as u64
}

#[track_caller]
pub fn wcspbrk(mem: &Memory, s: Ptr<i32>, accept: Ptr<i32>) -> Ptr<i32> {
    let found = s + wcscspn(mem, s, accept);
    if mem.read(found) == 0 {
        Ptr::NULL
    } else {
        found
    }
}

#[track_caller]
pub fn wcsstr(mem: &Memory, haystack: Ptr<i32>, needle: Ptr<i32>) -> Ptr<i32> {
    let (text, needle) = (wide_string(mem, haystack), wide_string(mem, needle));
    if needle.is_empty() {
        return haystack;
    }
    found_at(haystack, text.windows(needle.len()).position(|window| window == needle))
}

#[track_caller]
pub fn wmemcpy(mem: &mut Memory, dest: Ptr<i32>, src: Ptr<i32>, n: u64) -> Ptr<i32> {
    mem.copy(dest, src, n.saturating_mul(4));
    dest
}

#[track_caller]
pub fn wmemmove(mem: &mut Memory, dest: Ptr<i32>, src: Ptr<i32>, n: u64) -> Ptr<i32> {
    wmemcpy(mem, dest, src, n)
}

#[track_caller]
pub fn wmemset(mem: &mut Memory, s: Ptr<i32>, wc: i32, n: u64) -> Ptr<i32> {
    for index in 0..n {
        mem.write(s + index, wc);
    }
    s
}

#[track_caller]
pub fn wmemcmp(mem: &Memory, s1: Ptr<i32>, s2: Ptr<i32>, n: u64) -> i32 {
    let differ = (0..n).map(|index| (mem.read(s1 + index), mem.read(s2 + index))).find(|(a, b)| a != b);
    differ.map_or(0, |(a, b)| a.cmp(&b) as i32)
}

#[track_caller]
pub fn wmemchr(mem: &Memory, s: Ptr<i32>, wc: i32, n: u64) -> Ptr<i32> {
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
pub fn mbsinit(mem: &Memory, ps: Ptr<MbstateT>) -> i32 {
    i32::from(ps.is_null() || mem.read(ps).__count == 0)
}

/// The state that a null `mbstate_t *` stands for.
fn own_state(mem: &mut Memory, name: &'static str, ps: Ptr<MbstateT>) -> Ptr<MbstateT> {
    if ps.is_null() {
        mem.library_block(name, 8).cast()
    } else {
        ps
    }
}

/// The length of the character; 0 for NUL, -2 where it is not complete, -1 where it is invalid.
#[track_caller]
pub fn mbrtowc(mem: &mut Memory, pwc: Ptr<i32>, s: Ptr<u8>, n: u64, ps: Ptr<MbstateT>) -> u64 {
    const LONGEST: u64 = 4;
    let ps = own_state(mem, "mbrtowc", ps);
    if s.is_null() {
        mem.write(ps, MbstateT { __count: 0, __value: [0; 4] });
        return 0;
    }
    let MbstateT { __count: pending, __value: mut bytes } = mem.read(ps);
    let pending = pending.clamp(0, 3) as usize;
    let fresh = crate::string::at_most(mem, s, n.min(LONGEST - pending as u64)).to_vec();
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
pub fn mbrlen(mem: &mut Memory, s: Ptr<u8>, n: u64, ps: Ptr<MbstateT>) -> u64 {
    let ps = own_state(mem, "mbrlen", ps);
    mbrtowc(mem, Ptr::NULL, s, n, ps)
}

#[track_caller]
pub fn wcrtomb(mem: &mut Memory, s: Ptr<u8>, wc: i32, _ps: Ptr<MbstateT>) -> u64 {
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
        let text = new_string(&mut mem, b"wide text");
        let wide = mem.allocate(80).cast::<i32>();
        assert_eq!(crate::stdlib::mbstowcs(&mut mem, wide, text, 20), 9);
        assert_eq!(wcslen(&mem, wide), 9);
        assert_eq!(wcschr(&mem, wide, 't' as i32) - wide, 5);
        assert_eq!(wcscmp(&mem, wide, wide + 1), 1);
        assert_eq!(crate::stdlib::wcstombs(&mut mem, text, wide + 5, 10), 4);
        assert_eq!(mem.c_str(text), b"text");
    }

    #[test]
    fn incomplete_characters_wait_in_the_state() {
        let mut mem = Memory::new(0, &[]);
        let name = new_string(&mut mem, b"C.UTF-8");
        crate::locale::setlocale(&mut mem, 0, name);
        let text = new_string(&mut mem, "\u{20ac}".as_bytes());
        let (state, wide) = (mem.local(MbstateT { __count: 0, __value: [0; 4] }), mem.local(0));
        assert_eq!(mbrtowc(&mut mem, wide, text, 2, state), INCOMPLETE);
        assert_eq!(mbrtowc(&mut mem, wide, text + 2, 1, state), 1);
        assert_eq!(mem.read(wide), 0x20ac);
        assert_eq!(wcrtomb(&mut mem, text, 0xe9, state), 2);
    }
}
