//! Comparison of strings. Results are differences of bytes, as glibc's x86-64 versions give them.

use std::cmp::Ordering;

use super::{at_most, c_str_at_most, copy::strlen, read_past};
use crate::{Memory, Ptr};

/// The difference of the first bytes that differ, up to a NUL in both; none where the slices end before.
#[inline]
pub(crate) fn difference(a: &[u8], b: &[u8]) -> Option<i32> {
    const ONES: u64 = u64::MAX / 255;
    let (a_words, _) = a.as_chunks::<8>();
    let (b_words, _) = b.as_chunks::<8>();
    let same = a_words.iter().zip(b_words).take_while(|(x, y)| {
        let word = u64::from_ne_bytes(**x);
        x == y && word.wrapping_sub(ONES) & !word & (ONES << 7) == 0
    });
    let start = same.count() * 8;
    for (&x, &y) in a[start..].iter().zip(&b[start..]) {
        if x != y || x == 0 {
            return Some(i32::from(x) - i32::from(y));
        }
    }
    None
}

/// The result of `strncmp` of slices that are cut at `n` bytes; none where one ends before the comparison does.
#[inline]
pub(crate) fn difference_at_most(a: &[u8], b: &[u8], n: u64) -> Option<i32> {
    difference(a, b).or_else(|| (a.len().min(b.len()) as u64 == n).then_some(0))
}

#[inline]
#[track_caller]
pub fn strcmp(s1: Ptr<u8>, s2: Ptr<u8>, mem: &Memory) -> i32 {
    let (a, b) = (mem.tail(s1), mem.tail(s2));
    match difference(a, b) {
        Some(result) => result,
        None if a.len() <= b.len() => read_past(s1, a.len(), mem),
        None => read_past(s2, b.len(), mem),
    }
}

#[inline]
#[track_caller]
pub fn strncmp(s1: Ptr<u8>, s2: Ptr<u8>, n: u64, mem: &Memory) -> i32 {
    let (a, b) = (at_most(s1, n, mem), at_most(s2, n, mem));
    match difference_at_most(a, b, n) {
        Some(result) => result,
        None if a.len() <= b.len() => read_past(s1, a.len(), mem),
        None => read_past(s2, b.len(), mem),
    }
}

/// Compares in the collation order of the C locale, that of the bytes.
#[track_caller]
pub fn strcoll(s1: Ptr<u8>, s2: Ptr<u8>, mem: &Memory) -> i32 {
    strcmp(s1, s2, mem)
}

/// Copies the key that [`strcoll`] compares, in the C locale the string itself, as far as `n` bytes hold it.
#[track_caller]
pub fn strxfrm(dest: Ptr<u8>, src: Ptr<u8>, n: u64, mem: &mut Memory) -> u64 {
    let len = strlen(src, mem);
    if n > 0 {
        mem.copy(dest, src, n.min(len + 1));
    }
    len
}

/// Compares as ASCII without case, at most `limit` bytes; also `strcasecmp` and `strncasecmp` of strings.h.
#[track_caller]
pub(crate) fn compare_caseless(s1: Ptr<u8>, s2: Ptr<u8>, limit: u64, mem: &Memory) -> i32 {
    if limit == 0 || s1 == s2 {
        return 0;
    }
    let (a, b) = (at_most(s1, limit, mem), at_most(s2, limit, mem));
    match caseless_difference(a, b, limit) {
        Some(result) => result,
        None if a.len() <= b.len() => read_past(s1, a.len(), mem),
        None => read_past(s2, b.len(), mem),
    }
}

/// As [`difference_at_most`], without the case of ASCII letters.
pub(crate) fn caseless_difference(a: &[u8], b: &[u8], n: u64) -> Option<i32> {
    for (&x, &y) in a.iter().zip(b) {
        let (x, y) = (x.to_ascii_lowercase(), y.to_ascii_lowercase());
        if x != y || x == 0 {
            return Some(i32::from(x) - i32::from(y));
        }
    }
    (a.len().min(b.len()) as u64 == n).then_some(0)
}

/// Where a version comparison stands: outside digits, in a number, or in digits that began with zeros, which count as
/// a fraction.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Run {
    Text,
    Integer,
    Fraction,
    Zeros,
}

impl Run {
    fn next(self, byte: u8) -> Run {
        match (self, byte) {
            (Run::Text, b'0') => Run::Zeros,
            (Run::Text, b'1'..=b'9') => Run::Integer,
            (Run::Integer, b'0'..=b'9') => Run::Integer,
            (Run::Zeros, b'0') => Run::Zeros,
            (Run::Zeros | Run::Fraction, b'0'..=b'9') => Run::Fraction,
            _ => Run::Text,
        }
    }
}

/// Compares as versions: runs of digits by their numbers, with leading zeros as a fraction.
#[track_caller]
pub fn strverscmp(s1: Ptr<u8>, s2: Ptr<u8>, mem: &Memory) -> i32 {
    if s1 == s2 {
        return 0;
    }
    compare_versions(c_str_at_most(s1, u64::MAX, mem), c_str_at_most(s2, u64::MAX, mem))
}

/// Compares texts without their NULs.
pub(crate) fn compare_versions(a: &[u8], b: &[u8]) -> i32 {
    let byte = |s: &[u8], index: usize| s.get(index).copied().unwrap_or(0);
    let mut run = Run::Text;
    let mut index = 0;
    while byte(a, index) == byte(b, index) {
        if index >= a.len() {
            return 0;
        }
        run = run.next(a[index]);
        index += 1;
    }
    let (x, y) = (byte(a, index), byte(b, index));
    let difference = i32::from(x) - i32::from(y);
    let digit = |c: u8| c.is_ascii_digit();
    let longer_number = |otherwise: i32| {
        let digits = |s: &[u8]| s[index.min(s.len())..].iter().take_while(|c| digit(**c)).count();
        match digits(a).cmp(&digits(b)) {
            Ordering::Less => -1,
            Ordering::Greater => 1,
            Ordering::Equal => otherwise,
        }
    };
    match run {
        Run::Text if digit(x) && digit(y) && x != b'0' && y != b'0' => longer_number(difference),
        Run::Integer if digit(x) || digit(y) => longer_number(difference),
        Run::Zeros if digit(x) && !digit(y) => -1,
        Run::Zeros if digit(y) && !digit(x) => 1,
        _ => difference,
    }
}
