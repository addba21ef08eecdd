//! Numbers in wide strings: those of the string of bytes with the same characters.

use super::wide_string;
use crate::stdlib::{parse_integer, scan, to_signed, to_unsigned, Float, ParsedInteger};
use crate::wctype::iswspace;
use crate::{errno, Memory, Ptr};

/// The string with a byte for each character, as far as it can be part of a number.
#[track_caller]
fn as_bytes(at: Ptr<i32>, mem: &Memory) -> Vec<u8> {
    let byte = |wide: i32| match u8::try_from(wide) {
        Ok(byte) if byte.is_ascii() => Some(byte),
        _ if iswspace(wide as u32) != 0 => Some(b' '),
        _ => None,
    };
    wide_string(at, mem).into_iter().map_while(byte).collect()
}

#[track_caller]
fn store_end(endptr: Ptr<Ptr<i32>>, end: Ptr<i32>, mem: &mut Memory) {
    if !endptr.is_null() {
        mem.write(endptr, end);
    }
}

#[track_caller]
fn parse_at(nptr: Ptr<i32>, endptr: Ptr<Ptr<i32>>, base: i32, mem: &mut Memory) -> Option<ParsedInteger> {
    let parsed = parse_integer(&as_bytes(nptr, mem), base)?;
    store_end(endptr, nptr + parsed.len, mem);
    Some(parsed)
}

#[track_caller]
fn float_at<F: Float>(nptr: Ptr<i32>, endptr: Ptr<Ptr<i32>>, mem: &mut Memory) -> f64 {
    let number = scan::<F>(&as_bytes(nptr, mem));
    store_end(endptr, nptr + number.len, mem);
    if number.out_of_range {
        errno::set(errno::ERANGE);
    }
    number.value
}

#[track_caller]
pub fn wcstol(nptr: Ptr<i32>, endptr: Ptr<Ptr<i32>>, base: i32, mem: &mut Memory) -> i64 {
    parse_at(nptr, endptr, base, mem).map_or(0, |parsed| to_signed(&parsed))
}

#[track_caller]
pub fn wcstoll(nptr: Ptr<i32>, endptr: Ptr<Ptr<i32>>, base: i32, mem: &mut Memory) -> i64 {
    wcstol(nptr, endptr, base, mem)
}

#[track_caller]
pub fn wcstoul(nptr: Ptr<i32>, endptr: Ptr<Ptr<i32>>, base: i32, mem: &mut Memory) -> u64 {
    parse_at(nptr, endptr, base, mem).map_or(0, |parsed| to_unsigned(&parsed))
}

#[track_caller]
pub fn wcstoull(nptr: Ptr<i32>, endptr: Ptr<Ptr<i32>>, base: i32, mem: &mut Memory) -> u64 {
    wcstoul(nptr, endptr, base, mem)
}

#[track_caller]
pub fn wcstof(nptr: Ptr<i32>, endptr: Ptr<Ptr<i32>>, mem: &mut Memory) -> f32 {
    float_at::<f32>(nptr, endptr, mem) as f32
}

#[track_caller]
pub fn wcstod(nptr: Ptr<i32>, endptr: Ptr<Ptr<i32>>, mem: &mut Memory) -> f64 {
    float_at::<f64>(nptr, endptr, mem)
}

#[track_caller]
pub fn wcstold(nptr: Ptr<i32>, endptr: Ptr<Ptr<i32>>, mem: &mut Memory) -> f64 {
    wcstod(nptr, endptr, mem)
}
