//! Pointers: [`Ptr`] to data, [`FnPtr`] to code, and the field constants that step into structs.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::ops::{Add, AddAssign, Sub, SubAssign};

use super::{Pod, Void, FUNCTIONS, HANDLES};

/// A typed pointer into [`super::Memory`]: a block number and a byte offset. Arithmetic wraps and touches the offset
/// alone, so that the optimiser sees the block as loop-invariant.
pub struct Ptr<T: ?Sized> {
    block: u32,
    offset: u32,
    target: PhantomData<fn() -> Box<T>>,
}

/// An integer that C adds to a pointer; only its low 32 bits matter.
pub trait Offset: Copy {
    fn wrapping_u32(self) -> u32;
}

macro_rules! offsets {
    ($($int:ty)*) => {$(
        impl Offset for $int {
            #[inline(always)]
            fn wrapping_u32(self) -> u32 {
                self as u32
            }
        }
    )*};
}
offsets!(i8 u8 i16 u16 i32 u32 i64 u64 isize usize i128 u128);

/// The int form of a block number: what is added to the offset, a multiple of 16 whose bits spread.
#[inline(always)]
const fn spread(block: u32) -> u32 {
    block.wrapping_mul(0x9E37_79B1) & !15
}

impl<T: ?Sized> Ptr<T> {
    /// The null pointer: block 0, offset 0.
    pub const NULL: Self = Self::new(0, 0);

    #[inline(always)]
    pub const fn new(block: u32, offset: u32) -> Self {
        Ptr { block, offset, target: PhantomData }
    }

    /// The start of static block `number` (from 1), numbered by the translator.
    pub const fn global(number: u32) -> Self {
        Self::new(number, 0)
    }

    /// The start of string literal `number`. Literals are counted on from the statics: the first has their number.
    pub const fn literal(number: u32) -> Self {
        Self::new(number + 1, 0)
    }

    /// The pointer that stands for library handle `number` (from 0).
    pub const fn handle(number: u32) -> Self {
        Self::new(HANDLES + number, 0)
    }

    /// The number of the handle that [`Ptr::handle`] made, if it is one.
    pub fn handle_number(self) -> Option<u32> {
        (HANDLES..FUNCTIONS).contains(&self.block).then(|| self.block - HANDLES)
    }

    #[inline(always)]
    pub const fn block(self) -> u32 {
        self.block
    }

    #[inline(always)]
    pub const fn offset(self) -> u32 {
        self.offset
    }

    #[inline(always)]
    pub const fn is_null(self) -> bool {
        self.block == 0 && self.offset == 0
    }

    /// The same address as a pointer to `U`.
    #[inline(always)]
    pub const fn cast<U: ?Sized>(self) -> Ptr<U> {
        Ptr::new(self.block, self.offset)
    }

    /// The pointer `count` bytes on.
    #[inline(always)]
    pub const fn byte_add(self, count: u32) -> Self {
        Self::new(self.block, self.offset.wrapping_add(count))
    }

    /// The int form, which is also what a pointer's 8 bytes in memory hold: a bijection whose low bits spread over
    /// blocks and whose low four bits are those of the offset. Null is 0.
    #[inline(always)]
    pub const fn to_int(self) -> u64 {
        let low = self.offset.wrapping_add(spread(self.block));
        (self.block as u64) << 32 | low as u64
    }

    /// The pointer whose int form is `int`; any integer makes a round trip.
    #[inline(always)]
    pub const fn from_int(int: u64) -> Self {
        let block = (int >> 32) as u32;
        Self::new(block, (int as u32).wrapping_sub(spread(block)))
    }
}

impl<T> Ptr<T> {
    /// The function pointer at this address; see [`FnPtr::to_ptr`].
    pub const fn to_fn<S>(self) -> FnPtr<S> {
        FnPtr { code: self.cast(), signature: PhantomData }
    }
}

impl<T: Pod> Ptr<T> {
    /// The address of a field, `&p->field`.
    #[inline(always)]
    pub const fn at<F>(self, field: Field<T, F>) -> Ptr<F> {
        Ptr::new(self.block, self.offset.wrapping_add(field.offset))
    }
}

/// `p + count`, in elements.
impl<T: Pod, I: Offset> Add<I> for Ptr<T> {
    type Output = Self;

    #[inline(always)]
    fn add(self, count: I) -> Self {
        self.byte_add(count.wrapping_u32().wrapping_mul(T::SIZE as u32))
    }
}

/// `p - count`, in elements.
impl<T: Pod, I: Offset> Sub<I> for Ptr<T> {
    type Output = Self;

    #[inline(always)]
    fn sub(self, count: I) -> Self {
        self.byte_add(count.wrapping_u32().wrapping_mul(T::SIZE as u32).wrapping_neg())
    }
}

/// `p - q`, in elements: exact within a block. Across blocks, where C leaves it undefined, that of the int forms, so that
/// pointers which differ never have the difference 0.
impl<T: Pod> Sub for Ptr<T> {
    type Output = i64;

    #[inline(always)]
    #[allow(clippy::suspicious_arithmetic_impl)] // bytes to elements
    fn sub(self, base: Self) -> i64 {
        let bytes = if self.block == base.block {
            self.offset.wrapping_sub(base.offset) as i32 as i64
        } else {
            self.to_int().wrapping_sub(base.to_int()) as i64
        };
        bytes / T::SIZE.max(1) as i64
    }
}

impl<T: Pod, I: Offset> AddAssign<I> for Ptr<T> {
    #[inline(always)]
    fn add_assign(&mut self, count: I) {
        *self = *self + count;
    }
}

impl<T: Pod, I: Offset> SubAssign<I> for Ptr<T> {
    #[inline(always)]
    fn sub_assign(&mut self, count: I) {
        *self = *self - count;
    }
}

impl<T: Pod, const N: usize> Ptr<[T; N]> {
    /// The address of element 0: an array decaying to a pointer.
    #[inline(always)]
    pub const fn first(self) -> Ptr<T> {
        self.cast()
    }

    /// The address of element `index`.
    #[inline(always)]
    pub fn elem(self, index: impl Offset) -> Ptr<T> {
        self.first() + index
    }
}

impl<T: ?Sized> Clone for Ptr<T> {
    #[inline(always)]
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: ?Sized> Copy for Ptr<T> {}

impl<T: ?Sized> Default for Ptr<T> {
    fn default() -> Self {
        Self::NULL
    }
}

impl<T: ?Sized> PartialEq for Ptr<T> {
    #[inline(always)]
    fn eq(&self, other: &Self) -> bool {
        self.block == other.block && self.offset == other.offset
    }
}

impl<T: ?Sized> Eq for Ptr<T> {}

/// Exact within a block (a transient `p - 1` is below `p`); across blocks a total order by block number.
impl<T: ?Sized> Ord for Ptr<T> {
    #[inline(always)]
    fn cmp(&self, other: &Self) -> Ordering {
        (self.block, self.offset as i32).cmp(&(other.block, other.offset as i32))
    }
}

impl<T: ?Sized> PartialOrd for Ptr<T> {
    #[inline(always)]
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T: ?Sized> Hash for Ptr<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.block, self.offset).hash(state);
    }
}

impl<T: ?Sized> fmt::Debug for Ptr<T> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}", self.block, self.offset as i32)
    }
}

/// A function pointer of Rust signature `S`: a number given by the translator, which the dispatcher of the
/// signature matches on. It is an address like any other, so it survives casts to data pointers and integers.
pub struct FnPtr<S> {
    code: Ptr<Void>,
    signature: PhantomData<fn() -> S>,
}

impl<S> FnPtr<S> {
    pub const NULL: Self = FnPtr { code: Ptr::NULL, signature: PhantomData };

    /// Function `number` of the program (from 0).
    pub const fn function(number: u32) -> Self {
        FnPtr { code: Ptr::new(FUNCTIONS + number, 0), signature: PhantomData }
    }

    /// The number of the function, or `u32::MAX` where the address is none of a function.
    #[inline(always)]
    pub const fn number(self) -> u32 {
        if self.code.block >= FUNCTIONS && self.code.offset == 0 {
            self.code.block - FUNCTIONS
        } else {
            u32::MAX
        }
    }

    #[inline(always)]
    pub const fn is_null(self) -> bool {
        self.code.is_null()
    }

    /// The same function under another type.
    #[inline(always)]
    pub const fn cast<R>(self) -> FnPtr<R> {
        FnPtr { code: self.code, signature: PhantomData }
    }

    /// The address as a data pointer; [`Ptr::to_fn`] goes back.
    #[inline(always)]
    pub const fn to_ptr<U>(self) -> Ptr<U> {
        self.code.cast()
    }

    pub const fn to_int(self) -> u64 {
        self.code.to_int()
    }

    pub const fn from_int(int: u64) -> Self {
        Ptr::<Void>::from_int(int).to_fn()
    }

    /// What a dispatcher does with a number that is no function of its signature.
    #[cold]
    #[inline(never)]
    #[track_caller]
    pub fn bad_call(self) -> ! {
        if self.is_null() {
            panic!("call through a null function pointer");
        }
        panic!("call through a pointer to no function of this type ({:?})", self.code);
    }
}

impl<S> Clone for FnPtr<S> {
    #[inline(always)]
    fn clone(&self) -> Self {
        *self
    }
}

impl<S> Copy for FnPtr<S> {}

impl<S> Default for FnPtr<S> {
    fn default() -> Self {
        Self::NULL
    }
}

impl<S> PartialEq for FnPtr<S> {
    #[inline(always)]
    fn eq(&self, other: &Self) -> bool {
        self.code == other.code
    }
}

impl<S> Eq for FnPtr<S> {}

impl<S> fmt::Debug for FnPtr<S> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.code.fmt(out)
    }
}

/// Field `F` of struct `S`, at a byte offset.
pub struct Field<S, F> {
    offset: u32,
    types: PhantomData<fn() -> (S, F)>,
}

impl<S, F> Field<S, F> {
    pub const fn new(offset: u32) -> Self {
        Field { offset, types: PhantomData }
    }

    pub const fn offset(self) -> u32 {
        self.offset
    }
}

impl<S, F> Clone for Field<S, F> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S, F> Copy for Field<S, F> {}

/// Bit-field of struct `S`, read as `F`: `width` bits from bit `shift` (counted from the lowest) of the bytes that
/// start at `offset`. It may span up to nine bytes where the struct is packed.
pub struct BitField<S, F> {
    pub(super) offset: u32,
    pub(super) shift: u32,
    pub(super) width: u32,
    types: PhantomData<fn() -> (S, F)>,
}

impl<S, F> BitField<S, F> {
    pub const fn new(offset: u32, shift: u32, width: u32) -> Self {
        BitField { offset, shift, width, types: PhantomData }
    }
}

impl<S, F> Clone for BitField<S, F> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S, F> Copy for BitField<S, F> {}
