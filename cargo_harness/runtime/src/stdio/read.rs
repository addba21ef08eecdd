//! The scanf family.

use super::scan::{scan, Text};
use super::{stdin, table, File};
use crate::memory::{Memory, Ptr, VaArg, VaList};

#[track_caller]
pub fn scanf(format: Ptr<u8>, args: &[VaArg], mem: &mut Memory) -> i32 {
    fscanf(stdin, format, args, mem)
}

#[track_caller]
pub fn fscanf(stream: Ptr<File>, format: Ptr<u8>, args: &[VaArg], mem: &mut Memory) -> i32 {
    table::with_taken(stream, |input| scan(input, mem, format, args))
}

#[track_caller]
pub fn sscanf(s: Ptr<u8>, format: Ptr<u8>, args: &[VaArg], mem: &mut Memory) -> i32 {
    scan(&mut Text { at: s }, mem, format, args)
}

#[track_caller]
pub fn vscanf(format: Ptr<u8>, list: VaList, mem: &mut Memory) -> i32 {
    vfscanf(stdin, format, list, mem)
}

#[track_caller]
pub fn vfscanf(stream: Ptr<File>, format: Ptr<u8>, list: VaList, mem: &mut Memory) -> i32 {
    let args = mem.va_rest(list).to_vec();
    fscanf(stream, format, &args, mem)
}

#[track_caller]
pub fn vsscanf(s: Ptr<u8>, format: Ptr<u8>, list: VaList, mem: &mut Memory) -> i32 {
    let args = mem.va_rest(list).to_vec();
    sscanf(s, format, &args, mem)
}
