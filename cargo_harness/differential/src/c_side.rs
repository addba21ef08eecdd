//! The C function's call: an input laid out as C has it, with canaries between the blocks, and what is left of it.

use std::ffi::{c_char, c_int, c_long, c_void, CStr};
use std::ptr;

use c2rs_rt::Pod;

use crate::function::{Function, Global};
use crate::input::{Input, Link};
use crate::types::{Type, TypeId, Types};

type Shim = unsafe extern "C" fn(*mut *mut u8, *mut u8);

extern "C" {
    fn c2rs_call(shim: Shim, args: *mut *mut u8, result: *mut u8) -> c_int;
    fn c2rs_status() -> c_int;
    fn c2rs_message() -> *const c_char;
    fn c2rs_fault() -> *const u8;
    fn c2rs_stack_is_used_up() -> c_int;
    fn c2rs_arena(size: usize) -> *mut u8;
    fn c2rs_arena_block(at: *mut u8, size: usize);
    fn c2rs_allocation(at: *const u8, start: *mut *mut u8) -> c_long;
    fn c2rs_allocations() -> usize;
    fn c2rs_was_freed(at: *const u8) -> c_int;
    fn c2rs_poison(at: *mut u8, size: usize);
    fn c2rs_unpoison(at: *mut u8, size: usize);
    fn c2rs_free_all();
    fn c2rs_readable(at: *const c_void, size: usize) -> c_int;
    fn c2rs_data_save();
    fn c2rs_data_restore(sanitized: c_int);
    fn c2rs_share_counters();
    fn c2rs_flush();
}

const ARENA: usize = 1 << 23;
/// Addresses on both sides of the arena that nothing else has, as the hooks have it.
const DESERT: u64 = 1 << 38;
const CANARY: u8 = 0xC7;
/// Bytes of canary before and behind each block, at least.
const GAP: usize = 32;
/// What lies between two blocks in the sanitized build, poisoned: accesses that go far astray are to be seen, too.
const WIDE_GAP: usize = 1 << 14;
/// Results are at most this large.
const RESULT: usize = 1 << 12;

/// How a call of the C ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    Returned,
    /// It called `exit`, or `abort` as status 134.
    Exited(i32),
    /// A check of UBSan's said no.
    Undefined(String),
}

/// Bytes of an allocation that are looked at.
const MOST_BYTES: usize = 1 << 12;

/// What a C address points into.
pub enum Target {
    Null,
    /// The byte of a block of the input.
    Block(usize, usize),
    /// The byte of something that the C allocated, with the start and size of that.
    Heap { start: usize, offset: usize, size: usize },
    Elsewhere,
}

/// The bytes of a variable before anything has run.
pub fn initial_bytes(types: Types, global: &Global) -> Vec<u8> {
    // SAFETY: the C variable of that type.
    unsafe { std::slice::from_raw_parts(global.c as *const u8, types.size(global.of)).to_vec() }
}

/// Copies the bytes to where there is room for them. Most are a number or an address.
#[inline]
unsafe fn copy(bytes: &[u8], to: *mut u8) {
    match bytes.len() {
        4 => ptr::copy_nonoverlapping(bytes.as_ptr(), to, 4),
        8 => ptr::copy_nonoverlapping(bytes.as_ptr(), to, 8),
        size => ptr::copy_nonoverlapping(bytes.as_ptr(), to, size),
    }
}

/// Lays out inputs and calls the C.
pub struct CSide {
    types: Types,
    sanitized: bool,
    arena: *mut u8,
    used: usize,
    /// Whether the blocks lie in another order and at other distances.
    shuffled: bool,
    /// The parameters, which the C takes by value: it has no address of these.
    values: Vec<u128>,
    /// Address and size of each block of the input, and whether canaries are around it.
    blocks: Vec<(*mut u8, usize, bool)>,
    args: Vec<*mut u8>,
    result: Box<[u128; RESULT / 16]>,
}

impl CSide {
    pub fn new(types: Types, sanitized: bool) -> Self {
        // SAFETY: the hooks map a new arena, which is never unmapped, and save the static data of the C.
        let arena = unsafe {
            let arena = c2rs_arena(ARENA);
            if sanitized {
                c2rs_poison(arena, ARENA);
            }
            c2rs_data_save();
            arena
        };
        let result = Box::new([0; RESULT / 16]);
        CSide {
            types,
            sanitized,
            arena,
            used: 0,
            shuffled: false,
            values: Vec::new(),
            blocks: Vec::new(),
            args: Vec::new(),
            result,
        }
    }

    /// Keeps the counters of gcov in pages that forked processes share.
    pub fn share_counters() {
        // SAFETY: maps pages over the counters, with their contents.
        unsafe { c2rs_share_counters() }
    }

    /// Calls the C on the input with its blocks elsewhere: an access far behind one of these, which led into another, does so no
    /// more. In the sanitized build.
    pub fn run_elsewhere(&mut self, function: &Function, input: &Input) -> End {
        self.shuffled = true;
        let end = self.run(function, input);
        self.shuffled = false;
        end
    }

    /// Calls the C on the input.
    pub fn run(&mut self, function: &Function, input: &Input) -> End {
        // SAFETY: the hooks free what the last call left; restoring writes the static data of the C alone.
        unsafe {
            c2rs_free_all();
            if function.statics {
                c2rs_data_restore(c_int::from(self.sanitized));
            }
        }
        self.lay_out(function, input);
        self.result[..self.types.size(function.result).div_ceil(16)].fill(0);
        self.args.clear();
        self.args.extend(self.blocks.iter().take(function.params.len()).map(|&(at, _, _)| at));
        let result = self.result.as_mut_ptr().cast::<u8>();
        // SAFETY: this is the point of the whole crate: C is called, with arguments of its types. What it may do wrong,
        // the supervising process survives, and a sanitized process finds out.
        let how = unsafe { c2rs_call(function.c, self.args.as_mut_ptr(), result) };
        if function.prints {
            // SAFETY: flushes C's streams.
            unsafe { c2rs_flush() };
        }
        match how {
            0 => End::Returned,
            // SAFETY: reads a number that the hooks keep.
            1 => End::Exited(unsafe { c2rs_status() }),
            // SAFETY: the hooks keep a text that ends with a NUL.
            _ => End::Undefined(unsafe { CStr::from_ptr(c2rs_message()) }.to_string_lossy().into_owned()),
        }
    }

    /// Copies the blocks to where the C gets them, and points its pointers there.
    fn lay_out(&mut self, function: &Function, input: &Input) {
        self.blocks.clear();
        if self.sanitized {
            // SAFETY: all of it is the arena.
            unsafe { c2rs_poison(self.arena, ARENA.min(self.used + 3 * WIDE_GAP)) };
        }
        self.used = 0;
        let (params, others) = input.blocks().split_at(function.params.len());
        self.values.resize(params.iter().map(|block| block.bytes.len().div_ceil(16)).sum(), 0);
        let mut value = self.values.as_mut_ptr();
        for block in params {
            self.blocks.push((value.cast(), block.bytes.len(), false));
            value = value.wrapping_add(block.bytes.len().div_ceil(16));
        }
        let (globals, pointees) = others.split_at(function.globals.len());
        let variables = function.globals.iter().zip(globals);
        self.blocks.extend(variables.map(|(global, block)| (global.c as *mut u8, block.bytes.len(), false)));
        let first = self.blocks.len();
        for block in pointees {
            self.blocks.push((ptr::null_mut(), block.bytes.len(), true));
        }
        for number in 0..pointees.len() {
            let number = first + if self.shuffled { pointees.len() - 1 - number } else { number };
            self.blocks[number].0 = self.place(self.blocks[number].1);
        }
        for (number, block) in input.blocks().iter().enumerate() {
            let (at, _, _) = self.blocks[number];
            // SAFETY: `at` has room for `size` bytes: of the values, of the arena, or of the C variable of that type.
            unsafe { copy(&block.bytes, at) };
            for &(offset, link) in &block.links {
                let address = match link {
                    Link::Block(target, inside) => self.blocks[target].0.wrapping_add(inside) as u64,
                    Link::Function(target) => self.function_address(block.of, offset, target),
                };
                // SAFETY: links lie in their block.
                unsafe { ptr::copy_nonoverlapping(address.to_le_bytes().as_ptr(), at.add(offset), 8) };
            }
        }
    }

    /// Room in the arena with canaries on both sides.
    fn place(&mut self, size: usize) -> *mut u8 {
        let gap = match (self.sanitized, self.shuffled) {
            (false, _) => GAP,
            (true, false) => WIDE_GAP,
            (true, true) => WIDE_GAP + (self.used / 13) % WIDE_GAP / 16 * 16,
        };
        let start = self.used + gap;
        let end = start + size;
        let next = (end + GAP).next_multiple_of(16);
        assert!(next <= ARENA, "an input of more than {ARENA} bytes");
        // SAFETY: all of it lies in the arena.
        unsafe {
            if self.sanitized {
                c2rs_unpoison(self.arena.add(start), size);
            } else {
                ptr::write_bytes(self.arena.add(self.used), CANARY, GAP);
                ptr::write_bytes(self.arena.add(end), CANARY, next - end);
            }
            c2rs_arena_block(self.arena.add(start), size);
        }
        self.used = next;
        self.arena.wrapping_add(start)
    }

    fn function_address(&self, of: TypeId, offset: usize, target: usize) -> u64 {
        let mut address = 0;
        let size = self.types.size(of).max(1);
        self.types.scalars(of, offset / size * size, &mut |at, scalar| {
            if let (true, Type::Function { targets }) = (at == offset, self.types.get(scalar)) {
                address = targets[target].c as usize as u64;
            }
        });
        address
    }

    /// Whether the C wrote beside its blocks.
    pub fn is_damaged(&self) -> bool {
        let mut from = 0;
        for &(at, size, _) in self.blocks.iter().filter(|&&(_, _, guarded)| guarded) {
            let start = at as usize - self.arena as usize;
            if !self.is_canary(from, start) {
                return true;
            }
            from = start + size;
        }
        !self.is_canary(from, self.used.max(from))
    }

    fn is_canary(&self, from: usize, to: usize) -> bool {
        const CANARIES: [u8; 4 * GAP] = [CANARY; 4 * GAP];
        // SAFETY: offsets of the arena.
        let bytes = unsafe { std::slice::from_raw_parts(self.arena.add(from), to - from) };
        bytes.chunks(CANARIES.len()).all(|bytes| *bytes == CANARIES[..bytes.len()])
    }

    /// The bytes of a block as the C left them; None where it freed it.
    pub fn block(&self, number: usize) -> Option<&[u8]> {
        let (at, size, guarded) = self.blocks[number];
        // SAFETY: the hooks look the address up; the block is as large as it was made.
        unsafe { (!guarded || c2rs_was_freed(at) == 0).then(|| std::slice::from_raw_parts(at, size)) }
    }

    pub fn result(&self, size: usize) -> &[u8] {
        // SAFETY: the buffer is larger than any result.
        unsafe { std::slice::from_raw_parts(self.result.as_ptr().cast::<u8>(), size) }
    }

    /// What an address is the address of.
    pub fn target(&self, address: u64) -> Target {
        if address == 0 {
            return Target::Null;
        }
        let address = address as usize;
        for (number, &(at, size, _)) in self.blocks.iter().enumerate() {
            if (at as usize..=at as usize + size).contains(&address) {
                return Target::Block(number, address - at as usize);
            }
        }
        let mut start = ptr::null_mut();
        // SAFETY: the hooks search their table.
        match unsafe { c2rs_allocation(address as *const u8, &mut start) } {
            -1 => Target::Elsewhere,
            size => Target::Heap { start: start as usize, offset: address - start as usize, size: size as usize },
        }
    }

    /// Whether the result or a block has a pointer that leads near a block and into none.
    pub fn leaves_stray_pointer(&self, function: &Function, input: &Input) -> bool {
        let inputs = input.blocks().iter().enumerate();
        let blocks = inputs.filter(|(_, block)| self.types.has_pointers(block.of));
        let blocks = blocks.filter_map(|(number, block)| Some((block.of, self.block(number)?)));
        let size = self.types.size(function.result);
        let result = self.types.has_pointers(function.result).then(|| (function.result, self.result(size)));
        result.into_iter().chain(blocks).any(|(of, bytes)| self.has_stray_pointer(of, bytes))
    }

    fn has_stray_pointer(&self, of: TypeId, bytes: &[u8]) -> bool {
        let size = self.types.size(of).max(1);
        let mut found = false;
        for start in (0..bytes.len() / size).map(|index| index * size) {
            self.types.scalars(of, start, &mut |at, scalar| {
                if let Type::Pointer { .. } = self.types.get(scalar) {
                    found |= self.is_stray(u64::load(&bytes[at..at + 8]));
                }
            });
        }
        found
    }

    fn is_stray(&self, address: u64) -> bool {
        let near = (self.arena as u64 - DESERT)..(self.arena as u64 + ARENA as u64 + DESERT);
        near.contains(&address) && matches!(self.target(address), Target::Elsewhere)
    }

    /// Whether the last call recursed until there was no stack. In the sanitized build.
    pub fn used_up_stack(&self) -> bool {
        // SAFETY: reads a number that the hooks keep.
        unsafe { c2rs_stack_is_used_up() != 0 }
    }

    /// The block of the input behind whose end the last call would have accessed something, and the byte, counted from the
    /// block's start. In the sanitized build.
    pub fn overrun(&self) -> Option<(usize, usize)> {
        // SAFETY: reads an address that the hooks keep.
        let fault = unsafe { c2rs_fault() } as usize;
        let guarded = self.blocks.iter().enumerate().filter(|(_, block)| block.2 && block.0 as usize <= fault);
        let (number, &(at, size, _)) = guarded.max_by_key(|(_, block)| block.0 as usize)?;
        let offset = fault - at as usize;
        (size..WIDE_GAP).contains(&offset).then_some((number, offset))
    }

    /// How many objects the C allocated and has not freed.
    pub fn allocations(&self) -> usize {
        // SAFETY: reads a number that the hooks keep.
        unsafe { c2rs_allocations() }
    }

    /// What the C allocated and has not freed, as `target` found it: all of it, or the first bytes.
    pub fn allocated(&self, start: usize, size: usize) -> &[u8] {
        // SAFETY: the hooks keep allocations until the next call of the C.
        unsafe { std::slice::from_raw_parts(start as *const u8, size.min(MOST_BYTES)) }
    }

    /// Memory of the C that is no block of the input, and that nobody is known to have allocated; None where it cannot be read.
    pub fn memory(&self, start: usize, size: usize) -> Option<&[u8]> {
        // SAFETY: that the bytes can be read was asked the system.
        unsafe {
            (c2rs_readable(start as *const c_void, size) != 0)
                .then(|| std::slice::from_raw_parts(start as *const u8, size))
        }
    }
}
