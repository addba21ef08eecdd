//! The file behind a stream on memory of the program.
//!
//! Streams work without the program's memory at hand. What is written is kept until the stream is flushed, which is when C
//! promises that it can be seen; what is read is a copy of that time.

use std::io::SeekFrom;

use crate::errno;
use crate::memory::{Memory, Ptr};

/// The first size of a block that grows: C's `BUFSIZ`.
const FIRST_SIZE: u64 = 8192;

pub(super) struct MemoryFile {
    target: Target,
    position: usize,
    /// What was written since the last flush, and where.
    written: Vec<(usize, Vec<u8>)>,
}

enum Target {
    Fixed(Fixed),
    Growing(Growing),
}

/// `fmemopen`'s buffer.
struct Fixed {
    /// Null where the buffer is the stream's own.
    at: Ptr<u8>,
    content: Vec<u8>,
    /// Where the text ends: how far can be read, and where is appended.
    end: usize,
    appends: bool,
}

/// `open_memstream`'s block, and where its address and the size of the text go.
struct Growing {
    bufp: Ptr<Ptr<u8>>,
    sizep: Ptr<u64>,
    block: Ptr<u8>,
    size: u64,
}

impl MemoryFile {
    /// A buffer of `size` bytes, opened in a mode that starts with `mode`.
    #[track_caller]
    pub(super) fn fixed(at: Ptr<u8>, size: u64, mode: u8, updates: bool, mem: &mut Memory) -> Self {
        let mut content = if at.is_null() { vec![0; size as usize] } else { mem.bytes(at, size).to_vec() };
        let text = content.iter().position(|&byte| byte == 0).unwrap_or(content.len());
        let end = match mode {
            b'r' => content.len(),
            b'a' => text,
            _ => 0,
        };
        if mode == b'w' && updates && size > 0 {
            content[0] = 0;
            if !at.is_null() {
                mem.write(at, 0);
            }
        }
        let appends = mode == b'a';
        let target = Target::Fixed(Fixed { at, content, end, appends });
        MemoryFile { target, position: if appends { end } else { 0 }, written: Vec::new() }
    }

    pub(super) fn growing(bufp: Ptr<Ptr<u8>>, sizep: Ptr<u64>) -> Self {
        let target = Target::Growing(Growing { bufp, sizep, block: Ptr::NULL, size: 0 });
        MemoryFile { target, position: 0, written: Vec::new() }
    }

    /// Writes at the position; gives how much of it fits.
    pub(super) fn write(&mut self, bytes: &[u8]) -> usize {
        match &mut self.target {
            Target::Growing(_) => {
                self.written.push((self.position, bytes.to_vec()));
                self.position += bytes.len();
                bytes.len()
            }
            Target::Fixed(fixed) => match fixed.write(self.position, bytes, &mut self.written) {
                Some((start, end)) => {
                    self.position = end;
                    end - start
                }
                None => 0,
            },
        }
    }

    pub(super) fn read(&mut self, buffer: &mut [u8]) -> usize {
        let Target::Fixed(fixed) = &self.target else {
            return 0;
        };
        let rest = fixed.content.get(self.position..fixed.end).unwrap_or(&[]);
        let count = rest.len().min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        self.position += count;
        count
    }

    /// The end of a growing block is its position: glibc keeps no other.
    pub(super) fn seek(&mut self, to: SeekFrom) -> Option<i64> {
        let (end, most) = match &self.target {
            Target::Fixed(fixed) => (fixed.end, fixed.content.len()),
            Target::Growing(_) => (self.position, i32::MAX as usize),
        };
        let position = match to {
            SeekFrom::Start(position) => i64::try_from(position).ok(),
            SeekFrom::Current(distance) => (self.position as i64).checked_add(distance),
            SeekFrom::End(distance) => (end as i64).checked_add(distance),
        };
        match position.and_then(|position| usize::try_from(position).ok()).filter(|&position| position <= most) {
            Some(position) => {
                self.position = position;
                Some(position as i64)
            }
            None => {
                errno::set(errno::EINVAL);
                None
            }
        }
    }

    pub(super) fn is_fixed(&self) -> bool {
        matches!(self.target, Target::Fixed(_))
    }

    /// Brings the program's memory and the file in line.
    #[track_caller]
    pub(super) fn settle(&mut self, mem: &mut Memory) {
        match &mut self.target {
            Target::Growing(growing) => growing.settle(self.position, &mut self.written, mem),
            Target::Fixed(fixed) if !fixed.at.is_null() => {
                for (place, bytes) in self.written.drain(..) {
                    mem.bytes_mut(fixed.at + place, bytes.len() as u64).copy_from_slice(&bytes);
                }
                let size = fixed.content.len() as u64;
                fixed.content.copy_from_slice(mem.bytes(fixed.at, size));
            }
            Target::Fixed(_) => self.written.clear(),
        }
    }

    /// As [`MemoryFile::settle`], at the end of the stream: a block that grew is cut to its text and the NUL.
    #[track_caller]
    pub(super) fn finish(mut self, mem: &mut Memory) {
        self.settle(mem);
        if let Target::Growing(growing) = self.target {
            let block = mem.reallocate(growing.block.cast(), self.position as u64 + 1).cast();
            mem.write(block + self.position, 0);
            mem.write(growing.bufp, block);
        }
    }
}

impl Fixed {
    /// Where the bytes that fit were written; none where nothing does. A NUL follows where it fits and they have none,
    /// unless it would be in what is appended.
    fn write(&mut self, position: usize, bytes: &[u8], written: &mut Vec<(usize, Vec<u8>)>) -> Option<(usize, usize)> {
        let size = self.content.len();
        let start = if self.appends { self.end } else { position };
        let adds_nul = bytes.last() != Some(&0);
        if start + bytes.len() > size && position + usize::from(adds_nul) >= size {
            errno::set(errno::ENOSPC);
            return None;
        }
        let end = (start + bytes.len()).min(size);
        let mut store = |at: usize, bytes: &[u8]| {
            self.content[at..at + bytes.len()].copy_from_slice(bytes);
            written.push((at, bytes.to_vec()));
        };
        store(start, &bytes[..end - start]);
        if end > self.end {
            if adds_nul && end < size {
                store(end, &[0]);
            } else if adds_nul && !self.appends {
                store(size - 1, &[0]);
            }
            self.end = end;
        }
        Some((start, end))
    }
}

impl Growing {
    #[track_caller]
    fn settle(&mut self, position: usize, written: &mut Vec<(usize, Vec<u8>)>, mem: &mut Memory) {
        let ends = written.iter().map(|(at, bytes)| at + bytes.len());
        let needed = ends.chain([position]).max().unwrap_or(0) as u64 + 1;
        if needed > self.size {
            self.size = FIRST_SIZE.max(needed.next_power_of_two());
            self.block = mem.reallocate(self.block.cast(), self.size).cast();
        }
        for (at, bytes) in written.drain(..) {
            mem.bytes_mut(self.block + at, bytes.len() as u64).copy_from_slice(&bytes);
        }
        mem.write(self.bufp, self.block);
        mem.write(self.sizep, position as u64);
    }
}
