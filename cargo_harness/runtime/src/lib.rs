//! Run-time library of crates written by c2rs.
//!
//! [`memory`] is the block-and-offset memory model that any C pointer can fall back to; the other modules are the
//! C library, one module per C header, each function under its C name. State that C keeps in the library (stdio
//! buffers, `errno`, the `rand` seed) lives in thread-locals here, so that a function that prints needs no context.
#![forbid(unsafe_code)]

pub mod assert;
pub mod builtin;
pub mod complex;
pub mod ctype;
mod descriptors;
pub mod dirent;
pub mod errno;
pub mod fcntl;
pub mod fnmatch;
pub mod getopt;
pub mod inttypes;
pub mod libgen;
pub mod locale;
pub mod math;
pub mod memory;
pub mod pool;
pub mod search;
pub mod setjmp;
pub mod signal;
pub mod slices;
pub mod start;
pub mod stdio;
pub mod stdlib;
pub mod string;
pub mod strings;
pub mod sys_file;
pub mod sys_stat;
pub mod sys_time;
pub mod sys_times;
pub mod time;
pub mod unistd;
pub mod utime;
pub mod wchar;
pub mod wctype;

pub use memory::{BitField, Complex, Context, Field, FnPtr, LongComplex, LongDouble, Memory, Pod, Ptr, VaArg, VaList, Void};
pub use pool::{Id, Pool};
