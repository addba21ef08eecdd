//! The functions of `float`.

use super::errors::{checked, checked_pair, checked_underflow};
use super::exact;
use super::{gamma_function, inverse_hyperbolic};
use crate::{errno, Memory, Ptr};

#[inline]
pub fn acosf(x: f32) -> f32 {
    checked(x, x.acos())
}

#[inline]
pub fn asinf(x: f32) -> f32 {
    checked(x, x.asin())
}

#[inline]
pub fn atanf(x: f32) -> f32 {
    x.atan()
}

#[inline]
pub fn cosf(x: f32) -> f32 {
    checked(x, x.cos())
}

#[inline]
pub fn sinf(x: f32) -> f32 {
    checked(x, x.sin())
}

#[inline]
pub fn tanf(x: f32) -> f32 {
    checked(x, x.tan())
}

#[inline]
pub fn coshf(x: f32) -> f32 {
    checked(x, x.cosh())
}

#[inline]
pub fn sinhf(x: f32) -> f32 {
    checked(x, x.sinh())
}

#[inline]
pub fn tanhf(x: f32) -> f32 {
    x.tanh()
}

#[inline]
pub fn expf(x: f32) -> f32 {
    checked_underflow(x, x.exp())
}

#[inline]
pub fn exp2f(x: f32) -> f32 {
    checked_underflow(x, x.exp2())
}

#[inline]
pub fn expm1f(x: f32) -> f32 {
    checked(x, x.exp_m1())
}

#[inline]
pub fn logf(x: f32) -> f32 {
    checked(x, x.ln())
}

#[inline]
pub fn log2f(x: f32) -> f32 {
    checked(x, x.log2())
}

#[inline]
pub fn log10f(x: f32) -> f32 {
    checked(x, x.log10())
}

#[inline]
pub fn log1pf(x: f32) -> f32 {
    checked(x, x.ln_1p())
}

#[inline]
pub fn sqrtf(x: f32) -> f32 {
    checked(x, x.sqrt())
}

#[inline]
pub fn cbrtf(x: f32) -> f32 {
    x.cbrt()
}

#[inline]
pub fn fabsf(x: f32) -> f32 {
    x.abs()
}

#[inline]
pub fn ceilf(x: f32) -> f32 {
    x.ceil()
}

#[inline]
pub fn floorf(x: f32) -> f32 {
    x.floor()
}

#[inline]
pub fn truncf(x: f32) -> f32 {
    x.trunc()
}

#[inline]
pub fn roundf(x: f32) -> f32 {
    x.round()
}

#[inline]
pub fn rintf(x: f32) -> f32 {
    x.round_ties_even()
}

#[inline]
pub fn nearbyintf(x: f32) -> f32 {
    x.round_ties_even()
}

#[inline]
pub fn roundevenf(x: f32) -> f32 {
    x.round_ties_even()
}

#[inline]
pub fn acoshf(x: f32) -> f32 {
    checked(x, inverse_hyperbolic::acoshf(x))
}

#[inline]
pub fn asinhf(x: f32) -> f32 {
    inverse_hyperbolic::asinhf(x)
}

#[inline]
pub fn atanhf(x: f32) -> f32 {
    checked(x, inverse_hyperbolic::atanhf(x))
}

#[inline]
pub fn exp10f(x: f32) -> f32 {
    checked_underflow(x, exact::power_of_ten(x.into()) as f32)
}

#[inline]
pub fn logbf(x: f32) -> f32 {
    exact::binary_exponent(x.into()) as f32
}

#[inline]
pub fn significandf(x: f32) -> f32 {
    exact::significand(x.into()) as f32
}

#[inline]
pub fn erff(x: f32) -> f32 {
    super::erf(x.into()) as f32
}

#[inline]
pub fn erfcf(x: f32) -> f32 {
    checked_underflow(x, super::erfc(x.into()) as f32)
}

#[inline]
pub fn tgammaf(x: f32) -> f32 {
    gamma_function::checked_gamma(x, gamma_function::gamma(x.into()) as f32)
}

#[inline]
pub fn lgammaf(x: f32) -> f32 {
    checked(x, super::lgamma(x.into()) as f32)
}

#[track_caller]
pub fn lgammaf_r(x: f32, signp: Ptr<i32>, mem: &mut Memory) -> f32 {
    super::lgamma_r(x.into(), signp, mem) as f32
}

#[inline]
pub fn j0f(x: f32) -> f32 {
    exact::checked_scaled(x, super::j0(x.into()) as f32)
}

#[inline]
pub fn j1f(x: f32) -> f32 {
    exact::checked_scaled(x, super::j1(x.into()) as f32)
}

#[inline]
pub fn y0f(x: f32) -> f32 {
    checked(x, super::y0(x.into()) as f32)
}

#[inline]
pub fn y1f(x: f32) -> f32 {
    checked(x, super::y1(x.into()) as f32)
}

#[inline]
pub fn jnf(n: i32, x: f32) -> f32 {
    exact::checked_scaled(x, super::jn(n, x.into()) as f32)
}

#[inline]
pub fn ynf(n: i32, x: f32) -> f32 {
    checked(x, super::yn(n, x.into()) as f32)
}

#[inline]
pub fn atan2f(y: f32, x: f32) -> f32 {
    let angle = y.atan2(x);
    if angle == 0.0 && y != 0.0 && x.is_finite() {
        errno::set(errno::ERANGE);
    }
    angle
}

#[inline]
pub fn hypotf(x: f32, y: f32) -> f32 {
    checked_pair(x, y, x.hypot(y))
}

#[inline]
pub fn powf(x: f32, y: f32) -> f32 {
    let power = checked_pair(x, y, x.powf(y));
    if x != 0.0 && x.is_finite() && y.is_finite() && power.abs() <= LEAST && is_below_least(x, y) {
        errno::set(errno::ERANGE);
    }
    power
}

/// The least positive float.
const LEAST: f32 = f32::from_bits(1);

/// Whether the exact power is below [`LEAST`]: glibc reports also what rounds up to it.
#[cold]
fn is_below_least(x: f32, y: f32) -> bool {
    f64::from(x.abs()).log2() * f64::from(y) < -149.0
}

#[inline]
pub fn fmodf(x: f32, y: f32) -> f32 {
    checked_pair(x, y, x % y)
}

#[inline]
pub fn remainderf(x: f32, y: f32) -> f32 {
    checked_pair(x, y, exact::remainder(x.into(), y.into()).0 as f32)
}

#[inline]
pub fn dremf(x: f32, y: f32) -> f32 {
    remainderf(x, y)
}

/// The quotient is given by its low three bits and its sign, as glibc gives it.
#[track_caller]
pub fn remquof(x: f32, y: f32, quo: Ptr<i32>, mem: &mut Memory) -> f32 {
    let (rest, quotient) = exact::remainder(x.into(), y.into());
    if !rest.is_nan() {
        mem.write(quo, quotient);
    }
    rest as f32
}

#[inline]
pub fn fdimf(x: f32, y: f32) -> f32 {
    if x <= y {
        0.0
    } else {
        checked_pair(x, y, x - y)
    }
}

/// Of a positive and a negative zero, glibc's x86-64 version gives the second.
#[inline]
pub fn fmaxf(x: f32, y: f32) -> f32 {
    if y.is_nan() || x > y {
        x
    } else {
        y
    }
}

/// Of a positive and a negative zero, glibc's x86-64 version gives the second.
#[inline]
pub fn fminf(x: f32, y: f32) -> f32 {
    if y.is_nan() || x < y {
        x
    } else {
        y
    }
}

#[inline]
pub fn fmaf(x: f32, y: f32, z: f32) -> f32 {
    x.mul_add(y, z)
}

#[inline]
pub fn copysignf(x: f32, y: f32) -> f32 {
    x.copysign(y)
}

#[inline]
pub fn nextafterf(x: f32, y: f32) -> f32 {
    exact::next_toward(x, y.into())
}

#[inline]
pub fn nexttowardf(x: f32, y: f64) -> f32 {
    exact::next_toward(x, y)
}

#[inline]
pub fn nextupf(x: f32) -> f32 {
    exact::next_toward_quietly(x, f64::INFINITY)
}

#[inline]
pub fn nextdownf(x: f32) -> f32 {
    exact::next_toward_quietly(x, f64::NEG_INFINITY)
}

#[inline]
pub fn scalblnf(x: f32, n: i64) -> f32 {
    let n = n.clamp(-100_000, 100_000) as i32;
    exact::checked_scaled(x, exact::scale(x.into(), n.clamp(-1000, 1000)) as f32)
}

#[inline]
pub fn scalbnf(x: f32, n: i32) -> f32 {
    scalblnf(x, n.into())
}

#[inline]
pub fn ldexpf(x: f32, exp: i32) -> f32 {
    scalblnf(x, exp.into())
}

#[track_caller]
pub fn frexpf(x: f32, exp: Ptr<i32>, mem: &mut Memory) -> f32 {
    let (fraction, exponent) = exact::split(x.into());
    mem.write(exp, exponent);
    fraction as f32
}

#[track_caller]
pub fn modff(x: f32, iptr: Ptr<f32>, mem: &mut Memory) -> f32 {
    mem.write(iptr, x.trunc());
    let fraction = if x.is_infinite() { 0.0 } else { x - x.trunc() };
    fraction.copysign(x)
}

#[track_caller]
pub fn sincosf(x: f32, sin: Ptr<f32>, cos: Ptr<f32>, mem: &mut Memory) {
    mem.write(sin, checked(x, x.sin()));
    mem.write(cos, x.cos());
}

#[inline]
pub fn ilogbf(x: f32) -> i32 {
    exact::checked_exponent(x.into())
}

#[inline]
pub fn lrintf(x: f32) -> i64 {
    exact::to_long(x.round_ties_even().into())
}

#[inline]
pub fn llrintf(x: f32) -> i64 {
    exact::to_long(x.round_ties_even().into())
}

#[inline]
pub fn lroundf(x: f32) -> i64 {
    exact::to_long(x.round().into())
}

#[inline]
pub fn llroundf(x: f32) -> i64 {
    exact::to_long(x.round().into())
}

#[track_caller]
pub fn nanf(tag: Ptr<u8>, mem: &Memory) -> f32 {
    crate::stdlib::nan_of_tag::<f32>(mem.c_str(tag)) as f32
}

#[inline]
pub fn finitef(x: f32) -> i32 {
    i32::from(x.is_finite())
}
