//! Splitting strings: `strtok`, `strtok_r` and `strsep`.

use std::cell::Cell;

use super::search::{strcspn, strspn};
use crate::{Memory, Ptr};

thread_local! {
    /// Where `strtok` goes on.
    static REST: Cell<Ptr<u8>> = const { Cell::new(Ptr::NULL) };
}

#[track_caller]
pub fn strtok(s: Ptr<u8>, delim: Ptr<u8>, mem: &mut Memory) -> Ptr<u8> {
    let start = if s.is_null() { REST.get() } else { s };
    let (token, rest) = next_token(start, delim, mem);
    REST.set(rest);
    token
}

#[track_caller]
pub fn strtok_r(s: Ptr<u8>, delim: Ptr<u8>, saveptr: Ptr<Ptr<u8>>, mem: &mut Memory) -> Ptr<u8> {
    let start = if s.is_null() { mem.read(saveptr) } else { s };
    let (token, rest) = next_token(start, delim, mem);
    mem.write(saveptr, rest);
    token
}

/// The first token from `start`, ended with a NUL, and where the next begins.
#[track_caller]
fn next_token(start: Ptr<u8>, delim: Ptr<u8>, mem: &mut Memory) -> (Ptr<u8>, Ptr<u8>) {
    let token = start + strspn(start, delim, mem);
    if mem.read(token) == 0 {
        return (Ptr::NULL, token);
    }
    let end = token + strcspn(token, delim, mem);
    if mem.read(end) == 0 {
        return (token, end);
    }
    mem.write(end, 0);
    (token, end + 1)
}

/// The field at `*stringp`, which moves past its delimiter, or becomes null after the last one.
#[track_caller]
pub fn strsep(stringp: Ptr<Ptr<u8>>, delim: Ptr<u8>, mem: &mut Memory) -> Ptr<u8> {
    let field = mem.read(stringp);
    if field.is_null() {
        return field;
    }
    let end = field + strcspn(field, delim, mem);
    if mem.read(end) == 0 {
        mem.write(stringp, Ptr::NULL);
    } else {
        mem.write(end, 0);
        mem.write(stringp, end + 1);
    }
    field
}
