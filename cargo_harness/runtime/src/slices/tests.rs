//! The slice forms against the forms on memory: the same random arrays give the same results, the same bytes
//! afterwards, and panics in the same cases.

use std::cell::Cell;
use std::fmt::Debug;
use std::panic::{catch_unwind, AssertUnwindSafe};

use super::*;
use crate::{
    errno, printf, scanf, snprintf, sprintf, sscanf, stdio as c_stdio, stdlib as c_stdlib, string as c_string,
};
use crate::{strings as c_strings, Memory, Ptr, VaArg, Void};

const ROUNDS: usize = 400;

/// Marsaglia's xorshift.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
    }

    fn bytes(&mut self, alphabet: &[u8], most: usize) -> Vec<u8> {
        let len = self.below(most + 1);
        (0..len).map(|_| alphabet[self.below(alphabet.len())]).collect()
    }

    /// An array that mostly, but not always, holds a string.
    fn text(&mut self, alphabet: &[u8]) -> Vec<u8> {
        let mut bytes = self.bytes(alphabet, 40);
        if self.below(8) > 0 {
            bytes.push(0);
            bytes.extend(self.bytes(alphabet, 8));
        }
        bytes
    }
}

type Outcome<R> = Option<(R, i32, Vec<Vec<u8>>)>;

/// What `act` gives on blocks with these bytes: its result, `errno` and the bytes then; none where it panics.
fn on_memory<R>(arrays: &[Vec<u8>], act: impl FnOnce(&[Ptr<u8>], &mut Memory) -> R) -> Outcome<R> {
    let mut mem = Memory::new(0, &[]);
    let blocks: Vec<Ptr<u8>> = arrays.iter().map(|bytes| block(bytes, &mut mem)).collect();
    errno::set(0);
    let result = catch_unwind(AssertUnwindSafe(|| act(&blocks, &mut mem))).ok()?;
    let after = blocks.iter().zip(arrays).map(|(at, bytes)| mem.bytes(*at, bytes.len() as u64).to_vec());
    Some((result, errno::get(), after.collect()))
}

fn block(bytes: &[u8], mem: &mut Memory) -> Ptr<u8> {
    let at = mem.allocate(bytes.len() as u64).cast();
    mem.bytes_mut(at, bytes.len() as u64).copy_from_slice(bytes);
    at
}

/// As [`on_memory`], on the arrays themselves; `act` gets them one by one, so that it can write one and read another.
fn on_slices<R, const N: usize>(arrays: &[Vec<u8>], act: impl FnOnce([&mut [u8]; N]) -> R) -> Outcome<R> {
    let mut own = arrays.to_vec();
    errno::set(0);
    let result = catch_unwind(AssertUnwindSafe(|| {
        let mut left = own.iter_mut();
        act(std::array::from_fn(|_| left.next().expect("an array for each parameter").as_mut_slice()))
    }));
    let number = errno::get();
    Some((result.ok()?, number, own))
}

fn position(found: Ptr<u8>, base: Ptr<u8>) -> Option<usize> {
    (!found.is_null()).then(|| (found - base) as usize)
}

/// Runs both forms on many pairs of arrays and numbers, and counts how often they ran through.
fn compare<R: PartialEq + Debug>(
    name: &str,
    alphabet: &[u8],
    memory_form: impl Fn(&[Ptr<u8>], u64, &mut Memory) -> R,
    slice_form: impl Fn([&mut [u8]; 2], u64) -> R,
) {
    let mut random = Random(0x2545_f491_4f6c_dd1d);
    let mut succeeded = 0;
    for _ in 0..ROUNDS {
        let mut arrays = vec![random.text(alphabet), random.text(alphabet)];
        if random.below(3) == 0 {
            arrays[1] = arrays[0].clone();
            arrays[1].truncate(random.below(50));
        }
        let most = [8, 48][random.below(2)];
        let number = random.below(most) as u64;
        let expected = on_memory(&arrays, |p, mem| memory_form(p, number, mem));
        let actual = on_slices(&arrays, |s| slice_form(s, number));
        assert_eq!(actual, expected, "{name} of {arrays:?}, {number}");
        succeeded += usize::from(actual.is_some());
    }
    assert!(succeeded > ROUNDS / 100, "{name} nearly always panics");
}

const LETTERS: &[u8] = b"aAbB\xe9";

#[test]
fn strings_are_compared_and_searched_alike() {
    let check = |name, memory: fn(&[Ptr<u8>], u64, &Memory) -> i64, slices: fn([&[u8]; 2], u64) -> i64| {
        compare(name, LETTERS, |p, n, mem| memory(p, n, mem), |[a, b], n| slices([a, b], n));
    };
    check("strlen", |p, _, m| c_string::strlen(p[0], m) as i64, |[a, _], _| string::strlen(a) as i64);
    check("strnlen", |p, n, m| c_string::strnlen(p[0], n, m) as i64, |[a, _], n| string::strnlen(a, n) as i64);
    check("strcmp", |p, _, m| c_string::strcmp(p[0], p[1], m).into(), |[a, b], _| string::strcmp(a, b).into());
    check("strncmp", |p, n, m| c_string::strncmp(p[0], p[1], n, m).into(), |[a, b], n| string::strncmp(a, b, n).into());
    check("strcoll", |p, _, m| c_string::strcoll(p[0], p[1], m).into(), |[a, b], _| string::strcoll(a, b).into());
    check(
        "strverscmp",
        |p, _, m| c_string::strverscmp(p[0], p[1], m).into(),
        |[a, b], _| string::strverscmp(a, b).into(),
    );
    check(
        "strcasecmp",
        |p, _, m| c_strings::strcasecmp(p[0], p[1], m).into(),
        |[a, b], _| strings::strcasecmp(a, b).into(),
    );
    check(
        "strncasecmp",
        |p, n, m| c_strings::strncasecmp(p[0], p[1], n, m).into(),
        |[a, b], n| strings::strncasecmp(a, b, n).into(),
    );
    check(
        "memcmp",
        |p, n, m| c_string::memcmp(p[0].cast(), p[1].cast(), n, m).into(),
        |[a, b], n| string::memcmp(a, b, n).into(),
    );
    check("strspn", |p, _, m| c_string::strspn(p[0], p[1], m) as i64, |[a, b], _| string::strspn(a, b) as i64);
    check("strcspn", |p, _, m| c_string::strcspn(p[0], p[1], m) as i64, |[a, b], _| string::strcspn(a, b) as i64);
}

#[test]
fn positions_are_where_the_pointers_point() {
    type Found = Option<usize>;
    let check = |name, memory: fn(&[Ptr<u8>], i32, &Memory) -> Ptr<u8>, slices: fn([&[u8]; 2], i32) -> Found| {
        let c = |n: u64| i32::from([b'a', b'b', b'B', 0, 0xe9, b'?'][n as usize % 6]);
        compare(name, LETTERS, |p, n, mem| position(memory(p, c(n), mem), p[0]), |[a, b], n| slices([a, b], c(n)));
    };
    check("strchr", |p, c, m| c_string::strchr(p[0], c, m), |[a, _], c| string::strchr(a, c));
    check("strrchr", |p, c, m| c_string::strrchr(p[0], c, m), |[a, _], c| string::strrchr(a, c));
    check("strchrnul", |p, c, m| c_string::strchrnul(p[0], c, m), |[a, _], c| Some(string::strchrnul(a, c)));
    check("index", |p, c, m| c_strings::index(p[0], c, m), |[a, _], c| strings::index(a, c));
    check("rindex", |p, c, m| c_strings::rindex(p[0], c, m), |[a, _], c| strings::rindex(a, c));
    check("strpbrk", |p, _, m| c_string::strpbrk(p[0], p[1], m), |[a, b], _| string::strpbrk(a, b));
    check("strstr", |p, _, m| c_string::strstr(p[0], p[1] + 1, m), |[a, b], _| string::strstr(a, &b[1..]));
    check("strcasestr", |p, _, m| c_string::strcasestr(p[0], p[1], m), |[a, b], _| string::strcasestr(a, b));
    check("gnu_basename", |p, _, m| c_string::gnu_basename(p[0], m), |[a, _], _| Some(string::gnu_basename(a)));
    check(
        "rawmemchr",
        |p, c, m| c_string::rawmemchr(p[0].cast(), c, m).cast(),
        |[a, _], c| Some(string::rawmemchr(a, c)),
    );
    compare(
        "strtok_r",
        LETTERS,
        |p, n, mem| {
            let save = mem.local(p[0] + n as usize % 3);
            let first = c_string::strtok_r(Ptr::NULL, p[1], save, mem);
            let second = c_string::strtok_r(Ptr::NULL, p[1], save, mem);
            (position(first, p[0]), position(second, p[0]), (mem.read(save) - p[0]) as usize)
        },
        |[a, b], n| {
            let mut save = n as usize % 3;
            let first = string::strtok_r(a, b, &mut save);
            (first, string::strtok_r(a, b, &mut save), save)
        },
    );
    for n in 0..30 {
        let name = format!("{n} bytes");
        compare(
            &name,
            LETTERS,
            |p, c, mem| {
                let found = c_string::memchr(p[0].cast(), c as i32, n, mem).cast();
                let last = c_string::memrchr(p[0].cast(), 97, n, mem).cast();
                let inner = c_string::memmem(p[0].cast(), n, p[1].cast(), 2, mem).cast();
                [found, last, inner].map(|found| position(found, p[0]))
            },
            |[a, b], c| [string::memchr(a, c as i32, n), string::memrchr(a, 97, n), string::memmem(a, n, b, 2)],
        );
    }
}

#[test]
fn copies_leave_the_same_bytes() {
    let check = |name, memory: fn(&[Ptr<u8>], u64, &mut Memory), slices: fn([&mut [u8]; 2], u64)| {
        compare(name, LETTERS, memory, slices);
    };
    check(
        "strcpy",
        |p, _, m| {
            c_string::strcpy(p[0], p[1], m);
        },
        |[a, b], _| string::strcpy(a, b),
    );
    check(
        "strncpy",
        |p, n, m| {
            c_string::strncpy(p[0], p[1], n, m);
        },
        |[a, b], n| string::strncpy(a, b, n),
    );
    check(
        "strcat",
        |p, _, m| {
            c_string::strcat(p[0], p[1], m);
        },
        |[a, b], _| string::strcat(a, b),
    );
    check(
        "strncat",
        |p, n, m| {
            c_string::strncat(p[0], p[1], n, m);
        },
        |[a, b], n| string::strncat(a, b, n),
    );
    check(
        "memcpy",
        |p, n, m| {
            c_string::memcpy(p[0].cast(), p[1].cast(), n, m);
        },
        |[a, b], n| string::memcpy(a, b, n),
    );
    check(
        "memset",
        |p, n, m| {
            c_string::memset(p[0].cast(), 0x1e9, n, m);
        },
        |[a, _], n| string::memset(a, 0x1e9, n),
    );
    check("bzero", |p, n, m| c_strings::bzero(p[0].cast(), n, m), |[a, _], n| strings::bzero(a, n));
    compare(
        "stpcpy",
        LETTERS,
        |p, _, mem| (c_string::stpcpy(p[0], p[1], mem) - p[0]) as usize,
        |[to, from], _| string::stpcpy(to, from),
    );
    compare(
        "stpncpy",
        LETTERS,
        |p, n, mem| (c_string::stpncpy(p[0], p[1], n, mem) - p[0]) as usize,
        |[to, from], n| string::stpncpy(to, from, n),
    );
    compare(
        "strxfrm",
        LETTERS,
        |p, n, mem| c_string::strxfrm(p[0], p[1], n, mem),
        |[to, from], n| string::strxfrm(to, from, n),
    );
    compare(
        "memccpy",
        LETTERS,
        |p, n, mem| position(c_string::memccpy(p[0].cast(), p[1].cast(), 97, n, mem).cast(), p[0]),
        |[to, from], n| string::memccpy(to, from, 97, n),
    );
}

#[test]
fn moves_within_an_array_leave_the_same_bytes() {
    for (to, from) in [(0, 0), (3, 0), (0, 3), (5, 9), (12, 6), (8, 2)] {
        let name = format!("from {from} to {to}");
        compare(
            &name,
            LETTERS,
            |p, n, mem| {
                c_string::memmove((p[0] + to).cast(), (p[0] + from).cast(), n, mem);
            },
            |[base, _], n| string::memmove_within(base, to, from, n),
        );
        compare(
            &name,
            LETTERS,
            |p, _, mem| {
                c_string::strcpy(p[0] + to, p[0] + from, mem);
            },
            |[base, _], _| string::strcpy_within(base, to, from),
        );
        compare(
            &name,
            LETTERS,
            |p, n, mem| {
                c_string::strncpy(p[0] + to, p[0] + from, n, mem);
            },
            |[base, _], n| string::strncpy_within(base, to, from, n),
        );
    }
    let mut base = *b"abc\0xy\0\0\0\0";
    string::strcat_within(&mut base, 4, 0);
    assert_eq!(&base, b"abc\0xyabc\0");
}

/// The numbers whose bytes an array has, and the array again.
fn on_numbers(bytes: &mut [u8], act: impl FnOnce(&mut [u32])) {
    let mut numbers = vec![0; bytes.len() / 4];
    set_bytes(&mut numbers, &bytes[..bytes.len() / 4 * 4]);
    act(&mut numbers);
    bytes[..numbers.len() * 4].copy_from_slice(&bytes_of(&numbers));
}

/// As [`compare`], with arrays that have the bytes of numbers.
fn compare_numbers(
    name: &str,
    memory_form: impl Fn(Ptr<Void>, Ptr<Void>, u64, &mut Memory) -> i32,
    slice_form: impl Fn(&mut [u8], &mut [u8], u64) -> i32,
) {
    let mut random = Random(77);
    for _ in 0..ROUNDS {
        let arrays = [0; 2].map(|_| (0..4 * random.below(8)).map(|_| random.below(3) as u8).collect());
        let n = random.below(33) as u64;
        let expected = on_memory(&arrays, |p, mem| memory_form(p[0].cast(), p[1].cast(), n, mem));
        let actual = on_slices(&arrays, |[a, b]| slice_form(a, b, n));
        assert_eq!(actual, expected, "{name} of {arrays:?}, {n}");
    }
}

#[test]
fn arrays_of_any_type_are_their_bytes() {
    compare_numbers(
        "memcpy",
        |a, b, n, mem| (c_string::memcpy(a, b, n, mem), 0).1,
        |a, b, n| {
            on_numbers(b, |b| on_numbers(a, |a| string::memcpy(a, b, n)));
            0
        },
    );
    compare_numbers(
        "memcpy_from_bytes",
        |a, b, n, mem| (c_string::memcpy(a, b, n, mem), 0).1,
        |a, b, n| {
            on_numbers(a, |a| string::memcpy_from_bytes(a, b, n));
            0
        },
    );
    compare_numbers(
        "memcpy_to_bytes",
        |a, b, n, mem| (c_string::memcpy(a, b, n, mem), 0).1,
        |a, b, n| {
            on_numbers(b, |b| string::memcpy_to_bytes(a, b, n));
            0
        },
    );
    compare_numbers(
        "memmove_within",
        |a, _, n, mem| (c_string::memmove(a + 8, a + 4, n, mem), 0).1,
        |a, _, n| {
            on_numbers(a, |a| string::memmove_within(a, 2, 1, n));
            0
        },
    );
    compare_numbers(
        "memset",
        |a, _, n, mem| (c_string::memset(a, 0x81, n, mem), 0).1,
        |a, _, n| {
            on_numbers(a, |a| string::memset(a, 0x81, n));
            0
        },
    );
    compare_numbers(
        "memcmp_values",
        |a, b, n, mem| c_string::memcmp(a, b, n, mem),
        |a, b, n| {
            let mut result = 0;
            on_numbers(a, |a| on_numbers(b, |b| result = string::memcmp_values(a, b, n)));
            result
        },
    );
}

#[test]
fn numbers_are_read_alike() {
    const DIGITS: &[u8] = b"0123456789 -+.exXaf";
    let ended = |p: &[Ptr<u8>], mem: &mut Memory, parse: &dyn Fn(Ptr<Ptr<u8>>, &mut Memory) -> u64| {
        let end = mem.local(p[0]);
        let value = parse(end, mem);
        (value, (mem.read(end) - p[0]) as usize)
    };
    for base in [0, 2, 8, 10, 16, 36] {
        compare(
            "strtol",
            DIGITS,
            |p, _, mem| ended(p, mem, &|end, mem| c_stdlib::strtol(p[0], end, base, mem) as u64),
            |[a, _], _| (stdlib::strtol(a, base).0 as u64, stdlib::strtoll(a, base).1),
        );
        compare(
            "strtoul",
            DIGITS,
            |p, _, mem| ended(p, mem, &|end, mem| c_stdlib::strtoul(p[0], end, base, mem)),
            |[a, _], _| (stdlib::strtoul(a, base).0, stdlib::strtoull(a, base).1),
        );
    }
    compare(
        "strtod",
        DIGITS,
        |p, _, mem| ended(p, mem, &|end, mem| c_stdlib::strtod(p[0], end, mem).to_bits()),
        |[a, _], _| (stdlib::strtod(a).0.to_bits(), stdlib::strtold(a).1),
    );
    compare(
        "strtof",
        DIGITS,
        |p, _, mem| ended(p, mem, &|end, mem| c_stdlib::strtof(p[0], end, mem).to_bits().into()),
        |[a, _], _| (stdlib::strtof(a).0.to_bits().into(), stdlib::strtof(a).1),
    );
    compare(
        "atoi and its kin",
        DIGITS,
        |p, _, m| (c_stdlib::atoi(p[0], m), c_stdlib::atol(p[0], m), c_stdlib::atof(p[0], m).to_bits()),
        |[a, _], _| (stdlib::atoi(a), stdlib::atoll(a), stdlib::atof(a).to_bits()),
    );
    assert_eq!((stdlib::strtol(b"12\0", 1), errno::get()), ((0, 0), errno::EINVAL));
}

/// Sorts records by their first byte both ways: the same order, by the same comparisons.
fn sort_records<const SIZE: usize>(random: &mut Random) {
    let n = random.below(60);
    let records: Vec<[u8; SIZE]> =
        (0..n).map(|place| std::array::from_fn(|i| if i == 0 { random.below(7) } else { place } as u8)).collect();
    let mut compared = Vec::new();
    let mut sorted = records.clone();
    stdlib::qsort(&mut sorted, n as u64, |a, b| {
        compared.push((*a, *b));
        i32::from(a[0]) - i32::from(b[0])
    });
    let mut mem = Memory::new(0, &[]);
    let base = block(&records.concat(), &mut mem).cast();
    let mut expected = Vec::new();
    let by_first = |mem: &mut Memory, a: Ptr<Void>, b: Ptr<Void>| {
        let [a, b] = [a, b].map(|at| mem.read(at.cast::<[u8; SIZE]>()));
        expected.push((a, b));
        i32::from(a[0]) - i32::from(b[0])
    };
    c_stdlib::qsort(base, n as u64, SIZE as u64, by_first, &mut mem);
    assert_eq!(sorted.concat(), mem.bytes(base, (n * SIZE) as u64));
    assert_eq!(compared, expected);
    for key in 0..8 {
        let found = stdlib::bsearch(&key, &sorted, n as u64, |key, record| *key - i32::from(record[0]));
        let by_key = |mem: &mut Memory, _: Ptr<Void>, record: Ptr<Void>| key - i32::from(mem.read(record.cast::<u8>()));
        let at = c_stdlib::bsearch(Ptr::NULL, base, n as u64, SIZE as u64, by_key, &mut mem);
        assert_eq!(found.map(|index| index * SIZE), position(at.cast(), base.cast()));
    }
}

#[test]
fn records_are_sorted_and_found_alike() {
    let mut random = Random(5);
    for _ in 0..50 {
        sort_records::<3>(&mut random);
        sort_records::<40>(&mut random);
    }
}

#[test]
#[should_panic(expected = "write of 4 elements in an array of 3")]
fn sorting_past_the_end_panics() {
    stdlib::qsort(&mut [3, 1, 2], 4, |a: &i32, b| a - b);
}

#[test]
fn strings_are_printed_alike() {
    for format in ["%s|%d\0", "<%8s> %i\0", "<%-8.3s>%x\0", "%2$*2$d %1$s\0", "%.9s%%%c\0"] {
        let format = format.as_bytes();
        compare(
            "snprintf",
            LETTERS,
            |p, n, mem| {
                let (format, args) = (block(format, mem), [VaArg::from(p[1]), VaArg::from(n as i32)]);
                c_stdio::snprintf(p[0], n, format, &args, mem)
            },
            |[to, text], n| {
                let args = [c_stdio::PrintArg::Text(Some(text)), c_stdio::PrintArg::Word(n)];
                stdio::snprintf(to, n, format, &args)
            },
        );
        compare(
            "sprintf",
            LETTERS,
            |p, _, mem| {
                let (format, args) = (block(format, mem), [VaArg::from(p[1]), VaArg::from(-7)]);
                c_stdio::sprintf(p[0], format, &args, mem)
            },
            |[to, text], _| {
                let args = [c_stdio::PrintArg::Text(Some(text)), c_stdio::PrintArg::Word(-7i64 as u64)];
                stdio::sprintf(to, format, &args)
            },
        );
    }
}

#[test]
fn strings_are_scanned_alike() {
    for format in ["%d%s\0", " %3x%9s\0", "%i%n%[0-9]\0", "%hhd %*s%4c\0"] {
        let format = format.as_bytes();
        compare(
            "sscanf",
            b"0123456789 -x",
            |p, _, mem| {
                let (number, format) = (mem.local(5), block(format, mem));
                let count = c_stdio::sscanf(p[1], format, &[VaArg::from(number), VaArg::from(p[0])], mem);
                (count, mem.read(number))
            },
            |[to, text], _| {
                let mut number = 5i32;
                let places = &mut [c_stdio::ScanArg::Value(&mut number), c_stdio::ScanArg::Text(to)];
                (stdio::sscanf(text, format, places), number)
            },
        );
    }
}

#[test]
fn macros_take_values_and_pointers() {
    let mut mem = Memory::new(0, &[]);
    let p = block(b"memory\0", &mut mem);
    let (name, missing): (&[u8], Option<&[u8]>) = (b"slice\0", None);
    let mut buffer = [b'?'; 32];
    let whole = &mut buffer[..];
    assert_eq!(sprintf!(whole, "%s %s %d %.1f", name, missing, 3, 0.25), 18);
    assert_eq!(string::strcmp(whole, b"slice (null) 3 0.2\0"), 0);
    assert_eq!(snprintf!(&mut mem, [whole, 10], "%s, %s", p, name), 13);
    assert_eq!(string::strcmp(&buffer, b"memory, s\0"), 0);
    let (mut n, mut x, mut word) = (0i32, 0f64, [0u8; 8]);
    let (last, rest) = (&mut 0u8, &mut [0u8; 3][..]);
    assert_eq!(sscanf!(&buffer, "%5s%c, %s", word, last, rest[1..]), 3);
    assert_eq!((&word[..6], *last, &*rest), (&b"memor\0"[..], b'y', &b"\0s\0"[..]));
    assert_eq!(sscanf!(b"12 0.5 ab\0", "%d %lf %s", n, x, word), 3);
    assert_eq!((n, x, &word[..3]), (12, 0.5, &b"ab\0"[..]));
    let at = mem.local(0i32);
    assert_eq!(sscanf!(&mut mem, [b"8 9\0"], "%d %d", at, n), 2);
    assert_eq!((mem.read(at), n), (8, 9));
    assert_eq!(printf!(""), 0);
    assert_eq!(printf!(&mut mem, "%.0s", p), 0);
    let _ = |n: &mut i32| scanf!("%d", n);
}

#[test]
fn files_are_read_and_written_alike() {
    let mut random = Random(99);
    let path = format!("{}/c2rs-slices-{}\0", std::env::temp_dir().display(), std::process::id());
    let path = path.as_bytes();
    for _ in 0..20 {
        let content = random.bytes(b"ab \n\0", 300);
        let file = stdio::fopen(path, b"w\0");
        assert_eq!(stdio::fwrite(&content, 1, content.len() as u64, file), content.len() as u64);
        assert_eq!(stdio::fputs(b"end\0", file) + c_stdio::fclose(file), 1);
        assert_eq!(read_lines(path, true), read_lines(path, false));
        let numbers = content.len().div_ceil(4);
        let file = stdio::fopen(path, b"r\0");
        let mut words = vec![0u32; numbers];
        let count = stdio::fread_values(&mut words, 4, numbers as u64, file);
        assert_eq!(
            bytes_of(&words[..count as usize]),
            content.iter().chain(b"end").copied().take(4 * count as usize).collect::<Vec<_>>()
        );
        c_stdio::fclose(file);
    }
    assert_eq!((stdio::remove(path), stdio::remove(path)), (0, -1));
    assert!(stdio::fopen(path, b"r\0").is_null());
}

/// The lines of a file with the bytes behind them, by `fgets` into rooms of several sizes, and what `fread` gives then.
fn read_lines(path: &[u8], on_slices: bool) -> Vec<Vec<u8>> {
    let mut mem = Memory::new(0, &[]);
    let file = stdio::fopen(path, b"r\0");
    let mut lines = Vec::new();
    for size in (1..12).cycle() {
        let mut line = vec![b'?'; 12];
        let at = block(&line, &mut mem);
        let read = if on_slices {
            stdio::fgets(&mut line, size, file)
        } else {
            let read = !c_stdio::fgets(at, size, file, &mut mem).is_null();
            line.copy_from_slice(mem.bytes(at, 12));
            read
        };
        lines.push(line);
        if !read || lines.len() == 25 {
            break;
        }
    }
    let mut rest = vec![b'?'; 400];
    let at = block(&rest, &mut mem);
    let count = if on_slices {
        stdio::fread(&mut rest, 3, 200, file)
    } else {
        let count = c_stdio::fread(at.cast(), 3, 200, file, &mut mem);
        rest.copy_from_slice(mem.bytes(at, 400));
        count
    };
    c_stdio::fclose(file);
    lines.extend([rest, count.to_string().into_bytes()]);
    lines
}

#[test]
#[should_panic(expected = "read past the end of an array of 3 bytes")]
fn a_missing_nul_panics() {
    string::strlen(b"abc");
}

#[test]
#[should_panic(expected = "write of 4 elements in an array of 3")]
fn a_copy_that_does_not_fit_panics() {
    string::strcpy(&mut [0; 3], b"abc\0");
}

/// What a form leaves in an array where source and target are given as cells of one array, and as slices of two.
#[test]
fn forms_for_cells_do_what_those_for_slices_do() {
    let start: Vec<u16> = (0..12).map(|i| i * 0x1234).collect();
    for n in 0..=14 {
        let (mut cells, mut slices) = (start.clone(), start.clone());
        let source = start[2..10].to_vec();
        let all = Cell::from_mut(&mut cells[..]).as_slice_of_cells();
        string::memmove_in_cells(&all[4..], &all[2..10], n);
        string::memmove(&mut slices[4..], &source, n);
        assert_eq!(cells, slices, "memmove_in_cells of {n} bytes");

        let all = Cell::from_mut(&mut cells[..]).as_slice_of_cells();
        string::memset_in_cells(&all[1..], 0x5A, n);
        string::memset(&mut slices[1..], 0x5A, n);
        assert_eq!(cells, slices, "memset_in_cells of {n} bytes");

        let (mut out, mut expected) = ([7u16; 8], [7u16; 8]);
        string::memcpy_from_cells(&mut out, Cell::from_mut(&mut cells[..]).as_slice_of_cells(), n);
        string::memcpy(&mut expected, &slices, n);
        assert_eq!(out, expected, "memcpy_from_cells of {n} bytes");

        string::memcpy_to_cells(Cell::from_mut(&mut cells[..]).as_slice_of_cells(), &source, n);
        string::memcpy(&mut slices, &source, n);
        assert_eq!(cells, slices, "memcpy_to_cells of {n} bytes");
    }
}

#[test]
fn bytes_in_cells_are_those_of_values() {
    for n in 0..=8 {
        let mut bytes: Vec<u8> = (1..20).collect();
        let (mut values, mut expected) = ([9u32; 2], [9u32; 2]);
        string::memcpy_from_bytes(&mut expected, &bytes, n);
        string::memcpy_from_byte_cells(&mut values, Cell::from_mut(&mut bytes[..]).as_slice_of_cells(), n);
        assert_eq!(values, expected, "memcpy_from_byte_cells of {n} bytes");

        let mut plain = bytes.clone();
        string::memcpy_to_bytes(&mut plain, &[0xAABB_CCDD_u32, 5], n);
        let cells = Cell::from_mut(&mut bytes[..]).as_slice_of_cells();
        string::memcpy_to_byte_cells(cells, &[0xAABB_CCDD_u32, 5], n);
        assert_eq!(bytes, plain, "memcpy_to_byte_cells of {n} bytes");
    }
}

#[test]
#[should_panic(expected = "read of 4 elements in an array of 3")]
fn a_copy_out_of_too_few_cells_panics() {
    let mut bytes = *b"abc";
    string::memcpy_from_byte_cells(&mut [0u32], Cell::from_mut(&mut bytes[..]).as_slice_of_cells(), 4);
}
