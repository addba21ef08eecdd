//! Floating conversions, rounded half to even on the exact value.
//!
//! std's own formatting is exact at any precision; this arranges its digits as C does.

use std::io::Write;

use super::integer::sign;
use super::padded;
use super::spec::{Length, Spec};

/// No `f64` has more digits than this after the point or in all, so that further ones are zeros.
const MOST_DIGITS: usize = 1100;

/// Appends a floating conversion of `value`.
pub(super) fn float(out: &mut Vec<u8>, spec: &Spec, value: f64) {
    let sign = sign(spec, value.is_sign_negative());
    let upper = spec.conversion.is_ascii_uppercase();
    if !value.is_finite() {
        let name = match (value.is_nan(), upper) {
            (true, false) => b"nan",
            (true, true) => b"NAN",
            (false, false) => b"inf",
            (false, true) => b"INF",
        };
        return padded(out, spec, &[sign, name].concat());
    }
    let start = out.len();
    out.extend_from_slice(sign);
    let digits_start = match spec.conversion {
        b'a' | b'A' => {
            out.extend_from_slice(b"0x");
            out.len()
        }
        _ => out.len(),
    };
    let value = value.abs();
    match spec.conversion.to_ascii_lowercase() {
        b'f' => fixed(out, value, spec.precision.unwrap_or(6), spec.flags.alternate),
        b'e' => exponential(out, value, spec.precision.unwrap_or(6), spec.flags.alternate),
        b'g' => general(out, value, spec),
        _ => hexadecimal(out, value, spec),
    }
    if upper {
        out[start..].make_ascii_uppercase();
    }
    pad(out, spec, start, digits_start);
}

/// Pads what was appended since `start` to the width; zeros go in at `digits_start`.
fn pad(out: &mut Vec<u8>, spec: &Spec, start: usize, digits_start: usize) {
    let missing = spec.width.saturating_sub(out.len() - start);
    if missing == 0 {
        return;
    }
    let (from, fill) = match spec.flags {
        flags if flags.left => (out.len(), b' '),
        flags if flags.zero => (digits_start, b'0'),
        _ => (start, b' '),
    };
    out.resize(out.len() + missing, fill);
    out[from..].rotate_right(missing);
}

/// Writes `text` to a vector, which cannot fail.
macro_rules! append {
    ($out:expr, $($arg:tt)*) => {
        write!($out, $($arg)*).expect("a vector takes what is written to it")
    };
}

fn fixed(out: &mut Vec<u8>, value: f64, precision: usize, alternate: bool) {
    let exact = precision.min(MOST_DIGITS);
    append!(out, "{value:.exact$}");
    if precision == 0 && alternate {
        out.push(b'.');
    }
    out.resize(out.len() + precision - exact, b'0');
}

fn exponential(out: &mut Vec<u8>, value: f64, precision: usize, alternate: bool) {
    let start = out.len();
    let exponent = significand(out, value, precision);
    if alternate && precision == 0 {
        out.insert(start + 1, b'.');
    }
    append_exponent(out, exponent);
}

/// Appends `d.ddd` with `precision` digits after the point; gives the exponent of ten.
fn significand(out: &mut Vec<u8>, value: f64, precision: usize) -> i32 {
    let start = out.len();
    let exact = precision.min(MOST_DIGITS);
    append!(out, "{value:.exact$e}");
    let letter = out[start..].iter().position(|&byte| byte == b'e').map_or(out.len(), |at| start + at);
    let exponent = std::str::from_utf8(&out[letter + 1..]).ok().and_then(|digits| digits.parse().ok());
    out.truncate(letter);
    out.resize(out.len() + precision - exact, b'0');
    exponent.expect("std prints an exponent after the e")
}

fn append_exponent(out: &mut Vec<u8>, exponent: i32) {
    let sign = if exponent < 0 { '-' } else { '+' };
    append!(out, "e{sign}{:02}", exponent.unsigned_abs());
}

/// `%g`: the exponent after rounding picks the style; zeros at the end go unless `#` keeps them. glibc loses them all
/// the same where the value before rounding has the largest exponent of the plain style: `%#g` of 999999.5 is `1.e+06`.
fn general(out: &mut Vec<u8>, value: f64, spec: &Spec) {
    let digits = spec.precision.unwrap_or(6).max(1);
    let keeps_zeros = spec.flags.alternate;
    let start = out.len();
    let exponent = significand(out, value, digits - 1);
    let plain = (-4..digits as i64).contains(&i64::from(exponent));
    if plain {
        out.truncate(start);
        fixed(out, value, (digits as i64 - 1 - i64::from(exponent)) as usize, keeps_zeros);
    } else if keeps_zeros && i64::from(exponent) == digits as i64 && value < power_of_ten(exponent) {
        out.truncate(start + 1);
        out.push(b'.');
    } else if keeps_zeros && digits == 1 {
        out.push(b'.');
    }
    if !keeps_zeros && out[start..].contains(&b'.') {
        let kept = out[start..].iter().rposition(|&byte| byte != b'0').map_or(0, |last| last + 1);
        out.truncate(start + kept);
        if out.last() == Some(&b'.') {
            out.pop();
        }
    }
    if !plain {
        append_exponent(out, exponent);
    }
}

/// The double nearest to a power of ten.
fn power_of_ten(exponent: i32) -> f64 {
    format!("1e{exponent}").parse().unwrap_or(f64::INFINITY)
}

/// `%a`, after the `0x`. A `long double` has its leading digit normalised to 8..f, as x87's format has it.
fn hexadecimal(out: &mut Vec<u8>, value: f64, spec: &Spec) {
    let long = spec.length == Length::LongDouble;
    let (mut mantissa, mut exponent) = split(value, long);
    // The digits after the point that a mantissa has: 52 bits of a double, 60 of a long double.
    let all = if long { 15 } else { 13 };
    if let Some(precision) = spec.precision.filter(|&precision| precision < all) {
        mantissa = round_digits(mantissa, (all - precision) as u32);
        if long && mantissa >> 60 > 15 {
            mantissa >>= 4;
            exponent += 4;
        }
    }
    append!(out, "{:x}", mantissa >> (4 * all));
    let mut fraction = format!("{:0all$x}", mantissa & ((1 << (4 * all)) - 1)).into_bytes();
    match spec.precision {
        Some(precision) => fraction.resize(precision, b'0'),
        None => fraction.truncate(fraction.iter().rposition(|&digit| digit != b'0').map_or(0, |last| last + 1)),
    }
    if !fraction.is_empty() || spec.flags.alternate {
        out.push(b'.');
    }
    out.extend_from_slice(&fraction);
    append!(out, "p{exponent:+}");
}

/// The mantissa and the exponent of two of its leading hexadecimal digit's lowest bit.
fn split(value: f64, long: bool) -> (u128, i32) {
    let bits = value.to_bits();
    let fraction = u128::from(bits & ((1 << 52) - 1));
    let exponent = (bits >> 52) as i32 & 0x7ff;
    if value == 0.0 {
        return (0, 0);
    }
    let (mantissa, exponent) = match exponent {
        0 => (fraction, -1022),
        _ => (fraction | 1 << 52, exponent - 1023),
    };
    if !long {
        return (mantissa, exponent);
    }
    // A long double's mantissa has 64 bits with the highest set, of which the first four are the leading digit.
    let shift = mantissa.leading_zeros() as i32 - 64;
    (mantissa << shift, exponent + 11 - shift - 3)
}

/// Clears the lowest `count` hexadecimal digits, rounding half to even.
fn round_digits(mantissa: u128, count: u32) -> u128 {
    let unit = 1u128 << (4 * count);
    let rest = mantissa % unit;
    let floor = mantissa - rest;
    let odd = floor / unit % 2 == 1;
    if rest > unit / 2 || rest == unit / 2 && odd {
        floor + unit
    } else {
        floor
    }
}
