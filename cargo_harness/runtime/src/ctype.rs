//! `ctype.h` in the C locale. The results are the bits of glibc's class table, since C programs print them.

#[inline]
pub fn isalpha(c: i32) -> i32 {
    if u8::try_from(c).is_ok_and(|byte| byte.is_ascii_alphabetic()) {
        1024
    } else {
        0
    }
}

#[inline]
pub fn isdigit(c: i32) -> i32 {
    if u8::try_from(c).is_ok_and(|byte| byte.is_ascii_digit()) {
        2048
    } else {
        0
    }
}

#[inline]
pub fn isalnum(c: i32) -> i32 {
    if u8::try_from(c).is_ok_and(|byte| byte.is_ascii_alphanumeric()) {
        8
    } else {
        0
    }
}

#[inline]
pub fn isupper(c: i32) -> i32 {
    if u8::try_from(c).is_ok_and(|byte| byte.is_ascii_uppercase()) {
        256
    } else {
        0
    }
}

#[inline]
pub fn islower(c: i32) -> i32 {
    if u8::try_from(c).is_ok_and(|byte| byte.is_ascii_lowercase()) {
        512
    } else {
        0
    }
}

#[inline]
pub fn ispunct(c: i32) -> i32 {
    if u8::try_from(c).is_ok_and(|byte| byte.is_ascii_punctuation()) {
        4
    } else {
        0
    }
}

#[inline]
pub fn isgraph(c: i32) -> i32 {
    if u8::try_from(c).is_ok_and(|byte| byte.is_ascii_graphic()) {
        32768
    } else {
        0
    }
}

#[inline]
pub fn iscntrl(c: i32) -> i32 {
    if u8::try_from(c).is_ok_and(|byte| byte.is_ascii_control()) {
        2
    } else {
        0
    }
}

#[inline]
pub fn isxdigit(c: i32) -> i32 {
    if u8::try_from(c).is_ok_and(|byte| byte.is_ascii_hexdigit()) {
        4096
    } else {
        0
    }
}

#[inline]
pub fn isspace(c: i32) -> i32 {
    if matches!(c, 32 | 9..=13) {
        8192
    } else {
        0
    }
}

#[inline]
pub fn isblank(c: i32) -> i32 {
    if matches!(c, 32 | 9) {
        1
    } else {
        0
    }
}

#[inline]
pub fn isprint(c: i32) -> i32 {
    if matches!(c, 32..=126) {
        16384
    } else {
        0
    }
}

#[inline]
pub fn isascii(c: i32) -> i32 {
    i32::from(c & !0x7f == 0)
}

#[inline]
pub fn toascii(c: i32) -> i32 {
    c & 0x7f
}

/// A plain `char` that is negative comes back as its unsigned value, as from glibc's table.
#[inline]
fn table_index(c: i32) -> i32 {
    if (-128..-1).contains(&c) {
        c + 256
    } else {
        c
    }
}

#[inline]
pub fn tolower(c: i32) -> i32 {
    if matches!(c, 65..=90) {
        c + 32
    } else {
        table_index(c)
    }
}

#[inline]
pub fn toupper(c: i32) -> i32 {
    if matches!(c, 97..=122) {
        c - 32
    } else {
        table_index(c)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_and_case() {
        assert_eq!(isalpha('q' as i32), 1024);
        assert_eq!(isdigit('7' as i32), 2048);
        assert_eq!(isspace(-1), 0);
        assert_eq!(isprint(127), 0);
        assert_eq!(toupper('q' as i32), 'Q' as i32);
        assert_eq!(tolower(-1), -1);
        assert_eq!(toupper(-30), 226);
    }
}
