//! The file descriptors of the program: a table of std files under C's small numbers.
//!
//! Without FFI a file is a [`std::fs::File`]; the program's numbers are the indices of this table, not the kernel's.
//! Numbers 0, 1 and 2 start as duplicates of the process's own.

use std::cell::RefCell;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::process;

use crate::errno;

/// What a shell shows for a process that SIGPIPE ended.
const KILLED_BY_SIGPIPE: i32 = 128 + 13;

/// An open file: the std file, the flags that `open` was given and the flags that `fcntl(F_SETFD)` was.
struct Descriptor {
    file: File,
    status: i32,
    descriptor_flags: i32,
}

thread_local! {
    static TABLE: RefCell<Vec<Option<Descriptor>>> = RefCell::new(standard());
}

fn standard() -> Vec<Option<Descriptor>> {
    let (stdin, stdout, stderr) = (io::stdin(), io::stdout(), io::stderr());
    vec![duplicate(stdin.as_fd(), 0), duplicate(stdout.as_fd(), 1), duplicate(stderr.as_fd(), 1)]
}

/// None where the process was started with the descriptor closed.
fn duplicate(fd: BorrowedFd<'_>, status: i32) -> Option<Descriptor> {
    let file = File::from(fd.try_clone_to_owned().ok()?);
    Some(Descriptor { file, status, descriptor_flags: 0 })
}

/// Enters `file` under the lowest free number from `lowest` up.
pub(crate) fn insert_from(lowest: usize, file: File, status: i32) -> i32 {
    TABLE.with_borrow_mut(|table| {
        let free = (lowest..table.len()).find(|&fd| table[fd].is_none()).unwrap_or(table.len().max(lowest));
        if free >= table.len() {
            table.resize_with(free + 1, || None);
        }
        table[free] = Some(Descriptor { file, status, descriptor_flags: 0 });
        free as i32
    })
}

/// Enters `file`, opened with the flags `status`, under the lowest free number.
pub(crate) fn insert(file: File, status: i32) -> i32 {
    insert_from(0, file, status)
}

/// Calls `act` on the file of `fd`. A failure sets `errno`.
pub(crate) fn with<R>(fd: i32, act: impl FnOnce(&File) -> io::Result<R>) -> Option<R> {
    let result = TABLE.with_borrow(|table| find(table, fd).map(|descriptor| act(&descriptor.file)));
    match result {
        Some(Ok(value)) => Some(value),
        Some(Err(error)) => {
            errno::set_from(&error);
            None
        }
        None => {
            errno::set(errno::EBADF);
            None
        }
    }
}

fn find(table: &[Option<Descriptor>], fd: i32) -> Option<&Descriptor> {
    table.get(usize::try_from(fd).ok()?)?.as_ref()
}

/// The flags that `fd` was opened with; none where it is not open.
pub(crate) fn status(fd: i32) -> Option<i32> {
    TABLE.with_borrow(|table| find(table, fd).map(|descriptor| descriptor.status))
}

/// The descriptor's own flags (`FD_CLOEXEC`), which matter to nobody here, as nothing is executed in place.
pub(crate) fn descriptor_flags(fd: i32) -> Option<i32> {
    TABLE.with_borrow(|table| find(table, fd).map(|descriptor| descriptor.descriptor_flags))
}

pub(crate) fn set_descriptor_flags(fd: i32, flags: i32) {
    TABLE.with_borrow_mut(|table| {
        if let Some(descriptor) = find_mut_slot(table, fd).and_then(Option::as_mut) {
            descriptor.descriptor_flags = flags;
        }
    });
}

/// Closes `fd` and says whether it was open.
pub(crate) fn close(fd: i32) -> bool {
    let removed = TABLE.with_borrow_mut(|table| table.get_mut(usize::try_from(fd).ok()?)?.take());
    if removed.is_none() {
        errno::set(errno::EBADF);
    }
    removed.is_some()
}

/// The largest number that may be asked for, as the usual limit on open files has it.
const MOST: usize = 1 << 20;

/// Puts `file` under the number `fd`, in place of what is there; gives `fd`, or -1 where it is no descriptor.
pub(crate) fn replace(fd: i32, file: File, status: i32) -> i32 {
    let Some(index) = usize::try_from(fd).ok().filter(|&index| index < MOST) else {
        errno::set(errno::EBADF);
        return -1;
    };
    TABLE.with_borrow_mut(|table| {
        if index >= table.len() {
            table.resize_with(index + 1, || None);
        }
        table[index] = Some(Descriptor { file, status, descriptor_flags: 0 });
    });
    fd
}

/// Moves the file of `from` to the number `to`, in place of what is there.
pub(crate) fn rename(from: i32, to: i32) {
    if from == to {
        return;
    }
    TABLE.with_borrow_mut(|table| {
        let moved = find_mut_slot(table, from).and_then(Option::take);
        if let Some(slot) = find_mut_slot(table, to) {
            *slot = moved;
        }
    });
}

fn find_mut_slot(table: &mut [Option<Descriptor>], fd: i32) -> Option<&mut Option<Descriptor>> {
    table.get_mut(usize::try_from(fd).ok()?)
}

/// Reads up to `buffer.len()` bytes; 0 at the end of the file.
pub(crate) fn read(fd: i32, buffer: &mut [u8]) -> Option<usize> {
    with(fd, |mut file| loop {
        match file.read(buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => return result,
        }
    })
}

/// Writes once. As C's default is, a pipe that nobody reads ends the process.
pub(crate) fn write(fd: i32, bytes: &[u8]) -> Option<usize> {
    let result = with(fd, |mut file| loop {
        match file.write(bytes) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => return result,
        }
    });
    if result.is_none() && errno::get() == errno::EPIPE {
        process::exit(KILLED_BY_SIGPIPE);
    }
    result
}

/// Writes all of `bytes`; `errno` says why where it could not.
pub(crate) fn write_all(fd: i32, mut bytes: &[u8]) -> bool {
    while !bytes.is_empty() {
        match write(fd, bytes) {
            Some(count) => bytes = &bytes[count..],
            None => return false,
        }
    }
    true
}

/// Moves the file position; gives the new one.
pub(crate) fn seek(fd: i32, to: SeekFrom) -> Option<i64> {
    with(fd, |mut file| file.seek(to)).map(|position| position as i64)
}
