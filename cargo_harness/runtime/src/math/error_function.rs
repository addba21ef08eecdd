//! `erf` and `erfc`.

use super::wide::{Wide, PI};

/// Below this the power series is used, from here on the continued fraction.
const SERIES_LIMIT: f64 = 2.0;

pub(super) fn erf(x: f64) -> f64 {
    let a = x.abs();
    let value = if x.is_nan() {
        return x;
    } else if a < 1e-150 {
        // The next term is beyond a double's bits; scaled up to keep those of subnormal results.
        let (one, two54) = ((Wide::ONE / PI.sqrt()).parts().0, 18_014_398_509_481_984.0);
        2.0 * one * (a * two54) / two54
    } else if a < SERIES_LIMIT {
        series(a).rounded()
    } else if a < 6.5 {
        (Wide::ONE - tail(a)).rounded()
    } else {
        1.0
    };
    value.copysign(x)
}

pub(super) fn erfc(x: f64) -> f64 {
    if x.is_nan() {
        x
    } else if x < -6.5 {
        2.0
    } else if x < SERIES_LIMIT {
        match x {
            _ if x < -SERIES_LIMIT => (Wide::from(2.0) - tail(-x)).rounded(),
            _ if x.abs() < 1e-150 => 1.0,
            _ => (Wide::ONE - series(x)).rounded(),
        }
    } else if x < 30.0 {
        let (fraction, square) = fraction(x);
        (-square).exp_times(fraction)
    } else {
        0.0
    }
}

/// erf(x) = 2/√π · e^(-x²) · Σ 2ⁿ x^(2n+1) / (2n+1)!!, whose terms all have one sign.
fn series(x: f64) -> Wide {
    let x = Wide::from(x);
    let twice_square = x.square() + x.square();
    let (mut term, mut sum) = (x, x);
    let mut odd = 1.0;
    while term.rounded().abs() > sum.rounded().abs() * 1e-33 {
        odd += 2.0;
        term = term * twice_square / Wide::from(odd);
        sum = sum + term;
    }
    (sum + sum) * (-x.square()).exp() / PI.sqrt()
}

/// erfc(x), for x at which it is an ordinary number.
fn tail(x: f64) -> Wide {
    let (fraction, square) = fraction(x);
    fraction * (-square).exp()
}

/// erfc(x) · e^(x²), and x², for x ≥ 2: the continued fraction 1/√π / (x + (1/2)/(x + 1/(x + (3/2)/(x + …)))).
fn fraction(x: f64) -> (Wide, Wide) {
    let terms = (900.0 / (x * x)) as i32 + 20;
    let x = Wide::from(x);
    let mut value = x;
    for n in (1..=terms).rev() {
        value = x + Wide::from(f64::from(n) / 2.0) / value;
    }
    (Wide::ONE / (value * PI.sqrt()), x.square())
}
