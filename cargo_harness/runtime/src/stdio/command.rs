//! `popen`: streams from and to a shell command.

use std::cell::RefCell;
use std::ffi::OsStr;
use std::fs::File as StdFile;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, Stdio};

use super::files::open_on;
use super::{fclose, File};
use crate::descriptors;
use crate::errno;
use crate::fcntl::{O_RDONLY, O_WRONLY};
use crate::memory::{Memory, Ptr};

thread_local! {
    /// The running commands and their streams.
    static COMMANDS: RefCell<Vec<(Ptr<File>, Child)>> = const { RefCell::new(Vec::new()) };
}

/// Starts `sh -c command`; `mode` says which end of its pipe the stream is.
#[track_caller]
pub fn popen(command: Ptr<u8>, mode: Ptr<u8>, mem: &Memory) -> Ptr<File> {
    let reads = match mem.c_str(mode) {
        [b'r', ..] => true,
        [b'w', ..] => false,
        _ => {
            errno::set(errno::EINVAL);
            return Ptr::NULL;
        }
    };
    match start(OsStr::from_bytes(mem.c_str(command)), reads) {
        Ok((child, pipe)) => {
            let status = if reads { O_RDONLY } else { O_WRONLY };
            let stream = open_on(descriptors::insert(StdFile::from(pipe), status), status);
            COMMANDS.with_borrow_mut(|commands| commands.push((stream, child)));
            stream
        }
        Err(error) => {
            errno::set_from(&error);
            Ptr::NULL
        }
    }
}

fn start(command: &OsStr, reads: bool) -> io::Result<(Child, OwnedFd)> {
    let mut shell = Command::new("/bin/sh");
    shell.arg("-c").arg(command);
    let mut child = if reads { shell.stdout(Stdio::piped()) } else { shell.stdin(Stdio::piped()) }.spawn()?;
    let pipe = match reads {
        true => child.stdout.take().map(OwnedFd::from),
        false => child.stdin.take().map(OwnedFd::from),
    };
    pipe.map(|pipe| (child, pipe)).ok_or_else(|| io::Error::from_raw_os_error(errno::EPIPE))
}

/// Closes the stream, waits for its command, and gives its status as `wait` does.
#[track_caller]
pub fn pclose(stream: Ptr<File>) -> i32 {
    let command = COMMANDS.with_borrow_mut(|commands| {
        let index = commands.iter().position(|(of, _)| *of == stream)?;
        Some(commands.swap_remove(index).1)
    });
    fclose(stream);
    match command.map(|mut child| child.wait()) {
        Some(Ok(status)) => status.into_raw(),
        Some(Err(error)) => {
            errno::set_from(&error);
            -1
        }
        None => {
            errno::set(errno::ECHILD);
            -1
        }
    }
}
