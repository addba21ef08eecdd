//! One kept input on both sides, for whoever reads what they write to the standard error.

use std::fs;
use std::panic::{catch_unwind, AssertUnwindSafe};

use crate::c_side::CSide;
use crate::function::{Function, Table};
use crate::input::Input;
use crate::rust_side::RustSide;

/// Runs the C, which is defined on what was kept, and then the Rust, which may do anything.
pub fn replay(table: &'static Table, function: &'static Function, kept: &str) {
    let text = fs::read_to_string(kept).unwrap_or_default();
    let Some(input) = text.lines().find_map(|line| Input::decode(table.types, function, line)) else { return };
    eprintln!("c2rs-side C");
    CSide::new(table.types, false).run(function, &input);
    eprintln!("c2rs-side Rust");
    let mut rust = RustSide::new(table.types, function);
    let _ = catch_unwind(AssertUnwindSafe(|| rust.run(&input)));
}
