//! `complex.h`. The `float` functions are the `double` ones, rounded; so far as glibc's are correctly rounded, these differ
//! by at most an ulp. `long double` is `f64`.

use crate::Complex;

/// i times z.
fn turned(z: Complex<f64>) -> Complex<f64> {
    Complex::new(-z.im, z.re)
}

/// z divided by i.
fn turned_back(z: Complex<f64>) -> Complex<f64> {
    Complex::new(z.im, -z.re)
}

pub fn creal(z: Complex<f64>) -> f64 {
    z.re
}

pub fn cimag(z: Complex<f64>) -> f64 {
    z.im
}

pub fn cabs(z: Complex<f64>) -> f64 {
    z.re.hypot(z.im)
}

pub fn carg(z: Complex<f64>) -> f64 {
    z.im.atan2(z.re)
}

pub fn conj(z: Complex<f64>) -> Complex<f64> {
    z.conj()
}

/// The projection to the Riemann sphere: all infinities are one.
pub fn cproj(z: Complex<f64>) -> Complex<f64> {
    if z.re.is_infinite() || z.im.is_infinite() {
        return Complex::new(f64::INFINITY, 0f64.copysign(z.im));
    }
    z
}

pub fn cexp(z: Complex<f64>) -> Complex<f64> {
    if z.im == 0.0 {
        return Complex::new(z.re.exp(), z.im);
    }
    if z.re.is_infinite() && !z.im.is_finite() {
        let zero = z.re < 0.0;
        let re = if zero { 0.0 } else { f64::INFINITY };
        return Complex::new(re, if zero { 0f64.copysign(z.im) } else { f64::NAN });
    }
    let (sin, cos) = z.im.sin_cos();
    // e^x overflows before its products with sine and cosine do.
    if z.re.is_finite() && z.re > 709.0 {
        let (half, rest) = (z.re / 2.0, (z.re - z.re / 2.0).exp());
        return Complex::new(half.exp() * cos * rest, half.exp() * sin * rest);
    }
    let size = z.re.exp();
    Complex::new(size * cos, size * sin)
}

pub fn clog(z: Complex<f64>) -> Complex<f64> {
    let (large, small) = if z.re.abs() < z.im.abs() { (z.im.abs(), z.re.abs()) } else { (z.re.abs(), z.im.abs()) };
    // Near 1 the logarithm of the rounded modulus would lose its digits.
    let near_one = (0.5..=2.0).contains(&large) && small <= 1.0;
    let re = if near_one { ((large - 1.0) * (large + 1.0) + small * small).ln_1p() / 2.0 } else { cabs(z).ln() };
    Complex::new(re, carg(z))
}

pub fn csqrt(z: Complex<f64>) -> Complex<f64> {
    if z.re == 0.0 && z.im == 0.0 {
        return Complex::new(0.0, z.im);
    }
    if z.im.is_infinite() {
        return Complex::new(f64::INFINITY, z.im);
    }
    if z.re.is_infinite() {
        let other = if z.im.is_nan() { f64::NAN } else { 0.0 };
        return if z.re > 0.0 {
            Complex::new(z.re, other.copysign(z.im))
        } else {
            let im = if z.im.is_nan() { f64::INFINITY } else { f64::INFINITY.copysign(z.im) };
            Complex::new(other, im)
        };
    }
    if z.im == 0.0 {
        let root = z.re.abs().sqrt();
        return if z.re < 0.0 { Complex::new(0.0, root.copysign(z.im)) } else { Complex::new(root, z.im) };
    }
    // The sum under the root must not overflow, nor lose its digits.
    let scale = if z.re.abs().max(z.im.abs()) > f64::MAX / 4.0 { 0.25 } else { 1.0 };
    let (re, im) = (z.re * scale, z.im * scale);
    let root = ((re.abs() + re.hypot(im)) / 2.0).sqrt();
    let other = im.abs() / (2.0 * root);
    let (root, other) = (root / f64::sqrt(scale), other / f64::sqrt(scale));
    if z.re >= 0.0 {
        Complex::new(root, other.copysign(z.im))
    } else {
        Complex::new(other, root.copysign(z.im))
    }
}

pub fn cpow(base: Complex<f64>, exponent: Complex<f64>) -> Complex<f64> {
    cexp(exponent * clog(base))
}

pub fn csinh(z: Complex<f64>) -> Complex<f64> {
    let (sin, cos) = z.im.sin_cos();
    if z.im == 0.0 {
        return Complex::new(z.re.sinh(), z.im);
    }
    Complex::new(z.re.sinh() * cos, z.re.cosh() * sin)
}

pub fn ccosh(z: Complex<f64>) -> Complex<f64> {
    let (sin, cos) = z.im.sin_cos();
    if z.im == 0.0 {
        return Complex::new(z.re.cosh(), z.im * 1f64.copysign(z.re));
    }
    Complex::new(z.re.cosh() * cos, z.re.sinh() * sin)
}

pub fn ctanh(z: Complex<f64>) -> Complex<f64> {
    if z.re.abs() > 22.0 && z.im.is_finite() {
        let (sin, cos) = z.im.sin_cos();
        return Complex::new(1f64.copysign(z.re), 4.0 * sin * cos * (-2.0 * z.re.abs()).exp());
    }
    let (sin, cos) = z.im.sin_cos();
    let (sinh, cosh) = (z.re.sinh(), z.re.cosh());
    let denominator = sinh * sinh + cos * cos;
    Complex::new(sinh * cosh / denominator, sin * cos / denominator)
}

pub fn csin(z: Complex<f64>) -> Complex<f64> {
    turned_back(csinh(turned(z)))
}

pub fn ccos(z: Complex<f64>) -> Complex<f64> {
    ccosh(turned(z))
}

pub fn ctan(z: Complex<f64>) -> Complex<f64> {
    turned_back(ctanh(turned(z)))
}

/// By W. Kahan's formulas ("Branch cuts for complex elementary functions", 1987), as the next ones.
pub fn casinh(z: Complex<f64>) -> Complex<f64> {
    turned_back(casin(turned(z)))
}

pub fn casin(z: Complex<f64>) -> Complex<f64> {
    let (below, above) = (csqrt(1.0 - z), csqrt(1.0 + z));
    let re = z.re.atan2((below * above).re);
    Complex::new(re, (below.conj() * above).im.asinh())
}

pub fn cacos(z: Complex<f64>) -> Complex<f64> {
    let (below, above) = (csqrt(1.0 - z), csqrt(1.0 + z));
    Complex::new(2.0 * below.re.atan2(above.re), (above.conj() * below).im.asinh())
}

pub fn cacosh(z: Complex<f64>) -> Complex<f64> {
    let (below, above) = (csqrt(z - 1.0), csqrt(z + 1.0));
    Complex::new((below.conj() * above).re.asinh(), 2.0 * below.im.atan2(above.re))
}

pub fn catanh(z: Complex<f64>) -> Complex<f64> {
    let (right, left) = (1.0 - z.re, 1.0 + z.re);
    let square = z.im * z.im;
    let re = (4.0 * z.re / (right * right + square)).ln_1p() / 4.0;
    let im = (2.0 * z.im).atan2(right * left - square) / 2.0;
    Complex::new(re, im)
}

pub fn catan(z: Complex<f64>) -> Complex<f64> {
    turned_back(catanh(turned(z)))
}

pub fn crealf(z: Complex<f32>) -> f32 {
    creal(z.into()) as f32
}

pub fn creall(z: Complex<f64>) -> f64 {
    creal(z)
}

pub fn cimagf(z: Complex<f32>) -> f32 {
    cimag(z.into()) as f32
}

pub fn cimagl(z: Complex<f64>) -> f64 {
    cimag(z)
}

pub fn cabsf(z: Complex<f32>) -> f32 {
    cabs(z.into()) as f32
}

pub fn cabsl(z: Complex<f64>) -> f64 {
    cabs(z)
}

pub fn cargf(z: Complex<f32>) -> f32 {
    carg(z.into()) as f32
}

pub fn cargl(z: Complex<f64>) -> f64 {
    carg(z)
}

pub fn conjf(z: Complex<f32>) -> Complex<f32> {
    conj(z.into()).into()
}

pub fn conjl(z: Complex<f64>) -> Complex<f64> {
    conj(z)
}

pub fn cprojf(z: Complex<f32>) -> Complex<f32> {
    cproj(z.into()).into()
}

pub fn cprojl(z: Complex<f64>) -> Complex<f64> {
    cproj(z)
}

pub fn cexpf(z: Complex<f32>) -> Complex<f32> {
    cexp(z.into()).into()
}

pub fn cexpl(z: Complex<f64>) -> Complex<f64> {
    cexp(z)
}

pub fn clogf(z: Complex<f32>) -> Complex<f32> {
    clog(z.into()).into()
}

pub fn clogl(z: Complex<f64>) -> Complex<f64> {
    clog(z)
}

pub fn csqrtf(z: Complex<f32>) -> Complex<f32> {
    csqrt(z.into()).into()
}

pub fn csqrtl(z: Complex<f64>) -> Complex<f64> {
    csqrt(z)
}

pub fn csinhf(z: Complex<f32>) -> Complex<f32> {
    csinh(z.into()).into()
}

pub fn csinhl(z: Complex<f64>) -> Complex<f64> {
    csinh(z)
}

pub fn ccoshf(z: Complex<f32>) -> Complex<f32> {
    ccosh(z.into()).into()
}

pub fn ccoshl(z: Complex<f64>) -> Complex<f64> {
    ccosh(z)
}

pub fn ctanhf(z: Complex<f32>) -> Complex<f32> {
    ctanh(z.into()).into()
}

pub fn ctanhl(z: Complex<f64>) -> Complex<f64> {
    ctanh(z)
}

pub fn csinf(z: Complex<f32>) -> Complex<f32> {
    csin(z.into()).into()
}

pub fn csinl(z: Complex<f64>) -> Complex<f64> {
    csin(z)
}

pub fn ccosf(z: Complex<f32>) -> Complex<f32> {
    ccos(z.into()).into()
}

pub fn ccosl(z: Complex<f64>) -> Complex<f64> {
    ccos(z)
}

pub fn ctanf(z: Complex<f32>) -> Complex<f32> {
    ctan(z.into()).into()
}

pub fn ctanl(z: Complex<f64>) -> Complex<f64> {
    ctan(z)
}

pub fn casinhf(z: Complex<f32>) -> Complex<f32> {
    casinh(z.into()).into()
}

pub fn casinhl(z: Complex<f64>) -> Complex<f64> {
    casinh(z)
}

pub fn casinf(z: Complex<f32>) -> Complex<f32> {
    casin(z.into()).into()
}

pub fn casinl(z: Complex<f64>) -> Complex<f64> {
    casin(z)
}

pub fn cacosf(z: Complex<f32>) -> Complex<f32> {
    cacos(z.into()).into()
}

pub fn cacosl(z: Complex<f64>) -> Complex<f64> {
    cacos(z)
}

pub fn cacoshf(z: Complex<f32>) -> Complex<f32> {
    cacosh(z.into()).into()
}

pub fn cacoshl(z: Complex<f64>) -> Complex<f64> {
    cacosh(z)
}

pub fn catanhf(z: Complex<f32>) -> Complex<f32> {
    catanh(z.into()).into()
}

pub fn catanhl(z: Complex<f64>) -> Complex<f64> {
    catanh(z)
}

pub fn catanf(z: Complex<f32>) -> Complex<f32> {
    catan(z.into()).into()
}

pub fn catanl(z: Complex<f64>) -> Complex<f64> {
    catan(z)
}

pub fn cpowf(base: Complex<f32>, exponent: Complex<f32>) -> Complex<f32> {
    cpow(base.into(), exponent.into()).into()
}

pub fn cpowl(base: Complex<f64>, exponent: Complex<f64>) -> Complex<f64> {
    cpow(base, exponent)
}
