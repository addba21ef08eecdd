//! `wctype.h`: classes of wide characters; those of ASCII in the C locale, of Unicode in C.UTF-8.

use crate::locale::is_utf_8;
use crate::{Memory, Ptr};

/// The character, if the locale has it.
fn character(wc: u32) -> Option<char> {
    char::from_u32(wc).filter(|c| c.is_ascii() || is_utf_8())
}

pub fn iswalpha(wc: u32) -> i32 {
    i32::from(character(wc).is_some_and(|c| c.is_alphabetic()))
}

pub fn iswdigit(wc: u32) -> i32 {
    i32::from(character(wc).is_some_and(|c| c.is_ascii_digit()))
}

pub fn iswxdigit(wc: u32) -> i32 {
    i32::from(character(wc).is_some_and(|c| c.is_ascii_hexdigit()))
}

pub fn iswalnum(wc: u32) -> i32 {
    i32::from(character(wc).is_some_and(|c| c.is_alphanumeric()))
}

pub fn iswlower(wc: u32) -> i32 {
    i32::from(character(wc).is_some_and(|c| c.is_lowercase()))
}

pub fn iswupper(wc: u32) -> i32 {
    i32::from(character(wc).is_some_and(|c| c.is_uppercase()))
}

pub fn iswcntrl(wc: u32) -> i32 {
    i32::from(character(wc).is_some_and(|c| c.is_control()))
}

pub fn iswblank(wc: u32) -> i32 {
    i32::from(character(wc).is_some_and(|c| c == ' ' || c == '\t'))
}

pub fn iswspace(wc: u32) -> i32 {
    i32::from(character(wc).is_some_and(|c| c == '\x0b' || c.is_whitespace()))
}

pub fn iswprint(wc: u32) -> i32 {
    i32::from(character(wc).is_some_and(|c| !c.is_control()))
}

pub fn iswgraph(wc: u32) -> i32 {
    i32::from(character(wc).is_some_and(|c| !c.is_control() && !c.is_whitespace()))
}

pub fn iswpunct(wc: u32) -> i32 {
    i32::from(character(wc).is_some_and(|c| !c.is_control() && !c.is_whitespace() && !c.is_alphanumeric()))
}

/// As it is where the other case is more than one character.
pub fn towlower(wc: u32) -> u32 {
    let Some(character) = character(wc) else {
        return wc;
    };
    let mut other = character.to_lowercase();
    match (other.next(), other.next()) {
        (Some(single), None) => single.into(),
        _ => wc,
    }
}

/// As it is where the other case is more than one character.
pub fn towupper(wc: u32) -> u32 {
    let Some(character) = character(wc) else {
        return wc;
    };
    let mut other = character.to_uppercase();
    match (other.next(), other.next()) {
        (Some(single), None) => single.into(),
        _ => wc,
    }
}

/// The classes in the order of their numbers, which start at 1.
type Class = (&'static [u8], fn(u32) -> i32);
const CLASSES: [Class; 12] = [
    (b"alnum", iswalnum),
    (b"alpha", iswalpha),
    (b"blank", iswblank),
    (b"cntrl", iswcntrl),
    (b"digit", iswdigit),
    (b"graph", iswgraph),
    (b"lower", iswlower),
    (b"print", iswprint),
    (b"punct", iswpunct),
    (b"space", iswspace),
    (b"upper", iswupper),
    (b"xdigit", iswxdigit),
];

/// The number of the class called `property`, 0 where there is none.
#[track_caller]
pub fn wctype(property: Ptr<u8>, mem: &Memory) -> u64 {
    let name = mem.c_str(property);
    CLASSES.iter().position(|(known, _)| *known == name).map_or(0, |index| index as u64 + 1)
}

pub fn iswctype(wc: u32, desc: u64) -> i32 {
    CLASSES.get((desc as usize).wrapping_sub(1)).map_or(0, |(_, is_in)| is_in(wc))
}

/// What `wctrans` gives for `tolower` and `toupper`: no null pointer.
const TO_LOWER: Ptr<i32> = Ptr::new(0, 1);
const TO_UPPER: Ptr<i32> = Ptr::new(0, 2);

#[track_caller]
pub fn wctrans(property: Ptr<u8>, mem: &Memory) -> Ptr<i32> {
    match mem.c_str(property) {
        b"tolower" => TO_LOWER,
        b"toupper" => TO_UPPER,
        _ => Ptr::NULL,
    }
}

pub fn towctrans(wc: u32, desc: Ptr<i32>) -> u32 {
    match desc {
        desc if desc == TO_LOWER => towlower(wc),
        desc if desc == TO_UPPER => towupper(wc),
        _ => wc,
    }
}
