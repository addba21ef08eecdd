//! `abs`, `div` and their kin.

use crate::layout;

/// `div_t`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DivT {
    pub quot: i32,
    pub rem: i32,
}

layout! { DivT: 8, 4;
    QUOT quot: i32 = 0;
    REM rem: i32 = 4;
}

/// `ldiv_t`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LdivT {
    pub quot: i64,
    pub rem: i64,
}

layout! { LdivT: 16, 8;
    QUOT quot: i64 = 0;
    REM rem: i64 = 8;
}

/// `lldiv_t`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LldivT {
    pub quot: i64,
    pub rem: i64,
}

layout! { LldivT: 16, 8;
    QUOT quot: i64 = 0;
    REM rem: i64 = 8;
}

/// The smallest integer has no absolute value; as in practice with C, it stays.
#[inline]
pub fn abs(j: i32) -> i32 {
    j.wrapping_abs()
}

#[inline]
pub fn labs(j: i64) -> i64 {
    j.wrapping_abs()
}

#[inline]
pub fn llabs(j: i64) -> i64 {
    j.wrapping_abs()
}

#[inline]
#[track_caller]
pub fn div(numer: i32, denom: i32) -> DivT {
    DivT { quot: numer / denom, rem: numer % denom }
}

#[inline]
#[track_caller]
pub fn ldiv(numer: i64, denom: i64) -> LdivT {
    LdivT { quot: numer / denom, rem: numer % denom }
}

#[inline]
#[track_caller]
pub fn lldiv(numer: i64, denom: i64) -> LldivT {
    LldivT { quot: numer / denom, rem: numer % denom }
}
