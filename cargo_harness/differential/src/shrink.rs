//! Smaller inputs to try in place of one that fails.

use crate::function::{Extent, Function};
use crate::generate::read_int;
use crate::input::{Input, Link};
use crate::types::{Type, TypeId, Types};

/// Inputs that are a step smaller, the smallest first.
pub fn smaller(types: Types, function: &Function, input: &Input) -> Vec<Input> {
    let mut found = Vec::new();
    let fixed = function.params.len() + function.globals.len();
    for number in 0..input.blocks().len() {
        if types.is_pooled(input.blocks()[number].of) && number >= fixed {
            found.push(without(input, number));
        } else if number >= fixed {
            shorter(types, function, input, number, &mut found);
        } else {
            with_length(types, function, input, number, &mut found);
        }
        simpler(types, function, input, number, &mut found);
    }
    found.iter_mut().for_each(|smaller| smaller.prune(fixed));
    let weight = input.weight();
    found.retain(Input::is_sound);
    found.retain(|smaller| smaller.weight() < weight || (smaller.weight() == weight && is_simpler(smaller, input)));
    found.sort_by_key(Input::weight);
    found.dedup();
    found
}

fn is_simpler(left: &Input, right: &Input) -> bool {
    let key = |input: &Input| -> Vec<u8> { input.blocks().iter().flat_map(|b| b.bytes.iter().rev().copied()).collect() };
    key(left) < key(right)
}

/// A graph without one object: what led there leads to where that led, by the same link if it has that.
fn without(input: &Input, number: usize) -> Input {
    let mut smaller = input.clone();
    let of = input.blocks()[number].of;
    let next = |holder: TypeId, at: usize| {
        let same = (holder == of).then(|| input.link_at(number, at)).flatten();
        same.or_else(|| input.blocks()[number].links.iter().find_map(|&(at, _)| input.link_at(number, at))).filter(|&next| next != number)
    };
    for block in smaller.blocks_mut() {
        let holder = block.of;
        block.links.retain_mut(|(at, link)| match link {
            Link::Block(target, _) if *target == number => match next(holder, *at) {
                Some(next) if input.blocks()[next].of == of => {
                    *target = next;
                    true
                }
                _ => false,
            },
            _ => true,
        });
    }
    smaller
}

/// A block with fewer objects, if nothing says how many there have to be.
fn shorter(types: Types, function: &Function, input: &Input, number: usize, found: &mut Vec<Input>) {
    let fixed = function.params.iter().zip(input.blocks()).any(|(param, block)| {
        matches!(param.extent, Extent::Exactly(_)) && block.links.iter().any(|(_, link)| leads_to(*link, number))
    });
    let count = input.blocks()[number].count;
    if fixed {
        return;
    }
    for fewer in [1, count / 2, count.saturating_sub(1)] {
        if fewer >= 1 && fewer < count {
            let mut smaller = input.clone();
            smaller.shorten(types, number, fewer);
            found.push(smaller);
        }
    }
    if count > 1 {
        let mut later = input.clone();
        let block = &mut later.blocks_mut()[number];
        let size = types.size(block.of);
        if block.links.is_empty() && size > 0 {
            block.bytes.drain(..size);
            block.count -= 1;
            found.push(later);
        }
    }
}

/// A smaller value of a parameter, with buffers that are as long as it says.
fn with_length(types: Types, function: &Function, input: &Input, number: usize, found: &mut Vec<Input>) {
    let Some(param) = function.params.get(number) else { return };
    let Type::Int { size, signed, .. } = *types.get(param.of) else { return };
    let value = read_int(&input.blocks()[number].bytes, size, signed);
    for fewer in [value / 2, value - 1] {
        if fewer.abs() >= value.abs() {
            continue;
        }
        let mut smaller = input.clone();
        smaller.blocks_mut()[number].bytes.copy_from_slice(&fewer.to_le_bytes()[..size]);
        for (holder, other) in function.params.iter().enumerate() {
            let Extent::Within { lengths, .. } = other.extent else { continue };
            let Some(length) = lengths.iter().find(|length| length.param == number) else { continue };
            let Some(&(_, Link::Block(target, 0))) = input.blocks()[holder].links.first() else { continue };
            let count = (fewer + i128::from(length.constant)).max(i128::from(length.least)).max(0) as usize;
            smaller.shorten(types, target, count);
        }
        found.push(smaller);
    }
}

fn leads_to(link: Link, number: usize) -> bool {
    matches!(link, Link::Block(target, _) if target == number)
}

/// Null for each pointer; zero, one, half and one less for each scalar; all zero.
fn simpler(types: Types, function: &Function, input: &Input, number: usize, found: &mut Vec<Input>) {
    let block = &input.blocks()[number];
    let is_needed = function.params.get(number).is_some_and(|param| !param.may_be_null());
    let removable = if is_needed { 0 } else { block.links.len() };
    for link in (0..removable).rev() {
        let mut smaller = input.clone();
        smaller.blocks_mut()[number].links.remove(link);
        found.push(smaller);
    }
    if block.bytes.iter().any(|&byte| byte != 0) {
        let mut smaller = input.clone();
        smaller.blocks_mut()[number].bytes.fill(0);
        found.push(smaller);
    }
    let size = types.size(block.of).max(1);
    for start in (0..block.bytes.len() / size * size).step_by(size).take(64) {
        types.scalars(block.of, start, &mut |at, scalar| {
            for bytes in simpler_scalars(types.get(scalar), &block.bytes[at..at + types.size(scalar)]) {
                let mut smaller = input.clone();
                smaller.blocks_mut()[number].bytes[at..at + bytes.len()].copy_from_slice(&bytes);
                found.push(smaller);
            }
        });
    }
}

fn simpler_scalars(kind: &Type, bytes: &[u8]) -> Vec<Vec<u8>> {
    match *kind {
        Type::Int { size, signed, .. } => {
            let value = read_int(bytes, size, signed);
            let candidates = [0, 1, value / 2, value - value.signum()];
            let simpler = candidates.iter().filter(|candidate| candidate.abs() < value.abs());
            simpler.map(|candidate| candidate.to_le_bytes()[..size].to_vec()).collect()
        }
        Type::Float { size } => {
            let value = match size {
                4 => f64::from(f32::from_le_bytes(bytes.try_into().unwrap_or_default())),
                _ => f64::from_le_bytes(bytes.try_into().unwrap_or_default()),
            };
            let candidates = [0.0, 1.0, value.trunc(), value / 2.0];
            let simpler = candidates.iter().filter(|candidate| candidate.abs() < value.abs() || value.is_nan());
            let encode = |&candidate: &f64| match size {
                4 => (candidate as f32).to_le_bytes().to_vec(),
                _ => candidate.to_le_bytes().to_vec(),
            };
            simpler.map(encode).collect()
        }
        _ => Vec::new(),
    }
}
