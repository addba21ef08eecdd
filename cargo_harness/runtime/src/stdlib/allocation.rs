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
pub fn malloc(mem: &mut Memory, size: u64) -> Ptr<Void> {
    checked(mem.allocate(size))
}

#[inline]
pub fn calloc(mem: &mut Memory, n: u64, size: u64) -> Ptr<Void> {
    checked(mem.allocate(n.saturating_mul(size)))
}

/// As glibc: a size of 0 frees the block and gives null.
#[inline]
#[track_caller]
pub fn realloc(mem: &mut Memory, p: Ptr<Void>, size: u64) -> Ptr<Void> {
    if size == 0 && !p.is_null() {
        mem.release(p);
        return Ptr::NULL;
    }
    checked(mem.reallocate(p, size))
}

#[track_caller]
pub fn reallocarray(mem: &mut Memory, p: Ptr<Void>, n: u64, size: u64) -> Ptr<Void> {
    realloc(mem, p, n.saturating_mul(size))
}

#[inline]
#[track_caller]
pub fn free(mem: &mut Memory, p: Ptr<Void>) {
    mem.release(p);
}

/// The int form of a block's start is a multiple of 16 only: a greater alignment cannot be had, and gives null.
pub fn aligned_alloc(mem: &mut Memory, alignment: u64, size: u64) -> Ptr<Void> {
    if !alignment.is_power_of_two() {
        errno::set(errno::EINVAL);
        return Ptr::NULL;
    }
    malloc(mem, size)
}

pub fn memalign(mem: &mut Memory, alignment: u64, size: u64) -> Ptr<Void> {
    aligned_alloc(mem, alignment.next_power_of_two(), size)
}

#[track_caller]
pub fn posix_memalign(mem: &mut Memory, memptr: Ptr<Ptr<Void>>, alignment: u64, size: u64) -> i32 {
    if !alignment.is_power_of_two() || !alignment.is_multiple_of(8) {
        return errno::EINVAL;
    }
    let at = mem.allocate(size);
    if at.is_null() {
        return errno::ENOMEM;
    }
    mem.write(memptr, at);
    0
}

/// The block's own size; glibc's would be rounded up, which no program may rely on.
pub fn malloc_usable_size(mem: &Memory, p: Ptr<Void>) -> u64 {
    mem.heap_size(p)
}
