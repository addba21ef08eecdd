//! Compares C functions with their Rust translations in one process (`c2rs diff --functions`).
//!
//! A generated crate has the table of functions and the glue that calls each with typed arguments; it is built twice,
//! with the plain C and with a sanitized build of it. The plain program runs both sides on random inputs, the Rust
//! first: what it panics on never reaches the C. Each input on which they differ is judged by the sanitized program,
//! tried again in a process of its own, and made smaller.
//!
//! All `unsafe` of the project stands here and in the generated crate, which is never part of a translation.

mod buffers;
mod c_side;
mod compare;
mod fill;
pub mod function;
mod generate;
mod graphs;
mod input;
mod judge;
mod learn;
mod lengths;
mod limits;
mod pools;
mod process;
mod random;
mod replay;
mod rust_side;
mod shrink;
mod supervise;
mod timing;
mod trial;
pub mod types;

use std::env;
use std::io::{self, BufRead};
use std::process::exit;
use std::time::Duration;

pub use c2rs_rt::{Ptr, Void};
pub use function::{Extent, Function, Global, Length, Param, Position, Table};
pub use rust_side::RustSide;
pub use types::{Field, Target, Type, Types};

use judge::{Judge, Question, END, LEARN};
use supervise::{Settings, Supervisor};

/// The program: `compare NAME SEED COUNT TIMEOUT LIMIT JUDGE KEPT`, `replay NAME KEPT`, `inputs NAME SEED COUNT FILE`, `sift
/// NAME FILE` or `time NAME FILE ROUNDS`, or of the sanitized build `judge NAME SEED TIMEOUT` with inputs on standard input (`serve`),
/// and `sample NAME SEED COUNT TIMEOUT`. Times are in milliseconds.
pub fn run(table: &'static Table, sanitized: bool) {
    let args: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    match words[..] {
        ["compare", name, seed, count, timeout, limit, judge, kept] if !sanitized => {
            let settings = Settings {
                seed: number(seed),
                count: number(count),
                timeout: Duration::from_millis(number(timeout)),
                limit: Duration::from_millis(number(limit)),
                judge: judge.into(),
                kept: (!kept.is_empty()).then(|| kept.into()),
            };
            let verdict = Supervisor::new(table, find(table, name), &settings).run();
            println!("outcome {}", verdict.outcome);
            println!("reason {}", one_line(&verdict.reason));
            println!("input {}", one_line(&verdict.input));
            println!("compared {}", verdict.compared);
            println!("undefined {}", verdict.undefined);
            println!("dropped {}", verdict.dropped);
            println!("replayed {}", verdict.replayed);
            let stubs: Vec<&str> = verdict.stubs.iter().map(String::as_str).collect();
            println!("stubs {}", one_line(&stubs.join("\n")));
            println!("computed {}", process::computed_in_all().as_secs_f64());
        }
        ["replay", name, kept] if !sanitized => replay::replay(table, find(table, name), kept),
        ["inputs", name, seed, count, file] if !sanitized => {
            timing::write_inputs(table, find(table, name), number(seed), number(count), file);
        }
        ["sift", name, file] if !sanitized => timing::sift_inputs(table, find(table, name), file),
        ["time", name, file, rounds] if !sanitized => {
            let time = timing::best_time(table, find(table, name), file, number(rounds));
            eprintln!("nanoseconds {}", time.map_or("none".to_owned(), |time| time.to_string()));
        }
        ["judge", name, seed, timeout] if sanitized => {
            let function = find(table, name);
            let timeout = Duration::from_millis(number(timeout));
            serve(Judge::new(table, function, number(seed), timeout), table, function);
        }
        ["sample", name, seed, count, timeout] if sanitized => {
            let mut judge = Judge::new(table, find(table, name), number(seed), Duration::from_millis(number(timeout)));
            judge.learn();
            let (ran, undefined, reason) = judge.sample(number(count) as usize);
            println!("ran {ran}\nundefined {undefined}\nreason {}", one_line(&reason));
        }
        _ => fail("the arguments are not understood"),
    }
}

/// Judges inputs, a line each, as they come; a line with the time that there is ends those that are judged together.
fn serve(mut judge: Judge<'_>, table: &Table, function: &Function) {
    let mut questions = Vec::new();
    for line in io::stdin().lock().lines().map_while(Result::ok) {
        if let Some(time) = line.strip_prefix(END) {
            let time = Duration::from_millis(number(time));
            let lines: String = judge.answer(&questions, time).iter().map(|judgement| judgement.line() + "\n").collect();
            print!("{lines}");
            questions.clear();
        } else if line == LEARN {
            println!("{}", judge.learn());
        } else {
            questions.push(Question::parse(table, function, &line).unwrap_or_else(|| fail("no input of the function")));
        }
    }
}

fn find(table: &'static Table, name: &str) -> &'static Function {
    table.functions.iter().find(|function| function.name == name).unwrap_or_else(|| fail("no such function"))
}

fn number(text: &str) -> u64 {
    text.parse().unwrap_or_else(|_| fail("a number is expected"))
}

fn fail(message: &str) -> ! {
    eprintln!("{message}");
    exit(2)
}

/// The text with `\` before what would end the line.
fn one_line(text: &str) -> String {
    text.replace('\\', "\\\\").replace('\n', "\\n")
}
