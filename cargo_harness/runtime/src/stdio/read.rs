//! The scanf family.

use super::scan::{scan, TextInMemory};
use super::{stdin, table, File, ScanArg, ScanArgs};
use crate::memory::{Memory, Ptr, VaArg, VaList};

#[track_caller]
pub fn scanf(format: Ptr<u8>, args: &[VaArg], mem: &mut Memory) -> i32 {
    fscanf(stdin, format, args, mem)
}

#[track_caller]
pub fn fscanf(stream: Ptr<File>, format: Ptr<u8>, args: &[VaArg], mem: &mut Memory) -> i32 {
    let format = mem.c_str(format).to_vec();
    table::with_taken(stream, |input| scan(input, &format, ScanArgs::Variable(args), Some(mem)))
}

#[track_caller]
pub fn sscanf(s: Ptr<u8>, format: Ptr<u8>, args: &[VaArg], mem: &mut Memory) -> i32 {
    let format = mem.c_str(format).to_vec();
    scan(&mut TextInMemory { at: s }, &format, ScanArgs::Variable(args), Some(mem))
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

/// `fscanf` to places that are not in memory.
#[track_caller]
pub(crate) fn scan_stream(stream: Ptr<File>, format: &[u8], args: &mut [ScanArg<'_>]) -> i32 {
    table::with_taken(stream, |input| scan(input, format, ScanArgs::Places(args), None))
}
