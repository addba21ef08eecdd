//! `strptime`: the inverse of `strftime`, in the C locale.

use super::calendar::{days_before, TM_YEAR_BASE};
use super::format::{MONTHS, WEEKDAYS};
use super::{localtime_r, Tm};
use crate::stdlib::is_space;
use crate::{Memory, Ptr};

/// The rest of the input, what was read, and what of it decides on the fields that were not.
struct Parser<'a> {
    text: &'a [u8],
    tm: Tm,
    is_pm: bool,
    has_hour_of_12: bool,
    has_weekday: bool,
    has_month: bool,
    has_month_day: bool,
    has_year_day: bool,
    /// Whether a date was read, from which the weekday and the day of the year follow.
    wants_days: bool,
    century: Option<i32>,
    /// Whether the year was read without its century.
    wants_century: bool,
    /// The week, and the weekday that it starts with.
    week: Option<(i32, i32)>,
}

impl Parser<'_> {
    fn peek(&self) -> u8 {
        self.text.first().copied().unwrap_or(0)
    }

    fn skip_spaces(&mut self) {
        let spaces = self.text.iter().take_while(|&&byte| is_space(byte)).count();
        self.text = &self.text[spaces..];
    }

    fn literal(&mut self, byte: u8) -> Option<()> {
        self.text = self.text.strip_prefix(&[byte])?;
        Some(())
    }

    /// A number of at most `digits` digits, fewer where one more would pass `most`; white space may stand before it.
    fn number(&mut self, least: i32, most: i32, digits: usize) -> Option<i32> {
        self.skip_spaces();
        let mut value = 0;
        let mut len = 0;
        while self.peek().is_ascii_digit() && (len == 0 || len < digits && value * 10 <= most) {
            value = value * 10 + i32::from(self.peek() - b'0');
            self.text = &self.text[1..];
            len += 1;
        }
        (len > 0 && (least..=most).contains(&value)).then_some(value)
    }

    /// The index of a name, be it in full or its first three letters.
    fn name(&mut self, names: &[&str]) -> Option<i32> {
        for (index, name) in names.iter().enumerate() {
            for len in [name.len(), 3] {
                if self.text.get(..len).is_some_and(|start| start.eq_ignore_ascii_case(&name.as_bytes()[..len])) {
                    self.text = &self.text[len..];
                    return Some(index as i32);
                }
            }
        }
        None
    }

    fn run(&mut self, mut format: &[u8], mem: &mut Memory) -> Option<()> {
        while let [byte, rest @ ..] = format {
            format = rest;
            if is_space(*byte) {
                self.skip_spaces();
            } else if *byte != b'%' {
                self.literal(*byte)?;
            } else {
                while let [b'-' | b'_' | b'0' | b'^' | b'#', rest @ ..] = format {
                    format = rest;
                }
                let allowed: Option<&[u8]> = match format.first() {
                    Some(b'E') => Some(b"cCYxX"),
                    Some(b'O') => Some(b"bBdehHImMSUVWwy"),
                    _ => None,
                };
                format = &format[usize::from(allowed.is_some())..];
                let [conversion, rest @ ..] = format else {
                    return None;
                };
                if allowed.is_some_and(|allowed| !allowed.contains(conversion)) {
                    return None;
                }
                format = rest;
                self.convert(*conversion, mem)?;
            }
        }
        Some(())
    }

    /// A conversion that stands for others; where one of them does not fit, none is stored.
    fn composite(&mut self, format: &[u8], mem: &mut Memory) -> Option<()> {
        let before = self.tm;
        let result = self.run(format, mem);
        if result.is_none() {
            self.tm = before;
        }
        result
    }

    fn convert(&mut self, conversion: u8, mem: &mut Memory) -> Option<()> {
        match conversion {
            b'%' => self.literal(b'%')?,
            b'n' | b't' => self.skip_spaces(),
            b'c' => self.composite(b"%a %b %e %H:%M:%S %Y", mem)?,
            b'D' | b'x' => self.composite(b"%m/%d/%y", mem)?,
            b'F' => self.composite(b"%Y-%m-%d", mem)?,
            b'R' => self.composite(b"%H:%M", mem)?,
            b'r' => self.composite(b"%I:%M:%S %p", mem)?,
            b'T' | b'X' => self.composite(b"%H:%M:%S", mem)?,
            b'H' | b'k' | b'I' | b'l' | b'M' | b'S' | b'p' => self.time(conversion)?,
            b's' => self.seconds_since_1970(mem)?,
            b'z' => self.tm.tm_gmtoff = self.offset()?,
            b'Z' => {
                self.skip_spaces();
                let word = self.text.iter().take_while(|&&byte| !is_space(byte)).count();
                self.text = &self.text[word..];
            }
            b'U' => self.week = Some((self.number(0, 53, 2)?, 0)),
            b'W' => self.week = Some((self.number(0, 53, 2)?, 1)),
            b'V' => drop(self.number(0, 53, 2)?),
            b'g' => drop(self.number(0, 99, 2)?),
            b'G' => {
                let digits = self.text.iter().take_while(|byte| byte.is_ascii_digit()).count();
                self.text = &self.text[digits..];
                return (digits > 0).then_some(());
            }
            _ => self.date(conversion)?,
        }
        Some(())
    }

    fn time(&mut self, conversion: u8) -> Option<()> {
        match conversion {
            b'H' | b'k' => {
                self.tm.tm_hour = self.number(0, 23, 2)?;
                self.has_hour_of_12 = false;
            }
            b'I' | b'l' => {
                self.tm.tm_hour = self.number(1, 12, 2)? % 12;
                self.has_hour_of_12 = true;
            }
            b'M' => self.tm.tm_min = self.number(0, 59, 2)?,
            b'S' => self.tm.tm_sec = self.number(0, 61, 2)?,
            _ => {
                let half = self.text.get(..2)?.to_ascii_uppercase();
                self.is_pm = match &half[..] {
                    b"AM" => false,
                    b"PM" => true,
                    _ => return None,
                };
                self.text = &self.text[2..];
            }
        }
        Some(())
    }

    /// A part of the date; none where the conversion is unknown.
    fn date(&mut self, conversion: u8) -> Option<()> {
        match conversion {
            b'a' | b'A' => {
                self.tm.tm_wday = self.name(&WEEKDAYS)?;
                self.has_weekday = true;
                return Some(());
            }
            b'u' | b'w' => {
                self.tm.tm_wday = if conversion == b'u' { self.number(1, 7, 1)? % 7 } else { self.number(0, 6, 1)? };
                self.has_weekday = true;
                return Some(());
            }
            b'j' => {
                self.tm.tm_yday = self.number(1, 366, 3)? - 1;
                self.has_year_day = true;
                return Some(());
            }
            b'b' | b'B' | b'h' => {
                self.tm.tm_mon = self.name(&MONTHS)?;
                self.has_month = true;
            }
            b'm' => {
                self.tm.tm_mon = self.number(1, 12, 2)? - 1;
                self.has_month = true;
            }
            b'd' | b'e' => {
                self.tm.tm_mday = self.number(1, 31, 2)?;
                self.has_month_day = true;
            }
            b'C' => self.century = Some(self.number(0, 99, 2)?),
            b'y' => {
                let year = self.number(0, 99, 2)?;
                self.tm.tm_year = if year >= 69 { year } else { year + 100 };
                self.wants_century = true;
            }
            b'Y' => {
                self.tm.tm_year = self.number(0, 9999, 4)? - TM_YEAR_BASE as i32;
                self.wants_century = false;
            }
            _ => return None,
        }
        self.wants_days = true;
        Some(())
    }

    fn seconds_since_1970(&mut self, mem: &mut Memory) -> Option<()> {
        let digits = self.text.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if digits == 0 {
            return None;
        }
        let seconds = self.text[..digits]
            .iter()
            .fold(0i64, |seconds, byte| seconds.wrapping_mul(10).wrapping_add(i64::from(byte - b'0')));
        self.text = &self.text[digits..];
        let mark = mem.enter();
        let (time, local) = (mem.local(seconds), mem.local(self.tm));
        let converted = !localtime_r(time, local, mem).is_null();
        self.tm = mem.read(local);
        mem.leave(mark);
        converted.then_some(())
    }

    /// `Z`, or a sign and `hh`, `hhmm` or `hh:mm`: seconds east of UTC.
    fn offset(&mut self) -> Option<i64> {
        self.skip_spaces();
        let [sign, rest @ ..] = self.text else {
            return None;
        };
        self.text = rest;
        match sign {
            b'Z' => return Some(0),
            b'+' | b'-' => {}
            _ => return None,
        }
        let (mut value, mut digits) = (0, 0);
        while digits < 4 && self.peek().is_ascii_digit() {
            value = value * 10 + i64::from(self.peek() - b'0');
            self.text = &self.text[1..];
            digits += 1;
            if digits == 2 && self.peek() == b':' {
                self.text = &self.text[1..];
            }
        }
        value *= if digits == 2 { 100 } else { 1 };
        if !matches!(digits, 2 | 4) || value % 100 >= 60 {
            return None;
        }
        let seconds = (value / 100) * 3600 + (value % 100) * 60;
        Some(if *sign == b'-' { -seconds } else { seconds })
    }

    /// Works out the fields that follow from what was read.
    fn settle(&mut self) {
        if self.has_hour_of_12 && self.is_pm {
            self.tm.tm_hour += 12;
        }
        if let Some(century) = self.century {
            let year = if self.wants_century { self.tm.tm_year % 100 } else { 0 };
            self.tm.tm_year = year + (century - 19) * 100;
        }
        let month_is_known = |parser: &Self| parser.has_month || (0..12).contains(&parser.tm.tm_mon);
        if self.wants_days && !self.has_weekday {
            if !(self.has_month && self.has_month_day) && self.has_year_day {
                self.date_from_year_day();
                (self.has_month, self.has_month_day) = (true, true);
            }
            if month_is_known(self) {
                self.tm.tm_wday = weekday(&self.tm);
            }
        }
        if self.wants_days && !self.has_year_day && month_is_known(self) {
            self.tm.tm_yday = month_start(&self.tm, self.tm.tm_mon) + self.tm.tm_mday - 1;
        }
        if let Some((week, first)) = self.week.filter(|_| self.has_weekday) {
            let new_year = weekday(&Tm { tm_mday: 1, tm_mon: 0, ..self.tm });
            if !self.has_year_day {
                self.tm.tm_yday = (7 - (new_year - first)) % 7 + (week - 1) * 7 + (self.tm.tm_wday - first + 7) % 7;
            }
            self.date_from_year_day();
        }
    }

    /// The month and its day, where they were not read, by the day of the year.
    fn date_from_year_day(&mut self) {
        let tm = self.tm;
        let next = (1..12).find(|&month| month_start(&tm, month) > tm.tm_yday).unwrap_or(12);
        let next = if tm.tm_yday < 0 { 0 } else { next };
        if !self.has_month {
            self.tm.tm_mon = next - 1;
        }
        if !self.has_month_day {
            self.tm.tm_mday = tm.tm_yday - month_start(&tm, next - 1) + 1;
        }
    }
}

/// Days from the start of the year to that of a month.
fn month_start(tm: &Tm, month: i32) -> i32 {
    let year = TM_YEAR_BASE + i64::from(tm.tm_year);
    (days_before(year, month.into()) - days_before(year, 0)) as i32
}

/// The weekday of the date in the fields.
fn weekday(tm: &Tm) -> i32 {
    let day = days_before(TM_YEAR_BASE + i64::from(tm.tm_year), tm.tm_mon.into()) + i64::from(tm.tm_mday) - 1;
    (day + 4).rem_euclid(7) as i32
}

/// Reads a time by `format`; gives what is left of `s`, or null where it does not fit, with what was read until then
/// in `*tm`.
#[track_caller]
pub fn strptime(s: Ptr<u8>, format: Ptr<u8>, tm: Ptr<Tm>, mem: &mut Memory) -> Ptr<u8> {
    let (text, format) = (mem.c_str(s).to_vec(), mem.c_str(format).to_vec());
    let mut parser = Parser {
        text: &text,
        tm: mem.read(tm),
        is_pm: false,
        has_hour_of_12: false,
        has_weekday: false,
        has_month: false,
        has_month_day: false,
        has_year_day: false,
        wants_days: false,
        century: None,
        wants_century: false,
        week: None,
    };
    let fits = parser.run(&format, mem).is_some();
    if fits {
        parser.settle();
    }
    let read = text.len() - parser.text.len();
    mem.write(tm, parser.tm);
    if fits {
        s + read
    } else {
        Ptr::NULL
    }
}
