//! `asinh`, `acosh` and `atanh` by the formulas that glibc uses, in its order of operations, since std's differ from
//! them in the last bits. An invalid argument gives x86's NaN, whose sign bit is set.

use std::f32::consts::LN_2 as LN_2F;
use std::f64::consts::LN_2;

pub(super) fn asinh(x: f64) -> f64 {
    const TINY: f64 = 1.0 / (1u64 << 28) as f64;
    const LARGE: f64 = (1u64 << 28) as f64;
    let a = x.abs();
    if a < TINY || !x.is_finite() {
        return x;
    }
    let value = if a > LARGE {
        a.ln() + LN_2
    } else if a > 2.0 {
        (2.0 * a + 1.0 / ((a * a + 1.0).sqrt() + a)).ln()
    } else {
        let square = a * a;
        (a + square / (1.0 + (1.0 + square).sqrt())).ln_1p()
    };
    value.copysign(x)
}

pub(super) fn asinhf(x: f32) -> f32 {
    const TINY: f32 = 1.0 / (1u64 << 14) as f32;
    const LARGE: f32 = (1u64 << 14) as f32;
    let a = x.abs();
    if a < TINY || !x.is_finite() {
        return x;
    }
    let value = if a > LARGE {
        a.ln() + LN_2F
    } else if a > 2.0 {
        (2.0 * a + 1.0 / ((a * a + 1.0).sqrt() + a)).ln()
    } else {
        let square = a * a;
        (a + square / (1.0 + (1.0 + square).sqrt())).ln_1p()
    };
    value.copysign(x)
}

pub(super) fn acosh(x: f64) -> f64 {
    const LARGE: f64 = (1u64 << 28) as f64;
    if x.is_nan() {
        x
    } else if x < 1.0 {
        -f64::NAN
    } else if x >= LARGE {
        if x.is_infinite() {
            x
        } else {
            x.ln() + LN_2
        }
    } else if x > 2.0 {
        (2.0 * x - 1.0 / (x + (x * x - 1.0).sqrt())).ln()
    } else {
        let above = x - 1.0;
        (above + (2.0 * above + above * above).sqrt()).ln_1p()
    }
}

pub(super) fn acoshf(x: f32) -> f32 {
    const LARGE: f32 = (1u64 << 28) as f32;
    if x.is_nan() {
        x
    } else if x < 1.0 {
        -f32::NAN
    } else if x >= LARGE {
        if x.is_infinite() {
            x
        } else {
            x.ln() + LN_2F
        }
    } else if x > 2.0 {
        (2.0 * x - 1.0 / (x + (x * x - 1.0).sqrt())).ln()
    } else {
        let above = x - 1.0;
        (above + (2.0 * above + above * above).sqrt()).ln_1p()
    }
}

pub(super) fn atanh(x: f64) -> f64 {
    const TINY: f64 = 1.0 / (1u64 << 28) as f64;
    let a = x.abs();
    let value = if a < 0.5 {
        if a < TINY {
            return x;
        }
        let twice = a + a;
        0.5 * (twice + twice * a / (1.0 - a)).ln_1p()
    } else if a < 1.0 {
        0.5 * ((a + a) / (1.0 - a)).ln_1p()
    } else if a > 1.0 {
        return -f64::NAN;
    } else {
        x / (1.0 - a).abs()
    };
    value.copysign(x)
}

pub(super) fn atanhf(x: f32) -> f32 {
    const TINY: f32 = 1.0 / (1u64 << 28) as f32;
    let a = x.abs();
    let value = if a < 0.5 {
        if a < TINY {
            return x;
        }
        let twice = a + a;
        0.5 * (twice + twice * a / (1.0 - a)).ln_1p()
    } else if a < 1.0 {
        0.5 * ((a + a) / (1.0 - a)).ln_1p()
    } else if a > 1.0 {
        return -f32::NAN;
    } else {
        x / (1.0 - a).abs()
    };
    value.copysign(x)
}
