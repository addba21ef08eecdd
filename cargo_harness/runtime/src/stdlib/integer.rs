//! `strtol` and its kin.

use super::is_space;
use crate::{errno, Memory, Ptr};

/// What stands at the start of a text as an integer.
pub(crate) struct ParsedInteger {
    negative: bool,
    /// The magnitude; none where it does not fit 64 bits.
    magnitude: Option<u64>,
    /// How many bytes it takes; 0 where there is no number.
    pub(crate) len: usize,
}

/// Reads white space, a sign, a prefix and digits of `base` (0: as the prefix says); C11 7.22.1.4.
fn parse(text: &[u8], base: u32) -> ParsedInteger {
    let byte = |index: usize| text.get(index).copied().unwrap_or(0);
    let mut at = text.iter().take_while(|c| is_space(**c)).count();
    let negative = byte(at) == b'-';
    if matches!(byte(at), b'+' | b'-') {
        at += 1;
    }
    let hex = byte(at) == b'0' && byte(at + 1) | 0x20 == b'x' && byte(at + 2).is_ascii_hexdigit();
    let base = match base {
        0 | 16 if hex => {
            at += 2;
            16
        }
        0 if byte(at) == b'0' => 8,
        0 => 10,
        base => base,
    };
    let start = at;
    let mut magnitude = Some(0u64);
    while let Some(digit) = char::from(byte(at)).to_digit(base) {
        magnitude = magnitude.and_then(|m| m.checked_mul(base.into())?.checked_add(digit.into()));
        at += 1;
    }
    ParsedInteger { negative, magnitude, len: if at == start { 0 } else { at } }
}

/// The value of a text that is a number as a whole, as in `nan(0x12)`.
pub(super) fn whole_number(text: &[u8]) -> Option<u64> {
    let parsed = parse(text, 0);
    parsed.magnitude.filter(|_| parsed.len == text.len())
}

/// The integer at the start of `text`; none, with `EINVAL`, where the base is no base.
pub(crate) fn parse_integer(text: &[u8], base: i32) -> Option<ParsedInteger> {
    if !(base == 0 || (2..=36).contains(&base)) {
        errno::set(errno::EINVAL);
        return None;
    }
    Some(parse(text, base as u32))
}

/// Parses at `nptr` and stores the end in `*endptr`.
#[track_caller]
fn parse_at(nptr: Ptr<u8>, endptr: Ptr<Ptr<u8>>, base: i32, mem: &mut Memory) -> Option<ParsedInteger> {
    let parsed = parse_integer(mem.c_str(nptr), base)?;
    if !endptr.is_null() {
        mem.write(endptr, nptr + parsed.len);
    }
    Some(parsed)
}

/// The value as a `long`; out of range, the nearest one and `ERANGE`.
pub(crate) fn to_signed(parsed: &ParsedInteger) -> i64 {
    let (limit, value) = if parsed.negative {
        (i64::MIN, parsed.magnitude.and_then(|m| 0i64.checked_sub_unsigned(m)))
    } else {
        (i64::MAX, parsed.magnitude.and_then(|m| i64::try_from(m).ok()))
    };
    value.unwrap_or_else(|| {
        errno::set(errno::ERANGE);
        limit
    })
}

#[track_caller]
pub fn strtol(nptr: Ptr<u8>, endptr: Ptr<Ptr<u8>>, base: i32, mem: &mut Memory) -> i64 {
    parse_at(nptr, endptr, base, mem).map_or(0, |parsed| to_signed(&parsed))
}

#[track_caller]
pub fn strtoll(nptr: Ptr<u8>, endptr: Ptr<Ptr<u8>>, base: i32, mem: &mut Memory) -> i64 {
    strtol(nptr, endptr, base, mem)
}

/// The value as an `unsigned long`; a minus sign negates it, as C says.
pub(crate) fn to_unsigned(parsed: &ParsedInteger) -> u64 {
    match parsed.magnitude {
        None => {
            errno::set(errno::ERANGE);
            u64::MAX
        }
        Some(magnitude) if parsed.negative => magnitude.wrapping_neg(),
        Some(magnitude) => magnitude,
    }
}

#[track_caller]
pub fn strtoul(nptr: Ptr<u8>, endptr: Ptr<Ptr<u8>>, base: i32, mem: &mut Memory) -> u64 {
    parse_at(nptr, endptr, base, mem).map_or(0, |parsed| to_unsigned(&parsed))
}

#[track_caller]
pub fn strtoull(nptr: Ptr<u8>, endptr: Ptr<Ptr<u8>>, base: i32, mem: &mut Memory) -> u64 {
    strtoul(nptr, endptr, base, mem)
}

/// glibc's `atoi` is `(int) strtol(nptr, NULL, 10)`, whose range error it shares.
#[track_caller]
pub fn atoi(nptr: Ptr<u8>, mem: &Memory) -> i32 {
    atol(nptr, mem) as i32
}

#[track_caller]
pub fn atol(nptr: Ptr<u8>, mem: &Memory) -> i64 {
    to_signed(&parse(mem.c_str(nptr), 10))
}

#[track_caller]
pub fn atoll(nptr: Ptr<u8>, mem: &Memory) -> i64 {
    atol(nptr, mem)
}
