//! Conversion specifications: `%[n$][flags][width][.precision][length]conversion`.

/// The length modifier of a conversion: the type that the argument has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Length {
    Char,
    Short,
    Int,
    /// `l`, `ll`, `j`, `z`, `t`, and `L` before an integer: 64 bits.
    Long,
    /// `L`, which makes a floating conversion one of `long double`.
    LongDouble,
}

/// A width or precision as written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Count {
    Absent,
    Number(usize),
    /// `*`: the next argument.
    Next,
    /// `*n$`: argument `n`, from 1.
    At(usize),
    /// A number too large for an `int`.
    TooLarge,
}

/// A conversion specification as written.
#[derive(Clone, Debug)]
pub(super) struct Directive {
    /// The argument's number, from 1, where one is written.
    pub(super) argument: Option<usize>,
    pub(super) flags: Flags,
    pub(super) width: Count,
    pub(super) precision: Count,
    pub(super) length: Length,
    /// The conversion letter; 0 where the format ends early.
    pub(super) conversion: u8,
}

#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Flags {
    pub(super) left: bool,
    pub(super) plus: bool,
    pub(super) space: bool,
    pub(super) alternate: bool,
    pub(super) zero: bool,
    pub(super) group: bool,
    pub(super) other_digits: bool,
}

/// A specification whose width and precision are known.
#[derive(Clone, Debug)]
pub(super) struct Spec {
    pub(super) flags: Flags,
    pub(super) width: usize,
    pub(super) precision: Option<usize>,
    pub(super) length: Length,
    pub(super) conversion: u8,
}

/// Reads a number, moving `rest` past it; 0 where there are no digits.
pub(crate) fn take_number(rest: &mut &[u8]) -> Option<usize> {
    let mut number: Option<usize> = Some(0);
    while let [digit @ b'0'..=b'9', tail @ ..] = rest {
        number = number
            .and_then(|n| n.checked_mul(10)?.checked_add(usize::from(digit - b'0')))
            .filter(|&n| n <= i32::MAX as usize);
        *rest = tail;
    }
    number
}

/// `n$`, where it stands at the front of `rest`.
pub(crate) fn take_position(rest: &mut &[u8]) -> Option<usize> {
    let mut after = *rest;
    let number = take_number(&mut after)?;
    match after {
        [b'$', tail @ ..] if number > 0 => {
            *rest = tail;
            Some(number)
        }
        _ => None,
    }
}

impl Directive {
    /// Reads a specification, of which the `%` is read already, moving `rest` past it.
    pub(super) fn parse(rest: &mut &[u8]) -> Directive {
        let argument = take_position(rest);
        let flags = Flags::parse(rest);
        let width = Count::parse(rest);
        let precision = match rest {
            [b'.', tail @ ..] => {
                *rest = tail;
                match Count::parse(rest) {
                    Count::Absent => Count::Number(0),
                    count => count,
                }
            }
            _ => Count::Absent,
        };
        let length = Length::parse(rest);
        let conversion = match rest {
            [conversion, tail @ ..] => {
                *rest = tail;
                *conversion
            }
            [] => 0,
        };
        Directive { argument, flags, width, precision, length, conversion }
    }
}

impl Flags {
    fn parse(rest: &mut &[u8]) -> Flags {
        let mut flags = Flags::default();
        while let [flag, tail @ ..] = rest {
            match flag {
                b'-' => flags.left = true,
                b'+' => flags.plus = true,
                b' ' => flags.space = true,
                b'#' => flags.alternate = true,
                b'0' => flags.zero = true,
                b'\'' => flags.group = true,
                b'I' => flags.other_digits = true,
                _ => break,
            }
            *rest = tail;
        }
        flags.zero &= !flags.left;
        flags
    }
}

impl Count {
    fn parse(rest: &mut &[u8]) -> Count {
        match rest {
            [b'*', tail @ ..] => {
                *rest = tail;
                take_position(rest).map_or(Count::Next, Count::At)
            }
            [b'0'..=b'9', ..] => take_number(rest).map_or(Count::TooLarge, Count::Number),
            _ => Count::Absent,
        }
    }
}

impl Length {
    /// Reads a length modifier, where there is one, moving `rest` past it.
    pub(crate) fn parse(rest: &mut &[u8]) -> Length {
        let (length, len) = match rest {
            [b'h', b'h', ..] => (Length::Char, 2),
            [b'h', ..] => (Length::Short, 1),
            [b'l', b'l', ..] => (Length::LongDouble, 2),
            [b'L' | b'q', ..] => (Length::LongDouble, 1),
            [b'l' | b'j' | b'z' | b'Z' | b't', ..] => (Length::Long, 1),
            _ => (Length::Int, 0),
        };
        *rest = &rest[len..];
        length
    }

    /// The integer argument `word`, cut to the type and sign-extended.
    pub(super) fn signed(self, word: u64) -> i64 {
        match self {
            Length::Char => i64::from(word as i8),
            Length::Short => i64::from(word as i16),
            Length::Int => i64::from(word as i32),
            Length::Long | Length::LongDouble => word as i64,
        }
    }

    /// The integer argument `word`, cut to the type and zero-extended.
    pub(super) fn unsigned(self, word: u64) -> u64 {
        match self {
            Length::Char => u64::from(word as u8),
            Length::Short => u64::from(word as u16),
            Length::Int => u64::from(word as u32),
            Length::Long | Length::LongDouble => word,
        }
    }

    /// The size of the integer type in bytes.
    pub(crate) fn size(self) -> usize {
        match self {
            Length::Char => 1,
            Length::Short => 2,
            Length::Int => 4,
            Length::Long | Length::LongDouble => 8,
        }
    }
}
