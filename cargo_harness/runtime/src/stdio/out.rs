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
    #[track_caller]
    pub fn print(self, args: fmt::Arguments<'_>) {
        let stream = match self {
            Out::Stdout => super::stdout,
            Out::Stderr => super::stderr,
        };
        match args.as_str() {
            Some(text) => drop(table::with(stream, |out| out.write(text.as_bytes()))),
            // One write of stderr, which has no buffer, is one piece of output.
            None if self == Out::Stderr => {
                let text = args.to_string();
                table::with(stream, |out| out.write(text.as_bytes()));
            }
            None => drop(table::with(stream, |out| Writer(out).write_fmt(args))),
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
