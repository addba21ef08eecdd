//! GCC's built-in functions that are no plain method of Rust's integers.

/// `__builtin_ctz`, whose result for 0 is undefined in C; x86's `tzcnt` gives the width, and so do these.
#[inline(always)]
pub fn ctz(x: u32) -> i32 {
    x.trailing_zeros() as i32
}

#[inline(always)]
pub fn ctzl(x: u64) -> i32 {
    x.trailing_zeros() as i32
}

#[inline(always)]
pub fn ctzll(x: u64) -> i32 {
    x.trailing_zeros() as i32
}

#[inline(always)]
pub fn clz(x: u32) -> i32 {
    x.leading_zeros() as i32
}

#[inline(always)]
pub fn clzl(x: u64) -> i32 {
    x.leading_zeros() as i32
}

#[inline(always)]
pub fn clzll(x: u64) -> i32 {
    x.leading_zeros() as i32
}

/// How many bits below the sign bit equal it.
#[inline(always)]
pub fn clrsb(x: i32) -> i32 {
    (x ^ x >> 31).leading_zeros() as i32 - 1
}

#[inline(always)]
pub fn clrsbl(x: i64) -> i32 {
    (x ^ x >> 63).leading_zeros() as i32 - 1
}

#[inline(always)]
pub fn clrsbll(x: i64) -> i32 {
    clrsbl(x)
}

#[inline(always)]
pub fn popcount(x: u32) -> i32 {
    x.count_ones() as i32
}

#[inline(always)]
pub fn popcountl(x: u64) -> i32 {
    x.count_ones() as i32
}

#[inline(always)]
pub fn popcountll(x: u64) -> i32 {
    x.count_ones() as i32
}

#[inline(always)]
pub fn parity(x: u32) -> i32 {
    popcount(x) & 1
}

#[inline(always)]
pub fn parityl(x: u64) -> i32 {
    popcountl(x) & 1
}

#[inline(always)]
pub fn parityll(x: u64) -> i32 {
    popcountl(x) & 1
}

#[inline(always)]
pub fn bswap16(x: u16) -> u16 {
    x.swap_bytes()
}

#[inline(always)]
pub fn bswap32(x: u32) -> u32 {
    x.swap_bytes()
}

#[inline(always)]
pub fn bswap64(x: u64) -> u64 {
    x.swap_bytes()
}

pub use crate::strings::{ffs, ffsl, ffsll};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits() {
        assert_eq!((ctz(8), clz(8), clrsb(-1), clrsb(1), clrsbl(-2)), (3, 28, 31, 30, 62));
        assert_eq!((popcount(0xff), parity(7), parityl(5)), (8, 1, 0));
        assert_eq!(bswap32(0x1122_3344), 0x4433_2211);
        assert_eq!((ffs(0), ffs(12), ffsll(i64::MIN)), (0, 3, 64));
    }
}
