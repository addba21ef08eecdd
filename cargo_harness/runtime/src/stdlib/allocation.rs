//! `malloc` and its kin. Fresh memory is zero; a size beyond what a block can have gives null and `ENOMEM`.

use crate::{errno, Memory, Ptr, Void};

/// The block, with `errno` set where there is none.
fn checked(at: Ptr<Void>) -> Ptr<Void> {
    if at.is_null() {
        errno::set(errno::ENOMEM);
    }
    at
}

#[inline]
pub fn malloc(size: u64, mem: &mut Memory) -> Ptr<Void> {
    checked(mem.allocate(size))
}

#[inline]
pub fn calloc(n: u64, size: u64, mem: &mut Memory) -> Ptr<Void> {
    checked(mem.allocate(n.saturating_mul(size)))
}

/// As glibc: a size of 0 frees the block and gives null.
#[inline]
#[track_caller]
pub fn realloc(p: Ptr<Void>, size: u64, mem: &mut Memory) -> Ptr<Void> {
    if size == 0 && !p.is_null() {
        mem.release(p);
        return Ptr::NULL;
    }
    checked(mem.reallocate(p, size))
}

#[track_caller]
pub fn reallocarray(p: Ptr<Void>, n: u64, size: u64, mem: &mut Memory) -> Ptr<Void> {
    realloc(p, n.saturating_mul(size), mem)
}

#[inline]
#[track_caller]
pub fn free(p: Ptr<Void>, mem: &mut Memory) {
    mem.release(p);
}

pub fn aligned_alloc(alignment: u64, size: u64, mem: &mut Memory) -> Ptr<Void> {
    if !alignment.is_power_of_two() {
        errno::set(errno::EINVAL);
        return Ptr::NULL;
    }
    checked(mem.allocate_aligned(size, alignment))
}

pub fn memalign(alignment: u64, size: u64, mem: &mut Memory) -> Ptr<Void> {
    aligned_alloc(alignment.next_power_of_two(), size, mem)
}

#[track_caller]
pub fn posix_memalign(memptr: Ptr<Ptr<Void>>, alignment: u64, size: u64, mem: &mut Memory) -> i32 {
    if !alignment.is_power_of_two() || !alignment.is_multiple_of(8) {
        return errno::EINVAL;
    }
    let at = mem.allocate_aligned(size, alignment);
    if at.is_null() {
        return errno::ENOMEM;
    }
    mem.write(memptr, at);
    0
}

/// The block's own size; glibc's would be rounded up, which no program may rely on.
pub fn malloc_usable_size(p: Ptr<Void>, mem: &Memory) -> u64 {
    mem.heap_size(p)
}
