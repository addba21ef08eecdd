//! What objects hold: boundaries, constants of the C, small numbers and random ones; texts; pointers to new objects.

use crate::buffers::small_length;
use crate::generate::Generator;
use crate::input::{Input, Link, OpenLink};
use crate::random::Random;
use crate::types::{Type, TypeId};

/// Objects behind pointers in other objects: more are not made for one input.
const MOST_BLOCKS: usize = 24;

/// Elements of arrays that are each made on their own: others are taken from pools.
const FEW: usize = 4;

/// What texts have that are of no particular kind.
const TEXT: &[u8] = b"abcxyzABCXYZ0123456789 \t\n.,;:+-*/_()[]{}<>=!?'\"\\%#&|^~@$\x01\x7f\x80\xff";

impl Generator<'_> {
    /// Fills the objects of a block. With `text`, characters make a string that ends with a NUL.
    pub fn fill(&self, random: &mut Random, input: &mut Input, block: usize, text: bool) {
        let (of, count) = self.numbers_in(input.blocks()[block].of, input.blocks()[block].count);
        if let Type::Int { size: 1, text: is_text, .. } = *self.types.get(of) {
            if is_text && text && count > 0 {
                return self.fill_text(random, &mut input.blocks_mut()[block].bytes);
            }
            if count > 1 && random.one_in(2) {
                let bytes = &mut input.blocks_mut()[block].bytes;
                return if random.one_in(2) { fill_bytes(random, bytes) } else { self.fill_edges(random, bytes) };
            }
        }
        if self.fill_numbers(random, of, &mut input.blocks_mut()[block].bytes) {
            return;
        }
        let size = self.types.size(of);
        for i in 0..count {
            self.fill_object(random, input, block, of, i * size);
        }
    }

    /// Fills numbers in a row; false where it is of something else, or has too few to take them from pools.
    fn fill_numbers(&self, random: &mut Random, of: TypeId, bytes: &mut [u8]) -> bool {
        match *self.types.get(of) {
            Type::Int { size, signed, .. } => self.fill_ints(random, signed, bytes, size),
            Type::Float { size } if bytes.len() >= FEW * size => match size {
                4 => self.pools.fill(8, random, bytes, 4, |random| (random_float(random) as f32).to_bits().into()),
                8 => self.pools.fill(9, random, bytes, 8, |random| random_float(random).to_bits()),
                _ => fill_bytes(random, bytes),
            },
            _ => return false,
        }
        true
    }

    /// Rows of numbers are as many numbers; rows of characters are texts of their own.
    fn numbers_in(&self, of: TypeId, count: usize) -> (TypeId, usize) {
        let (mut inner, mut all) = (of, count);
        while let Type::Array { of, count } = *self.types.get(inner) {
            (inner, all) = (of, all * count);
        }
        match *self.types.get(inner) {
            Type::Int { text: true, .. } => (of, count),
            Type::Int { .. } | Type::Float { .. } => (inner, all),
            _ => (of, count),
        }
    }

    /// Fills one object of a block.
    pub fn fill_object(&self, random: &mut Random, input: &mut Input, block: usize, of: TypeId, at: usize) {
        match *self.types.get(of) {
            Type::Void => input.blocks_mut()[block].bytes[at] = random.next() as u8,
            Type::Array { of, count } => {
                let (of, count) = self.numbers_in(of, count);
                let size = self.types.size(of);
                if let (Type::Int { size: 1, text: true, .. }, true) = (self.types.get(of), count > 1) {
                    return self.fill_text(random, &mut input.blocks_mut()[block].bytes[at..at + count]);
                }
                let numbers = &mut input.blocks_mut()[block].bytes[at..at + count * size];
                if count < FEW || !self.fill_numbers(random, of, numbers) {
                    (0..count).for_each(|i| self.fill_object(random, input, block, of, at + i * size));
                }
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
        if self.types.is_pooled(to) {
            return input.open.push(OpenLink { block, at, to });
        }
        let in_graph = self.types.is_pooled(input.blocks()[block].of);
        let (most, missing) = if in_graph { (4 * MOST_BLOCKS, 32) } else { (MOST_BLOCKS, 3) };
        if input.blocks().len() >= most || random.one_in(missing) {
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
            return self.fill_any_ints(random, signed, bytes, size);
        }
        let (least, range) = random.pick(&[(0, 1), (0, 2), (-1, 3), (0, 10), (-5, 11), (-100, 200), (0, 1000)]);
        let mut last = if signed { least as u64 } else { 0 };
        for group in bytes.chunks_mut(4 * size) {
            let mut next = random.next();
            for bytes in group.chunks_exact_mut(size) {
                let step = ((next & 0xffff) * range) >> 16;
                next >>= 16;
                let value = last.wrapping_add(step);
                put_low(value, bytes);
                last = if kind == 0 { value } else { last };
            }
        }
    }

    /// Integers of all kinds.
    fn fill_any_ints(&self, random: &mut Random, signed: bool, bytes: &mut [u8], size: usize) {
        if size > 8 || bytes.len() < FEW * size {
            return bytes.chunks_exact_mut(size).for_each(|bytes| self.fill_int(random, signed, bytes));
        }
        let pool = 2 * size.ilog2() as usize + usize::from(signed);
        self.pools.fill(pool, random, bytes, size, |random| self.random_int(random, 8 * size as u32, signed));
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
