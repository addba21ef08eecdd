//! `qsort`, a merge sort as glibc's: stable, with the same comparisons in the same order; and `bsearch`.

use crate::{Context, Ptr, Void};

/// Elements above this size are sorted through pointers and moved once.
const LARGE_ELEMENT: usize = 32;

pub fn qsort<C: Context>(
    base: Ptr<Void>,
    n: u64,
    size: u64,
    mut compare: impl FnMut(&mut C, Ptr<Void>, Ptr<Void>) -> i32,
    cx: &mut C,
) {
    sort(base, n, size, &mut compare, cx);
}

/// As [`qsort`], with an argument that is passed on to the comparison.
pub fn qsort_r<C: Context>(
    base: Ptr<Void>,
    n: u64,
    size: u64,
    mut compare: impl FnMut(&mut C, Ptr<Void>, Ptr<Void>, Ptr<Void>) -> i32,
    arg: Ptr<Void>,
    cx: &mut C,
) {
    sort(base, n, size, &mut |cx: &mut C, a, b| compare(cx, a, b, arg), cx);
}

fn sort<C: Context>(
    base: Ptr<Void>,
    n: u64,
    size: u64,
    compare: &mut impl FnMut(&mut C, Ptr<Void>, Ptr<Void>) -> i32,
    cx: &mut C,
) {
    if n < 2 || size == 0 {
        return;
    }
    let total = n.saturating_mul(size);
    cx.memory().bytes_mut(base, total);
    let (n, size) = (n as usize, size as usize);
    if size > LARGE_ELEMENT {
        let mut order: Vec<u32> = (0..n as u32).collect();
        let mut merged = vec![0; n];
        merge_sort(&mut order, &mut merged, &mut |a, b| {
            compare(cx, base + *a as usize * size, base + *b as usize * size) <= 0
        });
        move_into_order(cx.memory().bytes_mut(base, total), size, &order);
    } else {
        let mut merged = vec![0; total as usize];
        sort_elements(base, n, size, &mut merged, compare, cx);
    }
}

/// Sorts `n` elements in place; `merged` has room for them all. The comparison sees the elements where they lie.
fn sort_elements<C: Context>(
    base: Ptr<Void>,
    n: usize,
    size: usize,
    merged: &mut [u8],
    compare: &mut impl FnMut(&mut C, Ptr<Void>, Ptr<Void>) -> i32,
    cx: &mut C,
) {
    if n < 2 {
        return;
    }
    let middle = base + n / 2 * size;
    let end = base + n * size;
    sort_elements(base, n / 2, size, merged, compare, cx);
    sort_elements(middle, n - n / 2, size, merged, compare, cx);
    let (mut left, mut right) = (base, middle);
    let mut filled = 0;
    while left < middle && right < end {
        let from = if compare(cx, left, right) <= 0 { &mut left } else { &mut right };
        merged[filled..filled + size].copy_from_slice(cx.memory().bytes(*from, size as u64));
        *from += size;
        filled += size;
    }
    let memory = cx.memory();
    let unmerged = (middle - left) as u64;
    memory.copy(base + filled, left, unmerged);
    memory.bytes_mut(base, filled as u64).copy_from_slice(&merged[..filled]);
}

/// Sorts elements, or their numbers; `in_order(a, b)` tells whether `a` may stand before `b`. `merged` has room for all.
pub(crate) fn merge_sort<T: Clone>(elements: &mut [T], merged: &mut [T], in_order: &mut impl FnMut(&T, &T) -> bool) {
    let n = elements.len();
    if n < 2 {
        return;
    }
    let middle = n / 2;
    merge_sort(&mut elements[..middle], merged, in_order);
    merge_sort(&mut elements[middle..], merged, in_order);
    let (mut left, mut right, mut filled) = (0, middle, 0);
    while left < middle && right < n {
        let from = if in_order(&elements[left], &elements[right]) { &mut left } else { &mut right };
        merged[filled] = elements[*from].clone();
        *from += 1;
        filled += 1;
    }
    for at in (left..middle).rev() {
        elements[at + n - middle] = elements[at].clone();
    }
    elements[..filled].clone_from_slice(&merged[..filled]);
}

/// Moves the elements so that element `order[i]` comes to place `i`.
fn move_into_order(bytes: &mut [u8], size: usize, order: &[u32]) {
    let old = bytes.to_vec();
    for (to, &from) in bytes.chunks_exact_mut(size).zip(order) {
        to.copy_from_slice(&old[from as usize * size..][..size]);
    }
}

/// Halves the range around the middle element until one compares equal.
pub fn bsearch<C: Context>(
    key: Ptr<Void>,
    base: Ptr<Void>,
    n: u64,
    size: u64,
    mut compare: impl FnMut(&mut C, Ptr<Void>, Ptr<Void>) -> i32,
    cx: &mut C,
) -> Ptr<Void> {
    let element = |index: u64| base + index.wrapping_mul(size);
    search_sorted(n, |index| compare(cx, key, element(index))).map_or(Ptr::NULL, element)
}

/// The number of the element for which `compare`, which says how the key stands to it, gives 0.
pub(crate) fn search_sorted(n: u64, mut compare: impl FnMut(u64) -> i32) -> Option<u64> {
    let (mut low, mut high) = (0, n);
    while low < high {
        let middle = (low + high) / 2;
        match compare(middle) {
            0 => return Some(middle),
            order if order < 0 => high = middle,
            _ => low = middle + 1,
        }
    }
    None
}
