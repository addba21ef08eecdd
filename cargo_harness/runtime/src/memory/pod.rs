//! [`Pod`]: values that C keeps in memory, with their size, alignment and bytes at C's offsets.

use super::{BitField, FnPtr, Ptr};

/// A value with a C representation: `SIZE` bytes at alignment `ALIGN`.
///
/// `load` and `store` are given exactly `SIZE` bytes. Padding is neither read nor written.
pub trait Pod: Copy {
    const SIZE: usize;
    const ALIGN: usize;
    /// The value whose bytes are all zero.
    const ZERO: Self;
    fn load(bytes: &[u8]) -> Self;
    fn store(self, bytes: &mut [u8]);
}

macro_rules! pod_scalars {
    ($($scalar:ty = $zero:expr),*) => {$(
        impl Pod for $scalar {
            const SIZE: usize = size_of::<$scalar>();
            const ALIGN: usize = size_of::<$scalar>();
            const ZERO: Self = $zero;

            #[inline(always)]
            fn load(bytes: &[u8]) -> Self {
                let mut raw = [0; size_of::<$scalar>()];
                raw.copy_from_slice(bytes);
                <$scalar>::from_ne_bytes(raw)
            }

            #[inline(always)]
            fn store(self, bytes: &mut [u8]) {
                bytes.copy_from_slice(&self.to_ne_bytes());
            }
        }
    )*};
}
pod_scalars!(i8 = 0, u8 = 0, i16 = 0, u16 = 0, i32 = 0, u32 = 0, i64 = 0, u64 = 0, i128 = 0, u128 = 0);
pod_scalars!(f32 = 0.0, f64 = 0.0);

/// `_Bool`: any byte but 0 reads as true.
impl Pod for bool {
    const SIZE: usize = 1;
    const ALIGN: usize = 1;
    const ZERO: Self = false;

    #[inline(always)]
    fn load(bytes: &[u8]) -> Self {
        bytes[0] != 0
    }

    #[inline(always)]
    fn store(self, bytes: &mut [u8]) {
        bytes[0] = u8::from(self);
    }
}

impl<T: ?Sized> Pod for Ptr<T> {
    const SIZE: usize = 8;
    const ALIGN: usize = 8;
    const ZERO: Self = Ptr::NULL;

    #[inline(always)]
    fn load(bytes: &[u8]) -> Self {
        Ptr::from_int(u64::load(bytes))
    }

    #[inline(always)]
    fn store(self, bytes: &mut [u8]) {
        self.to_int().store(bytes);
    }
}

impl<S> Pod for FnPtr<S> {
    const SIZE: usize = 8;
    const ALIGN: usize = 8;
    const ZERO: Self = FnPtr::NULL;

    #[inline(always)]
    fn load(bytes: &[u8]) -> Self {
        FnPtr::from_int(u64::load(bytes))
    }

    #[inline(always)]
    fn store(self, bytes: &mut [u8]) {
        self.to_int().store(bytes);
    }
}

impl<T: Pod, const N: usize> Pod for [T; N] {
    const SIZE: usize = T::SIZE * N;
    const ALIGN: usize = T::ALIGN;
    const ZERO: Self = [T::ZERO; N];

    #[inline]
    fn load(bytes: &[u8]) -> Self {
        std::array::from_fn(|i| T::load(&bytes[i * T::SIZE..(i + 1) * T::SIZE]))
    }

    #[inline]
    fn store(self, bytes: &mut [u8]) {
        for (i, element) in self.into_iter().enumerate() {
            element.store(&mut bytes[i * T::SIZE..(i + 1) * T::SIZE]);
        }
    }
}

/// The target of `void *`. Its size is 1, as in GNU C's arithmetic.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Void;

impl Pod for Void {
    const SIZE: usize = 1;
    const ALIGN: usize = 1;
    const ZERO: Self = Void;

    fn load(_bytes: &[u8]) -> Self {
        Void
    }

    fn store(self, _bytes: &mut [u8]) {}
}

/// `long double` in memory: 16 bytes, of which the value is an `f64` in the first eight.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
pub struct LongDouble(pub f64);

impl Pod for LongDouble {
    const SIZE: usize = 16;
    const ALIGN: usize = 16;
    const ZERO: Self = LongDouble(0.0);

    #[inline]
    fn load(bytes: &[u8]) -> Self {
        LongDouble(f64::load(&bytes[..8]))
    }

    #[inline]
    fn store(self, bytes: &mut [u8]) {
        self.0.store(&mut bytes[..8]);
        bytes[8..].fill(0);
    }
}

/// An integer type that a bit-field can have.
pub trait Bits: Copy {
    /// The value of the low `width` bits of `raw`, sign-extended where the type is signed.
    fn from_bits(raw: u64, width: u32) -> Self;
    fn to_bits(self) -> u64;
}

macro_rules! signed_bits {
    ($($int:ty)*) => {$(
        impl Bits for $int {
            #[inline(always)]
            fn from_bits(raw: u64, width: u32) -> Self {
                let unused = 64 - width;
                ((raw << unused) as i64 >> unused) as $int
            }

            #[inline(always)]
            fn to_bits(self) -> u64 {
                self as u64
            }
        }
    )*};
}
signed_bits!(i8 i16 i32 i64);

macro_rules! unsigned_bits {
    ($($int:ty)*) => {$(
        impl Bits for $int {
            #[inline(always)]
            fn from_bits(raw: u64, _width: u32) -> Self {
                raw as $int
            }

            #[inline(always)]
            fn to_bits(self) -> u64 {
                self as u64
            }
        }
    )*};
}
unsigned_bits!(u8 u16 u32 u64);

impl Bits for bool {
    fn from_bits(raw: u64, _width: u32) -> Self {
        raw != 0
    }

    fn to_bits(self) -> u64 {
        u64::from(self)
    }
}

impl<S, F: Bits> BitField<S, F> {
    /// The field's value in the bytes of its struct.
    pub fn load(self, bytes: &[u8]) -> F {
        let mut raw: u128 = 0;
        for (i, byte) in self.span(bytes.len()).enumerate() {
            raw |= u128::from(bytes[byte]) << (8 * i);
        }
        F::from_bits((raw >> self.shift) as u64 & self.mask(), self.width)
    }

    /// Stores the low bits of `value` in the bytes of its struct; the neighbours stay.
    pub fn store(self, bytes: &mut [u8], value: F) {
        let mask = u128::from(self.mask()) << self.shift;
        let bits = u128::from(value.to_bits() & self.mask()) << self.shift;
        for (i, byte) in self.span(bytes.len()).enumerate() {
            let keep = !(mask >> (8 * i)) as u8;
            bytes[byte] = bytes[byte] & keep | (bits >> (8 * i)) as u8;
        }
    }

    /// The bytes of the struct that the field touches.
    fn span(self, len: usize) -> std::ops::Range<usize> {
        let start = self.offset as usize;
        start..(start + (self.shift + self.width).div_ceil(8) as usize).min(len)
    }

    fn mask(self) -> u64 {
        u64::MAX >> (64 - self.width)
    }
}

/// The C layout of a struct: implements [`Pod`] for it and gives each field a constant.
///
/// ```
/// use c2rs_rt::{layout, Ptr};
///
/// #[derive(Clone, Copy)]
/// struct Node {
///     value: i32,
///     flags: u32,
///     next: Ptr<Node>,
/// }
///
/// layout! { Node: 16, 8;
///     VALUE value: i32 = 0;
///     FLAGS flags: u32 = 4, bits 0, 3;
///     NEXT next: Ptr<Node> = 8;
/// }
/// ```
#[macro_export]
macro_rules! layout {
    ($name:ident: $size:expr, $align:expr;
     $($constant:ident $field:ident: $type:ty = $offset:expr $(, bits $shift:expr, $width:expr)?;)*) => {
        impl $name {
            /// The value whose bytes are all zero.
            #[allow(dead_code)]
            pub const ZERO: Self = <Self as $crate::Pod>::ZERO;
            $($crate::layout!(@constant $constant: $type, $offset $(, $shift, $width)?);)*
        }

        impl $crate::Pod for $name {
            const SIZE: usize = $size;
            const ALIGN: usize = $align;
            const ZERO: Self = $name { $($field: <$type as $crate::Pod>::ZERO),* };

            #[allow(unused_variables)]
            fn load(bytes: &[u8]) -> Self {
                $name { $($field: $crate::layout!(@load bytes, $name::$constant, $type $(, $shift, $width)?)),* }
            }

            #[allow(unused_variables)]
            fn store(self, bytes: &mut [u8]) {
                $($crate::layout!(@store bytes, self.$field, $name::$constant, $type $(, $shift, $width)?);)*
            }
        }
    };
    (@constant $constant:ident: $type:ty, $offset:expr) => {
        #[allow(dead_code)]
        pub const $constant: $crate::Field<Self, $type> = $crate::Field::new($offset);
    };
    (@constant $constant:ident: $type:ty, $offset:expr, $shift:expr, $width:expr) => {
        #[allow(dead_code)]
        pub const $constant: $crate::BitField<Self, $type> = $crate::BitField::new($offset, $shift, $width);
    };
    (@load $bytes:expr, $constant:expr, $type:ty) => {{
        let start = $constant.offset() as usize;
        <$type as $crate::Pod>::load(&$bytes[start..start + <$type as $crate::Pod>::SIZE])
    }};
    (@load $bytes:expr, $constant:expr, $type:ty, $shift:expr, $width:expr) => {
        $constant.load(&$bytes[..])
    };
    (@store $bytes:expr, $value:expr, $constant:expr, $type:ty) => {{
        let start = $constant.offset() as usize;
        <$type as $crate::Pod>::store($value, &mut $bytes[start..start + <$type as $crate::Pod>::SIZE])
    }};
    (@store $bytes:expr, $value:expr, $constant:expr, $type:ty, $shift:expr, $width:expr) => {
        $constant.store(&mut $bytes[..], $value)
    };
}

/// A C union as a value: its bytes, with a getter and a setter for each member, and a constant for its address.
///
/// ```
/// c2rs_rt::union_layout! { Number: 8, 8;
///     AS_INT as_int set_as_int: i64;
///     AS_FLOAT as_float set_as_float: f64;
/// }
/// ```
#[macro_export]
macro_rules! union_layout {
    ($(#[$doc:meta])* $name:ident: $size:expr, $align:expr;
     $($constant:ident $get:ident $set:ident: $type:ty $(, bits $shift:expr, $width:expr)?;)*) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub struct $name {
            bytes: [u8; $size],
        }

        #[allow(dead_code)]
        impl $name {
            /// The value whose bytes are all zero.
            pub const ZERO: Self = <Self as $crate::Pod>::ZERO;
            $($crate::layout!(@constant $constant: $type, 0 $(, $shift, $width)?);)*
            $(
                pub fn $get(&self) -> $type {
                    $crate::layout!(@load self.bytes, Self::$constant, $type $(, $shift, $width)?)
                }

                pub fn $set(&mut self, value: $type) {
                    $crate::layout!(@store self.bytes, value, Self::$constant, $type $(, $shift, $width)?);
                }
            )*
        }

        impl $crate::Pod for $name {
            const SIZE: usize = $size;
            const ALIGN: usize = $align;
            const ZERO: Self = $name { bytes: [0; $size] };

            fn load(bytes: &[u8]) -> Self {
                $name { bytes: <[u8; $size]>::load(bytes) }
            }

            fn store(self, bytes: &mut [u8]) {
                bytes.copy_from_slice(&self.bytes);
            }
        }
    };
}
