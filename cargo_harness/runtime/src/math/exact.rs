//! Functions whose results are exact by definition: exponents, scaling, remainders, neighbours.

use super::errors::Real;
use crate::errno;

const MANTISSA_BITS: u32 = 52;
const BIAS: i32 = 1023;

/// 2^`exponent`, a normal number.
pub(super) fn power_of_two(exponent: i32) -> f64 {
    f64::from_bits(((exponent + BIAS) as u64) << MANTISSA_BITS)
}

/// `x` = fraction · 2^exponent with the fraction in [1/2, 1); zeros, infinities and NaNs stay, with exponent 0.
pub(super) fn split(x: f64) -> (f64, i32) {
    if x == 0.0 || !x.is_finite() {
        return (x, 0);
    }
    let (normal, shift) = if x.is_normal() { (x, 0) } else { (x * power_of_two(54), 54) };
    let bits = normal.to_bits();
    let exponent = (bits >> MANTISSA_BITS & 0x7ff) as i32 - BIAS + 1;
    (f64::from_bits(bits & !(0x7ff << MANTISSA_BITS) | ((BIAS - 1) as u64) << MANTISSA_BITS), exponent - shift)
}

/// `x` · 2^`n`, rounded once.
pub(super) fn scale(x: f64, n: i32) -> f64 {
    const UP: i32 = 1023;
    /// So far that a number which becomes subnormal is not rounded before the last step.
    const DOWN: i32 = -1022 + 53;
    let (mut x, mut n) = (x, n.clamp(-4000, 4000));
    while n > UP {
        x *= power_of_two(UP);
        n -= UP;
    }
    while n < -1022 {
        x *= power_of_two(DOWN);
        n -= DOWN;
    }
    x * power_of_two(n)
}

/// Sets `errno` where scaling `x` gave an infinity or a zero that `x` was not.
pub(super) fn checked_scaled<T: Real>(x: T, scaled: T) -> T {
    let (from, to): (f64, f64) = (x.into(), scaled.into());
    if from.is_finite() && from != 0.0 && (to.is_infinite() || to == 0.0) {
        errno::set(errno::ERANGE);
    }
    scaled
}

/// The exponent of `x` in base 2, as a number.
pub(super) fn binary_exponent(x: f64) -> f64 {
    if x == 0.0 {
        f64::NEG_INFINITY
    } else if x.is_finite() {
        f64::from(split(x).1 - 1)
    } else {
        x * x
    }
}

/// `ilogb`, with its special values, which are errors.
pub(super) fn checked_exponent(x: f64) -> i32 {
    if x != 0.0 && x.is_finite() {
        return split(x).1 - 1;
    }
    errno::set(errno::EDOM);
    if x.is_infinite() {
        i32::MAX
    } else {
        i32::MIN
    }
}

/// `x` scaled into [1, 2), with the errors of [`checked_exponent`].
pub(super) fn significand(x: f64) -> f64 {
    checked_exponent(x);
    plain_significand(x)
}

/// `x` scaled into [1, 2); zeros, infinities and NaN as they are.
pub(super) fn plain_significand(x: f64) -> f64 {
    if x == 0.0 || !x.is_finite() {
        return x;
    }
    scale(x, -checked_exponent(x))
}

/// The IEEE remainder, and the low three bits of the quotient with its sign; rounding up
/// may make them 8.
pub(super) fn remainder(x: f64, y: f64) -> (f64, i32) {
    if x.is_nan() || y.is_nan() {
        return (x + y, 0);
    }
    if y == 0.0 || x.is_infinite() {
        return (-f64::NAN, 0);
    }
    if y.is_infinite() {
        return (x, 0);
    }
    let (mut rest, divisor) = (x.abs(), y.abs());
    if divisor <= f64::MAX / 8.0 {
        rest %= 8.0 * divisor;
    }
    let mut quotient = 0;
    for bit in [4, 2] {
        let step = f64::from(bit) * divisor;
        if rest >= step {
            rest -= step;
            quotient += bit;
        }
    }
    // Rounding to nearest, ties to even: `rest` is compared with half the divisor without halving a tiny one.
    let above_half = |rest: f64, odd: bool| rest > divisor - rest || odd && rest == divisor - rest;
    if rest >= divisor {
        rest -= divisor;
        quotient += 1;
    }
    if above_half(rest, quotient % 2 == 1) {
        rest -= divisor;
        quotient += 1;
    }
    let signed_rest = if rest == 0.0 { 0.0f64.copysign(x) } else { rest * 1.0f64.copysign(x) };
    (signed_rest, if x.is_sign_negative() == y.is_sign_negative() { quotient } else { -quotient })
}

/// A type whose numbers have neighbours.
pub(super) trait Neighbours: Real {
    fn from_double(x: f64) -> Self;
    fn up(self) -> Self;
    fn down(self) -> Self;
    fn is_subnormal(self) -> bool;
}

macro_rules! neighbours {
    ($($float:ty)*) => {$(
        impl Neighbours for $float {
            fn from_double(x: f64) -> Self {
                x as $float
            }

            fn up(self) -> Self {
                self.next_up()
            }

            fn down(self) -> Self {
                self.next_down()
            }

            fn is_subnormal(self) -> bool {
                self.abs() < <$float>::MIN_POSITIVE
            }
        }
    )*};
}
neighbours!(f64 f32);

/// The neighbour of `x` on the way to `y`.
pub(super) fn next_toward_quietly<T: Neighbours>(x: T, y: f64) -> T {
    let from: f64 = x.into();
    if from.is_nan() || y.is_nan() {
        T::from_double(from + y)
    } else if from == y {
        T::from_double(y)
    } else if y > from {
        x.up()
    } else {
        x.down()
    }
}

/// As [`next_toward_quietly`]; an infinite or subnormal result sets `errno`, but for the neighbours of 0.
pub(super) fn next_toward<T: Neighbours>(x: T, y: f64) -> T {
    let next = next_toward_quietly(x, y);
    let (from, to): (f64, f64) = (x.into(), next.into());
    if from != y && from != 0.0 && from.is_finite() && (to.is_infinite() || next.is_subnormal()) {
        errno::set(errno::ERANGE);
    }
    next
}

/// A whole number as a `long`; out of range, the smallest one, as x86's conversion gives.
pub(super) fn to_long(x: f64) -> i64 {
    const LIMIT: f64 = (1u64 << 63) as f64;
    if (-LIMIT..LIMIT).contains(&x) {
        x as i64
    } else {
        i64::MIN
    }
}

/// 10^`x` as glibc computes it: `x` in two parts, so that the product with ln 10 keeps more bits than a double has.
pub(super) fn power_of_ten(x: f64) -> f64 {
    const LN_10_HIGH: f64 = 2.3025850653648376;
    const LN_10_LOW: f64 = 2.7629208037533617e-08;
    if !x.is_finite() {
        return x.exp();
    }
    if x < -332.0 {
        return 0.0;
    }
    if x > 309.0 {
        return f64::INFINITY;
    }
    if x.abs() < power_of_two(-56) {
        return 1.0;
    }
    let high = f64::from_bits(x.to_bits() & !0x07ff_ffff);
    let low = x - high;
    (high * LN_10_HIGH).exp() * (high * LN_10_LOW + low * std::f64::consts::LN_10).exp()
}
