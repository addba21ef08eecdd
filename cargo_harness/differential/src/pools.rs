//! Numbers that arrays are filled from: to make each on its own, of one of many kinds, takes longer than most calls.

use std::cell::{Cell, RefCell};

use crate::random::Random;

/// Numbers in a pool, and the bits that choose one.
const SIZE: usize = 1 << BITS;
const BITS: u32 = 10;
/// Inputs that share the numbers of a pool.
const SHARED: u64 = 1024;
/// One for integers of 1, 2, 4 and 8 bytes with and without a sign, and two for floating numbers.
const POOLS: usize = 10;

/// The pools of one function; each is filled when it is first used for an input.
pub struct Pools {
    seed: u64,
    turn: Cell<u64>,
    pools: [RefCell<Pool>; POOLS],
}

struct Pool {
    turn: Option<u64>,
    numbers: Vec<u64>,
}

impl Pools {
    pub fn new(seed: u64) -> Self {
        let empty = |_| RefCell::new(Pool { turn: None, numbers: Vec::new() });
        Pools { seed, turn: Cell::new(0), pools: std::array::from_fn(empty) }
    }

    /// What is filled from now on belongs to input `index`.
    pub fn turn_to(&self, index: u64) {
        self.turn.set(index / SHARED);
    }

    /// Fills elements of `size` bytes with the low bytes of numbers from pool `number`, which `make` makes.
    pub fn fill(
        &self,
        number: usize,
        random: &mut Random,
        bytes: &mut [u8],
        size: usize,
        make: impl Fn(&mut Random) -> u64,
    ) {
        let mut pool = self.pools[number].borrow_mut();
        if pool.turn != Some(self.turn.get()) {
            let mut random = Random::new(self.seed ^ (number as u64 + 1) << 32, self.turn.get());
            pool.turn = Some(self.turn.get());
            pool.numbers.clear();
            pool.numbers.extend((0..SIZE).map(|_| make(&mut random)));
        }
        match size {
            1 => fill::<1>(&pool.numbers, random, bytes),
            2 => fill::<2>(&pool.numbers, random, bytes),
            4 => fill::<4>(&pool.numbers, random, bytes),
            _ => fill::<8>(&pool.numbers, random, bytes),
        }
    }
}

/// As many numbers as there is room for, six of each random one.
fn fill<const N: usize>(numbers: &[u64], random: &mut Random, bytes: &mut [u8]) {
    for group in bytes.chunks_mut(6 * N) {
        let mut next = random.next();
        for element in group.chunks_exact_mut(N) {
            let number = numbers[next as usize % SIZE];
            next >>= BITS;
            element.copy_from_slice(&number.to_le_bytes()[..N]);
        }
    }
}
