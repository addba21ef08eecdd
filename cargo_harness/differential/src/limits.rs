//! What graphs of objects may be like for one function: learned by asking the C (`learn`), since no fact says it.

use crate::types::{Type, TypeId, Types};

/// Links of an object that are told apart.
pub const MOST_LINKS: usize = 4;

/// A function that follows links which lead back may not come back itself, and one that looks at an object needs one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// A mask: which of the links to objects of the same type may lead back (`prev`, `parent`), each in graphs of its own.
    pub backs: u8,
    /// Whether any may lead anywhere.
    pub cycles: bool,
    /// Whether several often lead to one object: what frees graphs would free that twice.
    pub shares: bool,
    /// A mask: the parameters of which an object has to be there.
    pub needed: u64,
    /// What all graphs have while it is tried.
    pub tried: Option<Trait>,
}

/// What graphs may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trait {
    /// The link of that number leads back.
    Back(usize),
    Cycles,
    Shares,
    /// The parameter is null.
    Missing(usize),
}

impl Limits {
    /// Two words; `of_words` reads them.
    pub fn words(self) -> String {
        let loops = u32::from(self.backs) << 2 | u32::from(self.shares) << 1 | u32::from(self.cycles);
        format!("{loops} {}", self.needed)
    }

    pub fn of_words<'a>(mut words: impl Iterator<Item = &'a str>) -> Option<Limits> {
        let mut number = || words.next().and_then(|word| word.parse::<u64>().ok());
        let loops = number()?;
        let (backs, shares, cycles) = ((loops >> 2) as u8, loops >> 1 & 1 == 1, loops & 1 == 1);
        Some(Limits { backs, cycles, shares, needed: number()?, tried: None })
    }

    pub fn is_needed(self, param: usize) -> bool {
        param < 64 && self.needed >> param & 1 == 1
    }
}

/// What is in objects of a type that lie in arenas: the offsets of pointers to such objects, and those of integers that are no
/// text, with their types.
#[derive(Default)]
pub struct Members {
    pub links: Vec<usize>,
    pub integers: Vec<(usize, TypeId)>,
}

impl Members {
    /// Those of all types; other types have none.
    pub fn of_all(types: Types) -> Vec<Members> {
        let of = |of: TypeId| {
            let mut found = Members::default();
            if types.is_pooled(of) {
                types.scalars(of, 0, &mut |at, scalar| match *types.get(scalar) {
                    Type::Pointer { to } if to == of => found.links.push(at),
                    Type::Int { text: false, .. } => found.integers.push((at, scalar)),
                    _ => {}
                });
            }
            found
        };
        (0..types.0.len()).map(of).collect()
    }

    /// One of several links.
    pub fn back_link(&self, number: usize) -> Option<usize> {
        (self.links.len() > 1).then(|| self.links[number % self.links.len()])
    }
}
