//! The printf family.

use std::cell::Cell;

use super::format::{format, Failure, Store};
use super::{stdout, table, File, PrintArgs};
use crate::descriptors;
use crate::errno;
use crate::memory::{Memory, Ptr, VaArg, VaList, Void};

thread_local! {
    /// A buffer that lives on from call to call.
    static SCRATCH: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// What a call of the printf family prints, in a buffer that the next call uses again.
pub(crate) struct Printed {
    pub(crate) text: Vec<u8>,
    stores: Vec<Store>,
    result: Result<(), Failure>,
}

impl Printed {
    /// Formats; `mem` is there where arguments may be pointers.
    #[track_caller]
    pub(crate) fn new(fmt: &[u8], args: PrintArgs<'_>, mem: Option<&Memory>) -> Self {
        let mut text = SCRATCH.take();
        text.clear();
        let mut stores: Vec<Store> = Vec::new();
        let result = format(fmt, args, &mut text, &mut stores, mem);
        Printed { text, stores, result }
    }

    /// Does the stores of `%n`.
    #[track_caller]
    pub(crate) fn store_counts(&mut self, mem: &mut Memory) {
        for store in self.stores.drain(..) {
            store.apply(mem);
        }
    }

    /// As much of the text as a string of `room` bytes holds; none where that has no room for a NUL.
    pub(crate) fn cut(&self, room: u64) -> Option<&[u8]> {
        let most = usize::try_from(room.checked_sub(1)?).unwrap_or(usize::MAX);
        Some(&self.text[..self.text.len().min(most)])
    }

    /// printf's result: the number of bytes, or -1; `written` says whether they could be written.
    pub(crate) fn finish(self, written: bool) -> i32 {
        let len = self.text.len();
        SCRATCH.set(self.text);
        match self.result {
            Ok(()) if written => len as i32,
            Ok(()) => -1,
            Err(number) => {
                errno::set(number);
                -1
            }
        }
    }

    /// Writes the text to a stream.
    #[track_caller]
    pub(crate) fn print(self, stream: Ptr<File>) -> i32 {
        let written = table::with(stream, |out| out.write(&self.text));
        self.finish(written)
    }
}

/// Stores a string and its NUL in the bytes that are just as many.
pub(crate) fn store_string(to: &mut [u8], text: &[u8]) {
    to[..text.len()].copy_from_slice(text);
    to[text.len()] = 0;
}

/// Formats and gives the text to `write`, which says whether it could write it. The result is printf's.
#[track_caller]
fn print_to(fmt: Ptr<u8>, args: &[VaArg], write: impl FnOnce(&mut Memory, &Printed) -> bool, mem: &mut Memory) -> i32 {
    let mut printed = Printed::new(mem.c_str(fmt), PrintArgs::Variable(args), Some(mem));
    let written = write(mem, &printed);
    printed.store_counts(mem);
    printed.finish(written)
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
    print_to(format, args, |_, printed| table::with(stream, |out| out.write(&printed.text)), mem)
}

#[track_caller]
pub fn dprintf(fd: i32, format: Ptr<u8>, args: &[VaArg], mem: &mut Memory) -> i32 {
    print_to(format, args, |_, printed| descriptors::write_all(fd, &printed.text), mem)
}

#[track_caller]
pub fn sprintf(s: Ptr<u8>, format: Ptr<u8>, args: &[VaArg], mem: &mut Memory) -> i32 {
    snprintf(s, u64::MAX, format, args, mem)
}

#[track_caller]
pub fn snprintf(s: Ptr<u8>, n: u64, format: Ptr<u8>, args: &[VaArg], mem: &mut Memory) -> i32 {
    print_to(
        format,
        args,
        |mem, printed| {
            if let Some(text) = printed.cut(n) {
                store_string(mem.bytes_mut(s, text.len() as u64 + 1), text);
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
        |mem, printed| {
            let text = &printed.text;
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
    print_error(if s.is_null() { b"" } else { mem.c_str(s) });
}

/// Prints `text`, unless it is empty, and the text of `errno` on stderr.
pub(crate) fn print_error(text: &[u8]) {
    let number = errno::get();
    let mut line = text.to_vec();
    if !text.is_empty() {
        line.extend_from_slice(b": ");
    }
    match errno::message(number) {
        Some(text) => line.extend_from_slice(text.as_bytes()),
        None => line.extend_from_slice(std::format!("Unknown error {number}").as_bytes()),
    }
    line.push(b'\n');
    table::with(super::stderr, |out| out.write(&line));
}
