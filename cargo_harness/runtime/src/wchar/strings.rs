//! Strings of wide characters.

use crate::wctype::towlower;
use crate::{Memory, Ptr};

/// The characters at `s`, without the NUL, at most `limit`.
#[track_caller]
pub(crate) fn wide_at_most(s: Ptr<i32>, limit: u64, mem: &Memory) -> Vec<i32> {
    (0..limit).map(|index| mem.read(s + index)).take_while(|&wide| wide != 0).collect()
}

#[track_caller]
pub(crate) fn wide_string(s: Ptr<i32>, mem: &Memory) -> Vec<i32> {
    wide_at_most(s, u64::MAX, mem)
}

#[track_caller]
pub(crate) fn store(dest: Ptr<i32>, text: &[i32], mem: &mut Memory) {
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

/// As [`wcscpy`]; gives the end of the copy.
#[track_caller]
pub fn wcpcpy(dest: Ptr<i32>, src: Ptr<i32>, mem: &mut Memory) -> Ptr<i32> {
    wcscpy(dest, src, mem);
    dest + wcslen(dest, mem)
}

/// As [`wcsncpy`]; gives the first NUL of the copy, or its end.
#[track_caller]
pub fn wcpncpy(dest: Ptr<i32>, src: Ptr<i32>, n: u64, mem: &mut Memory) -> Ptr<i32> {
    wcsncpy(dest, src, n, mem);
    dest + wcsnlen(dest, n, mem)
}

#[track_caller]
pub fn wmempcpy(dest: Ptr<i32>, src: Ptr<i32>, n: u64, mem: &mut Memory) -> Ptr<i32> {
    wmemcpy(dest, src, n, mem) + n
}

/// As [`wcschr`], but the NUL where `wc` is not found.
#[track_caller]
pub fn wcschrnul(s: Ptr<i32>, wc: i32, mem: &Memory) -> Ptr<i32> {
    let text = wide_string(s, mem);
    s + text.iter().position(|&wide| wide == wc).unwrap_or(text.len())
}

#[track_caller]
pub fn wcscasecmp(s1: Ptr<i32>, s2: Ptr<i32>, mem: &Memory) -> i32 {
    wcsncasecmp(s1, s2, u64::MAX, mem)
}

/// The difference of the first characters that differ in lower case.
#[track_caller]
pub fn wcsncasecmp(s1: Ptr<i32>, s2: Ptr<i32>, n: u64, mem: &Memory) -> i32 {
    for index in 0..n {
        let [a, b] = [s1, s2].map(|s| towlower(mem.read(s + index) as u32) as i32);
        if a != b || a == 0 {
            return a.wrapping_sub(b);
        }
    }
    0
}

/// The next token of `s`, or of what `*saveptr` has left of it where `s` is null.
#[track_caller]
pub fn wcstok(s: Ptr<i32>, delim: Ptr<i32>, saveptr: Ptr<Ptr<i32>>, mem: &mut Memory) -> Ptr<i32> {
    let s = if s.is_null() { mem.read(saveptr) } else { s };
    if s.is_null() {
        return s;
    }
    let token = s + wcsspn(s, delim, mem);
    if mem.read(token) == 0 {
        mem.write(saveptr, Ptr::NULL);
        return Ptr::NULL;
    }
    let end = wcspbrk(token, delim, mem);
    if end.is_null() {
        mem.write(saveptr, Ptr::NULL);
    } else {
        mem.write(end, 0);
        mem.write(saveptr, end + 1);
    }
    token
}

/// The order of the C locale is that of the characters: the copy is the string itself, stored as far as it fits.
#[track_caller]
pub fn wcsxfrm(dest: Ptr<i32>, src: Ptr<i32>, n: u64, mem: &mut Memory) -> u64 {
    let len = wcslen(src, mem);
    mem.copy(dest, src, 4 * n.min(len + 1));
    len
}
