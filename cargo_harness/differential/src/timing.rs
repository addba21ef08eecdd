//! How long a translated function takes: inputs on which it agrees with the C, and the best of some rounds over these.

use std::fs::{self, File};
use std::io::Write;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::time::{Duration, Instant};

use crate::function::{Function, Table};
use crate::generate::Generator;
use crate::input::Input;
use crate::process::{in_child, Capture, Shared};
use crate::rust_side::RustSide;
use crate::trial::{Finding, Trial};

/// Inputs that are timed.
const MOST: usize = 256;

/// Writes random inputs on which both sides agree to a file, a line each.
pub fn write_inputs(table: &'static Table, function: &'static Function, seed: u64, count: u64, file: &str) {
    let (shared, output) = (Shared::new(), Capture::new());
    in_child(shared, Duration::from_secs(5), || {
        let mut lines = File::create(file).expect("a file for inputs");
        let generator = Generator::new(table.types, function, seed);
        let mut trial = Trial::new(table, function, &output, true);
        let mut input = Input::default();
        let mut written = 0;
        for index in 0..count {
            generator.make(index, &mut input);
            if trial.run(shared, index, &input) == Finding::Equal {
                writeln!(lines, "{}", input.encode()).expect("an input is written");
                written += 1;
            }
            if written == MOST {
                break;
            }
        }
    });
}

/// Leaves in a file of inputs those that this version takes and comes back from: another version wrote them, whose parameters
/// may be missing where these may not.
pub fn sift_inputs(table: &'static Table, function: &'static Function, file: &str) {
    let text = fs::read_to_string(file).unwrap_or_default();
    let output = Capture::new();
    output.start();
    let mut rust = RustSide::new(table.types, function);
    let mut comes_back = |input: &Input| catch_unwind(AssertUnwindSafe(|| rust.run(input))).is_ok();
    let is_taken = |line: &&str| Input::decode(table.types, function, line).is_some_and(|input| comes_back(&input));
    let kept: String = text.lines().filter(is_taken).map(|line| format!("{line}\n")).collect();
    fs::write(file, kept).expect("a file for inputs");
    c2rs_rt::stdio::fflush(c2rs_rt::Ptr::NULL);
    output.take();
}

/// The nanoseconds of the calls with all inputs of a file: the best of some rounds, without what looking at the clock takes. None
/// where there are no inputs, or the function does not take one or panics on it.
pub fn best_time(table: &'static Table, function: &'static Function, file: &str, rounds: u64) -> Option<u128> {
    let text = fs::read_to_string(file).unwrap_or_default();
    let inputs: Vec<Input> = text.lines().map(|line| Input::decode(table.types, function, line)).collect::<Option<_>>()?;
    let output = Capture::new();
    output.start();
    let mut rust = RustSide::timed(table.types, function);
    let mut best: Option<Duration> = None;
    for _ in 0..rounds {
        for input in &inputs {
            catch_unwind(AssertUnwindSafe(|| rust.run(input))).ok()?;
        }
        let time = rust.take_time();
        best = Some(best.map_or(time, |other| other.min(time)));
        c2rs_rt::stdio::fflush(c2rs_rt::Ptr::NULL);
        output.take();
    }
    let looks = clock() * inputs.len() as u32;
    (!inputs.is_empty()).then(|| best.unwrap_or_default().saturating_sub(looks).as_nanos())
}

/// What it takes to look at the clock twice, at least.
fn clock() -> Duration {
    (0..10_000).map(|_| Instant::now().elapsed()).min().unwrap_or_default()
}
