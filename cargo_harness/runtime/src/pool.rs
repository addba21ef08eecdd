//! Arenas: the objects of a [`Pool`] are named by an [`Id`], which can be copied, kept and compared, but is no address.

use std::fmt;
use std::marker::PhantomData;
use std::ops::{Index, IndexMut};

use crate::memory::Pod;

/// The first generation. The upper half of an id in memory is its generation, so it is never that of a pointer.
const FIRST: u32 = 0x8000_0000;
/// The generation behind which a slot is not used again.
const LAST: u32 = 0xBFFF_FFFF;

/// A name for an object of a [`Pool`], or for none ([`Id::NULL`]).
pub struct Id<T> {
    index: u32,
    generation: u32,
    object: PhantomData<fn() -> T>,
}

/// Objects of one type that come and go one by one. An id whose object was removed names nothing any more.
pub struct Pool<T> {
    slots: Vec<Slot<T>>,
    vacant: Vec<u32>,
    /// Slots that are not used again.
    used_up: usize,
}

struct Slot<T> {
    generation: u32,
    object: T,
}

impl<T> Id<T> {
    /// The id of no object.
    pub const NULL: Self = Id { index: 0, generation: 0, object: PhantomData };

    #[inline(always)]
    pub const fn is_null(self) -> bool {
        self.generation == 0 && self.index == 0
    }
}

impl<T> Clone for Id<T> {
    #[inline(always)]
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Id<T> {}

impl<T> PartialEq for Id<T> {
    #[inline(always)]
    fn eq(&self, other: &Self) -> bool {
        (self.index, self.generation) == (other.index, other.generation)
    }
}

impl<T> Eq for Id<T> {}

impl<T> Default for Id<T> {
    fn default() -> Self {
        Self::NULL
    }
}

impl<T> fmt::Debug for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.generation.checked_sub(FIRST) {
            Some(generation) => write!(f, "object {} of generation {generation}", self.index),
            None => f.write_str(if self.is_null() { "no object" } else { "what is no object" }),
        }
    }
}

/// An id has the 8 bytes of a pointer; no bytes of a pointer are those of an id, null apart.
impl<T> Pod for Id<T> {
    const SIZE: usize = 8;
    const ALIGN: usize = 8;
    const ZERO: Self = Self::NULL;

    #[inline(always)]
    fn load(bytes: &[u8]) -> Self {
        let bits = u64::load(bytes);
        Id { index: bits as u32, generation: (bits >> 32) as u32, object: PhantomData }
    }

    #[inline(always)]
    fn store(self, bytes: &mut [u8]) {
        (u64::from(self.generation) << 32 | u64::from(self.index)).store(bytes);
    }
}

impl<T> Pool<T> {
    pub const fn new() -> Self {
        Pool { slots: Vec::new(), vacant: Vec::new(), used_up: 0 }
    }

    /// How many objects are there.
    pub fn len(&self) -> usize {
        self.slots.len() - self.vacant.len() - self.used_up
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A new object, and its id.
    #[inline]
    pub fn insert(&mut self, object: T) -> Id<T> {
        let Some(index) = self.vacant.pop() else {
            let index = u32::try_from(self.slots.len()).expect("out of memory: too many objects");
            self.slots.push(Slot { generation: FIRST, object });
            return Id { index, generation: FIRST, object: PhantomData };
        };
        let slot = &mut self.slots[index as usize];
        slot.object = object;
        Id { index, generation: slot.generation, object: PhantomData }
    }

    /// The object, if it is there.
    #[inline]
    pub fn get(&self, id: Id<T>) -> Option<&T> {
        let slot = self.slots.get(id.index as usize)?;
        (slot.generation == id.generation).then_some(&slot.object)
    }

    /// Two objects change places; their ids stay.
    #[track_caller]
    pub fn swap(&mut self, a: Id<T>, b: Id<T>) {
        let _ = (&self[a], &self[b]);
        if a == b {
            return;
        }
        let (low, high) = if a.index < b.index { (a, b) } else { (b, a) };
        let (front, back) = self.slots.split_at_mut(high.index as usize);
        std::mem::swap(&mut front[low.index as usize].object, &mut back[0].object);
    }

    /// Ends an object, as `free` does; there is nothing to do for no object.
    #[inline]
    #[track_caller]
    pub fn remove(&mut self, id: Id<T>) {
        if id.is_null() {
            return;
        }
        match self.slots.get_mut(id.index as usize) {
            Some(slot) if slot.generation == id.generation => {
                slot.generation += 1;
                if slot.generation <= LAST {
                    self.vacant.push(id.index);
                } else {
                    self.used_up += 1;
                }
            }
            _ => panic!("free of an object that is not there ({id:?})"),
        }
    }
}

impl<T> Default for Pool<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> Index<Id<T>> for Pool<T> {
    type Output = T;

    #[inline(always)]
    #[track_caller]
    fn index(&self, id: Id<T>) -> &T {
        match self.slots.get(id.index as usize) {
            Some(slot) if slot.generation == id.generation => &slot.object,
            _ => missing(id),
        }
    }
}

impl<T> IndexMut<Id<T>> for Pool<T> {
    #[inline(always)]
    #[track_caller]
    fn index_mut(&mut self, id: Id<T>) -> &mut T {
        match self.slots.get_mut(id.index as usize) {
            Some(slot) if slot.generation == id.generation => &mut slot.object,
            _ => missing(id),
        }
    }
}

#[cold]
#[track_caller]
fn missing<T>(id: Id<T>) -> ! {
    if id.is_null() {
        panic!("access through a null pointer");
    }
    panic!("access to an object that is not there ({id:?})");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_come_and_go() {
        let mut pool = Pool::new();
        let (a, b) = (pool.insert(1), pool.insert(2));
        pool[a] += 10;
        assert_eq!((pool[a], pool[b]), (11, 2));
        pool.remove(a);
        assert_eq!((pool.get(a), pool.get(b), pool.get(Id::NULL)), (None, Some(&2), None));
        assert_eq!((pool.len(), pool.is_empty()), (1, false));
        let c = pool.insert(3);
        assert!(a != c && !c.is_null());
        assert_eq!((pool[b], pool[c]), (2, 3));
    }

    #[test]
    fn objects_change_places() {
        let mut pool = Pool::new();
        let (a, b) = (pool.insert(1), pool.insert(2));
        pool.swap(a, b);
        assert_eq!((pool[a], pool[b]), (2, 1));
        pool.swap(b, a);
        pool.swap(a, a);
        assert_eq!((pool[a], pool[b]), (1, 2));
    }

    #[test]
    #[should_panic(expected = "access to an object that is not there (object 0 of generation 0)")]
    fn a_removed_object_is_not_read() {
        let mut pool = Pool::new();
        let id = pool.insert(1);
        pool.remove(id);
        pool.insert(2);
        let _ = pool[id];
    }

    #[test]
    #[should_panic(expected = "free of an object that is not there")]
    fn an_object_is_removed_once() {
        let mut pool = Pool::new();
        let id = pool.insert(1);
        pool.remove(id);
        pool.remove(id);
    }

    #[test]
    #[should_panic(expected = "access through a null pointer")]
    fn no_object_is_not_read() {
        let mut pool = Pool::new();
        pool.insert(1);
        pool.remove(Id::NULL);
        let _ = pool[Id::NULL];
    }

    #[test]
    fn ids_keep_in_bytes_and_are_no_pointers() {
        let mut pool = Pool::new();
        pool.insert('a');
        let id = pool.insert('b');
        let mut bytes = [0; 8];
        id.store(&mut bytes);
        assert!(Id::load(&bytes) == id);
        assert!(crate::Ptr::<u8>::load(&bytes).block() >= FIRST);
        assert!(Id::<char>::load(&[0; 8]).is_null());
    }
}
