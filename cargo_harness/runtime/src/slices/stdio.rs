//! The slice forms of `stdio.h`.
//!
//! The printf and scanf families are here for formats that are arrays; with a literal format, generated code uses the
//! macros `printf!`, `sprintf!`, `sscanf!` and so on ([`crate::stdio::out`]).

use super::{bytes_of, elements, first, first_mut, run_out, set_bytes, text};
use crate::stdio::out::copy_printed;
use crate::stdio::{
    get_line, open_descriptor, open_path, path_of, print_error, put_line, put_text, read_bytes, remove_path,
    rename_path, reopen, scan, scan_stream, stdin, stdout, write_bytes, File, PrintArg, PrintArgs, Printed, ScanArg,
    ScanArgs, Text,
};
use crate::{Pod, Ptr};

#[track_caller]
pub fn puts(s: &[u8]) -> i32 {
    put_line(text(s))
}

#[track_caller]
pub fn fputs(s: &[u8], stream: Ptr<File>) -> i32 {
    put_text(text(s), stream)
}

#[track_caller]
pub fn fwrite(ptr: &[u8], size: u64, nmemb: u64, stream: Ptr<File>) -> u64 {
    let total = size.saturating_mul(nmemb);
    if total != 0 && write_bytes(first(ptr, total), stream) {
        nmemb
    } else {
        0
    }
}

#[track_caller]
pub fn fwrite_values<T: Pod>(ptr: &[T], size: u64, nmemb: u64, stream: Ptr<File>) -> u64 {
    let touched = elements::<T>(size.saturating_mul(nmemb));
    fwrite(&bytes_of(first(ptr, touched)), size, nmemb, stream)
}

/// True where a line was read, false where C gives null.
#[track_caller]
pub fn fgets(s: &mut [u8], n: i32, stream: Ptr<File>) -> bool {
    match get_line(s, n, stream) {
        Some(read) => read,
        None => run_out("write", s.len() as u64 + 1, s.len()),
    }
}

#[track_caller]
pub fn fread(ptr: &mut [u8], size: u64, nmemb: u64, stream: Ptr<File>) -> u64 {
    let total = size.saturating_mul(nmemb);
    if total == 0 {
        return 0;
    }
    match read_bytes(ptr, total, stream) {
        Some(count) => count / size,
        None => run_out("write", total, ptr.len()),
    }
}

#[track_caller]
pub fn fread_values<T: Pod>(ptr: &mut [T], size: u64, nmemb: u64, stream: Ptr<File>) -> u64 {
    let total = size.saturating_mul(nmemb);
    if total == 0 {
        return 0;
    }
    let room = elements::<T>(total).min(ptr.len() as u64);
    let mut bytes = vec![0; room as usize * T::SIZE];
    match read_bytes(&mut bytes, total, stream) {
        Some(count) => {
            set_bytes(first_mut(ptr, room), &bytes[..count as usize]);
            count / size
        }
        None => run_out("write", elements::<T>(total), ptr.len()),
    }
}

#[track_caller]
pub fn perror(s: &[u8]) {
    print_error(text(s));
}

#[track_caller]
pub fn fopen(filename: &[u8], mode: &[u8]) -> Ptr<File> {
    open_path(path_of(text(filename)), text(mode))
}

#[track_caller]
pub fn fdopen(fd: i32, mode: &[u8]) -> Ptr<File> {
    open_descriptor(fd, text(mode))
}

#[track_caller]
pub fn freopen(filename: &[u8], mode: &[u8], stream: Ptr<File>) -> Ptr<File> {
    reopen(Some(path_of(text(filename))), text(mode), stream)
}

#[track_caller]
pub fn remove(filename: &[u8]) -> i32 {
    remove_path(path_of(text(filename)))
}

#[track_caller]
pub fn rename(old: &[u8], new: &[u8]) -> i32 {
    rename_path(path_of(text(old)), path_of(text(new)))
}

#[track_caller]
pub fn printf(format: &[u8], args: &[PrintArg<'_>]) -> i32 {
    fprintf(stdout, format, args)
}

#[track_caller]
pub fn fprintf(stream: Ptr<File>, format: &[u8], args: &[PrintArg<'_>]) -> i32 {
    printed(format, args).print(stream)
}

#[track_caller]
pub fn sprintf(s: &mut [u8], format: &[u8], args: &[PrintArg<'_>]) -> i32 {
    snprintf(s, u64::MAX, format, args)
}

#[track_caller]
pub fn snprintf(s: &mut [u8], n: u64, format: &[u8], args: &[PrintArg<'_>]) -> i32 {
    copy_printed(printed(format, args), s, n)
}

#[track_caller]
fn printed(format: &[u8], args: &[PrintArg<'_>]) -> Printed {
    Printed::new(text(format), PrintArgs::Values(args), None)
}

#[track_caller]
pub fn scanf(format: &[u8], args: &mut [ScanArg<'_>]) -> i32 {
    fscanf(stdin, format, args)
}

#[track_caller]
pub fn fscanf(stream: Ptr<File>, format: &[u8], args: &mut [ScanArg<'_>]) -> i32 {
    scan_stream(stream, text(format), args)
}

#[track_caller]
pub fn sscanf(s: &[u8], format: &[u8], args: &mut [ScanArg<'_>]) -> i32 {
    scan(&mut Text { text: s, at: 0 }, text(format), ScanArgs::Places(args), None)
}
