//! The environment: `environ`, an array of pointers to `NAME=value` strings in memory, as C has it.

use std::os::unix::ffi::OsStringExt;

use crate::string::new_string;
use crate::{errno, Memory, Ptr, Void};

/// C's global variable `environ`.
pub mod globals {
    use super::{environment, Memory, Ptr};

    /// The address of `environ`.
    pub fn environ(mem: &mut Memory) -> Ptr<Ptr<Ptr<u8>>> {
        environment(mem)
    }
}

/// The block that holds the pointer `environ`; filled at the first use.
pub(crate) fn environment(mem: &mut Memory) -> Ptr<Ptr<Ptr<u8>>> {
    let flag = mem.library_block("environ is filled", 1).cast::<bool>();
    let environ = mem.library_block("environ", 8).cast();
    if !mem.read(flag) {
        mem.write(flag, true);
        let mut strings = Vec::new();
        for (name, value) in std::env::vars_os() {
            let text = [name.into_vec(), value.into_vec()].join(&b'=');
            strings.push(new_string(&text, mem));
        }
        store(environ, &strings, mem);
    }
    environ
}

/// Makes `environ` point to a new array of `strings`. The old array stays, for the program may have kept its address.
fn store(environ: Ptr<Ptr<Ptr<u8>>>, strings: &[Ptr<u8>], mem: &mut Memory) {
    let array = mem.allocate(8 * (strings.len() as u64 + 1)).cast::<Ptr<u8>>();
    for (index, &string) in strings.iter().enumerate() {
        mem.write(array + index, string);
    }
    mem.write(environ, array);
}

/// The strings that `environ` points to.
#[track_caller]
fn strings(environ: Ptr<Ptr<Ptr<u8>>>, mem: &Memory) -> Vec<Ptr<u8>> {
    let array = mem.read(environ);
    if array.is_null() {
        return Vec::new();
    }
    (0u64..).map(|index| mem.read(array + index)).take_while(|string| !string.is_null()).collect()
}

/// The place of the variable in `environ`.
#[track_caller]
fn find(environ: Ptr<Ptr<Ptr<u8>>>, name: &[u8], mem: &Memory) -> Option<usize> {
    let is_named = |&string: &Ptr<u8>| {
        let text = mem.c_str(string);
        text.starts_with(name) && text.get(name.len()) == Some(&b'=')
    };
    strings(environ, mem).iter().position(is_named)
}

/// The value of a variable, for the library's own use.
pub(crate) fn variable(name: &[u8], mem: &mut Memory) -> Option<Ptr<u8>> {
    let environ = environment(mem);
    let index = find(environ, name, mem)?;
    Some(mem.read(mem.read(environ) + index) + (name.len() + 1))
}

#[track_caller]
pub fn getenv(name: Ptr<u8>, mem: &mut Memory) -> Ptr<u8> {
    let name = mem.c_str(name).to_vec();
    variable(&name, mem).unwrap_or(Ptr::NULL)
}

#[track_caller]
pub fn secure_getenv(name: Ptr<u8>, mem: &mut Memory) -> Ptr<u8> {
    getenv(name, mem)
}

/// Puts `string`, whose name is `name`, in the variable's place or at the end.
#[track_caller]
fn put(name: &[u8], string: Ptr<u8>, mem: &mut Memory) {
    let environ = environment(mem);
    match find(environ, name, mem) {
        Some(index) => mem.write(mem.read(environ) + index, string),
        None => {
            let mut all = strings(environ, mem);
            all.push(string);
            store(environ, &all, mem);
        }
    }
}

/// The name at `name`, where it is one: not empty, with no `=`.
#[track_caller]
fn checked_name(name: Ptr<u8>, mem: &Memory) -> Option<Vec<u8>> {
    let text = if name.is_null() { &[] } else { mem.c_str(name) };
    if text.is_empty() || text.contains(&b'=') {
        errno::set(errno::EINVAL);
        return None;
    }
    Some(text.to_vec())
}

#[track_caller]
pub fn setenv(name: Ptr<u8>, value: Ptr<u8>, overwrite: i32, mem: &mut Memory) -> i32 {
    let Some(name) = checked_name(name, mem) else {
        return -1;
    };
    if overwrite == 0 && variable(&name, mem).is_some() {
        return 0;
    }
    let text = [&name, mem.c_str(value)].join(&b'=');
    let string = new_string(&text, mem);
    put(&name, string, mem);
    0
}

/// The string itself becomes part of the environment; without `=` it names a variable to remove.
#[track_caller]
pub fn putenv(string: Ptr<u8>, mem: &mut Memory) -> i32 {
    let text = mem.c_str(string);
    match text.iter().position(|&b| b == b'=') {
        Some(len) => {
            let name = text[..len].to_vec();
            put(&name, string, mem);
            0
        }
        None => unsetenv(string, mem),
    }
}

#[track_caller]
pub fn unsetenv(name: Ptr<u8>, mem: &mut Memory) -> i32 {
    let Some(name) = checked_name(name, mem) else {
        return -1;
    };
    let environ = environment(mem);
    while let Some(index) = find(environ, &name, mem) {
        let place = mem.read(environ) + index;
        let following = strings(environ, mem).len() - index;
        mem.copy(place.cast::<Void>(), (place + 1).cast::<Void>(), 8 * following as u64);
    }
    0
}

pub fn clearenv(mem: &mut Memory) -> i32 {
    let environ = environment(mem);
    mem.write(environ, Ptr::NULL);
    0
}
