//! [`Complex`]: C's `_Complex` types, with the arithmetic that gcc's library does (C11 Annex G): a product or quotient that
//! comes out as NaN + NaN i is looked at again, for what infinities and zeros should have given.

use std::ops::{Add, AddAssign, Div, DivAssign, Mul, MulAssign, Neg, Sub, SubAssign};

use super::{LongDouble, Pod};

/// A complex number: `float _Complex` is `Complex<f32>`, the others are `Complex<f64>`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Complex<T> {
    pub re: T,
    pub im: T,
}

impl<T> Complex<T> {
    #[inline]
    pub const fn new(re: T, im: T) -> Self {
        Complex { re, im }
    }
}

macro_rules! complex_numbers {
    ($($float:ident, $divide:ident);*) => {$(
        impl Complex<$float> {
            #[must_use]
            pub fn conj(self) -> Self {
                Complex::new(self.re, -self.im)
            }

            fn is_infinite(self) -> bool {
                self.re.is_infinite() || self.im.is_infinite()
            }

            fn is_finite(self) -> bool {
                self.re.is_finite() && self.im.is_finite()
            }

            /// Infinite parts as 1, the others as 0, with their signs.
            fn boxed(self) -> Self {
                let part = |x: $float| $float::from(u8::from(x.is_infinite())).copysign(x);
                Complex::new(part(self.re), part(self.im))
            }

            /// NaN parts as zeros, with their signs.
            fn without_nan(self) -> Self {
                let part = |x: $float| if x.is_nan() { (0.0 as $float).copysign(x) } else { x };
                Complex::new(part(self.re), part(self.im))
            }

            /// The product that NaN + NaN i should have been, if infinities were in play.
            fn recovered_product(mut self, mut other: Self, nan: Self) -> Self {
                let (ac, bd) = (self.re * other.re, self.im * other.im);
                let (ad, bc) = (self.re * other.im, self.im * other.re);
                let overflowed = [ac, bd, ad, bc].iter().any(|product| product.is_infinite());
                let (left, right) = (self.is_infinite(), other.is_infinite());
                if !(left || right || overflowed) {
                    return nan;
                }
                if left {
                    self = self.boxed();
                    other = other.without_nan();
                }
                if right {
                    other = other.boxed();
                    self = self.without_nan();
                }
                if !(left || right) {
                    self = self.without_nan();
                    other = other.without_nan();
                }
                let re = $float::INFINITY * (self.re * other.re - self.im * other.im);
                Complex::new(re, $float::INFINITY * (self.re * other.im + self.im * other.re))
            }

            /// The quotient that NaN + NaN i should have been: non-zero by zero, infinite by finite, finite by infinite.
            fn recovered_quotient(self, other: Self, nan: Self) -> Self {
                let dot = |a: Self, b: Self| (a.re * b.re + a.im * b.im, a.im * b.re - a.re * b.im);
                if other.re == 0.0 && other.im == 0.0 && !(self.re.is_nan() && self.im.is_nan()) {
                    let infinity = $float::INFINITY.copysign(other.re);
                    Complex::new(infinity * self.re, infinity * self.im)
                } else if self.is_infinite() && other.is_finite() {
                    let (re, im) = dot(self.boxed(), other);
                    Complex::new($float::INFINITY * re, $float::INFINITY * im)
                } else if other.is_infinite() && self.is_finite() {
                    let (re, im) = dot(self, other.boxed());
                    Complex::new(0.0 * re, 0.0 * im)
                } else {
                    nan
                }
            }
        }

        impl Add for Complex<$float> {
            type Output = Self;

            fn add(self, other: Self) -> Self {
                Complex::new(self.re + other.re, self.im + other.im)
            }
        }

        impl Sub for Complex<$float> {
            type Output = Self;

            fn sub(self, other: Self) -> Self {
                Complex::new(self.re - other.re, self.im - other.im)
            }
        }

        impl Mul for Complex<$float> {
            type Output = Self;

            fn mul(self, other: Self) -> Self {
                let re = self.re * other.re - self.im * other.im;
                let product = Complex::new(re, self.re * other.im + self.im * other.re);
                if product.re.is_nan() && product.im.is_nan() {
                    return self.recovered_product(other, product);
                }
                product
            }
        }

        impl Div for Complex<$float> {
            type Output = Self;

            fn div(self, other: Self) -> Self {
                let quotient = $divide(self, other);
                if quotient.re.is_nan() && quotient.im.is_nan() {
                    return self.recovered_quotient(other, quotient);
                }
                quotient
            }
        }

        impl Neg for Complex<$float> {
            type Output = Self;

            fn neg(self) -> Self {
                Complex::new(-self.re, -self.im)
            }
        }

        impl Add<$float> for Complex<$float> {
            type Output = Self;

            fn add(self, other: $float) -> Self {
                Complex::new(self.re + other, self.im)
            }
        }

        impl Sub<$float> for Complex<$float> {
            type Output = Self;

            fn sub(self, other: $float) -> Self {
                Complex::new(self.re - other, self.im)
            }
        }

        impl Mul<$float> for Complex<$float> {
            type Output = Self;

            fn mul(self, other: $float) -> Self {
                Complex::new(self.re * other, self.im * other)
            }
        }

        impl Div<$float> for Complex<$float> {
            type Output = Self;

            fn div(self, other: $float) -> Self {
                Complex::new(self.re / other, self.im / other)
            }
        }

        impl Add<Complex<$float>> for $float {
            type Output = Complex<$float>;

            fn add(self, other: Complex<$float>) -> Complex<$float> {
                Complex::new(self + other.re, other.im)
            }
        }

        impl Sub<Complex<$float>> for $float {
            type Output = Complex<$float>;

            fn sub(self, other: Complex<$float>) -> Complex<$float> {
                Complex::new(self - other.re, -other.im)
            }
        }

        impl Mul<Complex<$float>> for $float {
            type Output = Complex<$float>;

            fn mul(self, other: Complex<$float>) -> Complex<$float> {
                Complex::new(self * other.re, self * other.im)
            }
        }

        impl Pod for Complex<$float> {
            const SIZE: usize = 2 * size_of::<$float>();
            const ALIGN: usize = size_of::<$float>();
            const ZERO: Self = Complex::new(0.0, 0.0);

            #[inline]
            fn load(bytes: &[u8]) -> Self {
                let (re, im) = bytes.split_at(size_of::<$float>());
                Complex::new($float::load(re), $float::load(im))
            }

            #[inline]
            fn store(self, bytes: &mut [u8]) {
                let (re, im) = bytes.split_at_mut(size_of::<$float>());
                self.re.store(re);
                self.im.store(im);
            }
        }
    )*};
}
complex_numbers!(f32, divide_f32; f64, divide_f64);

macro_rules! assign_operators {
    ($($float:ty: $($trait:ident $method:ident $operator:tt),*);*) => {$($(
        impl $trait for Complex<$float> {
            fn $method(&mut self, other: Self) {
                *self = *self $operator other;
            }
        }

        impl $trait<$float> for Complex<$float> {
            fn $method(&mut self, other: $float) {
                *self = *self $operator other;
            }
        }
    )*)*};
}
assign_operators!(
    f32: AddAssign add_assign +, SubAssign sub_assign -, MulAssign mul_assign *, DivAssign div_assign /;
    f64: AddAssign add_assign +, SubAssign sub_assign -, MulAssign mul_assign *, DivAssign div_assign /
);

impl From<Complex<f32>> for Complex<f64> {
    fn from(value: Complex<f32>) -> Self {
        Complex::new(value.re.into(), value.im.into())
    }
}

impl From<Complex<f64>> for Complex<f32> {
    fn from(value: Complex<f64>) -> Self {
        Complex::new(value.re as f32, value.im as f32)
    }
}

/// Floats are divided as doubles, which cannot overflow.
fn divide_f32(left: Complex<f32>, right: Complex<f32>) -> Complex<f32> {
    let (a, b, c, d) = (f64::from(left.re), f64::from(left.im), f64::from(right.re), f64::from(right.im));
    let denominator = c * c + d * d;
    Complex::new(((a * c + b * d) / denominator) as f32, ((b * c - a * d) / denominator) as f32)
}

/// Smith's method, with the scaling that keeps very large and very small operands in range (M. Baudin and R. Smith, "A
/// Robust Complex Division in Scilab", 2012).
fn divide_f64(left: Complex<f64>, right: Complex<f64>) -> Complex<f64> {
    const LARGE: f64 = f64::MAX / 2.0;
    const SCALE: f64 = 1.0 / f64::EPSILON;
    const UNSCALED: f64 = LARGE * f64::EPSILON;
    let by_imaginary = right.re.abs() < right.im.abs();
    // `x` and `y` are the divisor's larger and smaller part.
    let (mut a, mut b) = (left.re, left.im);
    let (mut x, mut y) = if by_imaginary { (right.im, right.re) } else { (right.re, right.im) };
    if x.abs() >= LARGE {
        (a, b, x, y) = (a / 2.0, b / 2.0, x / 2.0, y / 2.0);
    }
    let small = |p: f64, q: f64| p.abs() < f64::MIN_POSITIVE && q.abs() < UNSCALED && x.abs() < UNSCALED;
    if x.abs() < f64::MIN_POSITIVE || small(a, b) || small(b, a) {
        (a, b, x, y) = (a * SCALE, b * SCALE, x * SCALE, y * SCALE);
    }
    let ratio = y / x;
    let denominator = y * ratio + x;
    // Where the ratio underflows, the other order of the product keeps its digits.
    let times = |p: f64| if ratio.abs() > f64::MIN_POSITIVE { p * ratio } else { y * (p / x) };
    let (re, im) = if by_imaginary { (times(a) + b, times(b) - a) } else { (a + times(b), b - times(a)) };
    Complex::new(re / denominator, im / denominator)
}

/// `long double _Complex` in memory: 32 bytes, of which each half holds an `f64`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct LongComplex(pub Complex<f64>);

impl Pod for LongComplex {
    const SIZE: usize = 2 * LongDouble::SIZE;
    const ALIGN: usize = LongDouble::ALIGN;
    const ZERO: Self = LongComplex(Complex::new(0.0, 0.0));

    fn load(bytes: &[u8]) -> Self {
        let (re, im) = bytes.split_at(LongDouble::SIZE);
        LongComplex(Complex::new(LongDouble::load(re).0, LongDouble::load(im).0))
    }

    fn store(self, bytes: &mut [u8]) {
        let (re, im) = bytes.split_at_mut(LongDouble::SIZE);
        LongDouble(self.0.re).store(re);
        LongDouble(self.0.im).store(im);
    }
}
