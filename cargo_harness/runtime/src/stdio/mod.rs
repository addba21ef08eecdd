//! `stdio.h`: streams, formatted output and formatted input.
//!
//! - [`stream`]: one stream, its buffer and its position; [`table`]: the open streams under their handles.
//! - [`format`]: the engine behind the printf family; [`scan`]: the one behind the scanf family.
//! - [`print`], [`read`], [`chars`], [`files`], [`position`], [`command`], [`unlocked`], [`wide`]: the C functions, by what
//!   they do.
//! - [`memory_streams`]: streams on memory of the program, which [`memory_file`] stands for.
//! - [`arguments`]: what stands after a format.
//! - [`out`]: formatted output of Rust values and formats that are literals, for generated code.

mod arguments;
mod chars;
mod command;
pub(crate) mod files;
pub(crate) mod format;
mod memory_file;
mod memory_streams;
pub mod out;
mod position;
mod print;
mod read;
mod scan;
mod stream;
mod table;
mod transliteration;
mod unlocked;
mod wide;

pub use arguments::{Bytes, PrintArg, Printable, PrintableInMemory, ScanArg, ScanPointer, Scannable};
pub use chars::*;
pub use command::*;
pub use files::*;
pub use memory_streams::*;
pub use position::*;
pub use print::*;
pub use read::*;
pub use unlocked::*;
pub use wide::*;

use crate::memory::Ptr;

pub(crate) use arguments::{PrintArgs, ScanArgs};
pub(crate) use scan::{scan, Text};
pub(crate) use table::{flush_all, flush_on_panic};

/// C's `FILE`: only ever pointed to.
#[derive(Clone, Copy, Debug)]
pub struct File;

#[allow(non_upper_case_globals)]
pub const stdin: Ptr<File> = Ptr::handle(0);
#[allow(non_upper_case_globals)]
pub const stdout: Ptr<File> = Ptr::handle(1);
#[allow(non_upper_case_globals)]
pub const stderr: Ptr<File> = Ptr::handle(2);

/// What functions that give a byte or a status give at the end of the file and on errors.
pub const EOF: i32 = -1;
pub const SEEK_SET: i32 = 0;
pub const SEEK_CUR: i32 = 1;
pub const SEEK_END: i32 = 2;
/// The modes of `setvbuf`.
pub const _IOFBF: i32 = 0;
pub const _IOLBF: i32 = 1;
pub const _IONBF: i32 = 2;
pub const BUFSIZ: i32 = 8192;
