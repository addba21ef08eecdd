//! What the printf and scanf families are given after the format: C's variable arguments, or Rust values and places.

use crate::memory::{FnPtr, LongDouble, Memory, Pod, Ptr, VaArg, Void};

/// An argument of the printf family. [`printf!`](crate::printf) and its kin make these from their operands.
#[derive(Clone, Copy, Debug)]
pub enum PrintArg<'a> {
    /// An integer, or a pointer's int form.
    Word(u64),
    Double(f64),
    /// A string with its NUL, of which only as much as the precision asks for need be there; none for null.
    Text(Option<&'a [u8]>),
    Wide(&'a [i32]),
}

impl PrintArg<'_> {
    #[track_caller]
    pub(super) fn word(self) -> u64 {
        match self {
            PrintArg::Word(word) => word,
            _ => panic!("an argument of another type where the format asks for an integer"),
        }
    }

    #[track_caller]
    pub(super) fn double(self) -> f64 {
        match self {
            PrintArg::Double(double) => double,
            _ => panic!("an argument of another type where the format asks for a floating number"),
        }
    }
}

/// The arguments of one call of the printf family.
#[derive(Clone, Copy)]
pub(crate) enum PrintArgs<'a> {
    Variable(&'a [VaArg]),
    Values(&'a [PrintArg<'a>]),
}

impl<'a> PrintArgs<'a> {
    #[inline]
    #[track_caller]
    pub(super) fn get(self, index: usize) -> PrintArg<'a> {
        let (arg, count) = match self {
            PrintArgs::Variable(args) => (args.get(index).map(from_variable), args.len()),
            PrintArgs::Values(args) => (args.get(index).copied(), args.len()),
        };
        match arg {
            Some(arg) => arg,
            None => panic!("the format asks for argument {} of {count}", index + 1),
        }
    }
}

#[inline]
#[track_caller]
fn from_variable(arg: &VaArg) -> PrintArg<'static> {
    match *arg {
        VaArg::Word(word) => PrintArg::Word(word),
        VaArg::Double(double) => PrintArg::Double(double),
        VaArg::Bytes(_) => panic!("a struct where the format asks for a number or a string"),
    }
}

/// Values that can be printed without the program's memory. (A `char` comes as the `int` that it is promoted to, so
/// there is no `u8`.)
pub trait Printable {
    fn print_arg(&self) -> PrintArg<'_>;
}

macro_rules! printable_words {
    ($($int:ty)*) => {$(
        impl Printable for $int {
            #[inline]
            fn print_arg(&self) -> PrintArg<'_> {
                PrintArg::Word(*self as u64)
            }
        }
    )*};
}
printable_words!(i32 u32 i64 u64);

impl Printable for f64 {
    #[inline]
    fn print_arg(&self) -> PrintArg<'_> {
        PrintArg::Double(*self)
    }
}

impl Printable for [u8] {
    #[inline]
    fn print_arg(&self) -> PrintArg<'_> {
        PrintArg::Text(Some(self))
    }
}

impl Printable for [i32] {
    fn print_arg(&self) -> PrintArg<'_> {
        PrintArg::Wide(self)
    }
}

impl<T, const N: usize> Printable for [T; N]
where
    [T]: Printable,
{
    #[inline]
    fn print_arg(&self) -> PrintArg<'_> {
        self.as_slice().print_arg()
    }
}

impl<T> Printable for Vec<T>
where
    [T]: Printable,
{
    fn print_arg(&self) -> PrintArg<'_> {
        self.as_slice().print_arg()
    }
}

impl<T: Printable + ?Sized> Printable for Box<T> {
    fn print_arg(&self) -> PrintArg<'_> {
        (**self).print_arg()
    }
}

impl<T: Printable + ?Sized> Printable for &T {
    #[inline]
    fn print_arg(&self) -> PrintArg<'_> {
        (**self).print_arg()
    }
}

impl<T: Printable + ?Sized> Printable for &mut T {
    #[inline]
    fn print_arg(&self) -> PrintArg<'_> {
        (**self).print_arg()
    }
}

impl<T: Printable> Printable for Option<T> {
    fn print_arg(&self) -> PrintArg<'_> {
        self.as_ref().map_or(PrintArg::Text(None), T::print_arg)
    }
}

/// Values that can be printed by a call that has the program's memory: pointers, too.
pub trait PrintableInMemory {
    fn print_arg_in_memory(&self) -> PrintArg<'_>;
}

impl<T: Printable + ?Sized> PrintableInMemory for T {
    #[inline]
    fn print_arg_in_memory(&self) -> PrintArg<'_> {
        self.print_arg()
    }
}

impl<T: ?Sized> PrintableInMemory for Ptr<T> {
    #[inline]
    fn print_arg_in_memory(&self) -> PrintArg<'_> {
        PrintArg::Word(self.to_int())
    }
}

impl<S> PrintableInMemory for FnPtr<S> {
    fn print_arg_in_memory(&self) -> PrintArg<'_> {
        PrintArg::Word(self.to_int())
    }
}

/// Where the scanf family stores a conversion. [`scanf!`](crate::scanf) and its kin make these from their operands.
pub enum ScanArg<'a> {
    Pointer(Ptr<Void>),
    /// A number.
    Value(&'a mut dyn Bytes),
    /// Characters.
    Text(&'a mut [u8]),
}

/// A value whose bytes can be set.
pub trait Bytes {
    /// Gives the first bytes of the value's C representation.
    fn set_bytes(&mut self, bytes: &[u8]);
}

impl<T: Pod> Bytes for T {
    #[track_caller]
    fn set_bytes(&mut self, bytes: &[u8]) {
        let mut all = vec![0; T::SIZE];
        self.store(&mut all);
        match all.get_mut(..bytes.len()) {
            Some(start) => start.copy_from_slice(bytes),
            None => panic!("write of {} bytes to an object of {}", bytes.len(), T::SIZE),
        }
        *self = T::load(&all);
    }
}

/// The arguments of one call of the scanf family.
pub(crate) enum ScanArgs<'a, 'b> {
    Variable(&'a [VaArg]),
    Places(&'a mut [ScanArg<'b>]),
}

/// Where one conversion stores: in memory, or at an argument's place.
#[derive(Clone, Copy)]
pub(super) enum Place {
    Memory(Ptr<Void>),
    Argument(usize),
}

impl ScanArgs<'_, '_> {
    #[track_caller]
    pub(super) fn place(&self, index: usize) -> Place {
        let (place, count) = match self {
            ScanArgs::Variable(args) => {
                (args.get(index).map(|arg| Place::Memory(Ptr::from_int(arg.word()))), args.len())
            }
            ScanArgs::Places(args) => {
                let place = args.get(index).map(|arg| match arg {
                    ScanArg::Pointer(at) => Place::Memory(*at),
                    _ => Place::Argument(index),
                });
                (place, args.len())
            }
        };
        match place {
            Some(place) => place,
            None => panic!("the format asks for argument {} of {count}", index + 1),
        }
    }

    /// Stores bytes of a place, from byte `start` on; only a text goes on after its first bytes.
    #[track_caller]
    pub(super) fn store(&mut self, place: Place, start: usize, bytes: &[u8], mem: Option<&mut Memory>) {
        let index = match place {
            Place::Memory(at) => {
                let to = memory(mem).bytes_mut(at + start, bytes.len() as u64);
                return to.copy_from_slice(bytes);
            }
            Place::Argument(index) => index,
        };
        let ScanArgs::Places(args) = self else {
            unreachable!("variable arguments are places in memory");
        };
        match &mut args[index] {
            ScanArg::Text(text) => {
                let len = text.len();
                match text.get_mut(start..start + bytes.len()) {
                    Some(to) => to.copy_from_slice(bytes),
                    None => panic!("write past the end of an array of {len} bytes"),
                }
            }
            ScanArg::Value(value) if start == 0 => value.set_bytes(bytes),
            ScanArg::Value(_) | ScanArg::Pointer(_) => panic!("a number where the format asks for an array"),
        }
    }
}

/// The memory of a call that needs it, which its translation was to give it.
#[track_caller]
pub(super) fn memory<M>(mem: Option<M>) -> M {
    match mem {
        Some(mem) => mem,
        None => panic!("the format asks for a pointer where another argument was passed"),
    }
}

/// Places that scanf can store at without the program's memory.
pub trait Scannable {
    fn scan_arg(&mut self) -> ScanArg<'_>;
}

macro_rules! scannable_numbers {
    ($($number:ty)*) => {$(
        impl Scannable for $number {
            fn scan_arg(&mut self) -> ScanArg<'_> {
                ScanArg::Value(self)
            }
        }
    )*};
}
scannable_numbers!(i8 i16 u16 i32 u32 i64 u64 f32 f64 LongDouble);

impl Scannable for u8 {
    fn scan_arg(&mut self) -> ScanArg<'_> {
        ScanArg::Text(std::slice::from_mut(self))
    }
}

impl Scannable for [u8] {
    fn scan_arg(&mut self) -> ScanArg<'_> {
        ScanArg::Text(self)
    }
}

impl<const N: usize> Scannable for [u8; N] {
    fn scan_arg(&mut self) -> ScanArg<'_> {
        ScanArg::Text(self)
    }
}

impl Scannable for Vec<u8> {
    fn scan_arg(&mut self) -> ScanArg<'_> {
        ScanArg::Text(self)
    }
}

/// Pointers as places for scanf, in a call that has the program's memory. The method is that of [`Scannable`], so that
/// the macros take either kind of argument.
pub trait ScanPointer {
    fn scan_arg<'a>(self) -> ScanArg<'a>;
}

impl<T: ?Sized> ScanPointer for Ptr<T> {
    fn scan_arg<'a>(self) -> ScanArg<'a> {
        ScanArg::Pointer(self.cast())
    }
}
