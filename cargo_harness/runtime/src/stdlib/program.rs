//! The end of the program.

use std::cell::RefCell;

use crate::{Context, FnPtr};

type Handler = FnPtr<fn()>;

thread_local! {
    /// What `atexit` was given.
    static EXIT_HANDLERS: RefCell<Vec<Handler>> = const { RefCell::new(Vec::new()) };
}

/// Registers a function for [`exit_with`].
pub fn atexit(handler: FnPtr<fn()>) -> i32 {
    EXIT_HANDLERS.with_borrow_mut(|handlers| handlers.push(handler));
    0
}

/// `exit` of a program that uses `atexit`: calls its handlers, the last first, through `call`, then [`exit`]. A handler
/// may register more; those come next.
pub fn exit_with<C: Context>(status: i32, mut call: impl FnMut(&mut C, FnPtr<fn()>), cx: &mut C) -> ! {
    while let Some(handler) = EXIT_HANDLERS.with_borrow_mut(Vec::pop) {
        call(cx, handler);
    }
    exit(status)
}

/// Flushes what is buffered and ends the program.
pub fn exit(status: i32) -> ! {
    crate::stdio::flush_all();
    std::process::exit(status & 0xff)
}

/// Ends the program with nothing flushed.
#[allow(non_snake_case)]
pub fn _Exit(status: i32) -> ! {
    std::process::exit(status & 0xff)
}

pub fn quick_exit(status: i32) -> ! {
    _Exit(status)
}

/// Ends the program by SIGABRT, with nothing flushed.
pub fn abort() -> ! {
    std::process::abort()
}
