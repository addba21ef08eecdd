//! Child processes that run the two sides, so that whatever these do is a verdict and not the end of the run.

use std::ffi::{c_char, c_int, c_long, c_uint, c_void};
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::{Duration, Instant};

extern "C" {
    fn fork() -> c_int;
    fn waitpid(pid: c_int, status: *mut c_int, options: c_int) -> c_int;
    fn kill(pid: c_int, signal: c_int) -> c_int;
    fn _exit(status: c_int) -> !;
    fn prctl(option: c_int, argument: usize, ...) -> c_int;
    fn mmap(at: *mut c_void, size: usize, access: c_int, flags: c_int, file: c_int, offset: c_long) -> *mut c_void;
    fn memfd_create(name: *const c_char, flags: c_uint) -> c_int;
    fn open(path: *const c_char, flags: c_int, ...) -> c_int;
    fn dup2(from: c_int, to: c_int) -> c_int;
    fn lseek(file: c_int, offset: c_long, whence: c_int) -> c_long;
    fn ftruncate(file: c_int, size: c_long) -> c_int;
    fn sigaddset(set: *mut SignalSet, signal: c_int) -> c_int;
    fn sigprocmask(how: c_int, set: *const SignalSet, old: *mut SignalSet) -> c_int;
    fn sigtimedwait(set: *const SignalSet, info: *mut c_void, limit: *const [c_long; 2]) -> c_int;
    fn setrlimit(resource: c_int, limit: *const [u64; 2]) -> c_int;
    fn getrusage(who: c_int, usage: *mut [c_long; 18]) -> c_int;
    fn close(file: c_int) -> c_int;
    fn pread(file: c_int, to: *mut c_void, size: usize, offset: c_long) -> isize;
}

/// C's `sigset_t`.
type SignalSet = [u64; 16];

const RLIMIT_DATA: c_int = 2;
const RUSAGE_SELF: c_int = 0;
const RUSAGE_CHILDREN: c_int = -1;
const SIGCHLD: c_int = 17;
const SIG_BLOCK: c_int = 0;
const WNOHANG: c_int = 1;
const SIGKILL: c_int = 9;
const PR_SET_PDEATHSIG: c_int = 1;
const READ_WRITE: c_int = 3;
const SHARED_ANONYMOUS: c_int = 0x21;

/// How many inputs a child notes before it stops.
pub const NOTES: usize = 4096;
const MESSAGE: usize = 1024;

/// What a child is at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    Start = 0,
    Rust = 1,
    C = 2,
    Compare = 3,
    Done = 4,
}

/// A page that a child writes to and its parent reads.
#[repr(C)]
pub struct Shared {
    index: AtomicU64,
    phase: AtomicU32,
    pub compared: AtomicU64,
    count: AtomicU32,
    notes: [AtomicU64; NOTES],
    kind: AtomicU32,
    length: AtomicU32,
    message: [AtomicU32; MESSAGE],
}

impl Shared {
    /// A page of zeros that is shared with all children.
    pub fn new() -> &'static Shared {
        // SAFETY: a fresh mapping that is never unmapped; all zeros are a value of the type, which is atomics only.
        unsafe {
            let size = size_of::<Shared>();
            let at = mmap(std::ptr::null_mut(), size, READ_WRITE, SHARED_ANONYMOUS, -1, 0);
            assert!(at as isize != -1, "no shared page");
            &*at.cast::<Shared>()
        }
    }

    /// Says what is being done with which input.
    #[inline]
    pub fn enter(&self, index: u64, phase: Phase) {
        self.index.store(index, Ordering::Relaxed);
        self.phase.store(phase as u32, Ordering::Relaxed);
    }

    pub fn index(&self) -> u64 {
        self.index.load(Ordering::Relaxed)
    }

    pub fn phase(&self) -> Phase {
        match self.phase.load(Ordering::Relaxed) {
            0 => Phase::Start,
            1 => Phase::Rust,
            2 => Phase::C,
            3 => Phase::Compare,
            _ => Phase::Done,
        }
    }

    /// Notes an input for the parent; false where no more can be noted.
    pub fn note(&self, index: u64) -> bool {
        let count = self.count.fetch_add(1, Ordering::Relaxed) as usize;
        self.notes[count].store(index, Ordering::Relaxed);
        count + 1 < NOTES
    }

    /// What was noted since the last time.
    pub fn take_notes(&self) -> Vec<u64> {
        let count = self.count.swap(0, Ordering::Relaxed) as usize;
        self.notes[..count.min(NOTES)].iter().map(|note| note.load(Ordering::Relaxed)).collect()
    }

    /// Leaves the parent a kind and a text.
    pub fn tell(&self, kind: u32, text: &str) {
        let text = &text.as_bytes()[..text.len().min(MESSAGE)];
        for (slot, &byte) in self.message.iter().zip(text) {
            slot.store(u32::from(byte), Ordering::Relaxed);
        }
        self.length.store(text.len() as u32, Ordering::Relaxed);
        self.kind.store(kind, Ordering::Relaxed);
    }

    /// What the child told, if it did.
    pub fn told(&self) -> (u32, String) {
        let length = self.length.swap(0, Ordering::Relaxed) as usize;
        let bytes: Vec<u8> = self.message[..length].iter().map(|slot| slot.load(Ordering::Relaxed) as u8).collect();
        (self.kind.swap(0, Ordering::Relaxed), String::from_utf8_lossy(&bytes).into_owned())
    }
}

/// Words that are shared with all children, zero at first; never given back.
pub fn shared_words(count: usize) -> &'static [AtomicU32] {
    // SAFETY: a fresh mapping of that size.
    unsafe {
        let at = mmap(std::ptr::null_mut(), (count + 1) * 4, READ_WRITE, SHARED_ANONYMOUS, -1, 0);
        assert!(at as isize != -1, "no shared memory");
        std::slice::from_raw_parts(at.cast::<AtomicU32>(), count)
    }
}

/// How a child ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    Exited(i32),
    Killed(i32),
    TimedOut,
}

/// Bytes that a process may write to in which a translation runs: nobody may have read it. The limits of the whole run leave room for
/// what sanitizers reserve.
const MOST_MEMORY: u64 = 8 << 30;

/// Ends what takes more memory than any translation needs, from here on in this process.
pub fn limit_memory() {
    // SAFETY: two numbers are read.
    unsafe { setrlimit(RLIMIT_DATA, &[MOST_MEMORY, MOST_MEMORY]) };
}

/// Times its limit that a child may take by the clock, and that time at least: the machine may be busy with something else.
const PATIENCE: u32 = 10;
const LEAST_PATIENCE: Duration = Duration::from_secs(1);

/// Runs `work` in a child. It is killed when it has computed for `timeout` (or waited for `PATIENCE` times that)
/// without a step forward in `shared`.
pub fn in_child(shared: &Shared, timeout: Duration, work: impl FnOnce()) -> Ended {
    shared.enter(0, Phase::Start);
    sleep_until_child_ends(Duration::ZERO);
    // SAFETY: this process has one thread. The child runs `work` and leaves without running what waits for exit.
    let child = unsafe { fork() };
    assert!(child >= 0, "no process can be started");
    if child == 0 {
        // SAFETY: the child is ended with its parent; its messages go nowhere.
        unsafe {
            prctl(PR_SET_PDEATHSIG, SIGKILL as usize);
            dup2(open(c"/dev/null".as_ptr(), 1), 2);
        }
        work();
        shared.phase.store(Phase::Done as u32, Ordering::Relaxed);
        // SAFETY: ends the child.
        unsafe { _exit(0) }
    }
    wait(child, shared, timeout)
}

fn wait(child: c_int, shared: &Shared, timeout: Duration) -> Ended {
    let mut seen = (u64::MAX, Phase::Start);
    let mut since = (Instant::now(), Duration::ZERO);
    loop {
        let mut status = 0;
        // SAFETY: a child of ours.
        if unsafe { waitpid(child, &mut status, WNOHANG) } == child {
            return match status & 0x7f {
                0 => Ended::Exited(status >> 8 & 0xff),
                signal => Ended::Killed(signal),
            };
        }
        let now = (shared.index(), shared.phase());
        if now != seen {
            seen = now;
            since = (Instant::now(), computed(child));
        } else if computed(child) > since.1 + timeout || since.0.elapsed() > (PATIENCE * timeout).max(LEAST_PATIENCE) {
            // SAFETY: a child of ours, which has not been waited for.
            unsafe {
                kill(child, SIGKILL);
                waitpid(child, &mut status, 0);
            }
            return Ended::TimedOut;
        }
        sleep_until_child_ends(timeout / 8);
    }
}

/// The time for which a child has computed, from the 14th field of its `stat` (proc(5)): hundredths of a second. Time that
/// the system spends for it (a stack that grows) does not count.
fn computed(child: c_int) -> Duration {
    let stat = std::fs::read_to_string(format!("/proc/{child}/stat")).unwrap_or_default();
    let fields = stat.rsplit(')').next().unwrap_or_default();
    let ticks = fields.split_whitespace().nth(11).and_then(|field| field.parse().ok()).unwrap_or(0);
    Duration::from_millis(10 * ticks)
}

/// The time that this process and all that it has waited for have computed.
pub fn computed_in_all() -> Duration {
    let usage = |who| {
        let mut usage = [0; 18];
        // SAFETY: C's `struct rusage`, whose first members are the times in programs and in the system, two words each.
        unsafe { getrusage(who, &mut usage) };
        Duration::from_secs((usage[0] + usage[2]) as u64) + Duration::from_micros((usage[1] + usage[3]) as u64)
    };
    usage(RUSAGE_SELF) + usage(RUSAGE_CHILDREN)
}

/// Sleeps for `most`, or until some child of ours ends.
fn sleep_until_child_ends(most: Duration) {
    let limit = [most.as_secs() as c_long, c_long::from(most.subsec_nanos())];
    let mut children: SignalSet = [0; 16];
    // SAFETY: the signal is blocked, so that it waits for whoever asks; the set and the limit are as C has them.
    unsafe {
        sigaddset(&mut children, SIGCHLD);
        sigprocmask(SIG_BLOCK, &children, std::ptr::null_mut());
        sigtimedwait(&children, std::ptr::null_mut(), &limit);
    }
}

/// A file in memory that catches what is written to the standard output, also of a process that ends.
pub struct Capture {
    file: c_int,
}

impl Capture {
    /// A new file, into which nothing goes yet.
    pub fn new() -> Self {
        // SAFETY: a new file in memory.
        let file = unsafe { memfd_create(c"output".as_ptr(), 0) };
        assert!(file >= 0, "no file in memory");
        Capture { file }
    }

    /// It takes the place of the standard output of this process.
    pub fn start(&self) {
        // SAFETY: a file of ours.
        unsafe { dup2(self.file, 1) };
    }

    /// Whether something was written since the last time.
    pub fn has_any(&self) -> bool {
        // SAFETY: a file of ours.
        unsafe { lseek(self.file, 0, 1) > 0 }
    }

    /// What was written since the last time.
    pub fn take(&self) -> Vec<u8> {
        // SAFETY: the buffer has the size that is read.
        unsafe {
            let size = lseek(self.file, 0, 1).max(0) as usize;
            if size == 0 {
                return Vec::new();
            }
            let mut bytes = vec![0; size];
            let read = pread(self.file, bytes.as_mut_ptr().cast(), size, 0);
            bytes.truncate(read.max(0) as usize);
            ftruncate(self.file, 0);
            lseek(self.file, 0, 0);
            bytes
        }
    }
}

impl Drop for Capture {
    fn drop(&mut self) {
        // SAFETY: a file of ours; its copy as standard output stays.
        unsafe { close(self.file) };
    }
}
