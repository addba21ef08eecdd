//! Opening, closing and naming files.

use std::ffi::OsStr;
use std::fs::{self, File as StdFile, OpenOptions};
use std::io::{self, SeekFrom};
use std::os::fd::AsRawFd;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use super::stream::{Access, Buffering, Stream};
pub(crate) use super::table::unique_letters;
use super::{table, File, _IOFBF, _IOLBF, _IONBF, BUFSIZ, EOF};
use crate::descriptors;
use crate::errno;
use crate::fcntl::{O_APPEND, O_CLOEXEC, O_CREAT, O_EXCL, O_RDONLY, O_RDWR, O_TRUNC, O_WRONLY};
use crate::memory::{Memory, Ptr};

/// The size of the buffer that `tmpnam` is given.
const L_TMPNAM: usize = 20;

/// The path that the string at `at` names.
#[track_caller]
pub(crate) fn path(at: Ptr<u8>, mem: &Memory) -> &Path {
    path_of(mem.c_str(at))
}

/// The path that a string without its NUL names.
pub(crate) fn path_of(name: &[u8]) -> &Path {
    Path::new(OsStr::from_bytes(name))
}

/// 0, or -1 with `errno` set.
pub(crate) fn status(result: io::Result<()>) -> i32 {
    match result {
        Ok(()) => 0,
        Err(error) => {
            errno::set_from(&error);
            -1
        }
    }
}

/// Opens a file with C's flags; `errno` says why where it could not.
pub(crate) fn open_file(path: &Path, flags: i32, mode: u32) -> Option<StdFile> {
    let access = flags & (O_RDONLY | O_WRONLY | O_RDWR);
    let opened =
        OpenOptions::new().read(access != O_WRONLY).write(access != O_RDONLY).custom_flags(flags).mode(mode).open(path);
    match opened {
        Ok(file) => Some(file),
        Err(error) => {
            errno::set_from(&error);
            None
        }
    }
}

/// A mode string's access and flags for `open`; none, with `errno` set, where it is invalid.
pub(super) fn parse_mode(mode: &[u8]) -> Option<(Access, i32)> {
    let Some((first, rest)) = mode.split_first() else {
        errno::set(errno::EINVAL);
        return None;
    };
    let rest = rest.split(|&byte| byte == b',').next().unwrap_or(&[]);
    let rest = &rest[..rest.len().min(6)];
    let updates = rest.contains(&b'+');
    let (access, flags) = match first {
        b'r' => (Access { read: true, write: updates, append: false }, 0),
        b'w' => (Access { read: updates, write: true, append: false }, O_CREAT | O_TRUNC),
        b'a' => (Access { read: updates, write: true, append: true }, O_CREAT | O_APPEND),
        _ => {
            errno::set(errno::EINVAL);
            return None;
        }
    };
    let direction = match (access.read, access.write) {
        (true, true) => O_RDWR,
        (true, false) => O_RDONLY,
        (false, _) => O_WRONLY,
    };
    let exclusive = if rest.contains(&b'x') { O_EXCL } else { 0 };
    let close_on_exec = if rest.contains(&b'e') { O_CLOEXEC } else { 0 };
    Some((access, flags | direction | exclusive | close_on_exec))
}

/// A stream on `fd`; one that only appends starts at the end.
fn stream_on(fd: i32, access: Access) -> Stream {
    if access.append && !access.read {
        let saved = errno::get();
        descriptors::seek(fd, SeekFrom::End(0));
        errno::set(saved);
    }
    Stream::new(fd, access, table::usual_buffering(fd))
}

fn open_stream(path: &Path, mode: &[u8]) -> Option<Stream> {
    let (access, flags) = parse_mode(mode)?;
    let file = open_file(path, flags, 0o666)?;
    Some(stream_on(descriptors::insert(file, flags), access))
}

/// A new stream on a descriptor that is open for the direction `status`.
pub(super) fn open_on(fd: i32, status: i32) -> Ptr<File> {
    table::insert(stream_on(fd, Access { read: status != O_WRONLY, write: status != O_RDONLY, append: false }))
}

#[track_caller]
pub fn fopen(filename: Ptr<u8>, mode: Ptr<u8>, mem: &Memory) -> Ptr<File> {
    open_path(path(filename, mem), mem.c_str(mode))
}

pub(crate) fn open_path(path: &Path, mode: &[u8]) -> Ptr<File> {
    open_stream(path, mode).map_or(Ptr::NULL, table::insert)
}

#[track_caller]
pub fn fdopen(fd: i32, mode: Ptr<u8>, mem: &Memory) -> Ptr<File> {
    open_descriptor(fd, mem.c_str(mode))
}

pub(crate) fn open_descriptor(fd: i32, mode: &[u8]) -> Ptr<File> {
    let Some((access, flags)) = parse_mode(mode) else {
        return Ptr::NULL;
    };
    let Some(status) = descriptors::status(fd) else {
        errno::set(errno::EBADF);
        return Ptr::NULL;
    };
    let direction = status & (O_WRONLY | O_RDWR);
    if direction != O_RDWR && direction != flags & (O_WRONLY | O_RDWR) {
        errno::set(errno::EINVAL);
        return Ptr::NULL;
    }
    table::insert(stream_on(fd, access))
}

/// Closes the stream's file and opens another under the same pointer, or the same one in another mode.
#[track_caller]
pub fn freopen(filename: Ptr<u8>, mode: Ptr<u8>, stream: Ptr<File>, mem: &Memory) -> Ptr<File> {
    let name = (!filename.is_null()).then(|| path(filename, mem));
    reopen(name, mem.c_str(mode), stream)
}

/// [`freopen`], in another mode where there is no name.
#[track_caller]
pub(crate) fn reopen(name: Option<&Path>, mode: &[u8], stream: Ptr<File>) -> Ptr<File> {
    let mut old = table::take(stream);
    assert!(old.memory.is_none(), "freopen of a stream on memory is not supported");
    old.synchronise();
    let opened = match name {
        Some(path) => open_stream(path, mode),
        None => {
            let kernel_fd = descriptors::with(old.fd, |file| Ok(file.as_raw_fd()));
            kernel_fd.and_then(|fd| open_stream(Path::new(&format!("/proc/self/fd/{fd}")), mode))
        }
    };
    let Some(mut new) = opened else {
        let number = errno::get();
        descriptors::close(old.fd);
        errno::set(number);
        return Ptr::NULL;
    };
    // The new file takes the old one's number, as with dup3.
    descriptors::rename(new.fd, old.fd);
    new.fd = old.fd;
    table::put(stream, new);
    stream
}

#[track_caller]
pub fn fclose(stream: Ptr<File>) -> i32 {
    let mut stream = table::take(stream);
    let flushed = stream.synchronise();
    let closed = descriptors::close(stream.fd);
    if flushed && closed {
        0
    } else {
        EOF
    }
}

#[track_caller]
pub fn fileno(stream: Ptr<File>) -> i32 {
    let fd = table::with(stream, |stream| stream.fd);
    if fd < 0 {
        errno::set(errno::EBADF);
    }
    fd
}

/// Sets the buffering. The buffer itself stays the library's: `buf` only says that there shall be one.
#[track_caller]
pub fn setvbuf(stream: Ptr<File>, buf: Ptr<u8>, mode: i32, size: u64) -> i32 {
    let buffering = match mode {
        _IOFBF => Buffering::Full,
        _IOLBF => Buffering::Line,
        _IONBF => Buffering::None,
        _ => return EOF,
    };
    if mode != _IOFBF && table::with(stream, |stream| stream.memory.is_some()) {
        panic!("a stream on memory that is not fully buffered is not supported");
    }
    let capacity = (!buf.is_null() && size > 0).then_some(size as usize);
    table::with(stream, |stream| stream.set_buffering(buffering, capacity));
    0
}

#[track_caller]
pub fn setbuf(stream: Ptr<File>, buf: Ptr<u8>) {
    setvbuf(stream, buf, if buf.is_null() { _IONBF } else { _IOFBF }, BUFSIZ as u64);
}

#[track_caller]
pub fn setlinebuf(stream: Ptr<File>) {
    setvbuf(stream, Ptr::NULL, _IOLBF, 0);
}

#[track_caller]
pub fn remove(filename: Ptr<u8>, mem: &Memory) -> i32 {
    remove_path(path(filename, mem))
}

pub(crate) fn remove_path(path: &Path) -> i32 {
    status(match fs::symlink_metadata(path) {
        Ok(found) if found.is_dir() => fs::remove_dir(path),
        _ => fs::remove_file(path),
    })
}

#[track_caller]
pub fn rename(old: Ptr<u8>, new: Ptr<u8>, mem: &Memory) -> i32 {
    rename_path(path(old, mem), path(new, mem))
}

pub(crate) fn rename_path(old: &Path, new: &Path) -> i32 {
    status(fs::rename(old, new))
}

/// A file without a name, open for update.
pub fn tmpfile() -> Ptr<File> {
    let Some((path, file)) = unique_file() else {
        return Ptr::NULL;
    };
    if let Err(error) = fs::remove_file(&path) {
        errno::set_from(&error);
        return Ptr::NULL;
    }
    let fd = descriptors::insert(file, O_RDWR);
    open_on(fd, O_RDWR)
}

/// A name in `/tmp`, of the length of glibc's.
fn temporary_name() -> String {
    format!("/tmp/file{}", String::from_utf8_lossy(&unique_letters()))
}

fn unique_file() -> Option<(String, StdFile)> {
    loop {
        let path = temporary_name();
        match open_file(Path::new(&path), O_RDWR | O_CREAT | O_EXCL, 0o600) {
            Some(file) => return Some((path, file)),
            None if errno::get() == errno::EEXIST => {}
            None => return None,
        }
    }
}

/// Writes a name that no file has at `s`, or to a buffer of the library.
#[track_caller]
pub fn tmpnam(s: Ptr<u8>, mem: &mut Memory) -> Ptr<u8> {
    let s = if s.is_null() { mem.library_block("tmpnam", L_TMPNAM).cast() } else { s };
    let mut name = temporary_name();
    while Path::new(&name).exists() {
        name = temporary_name();
    }
    name.push('\0');
    mem.bytes_mut(s, name.len() as u64).copy_from_slice(name.as_bytes());
    s
}
