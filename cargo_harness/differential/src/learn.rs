//! How long buffers have to be of which nothing is known: inputs get none, and ever longer ones, until the C is defined on
//! them. What that comes to is a formula of the other parameters (`lengths`).

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use crate::c_side::{CSide, End};
use crate::function::Function;
use crate::generate::Generator;
use crate::input::Input;
use crate::lengths::{Formula, Sample};
use crate::limits::{Trait, MOST_LINKS};
use crate::process::{in_child, shared_words, Capture, Ended, Phase, Shared};
use crate::random::Random;
use crate::types::{Type, Types};

/// Inputs that are tried. Every other one has small integers.
const SAMPLES: usize = 320;
/// Elements beyond which no buffer is made longer.
const LONGEST: usize = 300;
/// The time for all of it, and for one call.
const TIME: Duration = Duration::from_secs(2);
const CALL: Duration = Duration::from_millis(40);
/// Graphs of one kind that are tried.
const GRAPHS: u64 = 64;
/// Ends of children after which no more are tried.
const MOST_ENDS: usize = 40;
/// Hangs, where integers are not small, after which all are.
const MOST_HANGS: usize = 2;

/// What of one parameter of a sample is not known, and what is noted of a sample as a whole.
const UNKNOWN: u32 = u32::MAX;
const DEFINED: u32 = 1;

/// A formula for each parameter, None where there is none to be had. Runs the C, which has to be the sanitized one.
pub fn learn_lengths(types: Types, function: &Function, generator: &Generator<'_>, shared: &Shared) -> Vec<Option<Formula>> {
    let count = function.params.len();
    let mut formulas = vec![None; count];
    let wanted: Vec<usize> = (0..count.min(64)).filter(|&number| generator.is_unknown(number)).collect();
    if wanted.is_empty() {
        return formulas;
    }
    // Of each sample whether the C is defined there, the values of the parameters, and what these need.
    let width = 1 + 2 * count;
    let words = shared_words(SAMPLES * width);
    let output = Capture::new();
    let deadline = Instant::now() + TIME;
    let (mut start, mut ends, mut hangs) = (0, 0, 0);
    while start < SAMPLES && ends < MOST_ENDS && Instant::now() < deadline {
        let all_small = hangs >= MOST_HANGS;
        let ended = in_child(shared, CALL, || {
            output.start();
            let mut c = CSide::new(types, true);
            let mut input = Input::default();
            for index in start..SAMPLES {
                if Instant::now() >= deadline {
                    break;
                }
                shared.enter(index as u64, Phase::C);
                let row = &words[index * width..][..width];
                let values = generator.sample(index as u64, all_small || index % 2 == 0, &mut input);
                row[1..=count].iter().zip(values).for_each(|(word, value)| word.store(value, Ordering::Relaxed));
                if let Some(needs) = measure(function, generator, &mut c, &mut input) {
                    row[1 + count..].iter().zip(needs).for_each(|(word, need)| word.store(need, Ordering::Relaxed));
                    row[0].store(DEFINED, Ordering::Relaxed);
                }
                output.take();
            }
            shared.enter(SAMPLES as u64, Phase::C);
        });
        start = start.max(shared.index() as usize) + 1;
        ends += 1;
        hangs += usize::from(ended == Ended::TimedOut);
    }
    let rows: Vec<Vec<u32>> =
        words.chunks(width).map(|row| row.iter().map(|word| word.load(Ordering::Relaxed)).collect()).collect();
    let is_defined = |row: &&Vec<u32>| row[0] == DEFINED;
    // Where integers have to be small for the C to be defined, the others say nothing.
    let any_will_do = 20 * rows.iter().skip(1).step_by(2).filter(is_defined).count() >= 9 * SAMPLES;
    let rows: Vec<&Vec<u32>> = rows.iter().step_by(if any_will_do { 1 } else { 2 }).filter(is_defined).collect();
    for number in wanted {
        formulas[number] = fit(generator, &rows, number, any_will_do);
    }
    formulas
}

/// What graphs may be like from now on. They have what the C comes back from, and is mostly defined on: walks of lists and trees
/// have no end where a link leads back. Where it is never defined without an object, that has to be there.
pub fn learn_limits(function: &Function, generator: &mut Generator<'_>, shared: &Shared) {
    let links = generator.members.iter().map(|members| members.links.len()).filter(|&links| links > 1).max();
    let backs = (0..links.unwrap_or(0).min(MOST_LINKS)).map(Trait::Back);
    let is_object = |to: &Type| matches!(*to, Type::Pointer { to } if generator.types.is_pooled(to));
    let params = (0..function.params.len().min(64)).filter(|&number| is_object(generator.types.get(function.params[number].of)));
    let traits: Vec<Trait> = params.map(Trait::Missing).chain(backs).chain([Trait::Shares, Trait::Cycles]).collect();
    for one in traits {
        generator.limits.tried = Some(one);
        match (one, defined(function, generator, shared)) {
            (Trait::Missing(param), Some(0)) => generator.limits.needed |= 1 << param,
            (Trait::Back(number), Some(count)) if 2 * count > GRAPHS => generator.limits.backs |= 1 << number,
            (Trait::Cycles, Some(count)) if 2 * count > GRAPHS => generator.limits.cycles = true,
            (Trait::Shares, Some(count)) if 8 * count > 7 * GRAPHS => generator.limits.shares = true,
            _ => {}
        }
    }
    generator.limits.tried = None;
}

/// On how many of some inputs the C is defined, None where it does not come back from one.
fn defined(function: &Function, generator: &Generator<'_>, shared: &Shared) -> Option<u64> {
    let output = Capture::new();
    shared.compared.store(0, Ordering::Relaxed);
    let ended = in_child(shared, CALL, || {
        output.start();
        let mut c = CSide::new(generator.types, true);
        let mut input = Input::default();
        for index in 1..=GRAPHS {
            shared.enter(index, Phase::C);
            generator.make(index, &mut input);
            match c.run(function, &input) {
                End::Undefined(_) if c.used_up_stack() => return,
                End::Undefined(_) => {}
                End::Returned | End::Exited(_) => _ = shared.compared.fetch_add(1, Ordering::Relaxed),
            }
            output.take();
        }
        shared.enter(GRAPHS + 1, Phase::C);
    });
    let count = shared.compared.swap(0, Ordering::Relaxed);
    (ended == Ended::Exited(0) && shared.index() > GRAPHS).then_some(count)
}

/// The formula for one parameter.
fn fit(generator: &Generator<'_>, rows: &[&Vec<u32>], number: usize, any_will_do: bool) -> Option<Formula> {
    let count = generator.function.params.len();
    let samples: Vec<Sample<'_>> = rows
        .iter()
        .filter(|row| row[1 + count + number] != UNKNOWN)
        .map(|row| Sample { values: &row[1..=count], need: row[1 + count + number] })
        .collect();
    if samples.iter().all(|sample| sample.need == 0) {
        return None;
    }
    let (params, integers) = generator.measures();
    Formula::fit(&samples, &params, integers, any_will_do)
}

/// What the buffers need that are not known, on an input whose buffers become as long as that. None where the C is undefined
/// for another reason.
fn measure(
    function: &Function,
    generator: &Generator<'_>,
    c: &mut CSide,
    input: &mut Input,
) -> Option<Vec<u32>> {
    let count = function.params.len();
    let mut grown = vec![false; count];
    let mut random = Random::new(0, input.blocks().len() as u64);
    loop {
        match c.run(function, input) {
            End::Returned | End::Exited(_) => break,
            End::Undefined(_) => {
                let (block, offset) = c.overrun()?;
                let number = (0..count).find(|&number| generator.is_unknown(number) && input.leads_to(number) == Some(block))?;
                let needed = offset / generator.element_size(number) + 1;
                if needed > LONGEST {
                    return None;
                }
                grown[number] = true;
                generator.lengthen(&mut random, input, block, needed);
            }
        }
    }
    let needs = (0..count).map(|number| match input.leads_to(number) {
        Some(block) if generator.is_unknown(number) && (grown[number] || !generator.is_text(number)) => {
            input.blocks()[block].count as u32
        }
        _ => UNKNOWN,
    });
    Some(needs.collect())
}
