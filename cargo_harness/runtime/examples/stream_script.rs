//! Runs a script of stream operations on the file `scratch`, as `fixtures/runtime/stream_script.c` does.

use c2rs_rt::memory::VaArg;
use c2rs_rt::stdio::{self, File};
use c2rs_rt::sys_stat::{stat, Stat};
use c2rs_rt::{errno, println, start, Memory, Ptr};

const LITERALS: &[&[u8]] = &[b"scratch\0", b"line of text\n\0", b"%ld %s\n\0", b"word\0", b"%d\0"];
const DATA_SIZE: u64 = 70000;

struct Script {
    mem: Memory,
    data: Ptr<u8>,
    file: Ptr<File>,
}

fn main() {
    start::run(&[], |_argv| {
        let mut mem = Memory::new(0, LITERALS);
        let data: Ptr<u8> = mem.allocate(DATA_SIZE).cast();
        for i in 0..DATA_SIZE {
            mem.write(data + i, b'a' + (i * 7 % 31) as u8);
        }
        let mut script = Script { mem, data, file: Ptr::NULL };
        for line in std::io::stdin().lines() {
            let line = line.unwrap();
            let words: Vec<&str> = line.split(' ').collect();
            let number = |index: usize| words.get(index).map_or(0, |word: &&str| word.parse().unwrap());
            errno::set(0);
            script.step(words[0], number(1), number(2), words.get(3).unwrap_or(&""));
        }
        0
    })
}

fn show(result: i64, bytes: &[u8]) {
    let text: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    println!("{result} {text}");
}

impl Script {
    fn step(&mut self, operation: &str, a: i64, b: i64, mode: &str) {
        let mark = self.mem.enter();
        match operation {
            "open" | "reopen" | "close" | "buffer" | "flush" => self.manage(operation, a, b, mode),
            "write" | "putc" | "puts" | "printf" => self.write(operation, a, b),
            "getc" | "gets" | "read" | "getline" | "scan" | "ungetc" => self.read(operation, a, b),
            _ => self.position(operation, a, b),
        }
        self.mem.leave(mark);
    }

    fn manage(&mut self, operation: &str, a: i64, b: i64, mode: &str) {
        let mode_at: Ptr<u8> = self.mem.alloca(mode.len() as u64 + 1).cast();
        self.mem.bytes_mut(mode_at, mode.len() as u64).copy_from_slice(mode.as_bytes());
        match operation {
            "open" => self.file = stdio::fopen(Ptr::literal(0), mode_at, &self.mem),
            "reopen" => self.file = stdio::freopen(Ptr::literal(0), mode_at, self.file, &self.mem),
            "close" => return println!("{}", stdio::fclose(self.file)),
            "flush" => return println!("{}", stdio::fflush(self.file)),
            _ => return println!("{}", stdio::setvbuf(self.file, Ptr::NULL, a as i32, b as u64)),
        }
        println!("{} {}", i32::from(!self.file.is_null()), errno::get());
    }

    fn write(&mut self, operation: &str, a: i64, b: i64) {
        let file = self.file;
        match operation {
            "write" => {
                let count = stdio::fwrite((self.data + b).cast(), 1, a as u64, file, &self.mem);
                println!("{count} {}", errno::get());
            }
            "putc" => {
                let byte = stdio::fputc(a as i32, file);
                println!("{byte} {}", errno::get());
            }
            "puts" => println!("{}", i32::from(stdio::fputs(Ptr::literal(1), file, &self.mem) >= 0)),
            _ => {
                let args = [VaArg::from(a), Ptr::<u8>::literal(3).into()];
                println!("{}", stdio::fprintf(file, Ptr::literal(2), &args, &mut self.mem));
            }
        }
    }

    fn read(&mut self, operation: &str, a: i64, b: i64) {
        let (mem, file) = (&mut self.mem, self.file);
        match operation {
            "getc" => {
                let byte = stdio::fgetc(file);
                println!("{byte} {}", errno::get());
            }
            "gets" => {
                let line = stdio::fgets(self.data, a as i32, file, mem);
                show(i64::from(!line.is_null()), if line.is_null() { b"" } else { mem.c_str(line) });
            }
            "read" => {
                let count = stdio::fread(self.data.cast(), b as u64, a as u64, file, mem);
                show(count as i64, mem.bytes(self.data, count * b as u64));
            }
            "getline" => {
                let (line, size) = (mem.local(Ptr::NULL), mem.local(0u64));
                let count = stdio::getdelim(line, size, a as i32, file, mem);
                let text = mem.read(line);
                show(count, mem.bytes(text, count.max(0) as u64));
            }
            "scan" => {
                let value = mem.local(-7i32);
                let count = stdio::fscanf(file, Ptr::literal(4), &[value.into()], mem);
                println!("{count} {}", mem.read(value));
            }
            _ => println!("{}", stdio::ungetc(a as i32, file)),
        }
    }

    fn position(&mut self, operation: &str, a: i64, b: i64) {
        let file = self.file;
        match operation {
            "seek" => {
                let result = stdio::fseek(file, a, b as i32);
                println!("{result} {}", errno::get());
            }
            "tell" => println!("{}", stdio::ftell(file)),
            "rewind" => {
                stdio::rewind(file);
                println!();
            }
            "state" => println!("{} {}", stdio::feof(file), stdio::ferror(file)),
            "clear" => {
                stdio::clearerr(file);
                println!();
            }
            "size" => {
                let found = self.mem.alloca(144).cast::<Stat>();
                let result = stat(Ptr::literal(0), found, &mut self.mem);
                let size = if result == 0 { self.mem.read(found.at(Stat::ST_SIZE)) } else { -1 };
                println!("{result} {size}");
            }
            _ => panic!("no such operation: {operation}"),
        }
    }
}
