//! `drand48` and its kin: the linear congruence x · a + c mod 2⁴⁸.

use std::cell::Cell;

use crate::{Memory, Ptr};

const MASK: u64 = (1 << 48) - 1;

/// What `lcong48` can set: the state, the factor and the addend.
#[derive(Clone, Copy)]
struct Congruence {
    state: u64,
    factor: u64,
    addend: u64,
}

thread_local! {
    static SHARED: Cell<Congruence> = const { Cell::new(Congruence { state: 0, factor: 0x5_DEEC_E66D, addend: 0xB }) };
}

/// The next state of the shared generator.
fn advance() -> u64 {
    let mut shared = SHARED.get();
    shared.state = step(shared, shared.state);
    SHARED.set(shared);
    shared.state
}

fn step(congruence: Congruence, state: u64) -> u64 {
    state.wrapping_mul(congruence.factor).wrapping_add(congruence.addend) & MASK
}

/// The next state of the generator whose three words, the lowest first, are at `xsubi`.
#[track_caller]
fn advance_at(xsubi: Ptr<u16>, mem: &mut Memory) -> u64 {
    let state = step(SHARED.get(), read_state(xsubi, mem));
    write_state(xsubi, state, mem);
    state
}

#[track_caller]
fn read_state(at: Ptr<u16>, mem: &Memory) -> u64 {
    let [low, middle, high] = mem.read(at.cast::<[u16; 3]>());
    u64::from(high) << 32 | u64::from(middle) << 16 | u64::from(low)
}

#[track_caller]
fn write_state(at: Ptr<u16>, state: u64, mem: &mut Memory) {
    mem.write(at.cast(), [state as u16, (state >> 16) as u16, (state >> 32) as u16]);
}

/// All 48 bits as a fraction in [0, 1).
fn as_fraction(state: u64) -> f64 {
    state as f64 / (1u64 << 48) as f64
}

/// The high 31 bits.
fn as_long(state: u64) -> i64 {
    (state >> 17) as i64
}

/// The high 32 bits, signed.
fn as_signed(state: u64) -> i64 {
    i64::from((state >> 16) as i32)
}

pub fn drand48() -> f64 {
    as_fraction(advance())
}

pub fn lrand48() -> i64 {
    as_long(advance())
}

pub fn mrand48() -> i64 {
    as_signed(advance())
}

#[track_caller]
pub fn erand48(xsubi: Ptr<u16>, mem: &mut Memory) -> f64 {
    as_fraction(advance_at(xsubi, mem))
}

#[track_caller]
pub fn nrand48(xsubi: Ptr<u16>, mem: &mut Memory) -> i64 {
    as_long(advance_at(xsubi, mem))
}

#[track_caller]
pub fn jrand48(xsubi: Ptr<u16>, mem: &mut Memory) -> i64 {
    as_signed(advance_at(xsubi, mem))
}

pub fn srand48(seedval: i64) {
    let state = u64::from(seedval as u32) << 16 | 0x330E;
    SHARED.set(Congruence { state, factor: 0x5_DEEC_E66D, addend: 0xB });
}

/// Sets the shared state; the result points to a copy of the old one.
#[track_caller]
pub fn seed48(seed16v: Ptr<u16>, mem: &mut Memory) -> Ptr<u16> {
    let old = mem.library_block("seed48", 6).cast();
    let state = read_state(seed16v, mem);
    write_state(old, SHARED.get().state, mem);
    SHARED.set(Congruence { state, factor: 0x5_DEEC_E66D, addend: 0xB });
    old
}

/// Sets state, factor and addend from seven words.
#[track_caller]
pub fn lcong48(param: Ptr<u16>, mem: &Memory) {
    let addend = mem.read(param + 6).into();
    SHARED.set(Congruence { state: read_state(param, mem), factor: read_state(param + 3, mem), addend });
}
