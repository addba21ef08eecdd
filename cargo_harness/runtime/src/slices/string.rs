//! The slice forms of `string.h`.

use std::cell::Cell;

use super::{
    at_most, bytes_of, elements, first, first_mut, read_past, set_bytes, set_values, text, text_at_most, values_of,
};
use crate::memory::find_byte;
use crate::string::{
    byte_difference, compare_versions, difference, difference_at_most, find, find_caseless, find_either, span,
    span_without,
};
use crate::Pod;

#[inline]
#[track_caller]
pub fn memcpy<T: Pod>(dest: &mut [T], src: &[T], n: u64) {
    let whole = n / T::SIZE.max(1) as u64;
    if n == whole * T::SIZE as u64 {
        first_mut(dest, whole).copy_from_slice(first(src, whole));
    } else {
        let touched = elements::<T>(n);
        let bytes = bytes_of(first(src, touched));
        set_bytes(first_mut(dest, touched), &bytes[..n as usize]);
    }
}

/// Copies `n` bytes within `base`, from position `src` to position `dest`.
#[inline]
#[track_caller]
pub fn memcpy_within<T: Pod>(base: &mut [T], dest: usize, src: usize, n: u64) {
    memmove_within(base, dest, src, n);
}

/// Reads values from their bytes: C's `memcpy(&x, p, sizeof x)`.
#[inline]
#[track_caller]
pub fn memcpy_from_bytes<T: Pod>(dest: &mut [T], src: &[u8], n: u64) {
    set_bytes(first_mut(dest, elements::<T>(n)), first(src, n));
}

/// Writes the bytes of values: C's `memcpy(p, &x, sizeof x)`.
#[inline]
#[track_caller]
pub fn memcpy_to_bytes<T: Pod>(dest: &mut [u8], src: &[T], n: u64) {
    if let (true, Some(value)) = (n == T::SIZE as u64, src.first()) {
        return value.store(first_mut(dest, n));
    }
    let bytes = bytes_of(first(src, elements::<T>(n)));
    first_mut(dest, n).copy_from_slice(&bytes[..n as usize]);
}

/// Copies the bytes of values to those of another type: C's way to look at the bits of numbers.
#[inline]
#[track_caller]
pub fn memcpy_values<T: Pod, U: Pod>(dest: &mut [T], src: &[U], n: u64) {
    let bytes = bytes_of(first(src, elements::<U>(n)));
    set_bytes(first_mut(dest, elements::<T>(n)), &bytes[..n as usize]);
}

/// As [`memcpy`]: slices do not overlap.
#[inline]
#[track_caller]
pub fn memmove<T: Pod>(dest: &mut [T], src: &[T], n: u64) {
    memcpy(dest, src, n);
}

/// Moves `n` bytes within `base`, from position `src` to position `dest`; they may overlap.
#[inline]
#[track_caller]
pub fn memmove_within<T: Pod>(base: &mut [T], dest: usize, src: usize, n: u64) {
    if n == 0 {
        return;
    }
    let whole = n / T::SIZE.max(1) as u64;
    if n == whole * T::SIZE as u64 {
        let count = first(from(base, src), whole).len();
        first_mut(from_mut(base, dest), whole);
        base.copy_within(src..src + count, dest);
    } else {
        let touched = elements::<T>(n);
        let bytes = bytes_of(first(from(base, src), touched));
        set_bytes(first_mut(from_mut(base, dest), touched), &bytes[..n as usize]);
    }
}

/// As [`memcpy`] of what stands in cells.
#[inline]
#[track_caller]
pub fn memcpy_from_cells<T: Pod>(dest: &mut [T], src: &[Cell<T>], n: u64) {
    let touched = elements::<T>(n);
    let (to, from) = (first_mut(dest, touched), first(src, touched));
    if n == touched * T::SIZE as u64 {
        for (value, cell) in to.iter_mut().zip(from) {
            *value = cell.get();
        }
    } else {
        set_bytes(to, &bytes_of(&values_of(from))[..n as usize]);
    }
}

/// As [`memcpy`] into cells.
#[inline]
#[track_caller]
pub fn memcpy_to_cells<T: Pod>(dest: &[Cell<T>], src: &[T], n: u64) {
    let touched = elements::<T>(n);
    let (to, from) = (first(dest, touched), first(src, touched));
    if n == touched * T::SIZE as u64 {
        set_values(to, from);
    } else {
        let mut values = values_of(to);
        set_bytes(&mut values, &bytes_of(from)[..n as usize]);
        set_values(to, &values);
    }
}

/// As [`memcpy`] between cells, which may be the same.
#[inline]
#[track_caller]
pub fn memcpy_in_cells<T: Pod>(dest: &[Cell<T>], src: &[Cell<T>], n: u64) {
    memcpy_to_cells(dest, &values_of(first(src, elements::<T>(n))), n);
}

/// As [`memcpy_from_bytes`] of bytes in cells.
#[inline]
#[track_caller]
pub fn memcpy_from_byte_cells<T: Pod>(dest: &mut [T], src: &[Cell<u8>], n: u64) {
    let from = first(src, n);
    let mut bytes = [0; 16];
    if let (true, Some(value), Some(bytes)) = (n == T::SIZE as u64, dest.first_mut(), bytes.get_mut(..T::SIZE)) {
        for (byte, cell) in bytes.iter_mut().zip(from) {
            *byte = cell.get();
        }
        *value = T::load(bytes);
    } else {
        memcpy_from_bytes(dest, &values_of(from), n);
    }
}

/// As [`memcpy_to_bytes`] into cells.
#[inline]
#[track_caller]
pub fn memcpy_to_byte_cells<T: Pod>(dest: &[Cell<u8>], src: &[T], n: u64) {
    let to = first(dest, n);
    let mut bytes = [0; 16];
    if let (true, Some(value), Some(bytes)) = (n == T::SIZE as u64, src.first(), bytes.get_mut(..T::SIZE)) {
        value.store(bytes);
        set_values(to, bytes);
    } else {
        set_values(to, &bytes_of(first(src, elements::<T>(n)))[..n as usize]);
    }
}

/// As [`memcpy_from_cells`]: what is no cell does not overlap any.
#[inline]
#[track_caller]
pub fn memmove_from_cells<T: Pod>(dest: &mut [T], src: &[Cell<T>], n: u64) {
    memcpy_from_cells(dest, src, n);
}

/// As [`memcpy_to_cells`].
#[inline]
#[track_caller]
pub fn memmove_to_cells<T: Pod>(dest: &[Cell<T>], src: &[T], n: u64) {
    memcpy_to_cells(dest, src, n);
}

/// As [`memcpy_in_cells`], which copies as if by way of another array.
#[inline]
#[track_caller]
pub fn memmove_in_cells<T: Pod>(dest: &[Cell<T>], src: &[Cell<T>], n: u64) {
    memcpy_in_cells(dest, src, n);
}

/// As [`memset`] of cells.
#[inline]
#[track_caller]
pub fn memset_in_cells<T: Pod>(s: &[Cell<T>], c: i32, n: u64) {
    let to = first(s, elements::<T>(n));
    let mut values = values_of(to);
    memset(&mut values, c, n);
    set_values(to, &values);
}

/// The result is the end of the copy.
#[inline]
#[track_caller]
pub fn mempcpy(dest: &mut [u8], src: &[u8], n: u64) -> usize {
    memcpy(dest, src, n);
    n as usize
}

/// Copies up to and with the first `c`; the result is past it.
#[track_caller]
pub fn memccpy(dest: &mut [u8], src: &[u8], c: i32, n: u64) -> Option<usize> {
    let end = find_byte(at_most(src, n), c as u8).map(|index| index + 1);
    memcpy(dest, src, end.map_or(n, |end| end as u64));
    end
}

#[inline]
#[track_caller]
pub fn memset<T: Pod>(s: &mut [T], c: i32, n: u64) {
    const SMALL: usize = 64;
    let whole = n / T::SIZE.max(1) as u64;
    if n != whole * T::SIZE as u64 {
        return set_bytes(first_mut(s, elements::<T>(n)), &vec![c as u8; n as usize]);
    }
    let value = match c as u8 {
        0 => T::ZERO,
        byte if T::SIZE <= SMALL => T::load(&[byte; SMALL][..T::SIZE]),
        byte => T::load(&vec![byte; T::SIZE]),
    };
    first_mut(s, whole).fill(value);
}

#[inline]
#[track_caller]
pub fn explicit_bzero<T: Pod>(s: &mut [T], n: u64) {
    memset(s, 0, n);
}

#[inline]
#[track_caller]
pub fn memcmp(s1: &[u8], s2: &[u8], n: u64) -> i32 {
    byte_difference(first(s1, n), first(s2, n))
}

#[track_caller]
pub fn memcmp_values<T: Pod>(s1: &[T], s2: &[T], n: u64) -> i32 {
    let touched = elements::<T>(n);
    let (a, b) = (bytes_of(first(s1, touched)), bytes_of(first(s2, touched)));
    byte_difference(&a[..n as usize], &b[..n as usize])
}

#[inline]
#[track_caller]
pub fn memchr(s: &[u8], c: i32, n: u64) -> Option<usize> {
    let bytes = at_most(s, n);
    let found = find_byte(bytes, c as u8);
    if found.is_none() && bytes.len() as u64 != n {
        read_past(s.len());
    }
    found
}

#[track_caller]
pub fn memrchr(s: &[u8], c: i32, n: u64) -> Option<usize> {
    first(s, n).iter().rposition(|&b| b == c as u8)
}

#[track_caller]
pub fn rawmemchr(s: &[u8], c: i32) -> usize {
    match find_byte(s, c as u8) {
        Some(index) => index,
        None => read_past(s.len()),
    }
}

#[track_caller]
pub fn memmem(haystack: &[u8], haystacklen: u64, needle: &[u8], needlelen: u64) -> Option<usize> {
    if needlelen > haystacklen {
        return None;
    }
    find(first(haystack, haystacklen), first(needle, needlelen))
}

#[inline]
#[track_caller]
pub fn strlen(s: &[u8]) -> u64 {
    text(s).len() as u64
}

#[inline]
#[track_caller]
pub fn strnlen(s: &[u8], n: u64) -> u64 {
    text_at_most(s, n).len() as u64
}

#[track_caller]
pub fn strdup(s: &[u8]) -> Vec<u8> {
    new_string(text(s))
}

#[track_caller]
pub fn strndup(s: &[u8], n: u64) -> Vec<u8> {
    new_string(text_at_most(s, n))
}

fn new_string(text: &[u8]) -> Vec<u8> {
    [text, &[0]].concat()
}

#[inline]
#[track_caller]
pub fn strcmp(s1: &[u8], s2: &[u8]) -> i32 {
    match difference(s1, s2) {
        Some(result) => result,
        None => read_past(s1.len().min(s2.len())),
    }
}

#[inline]
#[track_caller]
pub fn strncmp(s1: &[u8], s2: &[u8], n: u64) -> i32 {
    match difference_at_most(at_most(s1, n), at_most(s2, n), n) {
        Some(result) => result,
        None => read_past(s1.len().min(s2.len())),
    }
}

#[inline]
#[track_caller]
pub fn strcoll(s1: &[u8], s2: &[u8]) -> i32 {
    strcmp(s1, s2)
}

#[track_caller]
pub fn strxfrm(dest: &mut [u8], src: &[u8], n: u64) -> u64 {
    let len = strlen(src);
    if n > 0 {
        memcpy(dest, src, n.min(len + 1));
    }
    len
}

#[track_caller]
pub fn strverscmp(s1: &[u8], s2: &[u8]) -> i32 {
    compare_versions(text(s1), text(s2))
}

#[inline]
#[track_caller]
pub fn strcpy(dest: &mut [u8], src: &[u8]) {
    stpcpy(dest, src);
}

/// Copies the string at position `src` to position `dest`.
#[track_caller]
pub fn strcpy_within(base: &mut [u8], dest: usize, src: usize) {
    let len = strlen(from(base, src));
    memmove_within(base, dest, src, len + 1);
}

/// The result is the place of the copied NUL.
#[inline]
#[track_caller]
pub fn stpcpy(dest: &mut [u8], src: &[u8]) -> usize {
    let len = text(src).len();
    memcpy(dest, src, len as u64 + 1);
    len
}

/// Writes exactly `n` bytes: the string, cut or filled up with NULs.
#[inline]
#[track_caller]
pub fn strncpy(dest: &mut [u8], src: &[u8], n: u64) {
    stpncpy(dest, src, n);
}

#[track_caller]
pub fn strncpy_within(base: &mut [u8], dest: usize, src: usize, n: u64) {
    if n == 0 {
        return;
    }
    let len = strnlen(from(base, src), n);
    memmove_within(base, dest, src, len);
    first_mut(from_mut(base, dest), n)[len as usize..].fill(0);
}

/// As [`strncpy`]; the result is the place of the first NUL written, or the end.
#[track_caller]
pub fn stpncpy(dest: &mut [u8], src: &[u8], n: u64) -> usize {
    let src = text_at_most(src, n);
    let (copied, rest) = first_mut(dest, n).split_at_mut(src.len());
    copied.copy_from_slice(src);
    rest.fill(0);
    src.len()
}

#[track_caller]
pub fn strcat(dest: &mut [u8], src: &[u8]) {
    let end = text(dest).len();
    strcpy(&mut dest[end..], src);
}

#[track_caller]
pub fn strcat_within(base: &mut [u8], dest: usize, src: usize) {
    let end = dest + text(from(base, dest)).len();
    strcpy_within(base, end, src);
}

/// Appends at most `n` bytes, and always a NUL.
#[track_caller]
pub fn strncat(dest: &mut [u8], src: &[u8], n: u64) {
    let end = text(dest).len();
    let src = text_at_most(src, n);
    let place = first_mut(&mut dest[end..], src.len() as u64 + 1);
    place[..src.len()].copy_from_slice(src);
    place[src.len()] = 0;
}

#[inline]
#[track_caller]
pub fn strchr(s: &[u8], c: i32) -> Option<usize> {
    let found = strchrnul(s, c);
    (s[found] == c as u8).then_some(found)
}

/// As [`strchr`], but the place of the NUL where `c` is not found.
#[inline]
#[track_caller]
pub fn strchrnul(s: &[u8], c: i32) -> usize {
    match find_either(s, c as u8, 0) {
        Some(index) => index,
        None => read_past(s.len()),
    }
}

#[track_caller]
pub fn strrchr(s: &[u8], c: i32) -> Option<usize> {
    let text = text(s);
    if c as u8 == 0 {
        return Some(text.len());
    }
    text.iter().rposition(|&b| b == c as u8)
}

#[track_caller]
pub fn gnu_basename(path: &[u8]) -> usize {
    text(path).iter().rposition(|&b| b == b'/').map_or(0, |slash| slash + 1)
}

#[track_caller]
pub fn strspn(s: &[u8], accept: &[u8]) -> u64 {
    match span(s, text(accept)) {
        Some(len) => len as u64,
        None => read_past(s.len()),
    }
}

#[track_caller]
pub fn strcspn(s: &[u8], reject: &[u8]) -> u64 {
    match span_without(s, text(reject)) {
        Some(len) => len as u64,
        None => read_past(s.len()),
    }
}

#[track_caller]
pub fn strpbrk(s: &[u8], accept: &[u8]) -> Option<usize> {
    let found = strcspn(s, accept) as usize;
    (s[found] != 0).then_some(found)
}

#[track_caller]
pub fn strstr(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    find(text(haystack), text(needle))
}

#[track_caller]
pub fn strcasestr(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    find_caseless(text(haystack), text(needle))
}

/// The position of the first token from `*saveptr` on, which is ended with a NUL; then `*saveptr` is where the next one may begin.
/// The first call of C's, with a text, sets `*saveptr` before.
#[track_caller]
pub fn strtok_r(s: &mut [u8], delim: &[u8], saveptr: &mut usize) -> Option<usize> {
    let start = *saveptr + strspn(from(s, *saveptr), delim) as usize;
    *saveptr = start;
    if s[start] == 0 {
        return None;
    }
    let end = start + strcspn(&s[start..], delim) as usize;
    *saveptr = end;
    if s[end] != 0 {
        s[end] = 0;
        *saveptr = end + 1;
    }
    Some(start)
}

/// The array from position `at` on.
#[inline]
#[track_caller]
fn from<T>(base: &[T], at: usize) -> &[T] {
    match base.get(at..) {
        Some(rest) => rest,
        None => outside(at, base.len()),
    }
}

#[inline]
#[track_caller]
fn from_mut<T>(base: &mut [T], at: usize) -> &mut [T] {
    let len = base.len();
    match base.get_mut(at..) {
        Some(rest) => rest,
        None => outside(at, len),
    }
}

#[cold]
#[inline(never)]
#[track_caller]
fn outside(at: usize, len: usize) -> ! {
    panic!("position {at} in an array of {len} elements")
}
