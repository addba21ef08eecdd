//! The slice forms of `stdlib.h`.

use std::mem::needs_drop;

use super::{first, first_mut, text};
use crate::stdlib::{merge_sort, parse_integer, scan_checked, search_sorted, to_signed, to_unsigned};

/// Elements above this size are sorted by their numbers and moved once.
const LARGE_ELEMENT: usize = 32;

#[track_caller]
pub fn atoi(nptr: &[u8]) -> i32 {
    strtol(nptr, 10).0 as i32
}

#[track_caller]
pub fn atol(nptr: &[u8]) -> i64 {
    strtol(nptr, 10).0
}

#[track_caller]
pub fn atoll(nptr: &[u8]) -> i64 {
    strtol(nptr, 10).0
}

#[track_caller]
pub fn atof(nptr: &[u8]) -> f64 {
    strtod(nptr).0
}

/// The value, and where the number ends. Where the base is no base, C leaves `*endptr` as it was; the end is 0 here.
#[track_caller]
pub fn strtol(nptr: &[u8], base: i32) -> (i64, usize) {
    parse_integer(text(nptr), base).map_or((0, 0), |parsed| (to_signed(&parsed), parsed.len))
}

#[track_caller]
pub fn strtoll(nptr: &[u8], base: i32) -> (i64, usize) {
    strtol(nptr, base)
}

/// As [`strtol`], unsigned.
#[track_caller]
pub fn strtoul(nptr: &[u8], base: i32) -> (u64, usize) {
    parse_integer(text(nptr), base).map_or((0, 0), |parsed| (to_unsigned(&parsed), parsed.len))
}

#[track_caller]
pub fn strtoull(nptr: &[u8], base: i32) -> (u64, usize) {
    strtoul(nptr, base)
}

#[track_caller]
pub fn strtod(nptr: &[u8]) -> (f64, usize) {
    let scanned = scan_checked::<f64>(text(nptr));
    (scanned.value, scanned.len)
}

#[track_caller]
pub fn strtof(nptr: &[u8]) -> (f32, usize) {
    let scanned = scan_checked::<f32>(text(nptr));
    (scanned.value as f32, scanned.len)
}

#[track_caller]
pub fn strtold(nptr: &[u8]) -> (f64, usize) {
    strtod(nptr)
}

/// A stable merge sort, with the comparisons of glibc's in their order. Large elements, and those that own something, are moved once.
#[track_caller]
pub fn qsort<T: Clone>(base: &mut [T], n: u64, mut compare: impl FnMut(&T, &T) -> i32) {
    let elements = first_mut(base, n);
    if size_of::<T>() <= LARGE_ELEMENT && !needs_drop::<T>() {
        let mut merged = elements.to_vec();
        return merge_sort(elements, &mut merged, &mut |a, b| compare(a, b) <= 0);
    }
    let mut order: Vec<usize> = (0..elements.len()).collect();
    let mut merged = order.clone();
    merge_sort(&mut order, &mut merged, &mut |&a, &b| compare(&elements[a], &elements[b]) <= 0);
    move_into_order(elements, &mut order);
}

/// Moves the elements so that element `order[i]` comes to place `i`; `order` is spoilt.
fn move_into_order<T>(elements: &mut [T], order: &mut [usize]) {
    for start in 0..order.len() {
        let mut to = start;
        while order[to] != start {
            let from = order[to];
            elements.swap(to, from);
            order[to] = to;
            to = from;
        }
        order[to] = to;
    }
}

/// The place of an element that compares equal to `key`.
#[track_caller]
pub fn bsearch<K: ?Sized, T>(key: &K, base: &[T], n: u64, mut compare: impl FnMut(&K, &T) -> i32) -> Option<usize> {
    // As in C, only the elements that are compared need to be there.
    let found = search_sorted(n, |index| compare(key, &first(base, index + 1)[index as usize]));
    found.map(|index| index as usize)
}
