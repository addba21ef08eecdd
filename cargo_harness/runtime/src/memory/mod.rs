//! The memory model: blocks of bytes addressed by [`Ptr`], a block number and a byte offset.
//!
//! Every access is bounds-checked against its block. A freed block is emptied and its number waits in a first-in
//! first-out quarantine, so a stale pointer meets an empty block and the access panics. Panics carry the caller's
//! location, which [`crate::start`] maps back to the C source.
//!
//! Block numbers: 0 is null; then come the statics of the program, numbered by the translator, its string literals, and
//! heap and stack blocks as they are made. From [`HANDLES`] up lie opaque library handles such as `FILE`, from
//! [`FUNCTIONS`] up function pointers. None of these high numbers is in the block table, so that a read is one look-up;
//! a write also asks whether its block is a literal.

mod block;
mod complex;
mod pod;
mod pool;
mod ptr;
mod varargs;

pub use block::{find_byte, Mark, Memory};
pub use complex::{Complex, LongComplex};
pub use pod::{Bits, LongDouble, Pod, Void};
pub use ptr::{BitField, Field, FnPtr, Offset, Ptr};
pub use varargs::{VaArg, VaList, VaValue};

/// First block number of library handles (`FILE`, `DIR`).
pub const HANDLES: u32 = 0xE000_0000;
/// First block number of function pointers.
pub const FUNCTIONS: u32 = 0xF000_0000;

/// What holds the program's [`Memory`]: the memory itself, or the `Context` of a generated crate. Library functions
/// that call back into the program are generic over it, so that callbacks get the whole context.
pub trait Context {
    fn memory(&mut self) -> &mut Memory;
}

impl Context for Memory {
    fn memory(&mut self) -> &mut Memory {
        self
    }
}

#[cfg(test)]
mod tests;
