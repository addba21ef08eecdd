//! `string.h`. Each function takes its bytes as a slice once and works on that.

mod bytes;
mod compare;
mod copy;
mod messages;
mod search;
mod tokens;

pub use bytes::*;
pub use compare::*;
pub use copy::*;
pub use messages::*;
pub use search::*;
pub use tokens::*;

use crate::{Memory, Ptr};

/// The first `limit` bytes at `at`, fewer where the block ends before: what a function may look at that stops early.
#[inline]
#[track_caller]
pub(crate) fn at_most(at: Ptr<u8>, limit: u64, mem: &Memory) -> &[u8] {
    if limit == 0 {
        return &[];
    }
    let tail = mem.tail(at);
    &tail[..tail.len().min(usize::try_from(limit).unwrap_or(usize::MAX))]
}

/// Fails as C would have run on: the read just past the `len` bytes at `at`.
#[cold]
#[track_caller]
pub(crate) fn read_past(at: Ptr<u8>, len: usize, mem: &Memory) -> ! {
    mem.read(at + len);
    unreachable!("the block ends here")
}

/// The string at `at` without its NUL, cut at `limit` bytes.
#[inline]
#[track_caller]
pub(crate) fn c_str_at_most(at: Ptr<u8>, limit: u64, mem: &Memory) -> &[u8] {
    let bytes = at_most(at, limit, mem);
    match crate::memory::find_byte(bytes, 0) {
        Some(len) => &bytes[..len],
        None if bytes.len() as u64 == limit => bytes,
        None => read_past(at, bytes.len(), mem),
    }
}

/// A new heap block with the string and its NUL.
pub(crate) fn new_string(text: &[u8], mem: &mut Memory) -> Ptr<u8> {
    let at = mem.allocate(text.len() as u64 + 1).cast::<u8>();
    mem.bytes_mut(at, text.len() as u64).copy_from_slice(text);
    at
}

#[cfg(test)]
mod tests;
