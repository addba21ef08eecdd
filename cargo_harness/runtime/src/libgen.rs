//! `libgen.h`: the parts of a path.

use crate::{Memory, Ptr};

/// The library's text `.`, the directory of a path without one.
fn dot(mem: &mut Memory) -> Ptr<u8> {
    let at = mem.library_block("path .", 2).cast();
    mem.write(at, b'.');
    at
}

/// The last component; trailing slashes are cut off in place.
#[track_caller]
pub fn basename(path: Ptr<u8>, mem: &mut Memory) -> Ptr<u8> {
    let text = if path.is_null() { Vec::new() } else { mem.c_str(path).to_vec() };
    if text.is_empty() {
        return dot(mem);
    }
    let Some(last) = text.iter().rposition(|&b| b != b'/') else {
        return path + (text.len() - 1);
    };
    if last + 1 < text.len() {
        mem.write(path + (last + 1), 0);
    }
    let start = text[..last].iter().rposition(|&b| b == b'/').map_or(0, |slash| slash + 1);
    path + start
}

/// What precedes the last component, cut off in place.
#[track_caller]
pub fn dirname(path: Ptr<u8>, mem: &mut Memory) -> Ptr<u8> {
    let text = if path.is_null() { Vec::new() } else { mem.c_str(path).to_vec() };
    let component = text.iter().rposition(|&b| b != b'/');
    let slash = component.and_then(|last| text[..last].iter().rposition(|&b| b == b'/'));
    let Some(slash) = slash else {
        if text.first() != Some(&b'/') {
            return dot(mem);
        }
        // All slashes: two stay two, as POSIX leaves open.
        return cut(path, if text == b"//" { 2 } else { 1 }, mem);
    };
    match text[..slash].iter().rposition(|&b| b != b'/') {
        Some(last) => cut(path, last + 1, mem),
        None => cut(path, if slash == 1 { 2 } else { 1 }, mem),
    }
}

#[track_caller]
fn cut(path: Ptr<u8>, len: usize, mem: &mut Memory) -> Ptr<u8> {
    mem.write(path + len, 0);
    path
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::string::new_string;

    #[test]
    fn parts_of_paths() {
        let cases = [
            ("/usr/lib", "/usr", "lib"),
            ("/usr/", "/", "usr"),
            ("usr", ".", "usr"),
            ("/", "/", "/"),
            ("//", "//", "/"),
            ("///", "/", "/"),
            ("//a", "//", "a"),
            ("///a", "/", "a"),
            ("a//b//", "a", "b"),
            ("", ".", "."),
            ("/a", "/", "a"),
            ("a/", ".", "a"),
            ("//a/b", "//a", "b"),
            ("//a//b", "//a", "b"),
        ];
        for (path, directory, base) in cases {
            let mut mem = Memory::new(0, &[]);
            let at = new_string(path.as_bytes(), &mut mem);
            let result = dirname(at, &mut mem);
            assert_eq!(mem.c_str(result), directory.as_bytes(), "{path}");
            let at = new_string(path.as_bytes(), &mut mem);
            let result = basename(at, &mut mem);
            assert_eq!(mem.c_str(result), base.as_bytes(), "{path}");
        }
    }
}
