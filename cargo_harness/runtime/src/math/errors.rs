//! When a function of math.h sets `errno`.

use crate::errno;

/// What an error check asks of a number.
pub(super) trait Real: Copy + PartialEq + PartialOrd + Into<f64> {}

impl Real for f64 {}
impl Real for f32 {}

/// `EDOM` for a NaN that no argument was, `ERANGE` for an infinity from a finite argument.
#[inline]
pub(super) fn checked<T: Real>(x: T, result: T) -> T {
    if !result.into().is_finite() {
        set_error(x.into(), result.into());
    }
    result
}

#[cold]
fn set_error(argument: f64, result: f64) {
    if result.is_nan() && !argument.is_nan() {
        errno::set(errno::EDOM);
    } else if result.is_infinite() && argument.is_finite() {
        errno::set(errno::ERANGE);
    }
}

/// As [`checked`], of two arguments.
#[inline]
pub(super) fn checked_pair<T: Real>(x: T, y: T, result: T) -> T {
    if !result.into().is_finite() {
        let (x, y): (f64, f64) = (x.into(), y.into());
        let worst = if x.is_nan() || x.is_infinite() && !y.is_nan() { x } else { y };
        set_error(worst, result.into());
    }
    result
}

/// As [`checked`]; `ERANGE` also for a 0 from a finite argument.
#[inline]
pub(super) fn checked_underflow<T: Real>(x: T, result: T) -> T {
    if result.into() == 0.0 && x.into().is_finite() {
        errno::set(errno::ERANGE);
    }
    checked(x, result)
}
