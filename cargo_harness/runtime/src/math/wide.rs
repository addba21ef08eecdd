//! Numbers of about 106 bits, each the sum of two doubles, for functions that are rounded once at the end.

use std::ops::{Add, Div, Mul, Neg, Sub};

use super::exact::{power_of_two, scale};

/// `high` + `low`, where `low` is at most half a unit in the last place of `high`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wide {
    high: f64,
    low: f64,
}

pub(super) const PI: Wide = Wide { high: std::f64::consts::PI, low: 1.2246467991473532e-16 };
const LN_2: Wide = Wide { high: std::f64::consts::LN_2, low: 2.3190468138462996e-17 };
/// Euler's constant γ.
pub(super) const EULER: Wide = Wide { high: 0.577_215_664_901_532_9, low: -4.942_915_152_430_645e-18 };

impl From<f64> for Wide {
    fn from(high: f64) -> Self {
        Wide { high, low: 0.0 }
    }
}

/// The sum of two doubles, exactly (Knuth).
fn exact_sum(a: f64, b: f64) -> Wide {
    let high = a + b;
    let from_b = high - a;
    Wide { high, low: (a - (high - from_b)) + (b - from_b) }
}

/// The product of two doubles, exactly.
fn exact_product(a: f64, b: f64) -> Wide {
    let high = a * b;
    Wide { high, low: a.mul_add(b, -high) }
}

impl Add for Wide {
    type Output = Wide;

    fn add(self, other: Wide) -> Wide {
        let high = exact_sum(self.high, other.high);
        let low = exact_sum(self.low, other.low);
        let sum = exact_sum(high.high, high.low + low.high);
        exact_sum(sum.high, sum.low + low.low)
    }
}

impl Neg for Wide {
    type Output = Wide;

    fn neg(self) -> Wide {
        Wide { high: -self.high, low: -self.low }
    }
}

impl Sub for Wide {
    type Output = Wide;

    fn sub(self, other: Wide) -> Wide {
        self + -other
    }
}

impl Mul for Wide {
    type Output = Wide;

    fn mul(self, other: Wide) -> Wide {
        let product = exact_product(self.high, other.high);
        exact_sum(product.high, product.low + (self.high * other.low + self.low * other.high))
    }
}

impl Div for Wide {
    type Output = Wide;

    fn div(self, other: Wide) -> Wide {
        let first = self.high / other.high;
        let rest = self - other * Wide::from(first);
        let second = rest.high / other.high;
        let rest = rest - other * Wide::from(second);
        exact_sum(first, second) + Wide::from(rest.high / other.high)
    }
}

impl Wide {
    pub(super) const ONE: Wide = Wide { high: 1.0, low: 0.0 };
    pub(super) const ZERO: Wide = Wide { high: 0.0, low: 0.0 };

    /// The nearest double.
    pub(super) fn rounded(self) -> f64 {
        self.high + self.low
    }

    /// The value as the sum of two doubles.
    pub(super) fn parts(self) -> (f64, f64) {
        (self.high, self.low)
    }

    pub(super) fn square(self) -> Wide {
        self * self
    }

    /// Both parts times 2^`exponent`, of which neither result is subnormal.
    fn scaled(self, exponent: i32) -> Wide {
        let factor = power_of_two(exponent);
        Wide { high: self.high * factor, low: self.low * factor }
    }

    /// e^`self` = mantissa · 2^exponent.
    pub(super) fn exp_parts(self) -> (Wide, i32) {
        /// The argument of the series is divided by 2^6, and its sum squared six times.
        const SQUARINGS: i32 = 6;
        const TERMS: i32 = 14;
        let exponent = (self.high / std::f64::consts::LN_2).round_ties_even();
        let reduced = (self - LN_2 * Wide::from(exponent)).scaled(-SQUARINGS);
        let mut sum = Wide::ONE;
        for n in (1..=TERMS).rev() {
            sum = Wide::ONE + sum * reduced / Wide::from(f64::from(n));
        }
        for _ in 0..SQUARINGS {
            sum = sum.square();
        }
        (sum, exponent as i32)
    }

    /// e^`self` · `factor`, which may be beyond the doubles.
    pub(super) fn exp_times(self, factor: Wide) -> f64 {
        let (mantissa, exponent) = self.exp_parts();
        scale((mantissa * factor).rounded(), exponent)
    }

    /// e^`self`, where that is an ordinary number.
    pub(super) fn exp(self) -> Wide {
        let (mantissa, exponent) = self.exp_parts();
        mantissa.scaled(exponent.clamp(-1000, 1000))
    }

    /// The natural logarithm: one step of Newton's from the double's.
    pub(super) fn ln(self) -> Wide {
        /// The exponential of the double's logarithm is an ordinary number down to here, and up to its inverse.
        const TINY: f64 = 1e-200;
        const SHIFT: i32 = 600;
        if self.high < TINY {
            return self.scaled(SHIFT).ln() - LN_2 * Wide::from(f64::from(SHIFT));
        }
        if self.high > 1.0 / TINY {
            return self.scaled(-SHIFT).ln() + LN_2 * Wide::from(f64::from(SHIFT));
        }
        let near = Wide::from(self.high.ln());
        near + self * (-near).exp() - Wide::ONE
    }

    pub(super) fn sqrt(self) -> Wide {
        let near = Wide::from(self.high.sqrt());
        near + (self - near.square()) / (near + near)
    }

    /// Sine and cosine of an angle of at most a few thousand.
    pub(super) fn sin_cos(self) -> (Wide, Wide) {
        let half_pi = PI.scaled(-1);
        let turns = (self.high / half_pi.high).round_ties_even();
        let angle = self - half_pi * Wide::from(turns);
        let square = angle.square();
        let (mut sin, mut cos) = (Wide::ONE, Wide::ONE);
        for n in (1..=14).rev() {
            let n = f64::from(n);
            sin = Wide::ONE - sin * square / Wide::from(2.0 * n * (2.0 * n + 1.0));
            cos = Wide::ONE - cos * square / Wide::from(2.0 * n * (2.0 * n - 1.0));
        }
        sin = sin * angle;
        match (turns as i64).rem_euclid(4) {
            0 => (sin, cos),
            1 => (cos, -sin),
            2 => (-sin, -cos),
            _ => (-cos, sin),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_logarithm_undoes_the_exponential() {
        for x in [0.1, 1.0, 3.7, 42.0, -5.5] {
            let (high, low) = (Wide::from(x).exp().ln() - Wide::from(x)).parts();
            assert!((high + low).abs() < 1e-29, "{x}: {high:e}");
        }
    }

    #[test]
    fn sine_and_cosine_are_on_the_circle() {
        for x in [0.1, 1.0, 3.7, 42.0, -5.5, 1234.5] {
            let (sin, cos) = Wide::from(x).sin_cos();
            assert_eq!(sin.rounded(), f64::sin(x));
            assert!((sin.square() + cos.square() - Wide::ONE).rounded().abs() < 1e-29);
        }
    }
}
