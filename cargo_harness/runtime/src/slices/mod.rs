//! The C library on borrowed data: what generated code calls whose pointers are references and slices.
//!
//! One module per C header, as at the crate's root. A *form* has the name of its C function and takes its parameters by
//! their C names: a pointer to an array as `&[T]` or `&mut [T]` from the pointer on, a string as `&[u8]` with its NUL,
//! no [`crate::Memory`]. A C function whose work takes several shapes on slices has a form for each, by suffix:
//!
//! - `_within`: pointers into one array, `base`; the parameters are positions in it (overlapping moves).
//! - `_values`: arrays of any type where the form without suffix is for bytes, or of two types where it is for one.
//! - `_from_bytes`, `_to_bytes`: one side is an array of bytes, the other one of values (C's way to read the bytes of
//!   numbers).
//! - `_from_cells`, `_to_cells`, `_in_cells`: the source, the target or all arrays are cells (`&[Cell<T>]`), which may overlap;
//!   `_from_byte_cells`, `_to_byte_cells` are the forms for bytes and values with these bytes in cells.
//!
//! A result that points into the first slice is a position in it: `usize`, or `Option<usize>` where C may give null. A
//! result that always is the first argument is left out; where it may be null instead, it is a `bool`. A parameter of
//! C's that only receives a position (`endptr` of `strtol`) is a second result. `c2rust_py/infer/library_slices.py` reads
//! all this from the signatures, so every top-level `pub fn` here is a form.
//!
//! Sizes in bytes are C's ([`crate::Pod::SIZE`]). Where C would run out of an array, the form panics at its caller.

pub mod stdio;
pub mod stdlib;
pub mod string;
pub mod strings;

use std::cell::Cell;

use crate::memory::find_byte;
use crate::Pod;

/// The first `limit` bytes, fewer where the slice ends before: what a function may look at that stops early.
#[inline]
fn at_most(s: &[u8], limit: u64) -> &[u8] {
    &s[..s.len().min(usize::try_from(limit).unwrap_or(usize::MAX))]
}

/// The first `count` elements.
#[inline]
#[track_caller]
fn first<T>(s: &[T], count: u64) -> &[T] {
    match s.get(..usize::try_from(count).unwrap_or(usize::MAX)) {
        Some(elements) => elements,
        None => run_out("read", count, s.len()),
    }
}

/// The first `count` elements, to be written.
#[inline]
#[track_caller]
fn first_mut<T>(s: &mut [T], count: u64) -> &mut [T] {
    let len = s.len();
    match s.get_mut(..usize::try_from(count).unwrap_or(usize::MAX)) {
        Some(elements) => elements,
        None => run_out("write", count, len),
    }
}

/// C's `realloc` of elements, of which somebody asks whether they are null: there is one at least where there was none.
pub fn reallocate<T: Clone>(elements: &mut Vec<T>, count: usize, zero: T) {
    let least = usize::from(elements.is_empty());
    elements.resize(count.max(least), zero);
}

/// The string without its NUL.
#[inline]
#[track_caller]
fn text(s: &[u8]) -> &[u8] {
    match find_byte(s, 0) {
        Some(len) => &s[..len],
        None => read_past(s.len()),
    }
}

/// The string without its NUL, cut at `limit` bytes.
#[inline]
#[track_caller]
fn text_at_most(s: &[u8], limit: u64) -> &[u8] {
    let bytes = at_most(s, limit);
    match find_byte(bytes, 0) {
        Some(len) => &bytes[..len],
        None if bytes.len() as u64 == limit => bytes,
        None => read_past(s.len()),
    }
}

/// The elements' bytes, as C keeps them.
fn bytes_of<T: Pod>(elements: &[T]) -> Vec<u8> {
    let mut bytes = vec![0; elements.len() * T::SIZE];
    for (value, place) in elements.iter().zip(bytes.chunks_exact_mut(T::SIZE.max(1))) {
        value.store(place);
    }
    bytes
}

/// Gives the elements the values whose bytes are these; of a last element that they fill in part, the rest stays.
fn set_bytes<T: Pod>(elements: &mut [T], bytes: &[u8]) {
    for (element, new) in elements.iter_mut().zip(bytes.chunks(T::SIZE.max(1))) {
        if new.len() == T::SIZE {
            *element = T::load(new);
        } else {
            let mut all = bytes_of(std::slice::from_ref(element));
            all[..new.len()].copy_from_slice(new);
            *element = T::load(&all);
        }
    }
}

/// What stands in cells.
#[inline]
fn values_of<T: Pod>(cells: &[Cell<T>]) -> Vec<T> {
    cells.iter().map(Cell::get).collect()
}

/// Puts values into as many cells.
#[inline]
fn set_values<T: Pod>(cells: &[Cell<T>], values: &[T]) {
    for (cell, value) in cells.iter().zip(values) {
        cell.set(*value);
    }
}

/// How many elements `bytes` touch.
#[inline]
fn elements<T: Pod>(bytes: u64) -> u64 {
    bytes.div_ceil(T::SIZE.max(1) as u64)
}

#[cold]
#[inline(never)]
#[track_caller]
fn read_past(len: usize) -> ! {
    panic!("read past the end of an array of {len} bytes")
}

#[cold]
#[inline(never)]
#[track_caller]
fn run_out(verb: &str, count: u64, len: usize) -> ! {
    panic!("{verb} of {count} elements in an array of {len}")
}

#[cfg(test)]
mod tests;
