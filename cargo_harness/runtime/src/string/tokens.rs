//! Splitting strings: `strtok`, `strtok_r` and `strsep`.

use std::cell::Cell;

use super::search::{strcspn, strspn};
use crate::{Memory, Ptr};

thread_local! {
    /// Where `strtok` goes on.
    static REST: Cell<Ptr<u8>> = const { Cell::new(Ptr::NULL) };
}

#[track_caller]
pub fn strtok(mem: &mut Memory, s: Ptr<u8>, delim: Ptr<u8>) -> Ptr<u8> {
    let start = if s.is_null() { REST.get() } else { s };
    let (token, rest) = next_token(mem, start, delim);
    REST.set(rest);
    token
}

#[track_caller]
pub fn strtok_r(mem: &mut Memory, s: Ptr<u8>, delim: Ptr<u8>, saveptr: Ptr<Ptr<u8>>) -> Ptr<u8> {
    let start = if s.is_null() { mem.read(saveptr) } else { s };
    let (token, rest) = next_token(mem, start, delim);
    mem.write(saveptr, rest);
    token
}

/// The first token from `start`, ended with a NUL, and where the next begins.
#[track_caller]
fn next_token(mem: &mut Memory, start: Ptr<u8>, delim: Ptr<u8>) -> (Ptr<u8>, Ptr<u8>) {
    let token = start + strspn(mem, start, delim);
    if mem.read(token) == 0 {
        return (Ptr::NULL, token);
    }
    let end = token + strcspn(mem, token, delim);
    if mem.read(end) == 0 {
        return (token, end);
    }
    mem.write(end, 0);
    (token, end + 1)
}

/// The field at `*stringp`, which moves past its delimiter, or becomes null after the last one.
#[track_caller]
pub fn strsep(mem: &mut Memory, stringp: Ptr<Ptr<u8>>, delim: Ptr<u8>) -> Ptr<u8> {
    let field = mem.read(stringp);
    if field.is_null() {
        return field;
    }
    let end = field + strcspn(mem, field, delim);
    if mem.read(end) == 0 {
        mem.write(stringp, Ptr::NULL);
    } else {
        mem.write(end, 0);
        mem.write(stringp, end + 1);
    }
    field
}
