//! Inputs by type and shape: boundaries, constants of the C, small numbers and random ones; buffers as long as the facts
//! say; strings; small trees of objects.

use crate::c_side::initial_bytes;
use crate::function::{Extent, Function};
use crate::input::{Input, Link};
use crate::random::Random;
use crate::types::{Type, TypeId, Types};

/// Objects behind pointers in other objects: more are not made for one input.
const MOST_BLOCKS: usize = 24;

/// Elements of buffers whose length a parameter says; where it says more, some: the C is undefined there, and soon.
const LONGEST: i64 = 1200;
const CUT: i64 = 40;

/// What texts have that are of no particular kind.
const TEXT: &[u8] = b"abcxyzABCXYZ0123456789 \t\n.,;:+-*/_()[]{}<>=!?'\"\\%#&|^~@$\x01\x7f\x80\xff";

/// Set in the numbers of inputs whose integers are small but for one input in 64.
pub const MODEST: u64 = 1 << 63;

/// One input in so many has long buffers: indices that do not fit into a byte, runs as long as a constant of the C says.
const LONG: usize = 1024;

/// One input in so many has integers that say how long a buffer is and do not know of the buffer: most of these are undefined.
const UNRELATED: usize = 128;

/// Makes the inputs of one function.
pub struct Generator<'a> {
    types: Types,
    function: &'a Function,
    seed: u64,
    /// What the globals are before anything has run.
    initial: Vec<Vec<u8>>,
}

impl<'a> Generator<'a> {
    /// Before any C has run.
    pub fn new(types: Types, function: &'a Function, seed: u64) -> Self {
        let initial = function.globals.iter().map(|global| initial_bytes(types, global)).collect();
        Generator { types, function, seed, initial }
    }

    /// Input number `index` of this seed.
    pub fn make(&self, index: u64, input: &mut Input) {
        let mut random = Random::new(self.seed, index);
        let random = &mut random;
        input.clear();
        let long = random.one_in(LONG);
        let modest = index & MODEST != 0 && !random.one_in(64);
        for (number, param) in self.function.params.iter().enumerate() {
            let block = input.add(self.types, param.of, 1);
            if !matches!(self.types.get(param.of), Type::Pointer { .. }) {
                self.fill(random, input, block, false);
            }
            if modest {
                self.set_integer(input, number, self.integer(input, number) % 1000);
            }
        }
        for (global, initial) in self.function.globals.iter().zip(&self.initial) {
            let block = input.add(self.types, global.of, 1);
            if random.one_in(3) {
                self.fill(random, input, block, true);
            } else {
                input.blocks_mut()[block].bytes.copy_from_slice(initial);
            }
        }
        self.choose_lengths(random, input, long);
        for number in 0..self.function.params.len() {
            self.point(random, input, number, long);
        }
        self.relate_integers(random, input);
    }

    /// Integers that say how long a buffer is become small, with a buffer of that length in mind.
    fn choose_lengths(&self, random: &mut Random, input: &mut Input, long: bool) {
        if random.one_in(UNRELATED) {
            return;
        }
        for param in self.function.params {
            let Extent::Within { lengths, .. } = &param.extent else { continue };
            for length in *lengths {
                let value = self.length(random, long) as i64 - length.constant;
                self.set_integer(input, length.param, i128::from(value));
            }
        }
    }

    /// Gives a pointer parameter what it points to.
    fn point(&self, random: &mut Random, input: &mut Input, number: usize, long: bool) {
        let param = &self.function.params[number];
        let Type::Pointer { to } = *self.types.get(param.of) else { return };
        if param.free && random.one_in(24) {
            return;
        }
        if param.free && random.one_in(8) {
            if let Some(link) = self.shared(random, input, number, to) {
                input.blocks_mut()[number].links.push((0, link));
                return;
            }
        }
        let (before, count) = self.extent(random, input, &param.extent, to, long);
        let text = matches!(param.extent, Extent::Unknown) || random.one_in(2);
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

    /// Elements before the pointer and from it on.
    fn extent(&self, random: &mut Random, input: &Input, extent: &Extent, to: TypeId, long: bool) -> (usize, usize) {
        match *extent {
            Extent::Exactly(count) => (0, count),
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
    fn length(&self, random: &mut Random, long: bool) -> usize {
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
    fn unknown_length(&self, random: &mut Random, input: &Input, long: bool) -> usize {
        let small = self.length(random, long).max(1);
        if random.one_in(48) {
            return small;
        }
        let lengths = (0..self.function.params.len()).filter(|&number| self.is_length(number));
        let all: i128 = lengths.map(|number| self.integer(input, number).clamp(0, LONGEST.into())).sum();
        if all == 0 { small } else { (all as usize).min(LONGEST as usize) + random.below(2) }
    }

    /// Whether the parameter is known to say how long a buffer is.
    fn is_length(&self, number: usize) -> bool {
        self.function.params.iter().any(|param| match &param.extent {
            Extent::Within { lengths, .. } => lengths.iter().any(|length| length.param == number),
            _ => false,
        })
    }

    /// Whether the parameter leads to a buffer whose length no parameter is known to say.
    fn is_unmeasured(&self, number: usize) -> bool {
        let param = &self.function.params[number];
        let is_record = |to: TypeId| matches!(self.types.get(to), Type::Record { .. } | Type::Function { .. });
        matches!(*self.types.get(param.of), Type::Pointer { to } if !is_record(to))
            && match &param.extent {
                Extent::Unknown => true,
                Extent::Within { lengths, .. } => lengths.is_empty(),
                Extent::Exactly(_) => false,
            }
    }

    /// Integers whose relation to a buffer is not known often are the length of the one in front of them, or else a position
    /// in any.
    fn relate_integers(&self, random: &mut Random, input: &mut Input) {
        let params = self.function.params;
        let pointees = params.len() + self.function.globals.len();
        if input.blocks().len() == pointees {
            return;
        }
        let is_free = |number: usize| matches!(self.types.get(params[number].of), Type::Int { .. }) && !self.is_length(number);
        let follows_buffer = |number: usize| number > 0 && self.is_unmeasured(number - 1);
        let measured = (0..params.len()).any(|number| is_free(number) && follows_buffer(number));
        for number in (0..params.len()).filter(|&number| is_free(number)) {
            let near = match input.blocks()[number.max(1) - 1].links.first() {
                Some(&(_, Link::Block(block, _))) if follows_buffer(number) => Some(block),
                _ => None,
            };
            let block = match near {
                Some(block) if !random.one_in(16) => block,
                None if measured && !random.one_in(8) => continue,
                _ if random.one_in(3) => continue,
                _ => pointees + random.below(input.blocks().len() - pointees),
            };
            let count = input.blocks()[block].count as i128;
            let value = match random.below(8) {
                0..=3 => count,
                4 | 5 => count - 1,
                _ => random.below(count.max(1) as usize) as i128,
            };
            self.set_integer(input, number, value);
        }
    }

    fn integer(&self, input: &Input, number: usize) -> i128 {
        match *self.types.get(self.function.params[number].of) {
            Type::Int { size, signed, .. } => read_int(&input.blocks()[number].bytes, size, signed),
            _ => 0,
        }
    }

    fn set_integer(&self, input: &mut Input, number: usize, value: i128) {
        if let Type::Int { size, .. } = *self.types.get(self.function.params[number].of) {
            input.blocks_mut()[number].bytes[..size].copy_from_slice(&value.to_le_bytes()[..size]);
        }
    }

    /// Fills the objects of a block. With `text`, characters make a string that ends with a NUL.
    fn fill(&self, random: &mut Random, input: &mut Input, block: usize, text: bool) {
        let (of, count) = (input.blocks()[block].of, input.blocks()[block].count);
        if let Type::Int { size: 1, text: is_text, .. } = *self.types.get(of) {
            if is_text && text && count > 0 {
                return self.fill_text(random, &mut input.blocks_mut()[block].bytes);
            }
            if count > 1 && random.one_in(2) {
                let bytes = &mut input.blocks_mut()[block].bytes;
                return if random.one_in(2) { fill_bytes(random, bytes) } else { self.fill_edges(random, bytes) };
            }
        }
        let size = self.types.size(of);
        if let Type::Int { signed, .. } = *self.types.get(of) {
            return self.fill_ints(random, signed, &mut input.blocks_mut()[block].bytes, size);
        }
        for i in 0..count {
            self.fill_object(random, input, block, of, i * size);
        }
    }

    /// Fills one object of a block.
    fn fill_object(&self, random: &mut Random, input: &mut Input, block: usize, of: TypeId, at: usize) {
        match *self.types.get(of) {
            Type::Void => input.blocks_mut()[block].bytes[at] = random.next() as u8,
            Type::Array { of, count } => {
                let size = self.types.size(of);
                if let (Type::Int { size: 1, text: true, .. }, true) = (self.types.get(of), count > 1) {
                    return self.fill_text(random, &mut input.blocks_mut()[block].bytes[at..at + count]);
                }
                (0..count).for_each(|i| self.fill_object(random, input, block, of, at + i * size));
            }
            Type::Record { fields, .. } => {
                fields.iter().for_each(|field| self.fill_object(random, input, block, field.of, at + field.offset));
            }
            Type::Pointer { to } => self.fill_pointer(random, input, block, at, to),
            Type::Function { targets } => {
                if !targets.is_empty() && !random.one_in(16) {
                    let link = Link::Function(random.below(targets.len()));
                    input.blocks_mut()[block].links.push((at, link));
                }
            }
            _ => {
                let size = self.types.size(of);
                self.fill_scalar(random, of, &mut input.blocks_mut()[block].bytes[at..at + size]);
            }
        }
    }

    /// A pointer in an object leads to a new object, or nowhere.
    fn fill_pointer(&self, random: &mut Random, input: &mut Input, block: usize, at: usize, to: TypeId) {
        if input.blocks().len() >= MOST_BLOCKS || random.one_in(3) {
            return;
        }
        let count = match self.types.get(to) {
            Type::Record { .. } | Type::Opaque { .. } => 1,
            _ => small_length(random).max(1),
        };
        let new = input.add(self.types, to, count);
        input.blocks_mut()[block].links.push((at, Link::Block(new, 0)));
        self.fill(random, input, new, true);
    }

    fn fill_scalar(&self, random: &mut Random, of: TypeId, bytes: &mut [u8]) {
        match *self.types.get(of) {
            Type::Bool => bytes[0] = random.below(2) as u8,
            Type::Int { signed, .. } => self.fill_int(random, signed, bytes),
            Type::Float { size: 4 } => bytes.copy_from_slice(&(random_float(random) as f32).to_le_bytes()),
            Type::Float { .. } => bytes.copy_from_slice(&random_float(random).to_le_bytes()),
            Type::Bits { shift, width } => {
                let mask = (u128::MAX >> (128 - width)) << shift;
                let value = u128::from(random.next()) << shift & mask;
                bytes.iter_mut().enumerate().for_each(|(i, byte)| *byte |= (value >> (8 * i)) as u8);
            }
            _ => fill_bytes(random, bytes),
        }
    }

    /// Integers of `size` bytes: of all kinds, or a few different small ones, which may rise.
    fn fill_ints(&self, random: &mut Random, signed: bool, bytes: &mut [u8], size: usize) {
        let kind = random.below(8);
        if kind >= 4 || bytes.len() <= size || size > 8 {
            return bytes.chunks_exact_mut(size).for_each(|bytes| self.fill_int(random, signed, bytes));
        }
        let (least, range) = random.pick(&[(0, 1), (0, 2), (-1, 3), (0, 10), (-5, 11), (-100, 200), (0, 1000)]);
        let mut last = if signed { least as u64 } else { 0 };
        for group in bytes.chunks_mut(4 * size) {
            let mut next = random.next();
            for bytes in group.chunks_exact_mut(size) {
                let step = (next & 0xffff) * range >> 16;
                next >>= 16;
                let value = last.wrapping_add(step);
                put_low(value, bytes);
                last = if kind == 0 { value } else { last };
            }
        }
    }

    /// An integer as long as `bytes`: small, at a boundary of some width or of a constant, or any.
    #[inline]
    fn fill_int(&self, random: &mut Random, signed: bool, bytes: &mut [u8]) {
        match bytes.len() {
            size @ ..=8 => put_low(self.random_int(random, 8 * size as u32, signed), bytes),
            _ => {
                let (low, high) = bytes.split_at_mut(8);
                self.fill_int(random, signed, low);
                match random.below(3) {
                    0 => self.fill_int(random, signed, high),
                    _ => high.fill(if signed && low[7] >= 0x80 { 0xff } else { 0 }),
                }
            }
        }
    }

    /// The low `bits` of it count.
    fn random_int(&self, random: &mut Random, bits: u32, signed: bool) -> u64 {
        let constants = self.function.constants;
        let bound = |top: u64| top % u64::from(bits);
        let next = random.next();
        let (kind, rest) = (next & 15, next >> 4);
        match kind {
            0..=3 => (((rest & 0xffff_ffff) * 20) >> 32).wrapping_sub(if signed { 4 } else { 0 }),
            4 => rest & 0x3f,
            5 | 6 if !constants.is_empty() => {
                let constant = random.pick(constants) as u64;
                match rest & 7 {
                    0 | 1 => constant.wrapping_mul(rest >> 3 & 7),
                    _ => constant.wrapping_add((rest >> 3) % 3).wrapping_sub(1),
                }
            }
            5..=7 => {
                let edge = 1u64 << bound(rest >> 8);
                let edge = if signed && rest & 4 != 0 { edge.wrapping_neg() } else { edge };
                edge.wrapping_add((rest >> 40) % 3).wrapping_sub(1)
            }
            8 => [0, 1, u64::MAX, (1 << (bits - 1)) - 1, 1 << (bits - 1)][(rest % 5) as usize],
            9..=11 => random.next() & ((1u64 << bound(rest) << 1).wrapping_sub(1)),
            12 | 13 => rest & 0xff,
            _ => random.next(),
        }
    }

    /// Bytes at boundaries: of constants that the C mentions, of single bits, of halves.
    fn fill_edges(&self, random: &mut Random, bytes: &mut [u8]) {
        let constants = self.function.constants;
        for byte in bytes {
            let next = random.next();
            let near = ((next >> 40) % 3) as u8;
            *byte = match next & 3 {
                0 | 1 if !constants.is_empty() => (random.pick(constants) as u8).wrapping_add(near).wrapping_sub(1),
                2 => (1u8 << (next >> 8 & 7)).wrapping_add(near).wrapping_sub(1),
                _ => (next >> 8) as u8 & 0xf0,
            };
        }
    }

    /// Letters, digits, blanks and what the C mentions; mostly few; a NUL, and behind that
    /// more of these, or nothing.
    fn fill_text(&self, random: &mut Random, bytes: &mut [u8]) {
        let last = bytes.len() - 1;
        let length = if random.one_in(4) { random.below(last + 1) } else { last };
        let kind = random.below(5);
        let same = random.pick(TEXT);
        let behind = length + 1 + if random.one_in(2) { last - length } else { 0 };
        for byte in &mut bytes[..behind] {
            *byte = match kind {
                0 => b'0' + random.below(10) as u8,
                1 => random.pick(b"ab "),
                2 if !self.function.constants.is_empty() => {
                    let byte = random.pick(self.function.constants) as u8;
                    if byte == 0 { b'a' } else { byte }
                }
                3 if !random.one_in(16) => same,
                _ => random.pick(TEXT),
            };
        }
        bytes[length] = 0;
        bytes[behind..].fill(0);
    }
}

fn small_length(random: &mut Random) -> usize {
    match random.below(16) {
        0 => 0,
        1..=3 => 1,
        4..=12 => 2 + random.below(8),
        13 | 14 => random.below(24),
        _ => random.below(72),
    }
}

/// As much of the value as there is room for.
#[inline]
fn put_low(value: u64, bytes: &mut [u8]) {
    match bytes.len() {
        1 => bytes[0] = value as u8,
        2 => bytes.copy_from_slice(&(value as u16).to_le_bytes()),
        4 => bytes.copy_from_slice(&(value as u32).to_le_bytes()),
        size => bytes.copy_from_slice(&value.to_le_bytes()[..size]),
    }
}

fn fill_bytes(random: &mut Random, bytes: &mut [u8]) {
    for chunk in bytes.chunks_mut(8) {
        chunk.copy_from_slice(&random.next().to_le_bytes()[..chunk.len()]);
    }
}

fn random_float(random: &mut Random) -> f64 {
    match random.below(12) {
        0..=3 => random.below(41) as f64 - 20.0,
        4..=6 => (random.below(20001) as f64 - 10000.0) / 64.0,
        7 => random.pick(&[0.0, -0.0, 1.0, -1.0, 0.5, f64::MAX, f64::MIN, f64::MIN_POSITIVE, f64::EPSILON]),
        8 => random.pick(&[f64::INFINITY, f64::NEG_INFINITY, f64::NAN, 4e-320, 2147483648.0, 9.007199254740993e15]),
        9 | 10 => (random.next() as i64 as f64) * 2f64.powi(random.below(140) as i32 - 100),
        _ => f64::from_bits(random.next()),
    }
}

/// The integer in the first `size` bytes.
pub fn read_int(bytes: &[u8], size: usize, signed: bool) -> i128 {
    let mut raw = [0; 16];
    raw[..size].copy_from_slice(&bytes[..size]);
    let unused = 128 - 8 * size as u32;
    let shifted = i128::from_le_bytes(raw) << unused;
    if signed { shifted >> unused } else { (shifted as u128 >> unused) as i128 }
}
