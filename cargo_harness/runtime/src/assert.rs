//! `assert.h`: what a failed `assert` does.

use std::ffi::OsString;
use std::io::Write;
use std::os::unix::ffi::OsStringExt;

use crate::{Memory, Ptr};

/// Prints glibc's message on stderr and ends the program by SIGABRT; buffered output is lost, as in C.
#[track_caller]
pub fn __assert_fail(expr: Ptr<u8>, file: Ptr<u8>, line: u32, function: Ptr<u8>, mem: &Memory) -> ! {
    let line = line.to_string();
    let parts = [mem.c_str(file), b":", line.as_bytes(), b": ", mem.c_str(function), b": Assertion `", mem.c_str(expr)];
    let name = program_name();
    let short_name = name.rsplit(|&b| b == b'/').next().unwrap_or(&name);
    let message = [short_name, b": ", &parts.concat(), b"' failed.\n"].concat();
    // Nobody is left to hear of an error here: the program ends anyway.
    let _ = std::io::stderr().write_all(&message);
    std::process::abort()
}

/// `argv[0]`, which error messages of the library start with.
pub(crate) fn program_name() -> Vec<u8> {
    std::env::args_os().next().map(OsString::into_vec).unwrap_or_default()
}
