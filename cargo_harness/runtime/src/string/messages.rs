//! The texts of error numbers and signals.

use std::borrow::Cow;

use crate::{errno, Memory, Ptr};

/// The text of error `errnum`, as `strerror` and `perror` give it.
pub(crate) fn error_message(errnum: i32) -> Cow<'static, str> {
    match errno::message(errnum) {
        Some(text) => text.into(),
        None => format!("Unknown error {errnum}").into(),
    }
}

/// The text of signal `sig`, as `strsignal` and `psignal` give it.
pub(crate) fn signal_message(sig: i32) -> Cow<'static, str> {
    const TEXTS: [&str; 31] = [
        "Hangup",
        "Interrupt",
        "Quit",
        "Illegal instruction",
        "Trace/breakpoint trap",
        "Aborted",
        "Bus error",
        "Floating point exception",
        "Killed",
        "User defined signal 1",
        "Segmentation fault",
        "User defined signal 2",
        "Broken pipe",
        "Alarm clock",
        "Terminated",
        "Stack fault",
        "Child exited",
        "Continued",
        "Stopped (signal)",
        "Stopped",
        "Stopped (tty input)",
        "Stopped (tty output)",
        "Urgent I/O condition",
        "CPU time limit exceeded",
        "File size limit exceeded",
        "Virtual timer expired",
        "Profiling timer expired",
        "Window changed",
        "I/O possible",
        "Power failure",
        "Bad system call",
    ];
    match sig {
        1..=31 => TEXTS[sig as usize - 1].into(),
        34..=64 => format!("Real-time signal {}", sig - 34).into(),
        _ => format!("Unknown signal {sig}").into(),
    }
}

/// A library block with the text: a fixed text has its own for ever, any other is in that of `function` until its next
/// call.
fn message_block(function: &'static str, text: Cow<'static, str>, mem: &mut Memory) -> Ptr<u8> {
    const LONGEST: usize = 64;
    let at = match text {
        Cow::Borrowed(fixed) => mem.library_block(fixed, fixed.len() + 1),
        Cow::Owned(_) => mem.library_block(function, LONGEST),
    };
    let bytes = mem.bytes_mut(at, text.len() as u64 + 1);
    bytes[..text.len()].copy_from_slice(text.as_bytes());
    bytes[text.len()] = 0;
    at.cast()
}

pub fn strerror(errnum: i32, mem: &mut Memory) -> Ptr<u8> {
    message_block("strerror", error_message(errnum), mem)
}

/// The XSI form: the text cut to `buflen` bytes with its NUL; the result is an error number.
#[track_caller]
pub fn strerror_r(errnum: i32, buf: Ptr<u8>, buflen: u64, mem: &mut Memory) -> i32 {
    let text = error_message(errnum);
    let len = text.len().min(buflen.saturating_sub(1) as usize);
    if buflen > 0 {
        let bytes = mem.bytes_mut(buf, len as u64 + 1);
        bytes[..len].copy_from_slice(&text.as_bytes()[..len]);
        bytes[len] = 0;
    }
    if errno::message(errnum).is_none() {
        errno::EINVAL
    } else if (text.len() as u64) < buflen {
        0
    } else {
        errno::ERANGE
    }
}

/// The GNU form: the text of a known error is the library's own, that of any other is cut to `buflen` bytes in `buf`.
#[track_caller]
pub fn gnu_strerror_r(errnum: i32, buf: Ptr<u8>, buflen: u64, mem: &mut Memory) -> Ptr<u8> {
    if errno::message(errnum).is_some() {
        return strerror(errnum, mem);
    }
    strerror_r(errnum, buf, buflen, mem);
    buf
}

pub fn strsignal(sig: i32, mem: &mut Memory) -> Ptr<u8> {
    message_block("strsignal", signal_message(sig), mem)
}
