//! The printf family.

use std::cell::Cell;

use super::format::{format, Store};
use super::{stdout, table, File};
use crate::descriptors;
use crate::errno;
use crate::memory::{Memory, Ptr, VaArg, VaList, Void};

thread_local! {
    /// A buffer that lives on from call to call.
    static SCRATCH: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// Where a format stands: in memory, or in the generated code.
enum Source<'a> {
    Memory(Ptr<u8>),
    Text(&'a str),
}

/// Formats into the scratch buffer and gives that to `write`, which says whether it could write it. The result is
/// printf's: the number of bytes, or -1.
#[track_caller]
fn print_to(fmt: Ptr<u8>, args: &[VaArg], write: impl FnOnce(&mut Memory, &[u8]) -> bool, mem: &mut Memory) -> i32 {
    print_from(Source::Memory(fmt), args, write, mem)
}

/// `fprintf` with a format that is a literal of the generated code.
#[track_caller]
pub(super) fn print_literal(stream: Ptr<File>, fmt: &str, args: &[VaArg], mem: &mut Memory) -> i32 {
    print_from(Source::Text(fmt), args, |_, text| table::with(stream, |out| out.write(text)), mem)
}

#[track_caller]
fn print_from(
    source: Source<'_>,
    args: &[VaArg],
    write: impl FnOnce(&mut Memory, &[u8]) -> bool,
    mem: &mut Memory,
) -> i32 {
    let mut text = SCRATCH.take();
    text.clear();
    let mut stores: Vec<Store> = Vec::new();
    let fmt = match source {
        Source::Memory(fmt) => mem.c_str(fmt),
        Source::Text(fmt) => fmt.as_bytes(),
    };
    let result = format(fmt, args, &mut text, &mut stores, mem);
    let written = write(mem, &text);
    let len = text.len();
    SCRATCH.set(text);
    for store in stores {
        store.apply(mem);
    }
    match result {
        Ok(()) if written => len as i32,
        Ok(()) => -1,
        Err(number) => {
            errno::set(number);
            -1
        }
    }
}

#[track_caller]
fn print_list(
    fmt: Ptr<u8>,
    list: VaList,
    print: impl FnOnce(Ptr<u8>, &[VaArg], &mut Memory) -> i32,
    mem: &mut Memory,
) -> i32 {
    let args = mem.va_rest(list).to_vec();
    print(fmt, &args, mem)
}

#[track_caller]
pub fn printf(format: Ptr<u8>, args: &[VaArg], mem: &mut Memory) -> i32 {
    fprintf(stdout, format, args, mem)
}

#[track_caller]
pub fn fprintf(stream: Ptr<File>, format: Ptr<u8>, args: &[VaArg], mem: &mut Memory) -> i32 {
    print_to(format, args, |_, text| table::with(stream, |out| out.write(text)), mem)
}

#[track_caller]
pub fn dprintf(fd: i32, format: Ptr<u8>, args: &[VaArg], mem: &mut Memory) -> i32 {
    print_to(format, args, |_, text| descriptors::write_all(fd, text), mem)
}

#[track_caller]
pub fn sprintf(s: Ptr<u8>, format: Ptr<u8>, args: &[VaArg], mem: &mut Memory) -> i32 {
    print_to(
        format,
        args,
        |mem, text| {
            let to = mem.bytes_mut(s, text.len() as u64 + 1);
            to[..text.len()].copy_from_slice(text);
            to[text.len()] = 0;
            true
        },
        mem,
    )
}

#[track_caller]
pub fn snprintf(s: Ptr<u8>, n: u64, format: Ptr<u8>, args: &[VaArg], mem: &mut Memory) -> i32 {
    print_to(
        format,
        args,
        |mem, text| {
            if n > 0 {
                let kept = text.len().min(n as usize - 1);
                let to = mem.bytes_mut(s, kept as u64 + 1);
                to[..kept].copy_from_slice(&text[..kept]);
                to[kept] = 0;
            }
            true
        },
        mem,
    )
}

#[track_caller]
pub fn asprintf(strp: Ptr<Ptr<u8>>, format: Ptr<u8>, args: &[VaArg], mem: &mut Memory) -> i32 {
    print_to(
        format,
        args,
        |mem, text| {
            let copy: Ptr<Void> = mem.allocate(text.len() as u64 + 1);
            mem.bytes_mut(copy, text.len() as u64).copy_from_slice(text);
            mem.write(strp, copy.cast());
            true
        },
        mem,
    )
}

#[track_caller]
pub fn vprintf(format: Ptr<u8>, list: VaList, mem: &mut Memory) -> i32 {
    print_list(format, list, printf, mem)
}

#[track_caller]
pub fn vfprintf(stream: Ptr<File>, format: Ptr<u8>, list: VaList, mem: &mut Memory) -> i32 {
    print_list(format, list, |format, args, mem| fprintf(stream, format, args, mem), mem)
}

#[track_caller]
pub fn vdprintf(fd: i32, format: Ptr<u8>, list: VaList, mem: &mut Memory) -> i32 {
    print_list(format, list, |format, args, mem| dprintf(fd, format, args, mem), mem)
}

#[track_caller]
pub fn vsprintf(s: Ptr<u8>, format: Ptr<u8>, list: VaList, mem: &mut Memory) -> i32 {
    print_list(format, list, |format, args, mem| sprintf(s, format, args, mem), mem)
}

#[track_caller]
pub fn vsnprintf(s: Ptr<u8>, n: u64, format: Ptr<u8>, list: VaList, mem: &mut Memory) -> i32 {
    print_list(format, list, |format, args, mem| snprintf(s, n, format, args, mem), mem)
}

#[track_caller]
pub fn vasprintf(strp: Ptr<Ptr<u8>>, format: Ptr<u8>, list: VaList, mem: &mut Memory) -> i32 {
    print_list(format, list, |format, args, mem| asprintf(strp, format, args, mem), mem)
}

/// Prints `s`, unless it is null or empty, and the text of `errno` on stderr.
#[track_caller]
pub fn perror(s: Ptr<u8>, mem: &Memory) {
    let number = errno::get();
    let mut line = Vec::new();
    if !s.is_null() && mem.read(s) != 0 {
        line.extend_from_slice(mem.c_str(s));
        line.extend_from_slice(b": ");
    }
    match errno::message(number) {
        Some(text) => line.extend_from_slice(text.as_bytes()),
        None => line.extend_from_slice(std::format!("Unknown error {number}").as_bytes()),
    }
    line.push(b'\n');
    table::with(super::stderr, |out| out.write(&line));
}
