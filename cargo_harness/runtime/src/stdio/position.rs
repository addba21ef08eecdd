//! Positions in streams.

use std::io::SeekFrom;

use super::stream::Stream;
use super::{table, File, SEEK_CUR, SEEK_END, SEEK_SET};
use crate::errno;
use crate::layout;
use crate::memory::{Memory, Ptr};

/// C's `fpos_t`.
#[derive(Clone, Copy, Debug)]
pub struct FposT {
    pub __pos: i64,
    pub __state: u64,
}

layout! { FposT: 16, 8;
    POS __pos: i64 = 0;
    STATE __state: u64 = 8;
}

/// C's offset and whence as std's; none, with `errno` set, where they are invalid.
pub(crate) fn seek_from(offset: i64, whence: i32) -> Option<SeekFrom> {
    match (whence, u64::try_from(offset)) {
        (SEEK_SET, Ok(offset)) => Some(SeekFrom::Start(offset)),
        (SEEK_CUR, _) => Some(SeekFrom::Current(offset)),
        (SEEK_END, _) => Some(SeekFrom::End(offset)),
        _ => {
            errno::set(errno::EINVAL);
            None
        }
    }
}

#[track_caller]
pub fn fseek(stream: Ptr<File>, offset: i64, whence: i32) -> i32 {
    let moved = seek_from(offset, whence).is_some_and(|to| table::with(stream, |stream| stream.seek(to)));
    if moved {
        0
    } else {
        -1
    }
}

#[track_caller]
pub fn fseeko(stream: Ptr<File>, offset: i64, whence: i32) -> i32 {
    fseek(stream, offset, whence)
}

#[track_caller]
pub fn ftell(stream: Ptr<File>) -> i64 {
    table::with(stream, Stream::tell).unwrap_or(-1)
}

#[track_caller]
pub fn ftello(stream: Ptr<File>) -> i64 {
    ftell(stream)
}

#[track_caller]
pub fn rewind(stream: Ptr<File>) {
    table::with(stream, |stream| {
        stream.seek(SeekFrom::Start(0));
        stream.eof = false;
        stream.error = false;
    });
}

#[track_caller]
pub fn fgetpos(stream: Ptr<File>, pos: Ptr<FposT>, mem: &mut Memory) -> i32 {
    match table::with(stream, Stream::tell) {
        Some(position) => {
            mem.write(pos, FposT { __pos: position, __state: 0 });
            0
        }
        None => -1,
    }
}

#[track_caller]
pub fn fsetpos(stream: Ptr<File>, pos: Ptr<FposT>, mem: &Memory) -> i32 {
    fseek(stream, mem.read(pos).__pos, SEEK_SET)
}
