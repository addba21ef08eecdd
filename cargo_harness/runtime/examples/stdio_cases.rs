//! Runs the cases that `tests/test_runtime_stdio.py` generates, one a line, and prints what a C program with the same
//! calls prints. Byte strings are hexadecimal.
//!
//! - `printf FORMAT ARG…`, each argument `i:INT`, `f:BITS`, `s:BYTES` or `null`: the result and the text;
//! - `scanf INPUT FORMAT SIZE…`, each size that of a target: the results of sscanf and of fscanf, the targets, and
//!   what is left of the input.

use c2rs_rt::memory::{VaArg, Void};
use c2rs_rt::{errno, start, stdio, Memory, Ptr};

fn main() {
    start::run(&[], |_argv| {
        let mut mem = Memory::new(0, &[]);
        let mode = copy(b"r\0", &mut mem);
        let path = copy(b"/dev/stdin\0", &mut mem);
        let input = stdio::fopen(path, mode, &mem);
        let line = mem.local(Ptr::<u8>::NULL);
        let size = mem.local(0u64);
        while stdio::getline(line, size, input, &mut mem) > 0 {
            let text = String::from_utf8_lossy(mem.c_str(mem.read(line))).into_owned();
            let words: Vec<&str> = text.split_whitespace().collect();
            let mark = mem.enter();
            match words[..] {
                ["printf", format, ref args @ ..] => print_case(format, args, &mut mem),
                ["scanf", input, format, ref sizes @ ..] => scan_case(input, format, sizes, &mut mem),
                _ => panic!("no such case: {text}"),
            }
            mem.leave(mark);
        }
        0
    })
}

/// A stack block that holds `bytes`.
fn copy(bytes: &[u8], mem: &mut Memory) -> Ptr<u8> {
    let block: Ptr<u8> = mem.alloca(bytes.len() as u64).cast();
    mem.bytes_mut(block, bytes.len() as u64).copy_from_slice(bytes);
    block
}

/// A stack block that holds the string of the hexadecimal `text` (`-` if it is empty).
fn string(text: &str, mem: &mut Memory) -> Ptr<u8> {
    let digits = text.trim_start_matches('-').as_bytes().chunks(2);
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    let mut bytes: Vec<u8> = digits.map(byte).collect();
    bytes.push(0);
    copy(&bytes, mem)
}

fn print_hex(bytes: &[u8]) {
    for byte in bytes {
        c2rs_rt::print!("{byte:02x}");
    }
}

fn argument(text: &str, mem: &mut Memory) -> VaArg {
    match text.split_once(':') {
        Some(("i", int)) => VaArg::Word(int.parse::<i128>().unwrap() as u64),
        Some(("f", bits)) => VaArg::from(f64::from_bits(bits.parse().unwrap())),
        Some(("s", text)) => string(text, mem).into(),
        _ => Ptr::<u8>::NULL.into(),
    }
}

fn print_case(format: &str, args: &[&str], mem: &mut Memory) {
    const SIZE: u64 = 8192;
    let format = string(format, mem);
    let args: Vec<VaArg> = args.iter().map(|arg| argument(arg, mem)).collect();
    let text: Ptr<u8> = mem.alloca(SIZE).cast();
    errno::set(0);
    let result = stdio::snprintf(text, SIZE, format, &args, mem);
    c2rs_rt::print!("{result} {} ", errno::get());
    if result >= 0 {
        print_hex(mem.c_str(text));
    }
    c2rs_rt::println!();
}

fn scan_case(input: &str, format: &str, sizes: &[&str], mem: &mut Memory) {
    let format = string(format, mem);
    let input = string(input, mem);
    let targets: Vec<(Ptr<Void>, u64)> = sizes
        .iter()
        .map(|size| {
            let size = size.parse().unwrap();
            (mem.alloca(size), size)
        })
        .collect();
    let args: Vec<VaArg> = targets.iter().map(|&(at, _)| at.into()).collect();
    let report = |mem: &mut Memory, result: i32| {
        c2rs_rt::print!("{result} {}", errno::get());
        for &(at, size) in &targets {
            c2rs_rt::print!(" ");
            print_hex(mem.bytes(at, size));
            mem.bytes_mut(at, size).fill(0);
        }
    };
    errno::set(0);
    let result = stdio::sscanf(input, format, &args, mem);
    report(mem, result);
    let file = stdio::tmpfile();
    stdio::fputs(input, file, mem);
    stdio::rewind(file);
    errno::set(0);
    let result = stdio::fscanf(file, format, &args, mem);
    c2rs_rt::print!(" | ");
    report(mem, result);
    c2rs_rt::print!(" {} {} ", stdio::feof(file), stdio::ftell(file));
    loop {
        match stdio::fgetc(file) {
            stdio::EOF => break,
            byte => c2rs_rt::print!("{byte:02x}"),
        }
    }
    c2rs_rt::println!();
    stdio::fclose(file);
}
