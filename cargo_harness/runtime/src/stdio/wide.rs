//! Streams of wide characters: input, output, and the wide printf family.

use std::cell::Cell;

use super::format::{format_wide, Store};
use super::stream::Stream;
use super::transliteration::transliterate;
use super::{stdin, stdout, table, File, EOF};
use crate::errno;
use crate::locale::is_utf_8;
use crate::memory::{Memory, Ptr, VaArg, VaList};
use crate::wchar::{store, wide_string, WEOF};

/// What a stream writes for a wide character: where the locale has none, something like it or a question mark.
fn narrow(wide: i32, out: &mut Vec<u8>) {
    match u32::try_from(wide).ok().and_then(char::from_u32) {
        Some(c) if c.is_ascii() || is_utf_8() => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        Some(c) => out.extend_from_slice(transliterate(c).as_bytes()),
        None => out.push(b'?'),
    }
}

#[track_caller]
fn write(text: &[i32], stream: Ptr<File>) -> bool {
    let mut bytes = Vec::with_capacity(text.len());
    text.iter().for_each(|&wide| narrow(wide, &mut bytes));
    table::with(stream, |out| out.write_wide(&bytes))
}

#[track_caller]
pub fn fputwc(wc: i32, stream: Ptr<File>) -> u32 {
    if write(&[wc], stream) {
        wc as u32
    } else {
        WEOF
    }
}

#[track_caller]
pub fn putwc(wc: i32, stream: Ptr<File>) -> u32 {
    fputwc(wc, stream)
}

#[track_caller]
pub fn putwchar(wc: i32) -> u32 {
    fputwc(wc, stdout)
}

#[track_caller]
pub fn fputws(ws: Ptr<i32>, stream: Ptr<File>, mem: &Memory) -> i32 {
    if write(&wide_string(ws, mem), stream) {
        1
    } else {
        EOF
    }
}

#[track_caller]
pub fn fgetwc(stream: Ptr<File>) -> u32 {
    table::with_reader(stream, Stream::get_wide).map_or(WEOF, |wide| wide as u32)
}

#[track_caller]
pub fn getwc(stream: Ptr<File>) -> u32 {
    fgetwc(stream)
}

#[track_caller]
pub fn getwchar() -> u32 {
    fgetwc(stdin)
}

#[track_caller]
pub fn ungetwc(wc: u32, stream: Ptr<File>) -> u32 {
    if wc != WEOF && table::with(stream, |input| input.unread_wide(wc as i32)) {
        wc
    } else {
        WEOF
    }
}

/// Reads a line of at most `n - 1` characters; null at the end of the file, on errors, and where the stream is one of
/// bytes.
#[track_caller]
pub fn fgetws(ws: Ptr<i32>, n: i32, stream: Ptr<File>, mem: &mut Memory) -> Ptr<i32> {
    if n <= 0 {
        return Ptr::NULL;
    }
    let mut line = Vec::new();
    let failed = table::with_reader(stream, |input| {
        let had_failed = std::mem::replace(&mut input.error, false);
        while line.len() < n as usize - 1 && line.last() != Some(&(b'\n' as i32)) {
            let Some(wide) = input.get_wide() else {
                break;
            };
            line.push(wide);
        }
        let failed = input.error && errno::get() != errno::EAGAIN;
        input.error |= had_failed;
        failed
    });
    if n > 1 && line.is_empty() || failed {
        return Ptr::NULL;
    }
    line.push(0);
    store(ws, &line, mem);
    ws
}

/// Whether the stream is one of wide characters (above 0) or of bytes (below 0), after it was made so by the sign of
/// `mode`.
#[track_caller]
pub fn fwide(stream: Ptr<File>, mode: i32) -> i32 {
    table::with(stream, |stream| stream.orient(mode.signum() as i8)).into()
}

thread_local! {
    /// A buffer that lives on from call to call.
    static SCRATCH: Cell<Vec<i32>> = const { Cell::new(Vec::new()) };
}

/// Formats into the scratch buffer and gives that to `write`, also where formatting failed, which is told. The result is
/// the number of characters, or -1.
#[track_caller]
fn print_to(
    format: Ptr<i32>,
    args: &[VaArg],
    write: impl FnOnce(&mut Memory, &[i32]) -> bool,
    mem: &mut Memory,
) -> i32 {
    let mut text = SCRATCH.take();
    text.clear();
    let mut stores: Vec<Store> = Vec::new();
    let result = format_wide(&wide_string(format, mem), args, &mut text, &mut stores, mem);
    let written = write(mem, &text);
    let len = text.len();
    SCRATCH.set(text);
    for store in stores {
        store.apply(mem);
    }
    match result {
        Ok(()) if written => len as i32,
        Ok(()) => EOF,
        Err(number) => {
            if number != 0 {
                errno::set(number);
            }
            EOF
        }
    }
}

#[track_caller]
pub fn wprintf(format: Ptr<i32>, args: &[VaArg], mem: &mut Memory) -> i32 {
    fwprintf(stdout, format, args, mem)
}

#[track_caller]
pub fn fwprintf(stream: Ptr<File>, format: Ptr<i32>, args: &[VaArg], mem: &mut Memory) -> i32 {
    if fwide(stream, 1) < 0 {
        return EOF;
    }
    print_to(format, args, |_, text| write(text, stream), mem)
}

/// A text that does not fit with its NUL is -1: as much as fits is there, without a NUL.
#[track_caller]
pub fn swprintf(s: Ptr<i32>, n: u64, format: Ptr<i32>, args: &[VaArg], mem: &mut Memory) -> i32 {
    if n == 0 {
        return EOF;
    }
    let room = usize::try_from(n).unwrap_or(usize::MAX) - 1;
    let keep = |mem: &mut Memory, text: &[i32]| {
        store(s, &text[..text.len().min(room)], mem);
        let fits = text.len() <= room;
        if fits {
            mem.write(s + text.len(), 0);
        }
        fits
    };
    print_to(format, args, keep, mem)
}

#[track_caller]
pub fn vwprintf(format: Ptr<i32>, list: VaList, mem: &mut Memory) -> i32 {
    vfwprintf(stdout, format, list, mem)
}

#[track_caller]
pub fn vfwprintf(stream: Ptr<File>, format: Ptr<i32>, list: VaList, mem: &mut Memory) -> i32 {
    let args = mem.va_rest(list).to_vec();
    fwprintf(stream, format, &args, mem)
}

#[track_caller]
pub fn vswprintf(s: Ptr<i32>, n: u64, format: Ptr<i32>, list: VaList, mem: &mut Memory) -> i32 {
    let args = mem.va_rest(list).to_vec();
    swprintf(s, n, format, &args, mem)
}
