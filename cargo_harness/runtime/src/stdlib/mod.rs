//! `stdlib.h`.

mod allocation;
mod arithmetic;
mod drand48;
mod environment;
mod files;
mod float;
mod integer;
mod multibyte;
mod program;
mod random;
mod sort;

pub use allocation::*;
pub use arithmetic::*;
pub use drand48::*;
pub use environment::*;
pub use files::*;
pub use float::*;
pub use integer::*;
pub use multibyte::*;
pub use program::*;
pub use random::*;
pub use sort::*;

/// Whether C's `isspace` holds in the C locale.
pub(crate) fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r')
}

#[cfg(test)]
mod tests;
