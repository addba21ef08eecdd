//! Ends in the way that its argument names, with output pending.

use c2rs_rt::start::{self, Places};
use c2rs_rt::{println, stdio, Memory, Ptr};

/// This file's lines from 1 on stand for `first.c`, those of `fail` for `list.c`.
const PLACES: &[Places] =
    &[Places { file: "examples/endings.rs", lines: &[(1, "first.c", 10), (FAIL_LINE, "src/list.c", 42)] }];

const FAIL_LINE: u32 = 13;
fn fail() {
    let mut mem = Memory::new(0, &[]);
    mem.write(Ptr::<i32>::NULL, 1);
}

fn main() {
    start::run(PLACES, |argv| {
        println!("pending");
        match &argv[1][..] {
            b"return" => return 0x1_02,
            b"panic" => fail(),
            b"lines" => panic!("one\ntwo"),
            b"unwind" => std::panic::resume_unwind(Box::new(7)),
            b"endless" => loop {
                stdio::putchar(b'x'.into());
            },
            _ => {}
        }
        0
    })
}
