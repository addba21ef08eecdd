//! `math.h`. What std takes from the system's own libm (`sin`, `pow`, `cbrt`, …) equals C's to the bit, and so does what
//! is exact by definition; the rest is computed with more precision than a double's and rounded once. `long double` is
//! `f64`. Errors set `errno` as C's do.

mod bessel;
mod double;
mod error_function;
mod errors;
mod exact;
mod float;
mod gamma_function;
mod inverse_hyperbolic;
mod long_double;
mod wide;

pub use double::*;
pub use float::*;
pub use long_double::*;

/// C's global variable `signgam`.
pub mod globals {
    pub use super::gamma_function::{set_signgam, signgam};
}

#[cfg(test)]
mod tests;
