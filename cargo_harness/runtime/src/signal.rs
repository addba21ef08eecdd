//! `signal.h`, as far as signals come from the program itself: `raise` calls the handler that `signal` set. Signals from
//! outside keep what the system does with them.

use std::cell::RefCell;

use crate::{errno, Context, FnPtr};

pub const SIGABRT: i32 = 6;
const SIGKILL: i32 = 9;
const SIGCHLD: i32 = 17;
const SIGCONT: i32 = 18;
const SIGSTOP: i32 = 19;
const SIGURG: i32 = 23;
const SIGWINCH: i32 = 28;
/// Signals are 1 to 64.
const SIGNALS: usize = 65;

type Handler = FnPtr<fn(i32)>;

thread_local! {
    static HANDLERS: RefCell<[Handler; SIGNALS]> = const { RefCell::new([FnPtr::NULL; SIGNALS]) };
}

/// `SIG_DFL`, `SIG_IGN` and `SIG_ERR` are the addresses 0, 1 and -1.
fn special(address: u64) -> Handler {
    FnPtr::from_int(address)
}

/// Sets the handler and gives the one before; `SIG_ERR` where there is no such signal to handle.
pub fn signal(sig: i32, handler: FnPtr<fn(i32)>) -> FnPtr<fn(i32)> {
    if !(1..SIGNALS as i32).contains(&sig) || matches!(sig, SIGKILL | SIGSTOP | 32 | 33) {
        errno::set(errno::EINVAL);
        return special(u64::MAX);
    }
    HANDLERS.with_borrow_mut(|handlers| std::mem::replace(&mut handlers[sig as usize], handler))
}

/// Delivers a signal to the program: `call` runs a handler with the signal's number.
pub fn raise<C: Context>(sig: i32, mut call: impl FnMut(&mut C, FnPtr<fn(i32)>, i32), cx: &mut C) -> i32 {
    if !(0..SIGNALS as i32).contains(&sig) {
        errno::set(errno::EINVAL);
        return -1;
    }
    let handler = HANDLERS.with_borrow(|handlers| handlers[sig as usize]);
    if handler == special(1) || sig == 0 {
        return 0;
    }
    if handler.is_null() {
        default_action(sig);
    } else {
        call(cx, handler, sig);
    }
    0
}

/// `abort` of a program that handles SIGABRT: its handler runs first.
pub fn abort_with<C: Context>(call: impl FnMut(&mut C, FnPtr<fn(i32)>, i32), cx: &mut C) -> ! {
    raise(SIGABRT, call, cx);
    std::process::abort()
}

/// What an unhandled signal does. Without a system call that sends signals, its exit status is what a shell shows of it.
fn default_action(sig: i32) {
    match sig {
        SIGCHLD | SIGCONT | SIGURG | SIGWINCH => (),
        SIGABRT => std::process::abort(),
        _ => std::process::exit(128 + sig),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Memory;

    #[test]
    fn raise_calls_the_handler() {
        let mut mem = Memory::new(0, &[]);
        let handler = FnPtr::function(3);
        assert!(signal(15, handler).is_null());
        let mut calls = Vec::new();
        assert_eq!(raise(15, |_, handler, sig| calls.push((handler.number(), sig)), &mut mem), 0);
        assert_eq!(calls, [(3, 15)]);
        assert_eq!(signal(15, special(1)), handler);
        assert_eq!(raise(15, |_, _, _| unreachable!(), &mut mem), 0);
        assert_eq!(signal(SIGKILL, handler), special(u64::MAX));
    }
}
