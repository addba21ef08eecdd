//! The engine of the scanf family: what glibc 2.36 does in the C locale, to the byte that it leaves in the input.

mod directive;
mod number;
mod set;

use super::arguments::{memory, Place};
use super::stream::Stream;
use super::{ScanArgs, EOF};
use crate::errno;
use crate::memory::{LongDouble, Memory, Pod, Ptr};
use crate::stdlib::scan as scan_float;
use directive::{Directive, Target};
use set::ByteSet;

/// Where scanf reads: a stream or a string of the program.
pub(crate) trait Source {
    fn get(&mut self, mem: Option<&Memory>) -> Option<u8>;
    /// Puts back the byte that was read last.
    fn unread(&mut self, byte: u8);
}

impl Source for Stream {
    fn get(&mut self, _mem: Option<&Memory>) -> Option<u8> {
        Stream::get(self)
    }

    fn unread(&mut self, byte: u8) {
        Stream::unread(self, byte);
    }
}

/// A string in memory, read up to its NUL.
pub(super) struct TextInMemory {
    pub(super) at: Ptr<u8>,
}

impl Source for TextInMemory {
    #[track_caller]
    fn get(&mut self, mem: Option<&Memory>) -> Option<u8> {
        let byte = memory(mem).read(self.at);
        if byte == 0 {
            return None;
        }
        self.at += 1;
        Some(byte)
    }

    fn unread(&mut self, _byte: u8) {
        self.at -= 1;
    }
}

/// A borrowed string, read up to its NUL.
pub(crate) struct Text<'a> {
    pub(crate) text: &'a [u8],
    pub(crate) at: usize,
}

impl Source for Text<'_> {
    #[track_caller]
    fn get(&mut self, _mem: Option<&Memory>) -> Option<u8> {
        match self.text.get(self.at) {
            Some(0) => None,
            Some(&byte) => {
                self.at += 1;
                Some(byte)
            }
            None => panic!("read past the end of an array of {} bytes", self.text.len()),
        }
    }

    fn unread(&mut self, _byte: u8) {
        self.at -= 1;
    }
}

/// Why scanning ends before the format does.
enum Stop {
    /// The input ended.
    Input,
    /// The input is not what the format asks for.
    Mismatch,
}

/// One run of the engine.
struct Scanner<'a, 'b, S> {
    source: &'a mut S,
    /// There where arguments may be pointers.
    mem: Option<&'a mut Memory>,
    args: ScanArgs<'a, 'b>,
    next_arg: usize,
    /// How many bytes were read.
    read: u64,
    ended: bool,
    /// `errno` as the end of the input left it.
    end_errno: i32,
}

/// The number of conversions stored, or EOF where the input ended before the first.
#[track_caller]
pub(crate) fn scan<S: Source>(source: &mut S, format: &[u8], args: ScanArgs<'_, '_>, mem: Option<&mut Memory>) -> i32 {
    let mut scanner = Scanner { source, mem, args, next_arg: 0, read: 0, ended: false, end_errno: 0 };
    let mut done = 0;
    match scanner.run(format, &mut done) {
        Err(Stop::Input) if done == 0 => EOF,
        _ => done,
    }
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r')
}

impl<S: Source> Scanner<'_, '_, S> {
    /// The next byte. The end of the input stays the end; as in glibc, meeting it again restores its `errno`.
    #[track_caller]
    fn get(&mut self) -> Option<u8> {
        if self.ended {
            errno::set(self.end_errno);
            return None;
        }
        let byte = self.source.get(self.mem.as_deref());
        match byte {
            Some(_) => self.read += 1,
            None => {
                self.ended = true;
                self.end_errno = errno::get();
            }
        }
        byte
    }

    /// Puts back what [`Scanner::get`] gave.
    fn unread(&mut self, byte: Option<u8>) {
        if let Some(byte) = byte {
            self.read -= 1;
            self.source.unread(byte);
        }
    }

    #[track_caller]
    fn skip_spaces(&mut self) {
        let mut byte = self.get();
        while byte.is_some_and(is_space) {
            byte = self.get();
        }
        self.unread(byte);
    }

    #[track_caller]
    fn run(&mut self, mut format: &[u8], done: &mut i32) -> Result<(), Stop> {
        let mut spaces = false;
        while let [byte, rest @ ..] = format {
            format = rest;
            if is_space(*byte) {
                spaces = true;
                continue;
            }
            if *byte != b'%' {
                if std::mem::take(&mut spaces) {
                    self.skip_spaces();
                }
                self.literal(*byte)?;
                continue;
            }
            let directive = Directive::parse(&mut format).ok_or(Stop::Mismatch)?;
            if spaces || directive.skips_spaces() {
                let saved = errno::get();
                errno::set(0);
                self.skip_spaces();
                errno::set(saved);
                spaces = false;
            }
            *done += i32::from(self.convert(&directive)?);
        }
        if spaces {
            self.skip_spaces();
        }
        Ok(())
    }

    #[track_caller]
    fn literal(&mut self, wanted: u8) -> Result<(), Stop> {
        let byte = self.get().ok_or(Stop::Input)?;
        if byte != wanted {
            self.unread(Some(byte));
            return Err(Stop::Mismatch);
        }
        Ok(())
    }

    /// Does one conversion; says whether it counts as stored.
    #[track_caller]
    fn convert(&mut self, directive: &Directive) -> Result<bool, Stop> {
        match directive.conversion {
            b'%' => return self.literal(b'%').map(|()| false),
            b'n' => {
                if !directive.suppressed {
                    let place = self.place(directive);
                    self.store_integer(place, directive.length.size(), self.read);
                }
                return Ok(false);
            }
            b'd' | b'i' | b'u' | b'o' | b'x' | b'X' | b'p' => {
                let place = self.early_place(directive);
                let value = self.integer(directive)?;
                if let Some(place) = place {
                    self.store_integer(place, directive.integer_size(), value);
                }
            }
            b'e' | b'E' | b'f' | b'F' | b'g' | b'G' | b'a' | b'A' => {
                let text = self.float_text(directive.width)?;
                self.store_float(directive, &text)?;
            }
            b'c' | b'C' => self.text(directive, directive.width.unwrap_or(1), None, false)?,
            b's' | b'S' => {
                self.text(directive, directive.width.unwrap_or(usize::MAX), Some(&ByteSet::non_spaces()), true)?
            }
            _ => {
                let set = directive.set.as_ref().ok_or(Stop::Mismatch)?;
                self.text(directive, directive.width.unwrap_or(usize::MAX), Some(set), true)?;
            }
        }
        Ok(!directive.suppressed)
    }

    /// The argument of a conversion that stores.
    #[track_caller]
    fn place(&mut self, directive: &Directive) -> Place {
        let index = match directive.argument {
            Some(position) => position - 1,
            None => {
                self.next_arg += 1;
                self.next_arg - 1
            }
        };
        self.args.place(index)
    }

    #[track_caller]
    fn early_place(&mut self, directive: &Directive) -> Option<Place> {
        (!directive.suppressed).then(|| self.place(directive))
    }

    #[track_caller]
    fn store_bytes(&mut self, place: Place, start: usize, bytes: &[u8]) {
        self.args.store(place, start, bytes, self.mem.as_deref_mut());
    }

    #[track_caller]
    fn store_integer(&mut self, place: Place, size: usize, value: u64) {
        self.store_bytes(place, 0, &value.to_ne_bytes()[..size]);
    }

    /// Stores what stands at the start of `text`; a text without a number is a mismatch.
    #[track_caller]
    fn store_float(&mut self, directive: &Directive, text: &[u8]) -> Result<(), Stop> {
        let place = self.early_place(directive);
        let number = match directive.float_target() {
            Target::Float => scan_float::<f32>(text),
            Target::Double | Target::LongDouble => scan_float::<f64>(text),
        };
        if number.out_of_range {
            errno::set(errno::ERANGE);
        }
        if number.len == 0 {
            return Err(Stop::Mismatch);
        }
        match directive.float_target() {
            Target::Float => self.store(place, number.value as f32),
            Target::Double => self.store(place, number.value),
            Target::LongDouble => self.store(place, LongDouble(number.value)),
        }
        Ok(())
    }

    #[track_caller]
    fn store<T: Pod>(&mut self, place: Option<Place>, value: T) {
        if let Some(place) = place {
            let mut bytes = [0; LongDouble::SIZE];
            value.store(&mut bytes[..T::SIZE]);
            self.store_bytes(place, 0, &bytes[..T::SIZE]);
        }
    }

    /// Reads up to `width` bytes of `set` (any bytes where there is none) to where the argument says.
    #[track_caller]
    fn text(
        &mut self,
        directive: &Directive,
        width: usize,
        set: Option<&ByteSet>,
        is_string: bool,
    ) -> Result<(), Stop> {
        let first = self.get().ok_or(Stop::Input)?;
        if set.is_some_and(|set| !set.contains(first)) {
            self.unread(Some(first));
            return Err(Stop::Mismatch);
        }
        let wide = directive.is_wide();
        let mut output = TextOutput::new(self.early_place(directive), directive.allocates, if wide { 4 } else { 1 });
        let mut next = Some(first);
        let mut count = 0;
        while let Some(byte) = next.filter(|&byte| set.is_none_or(|set| set.contains(byte))) {
            if wide && !byte.is_ascii() {
                errno::set(errno::EILSEQ);
                return Err(Stop::Mismatch);
            }
            output.push(self, byte);
            count += 1;
            if count == width {
                next = None;
                break;
            }
            next = self.get();
        }
        self.unread(next);
        if is_string {
            output.push(self, 0);
        }
        output.finish(self);
        Ok(())
    }
}

/// Where the characters of a text conversion go.
struct TextOutput {
    place: TextPlace,
    /// The size of a character.
    size: usize,
}

enum TextPlace {
    Nowhere,
    /// With the number of bytes stored.
    At(Place, usize),
    /// The `m` modifier: a block of their own, whose address goes to the argument.
    Allocated(Place, Vec<u8>),
}

impl TextOutput {
    fn new(place: Option<Place>, allocates: bool, size: usize) -> Self {
        let place = match place {
            None => TextPlace::Nowhere,
            Some(place) if allocates => TextPlace::Allocated(place, Vec::new()),
            Some(place) => TextPlace::At(place, 0),
        };
        TextOutput { place, size }
    }

    #[track_caller]
    fn push<S: Source>(&mut self, scanner: &mut Scanner<'_, '_, S>, byte: u8) {
        let character = &u32::from(byte).to_le_bytes()[..self.size];
        match &mut self.place {
            TextPlace::Nowhere => {}
            TextPlace::At(place, start) => {
                scanner.store_bytes(*place, *start, character);
                *start += self.size;
            }
            TextPlace::Allocated(_, bytes) => bytes.extend_from_slice(character),
        }
    }

    #[track_caller]
    fn finish<S: Source>(self, scanner: &mut Scanner<'_, '_, S>) {
        if let TextPlace::Allocated(place, bytes) = self.place {
            let mem = memory(scanner.mem.as_deref_mut());
            let block: Ptr<u8> = mem.allocate(bytes.len() as u64).cast();
            mem.bytes_mut(block, bytes.len() as u64).copy_from_slice(&bytes);
            scanner.store(Some(place), block);
        }
    }
}
