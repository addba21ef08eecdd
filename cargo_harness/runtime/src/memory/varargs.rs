//! Variable arguments: what a call passes after the named ones, and `va_list`.

use super::{FnPtr, LongDouble, Memory, Pod, Ptr};

/// One variable argument, after C's default promotions.
#[derive(Clone, Debug)]
pub enum VaArg {
    /// An integer or a pointer's int form, extended to 64 bits by its own signedness.
    Word(u64),
    Double(f64),
    /// A struct or another value, as its bytes.
    Bytes(Box<[u8]>),
}

impl VaArg {
    /// A struct passed by value.
    pub fn bytes<T: Pod>(value: T) -> Self {
        let mut bytes = vec![0; T::SIZE].into_boxed_slice();
        value.store(&mut bytes);
        VaArg::Bytes(bytes)
    }
}

macro_rules! word_args {
    ($($int:ty)*) => {$(
        impl From<$int> for VaArg {
            fn from(value: $int) -> Self {
                VaArg::Word(value as u64)
            }
        }

        impl VaValue for $int {
            fn from_arg(arg: &VaArg) -> Self {
                arg.word() as $int
            }
        }
    )*};
}
word_args!(i32 u32 i64 u64);

macro_rules! wide_args {
    ($($int:ty)*) => {$(
        impl From<$int> for VaArg {
            fn from(value: $int) -> Self {
                VaArg::bytes(value)
            }
        }

        impl VaValue for $int {
            fn from_arg(arg: &VaArg) -> Self {
                match arg {
                    VaArg::Bytes(bytes) if bytes.len() == Self::SIZE => Self::load(bytes),
                    _ => panic!("va_arg of an __int128 where another type was passed"),
                }
            }
        }
    )*};
}
wide_args!(i128 u128);

impl From<f64> for VaArg {
    fn from(value: f64) -> Self {
        VaArg::Double(value)
    }
}

impl<T: ?Sized> From<Ptr<T>> for VaArg {
    fn from(value: Ptr<T>) -> Self {
        VaArg::Word(value.to_int())
    }
}

impl<S> From<FnPtr<S>> for VaArg {
    fn from(value: FnPtr<S>) -> Self {
        VaArg::Word(value.to_int())
    }
}

impl VaArg {
    /// The argument as an integer's 64 bits.
    #[track_caller]
    pub fn word(&self) -> u64 {
        match self {
            VaArg::Word(word) => *word,
            _ => panic!("va_arg of an integer or pointer where another type was passed"),
        }
    }

    #[track_caller]
    pub fn double(&self) -> f64 {
        match self {
            VaArg::Double(double) => *double,
            _ => panic!("va_arg of a double where another type was passed"),
        }
    }
}

/// A type that `va_arg` can ask for.
pub trait VaValue: Sized {
    fn from_arg(arg: &VaArg) -> Self;
}

impl VaValue for f64 {
    fn from_arg(arg: &VaArg) -> Self {
        arg.double()
    }
}

impl VaValue for LongDouble {
    fn from_arg(arg: &VaArg) -> Self {
        LongDouble(arg.double())
    }
}

impl<T: ?Sized> VaValue for Ptr<T> {
    fn from_arg(arg: &VaArg) -> Self {
        Ptr::from_int(arg.word())
    }
}

impl<S> VaValue for FnPtr<S> {
    fn from_arg(arg: &VaArg) -> Self {
        FnPtr::from_int(arg.word())
    }
}

/// `va_list`: which call's arguments, and how many of them were taken. A plain value, so C's copies and pointers to
/// it work; 24 bytes, as on x86-64.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct VaList {
    frame: u32,
    next: u32,
}

impl VaList {
    /// The list that has no arguments.
    pub const ZERO: Self = VaList { frame: 0, next: 0 };
}

impl Pod for VaList {
    const SIZE: usize = 24;
    const ALIGN: usize = 8;
    const ZERO: Self = VaList { frame: 0, next: 0 };

    fn load(bytes: &[u8]) -> Self {
        VaList { frame: u32::load(&bytes[..4]), next: u32::load(&bytes[4..8]) }
    }

    fn store(self, bytes: &mut [u8]) {
        self.frame.store(&mut bytes[..4]);
        self.next.store(&mut bytes[4..8]);
    }
}

/// The argument lists of the variadic calls that are under way.
#[derive(Default)]
pub(super) struct VaFrames(Vec<Box<[VaArg]>>);

impl VaFrames {
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn truncate(&mut self, len: usize) {
        self.0.truncate(len);
    }
}

impl Memory {
    /// `va_start`: keeps the arguments until the function leaves (see [`Memory::enter`]).
    pub fn va_start(&mut self, args: &[VaArg]) -> VaList {
        self.va_frames.0.push(args.into());
        VaList { frame: self.va_frames.len() as u32, next: 0 }
    }

    /// `va_arg` of a scalar; moves `list` on.
    #[track_caller]
    pub fn va_arg<T: VaValue>(&self, list: &mut VaList) -> T {
        T::from_arg(self.next_arg(list))
    }

    /// `va_arg` of a struct; moves `list` on.
    #[track_caller]
    pub fn va_arg_bytes<T: Pod>(&self, list: &mut VaList) -> T {
        match self.next_arg(list) {
            VaArg::Bytes(bytes) if bytes.len() == T::SIZE => T::load(bytes),
            _ => panic!("va_arg of a struct where another type was passed"),
        }
    }

    /// The arguments that `list` has not taken yet.
    #[track_caller]
    pub fn va_rest(&self, list: VaList) -> &[VaArg] {
        match self.va_frames.0.get((list.frame as usize).wrapping_sub(1)) {
            Some(args) => args.get(list.next as usize..).unwrap_or(&[]),
            None => panic!("va_list used outside the life of its function"),
        }
    }

    #[track_caller]
    fn next_arg(&self, list: &mut VaList) -> &VaArg {
        match self.va_rest(*list).first() {
            Some(arg) => {
                list.next += 1;
                arg
            }
            None => panic!("va_arg past the last argument"),
        }
    }
}
