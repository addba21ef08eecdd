//! `wchar.h`: wide characters, which are 32-bit `int`s. [`strings`]: strings of them; [`multibyte`]: their conversion;
//! [`numbers`]: numbers in them. Wide streams are in [`crate::stdio`].

mod multibyte;
mod numbers;
mod strings;

pub use multibyte::*;
pub use numbers::*;
pub use strings::*;

use crate::layout;

/// `mbstate_t`: the bytes of a character that is not complete yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MbstateT {
    pub __count: i32,
    pub __value: [u8; 4],
}

layout! { MbstateT: 8, 4;
    __COUNT __count: i32 = 0;
    __VALUE __value: [u8; 4] = 4;
}

/// `WEOF`.
pub(crate) const WEOF: u32 = u32::MAX;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::string::new_string;
    use crate::Memory;

    #[test]
    fn wide_strings() {
        let mut mem = Memory::new(0, &[]);
        let text = new_string(b"wide text", &mut mem);
        let wide = mem.allocate(80).cast::<i32>();
        assert_eq!(crate::stdlib::mbstowcs(wide, text, 20, &mut mem), 9);
        assert_eq!(wcslen(wide, &mem), 9);
        assert_eq!(wcschr(wide, 't' as i32, &mem) - wide, 5);
        assert_eq!(wcscmp(wide, wide + 1, &mem), 1);
        assert_eq!(crate::stdlib::wcstombs(text, wide + 5, 10, &mut mem), 4);
        assert_eq!(mem.c_str(text), b"text");
    }

    #[test]
    fn incomplete_characters_wait_in_the_state() {
        let mut mem = Memory::new(0, &[]);
        let name = new_string(b"C.UTF-8", &mut mem);
        crate::locale::setlocale(0, name, &mut mem);
        let text = new_string("\u{20ac}".as_bytes(), &mut mem);
        let (state, wide) = (mem.local(MbstateT { __count: 0, __value: [0; 4] }), mem.local(0));
        assert_eq!(mbrtowc(wide, text, 2, state, &mut mem), u64::MAX - 1);
        assert_eq!(mbrtowc(wide, text + 2, 1, state, &mut mem), 1);
        assert_eq!(mem.read(wide), 0x20ac);
        assert_eq!(wcrtomb(text, 0xe9, state, &mut mem), 2);
    }
}
