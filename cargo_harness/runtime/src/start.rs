//! The start and the end of a translated program.

use std::any::Any;
use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::panic::{self, AssertUnwindSafe, Location, PanicHookInfo};
use std::{env, process, thread};

use crate::stdio;

/// What C programs may use of the stack.
const STACK: usize = 1 << 30;

/// The exit status of a program that panics.
const PANICKED: i32 = 101;

/// Which C lines the lines of one Rust file come from.
#[derive(Clone, Copy, Debug)]
pub struct Places {
    /// The Rust file, from the crate's folder on: `src/list.rs`.
    pub file: &'static str,
    /// First Rust line, C file and C line, in the order of the Rust lines.
    pub lines: &'static [(u32, &'static str, u32)],
}

/// Runs a program: `main` gets `argv` and gives the exit status. A panic prints one line with the C place.
pub fn run(places: &'static [Places], main: impl FnOnce(Vec<Vec<u8>>) -> i32 + Send + 'static) -> ! {
    panic::set_hook(Box::new(move |info| report_panic(places, info)));
    let argv = env::args_os().map(OsString::into_vec).collect();
    let program = move || {
        // What main leaves behind is not looked at again.
        let ended = panic::catch_unwind(AssertUnwindSafe(|| main(argv)));
        stdio::flush_all();
        ended
    };
    let thread = match thread::Builder::new().name("main".to_owned()).stack_size(STACK).spawn(program) {
        Ok(thread) => thread,
        Err(error) => {
            eprintln!("c2rs: no thread with a stack of {STACK} bytes: {error}");
            process::exit(PANICKED);
        }
    };
    // A payload that nobody caught is a longjmp to a function that has returned.
    let status = thread.join().and_then(|ended| ended).unwrap_or_else(|_| {
        eprintln!("c2rs: longjmp to a function that has returned");
        PANICKED
    });
    process::exit(status & 0xff);
}

/// The arguments of the program as C has them: each with a null byte at its end.
pub fn texts(args: Vec<Vec<u8>>) -> Vec<Vec<u8>> {
    args.into_iter()
        .map(|mut arg| {
            arg.push(0);
            arg
        })
        .collect()
}

/// `argv`, for programs that do not look for its end.
pub fn views(args: &[Vec<u8>]) -> Vec<&[u8]> {
    args.iter().map(Vec::as_slice).collect()
}

/// `argv` with the null pointer at its end.
pub fn views_and_end(args: &[Vec<u8>]) -> Vec<Option<&[u8]>> {
    args.iter().map(|arg| Some(arg.as_slice())).chain([None]).collect()
}

/// Writes C's output up to here, then the one line of the panic, and ends the process.
fn report_panic(places: &[Places], info: &PanicHookInfo<'_>) {
    stdio::flush_on_panic();
    let message = message(info.payload()).replace('\n', " ");
    match info.location() {
        Some(location) => eprintln!("{}: c2rs: {message}", c_place(places, location.file(), location)),
        None => eprintln!("c2rs: {message}"),
    }
    process::exit(PANICKED);
}

fn message(payload: &dyn Any) -> String {
    let text = payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| payload.downcast_ref::<String>().cloned()).unwrap_or_else(|| "a panic without a message".to_owned())
}

/// `FILE.c:LINE`, or the Rust place where the table has none.
fn c_place(places: &[Places], file: &str, location: &Location<'_>) -> String {
    let line = location.line();
    let found = places.iter().filter(|places| is_path_suffix(file, places.file)).max_by_key(|places| places.file.len());
    let entry = found.and_then(|places| {
        let after = places.lines.partition_point(|&(first, _, _)| first <= line);
        places.lines[..after].last()
    });
    match entry {
        Some((_, c_file, c_line)) => format!("{c_file}:{c_line}"),
        None => format!("{file}:{line}"),
    }
}

/// Whether `path` ends with the whole components of `suffix`.
fn is_path_suffix(path: &str, suffix: &str) -> bool {
    path.strip_suffix(suffix).is_some_and(|front| front.is_empty() || front.ends_with('/'))
}
