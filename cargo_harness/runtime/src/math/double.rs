//! The functions of `double`.

use super::errors::{checked, checked_pair, checked_underflow};
use super::exact;
use super::inverse_hyperbolic;
use super::{bessel, error_function, gamma_function};
use crate::{errno, Memory, Ptr};

#[inline]
pub fn acos(x: f64) -> f64 {
    checked(x, x.acos())
}

#[inline]
pub fn asin(x: f64) -> f64 {
    checked(x, x.asin())
}

#[inline]
pub fn atan(x: f64) -> f64 {
    x.atan()
}

#[inline]
pub fn cos(x: f64) -> f64 {
    checked(x, x.cos())
}

#[inline]
pub fn sin(x: f64) -> f64 {
    checked(x, x.sin())
}

#[inline]
pub fn tan(x: f64) -> f64 {
    checked(x, x.tan())
}

#[inline]
pub fn cosh(x: f64) -> f64 {
    checked(x, x.cosh())
}

#[inline]
pub fn sinh(x: f64) -> f64 {
    checked(x, x.sinh())
}

#[inline]
pub fn tanh(x: f64) -> f64 {
    x.tanh()
}

#[inline]
pub fn exp(x: f64) -> f64 {
    checked_underflow(x, x.exp())
}

#[inline]
pub fn exp2(x: f64) -> f64 {
    checked_underflow(x, x.exp2())
}

#[inline]
pub fn expm1(x: f64) -> f64 {
    checked(x, x.exp_m1())
}

#[inline]
pub fn log(x: f64) -> f64 {
    checked(x, x.ln())
}

#[inline]
pub fn log2(x: f64) -> f64 {
    checked(x, x.log2())
}

#[inline]
pub fn log10(x: f64) -> f64 {
    checked(x, x.log10())
}

#[inline]
pub fn log1p(x: f64) -> f64 {
    checked(x, x.ln_1p())
}

#[inline]
pub fn sqrt(x: f64) -> f64 {
    checked(x, x.sqrt())
}

#[inline]
pub fn cbrt(x: f64) -> f64 {
    x.cbrt()
}

#[inline]
pub fn fabs(x: f64) -> f64 {
    x.abs()
}

#[inline]
pub fn ceil(x: f64) -> f64 {
    x.ceil()
}

#[inline]
pub fn floor(x: f64) -> f64 {
    x.floor()
}

#[inline]
pub fn trunc(x: f64) -> f64 {
    x.trunc()
}

#[inline]
pub fn round(x: f64) -> f64 {
    x.round()
}

#[inline]
pub fn rint(x: f64) -> f64 {
    x.round_ties_even()
}

#[inline]
pub fn nearbyint(x: f64) -> f64 {
    x.round_ties_even()
}

#[inline]
pub fn roundeven(x: f64) -> f64 {
    x.round_ties_even()
}

#[inline]
pub fn acosh(x: f64) -> f64 {
    checked(x, inverse_hyperbolic::acosh(x))
}

#[inline]
pub fn asinh(x: f64) -> f64 {
    inverse_hyperbolic::asinh(x)
}

#[inline]
pub fn atanh(x: f64) -> f64 {
    checked(x, inverse_hyperbolic::atanh(x))
}

#[inline]
pub fn exp10(x: f64) -> f64 {
    checked_underflow(x, exact::power_of_ten(x))
}

#[inline]
pub fn logb(x: f64) -> f64 {
    exact::binary_exponent(x)
}

#[inline]
pub fn significand(x: f64) -> f64 {
    exact::significand(x)
}

#[inline]
pub fn erf(x: f64) -> f64 {
    error_function::erf(x)
}

#[inline]
pub fn erfc(x: f64) -> f64 {
    checked_underflow(x, error_function::erfc(x))
}

#[inline]
pub fn tgamma(x: f64) -> f64 {
    gamma_function::checked_gamma(x, gamma_function::gamma(x))
}

/// Sets C's `signgam`, too.
#[inline]
pub fn lgamma(x: f64) -> f64 {
    gamma_function::signed_log_gamma(x)
}

/// The old name of [`lgamma`].
#[inline]
pub fn gamma(x: f64) -> f64 {
    lgamma(x)
}

#[track_caller]
pub fn lgamma_r(x: f64, signp: Ptr<i32>, mem: &mut Memory) -> f64 {
    let (value, sign) = gamma_function::log_gamma(x);
    mem.write(signp, sign);
    checked(x, value)
}

#[inline]
pub fn j0(x: f64) -> f64 {
    exact::checked_scaled(x, bessel::first_kind(0, x))
}

#[inline]
pub fn j1(x: f64) -> f64 {
    exact::checked_scaled(x, bessel::first_kind(1, x))
}

#[inline]
pub fn jn(n: i32, x: f64) -> f64 {
    exact::checked_scaled(x, bessel::first_kind(n, x))
}

#[inline]
pub fn y0(x: f64) -> f64 {
    checked(x, bessel::second_kind(0, x))
}

#[inline]
pub fn y1(x: f64) -> f64 {
    checked(x, bessel::second_kind(1, x))
}

#[inline]
pub fn yn(n: i32, x: f64) -> f64 {
    checked(x, bessel::second_kind(n, x))
}

#[inline]
pub fn atan2(y: f64, x: f64) -> f64 {
    let angle = y.atan2(x);
    if angle == 0.0 && y != 0.0 && x.is_finite() {
        errno::set(errno::ERANGE);
    }
    angle
}

#[inline]
pub fn hypot(x: f64, y: f64) -> f64 {
    checked_pair(x, y, x.hypot(y))
}

#[inline]
pub fn pow(x: f64, y: f64) -> f64 {
    let power = checked_pair(x, y, x.powf(y));
    if power == 0.0 && x != 0.0 && x.is_finite() && y.is_finite() {
        errno::set(errno::ERANGE);
    }
    power
}

#[inline]
pub fn fmod(x: f64, y: f64) -> f64 {
    checked_pair(x, y, x % y)
}

#[inline]
pub fn remainder(x: f64, y: f64) -> f64 {
    checked_pair(x, y, exact::remainder(x, y).0)
}

#[inline]
pub fn drem(x: f64, y: f64) -> f64 {
    remainder(x, y)
}

/// The quotient is given by its low three bits and its sign, as glibc gives it.
#[track_caller]
pub fn remquo(x: f64, y: f64, quo: Ptr<i32>, mem: &mut Memory) -> f64 {
    let (rest, quotient) = exact::remainder(x, y);
    if !rest.is_nan() {
        mem.write(quo, quotient);
    }
    rest
}

#[inline]
pub fn fdim(x: f64, y: f64) -> f64 {
    if x <= y {
        0.0
    } else {
        checked_pair(x, y, x - y)
    }
}

/// Of a positive and a negative zero, glibc's x86-64 version gives the first.
#[inline]
pub fn fmax(x: f64, y: f64) -> f64 {
    if x.is_nan() || y > x {
        y
    } else {
        x
    }
}

/// Of a positive and a negative zero, glibc's x86-64 version gives the first.
#[inline]
pub fn fmin(x: f64, y: f64) -> f64 {
    if x.is_nan() || y < x {
        y
    } else {
        x
    }
}

#[inline]
pub fn fma(x: f64, y: f64, z: f64) -> f64 {
    x.mul_add(y, z)
}

#[inline]
pub fn copysign(x: f64, y: f64) -> f64 {
    x.copysign(y)
}

#[inline]
pub fn nextafter(x: f64, y: f64) -> f64 {
    exact::next_toward(x, y)
}

#[inline]
pub fn nexttoward(x: f64, y: f64) -> f64 {
    exact::next_toward(x, y)
}

#[inline]
pub fn nextup(x: f64) -> f64 {
    exact::next_toward_quietly(x, f64::INFINITY)
}

#[inline]
pub fn nextdown(x: f64) -> f64 {
    exact::next_toward_quietly(x, f64::NEG_INFINITY)
}

#[inline]
pub fn scalbln(x: f64, n: i64) -> f64 {
    let n = n.clamp(-100_000, 100_000) as i32;
    exact::checked_scaled(x, exact::scale(x, n))
}

#[inline]
pub fn scalbn(x: f64, n: i32) -> f64 {
    scalbln(x, n.into())
}

#[inline]
pub fn ldexp(x: f64, exp: i32) -> f64 {
    scalbln(x, exp.into())
}

#[track_caller]
pub fn frexp(x: f64, exp: Ptr<i32>, mem: &mut Memory) -> f64 {
    let (fraction, exponent) = exact::split(x);
    mem.write(exp, exponent);
    fraction
}

#[track_caller]
pub fn modf(x: f64, iptr: Ptr<f64>, mem: &mut Memory) -> f64 {
    mem.write(iptr, x.trunc());
    let fraction = if x.is_infinite() { 0.0 } else { x - x.trunc() };
    fraction.copysign(x)
}

#[track_caller]
pub fn sincos(x: f64, sin: Ptr<f64>, cos: Ptr<f64>, mem: &mut Memory) {
    mem.write(sin, checked(x, x.sin()));
    mem.write(cos, x.cos());
}

#[inline]
pub fn ilogb(x: f64) -> i32 {
    exact::checked_exponent(x)
}

#[inline]
pub fn lrint(x: f64) -> i64 {
    exact::to_long(x.round_ties_even())
}

#[inline]
pub fn llrint(x: f64) -> i64 {
    exact::to_long(x.round_ties_even())
}

#[inline]
pub fn lround(x: f64) -> i64 {
    exact::to_long(x.round())
}

#[inline]
pub fn llround(x: f64) -> i64 {
    exact::to_long(x.round())
}

#[track_caller]
pub fn nan(tag: Ptr<u8>, mem: &Memory) -> f64 {
    crate::stdlib::nan_of_tag::<f64>(mem.c_str(tag))
}

#[inline]
pub fn finite(x: f64) -> i32 {
    i32::from(x.is_finite())
}
