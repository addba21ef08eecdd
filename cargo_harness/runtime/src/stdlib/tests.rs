use super::*;
use crate::string::new_string;
use crate::{errno, Memory, Pod, Ptr};

fn double(text: &str) -> (f64, i64, i32) {
    let mut mem = Memory::new(0, &[]);
    let s = new_string(text.as_bytes(), &mut mem);
    let end = mem.local(Ptr::<u8>::NULL);
    errno::set(0);
    let value = strtod(s, end, &mut mem);
    (value, mem.read(end) - s, errno::get())
}

#[test]
fn doubles() {
    assert_eq!(double("  12.5e1x"), (125.0, 8, 0));
    assert_eq!(double("1e"), (1.0, 1, 0));
    assert_eq!(double("."), (0.0, 0, 0));
    assert_eq!(double("0x1.8p3"), (12.0, 7, 0));
    assert_eq!(double("0xg"), (0.0, 1, 0));
    assert_eq!(double("-infinit"), (f64::NEG_INFINITY, 4, 0));
    assert_eq!(double("1e999"), (f64::INFINITY, 5, errno::ERANGE));
    assert_eq!(double("1e-999"), (0.0, 6, errno::ERANGE));
    assert_eq!(double("0x1p-1074"), (5e-324, 9, 0));
    assert_eq!(double("0x1.8p-1074"), (1e-323, 11, errno::ERANGE));
    assert_eq!(double("5e-324"), (5e-324, 6, errno::ERANGE));
    assert_eq!(double("nan(x1)").1, 7);
}

#[test]
fn integers() {
    let mut mem = Memory::new(0, &[]);
    let mut parse = |text: &str, base| {
        let s = new_string(text.as_bytes(), &mut mem);
        let end = mem.local(Ptr::<u8>::NULL);
        errno::set(0);
        let value = strtol(s, end, base, &mut mem);
        (value, mem.read(end) - s, errno::get())
    };
    assert_eq!(parse(" -0x1fz", 0), (-31, 6, 0));
    assert_eq!(parse("0x", 0), (0, 1, 0));
    assert_eq!(parse("0779", 0), (63, 3, 0));
    assert_eq!(parse("zz", 36), (1295, 2, 0));
    assert_eq!(parse("9223372036854775808", 10), (i64::MAX, 19, errno::ERANGE));
    assert_eq!(parse("-9223372036854775808", 10), (i64::MIN, 20, 0));
    assert_eq!(parse("+-1", 10), (0, 0, 0));
}

#[test]
fn random_numbers_are_those_of_glibc() {
    assert_eq!([rand(), rand(), rand()], [1804289383, 846930886, 1681692777]);
    srand(42);
    assert_eq!([rand(), rand()], [71876166, 708592740]);
    srand48(1);
    assert_eq!([lrand48(), lrand48()], [89400484, 976015093]);
}

/// Sorts pairs (key, place) by key; stable sorting leaves the places of equal keys in order.
fn sorted_pairs<const FILL: usize>() -> Vec<(u8, u32)> {
    let mut mem = Memory::new(0, &[]);
    let size = 5 + FILL;
    let n = 300;
    let base = mem.allocate((n * size) as u64);
    for i in 0..n {
        mem.write(base.cast::<u8>() + i * size, (i * 7919 % 13) as u8);
        mem.write((base + i * size + 1).cast(), i as u32);
    }
    let compare = |mem: &mut Memory, a: Ptr<_>, b: Ptr<_>| {
        i32::from(mem.read(a.cast::<u8>())) - i32::from(mem.read(b.cast::<u8>()))
    };
    qsort(base, n as u64, size as u64, compare, &mut mem);
    (0..n).map(|i| (u8::load(mem.bytes(base + i * size, 1)), mem.read((base + i * size + 1).cast()))).collect()
}

#[test]
fn sorting_is_stable() {
    for pairs in [sorted_pairs::<0>(), sorted_pairs::<60>()] {
        assert!(pairs.windows(2).all(|pair| pair[0] < pair[1]));
    }
}

#[test]
fn the_environment() {
    let mut mem = Memory::new(0, &[]);
    let name = new_string(b"C2RS_TEST_NAME", &mut mem);
    let value = new_string(b"some value", &mut mem);
    assert!(getenv(name, &mut mem).is_null());
    assert_eq!(setenv(name, value, 0, &mut mem), 0);
    let found = getenv(name, &mut mem);
    assert_eq!(mem.c_str(found), b"some value");
    unsetenv(name, &mut mem);
    assert!(getenv(name, &mut mem).is_null());
    let bad = new_string(b"A=B", &mut mem);
    assert_eq!(setenv(bad, value, 1, &mut mem), -1);
}
