//! `search.h`: linear search here, hash tables in [`hash`], binary trees in [`tree`], linked lists in [`queue`].

mod hash;
mod queue;
mod tree;

pub use hash::*;
pub use queue::*;
pub use tree::*;

use crate::{Context, Memory, Ptr, Void};

/// The first of `*nmemb` elements that compares equal to `key`.
pub fn lfind<C: Context>(
    key: Ptr<Void>,
    base: Ptr<Void>,
    nmemb: Ptr<u64>,
    size: u64,
    mut compare: impl FnMut(&mut C, Ptr<Void>, Ptr<Void>) -> i32,
    cx: &mut C,
) -> Ptr<Void> {
    let count = cx.memory().read(nmemb);
    for index in 0..count {
        let element = base + index.wrapping_mul(size);
        if compare(cx, key, element) == 0 {
            return element;
        }
    }
    Ptr::NULL
}

/// As [`lfind`]; a key that is not found is appended.
pub fn lsearch<C: Context>(
    key: Ptr<Void>,
    base: Ptr<Void>,
    nmemb: Ptr<u64>,
    size: u64,
    compare: impl FnMut(&mut C, Ptr<Void>, Ptr<Void>) -> i32,
    cx: &mut C,
) -> Ptr<Void> {
    let found = lfind(key, base, nmemb, size, compare, cx);
    if !found.is_null() {
        return found;
    }
    let memory: &mut Memory = cx.memory();
    let count = memory.read(nmemb);
    let end = base + count.wrapping_mul(size);
    memory.copy(end, key, size);
    memory.write(nmemb, count + 1);
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_key_is_appended_once() {
        let mut mem = Memory::new(0, &[]);
        let base = mem.allocate(16);
        let (key, count) = (mem.local(7i32), mem.local(0u64));
        let compare = |mem: &mut Memory, a: Ptr<Void>, b: Ptr<Void>| {
            i32::from(mem.read(a.cast::<i32>()) != mem.read(b.cast::<i32>()))
        };
        assert!(lfind(key.cast(), base, count, 4, compare, &mut mem).is_null());
        assert_eq!(lsearch(key.cast(), base, count, 4, compare, &mut mem), base);
        assert_eq!(lsearch(key.cast(), base, count, 4, compare, &mut mem), base);
        assert_eq!((mem.read(count), mem.read(base.cast::<i32>())), (1, 7));
    }
}
