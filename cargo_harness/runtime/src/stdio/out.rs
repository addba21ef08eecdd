//! Formatted output of Rust values on the program's own streams, for generated code.
//!
//! std's `print!` has a buffer of its own, which would mix with that of C's `stdout`. Here a `char` below U+0100 is the byte of
//! that number, so that `c as char` prints the byte `c`, as C's `%c` does.

use std::fmt::{self, Write};

use super::print::{store_string, Printed};
use super::stream::Stream;
use super::{scan, scan_stream, table, File, PrintArg, PrintArgs, ScanArg, ScanArgs, Text};
use crate::memory::{Memory, Ptr};

/// A standard stream as a target of Rust formatting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Out {
    Stdout,
    Stderr,
}

struct Writer<'a>(&'a mut Stream);

impl Write for Writer<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        write_chars(self.0, text);
        Ok(())
    }
}

/// Writes each char as its byte; one that is no byte, in UTF-8.
fn write_chars(out: &mut Stream, text: &str) {
    if text.is_ascii() {
        out.write(text.as_bytes());
        return;
    }
    for c in text.chars() {
        match u8::try_from(c) {
            Ok(byte) => out.write(&[byte]),
            Err(_) => out.write(c.encode_utf8(&mut [0; 4]).as_bytes()),
        };
    }
}

impl Out {
    /// Writes formatted text. As printf's, its errors show in `ferror` alone.
    #[track_caller]
    pub fn print(self, args: fmt::Arguments<'_>) {
        let stream = match self {
            Out::Stdout => super::stdout,
            Out::Stderr => super::stderr,
        };
        match args.as_str() {
            Some(text) => table::with(stream, |out| write_chars(out, text)),
            // One write of stderr, which has no buffer, is one piece of output.
            None if self == Out::Stderr => {
                let text = args.to_string();
                table::with(stream, |out| write_chars(out, &text));
            }
            None => drop(table::with(stream, |out| Writer(out).write_fmt(args))),
        }
    }
}

/// What `printf!` and `fprintf!` call.
#[track_caller]
pub fn fprintf(stream: Ptr<File>, format: &str, args: &[PrintArg<'_>]) -> i32 {
    Printed::new(format.as_bytes(), PrintArgs::Values(args), None).print(stream)
}

/// As [`fprintf`], with arguments that may be pointers.
#[track_caller]
pub fn fprintf_in_memory(stream: Ptr<File>, format: &str, args: &[PrintArg<'_>], mem: &mut Memory) -> i32 {
    let mut printed = Printed::new(format.as_bytes(), PrintArgs::Values(args), Some(mem));
    printed.store_counts(mem);
    printed.print(stream)
}

/// What `sprintf!` and `snprintf!` call, the first with no end of `n`.
#[track_caller]
pub fn snprintf(s: &mut [u8], n: u64, format: &str, args: &[PrintArg<'_>]) -> i32 {
    copy_printed(Printed::new(format.as_bytes(), PrintArgs::Values(args), None), s, n)
}

/// As [`snprintf`], with arguments that may be pointers.
#[track_caller]
pub fn snprintf_in_memory(s: &mut [u8], n: u64, format: &str, args: &[PrintArg<'_>], mem: &mut Memory) -> i32 {
    let mut printed = Printed::new(format.as_bytes(), PrintArgs::Values(args), Some(mem));
    printed.store_counts(mem);
    copy_printed(printed, s, n)
}

/// Stores as much of the text as a string of `n` bytes has room for.
#[track_caller]
pub(crate) fn copy_printed(printed: Printed, s: &mut [u8], n: u64) -> i32 {
    if let Some(text) = printed.cut(n) {
        let len = s.len();
        match s.get_mut(..=text.len()) {
            Some(to) => store_string(to, text),
            None => panic!("write of {} bytes in an array of {len} bytes", text.len() + 1),
        }
    }
    printed.finish(true)
}

/// What `sscanf!` calls.
#[track_caller]
pub fn sscanf(s: &[u8], format: &str, args: &mut [ScanArg<'_>]) -> i32 {
    scan(&mut Text { text: s, at: 0 }, format.as_bytes(), ScanArgs::Places(args), None)
}

/// As [`sscanf`], with arguments that may be pointers.
#[track_caller]
pub fn sscanf_in_memory(s: &[u8], format: &str, args: &mut [ScanArg<'_>], mem: &mut Memory) -> i32 {
    scan(&mut Text { text: s, at: 0 }, format.as_bytes(), ScanArgs::Places(args), Some(mem))
}

/// What `scanf!` and `fscanf!` call.
#[track_caller]
pub fn fscanf(stream: Ptr<File>, format: &str, args: &mut [ScanArg<'_>]) -> i32 {
    scan_stream(stream, format.as_bytes(), args)
}

/// As [`fscanf`], with arguments that may be pointers.
#[track_caller]
pub fn fscanf_in_memory(stream: Ptr<File>, format: &str, args: &mut [ScanArg<'_>], mem: &mut Memory) -> i32 {
    table::with_taken(stream, |input| scan(input, format.as_bytes(), ScanArgs::Places(args), Some(mem)))
}

/// C's `printf` with a literal format: `printf!("%s: %.2f\n", name, x)`, `printf!(mem, "%s\n", p)`.
///
/// Strings are arrays of bytes; only with the program's memory can they be pointers. That goes for all of these macros.
#[macro_export]
macro_rules! printf {
    ($format:literal $(, $arg:expr)* $(,)?) => {
        $crate::fprintf!($crate::stdio::stdout, $format $(, $arg)*)
    };
    ($mem:expr, $format:literal $(, $arg:expr)* $(,)?) => {
        $crate::fprintf!($mem, $crate::stdio::stdout, $format $(, $arg)*)
    };
}

/// C's `fprintf` with a literal format: `fprintf!(stream, "%s\n", name)`, `fprintf!(mem, stream, "%s\n", p)`.
#[macro_export]
macro_rules! fprintf {
    ($stream:expr, $format:literal $(, $arg:expr)* $(,)?) => {
        $crate::stdio::out::fprintf($stream, $format, &[$($crate::stdio::Printable::print_arg(&$arg)),*])
    };
    ($mem:expr, $stream:expr, $format:literal $(, $arg:expr)* $(,)?) => {
        $crate::stdio::out::fprintf_in_memory(
            $stream,
            $format,
            &[$($crate::stdio::PrintableInMemory::print_arg_in_memory(&$arg)),*],
            $mem,
        )
    };
}

/// C's `sprintf` to an array: `sprintf!(buffer, "%d", n)`, `sprintf!(mem, [buffer], "%s", p)`.
#[macro_export]
macro_rules! sprintf {
    ($mem:expr, [$s:expr], $format:literal $(, $arg:expr)* $(,)?) => {
        $crate::snprintf!($mem, [$s, u64::MAX], $format $(, $arg)*)
    };
    ($s:expr, $format:literal $(, $arg:expr)* $(,)?) => {
        $crate::snprintf!($s, u64::MAX, $format $(, $arg)*)
    };
}

/// C's `snprintf` to an array: `snprintf!(buffer, n, "%d", x)`, `snprintf!(mem, [buffer, n], "%s", p)`.
#[macro_export]
macro_rules! snprintf {
    ($mem:expr, [$s:expr, $n:expr], $format:literal $(, $arg:expr)* $(,)?) => {
        $crate::stdio::out::snprintf_in_memory(
            $s,
            $n,
            $format,
            &[$($crate::stdio::PrintableInMemory::print_arg_in_memory(&$arg)),*],
            $mem,
        )
    };
    ($s:expr, $n:expr, $format:literal $(, $arg:expr)* $(,)?) => {
        $crate::stdio::out::snprintf($s, $n, $format, &[$($crate::stdio::Printable::print_arg(&$arg)),*])
    };
}

/// C's `scanf` with a literal format, which stores at the places that are its arguments: `scanf!("%d %s", n, name)`.
/// With the program's memory, where arguments that are pointers point: `scanf!(mem, "%d", p)`.
#[macro_export]
macro_rules! scanf {
    ($format:literal $(, $arg:expr)* $(,)?) => {
        $crate::fscanf!($crate::stdio::stdin, $format $(, $arg)*)
    };
    ($mem:expr, $format:literal $(, $arg:expr)* $(,)?) => {
        $crate::fscanf!($mem, $crate::stdio::stdin, $format $(, $arg)*)
    };
}

/// C's `fscanf` with a literal format, as [`scanf!`].
#[macro_export]
macro_rules! fscanf {
    ($stream:expr, $format:literal $(, $arg:expr)* $(,)?) => {{
        use $crate::stdio::Scannable as _;
        $crate::stdio::out::fscanf($stream, $format, &mut [$($arg.scan_arg()),*])
    }};
    ($mem:expr, $stream:expr, $format:literal $(, $arg:expr)* $(,)?) => {{
        use $crate::stdio::{ScanPointer as _, Scannable as _};
        $crate::stdio::out::fscanf_in_memory($stream, $format, &mut [$($arg.scan_arg()),*], $mem)
    }};
}

/// C's `sscanf` of an array with a literal format, as [`scanf!`]: `sscanf!(s, "%d", n)`, `sscanf!(mem, [s], "%d", p)`.
#[macro_export]
macro_rules! sscanf {
    ($mem:expr, [$s:expr], $format:literal $(, $arg:expr)* $(,)?) => {{
        use $crate::stdio::{ScanPointer as _, Scannable as _};
        $crate::stdio::out::sscanf_in_memory($s, $format, &mut [$($arg.scan_arg()),*], $mem)
    }};
    ($s:expr, $format:literal $(, $arg:expr)* $(,)?) => {{
        use $crate::stdio::Scannable as _;
        $crate::stdio::out::sscanf($s, $format, &mut [$($arg.scan_arg()),*])
    }};
}

/// Prints on C's `stdout`: `printf` of integers and literals.
#[macro_export]
macro_rules! print {
    ($($arg:tt)*) => { $crate::stdio::out::Out::Stdout.print(::core::format_args!($($arg)*)) };
}

/// Prints a line on C's `stdout`.
#[macro_export]
macro_rules! println {
    () => { $crate::print!("\n") };
    ($($arg:tt)*) => { $crate::stdio::out::Out::Stdout.print(::core::format_args!("{}\n", ::core::format_args!($($arg)*))) };
}

/// Prints on C's `stderr`.
#[macro_export]
macro_rules! eprint {
    ($($arg:tt)*) => { $crate::stdio::out::Out::Stderr.print(::core::format_args!($($arg)*)) };
}

/// Prints a line on C's `stderr`.
#[macro_export]
macro_rules! eprintln {
    () => { $crate::eprint!("\n") };
    ($($arg:tt)*) => { $crate::stdio::out::Out::Stderr.print(::core::format_args!("{}\n", ::core::format_args!($($arg)*))) };
}
