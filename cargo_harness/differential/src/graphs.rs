//! Graphs of objects that lie in arenas: lists, trees, rings and what shares parts, behind the pointers that `fill` leaves open.

use crate::generate::Generator;
use crate::input::{Input, OpenLink};
use crate::random::Random;
use crate::types::{Type, TypeId, Types};

/// New objects of one input: most have fewer.
const MOST_OBJECTS: usize = 20;
const MANY_OBJECTS: usize = 120;
/// One input in so many has cycles, where functions come back from these.
const CYCLIC: usize = 12;

/// Which links of objects may lead to such as lead to them. A function that follows these may not come back, so that these are
/// learned (`learn`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Loops {
    /// A mask: which of the links to objects of the same type may lead back (`prev`, `parent`), each in graphs of its own.
    pub backs: u8,
    /// Whether any may lead anywhere.
    pub cycles: bool,
    /// All graphs have these.
    pub always: bool,
}

/// Links of an object that are told apart.
pub const MOST_LINKS: usize = 4;

impl Loops {
    /// What is to be tried of the types, each alone.
    pub fn candidates(types: Types) -> Vec<Loops> {
        let links = (0..types.0.len()).filter(|&of| types.is_pooled(of)).map(|of| own_links(types, of).len());
        let most = links.max().filter(|&most| most > 1).unwrap_or(0).min(MOST_LINKS);
        let backs = (0..most).map(|number| Loops { backs: 1 << number, cycles: false, always: true });
        backs.chain([Loops { backs: 0, cycles: true, always: true }]).collect()
    }

    /// Both, now and then.
    pub fn or(self, other: Loops) -> Loops {
        Loops { backs: self.backs | other.backs, cycles: self.cycles || other.cycles, always: false }
    }

    /// A number; `of_word` reads it.
    pub fn word(self) -> String {
        (u32::from(self.backs) << 1 | u32::from(self.cycles)).to_string()
    }

    pub fn of_word(word: &str) -> Option<Loops> {
        let number: u32 = word.parse().ok()?;
        Some(Loops { backs: (number >> 1) as u8, cycles: number & 1 == 1, always: false })
    }
}

/// What the graphs of one input are like.
struct Shape {
    /// New objects that there may still be.
    room: usize,
    /// Objects may lead to such as are there already, but for those that lead to them.
    shares: bool,
    cycles: bool,
    /// The last object of a list leads to its first.
    ring: bool,
    /// Which of the links between objects of one type leads back to where an object hangs.
    back: Option<usize>,
}

impl Generator<'_> {
    /// Lets the pointers that are open lead to objects, or nowhere.
    pub fn make_graphs(&self, random: &mut Random, input: &mut Input, long: bool, no_cycles: bool) {
        let first = input.blocks().len();
        let mut shape = self.shape(random, long, no_cycles);
        let mut late = Vec::new();
        let mut handles: Vec<TypeId> = Vec::new();
        while !input.open.is_empty() {
            let open = input.open.swap_remove(random.below(input.open.len()));
            if self.types.is_pooled(input.blocks()[open.block].of) {
                self.extend(random, input, &mut shape, first, open);
            } else if handles.contains(&open.to) && random.one_in(2) {
                late.push(open);
            } else {
                handles.push(open.to);
                if shape.room > 0 && !random.one_in(12) {
                    self.add_object(random, input, &mut shape, open);
                }
            }
        }
        for open in late {
            let known = objects(input, first, open.to);
            if let Some(&last) = known.last().filter(|_| !random.one_in(8)) {
                let target = if random.one_in(2) { last } else { random.pick(&known) };
                input.link(open.block, open.at, target);
            }
        }
        if shape.ring {
            self.close_rings(input, first, shape.back);
        }
        self.relate_keys(random, input, first);
    }

    fn shape(&self, random: &mut Random, long: bool, no_cycles: bool) -> Shape {
        let Loops { backs, cycles, always } = self.loops;
        let cycles = cycles && (always || !no_cycles && random.one_in(CYCLIC));
        let back = random.below(MOST_LINKS);
        let has_back = backs >> back & 1 == 1 || always;
        let room = match random.below(16) {
            0 => 0,
            _ if long => random.below(MANY_OBJECTS),
            1..=3 => 1,
            4..=8 => 2 + random.below(3),
            _ => 2 + random.below(MOST_OBJECTS - 1),
        };
        Shape {
            room,
            shares: cycles || random.one_in(8),
            cycles,
            ring: cycles && random.one_in(2),
            back: if always && backs != 0 { Some(backs.trailing_zeros() as usize) } else { has_back.then_some(back) },
        }
    }

    /// A pointer in an object.
    fn extend(&self, random: &mut Random, input: &mut Input, shape: &mut Shape, first: usize, open: OpenLink) {
        if shape.shares && random.one_in(3) {
            let mut known = objects(input, first, open.to);
            known.retain(|&number| shape.cycles || number > open.block);
            if !known.is_empty() {
                return input.link(open.block, open.at, random.pick(&known));
            }
        }
        if shape.room > 0 && !random.one_in(16) {
            self.add_object(random, input, shape, open);
        }
    }

    /// A new object at the end of a pointer.
    fn add_object(&self, random: &mut Random, input: &mut Input, shape: &mut Shape, open: OpenLink) {
        shape.room -= 1;
        let new = input.add(self.types, open.to, 1);
        input.link(open.block, open.at, new);
        self.fill(random, input, new, true);
        let Some(back) = shape.back.and_then(|number| back_link(self.types, open.to, number)) else { return };
        input.open.retain(|other| other.block != new || other.at != back);
        if input.blocks()[open.block].of == open.to {
            input.link(new, back, open.block);
        }
    }

    /// Lists become rings: what ends a row of objects leads to the first of them, and that back to it.
    fn close_rings(&self, input: &mut Input, first: usize, back: Option<usize>) {
        for head in first..input.blocks().len() {
            let of = input.blocks()[head].of;
            let back = back.and_then(|number| back_link(self.types, of, number));
            let mut forward = own_links(self.types, of);
            forward.retain(|&at| Some(at) != back);
            let is_led_to = (first..input.blocks().len()).any(|other| forward.iter().any(|&at| input.link_at(other, at) == Some(head)));
            let (&[at], true, false) = (&forward[..], self.types.is_pooled(of), is_led_to) else { continue };
            let mut last = head;
            while let Some(next) = input.link_at(last, at).filter(|&next| next > last) {
                last = next;
            }
            if input.link_at(last, at).is_none() {
                input.link(last, at, head);
                if let Some(back) = back {
                    input.link(head, back, last);
                }
            }
        }
    }

    /// Integers in objects are often few different ones, or rise from object to object as a sorted list or tree has them; so
    /// are those among the parameters then.
    fn relate_keys(&self, random: &mut Random, input: &mut Input, first: usize) {
        let kind = random.below(8);
        if kind >= 5 {
            return;
        }
        let mut most = 6;
        if kind < 3 {
            for number in first..input.blocks().len() {
                let of = input.blocks()[number].of;
                if self.types.is_pooled(of) {
                    self.types.scalars(of, 0, &mut |at, scalar| self.set_key(input, number, at, scalar, random.below(most)));
                }
            }
        } else {
            let mut value = 0;
            for number in in_order(self.types, input, first) {
                if let Some((at, scalar)) = key(self.types, input.blocks()[number].of) {
                    self.set_key(input, number, at, scalar, value);
                    value += random.below(3);
                }
            }
            most = value + 2;
        }
        for number in 0..self.function.params.len() {
            if !self.is_length(number) && !random.one_in(4) {
                self.set_integer(input, number, random.below(most) as i128);
            }
        }
    }

    fn set_key(&self, input: &mut Input, block: usize, at: usize, scalar: TypeId, value: usize) {
        if let Type::Int { size, text: false, .. } = *self.types.get(scalar) {
            let size = size.min(8);
            input.blocks_mut()[block].bytes[at..at + size].copy_from_slice(&(value as u64).to_le_bytes()[..size]);
        }
    }
}

/// The blocks of the input with an object of the type.
fn objects(input: &Input, first: usize, of: TypeId) -> Vec<usize> {
    (first..input.blocks().len()).filter(|&number| input.blocks()[number].of == of).collect()
}

/// Where objects of a type have pointers to such objects.
fn own_links(types: Types, of: TypeId) -> Vec<usize> {
    let mut found = Vec::new();
    types.scalars(of, 0, &mut |at, scalar| {
        if matches!(types.get(scalar), Type::Pointer { to } if *to == of) {
            found.push(at);
        }
    });
    found
}

/// One of several.
fn back_link(types: Types, of: TypeId, number: usize) -> Option<usize> {
    let links = own_links(types, of);
    (links.len() > 1).then(|| links[number % links.len()])
}

/// The first integer of an object that is no text.
fn key(types: Types, of: TypeId) -> Option<(usize, TypeId)> {
    let mut found = None;
    types.scalars(of, 0, &mut |at, scalar| {
        if matches!(types.get(scalar), Type::Int { text: false, .. }) {
            found.get_or_insert((at, scalar));
        }
    });
    found
}

/// The objects as a walk of a tree comes to them: what the first link leads to, the object, the rest.
fn in_order(types: Types, input: &Input, first: usize) -> Vec<usize> {
    let mut found = Vec::new();
    let mut seen = vec![false; input.blocks().len()];
    for root in first..input.blocks().len() {
        walk(types, input, root, &mut seen, &mut found);
    }
    found
}

fn walk(types: Types, input: &Input, number: usize, seen: &mut [bool], found: &mut Vec<usize>) {
    let of = input.blocks()[number].of;
    if !types.is_pooled(of) || std::mem::replace(&mut seen[number], true) {
        return;
    }
    let links = own_links(types, of);
    let (before, after) = links.split_at(usize::from(links.len() > 1));
    for &at in before {
        if let Some(next) = input.link_at(number, at) {
            walk(types, input, next, seen, found);
        }
    }
    found.push(number);
    for &at in after {
        if let Some(next) = input.link_at(number, at) {
            walk(types, input, next, seen, found);
        }
    }
}
