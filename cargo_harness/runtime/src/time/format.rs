//! `strftime`, `asctime` and `ctime` in the C locale, with glibc's flags and widths.

use super::local::{mktime, tzset};
use super::{localtime, Tm};
use crate::{errno, Memory, Ptr};

pub(super) const WEEKDAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
pub(super) const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// The name at `index`, if it is in the table; its first three letters where it is abbreviated.
fn name(table: &[&'static str], index: i32, abbreviated: bool) -> Option<&'static str> {
    let name = table.get(usize::try_from(index).ok()?)?;
    Some(if abbreviated { &name[..3] } else { name })
}

/// What stands between the `%` and the letter of a conversion.
#[derive(Clone, Copy, Default)]
struct Flags {
    /// `_`, `-` or `0`.
    pad: Option<u8>,
    upper: bool,
    swap_case: bool,
    width: usize,
    /// `E` or `O`.
    modifier: Option<u8>,
}

/// Reads flags, width and modifier at the start of `format`; and their length.
fn parse_flags(format: &[u8]) -> (Flags, usize) {
    let mut flags = Flags::default();
    let mut len = 0;
    while let Some(&flag @ (b'_' | b'-' | b'0' | b'^' | b'#')) = format.get(len) {
        match flag {
            b'^' => flags.upper = true,
            b'#' => flags.swap_case = true,
            _ => flags.pad = Some(flag),
        }
        len += 1;
    }
    while let Some(&digit @ b'0'..=b'9') = format.get(len) {
        flags.width = flags.width.saturating_mul(10).saturating_add(usize::from(digit - b'0'));
        len += 1;
    }
    if let Some(&modifier @ (b'E' | b'O')) = format.get(len) {
        flags.modifier = Some(modifier);
        len += 1;
    }
    (flags, len)
}

/// Which conversions take the modifier; glibc copies the others as they stand.
fn takes_modifier(conversion: u8, modifier: u8) -> bool {
    match modifier {
        b'E' => !b"aADFBbhdeHIjklmMSUVgGWw".contains(&conversion),
        _ => !b"aADFcxXY".contains(&conversion),
    }
}

/// What formatting looks at and writes to.
struct Formatter<'a> {
    mem: &'a mut Memory,
    tm: Tm,
    out: Vec<u8>,
    /// Where the output may not become longer: a longer one is no result anyway.
    limit: usize,
}

impl Formatter<'_> {
    #[track_caller]
    fn format(&mut self, format: &[u8], upper: bool) {
        let mut rest = format;
        while let Some(percent) = rest.iter().position(|&b| b == b'%') {
            self.out.extend_from_slice(&rest[..percent]);
            let (mut flags, len) = parse_flags(&rest[percent + 1..]);
            // glibc takes note of the case of `%b` before it finds the modifier wrong.
            flags.upper |= upper || flags.swap_case && matches!(rest.get(percent + 1 + len), Some(b'b' | b'h'));
            let end = percent + 1 + len;
            let text = &rest[percent..(end + 1).min(rest.len())];
            let conversion = rest.get(end).copied();
            rest = &rest[text.len() + percent..];
            let valid = conversion.filter(|&c| flags.modifier.is_none_or(|modifier| takes_modifier(c, modifier)));
            if valid.is_none_or(|conversion| !self.convert(conversion, flags)) {
                self.put(text, flags);
            }
            if self.out.len() > self.limit {
                return;
            }
        }
        self.out.extend_from_slice(rest);
    }

    /// Formats one conversion; false where there is no such.
    #[track_caller]
    fn convert(&mut self, conversion: u8, flags: Flags) -> bool {
        let Tm { tm_wday, tm_mon, .. } = self.tm;
        match conversion {
            b'%' => self.put(b"%", flags),
            b'n' => self.put(b"\n", flags),
            b't' => self.put(b"\t", flags),
            b'a' => self.name(name(&WEEKDAYS, tm_wday, true), flags),
            b'A' => self.name(name(&WEEKDAYS, tm_wday, false), flags),
            b'b' | b'h' => self.name(name(&MONTHS, tm_mon, true), flags),
            b'B' => self.name(name(&MONTHS, tm_mon, false), flags),
            b'p' | b'P' => self.half_of_day(conversion == b'P', flags),
            b'Z' => self.zone_name(flags),
            b'z' => self.zone_offset(flags),
            b'c' => self.nested(b"%a %b %e %H:%M:%S %Y", flags),
            b'D' | b'x' => self.nested(b"%m/%d/%y", flags),
            b'F' => self.nested(b"%Y-%m-%d", flags),
            b's' => {
                let seconds = self.seconds().to_string();
                self.put(seconds.as_bytes(), flags);
            }
            b'r' => self.nested(b"%I:%M:%S %p", flags),
            b'R' => self.nested(b"%H:%M", flags),
            b'T' | b'X' => self.nested(b"%H:%M:%S", flags),
            _ => return self.number_conversion(conversion, flags),
        }
        true
    }

    /// The conversions that give a number; false where there is no such.
    #[track_caller]
    fn number_conversion(&mut self, conversion: u8, flags: Flags) -> bool {
        let tm = self.tm;
        let year = i64::from(tm.tm_year) + super::calendar::TM_YEAR_BASE;
        let (yday, wday) = (i64::from(tm.tm_yday), i64::from(tm.tm_wday));
        let hour_12 = match tm.tm_hour {
            0 => 12,
            hour if hour > 12 => hour - 12,
            hour => hour,
        };
        let spaced = Flags { pad: flags.pad.or(Some(b'_')), ..flags };
        let (value, digits, flags) = match conversion {
            b'C' => (year / 100 - i64::from(year % 100 < 0), 1, flags),
            b'd' => (tm.tm_mday.into(), 2, flags),
            b'e' => (tm.tm_mday.into(), 2, spaced),
            b'g' => (iso_week(year, yday, wday).0.rem_euclid(100), 2, flags),
            b'G' => (iso_week(year, yday, wday).0, 1, flags),
            b'H' => (tm.tm_hour.into(), 2, flags),
            b'I' => (hour_12.into(), 2, flags),
            b'j' => (yday + 1, 3, flags),
            b'k' => (tm.tm_hour.into(), 2, spaced),
            b'l' => (hour_12.into(), 2, spaced),
            b'm' => (i64::from(tm.tm_mon) + 1, 2, flags),
            b'M' => (tm.tm_min.into(), 2, flags),
            b'S' => (tm.tm_sec.into(), 2, flags),
            b'u' => ((wday - 1 + 7) % 7 + 1, 1, flags),
            b'U' => ((yday - wday + 7) / 7, 2, flags),
            b'V' => (iso_week(year, yday, wday).1, 2, flags),
            b'w' => (wday, 1, flags),
            b'W' => ((yday - (wday - 1 + 7) % 7 + 7) / 7, 2, flags),
            b'y' => (year.rem_euclid(100), 2, flags),
            b'Y' => (year, 1, flags),
            _ => return false,
        };
        self.number(value, digits, flags);
        true
    }

    /// `text`, filled up on the left to the width.
    fn put(&mut self, text: &[u8], flags: Flags) {
        let fill = flags.width.saturating_sub(text.len()).min(self.limit + 1);
        let filler = if flags.pad == Some(b'0') { b'0' } else { b' ' };
        self.out.resize(self.out.len() + fill, filler);
        if flags.upper {
            self.out.extend(text.iter().map(u8::to_ascii_uppercase));
        } else {
            self.out.extend_from_slice(text);
        }
    }

    fn name(&mut self, name: Option<&str>, flags: Flags) {
        let upper = flags.upper || flags.swap_case;
        self.put(name.unwrap_or("?").as_bytes(), Flags { upper, ..flags });
    }

    fn half_of_day(&mut self, lower: bool, flags: Flags) {
        let text = if self.tm.tm_hour > 11 { "PM" } else { "AM" };
        if lower || flags.swap_case {
            self.put(text.to_ascii_lowercase().as_bytes(), Flags { upper: false, ..flags });
        } else {
            self.put(text.as_bytes(), flags);
        }
    }

    /// A number of at least `digits` characters, filled up with zeros or as the flag says.
    fn number(&mut self, value: i64, digits: usize, flags: Flags) {
        let sign = if value < 0 { "-" } else { "" };
        let text = value.unsigned_abs().to_string();
        let len = if flags.pad == Some(b'-') { 0 } else { digits.max(flags.width.min(self.limit + 1)) };
        let fill = len.saturating_sub(sign.len() + text.len());
        let text = match flags.pad {
            Some(b'_') => format!("{}{sign}{text}", " ".repeat(fill)),
            _ => format!("{sign}{}{text}", "0".repeat(fill)),
        };
        self.put(text.as_bytes(), flags);
    }

    #[track_caller]
    fn zone_name(&mut self, flags: Flags) {
        let zone = self.tm.tm_zone;
        let mut text = if zone.is_null() { Vec::new() } else { self.mem.c_str(zone).to_vec() };
        if text.is_empty() && self.tm.tm_isdst >= 0 {
            let names = super::local::tzname(self.mem);
            let at = self.mem.read(names)[usize::from(self.tm.tm_isdst != 0)];
            text = self.mem.c_str(at).to_vec();
        }
        if flags.swap_case {
            self.put(&text.to_ascii_lowercase(), Flags { upper: false, ..flags });
        } else {
            self.put(&text, flags);
        }
    }

    /// `+hhmm` east of UTC; nothing where it is not known whether summer time holds.
    fn zone_offset(&mut self, flags: Flags) {
        if self.tm.tm_isdst < 0 {
            return;
        }
        let offset = self.tm.tm_gmtoff as i32;
        let sign: &[u8] = if offset < 0 { b"-" } else { b"+" };
        self.put(sign, flags);
        let minutes = i64::from(offset).abs() / 60;
        self.number(minutes / 60 * 100 + minutes % 60, 4, flags);
    }

    #[track_caller]
    fn nested(&mut self, format: &[u8], flags: Flags) {
        let before = std::mem::take(&mut self.out);
        self.format(format, flags.upper);
        let text = std::mem::replace(&mut self.out, before);
        self.put(&text, flags);
    }

    /// The fields as a time, as `mktime` gives it.
    fn seconds(&mut self) -> i64 {
        let mark = self.mem.enter();
        let copy = self.mem.local(self.tm);
        let seconds = mktime(copy, self.mem);
        self.mem.leave(mark);
        seconds
    }
}

/// The year and the week by ISO 8601: a week is of the year that its Thursday is in.
fn iso_week(year: i64, yday: i64, wday: i64) -> (i64, i64) {
    let days_of = |year: i64| super::calendar::days_before(year + 1, 0) - super::calendar::days_before(year, 0);
    let thursday = yday - (wday + 6).rem_euclid(7) + 3;
    if thursday < 0 {
        (year - 1, (thursday + days_of(year - 1)) / 7 + 1)
    } else if thursday >= days_of(year) {
        (year + 1, (thursday - days_of(year)) / 7 + 1)
    } else {
        (year, thursday / 7 + 1)
    }
}

/// Writes at most `max` bytes with the NUL; 0 where the text does not fit.
#[track_caller]
pub fn strftime(s: Ptr<u8>, max: u64, format: Ptr<u8>, tm: Ptr<Tm>, mem: &mut Memory) -> u64 {
    let format = mem.c_str(format).to_vec();
    let tm = mem.read(tm);
    tzset(mem);
    let limit = max.min(1 << 30) as usize;
    let mut formatter = Formatter { mem, tm, out: Vec::new(), limit };
    formatter.format(&format, false);
    let mut text = formatter.out;
    if text.len() as u64 >= max {
        return 0;
    }
    text.push(0);
    mem.bytes_mut(s, text.len() as u64).copy_from_slice(&text);
    text.len() as u64 - 1
}

/// The text of `asctime`; none where the year is too large.
fn text_of(tm: &Tm) -> Option<String> {
    let year = tm.tm_year.checked_add(1900)?;
    let weekday = name(&WEEKDAYS, tm.tm_wday, true).unwrap_or("???");
    let month = name(&MONTHS, tm.tm_mon, true).unwrap_or("???");
    let two = |value: i32| if value < 0 { format!("-{:02}", -i64::from(value)) } else { format!("{value:02}") };
    let (hour, minute, second) = (two(tm.tm_hour), two(tm.tm_min), two(tm.tm_sec));
    Some(format!("{weekday} {month}{:3} {hour}:{minute}:{second} {year}\n", tm.tm_mday))
}

#[track_caller]
pub fn asctime(tm: Ptr<Tm>, mem: &mut Memory) -> Ptr<u8> {
    let result = mem.library_block("asctime", 128).cast();
    asctime_r(tm, result, mem)
}

#[track_caller]
pub fn asctime_r(tm: Ptr<Tm>, buf: Ptr<u8>, mem: &mut Memory) -> Ptr<u8> {
    let Some(text) = text_of(&mem.read(tm)) else {
        errno::set(errno::EOVERFLOW);
        return Ptr::NULL;
    };
    let bytes = mem.bytes_mut(buf, text.len() as u64 + 1);
    bytes[..text.len()].copy_from_slice(text.as_bytes());
    bytes[text.len()] = 0;
    buf
}

#[track_caller]
pub fn ctime(timep: Ptr<i64>, mem: &mut Memory) -> Ptr<u8> {
    let tm = localtime(timep, mem);
    if tm.is_null() {
        return Ptr::NULL;
    }
    asctime(tm, mem)
}

#[track_caller]
pub fn ctime_r(timep: Ptr<i64>, buf: Ptr<u8>, mem: &mut Memory) -> Ptr<u8> {
    let mark = mem.enter();
    let tm = mem.alloca(56).cast();
    let tm = super::localtime_r(timep, tm, mem);
    let text = if tm.is_null() { Ptr::NULL } else { asctime_r(tm, buf, mem) };
    mem.leave(mark);
    text
}
