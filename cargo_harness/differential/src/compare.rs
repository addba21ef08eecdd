//! What the two sides left, compared: results, globals, blocks, and the new objects that pointers lead to.

use c2rs_rt::{FnPtr, Pod, Ptr, Void};

use crate::c_side::{CSide, Target};
use crate::function::Function;
use crate::input::{self, Input};
use crate::rust_side::{Returned, RustSide};
use crate::types::{Type, TypeId, Types};

/// New objects that are looked into for one input.
const MOST_OBJECTS: usize = 1000;

/// A new object on both sides: what the C allocated, and where the Rust has it.
struct Pair {
    start: usize,
    size: usize,
    rust: New,
    of: TypeId,
}

/// A new object of the Rust.
#[derive(Clone, Copy, PartialEq, Eq)]
enum New {
    /// A block in memory.
    Block(u32),
    /// In the arena of a type, by its id.
    Object(TypeId, u64),
}

/// What a difference is found in.
#[derive(Clone, Copy)]
enum Name {
    Result,
    Block(usize),
    /// What the result leads to.
    Owned,
    NewObject,
}

struct Comparison<'a> {
    types: Types,
    function: &'a Function,
    input: &'a Input,
    c: &'a CSide,
    rust: &'a RustSide<'a>,
    pairs: Vec<Pair>,
}

/// The first difference, in words.
pub fn compare(
    types: Types,
    function: &Function,
    input: &Input,
    c: &CSide,
    rust: &RustSide<'_>,
) -> Result<(), String> {
    if c.is_damaged() {
        return Err("the C writes outside of its buffers".to_owned());
    }
    let mut comparison = Comparison { types, function, input, c, rust, pairs: Vec::new() };
    if !rust.result().is_empty() {
        comparison.objects(Name::Result, function.result, c.result(rust.result().len()), rust.result())?;
    }
    comparison.returned(function)?;
    if let Some(name) = rust.touched() {
        return Err(format!("{name}: the Rust changes it, the C does not name it"));
    }
    for (number, block) in input.blocks().iter().enumerate().skip(function.params.len()) {
        let (left, right) = match (c.block(number), rust.block(number)) {
            (Some(left), Some(right)) => (left, right),
            (None, None) => continue,
            (Some([]), None) => continue,
            (Some(_), None) => return Err(format!("{}: the Rust frees it, the C does not", comparison.text(Name::Block(number)))),
            (None, _) => return Err(format!("{}: the C frees it, the Rust does not", comparison.text(Name::Block(number)))),
        };
        if left == right && (block.links.is_empty() || comparison.types.is_plain(block.of)) {
            continue;
        }
        comparison.objects(Name::Block(number), block.of, left, right)?;
    }
    comparison.new_objects()?;
    comparison.ended_objects()
}

/// How a reader knows a block: by the global, or the parameter that leads to it.
fn block_name(function: &Function, input: &Input, number: usize) -> String {
    if let Some(global) = number.checked_sub(function.params.len()).and_then(|i| function.globals.get(i)) {
        return global.name.to_owned();
    }
    let leads = |block: &input::Block| {
        block.links.iter().any(|(_, link)| matches!(link, input::Link::Block(target, _) if *target == number))
    };
    match input.blocks().iter().take(function.params.len()).position(leads) {
        Some(param) => format!("*{}", function.params[param].name),
        None => format!("#{number}"),
    }
}

impl Comparison<'_> {
    fn text(&self, name: Name) -> String {
        match name {
            Name::Result => "result".to_owned(),
            Name::Owned => "*result".to_owned(),
            Name::NewObject => "a new object".to_owned(),
            Name::Block(number) => block_name(self.function, self.input, number),
        }
    }

    /// Objects in a row.
    fn objects(&mut self, name: Name, of: TypeId, c: &[u8], rust: &[u8]) -> Result<(), String> {
        let size = self.types.size(of).max(1);
        if c.len() != rust.len() {
            return Err(format!("{}: {} bytes in C, {} in Rust", self.text(name), c.len(), rust.len()));
        }
        for start in (0..c.len() / size).map(|index| index * size) {
            let mut outcome = Ok(());
            self.types.scalars(of, start, &mut |at, scalar| {
                if outcome.is_ok() {
                    outcome = self.scalar(scalar, at, c, rust).map_err(|what| {
                        let index = (c.len() > size).then_some(start / size);
                        format!("{}: {what}", self.place(name, index, &self.types.path(of, at - start, scalar)))
                    });
                }
            });
            outcome?;
        }
        Ok(())
    }

    /// What a reader calls a part of an object, of one in a row if there is an index: `list->next`, `to[3]`, `#2.x`.
    fn place(&self, name: Name, index: Option<usize>, path: &str) -> String {
        let name = self.text(name);
        match (name.strip_prefix('*'), index, path.strip_prefix('.')) {
            (Some(pointer), Some(index), _) => format!("{pointer}[{index}]{path}"),
            (Some(pointer), None, Some(member)) => format!("{pointer}->{member}"),
            (Some(_), None, None) if !path.is_empty() => format!("({name}){path}"),
            (None, Some(index), _) => format!("{name}[{index}]{path}"),
            _ => format!("{name}{path}"),
        }
    }

    fn scalar(&mut self, of: TypeId, at: usize, c: &[u8], rust: &[u8]) -> Result<(), String> {
        let size = self.types.size(of);
        let (left, right) = (&c[at..at + size], &rust[at..at + size]);
        let same = match *self.types.get(of) {
            Type::Float { size: 4 } => f32::load(left).is_nan() && f32::load(right).is_nan() || left == right,
            Type::Float { .. } => f64::load(left).is_nan() && f64::load(right).is_nan() || left == right,
            Type::Bits { shift, width } => {
                let mask = (u128::MAX >> (128 - width)) << shift;
                let bits = |bytes: &[u8]| bytes.iter().rev().fold(0u128, |all, &byte| all << 8 | u128::from(byte));
                bits(left) & mask == bits(right) & mask
            }
            Type::Pointer { to } if self.types.is_pooled(to) => {
                return self.id(to, u64::load(left), u64::load(right));
            }
            Type::Pointer { to } => {
                return self.pointer(to, u64::load(left), Ptr::load(right));
            }
            Type::Function { targets } => {
                let (address, number) = (u64::load(left), FnPtr::<fn()>::load(right));
                let known = targets.iter().find(|target| target.c as usize as u64 == address);
                known.map_or((address == 0) == number.is_null(), |target| target.number == number.number())
            }
            _ => left == right,
        };
        if same {
            return Ok(());
        }
        let text = |bytes| input::render(self.types, of, bytes, &[], at);
        Err(format!("C {}, Rust {}", text(c), text(rust)))
    }

    fn pointer(&mut self, to: TypeId, c: u64, rust: Ptr<Void>) -> Result<(), String> {
        let known = self.rust.target(rust);
        match self.c.target(c) {
            Target::Null if rust.is_null() => Ok(()),
            Target::Null => Err(format!("C null, Rust {rust:?}")),
            _ if rust.is_null() => Err("Rust null, C not".to_owned()),
            Target::Block(block, offset) => match known {
                Some(same) if same == (block, offset) => Ok(()),
                Some((other, at)) => Err(format!("C #{block} + {offset} bytes, Rust #{other} + {at} bytes")),
                None => Err(format!("C #{block} + {offset} bytes, Rust a new object")),
            },
            _ if known.is_some() => Err(format!("C a new object, Rust {known:?}")),
            Target::Heap { start, offset, size } => self.pair(to, start, offset, size, rust),
            Target::Elsewhere => self.strings(to, c, rust),
        }
    }

    /// A pointer of the C, and the id that stands for it. What both have ended may be named on.
    fn id(&mut self, to: TypeId, c: u64, id: u64) -> Result<(), String> {
        let known = self.rust.named(to, id);
        match (self.c.target(c), known) {
            (Target::Null, _) if id == 0 => Ok(()),
            (Target::Null, Some(block)) => Err(format!("C null, Rust #{block}")),
            (Target::Null, None) => Err("C null, Rust a new object".to_owned()),
            (Target::Block(block, _), _) if id == 0 => Err(format!("C #{block}, Rust null")),
            (_, _) if id == 0 => Err("C a new object, Rust null".to_owned()),
            (Target::Block(block, 0), Some(same)) if block == same => Ok(()),
            (Target::Block(block, _), Some(other)) => Err(format!("C #{block}, Rust #{other}")),
            (Target::Block(block, _), None) => Err(format!("C #{block}, Rust a new object")),
            (_, Some(block)) => Err(format!("C a new object, Rust #{block}")),
            (Target::Heap { start, size, .. }, None) => match self.rust.object_of(to, id) {
                Some(object) if object.len() == size => self.meet(start, size, New::Object(to, id), to),
                Some(object) => Err(format!("a new object of {size} bytes in C, {} in Rust", object.len())),
                None => Err("C a new object, Rust one that is gone".to_owned()),
            },
            (Target::Elsewhere, None) => match self.rust.object_of(to, id) {
                Some(_) => Err("C an object that is gone, Rust a new one".to_owned()),
                None => Ok(()),
            },
        }
    }

    /// The pointer that C returns, where the Rust returns a position or an owner.
    fn returned(&mut self, function: &Function) -> Result<(), String> {
        let returned = self.rust.returned();
        let (Type::Pointer { to }, false) = (self.types.get(function.result), matches!(returned, Returned::Value)) else {
            return Ok(());
        };
        let target = self.c.target(u64::load(self.c.result(8)));
        match (target, returned) {
            (Target::Null, Returned::Place(None) | Returned::Object(None)) => Ok(()),
            (Target::Null, Returned::Object(Some(bytes))) if bytes.is_empty() => Ok(()),
            (Target::Null, _) => Err("result: C null, Rust not".to_owned()),
            (_, Returned::Place(None) | Returned::Object(None)) => Err("result: Rust null, C not".to_owned()),
            (Target::Block(block, offset), Returned::Place(Some((number, at)))) => {
                let same = block == *number && offset as i64 == *at;
                let words = || format!("result: C #{block} + {offset} bytes, Rust #{number} + {at} bytes");
                same.then_some(()).ok_or_else(words)
            }
            (Target::Heap { start, offset: 0, size }, Returned::Object(Some(bytes))) => {
                let object = self.c.allocated(start, size);
                let spare = size == 0 && bytes.len() == self.types.size(*to);
                if bytes.len() != size && !spare {
                    return Err(format!("result: a new object of {size} bytes in C, {} in Rust", bytes.len()));
                }
                match self.types.get(*to) {
                    Type::Void => Ok(()),
                    _ => self.objects(Name::Owned, *to, object, &bytes[..object.len()]),
                }
            }
            _ => Err("result: C and Rust return pointers to other objects".to_owned()),
        }
    }

    /// A pointer into a new object of each side.
    fn pair(&mut self, to: TypeId, start: usize, offset: usize, size: usize, rust: Ptr<Void>) -> Result<(), String> {
        if offset as u32 != rust.offset() {
            return Err(format!("C byte {offset} of a new object, Rust byte {}", rust.offset()));
        }
        let block: Ptr<Void> = Ptr::new(rust.block(), 0);
        let rust_size = self.rust.memory().map_or(0, |mem| mem.heap_size(block));
        if rust_size != size as u64 {
            return Err(format!("a new object of {size} bytes in C, {rust_size} in Rust"));
        }
        self.meet(start, size, New::Block(rust.block()), to)
    }

    /// The two are one object, and were so before. What they hold is compared later.
    fn meet(&mut self, start: usize, size: usize, rust: New, of: TypeId) -> Result<(), String> {
        match self.pairs.iter().find(|pair| pair.start == start || pair.rust == rust) {
            Some(pair) if pair.start == start && pair.rust == rust => return Ok(()),
            Some(_) => return Err("C and Rust have other objects in common".to_owned()),
            None => {}
        }
        if self.pairs.len() < MOST_OBJECTS {
            self.pairs.push(Pair { start, size, rust, of });
        }
        Ok(())
    }

    /// Strings that are no part of the input and not allocated: literals and the library's own.
    fn strings(&self, to: TypeId, c: u64, rust: Ptr<Void>) -> Result<(), String> {
        let (Type::Int { size: 1, text: true, .. }, Some(mem)) = (self.types.get(to), self.rust.memory()) else {
            return Ok(());
        };
        let tail = mem.tail(rust);
        let length = tail.iter().position(|&byte| byte == 0).map_or(tail.len(), |end| end + 1);
        match self.c.memory(c as usize, length) {
            Some(bytes) if bytes != &tail[..bytes.len().min(length)] => {
                let shown = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
                Err(format!("C {:?}, Rust {:?}", shown(bytes), shown(&tail[..length])))
            }
            _ => Ok(()),
        }
    }

    /// What nothing leads to any more, and is in arenas, is no more than what the C has not freed.
    fn ended_objects(&self) -> Result<(), String> {
        if !self.function.graphs || self.pairs.len() == MOST_OBJECTS {
            return Ok(());
        }
        let met = self.pairs.iter().filter(|pair| matches!(pair.rust, New::Object(..))).count();
        let kept = self.rust.new_objects() - met;
        let lost = self.c.allocations() - self.pairs.len();
        if kept > lost { Err(format!("the Rust keeps {} new objects that the C frees", kept - lost)) } else { Ok(()) }
    }

    /// The contents of all pairs; more are found on the way.
    fn new_objects(&mut self) -> Result<(), String> {
        let mut next = 0;
        while next < self.pairs.len() {
            let Pair { start, size, rust: new, of } = self.pairs[next];
            next += 1;
            let (rust, c_side) = (self.rust, self.c);
            let left = c_side.allocated(start, size);
            match (new, rust.memory()) {
                (New::Object(of, id), _) => {
                    let object = rust.object_of(of, id).unwrap_or_default();
                    self.objects(Name::NewObject, of, left, &object[..left.len().min(object.len())])?;
                }
                (New::Block(block), Some(mem)) if !matches!(self.types.get(of), Type::Void) => {
                    self.objects(Name::NewObject, of, left, &mem.tail(Ptr::<Void>::new(block, 0))[..left.len()])?;
                }
                (New::Block(_), _) => {}
            }
        }
        Ok(())
    }
}
