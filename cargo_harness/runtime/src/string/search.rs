//! Search in strings.

use super::{c_str_at_most, read_past};
use crate::memory::find_byte;
use crate::{Memory, Ptr};

#[inline]
#[track_caller]
pub fn strchr(s: Ptr<u8>, c: i32, mem: &Memory) -> Ptr<u8> {
    let found = strchrnul(s, c, mem);
    if c as u8 == 0 || mem.read(found) != 0 {
        found
    } else {
        Ptr::NULL
    }
}

/// As [`strchr`], but the NUL where `c` is not found.
#[track_caller]
pub fn strchrnul(s: Ptr<u8>, c: i32, mem: &Memory) -> Ptr<u8> {
    let tail = mem.tail(s);
    match find_either(tail, c as u8, 0) {
        Some(index) => s + index,
        None => read_past(s, tail.len(), mem),
    }
}

#[track_caller]
pub fn strrchr(s: Ptr<u8>, c: i32, mem: &Memory) -> Ptr<u8> {
    let text = mem.c_str(s);
    if c as u8 == 0 {
        return s + text.len();
    }
    text.iter().rposition(|&b| b == c as u8).map_or(Ptr::NULL, |index| s + index)
}

/// GNU's `basename`: what stands behind the last slash, be it nothing. The path stays as it is.
#[track_caller]
pub fn gnu_basename(path: Ptr<u8>, mem: &Memory) -> Ptr<u8> {
    path + mem.c_str(path).iter().rposition(|&b| b == b'/').map_or(0, |slash| slash + 1)
}

/// A set of byte values.
struct ByteSet([bool; 256]);

impl ByteSet {
    fn new(bytes: &[u8]) -> Self {
        let mut set = [false; 256];
        for &byte in bytes {
            set[usize::from(byte)] = true;
        }
        ByteSet(set)
    }

    fn has(&self, byte: u8) -> bool {
        self.0[usize::from(byte)]
    }
}

/// The length of the prefix of `s` whose bytes are in `accept`.
#[track_caller]
pub fn strspn(s: Ptr<u8>, accept: Ptr<u8>, mem: &Memory) -> u64 {
    let tail = mem.tail(s);
    match span(tail, mem.c_str(accept)) {
        Some(len) => len as u64,
        None => read_past(s, tail.len(), mem),
    }
}

/// The length of the prefix of a string whose bytes are in `accept`; none where the slice ends before.
pub(crate) fn span(s: &[u8], accept: &[u8]) -> Option<usize> {
    let set = ByteSet::new(accept);
    s.iter().position(|&b| b == 0 || !set.has(b))
}

/// The length of the prefix of `s` whose bytes are not in `reject`.
#[track_caller]
pub fn strcspn(s: Ptr<u8>, reject: Ptr<u8>, mem: &Memory) -> u64 {
    let tail = mem.tail(s);
    match span_without(tail, mem.c_str(reject)) {
        Some(len) => len as u64,
        None => read_past(s, tail.len(), mem),
    }
}

/// The length of the prefix of a string whose bytes are not in `reject`; none where the slice ends before.
pub(crate) fn span_without(s: &[u8], reject: &[u8]) -> Option<usize> {
    let set = ByteSet::new(reject);
    s.iter().position(|&b| b == 0 || set.has(b))
}

#[track_caller]
pub fn strpbrk(s: Ptr<u8>, accept: Ptr<u8>, mem: &Memory) -> Ptr<u8> {
    let found = s + strcspn(s, accept, mem);
    if mem.read(found) == 0 {
        Ptr::NULL
    } else {
        found
    }
}

#[track_caller]
pub fn strstr(haystack: Ptr<u8>, needle: Ptr<u8>, mem: &Memory) -> Ptr<u8> {
    let found = find(mem.c_str(haystack), mem.c_str(needle));
    found.map_or(Ptr::NULL, |index| haystack + index)
}

/// As [`strstr`], without the case of ASCII letters.
#[track_caller]
pub fn strcasestr(haystack: Ptr<u8>, needle: Ptr<u8>, mem: &Memory) -> Ptr<u8> {
    let text = |s: Ptr<u8>| c_str_at_most(s, u64::MAX, mem);
    find_caseless(text(haystack), text(needle)).map_or(Ptr::NULL, |index| haystack + index)
}

/// As [`find`], without the case of ASCII letters.
pub(crate) fn find_caseless(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    find(&haystack.to_ascii_lowercase(), &needle.to_ascii_lowercase())
}

/// The index of the first of two byte values.
#[inline]
pub(crate) fn find_either(bytes: &[u8], first: u8, second: u8) -> Option<usize> {
    const CHUNK: usize = 64;
    let is_match = |b: u8| b == first || b == second;
    let short = bytes.len().min(CHUNK / 2);
    let mut start = short;
    if let Some(index) = bytes[..short].iter().position(|&b| is_match(b)) {
        return Some(index);
    }
    while let Some(chunk) = bytes[start..].first_chunk::<CHUNK>() {
        if chunk.iter().fold(0, |found, &b| found | u8::from(is_match(b))) != 0 {
            break;
        }
        start += CHUNK;
    }
    bytes[start..].iter().position(|&b| is_match(b)).map(|index| start + index)
}

/// The index of the first `needle` in `haystack`, in linear time (Knuth, Morris and Pratt) once its first byte is found.
pub(crate) fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    let Some(&first) = needle.first() else {
        return Some(0);
    };
    let start = find_byte(haystack, first)?;
    let haystack = &haystack[start..];
    if haystack.starts_with(needle) {
        return Some(start);
    }
    if needle.len() <= 16 {
        return haystack.windows(needle.len()).position(|window| window == needle).map(|index| start + index);
    }
    let borders = border_lengths(needle);
    let mut matched = 0;
    for (index, &byte) in haystack.iter().enumerate() {
        while matched > 0 && needle[matched] != byte {
            matched = borders[matched - 1];
        }
        if needle[matched] == byte {
            matched += 1;
        }
        if matched == needle.len() {
            return Some(start + index + 1 - matched);
        }
    }
    None
}

/// For each prefix of `needle`, the length of its longest proper prefix that also ends it.
fn border_lengths(needle: &[u8]) -> Vec<usize> {
    let mut borders = vec![0; needle.len()];
    let mut len = 0;
    for index in 1..needle.len() {
        while len > 0 && needle[index] != needle[len] {
            len = borders[len - 1];
        }
        if needle[index] == needle[len] {
            len += 1;
        }
        borders[index] = len;
    }
    borders
}
