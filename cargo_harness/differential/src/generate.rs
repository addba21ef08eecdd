//! Inputs by type and shape: buffers as long as the facts say, or as was learned; strings; small trees of objects. What these
//! hold is made in `fill`.

use c2rs_rt::Pod;

use crate::c_side::initial_bytes;
use crate::function::{Extent, Function, Position};
use crate::input::{Input, Link, OpenLink};
use crate::lengths::{Formula, NEGATIVE};
use crate::limits::{Limits, Members};
use crate::pools::Pools;
use crate::random::Random;
use crate::types::{Type, TypeId, Types};

/// Set in the numbers of inputs whose integers are small but for one input in so many, which says how long its buffers are.
pub const MODEST: u64 = 1 << 63;
const NATURAL: usize = 64;
const MODEST_INTEGERS: i128 = 1000;

/// One input in so many has long buffers: indices that do not fit into a byte, runs as long as a constant of the C says.
const LONG: usize = 1024;

/// One input in so many has integers that say how long a buffer is and do not know of the buffer: most of these are undefined.
const UNRELATED: usize = 128;

/// One input in so many has no reference that may be missing, nor has the very first; otherwise, one reference in so many is.
const BARE: usize = 16;
const MISSING: usize = 4;

/// Makes the inputs of one function.
pub struct Generator<'a> {
    pub types: Types,
    pub function: &'a Function,
    seed: u64,
    /// What the globals are before anything has run.
    initial: Vec<Vec<u8>>,
    /// How long what a parameter leads to has to be, where that was learned.
    pub learned: Vec<Option<Formula>>,
    /// The parameters that these are about, and those whose length that of some text decides.
    pub measuring: Vec<usize>,
    pub by_texts: Vec<usize>,
    /// The integers that formulas multiply with others or with themselves.
    pub multiplied: Vec<usize>,
    /// Whether each parameter is known to say how long a buffer is, and the integers of which nothing is known, with whether
    /// one of these stands behind a buffer whose length is not known either.
    pub lengths: Vec<bool>,
    pub free_integers: Vec<usize>,
    pub has_measure: bool,
    /// Whether references among the parameters may be missing.
    has_options: bool,
    pub pools: Pools,
    /// What graphs of objects may be like, and what is in objects of each type.
    pub limits: Limits,
    pub members: Vec<Members>,
}

impl<'a> Generator<'a> {
    /// Before any C has run.
    pub fn new(types: Types, function: &'a Function, seed: u64) -> Self {
        let initial = function.globals.iter().map(|global| initial_bytes(types, global)).collect();
        let mut made = Generator {
            types,
            function,
            seed,
            initial,
            learned: vec![None; function.params.len()],
            measuring: Vec::new(),
            by_texts: Vec::new(),
            multiplied: Vec::new(),
            lengths: Vec::new(),
            free_integers: Vec::new(),
            has_measure: false,
            has_options: function.params.iter().any(|param| param.optional),
            pools: Pools::new(seed),
            limits: Limits::default(),
            members: if function.graphs { Members::of_all(types) } else { Vec::new() },
        };
        made.look_at_integers();
        made
    }

    /// Input number `index` of this seed.
    pub fn make(&self, index: u64, input: &mut Input) {
        let mut random = Random::new(self.seed, index);
        let random = &mut random;
        self.pools.turn_to(index & !MODEST);
        input.clear();
        let long = random.one_in(LONG);
        let unrelated = random.one_in(UNRELATED);
        let modest = index & MODEST != 0 && (unrelated || !random.one_in(NATURAL));
        self.fill_values(random, input, modest);
        if unrelated {
            self.bound_empty_products(input);
        } else {
            self.choose_lengths(random, input, long);
        }
        let bare = self.has_options && (index & !MODEST == 0 || random.one_in(BARE));
        for (number, param) in self.function.params.iter().enumerate() {
            if !param.optional || !bare && !random.one_in(MISSING) {
                self.point(random, input, number, long);
            }
        }
        if self.function.graphs {
            self.make_graphs(random, input, long, index & MODEST != 0);
        }
        self.relate_integers(random, input);
        self.fit_to_texts(random, input);
    }

    /// Input number `index` for learning: buffers of which nothing is known are empty, but for texts. With `small`, integers are.
    /// The values of the parameters, of which formulas are made.
    pub fn sample(&self, index: u64, small: bool, input: &mut Input) -> Vec<u32> {
        let mut random = Random::new(!self.seed, index);
        let random = &mut random;
        input.clear();
        self.fill_values(random, input, false);
        for number in 0..self.function.params.len() {
            if small && !self.is_length(number) {
                self.set_integer(input, number, random.below(9) as i128);
            }
        }
        self.choose_lengths(random, input, false);
        for (number, param) in self.function.params.iter().enumerate() {
            let Type::Pointer { to } = *self.types.get(param.of) else { continue };
            if let Extent::Position(Position::In(array)) = param.extent {
                self.point_into(random, input, number, array, to);
                continue;
            }
            if self.types.is_pooled(to) {
                input.open.push(OpenLink { block: number, at: 0, to });
                continue;
            }
            let (before, count) = match self.is_unknown(number) {
                true => (0, if self.is_text(number) { 1 + random.below(12) } else { 0 }),
                false => self.extent(random, input, number, to, false),
            };
            self.lead_to_new(random, input, number, to, (before, count), true);
        }
        if self.function.graphs {
            self.make_graphs(random, input, false, true);
        }
        let value = |number| if self.integer(input, number) < 0 { NEGATIVE } else { self.value(input, number) as u32 };
        (0..self.function.params.len()).map(value).collect()
    }

    /// Whether all integers among the parameters are small.
    pub fn is_modest(&self, input: &Input) -> bool {
        (0..self.function.params.len()).all(|number| self.integer(input, number).abs() < MODEST_INTEGERS)
    }

    /// Gives the parameters and globals their values.
    fn fill_values(&self, random: &mut Random, input: &mut Input, modest: bool) {
        for (number, param) in self.function.params.iter().enumerate() {
            let block = input.add(self.types, param.of, 1);
            if !matches!(self.types.get(param.of), Type::Pointer { .. }) {
                self.fill(random, input, block, false);
            }
            if modest {
                self.set_integer(input, number, self.integer(input, number) % MODEST_INTEGERS);
            }
        }
        for (global, initial) in self.function.globals.iter().zip(&self.initial) {
            let block = input.add(self.types, global.of, 1);
            let is_made = if self.types.has_pointers(global.of) { !random.one_in(4) } else { random.one_in(3) };
            if is_made {
                self.fill(random, input, block, true);
            } else {
                input.blocks_mut()[block].bytes.copy_from_slice(initial);
            }
        }
    }

    /// Gives a pointer parameter what it points to.
    fn point(&self, random: &mut Random, input: &mut Input, number: usize, long: bool) {
        let param = &self.function.params[number];
        let Type::Pointer { to } = *self.types.get(param.of) else { return };
        if self.types.is_pooled(to) {
            return input.open.push(OpenLink { block: number, at: 0, to });
        }
        if let Extent::Position(Position::In(array)) = param.extent {
            return self.point_into(random, input, number, array, to);
        }
        if param.free && random.one_in(24) {
            return;
        }
        if param.free && random.one_in(8) {
            if let Some(Link::Block(block, offset)) = self.shared(random, input, number, to) {
                let (_, count) = self.extent(random, input, number, to, long);
                self.lengthen(random, input, block, offset / self.types.size(to).max(1) + count);
                input.blocks_mut()[number].links.push((0, Link::Block(block, offset)));
                return;
            }
        }
        let (before, count) = self.extent(random, input, number, to, long);
        let text = matches!(param.extent, Extent::Unknown) || random.one_in(2);
        self.lead_to_new(random, input, number, to, (before, count), text);
    }

    /// Points into the array of another parameter: mostly to its end, or behind where that points.
    fn point_into(&self, random: &mut Random, input: &mut Input, number: usize, array: usize, to: TypeId) {
        let Some(&(_, Link::Block(block, offset))) = input.blocks()[array].links.first() else { return };
        let size = self.types.size(to).max(1);
        let (start, count) = (offset / size, input.blocks()[block].count);
        let at = match random.below(8) {
            0..=3 => count,
            4..=6 => start + random.below(count - start + 1),
            _ => random.below(count + 1),
        };
        input.blocks_mut()[number].links.push((0, Link::Block(block, at * size)));
    }

    /// Gives it a block of its own.
    fn lead_to_new(
        &self,
        random: &mut Random,
        input: &mut Input,
        number: usize,
        to: TypeId,
        (before, count): (usize, usize),
        text: bool,
    ) {
        let block = input.add(self.types, to, before + count);
        self.fill(random, input, block, text);
        let offset = before * self.types.size(to);
        input.blocks_mut()[number].links.push((0, Link::Block(block, offset)));
    }

    /// The block of a former parameter of the same type.
    fn shared(&self, random: &mut Random, input: &Input, number: usize, to: TypeId) -> Option<Link> {
        let earlier = random.below(number.max(1));
        let (_, link) = *input.blocks().get(earlier).filter(|_| earlier < number)?.links.first()?;
        match *self.types.get(self.function.params[earlier].of) {
            Type::Pointer { to: other } if other == to && self.function.params[earlier].free => {}
            _ => return None,
        }
        match link {
            Link::Block(block, _) => {
                let offset = random.below(input.blocks()[block].count.max(1)) * self.types.size(to);
                Some(Link::Block(block, offset))
            }
            Link::Function(_) => None,
        }
    }

    /// Integers whose relation to a buffer is not known often are the length of the one in front of them, or else a position
    /// in any.
    fn relate_integers(&self, random: &mut Random, input: &mut Input) {
        let params = self.function.params;
        let pointees = params.len() + self.function.globals.len();
        if input.blocks().len() == pointees || self.free_integers.is_empty() {
            return;
        }
        for &number in &self.free_integers {
            let near = match input.blocks()[number.max(1) - 1].links.first() {
                Some(&(_, Link::Block(block, _))) if self.follows_buffer(number) => Some(block),
                _ => None,
            };
            let block = match near {
                Some(block) if !random.one_in(16) => block,
                None if self.has_measure && !random.one_in(8) => continue,
                _ if random.one_in(3) => continue,
                _ => pointees + random.below(input.blocks().len() - pointees),
            };
            let of = input.blocks()[block].of;
            let count = match self.types.is_pooled(of) {
                true => input.blocks()[pointees..].iter().filter(|other| other.of == of).count() as i128,
                false => input.blocks()[block].count as i128,
            };
            let value = match random.below(8) {
                0..=3 => count,
                4 | 5 => count - 1,
                _ => random.below(count.max(1) as usize) as i128,
            };
            self.set_integer(input, number, value);
        }
    }

    pub fn integer(&self, input: &Input, number: usize) -> i128 {
        match *self.types.get(self.function.params[number].of) {
            Type::Int { size, signed, .. } => read_int(&input.blocks()[number].bytes, size, signed),
            _ => 0,
        }
    }

    pub fn set_integer(&self, input: &mut Input, number: usize, value: i128) {
        if let Type::Int { size, .. } = *self.types.get(self.function.params[number].of) {
            input.blocks_mut()[number].bytes[..size].copy_from_slice(&value.to_le_bytes()[..size]);
        }
    }
}

/// The integer in the first `size` bytes.
#[inline]
pub fn read_int(bytes: &[u8], size: usize, signed: bool) -> i128 {
    match (size, signed) {
        (4, true) => return i32::load(&bytes[..4]).into(),
        (8, true) => return i64::load(&bytes[..8]).into(),
        (8, false) => return u64::load(&bytes[..8]).into(),
        _ => {}
    }
    let mut raw = [0; 16];
    raw[..size].copy_from_slice(&bytes[..size]);
    let unused = 128 - 8 * size as u32;
    let shifted = i128::from_le_bytes(raw) << unused;
    if signed { shifted >> unused } else { (shifted as u128 >> unused) as i128 }
}
