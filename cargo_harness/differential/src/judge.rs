//! The sanitized process: whether the C is defined on an input, and how it ends there.

use std::ffi::{c_char, CStr};
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use crate::c_side::{CSide, End};
use crate::function::{Function, Table};
use crate::generate::Generator;
use crate::input::Input;
use crate::learn::{learn_lengths, learn_limits};
use crate::lengths::Formula;
use crate::limits::Limits;
use crate::process::{in_child, shared_words, Capture, Ended, Phase, Shared};
use crate::trial::digest;

extern "C" {
    fn c2rs_on_memory_error(callback: extern "C" fn(*const c_char));
}

/// What the sanitized C does on an input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Judgement {
    Defined,
    Undefined(String),
    /// The status, and a digest of what it had printed.
    Exits(i32, u32),
    Hangs,
    /// There was no time for it.
    Open,
}

impl Judgement {
    /// One line; `parse` reads it.
    pub fn line(&self) -> String {
        match self {
            Judgement::Defined => "defined".to_owned(),
            Judgement::Undefined(what) => format!("undefined {}", what.replace('\n', " ")),
            Judgement::Exits(status, printed) => format!("exits {status} {printed}"),
            Judgement::Hangs => "hangs".to_owned(),
            Judgement::Open => "open".to_owned(),
        }
    }

    pub fn parse(line: &str) -> Option<Self> {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        match word {
            "defined" => Some(Judgement::Defined),
            "undefined" => Some(Judgement::Undefined(rest.to_owned())),
            "exits" => {
                let (status, printed) = rest.split_once(' ')?;
                Some(Judgement::Exits(status.parse().ok()?, printed.parse().ok()?))
            }
            "hangs" => Some(Judgement::Hangs),
            "open" => Some(Judgement::Open),
            _ => None,
        }
    }
}

/// An input that is to be judged: the number of a random one, which is the same in both builds, or any.
pub enum Question {
    Random(u64),
    Given(Input),
}

impl Question {
    /// One line; `parse` reads it.
    fn line(&self) -> String {
        match self {
            Question::Random(index) => format!("#{index}\n"),
            Question::Given(input) => input.encode() + "\n",
        }
    }

    pub fn parse(table: &Table, function: &Function, line: &str) -> Option<Self> {
        match line.strip_prefix('#') {
            Some(index) => index.parse().ok().map(Question::Random),
            None => Input::decode(table.types, function, line).map(Question::Given),
        }
    }

    /// Makes it that input.
    pub fn make(&self, generator: &Generator<'_>, input: &mut Input) {
        match self {
            Question::Random(index) => generator.make(*index, input),
            Question::Given(given) => input.clone_from(given),
        }
    }
}

/// What begins the line behind questions that are judged together, in front of the milliseconds that there are for them.
pub const END: char = '.';
/// The line that asks for what `Court::learn` gives, which later inputs are made by.
pub const LEARN: &str = "?";

/// The sanitized build of this program, started when it is first asked, that judges until this is dropped.
pub struct Court {
    program: PathBuf,
    function: &'static str,
    seed: u64,
    timeout: Duration,
    running: Option<(Child, ChildStdin, BufReader<ChildStdout>)>,
}

impl Court {
    pub fn new(program: PathBuf, function: &'static str, seed: u64, timeout: Duration) -> Self {
        Court { program, function, seed, timeout, running: None }
    }

    /// What the C does on each input, as far as there is time for that.
    pub fn judge(&mut self, questions: &[Question], time: Duration) -> Vec<Judgement> {
        if questions.is_empty() {
            return Vec::new();
        }
        let (_, stdin, stdout) = self.start();
        let lines: String = questions.iter().map(Question::line).chain([format!("{END}{}\n", time.as_millis())]).collect();
        stdin.write_all(lines.as_bytes()).expect("the sanitized build reads its inputs");
        let judgements: Vec<Judgement> =
            stdout.lines().take(questions.len()).map_while(|line| Judgement::parse(&line.ok()?)).collect();
        assert!(judgements.len() == questions.len(), "a judgement for each input, not {judgements:?}");
        judgements
    }

    /// How long the buffers of each parameter have to be, as far as that can be learned, and what graphs may be like.
    pub fn learn(&mut self) -> (Vec<Option<Formula>>, Limits) {
        let (_, stdin, stdout) = self.start();
        writeln!(stdin, "{LEARN}").expect("the sanitized build reads a line");
        let mut line = String::new();
        stdout.read_line(&mut line).expect("the sanitized build answers");
        let mut words = line.split_whitespace();
        let limits = Limits::of_words(&mut words).expect("the sanitized build says what graphs may be like");
        (words.map(Formula::parse).collect(), limits)
    }

    fn start(&mut self) -> &mut (Child, ChildStdin, BufReader<ChildStdout>) {
        self.running.get_or_insert_with(|| {
            let mut child = Command::new(&self.program)
                .args(["judge", self.function, &self.seed.to_string(), &self.timeout.as_millis().to_string()])
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .spawn()
                .expect("the sanitized build runs");
            let stdin = child.stdin.take().expect("a pipe");
            let stdout = BufReader::new(child.stdout.take().expect("a pipe"));
            (child, stdin, stdout)
        })
    }
}

impl Drop for Court {
    fn drop(&mut self) {
        if let Some((mut child, stdin, stdout)) = self.running.take() {
            drop((stdin, stdout));
            child.wait().expect("the sanitized build ends");
        }
    }
}

/// The exit status of a memory error, as the hooks have it.
pub const ERROR_STATUS: i32 = 77;

/// Where the report of a memory error is left for the parent.
static REPORTS: std::sync::OnceLock<&'static Shared> = std::sync::OnceLock::new();

extern "C" fn report(description: *const c_char) {
    // SAFETY: the sanitizer gives a text that ends with a NUL.
    let description = unsafe { CStr::from_ptr(description) }.to_string_lossy();
    if let Some(shared) = REPORTS.get() {
        shared.tell(0, &description);
    }
}

/// Judges inputs in children; each ends with the first memory error, and another goes on behind it.
pub struct Judge<'a> {
    table: &'a Table,
    function: &'a Function,
    shared: &'static Shared,
    timeout: Duration,
    generator: Generator<'a>,
}

const DEFINED: u32 = 1;
const UNDEFINED: u32 = 2;
const HANGS: u32 = 3;
/// C11 6.5.6p8: where a pointer may lead.
const STRAY: &str = "a pointer is left that leads outside of its object";
/// What stands for an exit, added to the status.
const EXITS: u32 = 256;
/// Ends of children after which a sample is large enough.
const MOST_ENDS: usize = 300;
/// Hangs after which the rest is taken to hang, too: each takes as long as a call may take.
const MOST_HANGS: usize = 5;
/// The time for a sample.
const SAMPLED: Duration = Duration::from_secs(20);

impl<'a> Judge<'a> {
    pub fn new(table: &'a Table, function: &'a Function, seed: u64, timeout: Duration) -> Self {
        let generator = Generator::new(table.types, function, seed);
        let shared = Shared::new();
        if REPORTS.set(shared).is_ok() {
            // SAFETY: the callback only writes to a shared page.
            unsafe { c2rs_on_memory_error(report) };
        }
        CSide::share_counters();
        Judge { table, function, shared, timeout, generator }
    }

    /// Learns what graphs may be like, and how long buffers have to be: two words, and one for each parameter.
    pub fn learn(&mut self) -> String {
        self.generator.use_lengths(learn_lengths(self.table.types, self.function, &self.generator, self.shared));
        if self.function.graphs {
            learn_limits(self.function, &mut self.generator, self.shared);
        }
        let words = self.generator.learned.iter();
        let words = words.map(|one| one.map_or("-".to_owned(), |formula| formula.to_string()));
        [self.generator.limits.words()].into_iter().chain(words).collect::<Vec<String>>().join(" ")
    }

    /// The judgement of each input, in order; texts are those of the last one.
    pub fn answer(&self, questions: &[Question], time: Duration) -> Vec<Judgement> {
        let make = |index: usize, input: &mut Input| questions[index].make(&self.generator, input);
        let (codes, printed) = self.run(questions.len(), usize::MAX, time, true, make);
        let (_, text) = self.shared.told();
        let judgement = |(&code, &printed): (&u32, &u32)| match code {
            DEFINED => Judgement::Defined,
            0 => Judgement::Open,
            HANGS => Judgement::Hangs,
            EXITS.. => Judgement::Exits((code - EXITS) as i32, printed),
            _ => Judgement::Undefined(text.clone()),
        };
        codes.iter().zip(&printed).map(judgement).collect()
    }

    /// How many of the first `count` random inputs ran, how many of these are undefined, and why the last one is.
    pub fn sample(&self, count: usize) -> (usize, usize, String) {
        let (codes, _) = self.run(count, MOST_ENDS, SAMPLED, false, |index, input| self.generator.make(index as u64, input));
        let ran = codes.iter().filter(|&&code| code != 0).count();
        let undefined = codes.iter().filter(|&&code| code == UNDEFINED).count();
        (ran, undefined, self.shared.told().1)
    }

    /// The code of each input that `make` gives by number, 0 where it did not come to that; digests of what those that exit
    /// had printed. With `twice`, what is defined is run again with its blocks elsewhere.
    fn run(
        &self,
        count: usize,
        most_ends: usize,
        time: Duration,
        twice: bool,
        make: impl Fn(usize, &mut Input),
    ) -> (Vec<u32>, Vec<u32>) {
        let deadline = Instant::now() + time;
        let (codes, printed) = (shared_words(count), shared_words(count));
        let output = Capture::new();
        let work = |from: usize| {
            output.start();
            let mut c = CSide::new(self.table.types, true);
            let mut input = Input::default();
            for index in from..count {
                if index % 16 == 0 && Instant::now() >= deadline {
                    break;
                }
                self.shared.enter(index as u64, Phase::C);
                make(index, &mut input);
                let mut end = c.run(self.function, &input);
                printed[index].store(digest(&output.take()), Ordering::Relaxed);
                if end == End::Returned && c.leaves_stray_pointer(self.function, &input) {
                    end = End::Undefined(STRAY.to_owned());
                } else if twice && !matches!(end, End::Undefined(_)) {
                    let again = c.run_elsewhere(self.function, &input);
                    output.take();
                    end = if matches!(again, End::Undefined(_)) { again } else { end };
                }
                let code = match end {
                    End::Returned => DEFINED,
                    End::Exited(status) => EXITS + status as u32,
                    End::Undefined(what) => {
                        self.shared.tell(0, &what);
                        UNDEFINED
                    }
                };
                codes[index].store(code, Ordering::Relaxed);
            }
            self.shared.enter(count as u64, Phase::C);
        };
        let mut start = 0;
        let mut ends = 0;
        let mut hangs = 0;
        while start < count && ends < most_ends && Instant::now() < deadline {
            let ended = in_child(self.shared, self.timeout, || work(start));
            let index = (self.shared.index() as usize).max(start);
            if index < count {
                codes[index].store(end_code(ended), Ordering::Relaxed);
            }
            start = index + 1;
            ends += 1;
            hangs += usize::from(ended == Ended::TimedOut);
            if hangs == MOST_HANGS {
                codes[start.min(count)..].iter().for_each(|code| code.store(HANGS, Ordering::Relaxed));
                break;
            }
        }
        let load = |words: &[AtomicU32]| words.iter().map(|word| word.load(Ordering::Relaxed)).collect();
        (load(codes), load(printed))
    }
}

/// A child that ends did so by a memory error, which has its own status, or by an exit that the hooks do not know.
fn end_code(ended: Ended) -> u32 {
    match ended {
        Ended::TimedOut => HANGS,
        Ended::Killed(_) | Ended::Exited(ERROR_STATUS) => UNDEFINED,
        Ended::Exited(status) => EXITS + status as u32,
    }
}
