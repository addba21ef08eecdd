//! The scanf family.

use super::scan::{scan, Text};
use super::{stdin, table, File};
use crate::memory::{Memory, Ptr, VaArg, VaList};

#[track_caller]
pub fn scanf(mem: &mut Memory, format: Ptr<u8>, args: &[VaArg]) -> i32 {
    fscanf(mem, stdin, format, args)
}

#[track_caller]
pub fn fscanf(mem: &mut Memory, stream: Ptr<File>, format: Ptr<u8>, args: &[VaArg]) -> i32 {
    table::with_taken(stream, |input| scan(input, mem, format, args))
}

#[track_caller]
pub fn sscanf(mem: &mut Memory, s: Ptr<u8>, format: Ptr<u8>, args: &[VaArg]) -> i32 {
    scan(&mut Text { at: s }, mem, format, args)
}

#[track_caller]
pub fn vscanf(mem: &mut Memory, format: Ptr<u8>, list: VaList) -> i32 {
    vfscanf(mem, stdin, format, list)
}

#[track_caller]
pub fn vfscanf(mem: &mut Memory, stream: Ptr<File>, format: Ptr<u8>, list: VaList) -> i32 {
    let args = mem.va_rest(list).to_vec();
    fscanf(mem, stream, format, &args)
}

#[track_caller]
pub fn vsscanf(mem: &mut Memory, s: Ptr<u8>, format: Ptr<u8>, list: VaList) -> i32 {
    let args = mem.va_rest(list).to_vec();
    sscanf(mem, s, format, &args)
}
