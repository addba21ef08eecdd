//! The open streams, under the numbers of their handles.
//!
//! A number is not used again, so a `FILE *` that outlives its stream is always found out.

use std::cell::{Cell, RefCell};
use std::io::IsTerminal;

use super::stream::{Access, Buffering, Stream};
use super::File;
use crate::descriptors;
use crate::memory::Ptr;

type Streams = Vec<Option<Box<Stream>>>;

const STDOUT: usize = 1;

thread_local! {
    static STREAMS: RefCell<Streams> = RefCell::new(standard());
    /// How many temporary names were given.
    static NAMES: Cell<u64> = const { Cell::new(0) };
}

fn standard() -> Streams {
    let read = Access { read: true, write: false, append: false };
    let write = Access { read: false, write: true, append: false };
    let streams = [
        Stream::new(0, read, usual_buffering(0)),
        Stream::new(1, write, usual_buffering(1)),
        Stream::new(2, write, Buffering::None),
    ];
    streams.into_iter().map(|stream| Some(Box::new(stream))).collect()
}

/// By line for a terminal, by block for the rest.
pub(super) fn usual_buffering(fd: i32) -> Buffering {
    let saved = crate::errno::get();
    let terminal = descriptors::with(fd, |file| Ok(file.is_terminal())).unwrap_or(false);
    crate::errno::set(saved);
    if terminal {
        Buffering::Line
    } else {
        Buffering::Full
    }
}

fn slot(streams: &mut Streams, file: Ptr<File>) -> Option<&mut Option<Box<Stream>>> {
    streams.get_mut(file.handle_number()? as usize)
}

/// Calls `act` on an open stream. `act` must not reach for memory of the program, since a bad access would lose the
/// output of all streams.
#[inline]
#[track_caller]
pub(super) fn with<R>(file: Ptr<File>, act: impl FnOnce(&mut Stream) -> R) -> R {
    match STREAMS.with_borrow_mut(|streams| slot(streams, file)?.as_deref_mut().map(act)) {
        Some(result) => result,
        None => bad_stream(file),
    }
}

/// Calls `act` on a stream that is about to be read: a terminal's output is written first.
#[inline]
#[track_caller]
pub(super) fn with_reader<R>(file: Ptr<File>, act: impl FnOnce(&mut Stream) -> R) -> R {
    let found = STREAMS.with_borrow_mut(|streams| {
        let waits = slot(streams, file)?.as_deref()?.is_about_to_wait();
        if waits {
            flush_terminal(streams);
        }
        slot(streams, file)?.as_deref_mut().map(act)
    });
    match found {
        Some(result) => result,
        None => bad_stream(file),
    }
}

fn flush_terminal(streams: &mut Streams) {
    if let Some(stdout) = streams[STDOUT].as_deref_mut() {
        if stdout.is_line_buffered() {
            stdout.flush();
        }
    }
}

/// Takes a stream out of the table for the time of `act`, which may then touch memory of the program: a bad access
/// there loses this stream, not the others.
#[track_caller]
pub(super) fn with_taken<R>(file: Ptr<File>, act: impl FnOnce(&mut Stream) -> R) -> R {
    with_reader(file, |_| ());
    let mut stream = take(file);
    let result = act(&mut stream);
    STREAMS.with_borrow_mut(|streams| {
        if let Some(slot) = slot(streams, file) {
            *slot = Some(stream);
        }
    });
    result
}

/// Takes a stream out of the table for good.
#[track_caller]
pub(super) fn take(file: Ptr<File>) -> Box<Stream> {
    match STREAMS.with_borrow_mut(|streams| slot(streams, file)?.take()) {
        Some(stream) => stream,
        None => bad_stream(file),
    }
}

/// Enters a new stream.
pub(super) fn insert(stream: Stream) -> Ptr<File> {
    STREAMS.with_borrow_mut(|streams| {
        streams.push(Some(Box::new(stream)));
        Ptr::handle(streams.len() as u32 - 1)
    })
}

/// The streams on memory of the program.
pub(super) fn on_memory() -> Vec<Ptr<File>> {
    let is_on_memory = |stream: &Option<Box<Stream>>| stream.as_ref().is_some_and(|stream| stream.memory.is_some());
    STREAMS.with_borrow(|streams| {
        (0..streams.len())
            .filter(|&index| is_on_memory(&streams[index]))
            .map(|index| Ptr::handle(index as u32))
            .collect()
    })
}

/// Gives the handle `file` another stream.
pub(super) fn put(file: Ptr<File>, stream: Stream) {
    STREAMS.with_borrow_mut(|streams| {
        if let Some(slot) = slot(streams, file) {
            *slot = Some(Box::new(stream));
        }
    });
}

/// Six letters that this process has not used in a temporary name yet.
pub(crate) fn unique_letters() -> [u8; 6] {
    const LETTERS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
    let number = NAMES.replace(NAMES.get() + 1);
    // An odd factor spreads the numbers of one process over all names.
    let mut left = (u64::from(std::process::id()) << 32 | number).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 24;
    std::array::from_fn(|_| {
        let letter = LETTERS[(left % 36) as usize];
        left /= 36;
        letter
    })
}

/// Writes the pending output of all streams; false where one failed.
pub(crate) fn flush_all() -> bool {
    STREAMS.with_borrow_mut(flush_each)
}

/// Writes pending output in a thread that panics, perhaps in the midst of its streams.
pub(crate) fn flush_on_panic() {
    // The streams are gone where the thread is ending, and taken where they panicked themselves.
    let _ = STREAMS.try_with(|streams| streams.try_borrow_mut().map(|mut streams| flush_each(&mut streams)));
}

fn flush_each(streams: &mut Streams) -> bool {
    let mut all_flushed = true;
    for stream in streams.iter_mut().flatten() {
        all_flushed &= stream.flush();
    }
    all_flushed
}

#[cold]
#[track_caller]
fn bad_stream(file: Ptr<File>) -> ! {
    if file.is_null() {
        panic!("use of a null FILE pointer");
    }
    panic!("use of a FILE that is closed or was never open ({file:?})");
}
