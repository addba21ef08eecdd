//! One input: the values of the parameters and globals, and the objects that pointers in them lead to.

use std::fmt::Write as _;

use crate::function::{Function, Param};
use crate::types::{Type, TypeId, Types};

const HEX: &[u8; 16] = b"0123456789abcdef";

/// Where a pointer in an input leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    /// To the byte of a block.
    Block(usize, usize),
    /// To one of the targets of a function pointer's type.
    Function(usize),
}

/// `count` objects of type `of` in a row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Block {
    pub of: TypeId,
    pub count: usize,
    pub bytes: Vec<u8>,
    /// The pointers that are not null, by their offset in `bytes`.
    pub links: Vec<(usize, Link)>,
}

/// The first blocks are the parameters, then come the globals, then what pointers lead to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Input {
    blocks: Vec<Block>,
    used: usize,
    /// While it is made: the pointers to objects of arenas that lead nowhere yet.
    pub open: Vec<OpenLink>,
}

/// A pointer to an object of type `to`, in byte `at` of a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenLink {
    pub block: usize,
    pub at: usize,
    pub to: TypeId,
}

impl Input {
    pub fn clear(&mut self) {
        self.used = 0;
        self.open.clear();
    }

    pub fn blocks(&self) -> &[Block] {
        &self.blocks[..self.used]
    }

    pub fn blocks_mut(&mut self) -> &mut [Block] {
        &mut self.blocks[..self.used]
    }

    /// A new block of zero bytes; its number.
    pub fn add(&mut self, types: Types, of: TypeId, count: usize) -> usize {
        if self.used == self.blocks.len() {
            self.blocks.push(Block::default());
        }
        let block = &mut self.blocks[self.used];
        block.of = of;
        block.count = count;
        block.bytes.clear();
        block.bytes.resize(count * types.size(of), 0);
        block.links.clear();
        self.used += 1;
        self.used - 1
    }

    /// The block that a parameter points to.
    pub fn leads_to(&self, param: usize) -> Option<usize> {
        self.link_at(param, 0)
    }

    /// The block that the pointer in byte `at` of a block leads to.
    pub fn link_at(&self, block: usize, at: usize) -> Option<usize> {
        self.blocks[block].links.iter().find_map(|&(place, link)| match link {
            Link::Block(target, _) if place == at => Some(target),
            _ => None,
        })
    }

    /// Points to the start of a block.
    pub fn link(&mut self, block: usize, at: usize, target: usize) {
        self.blocks[block].links.push((at, Link::Block(target, 0)));
    }

    /// Whether one pointer alone leads to the block.
    pub fn is_led_to_once(&self, block: usize) -> bool {
        let links = self.blocks().iter().flat_map(|other| &other.links);
        links.filter(|(_, link)| matches!(link, Link::Block(target, _) if *target == block)).count() == 1
    }

    /// Whether each pointer leads into its block, or to the end of it.
    pub fn is_sound(&self) -> bool {
        self.blocks().iter().flat_map(|block| &block.links).all(|(_, link)| match *link {
            Link::Block(target, offset) => offset <= self.blocks()[target].bytes.len(),
            Link::Function(_) => true,
        })
    }

    /// Gives a block more objects, of zero bytes.
    pub fn lengthen(&mut self, types: Types, block: usize, count: usize) {
        let block = &mut self.blocks[block];
        block.count = count;
        block.bytes.resize(count * types.size(block.of), 0);
    }

    /// Takes objects off the end of a block.
    pub fn shorten(&mut self, types: Types, block: usize, count: usize) {
        let block = &mut self.blocks[block];
        if count < block.count {
            let size = count * types.size(block.of);
            block.count = count;
            block.bytes.truncate(size);
            block.links.retain(|&(at, _)| at + 8 <= size);
        }
    }

    /// The bytes of all blocks: what shrinking makes smaller.
    pub fn weight(&self) -> usize {
        let values = self.blocks().iter().flat_map(|block| &block.bytes).filter(|&&byte| byte != 0).count();
        let sizes: usize = self.blocks().iter().map(|block| block.bytes.len() + block.links.len()).sum();
        4 * sizes + values
    }

    /// Without the blocks behind the first `fixed` that no pointer leads to.
    pub fn prune(&mut self, fixed: usize) {
        self.blocks.truncate(self.used);
        let mut reached = vec![false; self.used];
        let mut waiting: Vec<usize> = (0..fixed.min(self.used)).collect();
        while let Some(number) = waiting.pop() {
            if !std::mem::replace(&mut reached[number], true) {
                let targets = self.blocks[number].links.iter().filter_map(|&(_, link)| match link {
                    Link::Block(target, _) => Some(target),
                    Link::Function(_) => None,
                });
                waiting.extend(targets);
            }
        }
        let numbers: Vec<usize> = reached
            .iter()
            .scan(0, |next, &kept| {
                *next += usize::from(kept);
                Some(*next - usize::from(kept))
            })
            .collect();
        let mut number = 0;
        self.blocks.retain(|_| {
            number += 1;
            reached[number - 1]
        });
        for (_, link) in self.blocks.iter_mut().flat_map(|block| &mut block.links) {
            if let Link::Block(target, _) = link {
                *target = numbers[*target];
            }
        }
        self.used = self.blocks.len();
    }

    /// One line: what `decode` reads. Types are those of the function, so it has none.
    pub fn encode(&self) -> String {
        let mut text = String::new();
        for block in self.blocks() {
            let _ = write!(text, "{}:", block.count);
            for byte in &block.bytes {
                text.push(HEX[usize::from(byte >> 4)].into());
                text.push(HEX[usize::from(byte & 15)].into());
            }
            for (at, link) in &block.links {
                let _ = match link {
                    Link::Block(block, offset) => write!(text, ",{at}>{block}+{offset}"),
                    Link::Function(number) => write!(text, ",{at}>f{number}"),
                };
            }
            text.push(' ');
        }
        text
    }

    /// The input of a line, if it fits the function: each block's type is what its first pointer is declared to lead to.
    pub fn decode(types: Types, function: &Function, line: &str) -> Option<Input> {
        let mut blocks = line.split_whitespace().map(decode_block).collect::<Option<Vec<Block>>>()?;
        let known = function.params.iter().map(|p| p.of).chain(function.globals.iter().map(|g| g.of));
        let mut found: Vec<Option<TypeId>> = known.map(Some).collect();
        if blocks.len() < found.len() {
            return None;
        }
        let mut waiting: Vec<usize> = (0..found.len()).collect();
        found.resize(blocks.len(), None);
        let mut next = 0;
        while let Some(&number) = waiting.get(next) {
            next += 1;
            let of = found[number]?;
            let block = &mut blocks[number];
            block.of = of;
            if block.bytes.len() != block.count.checked_mul(types.size(of))? {
                return None;
            }
            let mut pointers = Vec::new();
            let size = types.size(of).max(1);
            for i in 0..block.count {
                types.scalars(of, i * size, &mut |at, scalar| pointers.push((at, scalar)));
            }
            for &(at, link) in &block.links {
                let scalar = pointers.iter().find(|&&(place, _)| place == at)?.1;
                match (types.get(scalar), link) {
                    (Type::Pointer { to }, Link::Block(target, _)) if target < found.len() => {
                        if found[target].is_none() {
                            found[target] = Some(*to);
                            waiting.push(target);
                        }
                    }
                    (Type::Function { targets }, Link::Function(target)) if target < targets.len() => {}
                    _ => return None,
                }
            }
        }
        let leads = |param: &Param, block: &Block| {
            param.may_be_null() || !matches!(types.get(param.of), Type::Pointer { .. }) || !block.links.is_empty()
        };
        if !function.params.iter().zip(&blocks).all(|(param, block)| leads(param, block)) {
            return None;
        }
        let used = blocks.len();
        let input = Input { blocks, used, open: Vec::new() };
        (found.iter().all(Option::is_some) && input.is_sound()).then_some(input)
    }

    /// The input for a reader: each parameter, global and block on a line.
    pub fn render(&self, types: Types, function: &Function) -> String {
        let names = function.params.iter().map(|p| p.name).chain(function.globals.iter().map(|g| g.name));
        let names: Vec<&str> = names.collect();
        let mut text = String::new();
        for (number, block) in self.blocks().iter().enumerate() {
            let value = render_block(types, block);
            let _ = match names.get(number) {
                Some(name) => writeln!(text, "{name} = {value}"),
                None => writeln!(text, "#{number} = {value}"),
            };
        }
        text
    }
}

fn decode_block(word: &str) -> Option<Block> {
    let (count, rest) = word.split_once(':')?;
    let mut parts = rest.split(',');
    let digits = parts.next()?;
    let bytes = (0..digits.len() / 2).map(|i| u8::from_str_radix(digits.get(2 * i..2 * i + 2)?, 16).ok());
    let links = parts.map(|part| {
        let (at, to) = part.split_once('>')?;
        let link = match to.strip_prefix('f') {
            Some(number) => Link::Function(number.parse().ok()?),
            None => {
                let (block, offset) = to.split_once('+')?;
                Link::Block(block.parse().ok()?, offset.parse().ok()?)
            }
        };
        Some((at.parse().ok()?, link))
    });
    Some(Block {
        of: 0,
        count: count.parse().ok()?,
        bytes: bytes.collect::<Option<_>>()?,
        links: links.collect::<Option<_>>()?,
    })
}

fn render_block(types: Types, block: &Block) -> String {
    if let (Type::Int { size: 1, text: true, .. }, true) = (types.get(block.of), block.count > 1) {
        return format!("{:?}", String::from_utf8_lossy(&block.bytes));
    }
    let size = types.size(block.of);
    let shown = block.count.min(64);
    let mut objects: Vec<String> =
        (0..shown).map(|i| render(types, block.of, &block.bytes, &block.links, i * size)).collect();
    if shown < block.count {
        objects.push(format!("and {} more", block.count - shown));
    }
    match block.count {
        1 => objects.remove(0),
        _ => format!("[{}]", objects.join(", ")),
    }
}

/// One object as text.
pub fn render(types: Types, of: TypeId, bytes: &[u8], links: &[(usize, Link)], at: usize) -> String {
    let link = links.iter().find(|(place, _)| *place == at).map(|&(_, link)| link);
    match (types.get(of), link) {
        (Type::Pointer { .. }, Some(Link::Block(block, 0))) => format!("&#{block}"),
        (Type::Pointer { .. }, Some(Link::Block(block, offset))) => format!("&#{block} + {offset} bytes"),
        (Type::Function { targets }, Some(Link::Function(number))) => targets[number].name.to_owned(),
        (Type::Pointer { .. } | Type::Function { .. }, _) => "null".to_owned(),
        (Type::Array { of, count }, _) => {
            let size = types.size(*of);
            let elements: Vec<String> =
                (0..*count.min(&32)).map(|i| render(types, *of, bytes, links, at + i * size)).collect();
            format!("[{}{}]", elements.join(", "), if *count > 32 { ", ..." } else { "" })
        }
        (Type::Record { fields, .. }, _) => {
            let fields: Vec<String> = fields
                .iter()
                .map(|field| format!("{}: {}", field.name, render(types, field.of, bytes, links, at + field.offset)))
                .collect();
            format!("{{{}}}", fields.join(", "))
        }
        (Type::Void, _) => "()".to_owned(),
        (kind, _) => render_scalar(kind, &bytes[at..at + types.size(of)]),
    }
}

fn render_scalar(kind: &Type, bytes: &[u8]) -> String {
    let mut raw = [0; 16];
    raw[..bytes.len().min(16)].copy_from_slice(&bytes[..bytes.len().min(16)]);
    let value = u128::from_le_bytes(raw);
    match *kind {
        Type::Bool => (value != 0).to_string(),
        Type::Int { size, signed: true, .. } => ((value << (128 - 8 * size)) as i128 >> (128 - 8 * size)).to_string(),
        Type::Float { size: 4 } => format!("{:?}", f32::from_bits(value as u32)),
        Type::Float { .. } => format!("{:?}", f64::from_bits(value as u64)),
        Type::Bits { shift, width } => (value >> shift & ((1 << width) - 1)).to_string(),
        Type::Opaque { .. } => format!("{bytes:02x?}"),
        _ => value.to_string(),
    }
}
