//! The gamma function and its logarithm.

use std::cell::Cell;

use super::errors::{checked, Real};
use super::wide::{Wide, EULER, PI};
use crate::errno;

thread_local! {
    static SIGNGAM: Cell<i32> = const { Cell::new(0) };
}

/// The sign of the gamma function in the last `lgamma`.
pub fn signgam() -> i32 {
    SIGNGAM.get()
}

pub fn set_signgam(value: i32) {
    SIGNGAM.set(value);
}

/// From here on Stirling's series is exact enough; smaller arguments are moved up by Γ(x + 1) = x Γ(x).
const STIRLING_START: f64 = 36.0;

/// B₂ₖ / (2k (2k - 1)), the coefficients of Stirling's series in 1/x^(2k-1), each as a fraction.
const STIRLING: [(f64, f64); 15] = [
    (1.0, 12.0),
    (-1.0, 360.0),
    (1.0, 1260.0),
    (-1.0, 1680.0),
    (1.0, 1188.0),
    (-691.0, 360_360.0),
    (1.0, 156.0),
    (-3617.0, 122_400.0),
    (43_867.0, 244_188.0),
    (-174_611.0, 125_400.0),
    (77_683.0, 5796.0),
    (-236_364_091.0, 1_506_960.0),
    (657_931.0, 300.0),
    (-3_392_780_147.0, 93_960.0),
    (1_723_168_255_201.0, 2_492_028.0),
];

/// ln Γ(x) for x ≥ [`STIRLING_START`].
fn stirling(x: Wide) -> Wide {
    let inverse_square = Wide::ONE / x.square();
    let mut sum = Wide::ZERO;
    for &(numerator, denominator) in STIRLING.iter().rev() {
        sum = sum * inverse_square + Wide::from(numerator) / Wide::from(denominator);
    }
    let half = Wide::from(0.5);
    (x - half) * x.ln() - x + half * (PI + PI).ln() + sum / x
}

/// x moved up to where Stirling's series starts, and the product of the numbers that it passed.
fn move_up(x: f64) -> (Wide, Wide) {
    let (mut at, mut product) = (Wide::from(x), Wide::ONE);
    while at.rounded() < STIRLING_START {
        product = product * at;
        at = at + Wide::ONE;
    }
    (at, product)
}

/// sin(π x), from the exact distance to the nearest whole number.
fn sin_pi(x: f64) -> Wide {
    let nearest = x.round_ties_even();
    let (sin, _) = (PI * Wide::from(x - nearest)).sin_cos();
    if nearest % 2.0 == 0.0 {
        sin
    } else {
        -sin
    }
}

/// Γ(x); the poles give an infinity at 0 and NaN elsewhere.
pub(super) fn gamma(x: f64) -> f64 {
    if x.is_nan() || x == f64::INFINITY {
        return x;
    }
    if x == 0.0 {
        return 1.0 / x;
    }
    if x < 0.0 && x.fract() == 0.0 || x.is_infinite() {
        return f64::NAN;
    }
    if x > 172.0 {
        return f64::INFINITY;
    }
    if x.abs() < 1e-17 {
        return 1.0 / x;
    }
    if x < -184.0 {
        return 0.0f64.copysign(sin_pi(x).rounded());
    }
    if x >= 0.5 {
        let (at, product) = move_up(x);
        return stirling(at).exp_times(Wide::ONE / product);
    }
    // Γ(x) = π / (sin(πx) Γ(1 - x)), of which 1 - x may need more bits than a double has.
    let (mut at, mut product) = (Wide::ONE - Wide::from(x), Wide::ONE);
    while at.rounded() < STIRLING_START {
        product = product * at;
        at = at + Wide::ONE;
    }
    (-stirling(at)).exp_times(PI * product / sin_pi(x))
}

/// Sets `errno` as `tgamma` does.
pub(super) fn checked_gamma<T: Real>(x: T, result: T) -> T {
    let (from, to): (f64, f64) = (x.into(), result.into());
    if to == 0.0 && from.is_finite() {
        errno::set(errno::ERANGE);
    }
    checked(x, result)
}

/// ln |Γ(x)| and the sign of Γ(x).
pub(super) fn log_gamma(x: f64) -> (f64, i32) {
    if x.is_nan() {
        return (x, 1);
    }
    if x.is_infinite() {
        return (f64::INFINITY, 1);
    }
    if x == 0.0 {
        return (f64::INFINITY, if x.is_sign_negative() { -1 } else { 1 });
    }
    if x > 0.0 {
        return (log_gamma_above(x), 1);
    }
    let sin = sin_pi(x);
    if sin.rounded() == 0.0 {
        return (f64::INFINITY, 1);
    }
    let sign = if sin.rounded() < 0.0 { -1 } else { 1 };
    if x > -1e-17 {
        return (-(-x).ln(), sign);
    }
    // ln |Γ(x)| = ln(π / |x sin(πx)|) - ln Γ(-x).
    let magnitude = Wide::from(-x) * if sign < 0 { -sin } else { sin };
    let (at, product) = move_up(-x);
    let reflected = (PI * product / magnitude).ln() - stirling(at);
    (reflected.rounded(), sign)
}

/// ln Γ(x) for x > 0. Near its zeros at 1 and 2 the series there keeps the relative precision.
fn log_gamma_above(x: f64) -> f64 {
    /// ln Γ of greater numbers is beyond the doubles.
    const LARGEST: f64 = 2.556_348e305;
    const NEAR: f64 = 1.0 / (1u64 << 20) as f64;
    const HALF_ZETA_2: f64 = 0.822_467_033_424_113_2;
    const THIRD_ZETA_3: f64 = 0.400_685_634_386_531_4;
    let (from_1, from_2) = (x - 1.0, x - 2.0);
    let near_1 = |e: f64| Wide::from(e) * (Wide::from(e * (HALF_ZETA_2 - e * THIRD_ZETA_3)) - EULER);
    if from_1.abs() < NEAR {
        return near_1(from_1).rounded();
    }
    if from_2.abs() < NEAR {
        // ln Γ(2 + e) = ln Γ(1 + e) + ln(1 + e).
        let logarithm = Wide::from(from_2) * (Wide::ONE - Wide::from(from_2 * (0.5 - from_2 / 3.0)));
        return (near_1(from_2) + logarithm).rounded();
    }
    if x < 1e-17 {
        return -x.ln();
    }
    if x > 1e17 {
        if x > LARGEST {
            return f64::INFINITY;
        }
        let logarithm = Wide::from(x).ln();
        return (Wide::from(x) * (logarithm - Wide::ONE)).rounded();
    }
    let (at, product) = move_up(x);
    (stirling(at) - product.ln()).rounded()
}

pub(super) fn signed_log_gamma(x: f64) -> f64 {
    let (value, sign) = log_gamma(x);
    set_signgam(sign);
    checked(x, value)
}
