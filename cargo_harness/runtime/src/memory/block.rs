//! [`Memory`]: the table of blocks, typed access to them, and the lifetimes of heap and stack blocks.

use std::collections::{HashMap, VecDeque};

use super::pod::Bits;
use super::pool::Pool;
use super::varargs::VaFrames;
use super::{BitField, Pod, Ptr, Void, FUNCTIONS, HANDLES};

/// How many freed block numbers wait before the first of them is used again.
const QUARANTINE: usize = 1024;
/// The largest block: offsets compare as signed 32-bit numbers.
const MAX_BLOCK: u64 = i32::MAX as u64;

pub(super) type Block = Box<[u8]>;

/// All memory that pointers of the program can reach.
pub struct Memory {
    blocks: Vec<Block>,
    /// The block of the first string literal, and how many there are: they can be read like any block.
    first_literal: u32,
    literals: u32,
    freed: VecDeque<u32>,
    pool: Pool,
    heap: HeapBlocks,
    stack: Vec<u32>,
    library: HashMap<&'static str, Ptr<Void>>,
    pub(super) va_frames: VaFrames,
}

/// Which block numbers are of the heap: `free` and `realloc` take only these. One bit per block.
#[derive(Default)]
struct HeapBlocks(Vec<u64>);

impl HeapBlocks {
    fn insert(&mut self, block: u32) {
        let word = block as usize / 64;
        if word >= self.0.len() {
            self.0.resize(word + 1, 0);
        }
        self.0[word] |= 1 << (block % 64);
    }

    /// Removes the block and says whether it was in.
    fn remove(&mut self, block: u32) -> bool {
        let bit = 1 << (block % 64);
        match self.0.get_mut(block as usize / 64) {
            Some(word) if *word & bit != 0 => {
                *word &= !bit;
                true
            }
            _ => false,
        }
    }
}

/// A point in the lives of stack blocks, taken by [`Memory::enter`].
#[derive(Clone, Copy, Debug)]
pub struct Mark {
    stack: usize,
    va_frames: usize,
}

impl Memory {
    /// Memory with `statics` empty static blocks, numbered from 1, to be filled by [`Memory::define`], and after them
    /// the string literals, which [`Ptr::literal`] points to.
    pub fn new(statics: u32, literals: &[&[u8]]) -> Self {
        let empty = (0..=statics).map(|_| Block::default());
        Memory {
            blocks: empty.chain(literals.iter().map(|&text| Block::from(text))).collect(),
            first_literal: statics + 1,
            literals: literals.len() as u32,
            freed: VecDeque::new(),
            pool: Pool::default(),
            heap: HeapBlocks::default(),
            stack: Vec::new(),
            library: HashMap::new(),
            va_frames: VaFrames::default(),
        }
    }

    /// Gives the static block at `at` its initial value.
    pub fn define<T: Pod>(&mut self, at: Ptr<T>, value: T) {
        let mut bytes = vec![0; T::SIZE].into_boxed_slice();
        value.store(&mut bytes);
        self.blocks[at.block() as usize] = bytes;
    }

    /// Gives the static block at `at` its size; its bytes are zero.
    pub fn define_zeroed<T>(&mut self, at: Ptr<T>, size: usize) {
        self.blocks[at.block() as usize] = vec![0; size].into_boxed_slice();
    }

    /// `argv`: the strings of the command line in blocks, and a block with a pointer to each and a null pointer.
    pub fn arguments(&mut self, args: &[Vec<u8>]) -> Ptr<Ptr<u8>> {
        let argv: Ptr<Ptr<u8>> = self.new_ptr(vec![0; (args.len() + 1) * 8]);
        for (i, arg) in args.iter().enumerate() {
            let text = self.new_ptr([arg, &b"\0"[..]].concat());
            self.write(argv + i, text);
        }
        argv
    }

    fn new_ptr<T>(&mut self, bytes: Vec<u8>) -> Ptr<T> {
        Ptr::new(self.new_block(bytes.into_boxed_slice()), 0)
    }

    /// Reads the value at `at`. What is not the access itself ends the program out of line, so that the optimiser can
    /// hoist and merge the look-ups.
    #[inline(always)]
    #[track_caller]
    pub fn read<T: Pod>(&self, at: Ptr<T>) -> T {
        let start = at.offset() as usize;
        if let Some(block) = self.blocks.get(at.block() as usize) {
            if let Some(bytes) = block.get(start..start + T::SIZE) {
                return T::load(bytes);
            }
        }
        self.bad_access("read", at.cast(), T::SIZE as u64)
    }

    /// Writes `value` at `at`.
    #[inline(always)]
    #[track_caller]
    pub fn write<T: Pod>(&mut self, at: Ptr<T>, value: T) {
        let start = at.offset() as usize;
        if let Some(block) = self.writable(at.block()) {
            if let Some(bytes) = block.get_mut(start..start + T::SIZE) {
                return value.store(bytes);
            }
        }
        self.bad_access("write", at.cast(), T::SIZE as u64)
    }

    /// Reads a bit-field of the struct at `at`.
    #[track_caller]
    pub fn read_bits<S, F: Bits>(&self, at: Ptr<S>, field: BitField<S, F>) -> F {
        let bytes = field_bytes(field);
        field.at_start().load(self.bytes(at.byte_add(field.offset), bytes))
    }

    /// Writes a bit-field of the struct at `at`; the neighbours stay.
    #[track_caller]
    pub fn write_bits<S, F: Bits>(&mut self, at: Ptr<S>, field: BitField<S, F>, value: F) {
        let bytes = field_bytes(field);
        field.at_start().store(self.bytes_mut(at.byte_add(field.offset), bytes), value);
    }

    /// The `count` bytes at `at`.
    #[inline]
    #[track_caller]
    pub fn bytes<T: ?Sized>(&self, at: Ptr<T>, count: u64) -> &[u8] {
        if count == 0 {
            return &[];
        }
        let start = at.offset() as usize;
        match self.block(at).get(start..start.saturating_add(count as usize)) {
            Some(bytes) => bytes,
            None => self.bad_access("read", at.cast(), count),
        }
    }

    /// The `count` bytes at `at`, to be written.
    #[inline]
    #[track_caller]
    pub fn bytes_mut<T: ?Sized>(&mut self, at: Ptr<T>, count: u64) -> &mut [u8] {
        if count == 0 {
            return &mut [];
        }
        let start = at.offset() as usize;
        let end = start.saturating_add(count as usize);
        let fits = self.writable(at.block()).is_some_and(|block| end <= block.len());
        if !fits {
            self.bad_access("write", at.cast(), count);
        }
        &mut self.blocks[at.block() as usize][start..end]
    }

    /// The bytes from `at` to the end of its block.
    #[inline]
    #[track_caller]
    pub fn tail<T: ?Sized>(&self, at: Ptr<T>) -> &[u8] {
        match self.block(at).get(at.offset() as usize..) {
            Some(bytes) => bytes,
            None => self.bad_access("read", at.cast(), 1),
        }
    }

    /// The string at `at`, without its NUL.
    #[track_caller]
    pub fn c_str(&self, at: Ptr<u8>) -> &[u8] {
        let tail = self.tail(at);
        match find_byte(tail, 0) {
            Some(len) => &tail[..len],
            None => self.bad_access("read", at.byte_add(tail.len() as u32).cast(), 1),
        }
    }

    /// Copies `count` bytes from `from` to `to`, as memmove does.
    #[inline]
    #[track_caller]
    pub fn copy<T: ?Sized, U: ?Sized>(&mut self, to: Ptr<T>, from: Ptr<U>, count: u64) {
        const SMALL: usize = 64;
        let size = count as usize;
        if size <= SMALL {
            let mut bytes = [0; SMALL];
            bytes[..size].copy_from_slice(self.bytes(from, count));
            self.bytes_mut(to, count).copy_from_slice(&bytes[..size]);
        } else {
            self.copy_large(to.cast(), from.cast(), size);
        }
    }

    #[track_caller]
    fn copy_large(&mut self, to: Ptr<Void>, from: Ptr<Void>, size: usize) {
        self.bytes(from, size as u64);
        self.bytes_mut(to, size as u64);
        let (source, target) = (from.offset() as usize, to.offset() as usize);
        match self.blocks.get_disjoint_mut([from.block() as usize, to.block() as usize]) {
            Ok([from, to]) => to[target..target + size].copy_from_slice(&from[source..source + size]),
            Err(_) => self.blocks[to.block() as usize].copy_within(source..source + size, target),
        }
    }

    /// A new heap block of `size` zero bytes; null where C's malloc would give null.
    pub fn allocate(&mut self, size: u64) -> Ptr<Void> {
        if size > MAX_BLOCK {
            return Ptr::NULL;
        }
        let bytes = self.pool.take(size as usize);
        let block = self.new_block(bytes);
        self.heap.insert(block);
        Ptr::new(block, 0)
    }

    /// As [`Memory::allocate`], with an int form that is a multiple of `alignment`, a power of two: block numbers are passed
    /// over until one has it.
    pub fn allocate_aligned(&mut self, size: u64, alignment: u64) -> Ptr<Void> {
        if size > MAX_BLOCK || alignment > MAX_BLOCK {
            return Ptr::NULL;
        }
        let is_aligned = |block| Ptr::<Void>::new(block, 0).to_int() & (alignment - 1) == 0;
        let mut passed = Vec::new();
        let mut block = self.new_block(Block::default());
        while !is_aligned(block) {
            passed.push(block);
            block = self.new_block(Block::default());
        }
        self.freed.extend(passed);
        self.blocks[block as usize] = self.pool.take(size as usize);
        self.heap.insert(block);
        Ptr::new(block, 0)
    }

    /// Frees a heap block; null is ignored.
    #[track_caller]
    pub fn release(&mut self, at: Ptr<Void>) {
        if !at.is_null() {
            let bytes = self.take_heap_block(at, "free");
            self.pool.give(bytes);
        }
    }

    /// Moves a heap block into one of `size` bytes; what is new of it is zero.
    #[track_caller]
    pub fn reallocate(&mut self, at: Ptr<Void>, size: u64) -> Ptr<Void> {
        if at.is_null() {
            return self.allocate(size);
        }
        if size > MAX_BLOCK {
            return Ptr::NULL;
        }
        let mut bytes = self.take_heap_block(at, "realloc").into_vec();
        bytes.reserve_exact((size as usize).saturating_sub(bytes.len()));
        bytes.resize(size as usize, 0);
        let block = self.new_block(bytes.into_boxed_slice());
        self.heap.insert(block);
        Ptr::new(block, 0)
    }

    /// The static block that the library keeps under `name`, of `size` zero bytes when first asked for: what C's
    /// library hands out pointers to (the results of `strerror`, `localtime`, `getenv`). `free` refuses it.
    pub(crate) fn library_block(&mut self, name: &'static str, size: usize) -> Ptr<Void> {
        if let Some(&at) = self.library.get(name) {
            return at;
        }
        let at = Ptr::new(self.new_block(vec![0; size].into_boxed_slice()), 0);
        self.library.insert(name, at);
        at
    }

    /// The size of the heap block that starts at `at`.
    pub fn heap_size(&self, at: Ptr<Void>) -> u64 {
        self.blocks.get(at.block() as usize).map_or(0, |block| block.len() as u64)
    }

    /// Marks the start of a function's life; [`Memory::leave`] ends the lives of the stack blocks made since.
    #[inline]
    pub fn enter(&self) -> Mark {
        Mark { stack: self.stack.len(), va_frames: self.va_frames.len() }
    }

    #[inline]
    pub fn leave(&mut self, mark: Mark) {
        while self.stack.len() > mark.stack {
            if let Some(block) = self.stack.pop() {
                self.retire(block);
            }
        }
        if self.va_frames.len() > mark.va_frames {
            self.va_frames.truncate(mark.va_frames);
        }
    }

    /// A new stack block that holds `value`.
    #[inline]
    pub fn local<T: Pod>(&mut self, value: T) -> Ptr<T> {
        let mut bytes = self.pool.take_stale(T::SIZE);
        if let Some(bytes) = bytes.get_mut(..T::SIZE) {
            bytes.fill(0); // padding
            value.store(bytes);
        }
        Ptr::new(self.new_stack_block(bytes), 0)
    }

    /// A new stack block of `size` zero bytes, freed when its function ends: C's alloca.
    #[track_caller]
    pub fn alloca(&mut self, size: u64) -> Ptr<Void> {
        if size > MAX_BLOCK {
            panic!("stack overflow: a local of {size} bytes");
        }
        let bytes = self.pool.take(size as usize);
        Ptr::new(self.new_stack_block(bytes), 0)
    }

    fn new_stack_block(&mut self, bytes: Block) -> u32 {
        let block = self.new_block(bytes);
        self.stack.push(block);
        block
    }

    /// Ends the life of a stack block before its function ends, where a variable-length array goes out of scope. Null
    /// is ignored.
    pub fn end_local<T>(&mut self, at: Ptr<T>) {
        if let Some(index) = self.stack.iter().rposition(|&block| block == at.block()) {
            self.stack.remove(index);
            self.retire(at.block());
        }
    }

    /// The bytes of the block that `at` points into; none where it points nowhere.
    #[inline(always)]
    fn block<T: ?Sized>(&self, at: Ptr<T>) -> &[u8] {
        match self.blocks.get(at.block() as usize) {
            Some(block) => block,
            None => &[],
        }
    }

    /// The block that a write goes to: none where there is no such block, or it is a string literal.
    #[inline(always)]
    fn writable(&mut self, block: u32) -> Option<&mut Block> {
        if self.is_literal(block) {
            return None;
        }
        self.blocks.get_mut(block as usize)
    }

    #[inline(always)]
    fn is_literal(&self, block: u32) -> bool {
        block.wrapping_sub(self.first_literal) < self.literals
    }

    fn new_block(&mut self, bytes: Block) -> u32 {
        if self.freed.len() > QUARANTINE {
            if let Some(block) = self.freed.pop_front() {
                self.blocks[block as usize] = bytes;
                return block;
            }
        }
        self.blocks.push(bytes);
        let block = self.blocks.len() - 1;
        assert!(block < HANDLES as usize, "out of memory: too many blocks");
        block as u32
    }

    /// Empties a block and sends its number to the quarantine.
    fn retire(&mut self, block: u32) {
        let bytes = std::mem::take(&mut self.blocks[block as usize]);
        self.pool.give(bytes);
        self.freed.push_back(block);
    }

    #[track_caller]
    fn take_heap_block(&mut self, at: Ptr<Void>, function: &str) -> Block {
        if at.offset() != 0 || at.block() >= HANDLES || self.is_literal(at.block()) {
            panic!("{function} of a pointer that malloc did not give ({at:?})");
        }
        if !self.heap.remove(at.block()) {
            panic!("{function} of a block that is free or not of the heap ({at:?})");
        }
        let bytes = std::mem::take(&mut self.blocks[at.block() as usize]);
        self.freed.push_back(at.block());
        bytes
    }

    #[cold]
    #[inline(never)]
    #[track_caller]
    fn bad_access(&self, verb: &str, at: Ptr<Void>, size: u64) -> ! {
        let offset = at.offset() as i32;
        if at.block() == 0 {
            panic!("{verb} of {size} bytes through a null pointer (offset {offset})");
        }
        if at.block() >= HANDLES {
            let what = if at.block() >= FUNCTIONS { "a function" } else { "a library handle" };
            panic!("{verb} of {size} bytes through the address of {what}");
        }
        let len = self.block(at).len();
        if self.is_literal(at.block()) && verb == "write" {
            panic!("write to a string literal");
        }
        if len == 0 {
            panic!("{verb} of {size} bytes in a block that is free or empty ({at:?})");
        }
        panic!("{verb} of {size} bytes at offset {offset} of a block of {len} bytes");
    }
}

/// The index of the first `byte`. Strings are mostly short, so the first bytes are looked at word by word, the rest in
/// chunks that the compiler turns into vector compares.
#[inline]
pub fn find_byte(bytes: &[u8], byte: u8) -> Option<usize> {
    const SHORT: usize = 32;
    const CHUNK: usize = 64;
    let (head, rest) = bytes.split_at(bytes.len().min(SHORT));
    if let Some(index) = find_by_words(head, byte) {
        return Some(index);
    }
    let has_byte = |chunk: &[u8]| chunk.iter().fold(0, |found, &b| found | u8::from(b == byte)) != 0;
    let mut start = 0;
    while let Some(chunk) = rest[start..].first_chunk::<CHUNK>() {
        if has_byte(chunk) {
            break;
        }
        start += CHUNK;
    }
    find_by_words(&rest[start..], byte).map(|index| SHORT + start + index)
}

/// [`find_byte`] eight bytes at a time: subtracting 1 from each byte borrows from the first zero byte's top bit.
#[inline]
fn find_by_words(bytes: &[u8], byte: u8) -> Option<usize> {
    const ONES: u64 = u64::MAX / 255;
    let (words, rest) = bytes.as_chunks::<8>();
    for (index, word) in words.iter().enumerate() {
        let differs = u64::from_le_bytes(*word) ^ (ONES * u64::from(byte));
        let zeros = differs.wrapping_sub(ONES) & !differs & (ONES << 7);
        if zeros != 0 {
            return Some(index * 8 + zeros.trailing_zeros() as usize / 8);
        }
    }
    rest.iter().position(|&b| b == byte).map(|index| words.len() * 8 + index)
}

fn field_bytes<S, F>(field: BitField<S, F>) -> u64 {
    u64::from((field.shift + field.width).div_ceil(8))
}

impl<S, F> BitField<S, F> {
    /// The same field where the bytes start at its own offset.
    fn at_start(self) -> Self {
        BitField::new(0, self.shift, self.width)
    }
}
