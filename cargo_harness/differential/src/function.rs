//! What the generated crate says of each function.

use crate::rust_side::RustSide;
use crate::types::{TypeId, Types};

/// How many elements behind a pointer parameter the function may access.
pub enum Extent {
    /// It is not known.
    Unknown,
    /// As many as the number says.
    Exactly(usize),
    /// Indices from `lo` on, below `hi`, and below what each length says.
    Within { lo: i64, hi: i64, lengths: &'static [Length] },
    /// All of an array that others point into, too.
    Position(Position),
}

/// Where in an array that several parameters point into a pointer may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Position {
    /// At its start, from which the others count.
    Start,
    /// Anywhere: all count from the start of the array.
    Anywhere,
    /// Anywhere in the array of that parameter.
    In(usize),
}

/// Indices are below max(least, value of the integer parameter `param` + constant).
pub struct Length {
    pub param: usize,
    pub constant: i64,
    pub least: i64,
}

pub struct Param {
    pub name: &'static str,
    pub of: TypeId,
    pub extent: Extent,
    /// Whether null, and another parameter's block, may be passed: not behind a reference.
    pub free: bool,
    /// Whether the reference may be missing, as null is.
    pub optional: bool,
}

/// A variable of the C that the function uses, and that is set and compared with the translation's.
pub struct Global {
    pub name: &'static str,
    pub of: TypeId,
    /// Where the C has it.
    pub c: unsafe extern "C" fn(),
}

/// One function to compare.
pub struct Function {
    /// The name under which it is asked for.
    pub name: &'static str,
    pub params: &'static [Param],
    pub globals: &'static [Global],
    pub result: TypeId,
    pub c: unsafe extern "C" fn(*mut *mut u8, *mut u8),
    pub rust: fn(&mut RustSide<'_>),
    /// Constants that the C mentions.
    pub constants: &'static [i128],
    /// Whether it prints, so that what it prints is compared.
    pub prints: bool,
    /// Whether it uses static data that has to be put back.
    pub statics: bool,
    /// Whether objects of arenas are made for it.
    pub graphs: bool,
}

/// All that is compared.
pub struct Table {
    pub types: Types,
    pub functions: &'static [Function],
}

impl Param {
    /// Whether null may be passed.
    pub fn may_be_null(&self) -> bool {
        self.free || self.optional
    }
}

impl Function {
    /// Whether the C touches no memory of ours, so that it cannot harm the process.
    pub fn is_scalar(&self, types: Types) -> bool {
        self.globals.is_empty() && !self.statics && self.params.iter().all(|param| !types.has_pointers(param.of))
    }
}
