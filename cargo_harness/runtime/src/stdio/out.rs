//! Formatted output of Rust values on the program's own streams, for generated code.
//!
//! std's `print!` has a buffer of its own, which would mix with that of C's `stdout`.

use std::fmt::{self, Write};

use super::stream::Stream;
use super::table;

/// A standard stream as a target of Rust formatting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Out {
    Stdout,
    Stderr,
}

struct Writer<'a>(&'a mut Stream);

impl Write for Writer<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.write(text.as_bytes());
        Ok(())
    }
}

impl Out {
    /// Writes formatted text. As printf's, its errors show in `ferror` alone.
    pub fn print(self, args: fmt::Arguments<'_>) {
        match (self, args.as_str()) {
            (Out::Stdout, Some(text)) => drop(table::with_stdout(|out| out.write(text.as_bytes()))),
            (Out::Stdout, None) => drop(table::with_stdout(|out| Writer(out).write_fmt(args))),
            (Out::Stderr, Some(text)) => drop(table::with(super::stderr, |out| out.write(text.as_bytes()))),
            (Out::Stderr, None) => {
                let text = args.to_string();
                table::with(super::stderr, |out| out.write(text.as_bytes()));
            }
        }
    }
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
