//! Streams on memory of the program: `fmemopen` and `open_memstream`; and the forms, for programs that use these, of the
//! functions after which what was written can be seen there.

use super::files::parse_mode;
use super::memory_file::MemoryFile;
use super::position::FposT;
use super::stream::{Access, Buffering, Stream};
use super::{fclose, fflush, fseek, rewind, table, File, BUFSIZ, EOF, SEEK_SET};
use crate::memory::{Memory, Ptr, Void};

fn open(file: MemoryFile, access: Access) -> Ptr<File> {
    let mut stream = Stream::new(-1, access, Buffering::Full);
    stream.set_buffering(Buffering::Full, Some(BUFSIZ as usize));
    stream.memory = Some(Box::new(file));
    table::insert(stream)
}

/// A stream on the `size` bytes at `buf`, or on a buffer of its own where that is null.
#[track_caller]
pub fn fmemopen(buf: Ptr<Void>, size: u64, mode: Ptr<u8>, mem: &mut Memory) -> Ptr<File> {
    let mode = mem.c_str(mode);
    let Some((access, _)) = parse_mode(mode) else {
        return Ptr::NULL;
    };
    let (first, updates) = (mode[0], access.read && access.write);
    open(MemoryFile::fixed(buf.cast(), size, first, updates, mem), access)
}

/// A stream into a block that grows. Its address is stored in `*bufp` and the size of the text in `*sizep` at each flush
/// and at the end.
#[track_caller]
pub fn open_memstream(bufp: Ptr<Ptr<u8>>, sizep: Ptr<u64>) -> Ptr<File> {
    open(MemoryFile::growing(bufp, sizep), Access { read: false, write: true, append: false })
}

/// Brings the program's memory in line with what was written to the stream.
#[track_caller]
fn settle(stream: Ptr<File>, mem: &mut Memory) {
    if let Some(mut file) = table::with(stream, |stream| stream.memory.take()) {
        file.settle(mem);
        table::with(stream, |stream| stream.memory = Some(file));
    }
}

#[track_caller]
pub fn fflush_with_memory(stream: Ptr<File>, mem: &mut Memory) -> i32 {
    let status = fflush(stream);
    if stream.is_null() {
        table::on_memory().into_iter().for_each(|stream| settle_content(stream, mem));
    } else {
        settle(stream, mem);
    }
    status
}

#[track_caller]
pub fn fflush_unlocked_with_memory(stream: Ptr<File>, mem: &mut Memory) -> i32 {
    fflush_with_memory(stream, mem)
}

#[track_caller]
pub fn fclose_with_memory(stream: Ptr<File>, mem: &mut Memory) -> i32 {
    if table::with(stream, |stream| stream.memory.is_none()) {
        return fclose(stream);
    }
    let mut stream = table::take(stream);
    let flushed = stream.flush();
    if let Some(file) = stream.memory {
        file.finish(mem);
    }
    if flushed {
        0
    } else {
        EOF
    }
}

#[track_caller]
pub fn fseek_with_memory(stream: Ptr<File>, offset: i64, whence: i32, mem: &mut Memory) -> i32 {
    let status = fseek(stream, offset, whence);
    settle_content(stream, mem);
    status
}

#[track_caller]
pub fn fseeko_with_memory(stream: Ptr<File>, offset: i64, whence: i32, mem: &mut Memory) -> i32 {
    fseek_with_memory(stream, offset, whence, mem)
}

#[track_caller]
pub fn fsetpos_with_memory(stream: Ptr<File>, pos: Ptr<FposT>, mem: &mut Memory) -> i32 {
    let position = mem.read(pos).__pos;
    fseek_with_memory(stream, position, SEEK_SET, mem)
}

#[track_caller]
pub fn rewind_with_memory(stream: Ptr<File>, mem: &mut Memory) {
    rewind(stream);
    settle_content(stream, mem);
}

/// As [`settle`], of a buffer; the address and the size of a block that grows stay as the last flush gave them.
#[track_caller]
fn settle_content(stream: Ptr<File>, mem: &mut Memory) {
    if table::with(stream, |stream| stream.memory.as_ref().is_some_and(|file| file.is_fixed())) {
        settle(stream, mem);
    }
}
