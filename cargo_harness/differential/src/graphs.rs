//! Graphs of objects that lie in arenas: lists, trees, rings and what shares parts, behind the pointers that `fill` leaves open.

use crate::generate::Generator;
use crate::input::{Input, OpenLink};
use crate::limits::{Limits, Members, Trait, MOST_LINKS};
use crate::random::Random;
use crate::types::{Type, TypeId};

/// New objects of one input: most have fewer.
const MOST_OBJECTS: usize = 20;
const MANY_OBJECTS: usize = 120;
/// One input in so many has cycles, where functions come back from these.
const CYCLIC: usize = 12;
/// One input in so many has objects that several lead to, and one where that mostly is undefined.
const SHARED: usize = 8;
const SHARED_BY_MISTAKE: usize = 128;
/// One pointer in so many is null that is a parameter, or in what is no object of an arena, and one where an object has to be there.
const NULL: usize = 12;
const NULL_BY_MISTAKE: usize = 256;
/// One link in so many is null that could lead to a new object.
const END: usize = 16;

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
        let mut handles = 0u64;
        while !input.open.is_empty() {
            let open = input.open.swap_remove(random.below(input.open.len()));
            let kind = 1 << (open.to % 64);
            if self.types.is_pooled(input.blocks()[open.block].of) {
                self.extend(random, input, &mut shape, first, open);
            } else if handles & kind != 0 && random.one_in(2) {
                late.push(open);
            } else {
                handles |= kind;
                if self.is_there(random, open, shape.room > 0) {
                    self.add_object(random, input, &mut shape, open);
                }
            }
        }
        for open in late {
            let known = objects(input, first, open.to);
            match known.last() {
                Some(&last) if self.is_there(random, open, true) => {
                    let target = if random.one_in(2) { last } else { random.pick(&known) };
                    input.link(open.block, open.at, target);
                }
                None if self.is_there(random, open, false) => self.add_object(random, input, &mut shape, open),
                _ => {}
            }
        }
        while let Some(open) = input.open.pop() {
            self.extend(random, input, &mut shape, first, open);
        }
        if shape.ring {
            self.close_rings(input, first, shape.back);
        }
        self.relate_keys(random, input, first);
    }

    /// Whether a pointer in what is no object of an arena leads to one. Where an object has to be there, it mostly does.
    fn is_there(&self, random: &mut Random, open: OpenLink, may_be: bool) -> bool {
        match self.limits.tried {
            Some(Trait::Missing(param)) if param == open.block => false,
            _ if self.limits.is_needed(open.block) => !random.one_in(NULL_BY_MISTAKE),
            _ => may_be && !random.one_in(NULL),
        }
    }

    fn shape(&self, random: &mut Random, long: bool, no_cycles: bool) -> Shape {
        let Limits { backs, cycles, shares, tried, .. } = self.limits;
        let cycles = cycles && !no_cycles && random.one_in(CYCLIC) || tried == Some(Trait::Cycles);
        let back = random.below(MOST_LINKS);
        let back = match tried {
            Some(Trait::Back(number)) => Some(number),
            _ => Some(back).filter(|back| backs >> back & 1 == 1),
        };
        let room = match random.below(16) {
            0 => 0,
            _ if long => random.below(MANY_OBJECTS),
            1..=3 => 1,
            4..=8 => 2 + random.below(3),
            _ => 2 + random.below(MOST_OBJECTS - 1),
        };
        Shape {
            room,
            shares: cycles || random.one_in(if shares { SHARED } else { SHARED_BY_MISTAKE }) || tried == Some(Trait::Shares),
            cycles,
            ring: cycles && random.one_in(2),
            back,
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
        if shape.room > 0 && !random.one_in(END) {
            self.add_object(random, input, shape, open);
        }
    }

    /// A new object at the end of a pointer.
    fn add_object(&self, random: &mut Random, input: &mut Input, shape: &mut Shape, open: OpenLink) {
        shape.room = shape.room.saturating_sub(1);
        let new = input.add(self.types, open.to, 1);
        input.link(open.block, open.at, new);
        self.fill(random, input, new, true);
        let Some(back) = shape.back.and_then(|number| self.members[open.to].back_link(number)) else { return };
        input.open.retain(|other| other.block != new || other.at != back);
        if input.blocks()[open.block].of == open.to {
            input.link(new, back, open.block);
        }
    }

    /// Lists become rings: what ends a row of objects leads to the first of them, and that back to it.
    fn close_rings(&self, input: &mut Input, first: usize, back: Option<usize>) {
        for head in first..input.blocks().len() {
            let of = input.blocks()[head].of;
            let back = back.and_then(|number| self.members[of].back_link(number));
            let forward: Vec<usize> = self.members[of].links.iter().copied().filter(|&at| Some(at) != back).collect();
            let is_led_to = (first..input.blocks().len()).any(|other| forward.iter().any(|&at| input.link_at(other, at) == Some(head)));
            let (&[at], false) = (&forward[..], is_led_to) else { continue };
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
                for &(at, scalar) in &self.members[input.blocks()[number].of].integers {
                    self.set_key(input, number, at, scalar, random.below(most));
                }
            }
        } else {
            let mut value = 0;
            let mut order = Vec::new();
            let mut seen = vec![false; input.blocks().len()];
            (first..input.blocks().len()).for_each(|root| walk(&self.members, input, root, &mut seen, &mut order));
            for number in order {
                let (at, scalar) = self.members[input.blocks()[number].of].integers[0];
                self.set_key(input, number, at, scalar, value);
                value += random.below(3);
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
        if let Type::Int { size, .. } = *self.types.get(scalar) {
            let size = size.min(8);
            input.blocks_mut()[block].bytes[at..at + size].copy_from_slice(&(value as u64).to_le_bytes()[..size]);
        }
    }
}

/// The blocks of the input with an object of the type.
fn objects(input: &Input, first: usize, of: TypeId) -> Vec<usize> {
    (first..input.blocks().len()).filter(|&number| input.blocks()[number].of == of).collect()
}

/// The objects as a walk of a tree comes to them: what the first link leads to, the object, the rest.
fn walk(members: &[Members], input: &Input, number: usize, seen: &mut [bool], found: &mut Vec<usize>) {
    let of = input.blocks()[number].of;
    if members[of].integers.is_empty() || std::mem::replace(&mut seen[number], true) {
        return;
    }
    let links = &members[of].links;
    let (before, after) = links.split_at(usize::from(links.len() > 1));
    for &at in before {
        if let Some(next) = input.link_at(number, at) {
            walk(members, input, next, seen, found);
        }
    }
    found.push(number);
    for &at in after {
        if let Some(next) = input.link_at(number, at) {
            walk(members, input, next, seen, found);
        }
    }
}
