//! Locks of streams and the functions that take none: here a stream belongs to one thread, so they are all the same.

use super::chars::{clearerr, feof, ferror, fflush, fgetc, fgets, fputc, fputs, fread, fwrite};
use super::files::fileno;
use super::{table, File};
use crate::memory::{Memory, Ptr, Void};

#[track_caller]
pub fn flockfile(stream: Ptr<File>) {
    table::with(stream, |_| ());
}

#[track_caller]
pub fn funlockfile(stream: Ptr<File>) {
    table::with(stream, |_| ());
}

#[track_caller]
pub fn ftrylockfile(stream: Ptr<File>) -> i32 {
    table::with(stream, |_| 0)
}

#[inline]
#[track_caller]
pub fn fgetc_unlocked(stream: Ptr<File>) -> i32 {
    fgetc(stream)
}

#[inline]
#[track_caller]
pub fn fputc_unlocked(c: i32, stream: Ptr<File>) -> i32 {
    fputc(c, stream)
}

#[track_caller]
pub fn fgets_unlocked(s: Ptr<u8>, n: i32, stream: Ptr<File>, mem: &mut Memory) -> Ptr<u8> {
    fgets(s, n, stream, mem)
}

#[track_caller]
pub fn fputs_unlocked(s: Ptr<u8>, stream: Ptr<File>, mem: &Memory) -> i32 {
    fputs(s, stream, mem)
}

#[track_caller]
pub fn fread_unlocked(ptr: Ptr<Void>, size: u64, nmemb: u64, stream: Ptr<File>, mem: &mut Memory) -> u64 {
    fread(ptr, size, nmemb, stream, mem)
}

#[track_caller]
pub fn fwrite_unlocked(ptr: Ptr<Void>, size: u64, nmemb: u64, stream: Ptr<File>, mem: &Memory) -> u64 {
    fwrite(ptr, size, nmemb, stream, mem)
}

#[track_caller]
pub fn feof_unlocked(stream: Ptr<File>) -> i32 {
    feof(stream)
}

#[track_caller]
pub fn ferror_unlocked(stream: Ptr<File>) -> i32 {
    ferror(stream)
}

#[track_caller]
pub fn clearerr_unlocked(stream: Ptr<File>) {
    clearerr(stream);
}

#[track_caller]
pub fn fflush_unlocked(stream: Ptr<File>) -> i32 {
    fflush(stream)
}

#[track_caller]
pub fn fileno_unlocked(stream: Ptr<File>) -> i32 {
    fileno(stream)
}
