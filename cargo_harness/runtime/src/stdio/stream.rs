//! [`Stream`]: a descriptor with a buffer, in the state of reading or of writing.
//!
//! The buffer's size and the moments of writing are glibc's, so that a program that aborts leaves the same bytes.

use std::io::SeekFrom;

use super::memory_file::MemoryFile;
use crate::descriptors;
use crate::errno;
use crate::stdlib::{decode, encode, Decoded};

/// glibc's buffer is a block of the file, which is 4096 bytes on the usual file systems and for pipes.
pub(super) const BLOCK: usize = 4096;

/// When output is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Buffering {
    Full,
    Line,
    None,
}

/// What a stream's mode string allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Access {
    pub(super) read: bool,
    pub(super) write: bool,
    pub(super) append: bool,
}

pub(super) struct Stream {
    pub(super) fd: i32,
    access: Access,
    buffering: Buffering,
    capacity: usize,
    /// Bytes read; those before `next` are consumed.
    input: Vec<u8>,
    next: usize,
    /// Up to where `input` holds pushed-back bytes that are not the file's.
    pushed_end: usize,
    /// Bytes to be written.
    output: Vec<u8>,
    /// How many bytes `output` may hold before a single byte takes the slow path: 0 unless writing and fully buffered.
    fast_limit: usize,
    /// Wide characters pushed back, the next one last.
    pushed_wide: Vec<i32>,
    /// Below 0 once the stream is one of bytes, above 0 once it is one of wide characters.
    orientation: i8,
    /// What the stream is on instead of a descriptor.
    pub(super) memory: Option<Box<MemoryFile>>,
    pub(super) eof: bool,
    pub(super) error: bool,
}

impl Stream {
    pub(super) fn new(fd: i32, access: Access, buffering: Buffering) -> Self {
        Stream {
            fd,
            access,
            buffering,
            capacity: if buffering == Buffering::None { 1 } else { BLOCK },
            input: Vec::new(),
            next: 0,
            pushed_end: 0,
            output: Vec::new(),
            fast_limit: 0,
            pushed_wide: Vec::new(),
            orientation: 0,
            memory: None,
            eof: false,
            error: false,
        }
    }

    /// Writes one byte; false on an error.
    #[inline]
    pub(super) fn put(&mut self, byte: u8) -> bool {
        if self.output.len() < self.fast_limit {
            self.output.push(byte);
            return true;
        }
        self.write(&[byte])
    }

    /// Writes `bytes`; false on an error, and where the stream is one of wide characters.
    pub(super) fn write(&mut self, bytes: &[u8]) -> bool {
        if self.output.len() + bytes.len() <= self.fast_limit {
            self.output.extend_from_slice(bytes);
            return true;
        }
        bytes.is_empty() || self.orient(-1) < 0 && self.write_any(bytes)
    }

    /// Writes what wide characters are as `bytes`; false on an error, and where the stream is one of bytes.
    pub(super) fn write_wide(&mut self, bytes: &[u8]) -> bool {
        if self.orient(1) < 0 {
            return false;
        }
        let written = bytes.is_empty() || self.write_any(bytes);
        self.fast_limit = 0;
        written
    }

    /// Makes the stream one of bytes or of wide characters by the sign, unless it is one already; gives which.
    pub(super) fn orient(&mut self, sign: i8) -> i8 {
        if self.orientation == 0 {
            self.orientation = sign;
        }
        self.orientation
    }

    fn write_any(&mut self, bytes: &[u8]) -> bool {
        if !self.start_writing() {
            return false;
        }
        match self.buffering {
            Buffering::Full => self.write_blocks(bytes),
            Buffering::Line => {
                let lines = bytes.iter().rposition(|&byte| byte == b'\n').map_or(0, |last| last + 1);
                let (lines, rest) = bytes.split_at(lines);
                let flushed = lines.is_empty() || self.write_blocks(lines) && self.flush();
                flushed && self.write_blocks(rest)
            }
            Buffering::None => self.write_through(bytes),
        }
    }

    /// Fills the buffer, writes it and whole blocks after it, and keeps the rest.
    fn write_blocks(&mut self, bytes: &[u8]) -> bool {
        let room = self.capacity.saturating_sub(self.output.len());
        if bytes.len() <= room {
            self.output.extend_from_slice(bytes);
            return true;
        }
        let (head, rest) = bytes.split_at(room);
        self.output.extend_from_slice(head);
        if !self.flush() {
            return false;
        }
        let (blocks, rest) = rest.split_at(rest.len() - rest.len() % self.capacity);
        self.output.extend_from_slice(rest);
        self.write_through(blocks)
    }

    fn write_through(&mut self, bytes: &[u8]) -> bool {
        let written = match &mut self.memory {
            Some(file) => file.write(bytes) == bytes.len(),
            None => descriptors::write_all(self.fd, bytes),
        };
        self.error |= !written;
        written
    }

    /// Writes what is buffered. What could not be written is lost, as in glibc.
    pub(super) fn flush(&mut self) -> bool {
        if self.output.is_empty() {
            return true;
        }
        let output = std::mem::take(&mut self.output);
        let written = self.write_through(&output);
        self.output = output;
        self.output.clear();
        written
    }

    /// What `fflush` does: writes pending output; on a seekable input stream, moves the descriptor to the next byte.
    pub(super) fn synchronise(&mut self) -> bool {
        if !self.flush() {
            return false;
        }
        self.drop_input();
        true
    }

    /// Turns to writing; false where the stream is not open for it.
    fn start_writing(&mut self) -> bool {
        if !self.access.write {
            self.error = true;
            errno::set(errno::EBADF);
            return false;
        }
        self.drop_input();
        if self.buffering == Buffering::Full {
            self.fast_limit = self.capacity;
            self.output.reserve(self.capacity.saturating_sub(self.output.len()));
        }
        true
    }

    /// Turns to reading; false where the stream is not open for it.
    fn start_reading(&mut self) -> bool {
        if !self.access.read {
            self.error = true;
            errno::set(errno::EBADF);
            return false;
        }
        self.orient(-1);
        self.fast_limit = 0;
        self.flush()
    }

    /// Forgets the bytes read ahead, moving the descriptor back where it can be, and those pushed back.
    fn drop_input(&mut self) {
        let unread = self.unread_len() - self.pushed_end.saturating_sub(self.next);
        let seekable = unread == 0 || {
            let saved = errno::get();
            let moved = self.seek_file(SeekFrom::Current(-(unread as i64))).is_some();
            errno::set(saved);
            moved
        };
        if seekable {
            self.forget_input();
        }
    }

    fn forget_input(&mut self) {
        self.pushed_wide.clear();
        self.input.clear();
        self.next = 0;
        self.pushed_end = 0;
    }

    fn unread_len(&self) -> usize {
        self.input.len() - self.next
    }

    /// The bytes that can be read without a system call.
    #[inline]
    pub(super) fn buffered(&self) -> &[u8] {
        &self.input[self.next..]
    }

    /// Marks `count` bytes of [`Stream::buffered`] as read.
    #[inline]
    pub(super) fn consume(&mut self, count: usize) {
        self.next += count;
    }

    /// Whether the next read waits for somebody at a terminal, before which glibc writes a terminal's output.
    pub(super) fn is_about_to_wait(&self) -> bool {
        self.buffering != Buffering::Full && self.unread_len() == 0
    }

    pub(super) fn is_line_buffered(&self) -> bool {
        self.buffering == Buffering::Line
    }

    /// Reads one byte; none at the end of the file and on errors.
    #[inline]
    pub(super) fn get(&mut self) -> Option<u8> {
        if self.next == self.input.len() && !self.refill() {
            return None;
        }
        let byte = self.input[self.next];
        self.next += 1;
        Some(byte)
    }

    /// Reads one wide character; none at the end of the file and on errors, of which an invalid character is one that
    /// stays in the input, and where the stream is one of bytes.
    pub(super) fn get_wide(&mut self) -> Option<i32> {
        if self.orient(1) < 0 {
            return None;
        }
        if let Some(wide) = self.pushed_wide.pop() {
            return Some(wide);
        }
        loop {
            match decode(self.buffered()) {
                Decoded::Character(wide, len) => {
                    self.consume(len);
                    return Some(wide);
                }
                Decoded::Incomplete if self.append_input() => {}
                Decoded::Incomplete if self.buffered().is_empty() => return None,
                Decoded::Incomplete | Decoded::Invalid => {
                    self.error = true;
                    errno::set(errno::EILSEQ);
                    return None;
                }
            }
        }
    }

    /// Reads on behind the bytes of a character that is not complete yet.
    fn append_input(&mut self) -> bool {
        let start = self.buffered().to_vec();
        let more = self.refill();
        self.input.splice(0..0, start);
        more
    }

    /// Pushes a wide character back, so that it is read next.
    pub(super) fn unread_wide(&mut self, wide: i32) -> bool {
        if self.orient(1) < 0 || !self.start_reading() {
            return false;
        }
        let saved = errno::get();
        let bytes = encode(wide).unwrap_or_default();
        errno::set(saved);
        // The character that was read is no different from the file's own.
        if self.pushed_wide.is_empty() && !bytes.is_empty() && self.input[..self.next].ends_with(&bytes) {
            self.next -= bytes.len();
        } else {
            self.pushed_wide.push(wide);
        }
        self.eof = false;
        true
    }

    /// Reads the next bytes into the empty buffer; false at the end of the file and on errors.
    pub(super) fn refill(&mut self) -> bool {
        if !self.start_reading() || self.eof {
            return false;
        }
        self.next = 0;
        self.pushed_end = 0;
        self.input.resize(self.capacity, 0);
        let count = match &mut self.memory {
            Some(file) => Some(file.read(&mut self.input)),
            None => descriptors::read(self.fd, &mut self.input),
        };
        self.input.truncate(count.unwrap_or(0));
        self.note_end(count);
        count.is_some_and(|count| count > 0)
    }

    fn note_end(&mut self, count: Option<usize>) {
        match count {
            Some(0) => self.eof = true,
            Some(_) => {}
            None => self.error = true,
        }
    }

    /// Fills `buffer` as far as the file goes; gives the number of bytes read.
    pub(super) fn read(&mut self, buffer: &mut [u8]) -> usize {
        let mut done = 0;
        while done < buffer.len() {
            if self.next == self.input.len() {
                let wanted = buffer.len() - done;
                if wanted >= self.capacity && self.capacity > 1 {
                    match self.read_blocks(&mut buffer[done..done + wanted - wanted % self.capacity]) {
                        Some(count) => done += count,
                        None => break,
                    }
                    continue;
                }
                if !self.refill() {
                    break;
                }
            }
            let count = self.unread_len().min(buffer.len() - done);
            buffer[done..done + count].copy_from_slice(&self.input[self.next..self.next + count]);
            self.next += count;
            done += count;
        }
        done
    }

    /// Reads past the buffer, which is empty; none at the end of the file and on errors.
    fn read_blocks(&mut self, buffer: &mut [u8]) -> Option<usize> {
        if !self.start_reading() || self.eof {
            return None;
        }
        let count = match &mut self.memory {
            Some(file) => Some(file.read(buffer)),
            None => descriptors::read(self.fd, buffer),
        };
        self.note_end(count);
        count.filter(|&count| count > 0)
    }

    /// Pushes `byte` back, so that it is read next.
    pub(super) fn unread(&mut self, byte: u8) -> bool {
        if !self.start_reading() {
            return false;
        }
        if self.next == 0 {
            self.input.insert(0, byte);
            self.pushed_end += 1;
        } else {
            // The byte that was read is no different from the file's own.
            if self.input[self.next - 1] != byte {
                self.pushed_end = self.pushed_end.max(self.next);
            }
            self.next -= 1;
            self.input[self.next] = byte;
        }
        self.eof = false;
        true
    }

    fn seek_file(&mut self, to: SeekFrom) -> Option<i64> {
        match &mut self.memory {
            Some(file) => file.seek(to),
            None => descriptors::seek(self.fd, to),
        }
    }

    /// Moves to a position; false on an error.
    pub(super) fn seek(&mut self, to: SeekFrom) -> bool {
        let to = match to {
            SeekFrom::Current(distance) => SeekFrom::Current(distance - self.unread_len() as i64),
            absolute => absolute,
        };
        if !self.flush() || self.seek_file(to).is_none() {
            return false;
        }
        self.forget_input();
        self.fast_limit = 0;
        self.eof = false;
        true
    }

    /// The position of the next byte; none where other wide characters than the file's own come before it.
    pub(super) fn tell(&mut self) -> Option<i64> {
        let appends = self.access.append && !self.output.is_empty();
        let from = if appends { SeekFrom::End(0) } else { SeekFrom::Current(0) };
        let position = self.seek_file(from)?;
        let position = position - self.unread_len() as i64 + self.output.len() as i64;
        if position < 0 || !self.pushed_wide.is_empty() {
            errno::set(errno::EINVAL);
            return None;
        }
        Some(position)
    }

    /// Sets when output is written and how large the buffer is.
    pub(super) fn set_buffering(&mut self, buffering: Buffering, capacity: Option<usize>) {
        self.flush();
        self.buffering = buffering;
        self.fast_limit = 0;
        self.capacity = match buffering {
            Buffering::None => 1,
            _ => capacity.unwrap_or(BLOCK).max(1),
        };
    }
}
