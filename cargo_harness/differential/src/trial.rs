//! One input on both sides, and what that came to.

use std::cell::RefCell;
use std::panic::{self, AssertUnwindSafe};
use std::time::Duration;

use c2rs_rt::Ptr;

use crate::c_side::{CSide, End};
use crate::compare::compare;
use crate::function::{Function, Table};
use crate::input::Input;
use crate::process::{in_child, limit_memory, Capture, Ended, Phase, Shared};
use crate::rust_side::RustSide;

thread_local! {
    static PANIC: RefCell<String> = const { RefCell::new(String::new()) };
}

/// How a stub's panic begins.
const STUB: &str = "not implemented: c2rs: ";

/// Keeps the message of each panic and prints none.
fn catch_panics() {
    panic::set_hook(Box::new(|info| {
        let payload = info.payload();
        let text = payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
        let text = text.or_else(|| payload.downcast_ref::<String>().cloned()).unwrap_or_default();
        let place = info.location().map(|place| format!(" ({}:{})", place.file(), place.line())).unwrap_or_default();
        PANIC.with_borrow_mut(|message| *message = text + &place);
    }));
}

/// What an input came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    Equal,
    Differs(String),
    Panics(String),
    /// The Rust came to a stub.
    Stub(String),
    /// The Rust ended the process: the status, and a digest of what it had printed.
    Exits(i32, u32),
    /// Killed by a signal.
    RustCrashes(i32),
    CCrashes(i32),
    RustHangs,
    CHangs,
}

/// Both sides of one function, in one process.
pub struct Trial<'a> {
    table: &'a Table,
    function: &'a Function,
    c: CSide,
    rust: RustSide<'a>,
    output: &'a Capture,
    /// Whether what each call prints is compared.
    listens: bool,
}

impl<'a> Trial<'a> {
    /// What is printed from now on goes to `output`, and there is an end to memory.
    pub fn new(table: &'a Table, function: &'a Function, output: &'a Capture, listens: bool) -> Self {
        catch_panics();
        limit_memory();
        output.start();
        let (c, rust) = (CSide::new(table.types, false), RustSide::new(table.types, function));
        Trial { table, function, c, rust, output, listens }
    }

    /// Whether something was printed that was not compared.
    pub fn has_stray_output(&self) -> bool {
        c2rs_rt::stdio::fflush(Ptr::NULL);
        self.output.has_any()
    }

    /// Runs the Rust and, where that comes back, the C: bounds are checked in the Rust, so the C rarely goes astray.
    #[inline]
    pub fn run(&mut self, shared: &Shared, index: u64, input: &Input) -> Finding {
        shared.enter(index, Phase::Rust);
        if panic::catch_unwind(AssertUnwindSafe(|| self.rust.run(input))).is_err() {
            let message = PANIC.take();
            return if message.starts_with(STUB) { Finding::Stub(message) } else { Finding::Panics(message) };
        }
        let rust_output = self.listens.then(|| {
            c2rs_rt::stdio::fflush(Ptr::NULL);
            self.output.take()
        });
        shared.enter(index, Phase::C);
        match self.c.run(self.function, input) {
            End::Returned => {}
            End::Exited(status) => return Finding::Differs(format!("the C exits with {status}, the Rust returns")),
            End::Undefined(what) => return Finding::Differs(what),
        }
        shared.enter(index, Phase::Compare);
        if let Err(what) = compare(self.table.types, self.function, input, &self.c, &self.rust) {
            return Finding::Differs(what);
        }
        rust_output.map_or(Finding::Equal, |rust| same_output(&self.output.take(), &rust))
    }

    /// Whether the C has run since.
    pub fn may_be_damaged(&self, finding: &Finding) -> bool {
        matches!(finding, Finding::Differs(_)) && !self.function.is_scalar(self.table.types)
    }
}

fn same_output(c: &[u8], rust: &[u8]) -> Finding {
    if c == rust {
        return Finding::Equal;
    }
    let shown = |text: &[u8]| String::from_utf8_lossy(&text[..text.len().min(200)]).into_owned();
    Finding::Differs(format!("output: C {:?}, Rust {:?}", shown(c), shown(rust)))
}

/// What was printed, as a number.
pub fn digest(output: &[u8]) -> u32 {
    output.iter().fold(0x811c_9dc5, |hash, &byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

/// One input in a process of its own, twice: nothing may be left of the first call.
pub fn try_alone(table: &Table, function: &Function, shared: &Shared, timeout: Duration, input: &Input) -> Finding {
    let output = Capture::new();
    let ended = in_child(shared, timeout, || {
        let mut trial = Trial::new(table, function, &output, true);
        let again = |finding| match finding {
            Finding::Differs(text) => Finding::Differs(format!("in a second call: {text}")),
            other => other,
        };
        let finding = match trial.run(shared, 0, input) {
            Finding::Equal => again(trial.run(shared, 1, input)),
            other => other,
        };
        let (kind, text) = match finding {
            Finding::Differs(text) => (1, text),
            Finding::Panics(text) => (2, text),
            Finding::Stub(text) => (3, text),
            _ => (0, String::new()),
        };
        shared.tell(kind, &text);
    });
    let (kind, text) = shared.told();
    match (shared.phase(), ended) {
        (Phase::Done, _) => match kind {
            1 => Finding::Differs(text),
            2 => Finding::Panics(text),
            3 => Finding::Stub(text),
            _ => Finding::Equal,
        },
        (Phase::C | Phase::Compare, Ended::TimedOut) => Finding::CHangs,
        (_, Ended::TimedOut) => Finding::RustHangs,
        (Phase::C | Phase::Compare, Ended::Killed(signal)) => Finding::CCrashes(signal),
        (_, Ended::Killed(signal)) => Finding::RustCrashes(signal),
        (Phase::C | Phase::Compare, Ended::Exited(status)) => Finding::Differs(format!("the C ends with {status}")),
        (_, Ended::Exited(status)) => Finding::Exits(status, digest(&output.take())),
    }
}
