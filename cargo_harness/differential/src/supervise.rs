//! The comparison of one function: kept inputs first, then random ones, until one fails or all agree.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use crate::function::{Function, Table};
use crate::generate::{Generator, MODEST};
use crate::input::Input;
use crate::judge::{Court, Judgement, Question};
use crate::process::{computed_in_all, in_child, Capture, Ended, Phase, Shared};
use crate::shrink::smaller;
use crate::trial::{try_alone, Finding, Trial};

/// What a run is told.
pub struct Settings {
    pub seed: u64,
    pub count: u64,
    pub timeout: Duration,
    /// The time for all of it.
    pub limit: Duration,
    /// The sanitized build of this program.
    pub judge: PathBuf,
    /// Where inputs that failed are kept.
    pub kept: Option<PathBuf>,
}

/// What was found.
#[derive(Default)]
pub struct Verdict {
    pub outcome: &'static str,
    pub reason: String,
    pub input: String,
    pub compared: u64,
    pub undefined: u64,
    /// Inputs that only one side ran on, where a sample of such inputs was undefined throughout.
    pub dropped: u64,
    pub replayed: u64,
    /// The stubs that inputs came to, each with its place.
    pub stubs: BTreeSet<String>,
}

/// Ends of children after which the rest of a function's inputs is left out: each takes a while.
const MOST_ENDS: usize = 4000;
/// Undefined inputs after which not all that look like it are judged: one in so many is.
const MANY_UNDEFINED: u64 = 100_000;
const JUDGED_OF_MANY: u64 = 64;
/// The status of `abort`, as the hooks have it. Whether what was printed before comes out, C does not say.
const ABORT: i32 = 134;
/// Inputs after which a function that prints nothing in C is listened to.
const LISTENED: u64 = 512;
/// Hangs after which integers are small; so they are where, behind the first second, fewer inputs are compared in each.
const MOST_HANGS: usize = 3;
const SLOW: u64 = 20_000;
const SLOW_TIME: Duration = Duration::from_secs(1);
/// The time of 16 inputs after which that is looked into.
const NOTICED: Duration = Duration::from_millis(5);
/// How much longer the Rust may take than other calls, where the C comes back.
const PATIENCE: u32 = 4;
/// The time that there is for judging even where there is none left.
const LEAST: Duration = Duration::from_secs(2);
/// Inputs that are judged together, and tried before any of them is.
const MOST_JUDGED: usize = 8192;
/// Inputs that are tried in place of one that fails, and as how many one counts that hangs.
const MOST_SHRINKING: usize = 4000;
const COST_OF_HANGS: usize = 400;
/// Stubs that are named of those that inputs come to.
const MOST_STUBS: usize = 16;
/// Inputs that are kept for one function.
const MOST_KEPT: usize = 64;

pub struct Supervisor<'a> {
    table: &'a Table,
    function: &'a Function,
    settings: &'a Settings,
    shared: &'static Shared,
    court: Court,
    generator: Generator<'a>,
    /// Whether calls have taken so long that integers are small from now on.
    modest: bool,
    verdict: Verdict,
    undefined_reason: String,
    deadline: Instant,
}

impl<'a> Supervisor<'a> {
    pub fn new(table: &'a Table, function: &'a Function, settings: &'a Settings) -> Self {
        Supervisor {
            table,
            function,
            settings,
            shared: Shared::new(),
            court: Court::new(settings.judge.clone(), function.name, settings.seed, settings.timeout * 2),
            generator: Generator::new(table.types, function, settings.seed),
            modest: false,
            verdict: Verdict::default(),
            undefined_reason: String::new(),
            deadline: Instant::now() + settings.limit,
        }
    }

    /// The verdict on the function. Inputs that fail are kept.
    pub fn run(mut self) -> Verdict {
        let kept = self.read_kept();
        if self.function.graphs || (0..self.function.params.len()).any(|number| self.generator.is_unknown(number)) {
            let (lengths, limits) = self.court.learn();
            self.generator.use_lengths(lengths);
            self.generator.limits = limits;
        }
        self.verdict.replayed = kept.len() as u64;
        let questions: Vec<Question> = kept.iter().cloned().map(Question::Given).collect();
        let failure = self.settle(&questions).or_else(|| self.explore());
        let Some((input, finding)) = failure else { return self.agreed() };
        let (input, finding) = self.shrink(input, finding);
        self.keep(&kept, &input);
        self.verdict.input = input.render(self.table.types, self.function);
        (self.verdict.outcome, self.verdict.reason) = words(&finding);
        self.verdict
    }

    fn agreed(mut self) -> Verdict {
        self.verdict.outcome = "equal";
        if self.verdict.compared == 0 {
            self.verdict.outcome = "cannot compare";
            self.verdict.reason = match self.verdict.stubs.first() {
                Some(stub) => stub.clone(),
                None => format!("the C is undefined on every input tried: {}", self.undefined_reason),
            };
        }
        self.verdict
    }

    fn try_alone(&self, input: &Input) -> Finding {
        try_alone(self.table, self.function, self.shared, self.settings.timeout, input)
    }

    /// The same, with more time where the Rust does not come back: what takes long may be what the C is spared.
    fn try_patiently(&self, input: &Input) -> Finding {
        match self.try_alone(input) {
            Finding::RustHangs => try_alone(self.table, self.function, self.shared, self.settings.timeout * PATIENCE, input),
            other => other,
        }
    }

    /// Runs random inputs in children; what they note is looked into here. The first input that fails.
    fn explore(&mut self) -> Option<(Input, Finding)> {
        let mut pending = Vec::new();
        let mut wanted = 1;
        let mut ends = 0;
        let mut start = 0;
        let mut noted_so_far = 0;
        let mut hangs = 0;
        while start < self.settings.count && ends < MOST_ENDS && Instant::now() < self.deadline {
            let ended = in_child(self.shared, self.settings.timeout, || self.child(start));
            hangs += usize::from(ended == Ended::TimedOut);
            let (at, phase) = (self.shared.index(), self.shared.phase());
            let mut noted = self.shared.take_notes();
            if phase != Phase::Done {
                noted.push(at.max(start));
            }
            start = at.max(start) + 1;
            ends += 1;
            for index in noted {
                noted_so_far += 1;
                if self.verdict.undefined > MANY_UNDEFINED && noted_so_far % JUDGED_OF_MANY != 0 {
                    self.verdict.dropped += 1;
                    continue;
                }
                pending.push(Question::Random(self.number(index)));
            }
            self.verdict.compared += self.shared.compared.swap(0, Ordering::Relaxed);
            self.modest |= hangs >= MOST_HANGS || is_slow(start);
            if pending.len() >= wanted || start >= self.settings.count {
                if let Some(failure) = self.settle(&std::mem::take(&mut pending)) {
                    return Some(failure);
                }
                wanted = (wanted * 2).min(MOST_JUDGED);
            }
        }
        self.settle(&pending)
    }

    /// The number of an input for the generator.
    fn number(&self, index: u64) -> u64 {
        if self.modest { index | MODEST } else { index }
    }

    /// Inputs from `start` on, until there is no room for notes, or the process may be damaged.
    fn child(&self, start: u64) {
        let output = Capture::new();
        let mut trial = Trial::new(self.table, self.function, &output, self.function.prints);
        let mut input = Input::default();
        let mut heard = start;
        let mut looked = Instant::now();
        for index in start..self.settings.count {
            self.generator.make(self.number(index), &mut input);
            let finding = trial.run(self.shared, index, &input);
            if finding == Finding::Equal {
                self.shared.compared.fetch_add(1, Ordering::Relaxed);
                if index % 4096 == 0 && Instant::now() >= self.deadline {
                    break;
                }
            } else if !self.shared.note(index) || trial.may_be_damaged(&finding) {
                break;
            }
            if index % 16 == 15 {
                let now = Instant::now();
                if !self.modest && now - looked > NOTICED && is_slow(index) {
                    break;
                }
                looked = now;
            }
            if index % LISTENED == 0 || index + 1 == self.settings.count {
                if trial.has_stray_output() {
                    (heard..=index).all(|index| self.shared.note(index));
                    break;
                }
                heard = index + 1;
            }
        }
    }

    /// Judges inputs, and tries those alone that are defined: the first that fails. The others are counted.
    fn settle(&mut self, questions: &[Question]) -> Option<(Input, Finding)> {
        let mut input = Input::default();
        let left = self.deadline.saturating_duration_since(Instant::now()).max(LEAST);
        for (question, judgement) in questions.iter().zip(self.court.judge(questions, left)) {
            if judgement == Judgement::Open {
                self.verdict.dropped += 1;
                continue;
            }
            if let Judgement::Undefined(what) = &judgement {
                self.verdict.undefined += 1;
                self.undefined_reason.clone_from(what);
                continue;
            }
            question.make(&self.generator, &mut input);
            match (self.try_patiently(&input), judgement) {
                (Finding::Stub(what), _) if self.verdict.stubs.len() < MOST_STUBS => _ = self.verdict.stubs.insert(what),
                (Finding::Stub(_), _) => {}
                // It may only take long: compilers leave loops out that do nothing, each in other cases.
                (Finding::CHangs, _) if !self.generator.is_modest(&input) => self.verdict.dropped += 1,
                (finding, judgement) => match failure(finding, &judgement) {
                    Some(failed) => return Some((input, failed)),
                    None => self.verdict.compared += 1,
                },
            }
        }
        None
    }

    /// A small input that fails in the same way: the same one whatever the machine does beside this.
    fn shrink(&mut self, input: Input, finding: Finding) -> (Input, Finding) {
        let mut best = (input, finding);
        let mut cost = 0;
        while cost < MOST_SHRINKING {
            let mut failing = Vec::new();
            for candidate in smaller(self.table.types, self.function, &best.0) {
                let found = self.try_alone(&candidate);
                cost += if matches!(found, Finding::RustHangs | Finding::CHangs) { COST_OF_HANGS } else { 1 };
                if std::mem::discriminant(&found) == std::mem::discriminant(&best.1) {
                    failing.push((candidate, found));
                }
                if failing.len() >= 8 || cost >= MOST_SHRINKING {
                    break;
                }
            }
            let questions: Vec<Question> = failing.iter().map(|(input, _)| Question::Given(input.clone())).collect();
            let judged = failing.into_iter().zip(self.court.judge(&questions, self.settings.limit));
            let next = judged.filter_map(|((input, found), judgement)| Some((input, failure(found, &judgement)?))).next();
            match next {
                Some(smaller) => best = smaller,
                None => break,
            }
        }
        best
    }

    fn read_kept(&self) -> Vec<Input> {
        let Some(path) = &self.settings.kept else { return Vec::new() };
        let text = std::fs::read_to_string(path).unwrap_or_default();
        text.lines().filter_map(|line| Input::decode(self.table.types, self.function, line)).collect()
    }

    fn keep(&self, kept: &[Input], failing: &Input) {
        let Some(path) = &self.settings.kept else { return };
        let others = kept.iter().filter(|input| *input != failing);
        let lines: Vec<String> = std::iter::once(failing).chain(others).take(MOST_KEPT).map(Input::encode).collect();
        std::fs::write(path, lines.join("\n") + "\n").expect("a failing input is kept");
    }
}

/// Whether few inputs were compared in the time that all took.
fn is_slow(compared: u64) -> bool {
    let time = computed_in_all();
    time > SLOW_TIME && (compared as f64) < time.as_secs_f64() * SLOW as f64
}

/// What a finding is worth, given what the C does.
fn failure(finding: Finding, judgement: &Judgement) -> Option<Finding> {
    match (finding, judgement) {
        (_, Judgement::Undefined(_) | Judgement::Open) | (Finding::Equal | Finding::Stub(_), _) => None,
        (Finding::Exits(status, printed), Judgement::Exits(same, c)) if status == *same && (printed == *c || status == ABORT) => None,
        (Finding::Exits(status, _), Judgement::Exits(same, _)) if status == *same => {
            Some(Finding::Differs(format!("both exit with {status}, but have printed something else")))
        }
        // SIGABRT is what `abort` comes to.
        (Finding::RustCrashes(6), Judgement::Exits(ABORT, _)) => None,
        (Finding::RustHangs | Finding::Panics(_) | Finding::RustCrashes(_), Judgement::Hangs) => None,
        (Finding::CHangs, Judgement::Defined | Judgement::Exits(..)) => None,
        (finding, _) => Some(finding),
    }
}

/// The word for a failure, and what is to be said of it.
fn words(finding: &Finding) -> (&'static str, String) {
    match finding {
        Finding::Panics(what) => ("panics", what.clone()),
        Finding::Exits(status, _) => ("differs", format!("the Rust exits with {status}, the C does not")),
        Finding::RustCrashes(signal) => ("crashes", format!("the Rust is ended by signal {signal}")),
        Finding::CCrashes(signal) => ("differs", format!("the C is ended by signal {signal}, the Rust returns")),
        Finding::RustHangs => ("hangs", "the Rust does not come back in time, the C does".to_owned()),
        Finding::CHangs => ("differs", "the C does not come back in time, the Rust does".to_owned()),
        Finding::Differs(what) | Finding::Stub(what) => ("differs", what.clone()),
        Finding::Equal => ("equal", String::new()),
    }
}
