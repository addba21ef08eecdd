//! The Rust function's call: the generated glue takes its arguments from here and puts back what they became.

use std::ops::Range;
use std::time::{Duration, Instant};

use c2rs_rt::{FnPtr, Id, Memory, Pod, Pool, Ptr, Void};

use crate::function::{Extent, Function, Param, Position};
use crate::input::{Input, Link};
use crate::types::{Type, TypeId, Types};

/// A pointer of the input: the block and byte that hold it, and the block and byte that it leads to.
struct Pointer {
    holder: usize,
    at: usize,
    target: usize,
    offset: usize,
}

/// A pointer that C returns, where the Rust returns something else.
pub enum Returned {
    /// It is a value of the type, or nothing.
    Value,
    /// A byte of a block, by what the Rust says of its position; None for null.
    Place(Option<(usize, i64)>),
    /// All of a new object; None for null.
    Object(Option<Vec<u8>>),
}

/// Where the translation has a block of the input that pointers lead to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Nowhere,
    Memory(Ptr<Void>),
    /// In an arena, by the int form of the id.
    Object(u64),
}

/// An arena, whatever is in it.
trait Objects {
    /// The bytes of an object, if it is there.
    fn bytes(&self, id: u64) -> Option<Vec<u8>>;
    /// How many are there.
    fn count(&self) -> usize;
}

impl<T: Pod> Objects for Pool<T> {
    fn bytes(&self, id: u64) -> Option<Vec<u8>> {
        self.get(Id::load(&id.to_le_bytes())).map(|object| bytes_of(std::slice::from_ref(object)))
    }

    fn count(&self) -> usize {
        self.len()
    }
}

/// One input in so many is followed by a look at the globals that the C does not name.
const THOROUGH: u32 = 16;

/// One call of a translated function. Its blocks are those of the input: first the parameters, then the globals.
pub struct RustSide<'a> {
    types: Types,
    function: &'a Function,
    /// The bytes of each block, pointers in their int form.
    bytes: Vec<Vec<u8>>,
    /// The type of each block.
    kinds: Vec<TypeId>,
    pointers: Vec<Pointer>,
    /// Where the blocks are that pointers lead to.
    places: Vec<Place>,
    /// The arenas as they were left, by the type of their objects, and the blocks whose objects are gone from these.
    arenas: Vec<(TypeId, Box<dyn Objects>)>,
    gone: Vec<bool>,
    /// The blocks that were passed by reference.
    lent: Vec<bool>,
    count: usize,
    result: Vec<u8>,
    returned: Returned,
    calls: u32,
    /// A global that the Rust changed and the C does not know.
    touched: Option<&'static str>,
    memory: Option<Memory>,
    /// The time of the calls alone, where it is asked for.
    watch: Option<Watch>,
}

/// Adds up what lies between `start` and `stop`.
#[derive(Default)]
pub struct Watch {
    started: Option<Instant>,
    pub spent: Duration,
}

impl<'a> RustSide<'a> {
    pub fn new(types: Types, function: &'a Function) -> Self {
        RustSide {
            types,
            function,
            bytes: Vec::new(),
            kinds: Vec::new(),
            pointers: Vec::new(),
            places: Vec::new(),
            arenas: Vec::new(),
            gone: Vec::new(),
            lent: Vec::new(),
            count: 0,
            result: Vec::new(),
            returned: Returned::Value,
            calls: 0,
            touched: None,
            memory: None,
            watch: None,
        }
    }

    /// The same, whose calls are timed.
    pub fn timed(types: Types, function: &'a Function) -> Self {
        RustSide { watch: Some(Watch::default()), ..RustSide::new(types, function) }
    }

    /// The arguments are there.
    #[inline]
    pub fn start(&mut self) {
        if let Some(watch) = &mut self.watch {
            watch.started = Some(Instant::now());
        }
    }

    /// The function has come back.
    #[inline]
    pub fn stop(&mut self) {
        if let Some(Watch { started: Some(started), spent }) = &mut self.watch {
            *spent += started.elapsed();
        }
    }

    /// The time of all calls since the last time.
    pub fn take_time(&mut self) -> Duration {
        self.watch.as_mut().map(std::mem::take).unwrap_or_default().spent
    }

    /// Calls the function on an input. Panics where it does.
    pub fn run(&mut self, input: &Input) {
        self.count = input.blocks().len();
        if self.bytes.len() < self.count {
            self.bytes.resize_with(self.count, Vec::new);
        }
        self.lent.clear();
        self.lent.resize(self.count, false);
        self.kinds.clear();
        self.pointers.clear();
        self.places.clear();
        self.places.resize(self.count, Place::Nowhere);
        self.arenas.clear();
        self.gone.clear();
        self.gone.resize(self.count, false);
        self.memory = None;
        self.result.clear();
        self.returned = Returned::Value;
        self.calls = self.calls.wrapping_add(1);
        self.touched = None;
        for (holder, block) in input.blocks().iter().enumerate() {
            let bytes = &mut self.bytes[holder];
            refill(bytes, &block.bytes);
            self.kinds.push(block.of);
            for &(at, link) in &block.links {
                match link {
                    Link::Block(target, offset) => self.pointers.push(Pointer { holder, at, target, offset }),
                    Link::Function(target) => {
                        let int = function_number(self.types, block.of, at, target);
                        bytes[at..at + 8].copy_from_slice(&int.to_le_bytes());
                    }
                }
            }
        }
        (self.function.rust)(self);
    }

    /// The blocks that are no parameters and no globals: pointers lead to these.
    fn pointees(&self) -> Range<usize> {
        self.function.params.len() + self.function.globals.len()..self.count
    }

    /// Puts an object of zeros into an arena for each block of its type, so that all ids are known when `fill` comes.
    pub fn insert<T: Pod>(&mut self, of: TypeId, pool: &mut Pool<T>) {
        for number in self.pointees().filter(|&number| self.kinds[number] == of) {
            self.places[number] = Place::Object(int_form(pool.insert(T::ZERO)));
        }
    }

    /// Puts everything that pointers lead to into memory, but for objects of arenas, and ids and pointers into what holds them.
    pub fn enter(&mut self, mem: &mut Memory) {
        for number in self.pointees() {
            if self.places[number] == Place::Nowhere {
                self.places[number] = Place::Memory(mem.allocate(self.bytes[number].len() as u64));
            }
        }
        for pointer in &self.pointers {
            let bytes = &mut self.bytes[pointer.holder][pointer.at..pointer.at + 8];
            match self.places[pointer.target] {
                Place::Nowhere => {}
                Place::Memory(place) => place.byte_add(pointer.offset as u32).store(bytes),
                Place::Object(id) => id.store(bytes),
            }
        }
        for number in self.pointees() {
            if let Place::Memory(place) = self.places[number] {
                let bytes = &self.bytes[number];
                mem.bytes_mut(place, bytes.len() as u64).copy_from_slice(bytes);
            }
        }
    }

    /// Gives the objects of an arena what they hold.
    pub fn fill<T: Pod>(&self, of: TypeId, pool: &mut Pool<T>) {
        for number in self.pointees().filter(|&number| self.kinds[number] == of) {
            if let Place::Object(id) = self.places[number] {
                pool[Id::load(&id.to_le_bytes())] = T::load(&self.bytes[number]);
            }
        }
    }

    /// Takes back the objects of an arena, and keeps it for those that are new.
    pub fn take_back<T: Pod + 'static>(&mut self, of: TypeId, pool: Pool<T>) {
        for number in self.pointees().filter(|&number| self.kinds[number] == of) {
            let Place::Object(id) = self.places[number] else { continue };
            match pool.get(Id::load(&id.to_le_bytes())) {
                Some(object) => object.store(&mut self.bytes[number]),
                None => self.gone[number] = true,
            }
        }
        self.arenas.push((of, Box::new(pool)));
    }

    /// Takes back what is in memory now.
    pub fn leave(&mut self, mem: Memory) {
        for number in self.pointees().filter(|&number| !self.lent[number]) {
            if let Place::Memory(place) = self.places[number] {
                let tail = mem.tail(place);
                let bytes = &mut self.bytes[number];
                bytes.clear();
                bytes.extend_from_slice(tail);
                self.gone[number] = tail.is_empty();
            }
        }
        self.memory = Some(mem);
    }

    /// The value of a parameter or global.
    #[inline]
    pub fn value<T: Pod>(&self, number: usize) -> T {
        T::load(&self.bytes[number][..T::SIZE])
    }

    /// Whether a reference is there that may be missing.
    #[inline]
    pub fn is_there(&self, param: usize) -> bool {
        self.pointers.iter().any(|pointer| pointer.holder == param)
    }

    /// The object that a reference is to.
    #[inline]
    pub fn object<T: Pod>(&mut self, param: usize) -> T {
        let (block, offset) = self.lend(param);
        T::load(&self.bytes[block][offset..offset + T::SIZE])
    }

    /// The elements of a slice: all from where the pointer points on.
    #[inline]
    pub fn elements<T: Pod>(&mut self, param: usize) -> Vec<T> {
        let (block, offset) = self.lend(param);
        self.bytes[block][offset..].chunks_exact(T::SIZE.max(1)).map(T::load).collect()
    }

    fn lend(&mut self, param: usize) -> (usize, usize) {
        let (block, offset) = self.place(param);
        self.lent[block] = true;
        (block, if self.is_whole(param) { 0 } else { offset })
    }

    /// The block that a parameter points into, and the byte.
    fn place(&self, param: usize) -> (usize, usize) {
        let pointer = self.pointers.iter().find(|pointer| pointer.holder == param);
        pointer.map(|pointer| (pointer.target, pointer.offset)).expect("a reference leads somewhere")
    }

    /// Whether all of the array is passed that the parameter points into.
    fn is_whole(&self, param: usize) -> bool {
        matches!(self.function.params.get(param), Some(Param { extent: Extent::Position(Position::Anywhere), .. }))
    }

    /// Where in the array that is passed the parameter points.
    #[inline]
    pub fn position(&self, param: usize) -> i64 {
        let Extent::Position(position) = self.function.params[param].extent else { return 0 };
        let array = if let Position::In(array) = position { array } else { param };
        let start = if self.is_whole(array) { 0 } else { self.place(array).1 };
        let Type::Pointer { to } = *self.types.get(self.function.params[param].of) else { return 0 };
        (self.place(param).1 as i64 - start as i64) / self.types.size(to).max(1) as i64
    }

    #[inline]
    pub fn put_object<T: Pod>(&mut self, param: usize, value: T) {
        let (block, offset) = self.lend(param);
        value.store(&mut self.bytes[block][offset..offset + T::SIZE]);
    }

    #[inline]
    pub fn put_elements<T: Pod>(&mut self, param: usize, elements: &[T]) {
        let (block, offset) = self.lend(param);
        for (element, bytes) in elements.iter().zip(self.bytes[block][offset..].chunks_exact_mut(T::SIZE.max(1))) {
            element.store(bytes);
        }
    }

    /// What a global became.
    pub fn put_value<T: Pod>(&mut self, number: usize, value: T) {
        value.store(&mut self.bytes[number][..T::SIZE]);
    }

    /// What a global became that is a vector.
    pub fn put_values<T: Pod>(&mut self, number: usize, values: &[T]) {
        for (value, bytes) in values.iter().zip(self.bytes[number].chunks_exact_mut(T::SIZE.max(1))) {
            value.store(bytes);
        }
    }

    /// A global that is a vector.
    pub fn values<T: Pod>(&self, number: usize) -> Vec<T> {
        self.bytes[number].chunks_exact(T::SIZE.max(1)).map(T::load).collect()
    }

    /// Sets a variable that the translation has in its static block `block`.
    pub fn put_in_memory(&self, number: usize, block: u32, mem: &mut Memory) {
        let bytes = &self.bytes[number];
        mem.bytes_mut(Ptr::<Void>::global(block), bytes.len() as u64).copy_from_slice(bytes);
    }

    /// What became of such a variable.
    pub fn take_from_memory(&mut self, number: usize, block: u32, mem: &Memory) {
        let size = self.bytes[number].len() as u64;
        self.bytes[number].copy_from_slice(mem.bytes(Ptr::<Void>::global(block), size));
    }

    /// The result; a truth value is shorter than C's.
    #[inline]
    pub fn put_result<T: Pod>(&mut self, value: T) {
        self.result.resize(T::SIZE.max(self.types.size(self.function.result)), 0);
        value.store(&mut self.result[..T::SIZE]);
    }

    /// A result that is a position in what the parameter (or global) `number` has: `stride` bytes apart, from byte `start` on.
    pub fn put_position(&mut self, number: usize, start: i64, stride: i64, position: Option<i64>) {
        let place = match self.pointers.iter().find(|pointer| pointer.holder == number && pointer.at == 0) {
            Some(pointer) if self.is_whole(number) => (pointer.target, 0),
            Some(pointer) if number < self.function.params.len() => (pointer.target, pointer.offset as i64),
            _ => (number, 0),
        };
        self.returned = Returned::Place(position.map(|at| (place.0, place.1 + start + stride.wrapping_mul(at))));
    }

    /// A result that the caller owns.
    pub fn put_owned<T: Pod>(&mut self, elements: Option<&[T]>) {
        self.returned = Returned::Object(elements.map(bytes_of));
    }

    /// Whether globals that the C does not name are looked at now.
    #[inline]
    pub fn is_thorough(&self) -> bool {
        self.calls % THOROUGH == 1
    }

    /// Such a global, and what it was before anything ran.
    pub fn untouched<T: Pod>(&mut self, name: &'static str, now: &[T], before: &[T]) {
        if bytes_of(now) != bytes_of(before) {
            self.touched = Some(name);
        }
    }

    pub fn touched(&self) -> Option<&'static str> {
        self.touched
    }

    pub fn returned(&self) -> &Returned {
        &self.returned
    }

    /// The bytes of a block as the Rust left them; None where it freed it.
    pub fn block(&self, number: usize) -> Option<&[u8]> {
        (!self.gone[number]).then_some(&self.bytes[number])
    }

    pub fn result(&self) -> &[u8] {
        &self.result
    }

    pub fn memory(&self) -> Option<&Memory> {
        self.memory.as_ref()
    }

    /// The block of the input that a pointer points into, and the byte.
    pub fn target(&self, pointer: Ptr<Void>) -> Option<(usize, usize)> {
        let leads_to = |place: &Place| matches!(place, Place::Memory(start) if start.block() == pointer.block());
        let number = self.places.iter().position(leads_to)?;
        Some((number, pointer.offset() as usize))
    }

    /// The block of the input whose object of that type an id names; each arena has ids of its own.
    pub fn named(&self, of: TypeId, id: u64) -> Option<usize> {
        self.pointees().find(|&number| self.places[number] == Place::Object(id) && self.kinds[number] == of)
    }

    /// How many objects of arenas are there that are none of the input.
    pub fn new_objects(&self) -> usize {
        let of_input = |&number: &usize| matches!(self.places[number], Place::Object(_)) && !self.gone[number];
        let all: usize = self.arenas.iter().map(|(_, arena)| arena.count()).sum();
        all - self.pointees().filter(of_input).count()
    }

    /// The bytes of an object of that type, if it is there.
    pub fn object_of(&self, of: TypeId, id: u64) -> Option<Vec<u8>> {
        self.arenas.iter().find(|(type_id, _)| *type_id == of).and_then(|(_, arena)| arena.bytes(id))
    }
}

/// Makes one a copy of the other. Most are a number or an address, and of one length.
#[inline]
fn refill(to: &mut Vec<u8>, from: &[u8]) {
    match (&mut to[..], from) {
        ([a, b, c, d], &[e, f, g, h]) => [*a, *b, *c, *d] = [e, f, g, h],
        (to, from) if to.len() == 8 && from.len() == 8 => to[..8].copy_from_slice(&from[..8]),
        _ => {
            to.clear();
            to.extend_from_slice(from);
        }
    }
}

/// An id as it is in memory.
fn int_form<T>(id: Id<T>) -> u64 {
    let mut bytes = [0; 8];
    id.store(&mut bytes);
    u64::from_le_bytes(bytes)
}

fn bytes_of<T: Pod>(elements: &[T]) -> Vec<u8> {
    let mut bytes = vec![0; elements.len() * T::SIZE];
    for (element, bytes) in elements.iter().zip(bytes.chunks_exact_mut(T::SIZE.max(1))) {
        element.store(bytes);
    }
    bytes
}

fn function_number(types: Types, of: TypeId, offset: usize, target: usize) -> u64 {
    let mut int = 0;
    let size = types.size(of).max(1);
    types.scalars(of, offset / size * size, &mut |at, scalar| {
        if let (true, Type::Function { targets }) = (at == offset, types.get(scalar)) {
            int = FnPtr::<fn()>::function(targets[target].number).to_int();
        }
    });
    int
}
