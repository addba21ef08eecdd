//! The engine of the printf family: a format and its arguments to bytes, as glibc 2.36 does in the C locale.

mod float;
mod integer;
pub(crate) mod spec;
mod wide;

use super::arguments::{memory, PrintArg, PrintArgs};
use crate::errno;
use crate::memory::{find_byte, Memory, Ptr};
use spec::{Count, Directive, Spec};
pub(crate) use wide::format_wide;

/// What `%n` stores: the low `size` bytes of `count`, at `at`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Store {
    at: Ptr<u8>,
    size: usize,
    count: u64,
}

impl Store {
    #[track_caller]
    pub(crate) fn apply(self, mem: &mut Memory) {
        mem.bytes_mut(self.at, self.size as u64).copy_from_slice(&self.count.to_ne_bytes()[..self.size]);
    }
}

/// Why formatting ended early: an error number for `errno`.
pub(crate) type Failure = i32;

/// The arguments of one call and how many of them were taken.
struct Arguments<'a> {
    args: PrintArgs<'a>,
    next: usize,
}

impl<'a> Arguments<'a> {
    #[track_caller]
    fn take(&mut self, position: Option<usize>) -> PrintArg<'a> {
        let index = position.map_or(self.next, |position| position - 1);
        if position.is_none() {
            self.next += 1;
        }
        self.args.get(index)
    }
}

/// Appends what `format` and `args` print to `out`. The stores of `%n` are left to the caller. `mem` is there where
/// arguments may be pointers.
#[track_caller]
pub(crate) fn format(
    mut format: &[u8],
    args: PrintArgs<'_>,
    out: &mut Vec<u8>,
    stores: &mut Vec<Store>,
    mem: Option<&Memory>,
) -> Result<(), Failure> {
    let start = out.len();
    let mut args = Arguments { args, next: 0 };
    while let Some(percent) = find_byte(format, b'%') {
        out.extend_from_slice(&format[..percent]);
        let mut rest = &format[percent + 1..];
        match rest {
            [b'd', tail @ ..] => {
                integer::plain(out, args.take(None).word() as i32);
                rest = tail;
            }
            [b's', tail @ ..] => {
                text(out, mem, args.take(None), None);
                rest = tail;
            }
            _ => {
                let directive = Directive::parse(&mut rest);
                let printed = out.len() - start;
                convert(&directive, &mut args, out, stores, printed, mem)?;
            }
        }
        format = rest;
    }
    out.extend_from_slice(format);
    Ok(())
}

/// Appends one conversion; `printed` is the number of bytes before it.
#[track_caller]
fn convert(
    directive: &Directive,
    args: &mut Arguments<'_>,
    out: &mut Vec<u8>,
    stores: &mut Vec<Store>,
    printed: usize,
    mem: Option<&Memory>,
) -> Result<(), Failure> {
    let spec = settle(directive, args)?;
    let mut arg = || args.take(directive.argument);
    match spec.conversion {
        b'd' | b'i' => integer::signed(out, &spec, spec.length.signed(arg().word())),
        b'u' | b'o' | b'x' | b'X' | b'b' | b'B' => integer::unsigned(out, &spec, spec.length.unsigned(arg().word())),
        b'e' | b'E' | b'f' | b'F' | b'g' | b'G' | b'a' | b'A' => float::float(out, &spec, arg().double()),
        b'c' if spec.length.size() < 8 => padded(out, &spec, &[arg().word() as u8]),
        b'c' | b'C' => wide_char(out, &spec, arg().word() as u32)?,
        b's' if spec.length.size() < 8 => string(out, &spec, arg(), mem),
        b's' | b'S' => wide_string(out, &spec, arg(), mem)?,
        b'p' => match arg().word() {
            0 => padded(out, &spec, b"(nil)"),
            address => integer::pointer(out, &spec, address),
        },
        b'n' => {
            memory(mem);
            let at = Ptr::from_int(arg().word());
            stores.push(Store { at, size: spec.length.size(), count: printed as u64 });
        }
        b'm' => {
            let number = errno::get();
            match errno::message(number) {
                Some(text) => padded(out, &spec, cut(text.as_bytes(), spec.precision)),
                None => padded(out, &spec, cut(format!("Unknown error {number}").as_bytes(), spec.precision)),
            }
        }
        b'%' => out.push(b'%'),
        0 => return Err(errno::EINVAL),
        _ => unknown(out, &spec),
    }
    match out.len() > i32::MAX as usize {
        true => Err(errno::EOVERFLOW),
        false => Ok(()),
    }
}

/// Settles width and precision, which may be arguments.
#[track_caller]
fn settle(directive: &Directive, args: &mut Arguments<'_>) -> Result<Spec, Failure> {
    let mut flags = directive.flags;
    let width = match directive.width {
        Count::Absent => 0,
        Count::Number(number) => number,
        Count::TooLarge => return Err(errno::EOVERFLOW),
        Count::Next | Count::At(_) => {
            let width = counted(directive.width, args);
            flags.left |= width < 0;
            width.unsigned_abs() as usize
        }
    };
    let precision = match directive.precision {
        Count::Absent => None,
        Count::Number(number) => Some(number),
        Count::TooLarge => return Err(errno::EOVERFLOW),
        Count::Next | Count::At(_) => usize::try_from(counted(directive.precision, args)).ok(),
    };
    if width >= i32::MAX as usize || precision.is_some_and(|precision| precision >= i32::MAX as usize) {
        return Err(errno::EOVERFLOW);
    }
    Ok(Spec { flags, width, precision, length: directive.length, conversion: directive.conversion })
}

#[track_caller]
fn counted(count: Count, args: &mut Arguments<'_>) -> i32 {
    let position = match count {
        Count::At(position) => Some(position),
        _ => None,
    };
    args.take(position).word() as i32
}

/// Appends `body`, padded with spaces to the width.
fn padded(out: &mut Vec<u8>, spec: &Spec, body: &[u8]) {
    let pad = spec.width.saturating_sub(body.len());
    let before = if spec.flags.left { 0 } else { pad };
    out.resize(out.len() + before, b' ');
    out.extend_from_slice(body);
    out.resize(out.len() + pad - before, b' ');
}

fn cut(text: &[u8], precision: Option<usize>) -> &[u8] {
    &text[..precision.unwrap_or(text.len()).min(text.len())]
}

#[track_caller]
fn string(out: &mut Vec<u8>, spec: &Spec, arg: PrintArg<'_>, mem: Option<&Memory>) {
    if spec.width == 0 {
        return text(out, mem, arg, spec.precision);
    }
    let start = out.len();
    text(out, mem, arg, spec.precision);
    let len = out.len() - start;
    if len < spec.width {
        out.resize(start + spec.width, b' ');
        if !spec.flags.left {
            out[start..].rotate_right(spec.width - len);
        }
    }
}

/// Appends the string of an argument, of which only `precision` bytes need to be there.
#[inline]
#[track_caller]
fn text(out: &mut Vec<u8>, mem: Option<&Memory>, arg: PrintArg<'_>, precision: Option<usize>) {
    let body = match arg {
        PrintArg::Text(None) | PrintArg::Word(0) => null(precision),
        _ if precision == Some(0) => b"",
        PrintArg::Text(Some(text)) => match up_to_nul(text, precision) {
            Some(body) => body,
            None => panic!("read past the end of an array of {} bytes", text.len()),
        },
        _ => {
            let (at, mem) = (Ptr::from_int(arg.word()), memory(mem));
            match up_to_nul(mem.tail(at), precision) {
                Some(body) => body,
                None => precision.map_or_else(|| mem.c_str(at), |most| mem.bytes(at, most as u64)),
            }
        }
    };
    out.extend_from_slice(body);
}

fn null(precision: Option<usize>) -> &'static [u8] {
    match precision {
        Some(0..=5) => b"",
        _ => b"(null)",
    }
}

/// The string without its NUL, or its first `precision` bytes; none where the slice ends before.
#[inline]
fn up_to_nul(bytes: &[u8], precision: Option<usize>) -> Option<&[u8]> {
    let most = precision.unwrap_or(usize::MAX);
    match find_byte(&bytes[..most.min(bytes.len())], 0) {
        Some(len) => Some(&bytes[..len]),
        None => bytes.get(..most),
    }
}

/// `%lc`: in the C locale a wide character is its ASCII byte or an error.
fn wide_char(out: &mut Vec<u8>, spec: &Spec, wide: u32) -> Result<(), Failure> {
    padded(out, spec, &[ascii(wide)?]);
    Ok(())
}

#[track_caller]
fn wide_string(out: &mut Vec<u8>, spec: &Spec, arg: PrintArg<'_>, mem: Option<&Memory>) -> Result<(), Failure> {
    if matches!(arg, PrintArg::Text(None) | PrintArg::Word(0)) {
        text(out, mem, arg, spec.precision);
        return Ok(());
    }
    let mut bytes = Vec::new();
    while spec.precision.is_none_or(|most| bytes.len() < most) {
        match wide_at(arg, bytes.len(), mem) {
            0 => break,
            wide => bytes.push(ascii(wide as u32)?),
        }
    }
    padded(out, spec, &bytes);
    Ok(())
}

/// A character of the wide string that is an argument.
#[track_caller]
fn wide_at(arg: PrintArg<'_>, index: usize, mem: Option<&Memory>) -> i32 {
    match arg {
        PrintArg::Wide(text) => text[index],
        _ => memory(mem).read(Ptr::from_int(arg.word()) + index),
    }
}

fn ascii(wide: u32) -> Result<u8, Failure> {
    u8::try_from(wide).ok().filter(u8::is_ascii).ok_or(errno::EILSEQ)
}

/// A conversion that glibc does not know is printed as it was understood.
fn unknown(out: &mut Vec<u8>, spec: &Spec) {
    let flags = &spec.flags;
    let marks = [
        (true, b'%'),
        (flags.alternate, b'#'),
        (flags.group, b'\''),
        (flags.plus, b'+'),
        (flags.space && !flags.plus, b' '),
        (flags.left, b'-'),
        (flags.zero, b'0'),
        (flags.other_digits, b'I'),
    ];
    out.extend(marks.iter().filter(|(set, _)| *set).map(|(_, mark)| mark));
    if spec.width != 0 {
        out.extend_from_slice(spec.width.to_string().as_bytes());
    }
    if let Some(precision) = spec.precision {
        out.push(b'.');
        out.extend_from_slice(precision.to_string().as_bytes());
    }
    out.push(spec.conversion);
}
