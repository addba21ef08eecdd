//! `wctype.h`: classes of wide characters; those of ASCII in the C locale, of Unicode in C.UTF-8.

use crate::locale::is_utf_8;

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
