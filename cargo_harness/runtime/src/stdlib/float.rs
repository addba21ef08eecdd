//! `strtod` and its kin: correctly rounded, decimal and hexadecimal, with glibc's ends and range errors.

use super::is_space;
use crate::{errno, Memory, Ptr};

/// What the value of a text becomes.
pub(crate) trait Float: Copy {
    /// Bits of the mantissa, with the leading one.
    const PRECISION: u32;
    /// The exponent of two of the smallest normal number.
    const MIN_EXPONENT: i64;
    const MAX_EXPONENT: i64;
    fn parse_decimal(text: &str) -> f64;
    fn with_payload(payload: u64) -> f64;
}

/// Both types hold their result as an `f64`, which has every `f32`.
impl Float for f64 {
    const PRECISION: u32 = 53;
    const MIN_EXPONENT: i64 = -1022;
    const MAX_EXPONENT: i64 = 1023;

    fn parse_decimal(text: &str) -> f64 {
        text.parse().unwrap_or(f64::NAN)
    }

    fn with_payload(payload: u64) -> f64 {
        f64::from_bits(f64::NAN.to_bits() | payload & 0x0007_ffff_ffff_ffff)
    }
}

impl Float for f32 {
    const PRECISION: u32 = 24;
    const MIN_EXPONENT: i64 = -126;
    const MAX_EXPONENT: i64 = 127;

    fn parse_decimal(text: &str) -> f64 {
        text.parse().map_or(f64::NAN, |value: f32| value.into())
    }

    fn with_payload(payload: u64) -> f64 {
        f64::from_bits(f64::NAN.to_bits() | (payload & 0x003f_ffff) << 29)
    }
}

/// A number read from the start of a text.
pub(crate) struct Scanned {
    pub value: f64,
    /// How many bytes it takes; 0 where there is no number.
    pub len: usize,
    /// Whether it overflows, or is inexact below the normal numbers.
    pub out_of_range: bool,
}

/// Reads the longest number at the start of `text`, after white space; C11 7.22.1.3.
pub(crate) fn scan<F: Float>(text: &[u8]) -> Scanned {
    let spaces = text.iter().take_while(|c| is_space(**c)).count();
    let sign = usize::from(matches!(text.get(spaces), Some(b'+' | b'-')));
    let negative = text.get(spaces) == Some(&b'-');
    let start = spaces + sign;
    let body = &text[start..];
    let mut scanned = scan_word::<F>(body).or_else(|| scan_hex::<F>(body)).unwrap_or_else(|| scan_decimal::<F>(body));
    if scanned.len > 0 {
        scanned.len += start;
        scanned.value = if negative { -scanned.value } else { scanned.value };
    }
    scanned
}

fn starts_with_caseless(text: &[u8], word: &[u8]) -> bool {
    text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
}

/// `inf`, `infinity`, `nan` or `nan(characters)`.
fn scan_word<F: Float>(text: &[u8]) -> Option<Scanned> {
    let exact = |value, len| Some(Scanned { value, len, out_of_range: false });
    for word in [&b"infinity"[..], b"inf"] {
        if starts_with_caseless(text, word) {
            return exact(f64::INFINITY, word.len());
        }
    }
    if !starts_with_caseless(text, b"nan") {
        return None;
    }
    if text.get(3) == Some(&b'(') {
        let inner = text[4..].iter().take_while(|c| c.is_ascii_alphanumeric() || **c == b'_').count();
        if text.get(4 + inner) == Some(&b')') {
            let payload = super::integer::whole_number(&text[4..4 + inner]).unwrap_or(0);
            return exact(F::with_payload(payload), inner + 5);
        }
    }
    exact(F::with_payload(0), 3)
}

/// The length of an exponent at the start of `text`: its letter, a sign, and digits; and its value, held within what
/// any number can make up for.
fn scan_exponent(text: &[u8], letter: u8) -> (usize, i64) {
    const HUGE: i64 = 1 << 60;
    if text.first().map(u8::to_ascii_lowercase) != Some(letter) {
        return (0, 0);
    }
    let sign = usize::from(matches!(text.get(1), Some(b'+' | b'-')));
    let digits = text[1 + sign..].iter().take_while(|c| c.is_ascii_digit()).count();
    if digits == 0 {
        return (0, 0);
    }
    let len = 1 + sign + digits;
    let magnitude = text[1 + sign..len].iter().fold(0i64, |sum, c| HUGE.min(sum * 10 + i64::from(c - b'0')));
    (len, if text[1] == b'-' { -magnitude } else { magnitude })
}

/// The lengths of the digits before a point, and of the point with the digits after it.
fn scan_digits(text: &[u8], is_digit: impl Fn(&u8) -> bool) -> (usize, usize) {
    let whole = text.iter().take_while(|c| is_digit(c)).count();
    if text.get(whole) != Some(&b'.') {
        return (whole, 0);
    }
    let fraction = text[whole + 1..].iter().take_while(|c| is_digit(c)).count();
    if whole + fraction == 0 {
        return (0, 0);
    }
    (whole, 1 + fraction)
}

fn scan_decimal<F: Float>(text: &[u8]) -> Scanned {
    let (whole, fraction) = scan_digits(text, u8::is_ascii_digit);
    let mantissa = whole + fraction;
    if mantissa == 0 {
        return Scanned { value: 0.0, len: 0, out_of_range: false };
    }
    let (exponent_len, exponent) = scan_exponent(&text[mantissa..], b'e');
    let digits = String::from_utf8_lossy(&text[..mantissa]);
    let value = F::parse_decimal(&format!("{digits}e{exponent}"));
    let is_zero = !text[..mantissa].iter().any(|c| matches!(c, b'1'..=b'9'));
    let tiny = value < (F::MIN_EXPONENT as f64).exp2();
    let out_of_range = value.is_infinite() || tiny && !is_zero && !is_exactly(value, &text[..mantissa], exponent);
    Scanned { value, len: mantissa + exponent_len, out_of_range }
}

/// Whether the decimal `mantissa` · 10^`exponent` is exactly `value`, a number below the normal ones.
fn is_exactly(value: f64, mantissa: &[u8], exponent: i64) -> bool {
    /// More digits than any `f64` has.
    const ALL_DIGITS: usize = 1100;
    let (point, whole) = match mantissa.iter().position(|&c| c == b'.') {
        Some(point) => (point, [&mantissa[..point], &mantissa[point + 1..]].concat()),
        None => (mantissa.len(), mantissa.to_vec()),
    };
    let exact = format!("{value:.ALL_DIGITS$e}");
    let Some((digits, power)) = exact.split_once('e') else {
        return false;
    };
    let leading = whole.iter().take_while(|&&c| c == b'0').count();
    let trimmed = |digits: &[u8]| {
        let end = digits.iter().rposition(|&c| c != b'0').map_or(0, |last| last + 1);
        digits[..end].to_vec()
    };
    let own_power = exponent + point as i64 - leading as i64 - 1;
    power.parse() == Ok(own_power) && trimmed(&whole[leading..]) == trimmed(digits.replace('.', "").as_bytes())
}

/// `0x`, hexadecimal digits with a point, and an exponent of two. None where no digit follows the `0x`.
fn scan_hex<F: Float>(text: &[u8]) -> Option<Scanned> {
    if !starts_with_caseless(text, b"0x") {
        return None;
    }
    let (whole, fraction) = scan_digits(&text[2..], u8::is_ascii_hexdigit);
    if whole + fraction == 0 {
        return None;
    }
    let end = 2 + whole + fraction;
    let (exponent_len, mut exponent) = scan_exponent(&text[end..], b'p');
    let mut mantissa = 0u64;
    let mut rest = false;
    for (index, digit) in text[2..end].iter().filter_map(|&c| char::from(c).to_digit(16)).enumerate() {
        exponent -= if index >= whole { 4 } else { 0 };
        if mantissa >> 60 == 0 {
            mantissa = mantissa << 4 | u64::from(digit);
        } else {
            rest |= digit != 0;
            exponent += 4;
        }
    }
    let (value, out_of_range) = round_binary::<F>(mantissa, rest, exponent);
    Some(Scanned { value, len: end + exponent_len, out_of_range })
}

/// The nearest number to `mantissa` · 2^`exponent`, plus a `rest` below the mantissa's last bit; ties to even.
fn round_binary<F: Float>(mantissa: u64, rest: bool, exponent: i64) -> (f64, bool) {
    if mantissa == 0 {
        return (0.0, false);
    }
    let top = exponent + 63 - i64::from(mantissa.leading_zeros());
    let unit = top.max(F::MIN_EXPONENT) - i64::from(F::PRECISION - 1);
    let (mut kept, inexact) = shift_rounded(mantissa, rest, unit - exponent);
    let mut unit = unit;
    if kept >> F::PRECISION != 0 {
        kept >>= 1;
        unit += 1;
    }
    if unit + i64::from(F::PRECISION - 1) > F::MAX_EXPONENT {
        return (f64::INFINITY, true);
    }
    let power = |exponent: i64| f64::from_bits(((exponent + 1023) as u64) << 52);
    let half = unit / 2;
    let tiny = top < F::MIN_EXPONENT && !rounds_to_normal::<F>(mantissa, rest, top, exponent);
    (kept as f64 * power(half) * power(unit - half), tiny && inexact)
}

/// `mantissa` / 2^`shift`, rounded to even, and whether that lost anything.
fn shift_rounded(mantissa: u64, rest: bool, shift: i64) -> (u64, bool) {
    if shift <= 0 {
        return (mantissa << -shift, rest);
    }
    if shift > 64 {
        return (0, true);
    }
    let wide = u128::from(mantissa);
    let kept = (wide >> shift) as u64;
    let lost = wide & ((1 << shift) - 1);
    let half = 1u128 << (shift - 1);
    let up = lost > half || lost == half && (rest || kept & 1 == 1);
    (kept + u64::from(up), lost != 0 || rest)
}

/// Whether a number just below the normal ones would round to the smallest of them at full precision: then x86 does
/// not call it tiny.
fn rounds_to_normal<F: Float>(mantissa: u64, rest: bool, top: i64, exponent: i64) -> bool {
    let unit = top - i64::from(F::PRECISION - 1);
    top == F::MIN_EXPONENT - 1 && shift_rounded(mantissa, rest, unit - exponent).0 >> F::PRECISION != 0
}

/// The NaN that `nan("tag")` of math.h gives: that of `nan(tag)` in a text.
pub(crate) fn nan_of_tag<F: Float>(tag: &[u8]) -> f64 {
    F::with_payload(super::integer::whole_number(tag).unwrap_or(0))
}

/// As [`scan`]; sets `errno` where the value is out of range.
pub(crate) fn scan_checked<F: Float>(text: &[u8]) -> Scanned {
    let scanned = scan::<F>(text);
    if scanned.out_of_range {
        errno::set(errno::ERANGE);
    }
    scanned
}

/// Scans at `nptr` and stores the end in `*endptr`.
#[track_caller]
fn scan_at<F: Float>(nptr: Ptr<u8>, endptr: Ptr<Ptr<u8>>, mem: &mut Memory) -> f64 {
    let scanned = scan_checked::<F>(mem.c_str(nptr));
    if !endptr.is_null() {
        mem.write(endptr, nptr + scanned.len);
    }
    scanned.value
}

#[track_caller]
pub fn strtod(nptr: Ptr<u8>, endptr: Ptr<Ptr<u8>>, mem: &mut Memory) -> f64 {
    scan_at::<f64>(nptr, endptr, mem)
}

#[track_caller]
pub fn strtof(nptr: Ptr<u8>, endptr: Ptr<Ptr<u8>>, mem: &mut Memory) -> f32 {
    scan_at::<f32>(nptr, endptr, mem) as f32
}

#[track_caller]
pub fn strtold(nptr: Ptr<u8>, endptr: Ptr<Ptr<u8>>, mem: &mut Memory) -> f64 {
    scan_at::<f64>(nptr, endptr, mem)
}

#[track_caller]
pub fn atof(nptr: Ptr<u8>, mem: &Memory) -> f64 {
    scan_checked::<f64>(mem.c_str(nptr)).value
}
