//! The engine of the wide printf family: text conversions give wide characters, and all else is the other engine's.

use super::spec::{Directive, Spec};
use super::{convert, settle, Arguments, Failure, Store};
use crate::errno;
use crate::memory::{Memory, Ptr, VaArg};
use crate::stdio::arguments::PrintArgs;
use crate::stdlib::{decode, Decoded};
use crate::wchar::{btowc, wide_at_most, WEOF};

/// Appends what `format` and `args` print to `out`; a failure without a number leaves `errno` as it is.
#[track_caller]
pub(crate) fn format_wide(
    mut format: &[i32],
    args: &[VaArg],
    out: &mut Vec<i32>,
    stores: &mut Vec<Store>,
    mem: &Memory,
) -> Result<(), Failure> {
    let mut args = Arguments { args: PrintArgs::Variable(args), next: 0 };
    while let Some(percent) = format.iter().position(|&wide| wide == i32::from(b'%')) {
        out.extend_from_slice(&format[..percent]);
        format = &format[percent + 1..];
        let bytes: Vec<u8> = format.iter().map_while(|&wide| u8::try_from(wide).ok()).collect();
        let mut rest = &bytes[..];
        let directive = Directive::parse(&mut rest);
        format = &format[bytes.len() - rest.len()..];
        match directive.conversion {
            b'c' | b'C' | b's' | b'S' => text(&directive, &mut args, out, mem)?,
            _ => {
                let mut converted = Vec::new();
                convert(&directive, &mut args, &mut converted, stores, out.len(), Some(mem))?;
                out.extend(converted.into_iter().map(i32::from));
            }
        }
    }
    out.extend_from_slice(format);
    Ok(())
}

#[track_caller]
fn text(directive: &Directive, args: &mut Arguments<'_>, out: &mut Vec<i32>, mem: &Memory) -> Result<(), Failure> {
    let spec = settle(directive, args)?;
    let is_wide = spec.length.size() == 8 || matches!(spec.conversion, b'C' | b'S');
    let word = args.take(directive.argument).word();
    let body = match spec.conversion {
        b'c' | b'C' if is_wide => vec![word as i32],
        b'c' | b'C' => match btowc(i32::from(word as u8)) {
            WEOF => return Err(0),
            wide => vec![wide as i32],
        },
        _ if word == 0 => null(&spec),
        _ if is_wide => wide_at_most(Ptr::from_int(word), limit(&spec), mem),
        _ => widen(Ptr::from_int(word), limit(&spec), mem)?,
    };
    let pad = spec.width.saturating_sub(body.len());
    let before = if spec.flags.left { 0 } else { pad };
    let blank = i32::from(b' ');
    out.resize(out.len() + before, blank);
    out.extend_from_slice(&body);
    out.resize(out.len() + pad - before, blank);
    Ok(())
}

/// How many characters of a string are printed.
fn limit(spec: &Spec) -> u64 {
    spec.precision.map_or(u64::MAX, |precision| precision as u64)
}

fn null(spec: &Spec) -> Vec<i32> {
    match spec.precision {
        Some(0..=5) => Vec::new(),
        _ => b"(null)".map(i32::from).to_vec(),
    }
}

/// The first `limit` characters of a multibyte string.
#[track_caller]
fn widen(mut at: Ptr<u8>, limit: u64, mem: &Memory) -> Result<Vec<i32>, Failure> {
    let mut text = Vec::new();
    while (text.len() as u64) < limit {
        match decode(mem.tail(at)) {
            Decoded::Character(0, _) => break,
            Decoded::Character(wide, len) => {
                text.push(wide);
                at += len;
            }
            Decoded::Incomplete | Decoded::Invalid => return Err(errno::EILSEQ),
        }
    }
    Ok(text)
}
