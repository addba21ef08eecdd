//! `dirent.h`: reading folders.

use std::cell::RefCell;
use std::ffi::OsStr;
use std::fs::{self, FileType, ReadDir};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirEntryExt, FileTypeExt, MetadataExt};
use std::path::{self, Path, PathBuf};

use crate::errno;
use crate::layout;
use crate::memory::{Memory, Pod, Ptr};
use crate::stdio::files::path;

pub const DT_UNKNOWN: u8 = 0;
pub const DT_FIFO: u8 = 1;
pub const DT_CHR: u8 = 2;
pub const DT_DIR: u8 = 4;
pub const DT_BLK: u8 = 6;
pub const DT_REG: u8 = 8;
pub const DT_LNK: u8 = 10;
pub const DT_SOCK: u8 = 12;

/// C's `DIR`: only ever pointed to.
#[derive(Clone, Copy, Debug)]
pub struct Dir;

/// C's `struct dirent`.
#[derive(Clone, Copy, Debug)]
pub struct Dirent {
    pub d_ino: u64,
    pub d_off: i64,
    pub d_reclen: u16,
    pub d_type: u8,
    pub d_name: [u8; 256],
}

layout! { Dirent: 280, 8;
    D_INO d_ino: u64 = 0;
    D_OFF d_off: i64 = 8;
    D_RECLEN d_reclen: u16 = 16;
    D_TYPE d_type: u8 = 18;
    D_NAME d_name: [u8; 256] = 19;
}

/// A folder that is being read.
struct Reader {
    folder: PathBuf,
    entries: ReadDir,
    /// How many entries were given; the first two are `.` and `..`, which std leaves out.
    given: i64,
    /// Where `readdir` puts the entry.
    entry: Ptr<Dirent>,
}

/// The handles of folders start here, apart from those of streams.
const FIRST_HANDLE: u32 = 0x0800_0000;

thread_local! {
    static READERS: RefCell<Vec<Option<Reader>>> = const { RefCell::new(Vec::new()) };
}

/// Calls `act` on an open folder.
#[track_caller]
fn with<R>(dir: Ptr<Dir>, act: impl FnOnce(&mut Option<Reader>) -> R) -> R {
    let index = dir.handle_number().and_then(|number| number.checked_sub(FIRST_HANDLE));
    let result = READERS.with_borrow_mut(|readers| {
        let slot = readers.get_mut(index? as usize)?;
        slot.is_some().then(|| act(slot))
    });
    match result {
        Some(result) => result,
        None => panic!("use of a DIR that is not open ({dir:?})"),
    }
}

#[track_caller]
pub fn opendir(name: Ptr<u8>, mem: &mut Memory) -> Ptr<Dir> {
    let folder = path(name, mem);
    // The folder is opened again by `rewinddir`, perhaps after a chdir.
    let opened = fs::read_dir(folder).and_then(|entries| Ok((path::absolute(folder)?, entries)));
    match opened {
        Ok((folder, entries)) => {
            let entry = mem.allocate(Dirent::SIZE as u64).cast();
            READERS.with_borrow_mut(|readers| {
                readers.push(Some(Reader { folder, entries, given: 0, entry }));
                Ptr::handle(FIRST_HANDLE + readers.len() as u32 - 1)
            })
        }
        Err(error) => {
            errno::set_from(&error);
            Ptr::NULL
        }
    }
}

/// The next entry; null at the end, and on an error, which sets `errno`.
#[track_caller]
pub fn readdir(dir: Ptr<Dir>, mem: &mut Memory) -> Ptr<Dirent> {
    let (next, entry) = with(dir, |slot| slot.as_mut().map(|reader| (reader.next(), reader.entry))).unwrap_or_default();
    match next {
        Some(Ok(found)) => {
            mem.write(entry, found);
            entry
        }
        Some(Err(error)) => {
            errno::set_from(&error);
            Ptr::NULL
        }
        None => Ptr::NULL,
    }
}

impl Reader {
    fn next(&mut self) -> Option<io::Result<Dirent>> {
        let found = match self.given {
            0 => dots(&self.folder, "."),
            1 => dots(&self.folder, ".."),
            _ => self.entries.next()?.map(|found| {
                let kind = found.file_type().map_or(DT_UNKNOWN, type_number);
                (found.ino(), kind, found.file_name())
            }),
        };
        self.given += 1;
        Some(found.map(|(inode, kind, name)| dirent(inode, self.given, kind, &name)))
    }
}

fn dots(folder: &Path, name: &str) -> io::Result<(u64, u8, std::ffi::OsString)> {
    Ok((fs::metadata(folder.join(name))?.ino(), DT_DIR, name.into()))
}

fn dirent(inode: u64, offset: i64, kind: u8, name: &OsStr) -> Dirent {
    let mut d_name = [0; 256];
    d_name[..name.len()].copy_from_slice(name.as_bytes());
    let record = (Dirent::D_NAME.offset() as usize + name.len() + 1).next_multiple_of(8);
    Dirent { d_ino: inode, d_off: offset, d_reclen: record as u16, d_type: kind, d_name }
}

fn type_number(kind: FileType) -> u8 {
    let kinds = [
        (kind.is_file(), DT_REG),
        (kind.is_dir(), DT_DIR),
        (kind.is_symlink(), DT_LNK),
        (kind.is_fifo(), DT_FIFO),
        (kind.is_char_device(), DT_CHR),
        (kind.is_block_device(), DT_BLK),
        (kind.is_socket(), DT_SOCK),
    ];
    kinds.iter().find(|(is, _)| *is).map_or(DT_UNKNOWN, |(_, number)| *number)
}

#[track_caller]
pub fn rewinddir(dir: Ptr<Dir>) {
    with(dir, |slot| {
        if let Some(reader) = slot {
            if let Ok(entries) = fs::read_dir(&reader.folder) {
                reader.entries = entries;
                reader.given = 0;
            }
        }
    });
}

#[track_caller]
pub fn closedir(dir: Ptr<Dir>, mem: &mut Memory) -> i32 {
    if let Some(reader) = with(dir, Option::take) {
        mem.release(reader.entry.cast());
    }
    0
}
