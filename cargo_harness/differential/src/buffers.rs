//! How long buffers are: as the facts say, or as was learned (`learn`), or as may be.

use crate::function::{Extent, Position};
use crate::generate::Generator;
use crate::input::{Input, Link};
use crate::lengths::{Formula, NEGATIVE};
use crate::random::Random;
use crate::types::{Type, TypeId};

/// Elements of buffers whose length a parameter says; where it says more, some: the C is undefined there, and soon.
const LONGEST: i64 = 1200;
const CUT: i64 = 40;

/// Most lengths that are multiplied are below this, but for one input in so many: functions on matrices take long themselves.
const FEW_ROWS: usize = 5;
const MANY_ROWS: usize = 32;
/// Beyond this, a number of rows is none where there are no columns.
const MOST_ROWS: i128 = 1000;

/// One input in so many has a buffer that may be shorter than was learned.
const SHORT: usize = 512;

impl Generator<'_> {
    /// Makes buffers as long as the formulas say from now on; there is one for each parameter, or none.
    pub fn use_lengths(&mut self, learned: Vec<Option<Formula>>) {
        let params = 0..learned.len();
        let is_about = |number: usize| learned.iter().flatten().any(move |formula| formula.is_about(number));
        let texts = |formula: Formula| params.clone().any(|number| formula.is_about(number) && self.is_text(number));
        self.by_texts = params.clone().filter(|&number| learned[number].is_some_and(texts)).collect();
        self.measuring = params.clone().filter(|&number| is_about(number)).collect();
        let grows = |formula: &&Formula| matches!(formula, Formula::Product { .. } | Formula::Square { .. });
        let is_multiplied = |number: &usize| learned.iter().flatten().filter(grows).any(|formula| formula.is_about(*number));
        self.multiplied = params.filter(is_multiplied).collect();
        self.learned = learned;
        self.look_at_integers();
    }

    /// Finds out once what the integers among the parameters say.
    pub fn look_at_integers(&mut self) {
        let params = 0..self.function.params.len();
        self.lengths = params.clone().map(|number| self.says_length(number)).collect();
        let is_integer = |number: &usize| matches!(self.types.get(self.function.params[*number].of), Type::Int { .. });
        self.free_integers = params.filter(is_integer).filter(|&number| !self.lengths[number]).collect();
        self.has_measure = self.free_integers.iter().any(|&number| self.follows_buffer(number));
    }

    /// Whether a buffer whose length is not known is the parameter in front.
    pub fn follows_buffer(&self, number: usize) -> bool {
        number > 0 && self.is_unmeasured(number - 1)
    }

    /// Integers that say how long a buffer is become small, with a buffer of that length in mind.
    pub fn choose_lengths(&self, random: &mut Random, input: &mut Input, long: bool) {
        for param in self.function.params {
            let Extent::Within { lengths, .. } = &param.extent else { continue };
            for length in *lengths {
                let value = self.length(random, long) as i64 - length.constant;
                self.set_integer(input, length.param, i128::from(value));
            }
        }
        let few = !self.multiplied.is_empty() && !long && !random.one_in(MANY_ROWS);
        for &number in &self.measuring {
            let is_few = few && self.multiplied.contains(&number);
            let length = if is_few { random.below(FEW_ROWS) } else { self.length(random, long) };
            self.set_integer(input, number, length as i128);
        }
        for formula in self.learned.iter().flatten() {
            while formula.of(|number| self.value(input, number)) > LONGEST as u64 / 2 {
                for number in (0..self.function.params.len()).filter(|&number| formula.is_about(number)) {
                    self.set_integer(input, number, self.integer(input, number) / 2);
                }
            }
        }
    }

    /// Very many rows without a column, or the reverse, become fewer: a loop over these does nothing for a second.
    pub fn bound_empty_products(&self, input: &mut Input) {
        for formula in self.learned.iter().flatten() {
            let Formula::Product { left, right, .. } = *formula else { continue };
            for (one, other) in [(left, right), (right, left)] {
                let rows = self.integer(input, other);
                if self.integer(input, one) <= 0 && rows > MOST_ROWS {
                    self.set_integer(input, other, rows % MOST_ROWS);
                }
            }
        }
    }

    /// Elements before the pointer and from it on.
    pub fn extent(&self, random: &mut Random, input: &Input, number: usize, to: TypeId, long: bool) -> (usize, usize) {
        match self.function.params[number].extent {
            Extent::Exactly(count) => (0, count),
            Extent::Position(Position::Anywhere) if !random.one_in(4) => {
                (self.length(random, false), self.length(random, long))
            }
            Extent::Position(_) => (0, self.length(random, long)),
            Extent::Unknown if self.is_measured_by_integers(number) && !random.one_in(SHORT) => {
                let formula = self.learned[number].expect("what it is measured by");
                let most = formula.of(|number| self.value(input, number));
                let most = if most > LONGEST as u64 { CUT as usize } else { most as usize };
                (0, most + if random.one_in(4) { random.below(4) } else { 0 })
            }
            Extent::Unknown if matches!(self.types.get(to), Type::Record { .. } | Type::Opaque { .. }) => {
                (0, if random.one_in(4) { small_length(random).max(1) } else { 1 })
            }
            Extent::Unknown => (0, self.unknown_length(random, input, long)),
            Extent::Within { lo, hi, lengths } => {
                let bounds = lengths.iter().map(|length| {
                    let value = self.integer(input, length.param).clamp(-1 << 40, 1 << 40) as i64;
                    (value + length.constant).max(length.least)
                });
                let most = bounds.min().map_or(hi, |bound| bound.min(hi));
                let most = if most > LONGEST && !lengths.is_empty() { CUT } else { most };
                let slack = if random.one_in(4) { random.below(4) as i64 } else { 0 };
                (lo.clamp(-64, 0).unsigned_abs() as usize, (most.clamp(0, 4096) + slack) as usize)
            }
        }
    }

    /// Of some buffer.
    pub fn length(&self, random: &mut Random, long: bool) -> usize {
        let constants = self.function.constants;
        match random.below(4) {
            _ if !long => small_length(random),
            0 | 1 if !constants.is_empty() => {
                let constant = random.pick(constants);
                (constant.clamp(0, 1000) as usize + random.below(4)).max(1) - 1
            }
            _ => random.below(700),
        }
    }

    /// Of a buffer that nothing is known of: often as long as all lengths together (`out` of two that are joined).
    pub fn unknown_length(&self, random: &mut Random, input: &Input, long: bool) -> usize {
        let small = self.length(random, long).max(1);
        if random.one_in(48) {
            return small;
        }
        let lengths = (0..self.function.params.len()).filter(|&number| self.is_length(number));
        let all: i128 = lengths.map(|number| self.integer(input, number).clamp(0, LONGEST.into())).sum();
        if all == 0 { small } else { (all as usize).min(LONGEST as usize) + random.below(2) }
    }

    /// Whether the parameter is known to say how long a buffer is.
    #[inline]
    pub fn is_length(&self, number: usize) -> bool {
        self.lengths[number]
    }

    fn says_length(&self, number: usize) -> bool {
        self.function.params.iter().any(|param| match &param.extent {
            Extent::Within { lengths, .. } => lengths.iter().any(|length| length.param == number),
            _ => false,
        }) || self.measuring.contains(&number)
    }

    /// Whether the parameter leads to a buffer whose length no parameter is known to say.
    pub fn is_unmeasured(&self, number: usize) -> bool {
        let param = &self.function.params[number];
        if self.learned[number].is_some() {
            return false;
        }
        let is_record = |to: TypeId| matches!(self.types.get(to), Type::Record { .. } | Type::Function { .. });
        matches!(*self.types.get(param.of), Type::Pointer { to } if !is_record(to))
            && match &param.extent {
                Extent::Unknown => true,
                Extent::Within { lengths, .. } => lengths.is_empty(),
                Extent::Exactly(_) | Extent::Position(_) => false,
            }
    }

    /// Whether the parameter is a pointer to something of which it is not known how much the function accesses.
    pub fn is_unknown(&self, number: usize) -> bool {
        let param = &self.function.params[number];
        let Type::Pointer { to } = *self.types.get(param.of) else { return false };
        matches!(param.extent, Extent::Unknown) && !matches!(self.types.get(to), Type::Opaque { .. } | Type::Function { .. })
    }

    /// Whether the parameter is a pointer to characters.
    pub fn is_text(&self, number: usize) -> bool {
        let Type::Pointer { to } = *self.types.get(self.function.params[number].of) else { return false };
        matches!(self.types.get(to), Type::Int { size: 1, text: true, .. })
    }

    /// Of what the parameter points to.
    pub fn element_size(&self, number: usize) -> usize {
        match *self.types.get(self.function.params[number].of) {
            Type::Pointer { to } => self.types.size(to).max(1),
            _ => 1,
        }
    }

    /// The parameters that a formula may be about, and a mask of those that are integers.
    pub fn measures(&self) -> (Vec<usize>, u64) {
        let is_integer = |&number: &usize| matches!(self.types.get(self.function.params[number].of), Type::Int { .. });
        let params: Vec<usize> = (0..self.function.params.len().min(64)).collect();
        let integers = params.iter().filter(|number| is_integer(number)).fold(0, |mask, number| mask | 1 << number);
        (params.into_iter().filter(|number| is_integer(number) || self.is_text(*number)).collect(), integers)
    }

    /// What a formula knows of a parameter: the integer, or the length of the text.
    #[inline]
    pub fn value(&self, input: &Input, number: usize) -> u64 {
        match input.leads_to(number) {
            Some(block) if self.is_text(number) => {
                let bytes = &input.blocks()[block].bytes;
                bytes.iter().position(|&byte| byte == 0).unwrap_or(bytes.len()) as u64
            }
            _ => self.integer(input, number).clamp(0, (NEGATIVE - 1).into()) as u64,
        }
    }

    /// Whether what the parameter leads to has a length that integers alone decide.
    fn is_measured_by_integers(&self, number: usize) -> bool {
        self.learned[number].is_some() && !self.by_texts.contains(&number)
    }

    /// Buffers whose length the lengths of texts decide get it, once there are texts.
    pub fn fit_to_texts(&self, random: &mut Random, input: &mut Input) {
        for &number in &self.by_texts {
            let Some(formula) = self.learned[number] else { continue };
            let Some(&(_, Link::Block(block, offset))) = input.blocks()[number].links.first() else { continue };
            if random.one_in(SHORT) {
                continue;
            }
            let slack = if random.one_in(4) { random.below(4) } else { 0 };
            let need = offset / self.element_size(number) + formula.of(|number| self.value(input, number)).min(LONGEST as u64) as usize + slack;
            if need > input.blocks()[block].count {
                self.lengthen(random, input, block, need);
            } else if !formula.is_about(number) && input.is_led_to_once(block) {
                input.shorten(self.types, block, need);
            }
        }
    }

    /// Makes a block longer. What it has then is any.
    pub fn lengthen(&self, random: &mut Random, input: &mut Input, block: usize, count: usize) {
        let (of, old) = (input.blocks()[block].of, input.blocks()[block].count);
        if count <= old {
            return;
        }
        let size = self.types.size(of);
        input.lengthen(self.types, block, count);
        (old..count).for_each(|i| self.fill_object(random, input, block, of, i * size));
    }
}

pub fn small_length(random: &mut Random) -> usize {
    match random.below(16) {
        0 => 0,
        1..=3 => 1,
        4..=12 => 2 + random.below(8),
        13 | 14 => random.below(24),
        _ => random.below(72),
    }
}
