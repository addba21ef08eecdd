//! Formatted output of Rust values on the program's own streams, for generated code.
//!
//! std's `print!` has a buffer of its own, which would mix with that of C's `stdout`. Here a `char` below U+0100 is the byte of
//! that number, so that `c as char` prints the byte `c`, as C's `%c` does.

use std::fmt::{self, Write};

use super::print::print_literal;
use super::stream::Stream;
use super::{table, File};
use crate::memory::{Memory, Ptr, VaArg};

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

/// What `fprintf!` calls.
#[track_caller]
pub fn fprintf(stream: Ptr<File>, format: &str, args: &[VaArg], mem: &mut Memory) -> i32 {
    print_literal(stream, format, args, mem)
}

/// C's `printf` with a literal format: `printf!(mem, "%s: %.2f\n", name, x)`.
#[macro_export]
macro_rules! printf {
    ($mem:expr, $format:literal $(, $arg:expr)* $(,)?) => {
        $crate::stdio::out::fprintf($crate::stdio::stdout, $format, &[$($crate::VaArg::from($arg)),*], $mem)
    };
}

/// C's `fprintf` with a literal format: `fprintf!(mem, stream, "%s\n", name)`.
#[macro_export]
macro_rules! fprintf {
    ($mem:expr, $stream:expr, $format:literal $(, $arg:expr)* $(,)?) => {
        $crate::stdio::out::fprintf($stream, $format, &[$($crate::VaArg::from($arg)),*], $mem)
    };
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
