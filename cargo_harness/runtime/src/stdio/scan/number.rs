//! The numbers of scanf: which bytes belong to one, and its value.

use super::directive::Directive;
use super::{Scanner, Source, Stop};
use crate::errno;

/// How many more bytes a conversion may read; none means any number.
struct Room(Option<usize>);

impl Room {
    fn is_empty(&self) -> bool {
        self.0 == Some(0)
    }

    fn take(&mut self) {
        if let Some(left) = &mut self.0 {
            *left = left.saturating_sub(1);
        }
    }
}

fn is(byte: Option<u8>, lower: u8) -> bool {
    byte.is_some_and(|byte| byte.to_ascii_lowercase() == lower)
}

impl<S: Source> Scanner<'_, '_, S> {
    /// Reads an integer; gives its 64 bits. As glibc, it reads a lone sign and the `0x` of no number for good.
    #[track_caller]
    pub(super) fn integer(&mut self, directive: &Directive) -> Result<u64, Stop> {
        let mut room = Room(directive.width);
        let mut base = match directive.conversion {
            b'i' => 0,
            b'o' => 8,
            b'x' | b'X' | b'p' => 16,
            _ => 10,
        };
        let mut byte = Some(self.get().ok_or(Stop::Input)?);
        let start = byte;
        let signed = is(byte, b'-') || is(byte, b'+');
        let negative = is(byte, b'-');
        if signed {
            room.take();
            byte = self.get();
        }
        let mut number = Magnitude { digits: 0, value: Some(0) };
        if !room.is_empty() && byte == Some(b'0') {
            room.take();
            number.digits = 1;
            byte = self.get();
            if !room.is_empty() && is(byte, b'x') {
                if base == 0 {
                    base = 16;
                }
                if base == 16 {
                    room.take();
                    byte = self.get();
                }
            } else if base == 0 {
                base = 8;
            }
        }
        if base == 0 {
            base = 10;
        }
        while let Some(digit) = byte.filter(|_| !room.is_empty()).and_then(|byte| char::from(byte).to_digit(base)) {
            number.push(digit, base);
            room.take();
            byte = self.get();
        }
        if number.digits == 0 {
            let is_nil = directive.conversion == b'p' && !signed && directive.width.is_none_or(|width| width >= 5);
            if is_nil && start == Some(b'(') && self.nil(&mut byte) {
                return Ok(0);
            }
            self.unread(byte);
            return Err(Stop::Mismatch);
        }
        self.unread(byte);
        Ok(number.finish(negative, matches!(directive.conversion, b'd' | b'i')))
    }

    /// Reads the rest of `(nil)`; `last` becomes the last byte read.
    #[track_caller]
    fn nil(&mut self, last: &mut Option<u8>) -> bool {
        b"nil)".iter().all(|&wanted| {
            *last = self.get();
            is(*last, wanted)
        })
    }

    /// Reads the text of a floating number, which may still be none (`.`).
    #[track_caller]
    pub(super) fn float_text(&mut self, width: Option<usize>) -> Result<Vec<u8>, Stop> {
        let mut room = Room(width);
        let mut text = Vec::new();
        let mut byte = Some(self.get().ok_or(Stop::Input)?);
        room.take();
        if let Some(sign @ (b'-' | b'+')) = byte {
            text.push(sign);
            byte = Some(self.more(&mut room)?);
        }
        let sign = text.len();
        if is(byte, b'n') {
            text.push(b'n');
            self.word(&mut text, &mut room, b"an")?;
            return Ok(text);
        }
        if is(byte, b'i') {
            text.push(b'i');
            self.word(&mut text, &mut room, b"nf")?;
            let next = if room.is_empty() { None } else { self.get() };
            if is(next, b'i') {
                room.take();
                text.push(b'i');
                self.word(&mut text, &mut room, b"nity")?;
            } else {
                self.unread(next);
            }
            return Ok(text);
        }
        let mut hexadecimal = false;
        if byte == Some(b'0') && !room.is_empty() {
            text.push(b'0');
            byte = self.get();
            room.take();
            if is(byte, b'x') && !room.is_empty() {
                text.push(b'x');
                hexadecimal = true;
                byte = self.get();
                room.take();
            }
        }
        self.digits(&mut text, &mut room, byte, hexadecimal);
        if text.len() == sign || hexadecimal && text.len() == sign + 2 {
            return Err(Stop::Mismatch);
        }
        Ok(text)
    }

    /// One more byte of a word or after a sign.
    #[track_caller]
    fn more(&mut self, room: &mut Room) -> Result<u8, Stop> {
        if room.is_empty() {
            return Err(Stop::Mismatch);
        }
        let byte = self.get().ok_or(Stop::Mismatch)?;
        room.take();
        Ok(byte)
    }

    /// Reads the rest of `nan` or `infinity`. What does not match is read, too.
    #[track_caller]
    fn word(&mut self, text: &mut Vec<u8>, room: &mut Room, rest: &[u8]) -> Result<(), Stop> {
        for &wanted in rest {
            if self.more(room)?.to_ascii_lowercase() != wanted {
                return Err(Stop::Mismatch);
            }
            text.push(wanted);
        }
        Ok(())
    }

    /// Reads digits, a point and an exponent, of which `byte` is the first.
    #[track_caller]
    fn digits(&mut self, text: &mut Vec<u8>, room: &mut Room, mut byte: Option<u8>, hexadecimal: bool) {
        let exponent_letter = if hexadecimal { b'p' } else { b'e' };
        let mut has_digit = text.last() == Some(&b'0');
        let (mut has_point, mut has_exponent) = (false, false);
        while let Some(next) = byte {
            if next.is_ascii_digit() || hexadecimal && !has_exponent && next.is_ascii_hexdigit() {
                has_digit = true;
                text.push(next);
            } else if matches!(next, b'-' | b'+') && has_exponent && text.last() == Some(&exponent_letter) {
                text.push(next);
            } else if is(byte, exponent_letter) && has_digit && !has_exponent {
                text.push(exponent_letter);
                (has_exponent, has_point) = (true, true);
            } else if next == b'.' && !has_point {
                text.push(next);
                has_point = true;
            } else {
                self.unread(byte);
                return;
            }
            if room.is_empty() {
                return;
            }
            byte = self.get();
            room.take();
        }
    }
}

/// An integer without its sign.
struct Magnitude {
    digits: usize,
    /// None where it does not fit 64 bits.
    value: Option<u64>,
}

impl Magnitude {
    fn push(&mut self, digit: u32, base: u32) {
        self.digits += 1;
        self.value = self.value.and_then(|value| value.checked_mul(base.into())?.checked_add(digit.into()));
    }

    /// What strtol or strtoul gives: out of range, the nearest value and `ERANGE`.
    fn finish(self, negative: bool, signed: bool) -> u64 {
        let limit = if !signed {
            u64::MAX
        } else if negative {
            1 << 63
        } else {
            i64::MAX as u64
        };
        match self.value {
            Some(value) if value <= limit && negative => value.wrapping_neg(),
            Some(value) if value <= limit => value,
            _ => {
                errno::set(errno::ERANGE);
                if signed {
                    limit
                } else {
                    u64::MAX
                }
            }
        }
    }
}
