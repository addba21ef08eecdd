//! How long a buffer has to be, as a formula of the other parameters, and which of many fits what was seen.

use std::fmt;

/// A number of elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Formula {
    Constant(u32),
    /// `scale * ceil(value / over) + plus`
    Scaled { param: usize, scale: u32, over: u32, plus: u32 },
    Sum { left: usize, right: usize, plus: u32 },
    Product { left: usize, right: usize, plus: u32 },
    /// The square of the sum of all parameters of a mask: more than most need that no other formula is right for.
    Square { mask: u64 },
}

/// What a sample has in place of a negative integer.
pub const NEGATIVE: u32 = u32::MAX;

/// What was seen of one buffer: the values of the parameters (integers and lengths of texts), and the elements that it needs.
pub struct Sample<'a> {
    pub values: &'a [u32],
    pub need: u32,
}

impl Sample<'_> {
    /// What the formula says, None where it is about a negative number.
    fn length(&self, formula: Formula) -> Option<u64> {
        let is_about = |(param, &value): (usize, &u32)| value == NEGATIVE && formula.is_about(param);
        let negative = self.values.iter().enumerate().any(is_about);
        (!negative).then(|| formula.of(|param| self.values[param].into()))
    }
}

/// So many samples at least, of so many of which a formula has to be right about 97.
const FEWEST: usize = 4;
const RIGHT: usize = 97;
/// Elements that a sample counts as which a formula is wrong about.
const WRONG: u64 = 50;

impl Formula {
    /// The number, given the value of each parameter.
    #[inline]
    pub fn of(self, value: impl Fn(usize) -> u64) -> u64 {
        match self {
            Formula::Constant(count) => count.into(),
            Formula::Scaled { param, scale, over, plus } => {
                u64::from(scale) * value(param).div_ceil(over.into()) + u64::from(plus)
            }
            Formula::Sum { left, right, plus } => value(left) + value(right) + u64::from(plus),
            Formula::Product { left, right, plus } => value(left) * value(right) + u64::from(plus),
            Formula::Square { mask } => {
                let sum: u64 = (0..64).filter(|param| mask >> param & 1 == 1).map(&value).sum();
                sum * sum
            }
        }
    }

    /// Whether the value of a parameter decides it.
    pub fn is_about(self, number: usize) -> bool {
        match self {
            Formula::Constant(_) => false,
            Formula::Scaled { param, .. } => param == number,
            Formula::Sum { left, right, .. } | Formula::Product { left, right, .. } => left == number || right == number,
            Formula::Square { mask } => mask >> number & 1 == 1,
        }
    }

    /// The one that is right about the samples and shortest, on the whole: the first of those. `params` are those that it may
    /// be about, `integers` a mask of those that are integers. With `fixed`, it may be a number that only these samples show.
    pub fn fit(samples: &[Sample<'_>], params: &[usize], integers: u64, fixed: bool) -> Option<Formula> {
        let mut best: Option<(u64, Formula)> = None;
        for formula in candidates(samples, params, integers, fixed) {
            let lengths: Vec<(u64, u64)> =
                samples.iter().filter_map(|sample| Some((sample.length(formula)?, sample.need.into()))).collect();
            let wrong = lengths.iter().filter(|(length, need)| need > length).count();
            if lengths.len() < FEWEST || 100 * wrong > (100 - RIGHT) * lengths.len() {
                continue;
            }
            let all: u64 = wrong as u64 * WRONG + lengths.iter().map(|(length, _)| length).sum::<u64>();
            let length = all * 1000 / lengths.len() as u64;
            if best.is_none_or(|(shortest, _)| length < shortest) {
                best = Some((length, formula));
            }
        }
        best.map(|(_, formula)| formula)
    }

    /// What `Display` writes.
    pub fn parse(word: &str) -> Option<Formula> {
        let (kind, rest) = word.split_at_checked(1)?;
        let numbers: Vec<u64> = rest.split(',').map(|number| number.parse().ok()).collect::<Option<_>>()?;
        match (kind, &numbers[..]) {
            ("c", &[count]) => Some(Formula::Constant(count as u32)),
            ("l", &[param, scale, over, plus]) => {
                Some(Formula::Scaled { param: param as usize, scale: scale as u32, over: over as u32, plus: plus as u32 })
            }
            ("s", &[left, right, plus]) => {
                Some(Formula::Sum { left: left as usize, right: right as usize, plus: plus as u32 })
            }
            ("p", &[left, right, plus]) => {
                Some(Formula::Product { left: left as usize, right: right as usize, plus: plus as u32 })
            }
            ("q", &[mask]) => Some(Formula::Square { mask }),
            _ => None,
        }
    }
}

impl fmt::Display for Formula {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Formula::Constant(count) => write!(f, "c{count}"),
            Formula::Scaled { param, scale, over, plus } => write!(f, "l{param},{scale},{over},{plus}"),
            Formula::Sum { left, right, plus } => write!(f, "s{left},{right},{plus}"),
            Formula::Product { left, right, plus } => write!(f, "p{left},{right},{plus}"),
            Formula::Square { mask } => write!(f, "q{mask}"),
        }
    }
}

/// All that are tried, simple ones first.
fn candidates(samples: &[Sample<'_>], params: &[usize], integers: u64, fixed: bool) -> Vec<Formula> {
    let mut found = Vec::new();
    for &param in params {
        for scale in 1..=4 {
            for over in [1, 2, 3, 4, 8, 16, 32, 64] {
                found.extend((0..=2).map(|plus| Formula::Scaled { param, scale, over, plus }));
            }
        }
    }
    for (i, &left) in params.iter().enumerate() {
        for &right in &params[i..] {
            found.extend((0..=2).map(|plus| Formula::Sum { left, right, plus }).filter(|_| left != right));
            found.extend((0..=1).map(|plus| Formula::Product { left, right, plus }));
        }
    }
    let most = samples.iter().map(|sample| sample.need).max();
    let is_same = samples.iter().all(|sample| Some(sample.need) == most);
    found.extend(most.filter(|_| fixed || is_same).map(Formula::Constant));
    if integers != 0 {
        found.push(Formula::Square { mask: integers });
    }
    found
}
