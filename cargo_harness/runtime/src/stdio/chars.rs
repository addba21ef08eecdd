//! Input and output of bytes, strings, lines and blocks.

use super::stream::Stream;
use super::{stdin, stdout, table, File, EOF};
use crate::errno;
use crate::memory::{find_byte, Memory, Ptr, Void};

fn status(ok: bool) -> i32 {
    if ok {
        0
    } else {
        EOF
    }
}

#[inline]
#[track_caller]
pub fn fputc(c: i32, stream: Ptr<File>) -> i32 {
    if table::with(stream, |out| out.put(c as u8)) {
        i32::from(c as u8)
    } else {
        EOF
    }
}

#[inline]
#[track_caller]
pub fn putc(c: i32, stream: Ptr<File>) -> i32 {
    fputc(c, stream)
}

#[inline]
#[track_caller]
pub fn putchar(c: i32) -> i32 {
    fputc(c, stdout)
}

#[inline]
#[track_caller]
pub fn putc_unlocked(c: i32, stream: Ptr<File>) -> i32 {
    fputc(c, stream)
}

#[inline]
#[track_caller]
pub fn putchar_unlocked(c: i32) -> i32 {
    fputc(c, stdout)
}

#[track_caller]
pub fn fputs(s: Ptr<u8>, stream: Ptr<File>, mem: &Memory) -> i32 {
    put_text(mem.c_str(s), stream)
}

#[track_caller]
pub(crate) fn put_text(text: &[u8], stream: Ptr<File>) -> i32 {
    if table::with(stream, |out| out.write(text)) {
        1
    } else {
        EOF
    }
}

/// Gives the number of bytes written, as glibc does.
#[track_caller]
pub fn puts(s: Ptr<u8>, mem: &Memory) -> i32 {
    put_line(mem.c_str(s))
}

pub(crate) fn put_line(text: &[u8]) -> i32 {
    if table::with(stdout, |out| out.write(text) && out.put(b'\n')) {
        i32::try_from(text.len() + 1).unwrap_or(i32::MAX)
    } else {
        EOF
    }
}

#[track_caller]
pub fn fwrite(ptr: Ptr<Void>, size: u64, nmemb: u64, stream: Ptr<File>, mem: &Memory) -> u64 {
    let total = size.saturating_mul(nmemb);
    if total == 0 {
        return 0;
    }
    if write_bytes(mem.bytes(ptr, total), stream) {
        nmemb
    } else {
        0
    }
}

#[track_caller]
pub(crate) fn write_bytes(bytes: &[u8], stream: Ptr<File>) -> bool {
    table::with(stream, |out| out.write(bytes))
}

#[inline]
#[track_caller]
pub fn fgetc(stream: Ptr<File>) -> i32 {
    match table::with_reader(stream, Stream::get) {
        Some(byte) => i32::from(byte),
        None => EOF,
    }
}

#[inline]
#[track_caller]
pub fn getc(stream: Ptr<File>) -> i32 {
    fgetc(stream)
}

#[inline]
#[track_caller]
pub fn getchar() -> i32 {
    fgetc(stdin)
}

#[inline]
#[track_caller]
pub fn getc_unlocked(stream: Ptr<File>) -> i32 {
    fgetc(stream)
}

#[inline]
#[track_caller]
pub fn getchar_unlocked() -> i32 {
    fgetc(stdin)
}

#[track_caller]
pub fn ungetc(c: i32, stream: Ptr<File>) -> i32 {
    if c == EOF || !table::with(stream, |input| input.unread(c as u8)) {
        return EOF;
    }
    i32::from(c as u8)
}

/// Reads up to a newline or `room.len()` bytes; gives the length and whether the line ended (by newline or EOF).
fn read_line(input: &mut Stream, room: &mut [u8]) -> (usize, bool) {
    let mut len = 0;
    while len < room.len() {
        if input.buffered().is_empty() && !input.refill() {
            return (len, true);
        }
        let chunk = input.buffered();
        let chunk = &chunk[..chunk.len().min(room.len() - len)];
        let newline = find_byte(chunk, b'\n');
        let count = newline.map_or(chunk.len(), |at| at + 1);
        room[len..len + count].copy_from_slice(&chunk[..count]);
        input.consume(count);
        len += count;
        if newline.is_some() {
            return (len, true);
        }
    }
    (len, false)
}

/// Reads a line of at most `n - 1` bytes into `room`, which may be shorter as long as the line and its NUL fit; false
/// at the end of the file and on errors, none where they do not fit.
#[track_caller]
pub(crate) fn get_line(room: &mut [u8], n: i32, stream: Ptr<File>) -> Option<bool> {
    if n <= 0 {
        return Some(false);
    }
    let wanted = n as usize - 1;
    let present = room.len().min(wanted);
    let (len, ended, failed) = table::with_reader(stream, |input| {
        let had_failed = std::mem::replace(&mut input.error, false);
        let (len, ended) = read_line(input, &mut room[..present]);
        let failed = input.error && errno::get() != errno::EAGAIN;
        input.error |= had_failed;
        (len, ended, failed)
    });
    if !ended && present < wanted {
        return None;
    }
    if wanted > 0 && len == 0 || failed {
        return Some(false);
    }
    *room.get_mut(len)? = 0;
    Some(true)
}

#[track_caller]
pub fn fgets(s: Ptr<u8>, n: i32, stream: Ptr<File>, mem: &mut Memory) -> Ptr<u8> {
    if n <= 0 {
        return Ptr::NULL;
    }
    let present = (mem.tail(s).len() as u64).min(n as u64);
    match get_line(mem.bytes_mut(s, present), n, stream) {
        Some(true) => s,
        Some(false) => Ptr::NULL,
        None => {
            mem.bytes_mut(s, present + 1);
            unreachable!("the block ends here")
        }
    }
}

/// Reads `total` bytes into `room`, which may be shorter as long as the file is not longer: the number of bytes read,
/// none where they do not fit.
#[track_caller]
pub(crate) fn read_bytes(room: &mut [u8], total: u64, stream: Ptr<File>) -> Option<u64> {
    let present = (room.len() as u64).min(total);
    let count = table::with_reader(stream, |input| input.read(&mut room[..present as usize])) as u64;
    if count == present && present < total && table::with_reader(stream, Stream::get).is_some() {
        return None;
    }
    Some(count)
}

#[track_caller]
pub fn fread(ptr: Ptr<Void>, size: u64, nmemb: u64, stream: Ptr<File>, mem: &mut Memory) -> u64 {
    let total = size.saturating_mul(nmemb);
    if total == 0 {
        return 0;
    }
    let present = (mem.tail(ptr).len() as u64).min(total);
    match read_bytes(mem.bytes_mut(ptr, present), total, stream) {
        Some(count) => count / size,
        None => {
            mem.bytes_mut(ptr, total);
            unreachable!("the block ends here")
        }
    }
}

#[track_caller]
pub fn getline(lineptr: Ptr<Ptr<u8>>, n: Ptr<u64>, stream: Ptr<File>, mem: &mut Memory) -> i64 {
    getdelim(lineptr, n, i32::from(b'\n'), stream, mem)
}

/// Reads up to and with `delim` into a buffer that grows as `malloc`'s do.
#[track_caller]
pub fn getdelim(lineptr: Ptr<Ptr<u8>>, n: Ptr<u64>, delim: i32, stream: Ptr<File>, mem: &mut Memory) -> i64 {
    if lineptr.is_null() || n.is_null() {
        errno::set(errno::EINVAL);
        return -1;
    }
    let mut buffer = mem.read(lineptr);
    let mut size = mem.read(n);
    if buffer.is_null() || size == 0 {
        size = 120;
        buffer = mem.reallocate(buffer.cast(), size).cast();
        mem.write(n, size);
        mem.write(lineptr, buffer);
    }
    let line = table::with_reader(stream, |input| read_to(input, delim as u8));
    if line.is_empty() {
        return -1;
    }
    let needed = line.len() as u64 + 1;
    if needed > size {
        size = needed.max(2 * size);
        buffer = mem.reallocate(buffer.cast(), size).cast();
        mem.write(n, size);
        mem.write(lineptr, buffer);
    }
    mem.bytes_mut(buffer, line.len() as u64).copy_from_slice(&line);
    mem.write(buffer + line.len(), 0);
    line.len() as i64
}

fn read_to(input: &mut Stream, delim: u8) -> Vec<u8> {
    let mut line = Vec::new();
    while !input.buffered().is_empty() || input.refill() {
        let chunk = input.buffered();
        let end = find_byte(chunk, delim);
        let count = end.map_or(chunk.len(), |at| at + 1);
        line.extend_from_slice(&chunk[..count]);
        input.consume(count);
        if end.is_some() {
            break;
        }
    }
    line
}

#[track_caller]
pub fn feof(stream: Ptr<File>) -> i32 {
    i32::from(table::with(stream, |stream| stream.eof))
}

#[track_caller]
pub fn ferror(stream: Ptr<File>) -> i32 {
    i32::from(table::with(stream, |stream| stream.error))
}

#[track_caller]
pub fn clearerr(stream: Ptr<File>) {
    table::with(stream, |stream| {
        stream.eof = false;
        stream.error = false;
    });
}

/// Writes what is buffered: of `stream`, or of all streams if it is null.
#[track_caller]
pub fn fflush(stream: Ptr<File>) -> i32 {
    status(if stream.is_null() { table::flush_all() } else { table::with(stream, Stream::synchronise) })
}
