//! Conversion specifications of scanf: `%[n$][*]['][width][length]conversion`.

use super::set::ByteSet;
use crate::stdio::format::spec::{take_number, take_position, Length};

/// The type that a floating conversion stores.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    Float,
    Double,
    LongDouble,
}

/// A conversion specification.
#[derive(Clone, Debug)]
pub(super) struct Directive {
    /// The argument's number, from 1, where one is written.
    pub(super) argument: Option<usize>,
    pub(super) suppressed: bool,
    /// `m`: the text goes to a block of its own.
    pub(super) allocates: bool,
    /// The most bytes to read.
    pub(super) width: Option<usize>,
    pub(super) length: Length,
    /// The conversion letter, which may be none that scanf knows; 0 where the format ends early.
    pub(super) conversion: u8,
    /// The set of `%[`.
    pub(super) set: Option<ByteSet>,
}

impl Directive {
    /// Reads a specification, of which the `%` is read already, moving `rest` past it; none where a set has no
    /// end or the width is no `int`.
    pub(super) fn parse(rest: &mut &[u8]) -> Option<Directive> {
        let argument = take_position(rest);
        let mut suppressed = false;
        while let [flag @ (b'*' | b'\'' | b'I'), tail @ ..] = rest {
            suppressed |= *flag == b'*';
            *rest = tail;
        }
        let width = take_number(rest)?;
        let mut allocates = take(rest, b'm');
        let length = Length::parse(rest);
        allocates |= take(rest, b'm');
        let conversion = match rest {
            [conversion, tail @ ..] => {
                *rest = tail;
                *conversion
            }
            [] => 0,
        };
        let set = if conversion == b'[' { Some(ByteSet::parse(rest)?) } else { None };
        let width = Some(width).filter(|&width| width > 0);
        Some(Directive { argument, suppressed, allocates, width, length, conversion, set })
    }

    /// Whether white space before the conversion's text is skipped.
    pub(super) fn skips_spaces(&self) -> bool {
        !matches!(self.conversion, b'[' | b'c' | b'C' | b'n' | 0)
    }

    pub(super) fn is_wide(&self) -> bool {
        self.length.size() == 8 || matches!(self.conversion, b'C' | b'S')
    }

    /// The size of the integer or pointer that the conversion stores.
    pub(super) fn integer_size(&self) -> usize {
        if self.conversion == b'p' {
            8
        } else {
            self.length.size()
        }
    }

    pub(super) fn float_target(&self) -> Target {
        match self.length {
            Length::LongDouble => Target::LongDouble,
            Length::Long => Target::Double,
            _ => Target::Float,
        }
    }
}

fn take(rest: &mut &[u8], byte: u8) -> bool {
    let found = rest.first() == Some(&byte);
    if found {
        *rest = &rest[1..];
    }
    found
}
