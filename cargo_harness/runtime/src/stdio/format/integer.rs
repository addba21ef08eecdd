//! Integer conversions.

use super::spec::Spec;

/// The digits of a number, at the end of a buffer that holds 64 binary ones.
struct Digits {
    buffer: [u8; 64],
    start: usize,
}

impl Digits {
    /// The digits of `value` in `BASE`; none for 0.
    fn new<const BASE: u64>(mut value: u64, letters: &[u8; 16]) -> Self {
        let mut digits = Digits { buffer: [0; 64], start: 64 };
        while value != 0 {
            digits.start -= 1;
            digits.buffer[digits.start] = letters[(value % BASE) as usize];
            value /= BASE;
        }
        digits
    }

    fn as_slice(&self) -> &[u8] {
        &self.buffer[self.start..]
    }
}

const LOWER: &[u8; 16] = b"0123456789abcdef";
const UPPER: &[u8; 16] = b"0123456789ABCDEF";

/// `%d` without anything else.
#[inline]
pub(super) fn plain(out: &mut Vec<u8>, value: i32) {
    if value < 0 {
        out.push(b'-');
    }
    match value {
        0 => out.push(b'0'),
        _ => out.extend_from_slice(Digits::new::<10>(u64::from(value.unsigned_abs()), LOWER).as_slice()),
    }
}

pub(super) fn signed(out: &mut Vec<u8>, spec: &Spec, value: i64) {
    number(out, spec, sign(spec, value < 0), Digits::new::<10>(value.unsigned_abs(), LOWER).as_slice());
}

pub(super) fn sign(spec: &Spec, negative: bool) -> &'static [u8] {
    match spec.flags {
        _ if negative => b"-",
        flags if flags.plus => b"+",
        flags if flags.space => b" ",
        _ => b"",
    }
}

pub(super) fn unsigned(out: &mut Vec<u8>, spec: &Spec, value: u64) {
    let digits = match spec.conversion {
        b'u' => Digits::new::<10>(value, LOWER),
        b'o' => Digits::new::<8>(value, LOWER),
        b'x' => Digits::new::<16>(value, LOWER),
        b'X' => Digits::new::<16>(value, UPPER),
        _ => Digits::new::<2>(value, LOWER),
    };
    let prefix: &[u8] = match spec.conversion {
        _ if !spec.flags.alternate || value == 0 => b"",
        b'x' => b"0x",
        b'X' => b"0X",
        b'b' => b"0b",
        b'B' => b"0B",
        _ => b"",
    };
    if spec.conversion == b'o' && spec.flags.alternate && spec.precision.unwrap_or(1) <= digits.as_slice().len() {
        // The alternate form makes the first digit a zero, be it by a higher precision.
        let zeros = if spec.precision.is_none() && value != 0 { b"0".as_slice() } else { b"" };
        let spec = match spec.precision {
            Some(_) => Spec { precision: Some(digits.as_slice().len() + 1), ..spec.clone() },
            None => spec.clone(),
        };
        return number(out, &spec, zeros, digits.as_slice());
    }
    number(out, spec, prefix, digits.as_slice());
}

/// `%p` of an address that is not null. As in glibc, it heeds the sign flags.
pub(super) fn pointer(out: &mut Vec<u8>, spec: &Spec, address: u64) {
    let prefix = [sign(spec, false), b"0x"].concat();
    number(out, spec, &prefix, Digits::new::<16>(address, LOWER).as_slice());
}

/// Appends a number, given its digits (none for 0) and what stands before them.
fn number(out: &mut Vec<u8>, spec: &Spec, prefix: &[u8], digits: &[u8]) {
    let least = spec.precision.unwrap_or(1);
    let mut zeros = least.saturating_sub(digits.len());
    let pad = spec.width.saturating_sub(prefix.len() + zeros + digits.len());
    let mut before = if spec.flags.left { 0 } else { pad };
    let after = pad - before;
    if spec.flags.zero && spec.precision.is_none() {
        zeros += before;
        before = 0;
    }
    out.resize(out.len() + before, b' ');
    out.extend_from_slice(prefix);
    out.resize(out.len() + zeros, b'0');
    out.extend_from_slice(digits);
    out.resize(out.len() + after, b' ');
}
