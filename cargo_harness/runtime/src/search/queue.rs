//! Doubly linked lists of structs that start with a pointer to the next and one to the previous.

use crate::{Memory, Ptr, Void};

/// The links at the start of an element: next, previous.
#[track_caller]
fn links(element: Ptr<Void>) -> (Ptr<Ptr<Void>>, Ptr<Ptr<Void>>) {
    let next = element.cast();
    (next, next + 1)
}

/// Puts `elem` behind `prev`, or makes it a list of its own where that is null.
#[track_caller]
pub fn insque(elem: Ptr<Void>, prev: Ptr<Void>, mem: &mut Memory) {
    let (elem_next, elem_prev) = links(elem);
    let mut next = Ptr::NULL;
    if !prev.is_null() {
        let (prev_next, _) = links(prev);
        next = mem.read(prev_next);
        mem.write(prev_next, elem);
        if !next.is_null() {
            mem.write(links(next).1, elem);
        }
    }
    mem.write(elem_next, next);
    mem.write(elem_prev, prev);
}

/// Takes `elem` out of its list; its own links stay.
#[track_caller]
pub fn remque(elem: Ptr<Void>, mem: &mut Memory) {
    let (next, prev) = links(elem);
    let (next, prev) = (mem.read(next), mem.read(prev));
    if !next.is_null() {
        mem.write(links(next).1, prev);
    }
    if !prev.is_null() {
        mem.write(links(prev).0, next);
    }
}
