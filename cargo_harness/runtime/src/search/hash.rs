//! Hash tables of strings with a fixed number of places, as `hcreate` makes them: open addressing in a block of the heap.

use crate::{errno, layout, Memory, Pod, Ptr, Void};

/// C's `ENTRY`.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    pub key: Ptr<u8>,
    pub data: Ptr<Void>,
}

layout! { Entry: 16, 8;
    KEY key: Ptr<u8> = 0;
    DATA data: Ptr<Void> = 8;
}

/// C's `struct hsearch_data`.
#[derive(Clone, Copy, Debug)]
pub struct HsearchData {
    pub __table: Ptr<Place>,
    pub __size: u32,
    pub __filled: u32,
}

layout! { HsearchData: 16, 8;
    __TABLE __table: Ptr<Place> = 0;
    __SIZE __size: u32 = 8;
    __FILLED __filled: u32 = 12;
}

/// A place of a table: free where the hash, which is never 0, is 0.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    hash: u32,
    entry: Entry,
}

layout! { Place: 24, 8;
    HASH hash: u32 = 0;
    ENTRY entry: Entry = 8;
}

/// The `ACTION` that only looks; the other one enters what is missing.
const FIND: u32 = 0;

fn is_prime(number: u64) -> bool {
    (3..)
        .step_by(2)
        .take_while(|divisor| divisor * divisor <= number)
        .all(|divisor| number / divisor * divisor < number)
}

/// Makes a table with a prime number of places, which is at least `nel`; 0 where there is one already.
#[track_caller]
pub fn hcreate_r(nel: u64, htab: Ptr<HsearchData>, mem: &mut Memory) -> i32 {
    if htab.is_null() {
        errno::set(errno::EINVAL);
        return 0;
    }
    if !mem.read(htab).__table.is_null() {
        return 0;
    }
    let size = (nel.max(3) | 1..=u64::from(u32::MAX)).step_by(2).find(|&size| is_prime(size));
    let table = size.map_or(Ptr::NULL, |size| mem.allocate(size.saturating_mul(Place::SIZE as u64)));
    if table.is_null() {
        errno::set(errno::ENOMEM);
        return 0;
    }
    mem.write(htab, HsearchData { __table: table.cast(), __size: size.unwrap_or(0) as u32, __filled: 0 });
    1
}

#[track_caller]
pub fn hdestroy_r(htab: Ptr<HsearchData>, mem: &mut Memory) {
    if htab.is_null() {
        errno::set(errno::EINVAL);
        return;
    }
    mem.release(mem.read(htab).__table.cast());
    mem.write(htab.at(HsearchData::__TABLE), Ptr::NULL);
}

/// The hash of a key, not 0.
fn hash(key: &[u8]) -> u32 {
    key.iter().fold(0x811C_9DC5u32, |hash, &byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)).max(1)
}

/// Gives the entry with the key of `item` in `*retval`, or enters `item`; 0 where it is not there or does not fit.
#[track_caller]
pub fn hsearch_r(item: Entry, action: u32, retval: Ptr<Ptr<Entry>>, htab: Ptr<HsearchData>, mem: &mut Memory) -> i32 {
    let HsearchData { __table: table, __size: size, __filled: filled } = mem.read(htab);
    let key = mem.c_str(item.key);
    let hash = hash(key);
    let mut index = hash % size.max(1);
    for _ in 0..size {
        let at = table + index;
        let place = mem.read(at);
        if place.hash == 0 {
            break;
        }
        if place.hash == hash && mem.c_str(place.entry.key) == key {
            mem.write(retval, at.at(Place::ENTRY));
            return 1;
        }
        index = (index + 1) % size;
    }
    if action == FIND || filled == size {
        errno::set(if action == FIND { errno::ESRCH } else { errno::ENOMEM });
        mem.write(retval, Ptr::NULL);
        return 0;
    }
    let at = table + index;
    mem.write(at, Place { hash, entry: item });
    mem.write(htab.at(HsearchData::__FILLED), filled + 1);
    mem.write(retval, at.at(Place::ENTRY));
    1
}

/// The table of the functions that name none.
fn own_table(mem: &mut Memory) -> Ptr<HsearchData> {
    mem.library_block("hsearch", HsearchData::SIZE).cast()
}

#[track_caller]
pub fn hcreate(nel: u64, mem: &mut Memory) -> i32 {
    let table = own_table(mem);
    hcreate_r(nel, table, mem)
}

#[track_caller]
pub fn hdestroy(mem: &mut Memory) {
    let table = own_table(mem);
    hdestroy_r(table, mem);
}

#[track_caller]
pub fn hsearch(item: Entry, action: u32, mem: &mut Memory) -> Ptr<Entry> {
    let table = own_table(mem);
    let found = mem.library_block("hsearch result", 8).cast();
    hsearch_r(item, action, found, table, mem);
    mem.read(found)
}
