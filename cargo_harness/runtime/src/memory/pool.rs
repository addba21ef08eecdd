//! [`Pool`]: small byte boxes kept for the next block of their size.
//!
//! C programs take and free small blocks in great numbers, address-taken locals above all: one in each call of their
//! function. A box out of the pool costs a fraction of one from the allocator.

use super::block::Block;

/// The largest box that is kept.
const LARGEST: usize = 256;
/// How many bytes are kept for each size.
const KEPT_BYTES: usize = 1 << 20;

/// Boxes by their size in bytes, up to the largest that was ever kept: a new memory costs little.
#[derive(Default)]
pub(super) struct Pool(Vec<Vec<Block>>);

impl Pool {
    /// A box of `size` zero bytes.
    #[inline]
    pub fn take(&mut self, size: usize) -> Block {
        match self.0.get_mut(size).and_then(Vec::pop) {
            Some(mut bytes) => {
                bytes.fill(0);
                bytes
            }
            None => zeroed(size),
        }
    }

    /// A box of `size` bytes that hold anything.
    #[inline]
    pub fn take_stale(&mut self, size: usize) -> Block {
        match self.0.get_mut(size).and_then(Vec::pop) {
            Some(bytes) => bytes,
            None => zeroed(size),
        }
    }

    /// Keeps a box for later, or drops it where it is large or there are plenty.
    #[inline]
    pub fn give(&mut self, bytes: Block) {
        match self.0.get_mut(bytes.len()) {
            Some(kept) if (kept.len() + 1) * bytes.len() <= KEPT_BYTES => kept.push(bytes),
            Some(_) => {}
            None => self.keep_first(bytes),
        }
    }

    /// Makes room for boxes of a size that was not kept before.
    #[cold]
    #[inline(never)]
    fn keep_first(&mut self, bytes: Block) {
        let size = bytes.len();
        if size <= LARGEST {
            self.0.resize_with(size + 1, Vec::new);
            self.0[size].push(bytes);
        }
    }
}

/// A new box. For large ones the allocator's zeroed pages come cheapest; small ones it gives sooner as they are.
#[cold]
#[inline(never)]
fn zeroed(size: usize) -> Block {
    if size > LARGEST {
        return vec![0; size].into_boxed_slice();
    }
    #[allow(clippy::slow_vector_initialization)]
    let mut bytes = Vec::with_capacity(size);
    bytes.resize(size, 0);
    bytes.into_boxed_slice()
}
