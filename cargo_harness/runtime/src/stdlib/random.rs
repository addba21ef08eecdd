//! `rand` and `random`: glibc's additive feedback generator x³¹ + x³ + 1 over 31 words (its TYPE_3), and `rand_r`.

use std::cell::RefCell;

use crate::{Memory, Ptr};

/// The largest value, `RAND_MAX`.
pub const RAND_MAX: i32 = i32::MAX;

const DEGREE: usize = 31;
const SEPARATION: usize = 3;

/// The generator r[i] = r[i - 31] + r[i - 3], whose output is each sum without its lowest bit.
struct Generator {
    words: [u32; DEGREE],
    rear: usize,
}

impl Generator {
    /// Words from the minimal standard generator (16807 mod 2³¹ - 1), then ten rounds dropped for each word.
    fn seeded(seed: u32) -> Self {
        let mut words = [0; DEGREE];
        let mut word = seed.max(1) as i32;
        words[0] = word as u32;
        for slot in &mut words[1..] {
            let (high, low) = (word / 127_773, word % 127_773);
            word = 16_807 * low - 2_836 * high;
            if word < 0 {
                word += i32::MAX;
            }
            *slot = word as u32;
        }
        let mut generator = Generator { words, rear: 0 };
        for _ in 0..10 * DEGREE {
            generator.next();
        }
        generator
    }

    #[inline]
    fn next(&mut self) -> i32 {
        let front =
            if self.rear < DEGREE - SEPARATION { self.rear + SEPARATION } else { self.rear + SEPARATION - DEGREE };
        let sum = self.words[front].wrapping_add(self.words[self.rear]);
        self.words[front] = sum;
        self.rear = if self.rear == DEGREE - 1 { 0 } else { self.rear + 1 };
        (sum >> 1) as i32
    }
}

thread_local! {
    static GENERATOR: RefCell<Option<Generator>> = const { RefCell::new(None) };
}

pub fn srand(seed: u32) {
    GENERATOR.set(Some(Generator::seeded(seed)));
}

/// Without a seed, as after `srand(1)`.
pub fn rand() -> i32 {
    GENERATOR.with_borrow_mut(|generator| generator.get_or_insert_with(|| Generator::seeded(1)).next())
}

pub fn srandom(seed: u32) {
    srand(seed);
}

pub fn random() -> i64 {
    rand().into()
}

/// Three rounds of a linear congruence, 11 + 10 + 10 bits.
#[track_caller]
pub fn rand_r(seed: Ptr<u32>, mem: &mut Memory) -> i32 {
    let mut next = mem.read(seed);
    let mut result = 0;
    for (bits, mask) in [(0, 2047), (10, 1023), (10, 1023)] {
        next = next.wrapping_mul(1_103_515_245).wrapping_add(12_345);
        result = result << bits ^ (next >> 16 & mask);
    }
    mem.write(seed, next);
    result as i32
}
