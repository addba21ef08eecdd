//! `locale.h`: the locales are C (also called POSIX) and C.UTF-8, which differs from it in its multibyte characters.

use std::cell::RefCell;

use crate::stdlib::variable;
use crate::{layout, Memory, Ptr};

/// `struct lconv`.
#[derive(Clone, Copy, Debug)]
pub struct Lconv {
    pub decimal_point: Ptr<u8>,
    pub thousands_sep: Ptr<u8>,
    pub grouping: Ptr<u8>,
    pub int_curr_symbol: Ptr<u8>,
    pub currency_symbol: Ptr<u8>,
    pub mon_decimal_point: Ptr<u8>,
    pub mon_thousands_sep: Ptr<u8>,
    pub mon_grouping: Ptr<u8>,
    pub positive_sign: Ptr<u8>,
    pub negative_sign: Ptr<u8>,
    pub int_frac_digits: u8,
    pub frac_digits: u8,
    pub p_cs_precedes: u8,
    pub p_sep_by_space: u8,
    pub n_cs_precedes: u8,
    pub n_sep_by_space: u8,
    pub p_sign_posn: u8,
    pub n_sign_posn: u8,
    pub int_p_cs_precedes: u8,
    pub int_p_sep_by_space: u8,
    pub int_n_cs_precedes: u8,
    pub int_n_sep_by_space: u8,
    pub int_p_sign_posn: u8,
    pub int_n_sign_posn: u8,
}

layout! { Lconv: 96, 8;
    DECIMAL_POINT decimal_point: Ptr<u8> = 0;
    THOUSANDS_SEP thousands_sep: Ptr<u8> = 8;
    GROUPING grouping: Ptr<u8> = 16;
    INT_CURR_SYMBOL int_curr_symbol: Ptr<u8> = 24;
    CURRENCY_SYMBOL currency_symbol: Ptr<u8> = 32;
    MON_DECIMAL_POINT mon_decimal_point: Ptr<u8> = 40;
    MON_THOUSANDS_SEP mon_thousands_sep: Ptr<u8> = 48;
    MON_GROUPING mon_grouping: Ptr<u8> = 56;
    POSITIVE_SIGN positive_sign: Ptr<u8> = 64;
    NEGATIVE_SIGN negative_sign: Ptr<u8> = 72;
    INT_FRAC_DIGITS int_frac_digits: u8 = 80;
    FRAC_DIGITS frac_digits: u8 = 81;
    P_CS_PRECEDES p_cs_precedes: u8 = 82;
    P_SEP_BY_SPACE p_sep_by_space: u8 = 83;
    N_CS_PRECEDES n_cs_precedes: u8 = 84;
    N_SEP_BY_SPACE n_sep_by_space: u8 = 85;
    P_SIGN_POSN p_sign_posn: u8 = 86;
    N_SIGN_POSN n_sign_posn: u8 = 87;
    INT_P_CS_PRECEDES int_p_cs_precedes: u8 = 88;
    INT_P_SEP_BY_SPACE int_p_sep_by_space: u8 = 89;
    INT_N_CS_PRECEDES int_n_cs_precedes: u8 = 90;
    INT_N_SEP_BY_SPACE int_n_sep_by_space: u8 = 91;
    INT_P_SIGN_POSN int_p_sign_posn: u8 = 92;
    INT_N_SIGN_POSN int_n_sign_posn: u8 = 93;
}

const C: &str = "C";
/// The spellings of C.UTF-8 that `setlocale` takes.
const UTF_8: [&str; 2] = ["C.UTF-8", "C.utf8"];

/// The categories in the order in which a locale of several names lists them. `LC_ALL`, which has the number 6, is none.
const CATEGORIES: [(i32, &str); 12] = [
    (0, "LC_CTYPE"),
    (1, "LC_NUMERIC"),
    (2, "LC_TIME"),
    (3, "LC_COLLATE"),
    (4, "LC_MONETARY"),
    (5, "LC_MESSAGES"),
    (7, "LC_PAPER"),
    (8, "LC_NAME"),
    (9, "LC_ADDRESS"),
    (10, "LC_TELEPHONE"),
    (11, "LC_MEASUREMENT"),
    (12, "LC_IDENTIFICATION"),
];
const LC_ALL: i32 = 6;

thread_local! {
    /// The locale of each category of [`CATEGORIES`].
    static CURRENT: RefCell<[&'static str; CATEGORIES.len()]> = const { RefCell::new([C; CATEGORIES.len()]) };
}

/// Whether multibyte characters are UTF-8.
pub(crate) fn is_utf_8() -> bool {
    CURRENT.with_borrow(|current| current[0] != C)
}

/// The locale called `name`, if there is one.
fn known(name: &[u8]) -> Option<&'static str> {
    match name {
        b"C" | b"POSIX" => Some(C),
        _ => UTF_8.into_iter().find(|known| known.as_bytes() == name),
    }
}

/// The locale that the environment asks for in a category.
fn from_environment(category: &str, mem: &mut Memory) -> Option<&'static str> {
    for name in ["LC_ALL", category, "LANG"] {
        let value = variable(name.as_bytes(), mem).map(|at| mem.c_str(at)).unwrap_or_default();
        if !value.is_empty() {
            return known(value);
        }
    }
    Some(C)
}

/// The name of all categories' locale: one name, or a list where they differ.
fn name_of_all(current: &[&'static str]) -> String {
    if current.iter().all(|name| *name == current[0]) {
        return current[0].to_owned();
    }
    let named = CATEGORIES.iter().zip(current).map(|((_, category), name)| format!("{category}={name}"));
    named.collect::<Vec<_>>().join(";")
}

/// The locale that `locale` names for each category: one name for all, or a list as [`setlocale`] gives it.
fn requested(locale: &[u8], category: &str, mem: &mut Memory) -> Option<&'static str> {
    if locale.is_empty() {
        return from_environment(category, mem);
    }
    let prefix = [category.as_bytes(), b"="].concat();
    let listed = locale.split(|&b| b == b';').find_map(|part| part.strip_prefix(&prefix[..]));
    known(listed.unwrap_or(locale))
}

/// Null where there is no such category or locale; then nothing changes. With a null `locale` only asks.
#[track_caller]
pub fn setlocale(category: i32, locale: Ptr<u8>, mem: &mut Memory) -> Ptr<u8> {
    let chosen: Vec<usize> = (0..CATEGORIES.len()).filter(|&i| [LC_ALL, CATEGORIES[i].0].contains(&category)).collect();
    if chosen.is_empty() {
        return Ptr::NULL;
    }
    if !locale.is_null() {
        let text = mem.c_str(locale).to_vec();
        let mut next = CURRENT.with_borrow(|current| *current);
        for &index in &chosen {
            match requested(&text, CATEGORIES[index].1, mem) {
                Some(name) => next[index] = name,
                None => return Ptr::NULL,
            }
        }
        CURRENT.set(next);
    }
    let current = CURRENT.with_borrow(|current| *current);
    match category {
        LC_ALL => library_text("setlocale", &name_of_all(&current), mem),
        _ => library_text(current[chosen[0]], current[chosen[0]], mem),
    }
}

/// A library block with the text.
fn library_text(name: &'static str, text: &str, mem: &mut Memory) -> Ptr<u8> {
    const LONGEST: usize = 512;
    let at = mem.library_block(name, LONGEST).cast::<u8>();
    let bytes = mem.bytes_mut(at, text.len() as u64 + 1);
    bytes[..text.len()].copy_from_slice(text.as_bytes());
    bytes[text.len()] = 0;
    at
}

/// The conventions of the C locale; those of C.UTF-8 are the same.
pub fn localeconv(mem: &mut Memory) -> Ptr<Lconv> {
    const NOT_GIVEN: u8 = 127;
    let point = library_text("decimal point", ".", mem);
    let none = library_text("no separator", "", mem);
    let at = mem.library_block("localeconv", 96).cast();
    let conventions = Lconv {
        decimal_point: point,
        thousands_sep: none,
        grouping: none,
        int_curr_symbol: none,
        currency_symbol: none,
        mon_decimal_point: none,
        mon_thousands_sep: none,
        mon_grouping: none,
        positive_sign: none,
        negative_sign: none,
        int_frac_digits: NOT_GIVEN,
        frac_digits: NOT_GIVEN,
        p_cs_precedes: NOT_GIVEN,
        p_sep_by_space: NOT_GIVEN,
        n_cs_precedes: NOT_GIVEN,
        n_sep_by_space: NOT_GIVEN,
        p_sign_posn: NOT_GIVEN,
        n_sign_posn: NOT_GIVEN,
        int_p_cs_precedes: NOT_GIVEN,
        int_p_sep_by_space: NOT_GIVEN,
        int_n_cs_precedes: NOT_GIVEN,
        int_n_sep_by_space: NOT_GIVEN,
        int_p_sign_posn: NOT_GIVEN,
        int_n_sign_posn: NOT_GIVEN,
    };
    mem.write(at, conventions);
    at
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::string::new_string;

    #[test]
    fn locales() {
        let mut mem = Memory::new(0, &[]);
        let mut set = |category, name: &str| {
            let name = new_string(name.as_bytes(), &mut mem);
            let result = setlocale(category, name, &mut mem);
            (!result.is_null()).then(|| String::from_utf8_lossy(mem.c_str(result)).into_owned())
        };
        assert_eq!(set(LC_ALL, "POSIX").as_deref(), Some("C"));
        assert_eq!(set(LC_ALL, "xx_YY"), None);
        assert_eq!(set(99, "C"), None);
        assert_eq!(set(0, "C.UTF-8").as_deref(), Some("C.UTF-8"));
        assert!(is_utf_8());
        assert!(set(1, "C").is_some());
        assert_eq!(set(LC_ALL, "C").as_deref(), Some("C"));
        assert!(!is_utf_8());
    }
}
