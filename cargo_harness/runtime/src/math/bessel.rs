//! The Bessel functions of whole order.

use super::wide::{Wide, EULER, PI};

/// From here on Hankel's asymptotic series is exact enough for orders 0 and 1.
const ASYMPTOTIC_START: f64 = 36.0;

/// Jₙ(x).
pub(super) fn first_kind(n: i32, x: f64) -> f64 {
    if x.is_nan() {
        return x;
    }
    let odd = n % 2 != 0;
    let order = n.unsigned_abs();
    let sign = if odd && (n < 0) != x.is_sign_negative() { -1.0 } else { 1.0 };
    let a = x.abs();
    if a.is_infinite() || a == 0.0 && order > 0 {
        return 0.0 * sign;
    }
    let value = if a >= ASYMPTOTIC_START && f64::from(order) < a {
        upward(order, a, hankel(a).0)
    } else {
        power_series(order, a)
    };
    sign * value
}

/// Yₙ(x): NaN for negative x, minus infinity at 0.
pub(super) fn second_kind(n: i32, x: f64) -> f64 {
    if x.is_nan() {
        return x;
    }
    if x < 0.0 {
        return f64::NAN;
    }
    let order = n.unsigned_abs();
    let sign = if n < 0 && order % 2 == 1 { -1.0 } else { 1.0 };
    if x == 0.0 {
        return f64::NEG_INFINITY * sign;
    }
    if x.is_infinite() {
        return 0.0;
    }
    let starts = if x >= ASYMPTOTIC_START { hankel(x).1 } else { neumann(x) };
    sign * upward(order, x, starts)
}

/// The order-`n` function from those of order 0 and 1, by f(k+1) = 2k/x f(k) - f(k-1).
fn upward(n: u32, x: f64, (mut low, mut high): (Wide, Wide)) -> f64 {
    if n == 0 {
        return low.rounded();
    }
    let x = Wide::from(x);
    for k in 1..n {
        if high.rounded().is_infinite() {
            return high.rounded();
        }
        let next = Wide::from(2.0 * f64::from(k)) * high / x - low;
        (low, high) = (high, next);
        if high.rounded().is_nan() {
            return f64::NEG_INFINITY;
        }
    }
    high.rounded()
}

/// Σ (-1)ᵏ (x/2)^(2k+n) / (k! (k+n)!), whose terms cancel less than a [`Wide`] holds as long as x is small or below n.
fn power_series(n: u32, x: f64) -> f64 {
    let half = Wide::from(x / 2.0);
    let square = half.square();
    let mut term = Wide::ONE;
    for k in 1..=n {
        term = term * half / Wide::from(f64::from(k));
        if term.rounded() == 0.0 {
            return 0.0;
        }
    }
    let mut sum = term;
    let mut k = 0.0;
    while term.rounded().abs() > sum.rounded().abs() * 1e-34 || k < x / 2.0 {
        k += 1.0;
        term = -(term * square / Wide::from(k * (k + f64::from(n))));
        sum = sum + term;
        if term.rounded() == 0.0 {
            break;
        }
    }
    sum.rounded()
}

/// Y₀ and Y₁ by their power series with logarithms, for x below [`ASYMPTOTIC_START`].
fn neumann(x: f64) -> (Wide, Wide) {
    if x < 1e-200 {
        // The first terms; that of Y₁ may be infinite.
        let logarithm = (Wide::from(x).ln() - Wide::from(2.0).ln() + EULER) * Wide::from(2.0) / PI;
        return (logarithm, Wide::from(-std::f64::consts::FRAC_2_PI / x));
    }
    let half = Wide::from(x) / Wide::from(2.0);
    let square = half.square();
    let logarithm = half.ln() + EULER;
    // term = (-1)ᵏ (x/2)^(2k) / k!², harmonic = 1 + 1/2 + … + 1/k.
    let (mut term, mut harmonic) = (Wide::ONE, Wide::ZERO);
    let (mut j0, mut j1, mut y0, mut y1) = (Wide::ZERO, Wide::ZERO, Wide::ZERO, Wide::ZERO);
    let mut k = 0.0;
    loop {
        let next = Wide::from(k + 1.0);
        let term1 = term * half / next;
        j0 = j0 + term;
        j1 = j1 + term1;
        y0 = y0 - harmonic * term;
        y1 = y1 - (harmonic + harmonic + Wide::ONE / next) * term1;
        if k > x / 2.0 && term.rounded().abs() < 1e-36 {
            break;
        }
        k += 1.0;
        harmonic = harmonic + Wide::ONE / Wide::from(k);
        term = -(term * square / Wide::from(k * k));
    }
    let two = Wide::from(2.0);
    let zeroth = two / PI * (logarithm * j0 + y0);
    let first = (two * logarithm * j1 + y1 - Wide::ONE / half) / PI;
    (zeroth, first)
}

/// (J₀, J₁) and (Y₀, Y₁) for large x: √(2/πx) times the cosine and sine of x - (2n+1)π/4, with series in 1/x.
fn hankel(x: f64) -> ((Wide, Wide), (Wide, Wide)) {
    let scale = Wide::ONE / (PI.sqrt() * Wide::from(x).sqrt());
    let (p, q) = hankel_series(0.0, x);
    let (minus, plus) = sum_and_difference(x);
    let zeroth = (scale * (p * minus - q * plus), scale * (p * plus + q * minus));
    let (p, q) = hankel_series(1.0, x);
    let first = (scale * (p * plus + q * minus), scale * (q * plus - p * minus));
    ((zeroth.0, first.0), (zeroth.1, first.1))
}

/// cos x + sin x, and sin x - cos x.
fn sum_and_difference(x: f64) -> (Wide, Wide) {
    if x < 1e4 {
        let (sin, cos) = Wide::from(x).sin_cos();
        return (cos + sin, sin - cos);
    }
    // Only doubles here: the one in which the terms cancel follows from the product of both, -cos 2x.
    let (sin, cos) = (x.sin(), x.cos());
    let product = -(2.0 * x).cos();
    let (sum, difference) = if x > f64::MAX / 2.0 {
        (cos + sin, sin - cos)
    } else if sin * cos < 0.0 {
        (product / (sin - cos), sin - cos)
    } else {
        (cos + sin, product / (cos + sin))
    };
    (sum.into(), difference.into())
}

/// P and Q of order `n`: the even and odd terms of Π (4n² - (2k-1)²) / (k! (8x)ᵏ) with alternating signs.
fn hankel_series(n: f64, x: f64) -> (Wide, Wide) {
    if x > 1e34 {
        return (Wide::ONE, Wide::ZERO);
    }
    let (mut p, mut q) = (Wide::ZERO, Wide::ZERO);
    let mut term = Wide::ONE;
    for k in 0..80 {
        match k % 4 {
            0 => p = p + term,
            1 => q = q + term,
            2 => p = p - term,
            _ => q = q - term,
        }
        let odd = f64::from(2 * k + 1);
        let factor = Wide::from(4.0 * n * n - odd * odd) / (Wide::from(8.0 * f64::from(k + 1)) * Wide::from(x));
        if factor.rounded().abs() > 1.0 || term.rounded().abs() < 1e-33 {
            break;
        }
        term = term * factor;
    }
    (p, q)
}
