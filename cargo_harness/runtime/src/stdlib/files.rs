//! Shell commands, temporary files and the real names of files.

use std::ffi::OsStr;
use std::fs::{self, DirBuilder};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::DirBuilderExt;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::Command;

use crate::fcntl::{O_CREAT, O_EXCL, O_RDWR};
use crate::stdio::files::{open_file, path, unique_letters};
use crate::string::new_string;
use crate::{descriptors, errno, Memory, Ptr};

/// Runs `sh -c command` and gives its status as `wait` does; without a command, says that there is a shell.
#[track_caller]
pub fn system(command: Ptr<u8>, mem: &Memory) -> i32 {
    if command.is_null() {
        return 1;
    }
    match Command::new("/bin/sh").arg("-c").arg(OsStr::from_bytes(mem.c_str(command))).status() {
        Ok(status) => status.into_raw(),
        Err(error) => {
            errno::set_from(&error);
            -1
        }
    }
}

/// Replaces the six X at the end of `template` until `make` succeeds with the name or fails for another reason than
/// that the name is taken.
#[track_caller]
fn make_unique<T>(template: Ptr<u8>, make: impl Fn(&Path) -> Option<T>, mem: &mut Memory) -> Option<T> {
    let len = mem.c_str(template).len();
    if !mem.c_str(template).ends_with(b"XXXXXX") {
        errno::set(errno::EINVAL);
        return None;
    }
    let saved = errno::get();
    loop {
        mem.bytes_mut(template + (len - 6), 6).copy_from_slice(&unique_letters());
        match make(path(template, mem)) {
            Some(made) => {
                errno::set(saved);
                return Some(made);
            }
            None if errno::get() == errno::EEXIST => {}
            None => return None,
        }
    }
}

/// Opens a new file whose name ends in what replaces the six X of `template`.
#[track_caller]
pub fn mkstemp(template: Ptr<u8>, mem: &mut Memory) -> i32 {
    let file = make_unique(template, |path| open_file(path, O_RDWR | O_CREAT | O_EXCL, 0o600), mem);
    file.map_or(-1, |file| descriptors::insert(file, O_RDWR))
}

/// Makes a new folder whose name ends in what replaces the six X of `template`.
#[track_caller]
pub fn mkdtemp(template: Ptr<u8>, mem: &mut Memory) -> Ptr<u8> {
    let made = make_unique(
        template,
        |path| match DirBuilder::new().mode(0o700).create(path) {
            Ok(()) => Some(()),
            Err(error) => {
                errno::set_from(&error);
                None
            }
        },
        mem,
    );
    made.map_or(Ptr::NULL, |()| template)
}

/// The absolute name without links, at `resolved` or, where that is null, in a block of its own.
#[track_caller]
pub fn realpath(path_name: Ptr<u8>, resolved: Ptr<u8>, mem: &mut Memory) -> Ptr<u8> {
    if path_name.is_null() {
        errno::set(errno::EINVAL);
        return Ptr::NULL;
    }
    match fs::canonicalize(path(path_name, mem)) {
        Ok(real) if resolved.is_null() => new_string(real.as_os_str().as_bytes(), mem),
        Ok(real) => {
            let name = [real.as_os_str().as_bytes(), b"\0"].concat();
            mem.bytes_mut(resolved, name.len() as u64).copy_from_slice(&name);
            resolved
        }
        Err(error) => {
            errno::set_from(&error);
            Ptr::NULL
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::unistd::{close, unlink};

    #[test]
    fn temporary_files_are_new() {
        let mut mem = Memory::new(0, &[]);
        let folder = std::env::temp_dir();
        let template = format!("{}/c2rs-XXXXXX", folder.display());
        let (first, second) = (new_string(template.as_bytes(), &mut mem), new_string(template.as_bytes(), &mut mem));
        let fds = [mkstemp(first, &mut mem), mkstemp(second, &mut mem)];
        assert_ne!(mem.c_str(first), mem.c_str(second));
        assert_eq!(fds.map(close), [0, 0]);
        assert_eq!([unlink(first, &mem), unlink(second, &mem)], [0, 0]);
        assert_eq!((mkstemp(first, &mut mem), errno::get()), (-1, errno::EINVAL));
    }

    #[test]
    fn system_gives_the_status_of_wait() {
        let mut mem = Memory::new(0, &[]);
        let command = new_string(b"exit 3", &mut mem);
        assert_eq!(system(command, &mem), 3 << 8);
        assert_eq!(system(Ptr::NULL, &mem), 1);
    }

    #[test]
    fn realpath_takes_dots_out() {
        let mut mem = Memory::new(0, &[]);
        let (name, missing) = (new_string(b"/tmp/../usr/./", &mut mem), new_string(b"/usr/none/x", &mut mem));
        let real = realpath(name, Ptr::NULL, &mut mem);
        assert_eq!(mem.c_str(real), b"/usr");
        assert!(realpath(missing, Ptr::NULL, &mut mem).is_null());
        assert_eq!(errno::get(), errno::ENOENT);
    }
}
