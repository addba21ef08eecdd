//! `fnmatch.h`: names against patterns of the shell, with glibc's extended ones.

use crate::{Memory, Ptr};

pub const FNM_NOMATCH: i32 = 1;
const PATHNAME: i32 = 1;
const NOESCAPE: i32 = 2;
const PERIOD: i32 = 4;
const LEADING_DIR: i32 = 8;
const CASEFOLD: i32 = 16;
const EXTMATCH: i32 = 32;

#[track_caller]
pub fn fnmatch(pattern: Ptr<u8>, name: Ptr<u8>, flags: i32, mem: &Memory) -> i32 {
    let fits = Flags(flags).matches(mem.c_str(pattern), mem.c_str(name), flags & PERIOD != 0);
    if fits {
        0
    } else {
        FNM_NOMATCH
    }
}

#[derive(Clone, Copy)]
struct Flags(i32);

/// What an element of a set is compared with.
enum Element {
    Byte(u8),
    /// A class or the like, which the byte as it stands is in or not.
    Class(bool),
}

impl Flags {
    fn has(self, flag: i32) -> bool {
        self.0 & flag != 0
    }

    fn fold(self, byte: u8) -> u8 {
        if self.has(CASEFOLD) {
            byte.to_ascii_lowercase()
        } else {
            byte
        }
    }

    /// Whether the whole `name` fits; where `no_period` a leading period must stand in the pattern itself.
    fn matches(self, mut pattern: &[u8], mut name: &[u8], mut no_period: bool) -> bool {
        while let [first, rest @ ..] = pattern {
            if self.starts_group(pattern) {
                if let Some(fits) = self.group(pattern, name, no_period) {
                    return fits;
                }
            }
            pattern = rest;
            let next = name.first().copied();
            let hidden = next == Some(b'.') && no_period;
            let is_slash = next == Some(b'/') && self.has(PATHNAME);
            let mut after_slash = false;
            let fits = match first {
                b'?' => next.is_some() && !is_slash && !hidden,
                b'*' => return !hidden && self.star(rest, name, no_period),
                b'[' => {
                    let Some(next) = next else {
                        return false;
                    };
                    match self.set(rest, next) {
                        _ if is_slash || hidden => false,
                        Some((fits, after)) => {
                            pattern = after;
                            fits
                        }
                        None => next == b'[',
                    }
                }
                b'\\' if !self.has(NOESCAPE) => {
                    let [escaped, after @ ..] = rest else {
                        return false;
                    };
                    pattern = after;
                    next.map(|next| self.fold(next)) == Some(self.fold(*escaped))
                }
                _ => {
                    after_slash = *first == b'/' && self.has(PATHNAME) && self.has(PERIOD);
                    next.map(|next| self.fold(next)) == Some(self.fold(*first))
                }
            };
            if !fits {
                return false;
            }
            name = &name[1..];
            no_period = after_slash;
        }
        name.is_empty() || self.has(LEADING_DIR) && name[0] == b'/'
    }

    /// What follows a `*`, of which `pattern` is the rest.
    fn star(self, mut pattern: &[u8], mut name: &[u8], mut no_period: bool) -> bool {
        while let [wild @ (b'*' | b'?'), rest @ ..] = pattern {
            if self.starts_group(pattern) {
                break;
            }
            pattern = rest;
            if *wild == b'?' {
                match name {
                    [] => return false,
                    [b'/', ..] if self.has(PATHNAME) => return false,
                    [_, after @ ..] => name = after,
                }
            }
        }
        let slash = name.iter().position(|&byte| byte == b'/');
        let Some(&first) = pattern.first() else {
            return !self.has(PATHNAME) || self.has(LEADING_DIR) || slash.is_none();
        };
        let end = if self.has(PATHNAME) { slash.unwrap_or(name.len()) } else { name.len() };
        if first == b'/' && self.has(PATHNAME) {
            return slash.is_some_and(|slash| self.matches(&pattern[1..], &name[slash + 1..], self.has(PERIOD)));
        }
        let inner = if self.has(PATHNAME) { self } else { Flags(self.0 & !PERIOD) };
        let last = if self.starts_group(pattern) { end + 1 } else { end };
        (0..last).any(|start| {
            let fits = inner.matches(pattern, &name[start..], no_period);
            no_period = false;
            fits
        })
    }

    /// Whether `byte` is in a set, of which the `[` is read; and the pattern after it. None where the set has no end.
    fn set(self, mut pattern: &[u8], byte: u8) -> Option<(bool, &[u8])> {
        let negated = matches!(pattern, [b'!' | b'^', ..]);
        pattern = &pattern[usize::from(negated)..];
        let mut found = false;
        let mut is_first = true;
        loop {
            if let [b']', rest @ ..] = pattern {
                if !is_first {
                    return Some((found != negated, rest));
                }
            }
            is_first = false;
            let low = match self.element(&mut pattern, byte)? {
                Element::Byte(low) => low,
                Element::Class(fits) => {
                    found |= fits;
                    continue;
                }
            };
            let high = match pattern {
                [b'-', after, ..] if *after != b']' => {
                    pattern = &pattern[1..];
                    match self.element(&mut pattern, byte)? {
                        Element::Byte(high) => high,
                        Element::Class(_) => return None,
                    }
                }
                _ => low,
            };
            found |= (low..=high).contains(&self.fold(byte));
        }
    }

    /// Reads one element of a set.
    fn element(self, pattern: &mut &[u8], byte: u8) -> Option<Element> {
        let (element, len) = match **pattern {
            [b'\\', escaped, ..] if !self.has(NOESCAPE) => (Element::Byte(self.fold(escaped)), 2),
            [b'[', b':', ref rest @ ..] => match rest.windows(2).position(|end| end == b":]") {
                Some(len) => (Element::Class(is_in_class(&rest[..len], byte)?), len + 4),
                None => (Element::Byte(b'['), 1),
            },
            [b'[', kind @ (b'.' | b'='), character, end, b']', ..] if end == kind => {
                (Element::Class(character == byte), 5)
            }
            [first, ..] => (Element::Byte(self.fold(first)), 1),
            [] => return None,
        };
        *pattern = &pattern[len..];
        Some(element)
    }

    fn starts_group(self, pattern: &[u8]) -> bool {
        self.has(EXTMATCH) && matches!(pattern, [b'?' | b'*' | b'+' | b'@' | b'!', b'(', ..])
    }

    /// A group such as `*(a|b)` and what follows it. None where the group has no end.
    fn group(self, pattern: &[u8], name: &[u8], no_period: bool) -> Option<bool> {
        let (alternatives, rest) = split_group(&pattern[2..])?;
        let inner = Flags(self.0 & !LEADING_DIR);
        let fits = |alternative: &[u8], len: usize| inner.matches(alternative, &name[..len], no_period);
        let goes_on = |after: &[u8], len: usize| self.matches(after, &name[len..], no_period && len == 0);
        let kind = pattern[0];
        let skipped = matches!(kind, b'*' | b'?') && self.matches(rest, name, no_period);
        let lengths = || 0..=name.len();
        Some(match kind {
            b'!' => lengths().any(|len| !alternatives.iter().any(|one| fits(one, len)) && goes_on(rest, len)),
            b'*' | b'+' => {
                let again = [b"*", &pattern[1..]].concat();
                skipped
                    || alternatives.iter().any(|one| {
                        lengths().any(|len| fits(one, len) && (goes_on(rest, len) || len > 0 && goes_on(&again, len)))
                    })
            }
            _ => skipped || alternatives.iter().any(|one| lengths().any(|len| fits(one, len) && goes_on(rest, len))),
        })
    }
}

/// The alternatives of a group, of which the opening parenthesis is read, and what follows it.
fn split_group(pattern: &[u8]) -> Option<(Vec<&[u8]>, &[u8])> {
    let (mut depth, mut start, mut in_set) = (0, 0, None);
    let mut alternatives = Vec::new();
    for (index, &byte) in pattern.iter().enumerate() {
        match (byte, in_set) {
            (b']', Some(opened)) if index > opened + 1 => in_set = None,
            (_, Some(_)) => {}
            (b'[', None) => in_set = Some(index),
            (b'(', None) if index > 0 && b"?*+@!".contains(&pattern[index - 1]) => depth += 1,
            (b')' | b'|', None) if depth == 0 => {
                alternatives.push(&pattern[start..index]);
                start = index + 1;
                if byte == b')' {
                    return Some((alternatives, &pattern[start..]));
                }
            }
            (b')', None) => depth -= 1,
            _ => {}
        }
    }
    None
}

/// Whether a byte is in a class of ctype.h; none where there is no such class.
fn is_in_class(name: &[u8], byte: u8) -> Option<bool> {
    Some(match name {
        b"alnum" => byte.is_ascii_alphanumeric(),
        b"alpha" => byte.is_ascii_alphabetic(),
        b"blank" => matches!(byte, b' ' | b'\t'),
        b"cntrl" => byte.is_ascii_control(),
        b"digit" => byte.is_ascii_digit(),
        b"graph" => byte.is_ascii_graphic(),
        b"lower" => byte.is_ascii_lowercase(),
        b"print" => byte.is_ascii_graphic() || byte == b' ',
        b"punct" => byte.is_ascii_punctuation(),
        b"space" => crate::stdlib::is_space(byte),
        b"upper" => byte.is_ascii_uppercase(),
        b"xdigit" => byte.is_ascii_hexdigit(),
        _ => return None,
    })
}
