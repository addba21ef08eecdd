//! The functions of `long double`, which is `f64`.

use super::{double, exact};
use crate::{LongDouble, Memory, Ptr};

#[inline]
pub fn acosl(x: f64) -> f64 {
    double::acos(x)
}

#[inline]
pub fn asinl(x: f64) -> f64 {
    double::asin(x)
}

#[inline]
pub fn atanl(x: f64) -> f64 {
    double::atan(x)
}

#[inline]
pub fn cosl(x: f64) -> f64 {
    double::cos(x)
}

#[inline]
pub fn sinl(x: f64) -> f64 {
    double::sin(x)
}

#[inline]
pub fn tanl(x: f64) -> f64 {
    double::tan(x)
}

#[inline]
pub fn coshl(x: f64) -> f64 {
    double::cosh(x)
}

#[inline]
pub fn sinhl(x: f64) -> f64 {
    double::sinh(x)
}

#[inline]
pub fn tanhl(x: f64) -> f64 {
    double::tanh(x)
}

#[inline]
pub fn expl(x: f64) -> f64 {
    double::exp(x)
}

#[inline]
pub fn exp2l(x: f64) -> f64 {
    double::exp2(x)
}

#[inline]
pub fn expm1l(x: f64) -> f64 {
    double::expm1(x)
}

#[inline]
pub fn logl(x: f64) -> f64 {
    double::log(x)
}

#[inline]
pub fn log2l(x: f64) -> f64 {
    double::log2(x)
}

#[inline]
pub fn log10l(x: f64) -> f64 {
    double::log10(x)
}

#[inline]
pub fn log1pl(x: f64) -> f64 {
    double::log1p(x)
}

#[inline]
pub fn sqrtl(x: f64) -> f64 {
    double::sqrt(x)
}

#[inline]
pub fn cbrtl(x: f64) -> f64 {
    double::cbrt(x)
}

#[inline]
pub fn fabsl(x: f64) -> f64 {
    double::fabs(x)
}

#[inline]
pub fn ceill(x: f64) -> f64 {
    double::ceil(x)
}

#[inline]
pub fn floorl(x: f64) -> f64 {
    double::floor(x)
}

#[inline]
pub fn truncl(x: f64) -> f64 {
    double::trunc(x)
}

#[inline]
pub fn roundl(x: f64) -> f64 {
    double::round(x)
}

#[inline]
pub fn rintl(x: f64) -> f64 {
    double::rint(x)
}

#[inline]
pub fn nearbyintl(x: f64) -> f64 {
    double::nearbyint(x)
}

#[inline]
pub fn roundevenl(x: f64) -> f64 {
    double::roundeven(x)
}

#[inline]
pub fn acoshl(x: f64) -> f64 {
    double::acosh(x)
}

#[inline]
pub fn asinhl(x: f64) -> f64 {
    double::asinh(x)
}

#[inline]
pub fn atanhl(x: f64) -> f64 {
    double::atanh(x)
}

#[inline]
pub fn exp10l(x: f64) -> f64 {
    double::exp10(x)
}

#[inline]
pub fn logbl(x: f64) -> f64 {
    double::logb(x)
}

/// Unlike its kin, it sets no error.
#[inline]
pub fn significandl(x: f64) -> f64 {
    exact::plain_significand(x)
}

#[inline]
pub fn erfl(x: f64) -> f64 {
    double::erf(x)
}

#[inline]
pub fn erfcl(x: f64) -> f64 {
    double::erfc(x)
}

#[inline]
pub fn tgammal(x: f64) -> f64 {
    double::tgamma(x)
}

#[inline]
pub fn lgammal(x: f64) -> f64 {
    double::lgamma(x)
}

#[inline]
pub fn gammal(x: f64) -> f64 {
    double::gamma(x)
}

#[track_caller]
pub fn lgammal_r(x: f64, signp: Ptr<i32>, mem: &mut Memory) -> f64 {
    double::lgamma_r(x, signp, mem)
}

#[inline]
pub fn j0l(x: f64) -> f64 {
    double::j0(x)
}

#[inline]
pub fn j1l(x: f64) -> f64 {
    double::j1(x)
}

#[inline]
pub fn jnl(n: i32, x: f64) -> f64 {
    double::jn(n, x)
}

#[inline]
pub fn y0l(x: f64) -> f64 {
    double::y0(x)
}

#[inline]
pub fn y1l(x: f64) -> f64 {
    double::y1(x)
}

#[inline]
pub fn ynl(n: i32, x: f64) -> f64 {
    double::yn(n, x)
}

#[inline]
pub fn atan2l(y: f64, x: f64) -> f64 {
    double::atan2(y, x)
}

#[inline]
pub fn hypotl(x: f64, y: f64) -> f64 {
    double::hypot(x, y)
}

#[inline]
pub fn powl(x: f64, y: f64) -> f64 {
    double::pow(x, y)
}

#[inline]
pub fn fmodl(x: f64, y: f64) -> f64 {
    double::fmod(x, y)
}

#[inline]
pub fn remainderl(x: f64, y: f64) -> f64 {
    double::remainder(x, y)
}

#[inline]
pub fn dreml(x: f64, y: f64) -> f64 {
    double::drem(x, y)
}

#[track_caller]
pub fn remquol(x: f64, y: f64, quo: Ptr<i32>, mem: &mut Memory) -> f64 {
    double::remquo(x, y, quo, mem)
}

#[inline]
pub fn fdiml(x: f64, y: f64) -> f64 {
    double::fdim(x, y)
}

#[inline]
pub fn fmaxl(x: f64, y: f64) -> f64 {
    double::fmax(x, y)
}

#[inline]
pub fn fminl(x: f64, y: f64) -> f64 {
    double::fmin(x, y)
}

#[inline]
pub fn fmal(x: f64, y: f64, z: f64) -> f64 {
    double::fma(x, y, z)
}

#[inline]
pub fn copysignl(x: f64, y: f64) -> f64 {
    double::copysign(x, y)
}

#[inline]
pub fn nextafterl(x: f64, y: f64) -> f64 {
    double::nextafter(x, y)
}

#[inline]
pub fn nexttowardl(x: f64, y: f64) -> f64 {
    double::nexttoward(x, y)
}

#[inline]
pub fn nextupl(x: f64) -> f64 {
    double::nextup(x)
}

#[inline]
pub fn nextdownl(x: f64) -> f64 {
    double::nextdown(x)
}

#[inline]
pub fn scalblnl(x: f64, n: i64) -> f64 {
    double::scalbln(x, n)
}

#[inline]
pub fn scalbnl(x: f64, n: i32) -> f64 {
    double::scalbn(x, n)
}

#[inline]
pub fn ldexpl(x: f64, exp: i32) -> f64 {
    double::ldexp(x, exp)
}

#[track_caller]
pub fn frexpl(x: f64, exp: Ptr<i32>, mem: &mut Memory) -> f64 {
    double::frexp(x, exp, mem)
}

#[inline]
pub fn ilogbl(x: f64) -> i32 {
    double::ilogb(x)
}

#[inline]
pub fn lrintl(x: f64) -> i64 {
    double::lrint(x)
}

#[inline]
pub fn llrintl(x: f64) -> i64 {
    double::llrint(x)
}

#[inline]
pub fn lroundl(x: f64) -> i64 {
    double::lround(x)
}

#[inline]
pub fn llroundl(x: f64) -> i64 {
    double::llround(x)
}

#[track_caller]
pub fn nanl(tag: Ptr<u8>, mem: &Memory) -> f64 {
    double::nan(tag, mem)
}

#[inline]
pub fn finitel(x: f64) -> i32 {
    double::finite(x)
}

#[track_caller]
pub fn modfl(x: f64, iptr: Ptr<LongDouble>, mem: &mut Memory) -> f64 {
    mem.write(iptr, LongDouble(x.trunc()));
    let fraction = if x.is_infinite() { 0.0 } else { x - x.trunc() };
    fraction.copysign(x)
}

#[track_caller]
pub fn sincosl(x: f64, sin: Ptr<LongDouble>, cos: Ptr<LongDouble>, mem: &mut Memory) {
    mem.write(sin, LongDouble(double::sin(x)));
    mem.write(cos, LongDouble(double::cos(x)));
}
