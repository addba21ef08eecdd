//! `getopt.h`: `getopt`, `getopt_long` and `getopt_long_only`, with glibc's permutation of `argv` and its messages.

use std::cell::{Cell, RefCell};

use crate::memory::find_byte;
use crate::stdlib::variable;
use crate::string::strlen;
use crate::{layout, Memory, Pod, Ptr};

/// `struct option`.
#[derive(Clone, Copy, Debug)]
pub struct LongOption {
    pub name: Ptr<u8>,
    pub has_arg: i32,
    pub flag: Ptr<i32>,
    pub val: i32,
}

layout! { LongOption: 32, 8;
    NAME name: Ptr<u8> = 0;
    HAS_ARG has_arg: i32 = 8;
    FLAG flag: Ptr<i32> = 16;
    VAL val: i32 = 24;
}

const REQUIRED_ARGUMENT: i32 = 1;

/// What becomes of arguments that are no options.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ordering {
    /// They move behind the options.
    Permute,
    /// The first one ends the options.
    RequireOrder,
    /// They are given as arguments of option 1.
    ReturnInOrder,
}

/// C's global variables of getopt.h, and where the parse stands.
#[derive(Clone, Copy)]
struct State {
    optarg: Ptr<u8>,
    optind: i32,
    opterr: i32,
    optopt: i32,
    initialized: bool,
    ordering: Ordering,
    /// The rest of the element whose short options are being read; null or an empty string at an element's end.
    nextchar: Ptr<u8>,
    /// The arguments that were passed over lie in `argv[first_nonopt..last_nonopt]`.
    first_nonopt: i32,
    last_nonopt: i32,
}

thread_local! {
    static STATE: RefCell<State> = const {
        RefCell::new(State {
            optarg: Ptr::NULL,
            optind: 1,
            opterr: 1,
            optopt: b'?' as i32,
            initialized: false,
            ordering: Ordering::Permute,
            nextchar: Ptr::NULL,
            first_nonopt: 0,
            last_nonopt: 0,
        })
    };
}

thread_local! {
    /// Whether the program has the addresses of `optarg`, `optind`, `opterr` and `optopt`. Such a variable lives in memory, and
    /// [`State`] has it only during a call.
    static SHARED: Cell<[bool; 4]> = const { Cell::new([false; 4]) };
}

/// C's global variables `optarg`, `optind`, `opterr` and `optopt`. A program that takes the address of one uses it by its address
/// alone.
pub mod globals {
    use super::{share, Memory, Ptr, STATE};

    pub fn optarg_address(mem: &mut Memory) -> Ptr<Ptr<u8>> {
        share(0, "optarg", optarg(), mem)
    }

    pub fn optind_address(mem: &mut Memory) -> Ptr<i32> {
        share(1, "optind", optind(), mem)
    }

    pub fn opterr_address(mem: &mut Memory) -> Ptr<i32> {
        share(2, "opterr", opterr(), mem)
    }

    pub fn optopt_address(mem: &mut Memory) -> Ptr<i32> {
        share(3, "optopt", optopt(), mem)
    }

    pub fn optarg() -> Ptr<u8> {
        STATE.with_borrow(|state| state.optarg)
    }

    pub fn set_optarg(value: Ptr<u8>) {
        STATE.with_borrow_mut(|state| state.optarg = value);
    }

    pub fn optind() -> i32 {
        STATE.with_borrow(|state| state.optind)
    }

    pub fn set_optind(value: i32) {
        STATE.with_borrow_mut(|state| state.optind = value);
    }

    pub fn opterr() -> i32 {
        STATE.with_borrow(|state| state.opterr)
    }

    pub fn set_opterr(value: i32) {
        STATE.with_borrow_mut(|state| state.opterr = value);
    }

    pub fn optopt() -> i32 {
        STATE.with_borrow(|state| state.optopt)
    }

    pub fn set_optopt(value: i32) {
        STATE.with_borrow_mut(|state| state.optopt = value);
    }
}

/// The address of a variable, which gets its value at the first use.
fn share<T: Pod>(index: usize, name: &'static str, value: T, mem: &mut Memory) -> Ptr<T> {
    let address = mem.library_block(name, T::SIZE).cast();
    let mut shared = SHARED.get();
    if !shared[index] {
        shared[index] = true;
        SHARED.set(shared);
        mem.write(address, value);
    }
    address
}

impl State {
    /// Takes over what the program may have written.
    fn read_shared(&mut self, mem: &mut Memory) {
        let [optarg, optind, opterr, optopt] = SHARED.get();
        if optarg {
            let address = globals::optarg_address(mem);
            self.optarg = mem.read(address);
        }
        for (shared, name, variable) in
            [(optind, "optind", &mut self.optind), (opterr, "opterr", &mut self.opterr), (optopt, "optopt", &mut self.optopt)]
        {
            if shared {
                let address = mem.library_block(name, 4).cast();
                *variable = mem.read(address);
            }
        }
    }

    /// Gives the program what the call left in the variables.
    fn write_shared(&self, mem: &mut Memory) {
        let [optarg, optind, opterr, optopt] = SHARED.get();
        if optarg {
            let address = globals::optarg_address(mem);
            mem.write(address, self.optarg);
        }
        for (shared, name, value) in
            [(optind, "optind", self.optind), (opterr, "opterr", self.opterr), (optopt, "optopt", self.optopt)]
        {
            if shared {
                let address = mem.library_block(name, 4).cast();
                mem.write(address, value);
            }
        }
    }
}

#[track_caller]
pub fn getopt(argc: i32, argv: Ptr<Ptr<u8>>, optstring: Ptr<u8>, mem: &mut Memory) -> i32 {
    parse(argc, argv, optstring, None, mem)
}

#[track_caller]
pub fn getopt_long(
    argc: i32,
    argv: Ptr<Ptr<u8>>,
    optstring: Ptr<u8>,
    longopts: Ptr<LongOption>,
    longindex: Ptr<i32>,
    mem: &mut Memory,
) -> i32 {
    let long = (!longopts.is_null()).then_some(LongOptions { options: longopts, index: longindex, only: false });
    parse(argc, argv, optstring, long, mem)
}

/// As [`getopt_long`]; a single `-` may begin a long option, too.
#[track_caller]
pub fn getopt_long_only(
    argc: i32,
    argv: Ptr<Ptr<u8>>,
    optstring: Ptr<u8>,
    longopts: Ptr<LongOption>,
    longindex: Ptr<i32>,
    mem: &mut Memory,
) -> i32 {
    let long = (!longopts.is_null()).then_some(LongOptions { options: longopts, index: longindex, only: true });
    parse(argc, argv, optstring, long, mem)
}

/// The table of long options, and where the number of the one that was found goes.
#[derive(Clone, Copy)]
struct LongOptions {
    options: Ptr<LongOption>,
    index: Ptr<i32>,
    only: bool,
}

/// One call: the arguments of the C function, and the state, which is kept when it ends.
struct Parser<'a> {
    mem: &'a mut Memory,
    argc: i32,
    argv: Ptr<Ptr<u8>>,
    /// The short options, without what tells the ordering.
    shorts: Vec<u8>,
    print_errors: bool,
    state: State,
}

#[track_caller]
fn parse(argc: i32, argv: Ptr<Ptr<u8>>, optstring: Ptr<u8>, long: Option<LongOptions>, mem: &mut Memory) -> i32 {
    if argc < 1 {
        return -1;
    }
    let mut state = STATE.with_borrow(|state| *state);
    state.read_shared(mem);
    state.optarg = Ptr::NULL;
    let text = mem.c_str(optstring).to_vec();
    if state.optind == 0 || !state.initialized {
        state.optind = state.optind.max(1);
        (state.first_nonopt, state.last_nonopt) = (state.optind, state.optind);
        state.nextchar = Ptr::NULL;
        state.initialized = true;
        state.ordering = match text.first() {
            Some(b'-') => Ordering::ReturnInOrder,
            Some(b'+') => Ordering::RequireOrder,
            _ if variable(b"POSIXLY_CORRECT", mem).is_some() => Ordering::RequireOrder,
            _ => Ordering::Permute,
        };
    }
    let shorts = text[usize::from(matches!(text.first(), Some(b'-' | b'+')))..].to_vec();
    let print_errors = state.opterr != 0 && shorts.first() != Some(&b':');
    let mut parser = Parser { mem, argc, argv, shorts, print_errors, state };
    let result = parser.next_option(long);
    parser.state.write_shared(parser.mem);
    STATE.set(parser.state);
    result
}

impl Parser<'_> {
    fn argument(&self, index: i32) -> Ptr<u8> {
        self.mem.read(self.argv + index)
    }

    /// The string as it stands in memory.
    fn text(&self, at: Ptr<u8>) -> Vec<u8> {
        self.mem.c_str(at).to_vec()
    }

    /// Whether the element at `optind` is no option.
    fn at_plain_argument(&self) -> bool {
        let text = self.mem.c_str(self.argument(self.state.optind));
        text.first() != Some(&b'-') || text.len() == 1
    }

    /// Prints `argv[0]: ` and the message on stderr, if errors are printed.
    fn complain(&mut self, parts: &[&[u8]]) {
        if !self.print_errors {
            return;
        }
        let line = [&self.text(self.argument(0))[..], b": ", &parts.concat(), b"\n"].concat();
        let mark = self.mem.enter();
        let at = self.mem.alloca(line.len() as u64);
        self.mem.bytes_mut(at, line.len() as u64).copy_from_slice(&line);
        crate::stdio::fwrite(at, 1, line.len() as u64, crate::stdio::stderr, self.mem);
        self.mem.leave(mark);
    }

    /// What a missing argument is told by.
    fn missing_argument(&self) -> i32 {
        i32::from(if self.shorts.first() == Some(&b':') { b':' } else { b'?' })
    }

    fn next_option(&mut self, long: Option<LongOptions>) -> i32 {
        let in_element = !self.state.nextchar.is_null() && self.mem.read(self.state.nextchar) != 0;
        if !in_element {
            if let Some(result) = self.next_element() {
                return result;
            }
            let element = self.argument(self.state.optind);
            if let Some(long) = long {
                let text = self.text(element);
                if text[1] == b'-' {
                    self.state.nextchar = element + 2;
                    return self.long_option(long, b"--").unwrap_or(-1);
                }
                if long.only && (text.len() > 2 || !self.shorts.contains(&text[1])) {
                    self.state.nextchar = element + 1;
                    if let Some(result) = self.long_option(long, b"-") {
                        return result;
                    }
                }
            }
            self.state.nextchar = element + 1;
        }
        self.short_option(long)
    }

    /// Goes to the next element that is an option; a result where the parse ends or gives a plain argument.
    fn next_element(&mut self) -> Option<i32> {
        let state = &mut self.state;
        state.last_nonopt = state.last_nonopt.min(state.optind);
        state.first_nonopt = state.first_nonopt.min(state.optind);
        if state.ordering == Ordering::Permute {
            if state.first_nonopt != state.last_nonopt && state.last_nonopt != state.optind {
                self.exchange();
            } else if state.last_nonopt != state.optind {
                state.first_nonopt = state.optind;
            }
            while self.state.optind < self.argc && self.at_plain_argument() {
                self.state.optind += 1;
            }
            self.state.last_nonopt = self.state.optind;
        }
        if self.state.optind != self.argc && self.mem.c_str(self.argument(self.state.optind)) == b"--" {
            self.state.optind += 1;
            if self.state.first_nonopt != self.state.last_nonopt && self.state.last_nonopt != self.state.optind {
                self.exchange();
            } else if self.state.first_nonopt == self.state.last_nonopt {
                self.state.first_nonopt = self.state.optind;
            }
            self.state.last_nonopt = self.argc;
            self.state.optind = self.argc;
        }
        if self.state.optind == self.argc {
            if self.state.first_nonopt != self.state.last_nonopt {
                self.state.optind = self.state.first_nonopt;
            }
            return Some(-1);
        }
        if self.at_plain_argument() {
            if self.state.ordering == Ordering::RequireOrder {
                return Some(-1);
            }
            self.state.optarg = self.argument(self.state.optind);
            self.state.optind += 1;
            return Some(1);
        }
        None
    }

    /// Moves the arguments that were passed over behind the options that followed them.
    fn exchange(&mut self) {
        let State { first_nonopt: first, last_nonopt: middle, optind: end, .. } = self.state;
        let mut elements: Vec<Ptr<u8>> = (first..end).map(|index| self.argument(index)).collect();
        elements.rotate_left((middle - first) as usize);
        for (index, element) in (first..end).zip(elements) {
            self.mem.write(self.argv + index, element);
        }
        self.state.first_nonopt += end - middle;
        self.state.last_nonopt = end;
    }

    fn short_option(&mut self, long: Option<LongOptions>) -> i32 {
        let letter = self.mem.read(self.state.nextchar);
        self.state.nextchar += 1;
        let at_end = self.mem.read(self.state.nextchar) == 0;
        if at_end {
            self.state.optind += 1;
        }
        let result = i32::from(letter as i8);
        let place = self.shorts.iter().position(|&short| short == letter && !matches!(letter, b':' | b';'));
        let Some(place) = place else {
            self.complain(&[b"invalid option -- '", &[letter], b"'"]);
            self.state.optopt = result;
            return b'?'.into();
        };
        let kind = &self.shorts[place + 1..];
        let (is_word, takes_argument, is_optional) =
            (letter == b'W' && kind.starts_with(b";"), kind.starts_with(b":"), kind.starts_with(b"::"));
        if let Some(long) = long.filter(|_| is_word) {
            return self.long_option_of_w(long, result, at_end);
        }
        if takes_argument {
            if !at_end {
                self.state.optarg = self.state.nextchar;
                self.state.optind += 1;
            } else if is_optional {
                self.state.optarg = Ptr::NULL;
            } else if self.state.optind == self.argc {
                self.state.nextchar = Ptr::NULL;
                return self.short_option_without_argument(result);
            } else {
                self.state.optarg = self.argument(self.state.optind);
                self.state.optind += 1;
            }
            self.state.nextchar = Ptr::NULL;
        }
        result
    }

    fn short_option_without_argument(&mut self, option: i32) -> i32 {
        self.complain(&[b"option requires an argument -- '", &[option as u8], b"'"]);
        self.state.optopt = option;
        self.missing_argument()
    }

    /// `-W name`, which is `--name` where the short options have `W;`.
    fn long_option_of_w(&mut self, long: LongOptions, option: i32, at_end: bool) -> i32 {
        if at_end {
            if self.state.optind == self.argc {
                return self.short_option_without_argument(option);
            }
            self.state.nextchar = self.argument(self.state.optind);
        }
        let long = LongOptions { only: false, ..long };
        self.long_option(long, b"-W ").unwrap_or(-1)
    }

    /// The long options up to the one whose name is null.
    fn long_options(&self, long: LongOptions) -> Vec<LongOption> {
        (0u64..).map(|index| self.mem.read(long.options + index)).take_while(|option| !option.name.is_null()).collect()
    }

    /// The long option at `nextchar`; none where it may be short ones.
    fn long_option(&mut self, long: LongOptions, prefix: &[u8]) -> Option<i32> {
        let text = self.text(self.state.nextchar);
        let name = &text[..find_byte(&text, b'=').unwrap_or(text.len())];
        let options = self.long_options(long);
        let exact = options.iter().position(|option| self.mem.c_str(option.name) == name);
        let found = match exact {
            Some(index) => index,
            None => {
                let matching = self.abbreviated(&options, name, long.only);
                if matching.len() > 1 {
                    return Some(self.ambiguous(&options, &matching, prefix, &text));
                }
                match matching.first() {
                    Some(&index) => index,
                    None => return self.unrecognized(long.only, prefix, &text),
                }
            }
        };
        Some(self.take_long_option(long, options[found], found, prefix, name.len()))
    }

    /// The options that begin with `name`: more than one only where they differ in what they do.
    fn abbreviated(&self, options: &[LongOption], name: &[u8], only: bool) -> Vec<usize> {
        let mut matching: Vec<usize> = Vec::new();
        for (index, option) in options.iter().enumerate() {
            if !self.mem.c_str(option.name).starts_with(name) {
                continue;
            }
            let same = |first: &LongOption| {
                (first.has_arg, first.flag, first.val) == (option.has_arg, option.flag, option.val)
            };
            if matching.first().is_none_or(|&first| only || !same(&options[first])) {
                matching.push(index);
            }
        }
        matching
    }

    fn ambiguous(&mut self, options: &[LongOption], matching: &[usize], prefix: &[u8], text: &[u8]) -> i32 {
        let mut list = Vec::new();
        for &index in matching {
            list.extend([b" '", prefix, self.mem.c_str(options[index].name), b"'"].concat());
        }
        self.complain(&[b"option '", prefix, text, b"' is ambiguous; possibilities:", &list]);
        self.state.nextchar += strlen(self.state.nextchar, self.mem);
        self.state.optind += 1;
        self.state.optopt = 0;
        b'?'.into()
    }

    fn unrecognized(&mut self, only: bool, prefix: &[u8], text: &[u8]) -> Option<i32> {
        let element = self.argument(self.state.optind);
        let may_be_short = text.first().is_none_or(|letter| self.shorts.contains(letter));
        if only && self.mem.read(element + 1) != b'-' && may_be_short {
            return None;
        }
        self.complain(&[b"unrecognized option '", prefix, text, b"'"]);
        self.state.nextchar = Ptr::NULL;
        self.state.optind += 1;
        self.state.optopt = 0;
        Some(b'?'.into())
    }

    /// Takes the option, whose name has `name_len` bytes of the element, and its argument.
    fn take_long_option(
        &mut self,
        long: LongOptions,
        option: LongOption,
        index: usize,
        prefix: &[u8],
        name_len: usize,
    ) -> i32 {
        let name_end = self.state.nextchar + name_len;
        self.state.optind += 1;
        self.state.nextchar = Ptr::NULL;
        let name = self.text(option.name);
        if self.mem.read(name_end) != 0 {
            if option.has_arg == 0 {
                self.complain(&[b"option '", prefix, &name, b"' doesn't allow an argument"]);
                self.state.optopt = option.val;
                return b'?'.into();
            }
            self.state.optarg = name_end + 1;
        } else if option.has_arg == REQUIRED_ARGUMENT {
            if self.state.optind >= self.argc {
                self.complain(&[b"option '", prefix, &name, b"' requires an argument"]);
                self.state.optopt = option.val;
                return self.missing_argument();
            }
            self.state.optarg = self.argument(self.state.optind);
            self.state.optind += 1;
        }
        if !long.index.is_null() {
            self.mem.write(long.index, index as i32);
        }
        if option.flag.is_null() {
            return option.val;
        }
        self.mem.write(option.flag, option.val);
        0
    }
}
