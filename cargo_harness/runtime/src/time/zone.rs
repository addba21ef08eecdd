//! Time zones: TZif files (RFC 8536) and POSIX `TZ` texts.

use std::path::Path;

use super::calendar::{days_before, DAY};

/// An offset from UTC that a zone uses at some times.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Offset {
    /// Seconds east of UTC.
    pub seconds: i64,
    pub is_dst: bool,
    pub name: String,
}

/// A time zone.
#[derive(Clone, Debug)]
pub(super) struct Zone {
    /// When an offset begins, and its index; in order.
    transitions: Vec<(i64, usize)>,
    offsets: Vec<Offset>,
    /// What holds after the last transition.
    rule: Option<Rule>,
}

/// A POSIX `TZ` text: standard time, and summer time with when it begins and ends.
#[derive(Clone, Debug)]
struct Rule {
    standard: Offset,
    /// Whether the text told an offset; else the zone counts as UTC, and glibc shows no second name.
    is_readable: bool,
    summer: Option<(Offset, Change, Change)>,
}

/// When in a year the clock changes, in its time before the change.
#[derive(Clone, Copy, Debug)]
struct Change {
    day: ChangeDay,
    seconds: i64,
}

#[derive(Clone, Copy, Debug)]
enum ChangeDay {
    /// Day 1 to 365; 29 February is not counted.
    Julian(i64),
    /// Day 0 to 365.
    OfYear(i64),
    /// Weekday of week 1 to 5 (the last) of a month.
    Weekday { month: i64, week: i64, weekday: i64 },
}

impl Zone {
    pub(super) fn utc() -> Self {
        Zone::of_rule(Rule {
            standard: Offset { seconds: 0, is_dst: false, name: "UTC".to_owned() },
            is_readable: true,
            summer: None,
        })
    }

    fn of_rule(rule: Rule) -> Self {
        let mut offsets = vec![rule.standard.clone()];
        offsets.extend(rule.summer.iter().map(|(offset, _, _)| offset.clone()));
        Zone { transitions: Vec::new(), offsets, rule: Some(rule) }
    }

    /// The zone of the environment variable `TZ`: none set is the system's, empty is UTC, else a file or a POSIX text.
    pub(super) fn named(tz: Option<&str>) -> Self {
        let name = match tz {
            None => "/etc/localtime",
            Some("") => return Zone::utc(),
            Some(name) => name.strip_prefix(':').unwrap_or(name),
        };
        let bytes = std::fs::read(Path::new("/usr/share/zoneinfo").join(name)).ok();
        let from_file = bytes.and_then(|bytes| Zone::from_file(&bytes));
        match tz {
            None => from_file.unwrap_or_else(Zone::utc),
            Some(_) => from_file.unwrap_or_else(|| Zone::of_rule(parse_rule(name))),
        }
    }

    fn from_file(bytes: &[u8]) -> Option<Self> {
        let first = Counts::read(bytes)?;
        if bytes.get(4) == Some(&0) {
            return first.zone(bytes.get(Counts::HEADER..)?, 4);
        }
        let second = bytes.get(Counts::HEADER + first.data_len(4)..)?;
        let counts = Counts::read(second)?;
        let data = second.get(Counts::HEADER..)?;
        let mut zone = counts.zone(data, 8)?;
        let footer = std::str::from_utf8(data.get(counts.data_len(8)..)?).ok()?.trim_matches('\n');
        if !footer.is_empty() {
            zone.rule = Some(parse_rule(footer));
        }
        Some(zone)
    }

    /// The offset that holds at `time`.
    pub(super) fn offset_at(&self, time: i64) -> &Offset {
        let after = self.transitions.partition_point(|&(at, _)| at <= time);
        match (&self.rule, self.transitions[..after].last()) {
            (Some(rule), _) if after == self.transitions.len() => rule.offset_at(time),
            (_, Some(&(_, index))) => &self.offsets[index],
            (_, None) => self.offsets.iter().find(|offset| !offset.is_dst).unwrap_or(&self.offsets[0]),
        }
    }

    /// Whether the text that named the zone could be read.
    pub(super) fn is_readable(&self) -> bool {
        self.rule.as_ref().is_none_or(|rule| rule.is_readable)
    }

    /// The latest offsets of standard and of summer time, as `tzname` and `timezone` show them.
    pub(super) fn latest(&self) -> (Option<&Offset>, Option<&Offset>) {
        if let Some(rule) = &self.rule {
            if let Some((summer, _, _)) = &rule.summer {
                return (Some(&rule.standard), Some(summer));
            }
        }
        let used = self.transitions.iter().rev().map(|&(_, index)| &self.offsets[index]);
        let all = || used.clone().chain(&self.offsets);
        let of_rule = self.rule.as_ref().map(|rule| &rule.standard);
        let standard = of_rule.or_else(|| all().find(|offset| !offset.is_dst));
        (standard, all().find(|offset| offset.is_dst))
    }
}

/// The counts in a TZif header.
struct Counts {
    is_ut: usize,
    is_standard: usize,
    leaps: usize,
    transitions: usize,
    offsets: usize,
    characters: usize,
}

impl Counts {
    const HEADER: usize = 44;
    /// The bytes of an offset in the file.
    const OFFSET: usize = 6;

    fn read(bytes: &[u8]) -> Option<Self> {
        if !bytes.starts_with(b"TZif") {
            return None;
        }
        let count = |index: usize| number(bytes.get(20 + 4 * index..24 + 4 * index)?).try_into().ok();
        Some(Counts {
            is_ut: count(0)?,
            is_standard: count(1)?,
            leaps: count(2)?,
            transitions: count(3)?,
            offsets: count(4)?,
            characters: count(5)?,
        })
    }

    /// The length of the data after the header, where a time takes `width` bytes.
    fn data_len(&self, width: usize) -> usize {
        let times = self.transitions * (width + 1) + self.leaps * (width + 4);
        times + self.offsets * Self::OFFSET + self.characters + self.is_standard + self.is_ut
    }

    fn zone(&self, data: &[u8], width: usize) -> Option<Zone> {
        let (times, rest) = data.split_at_checked(self.transitions * width)?;
        let (indices, rest) = rest.split_at_checked(self.transitions)?;
        let (offsets, rest) = rest.split_at_checked(self.offsets * Self::OFFSET)?;
        let names = rest.get(..self.characters)?;
        let offset = |bytes: &[u8]| {
            let name = names.get(usize::from(bytes[5])..)?.split(|&b| b == 0).next()?;
            let name = String::from_utf8_lossy(name).into_owned();
            Some(Offset { seconds: number(&bytes[..4]), is_dst: bytes[4] != 0, name })
        };
        let offsets = offsets.chunks_exact(Self::OFFSET).map(offset).collect::<Option<Vec<_>>>()?;
        let starts = times.chunks_exact(width).map(number);
        let transitions: Vec<_> = starts.zip(indices.iter().map(|&index| index.into())).collect();
        let valid = !offsets.is_empty() && transitions.iter().all(|&(_, index): &(i64, usize)| index < offsets.len());
        valid.then_some(Zone { transitions, offsets, rule: None })
    }
}

/// A signed big-endian number of four or eight bytes.
fn number(bytes: &[u8]) -> i64 {
    let unsigned = bytes.iter().fold(0u64, |value, &byte| value << 8 | u64::from(byte));
    let unused = 64 - 8 * bytes.len() as u32;
    (unsigned << unused) as i64 >> unused
}

impl Rule {
    fn offset_at(&self, time: i64) -> &Offset {
        let Some((summer, begin, end)) = &self.summer else {
            return &self.standard;
        };
        let year =
            super::calendar::broken_down(time, self.standard.seconds).map_or(0, |tm| i64::from(tm.tm_year) + 1900);
        let begin = begin.seconds_in(year) - self.standard.seconds;
        let end = end.seconds_in(year) - summer.seconds;
        let is_summer = if begin < end { (begin..end).contains(&time) } else { !(end..begin).contains(&time) };
        if is_summer {
            summer
        } else {
            &self.standard
        }
    }
}

impl Change {
    /// The local time of the change in `year`, in seconds from 1970. As in glibc, the years before that one have their
    /// changes in it.
    fn seconds_in(self, year: i64) -> i64 {
        let new_year = days_before(year, 0);
        let day_of_year = self.day_of(year, new_year) - new_year;
        (days_before(year.max(1970), 0) + day_of_year) * DAY + self.seconds
    }

    /// The day of the change, from 1970-01-01.
    fn day_of(self, year: i64, new_year: i64) -> i64 {
        let is_leap = days_before(year + 1, 0) - new_year == 366;
        match self.day {
            ChangeDay::Julian(day) => new_year + day - i64::from(!(is_leap && day >= 60)),
            ChangeDay::OfYear(day) => new_year + day,
            ChangeDay::Weekday { month, week, weekday } => {
                let first = days_before(year, month - 1);
                let next_month = if month == 12 { days_before(year + 1, 0) } else { days_before(year, month) };
                let first_weekday = first + (weekday - (first + 4)).rem_euclid(7);
                let last = (week - 1).min((next_month - 1 - first_weekday) / 7);
                first_weekday + 7 * last
            }
        }
    }
}

/// A reader of POSIX `TZ` texts.
struct RuleText<'a>(&'a str);

/// Reads a `TZ` text such as `CET-1CEST,M3.5.0,M10.5.0/3`. What cannot be read counts as UTC under its name, as in glibc.
fn parse_rule(text: &str) -> Rule {
    let mut text = RuleText(text);
    let name = text.name().unwrap_or_default();
    let mut standard = Offset { seconds: 0, is_dst: false, name };
    let Some(west) = text.time().filter(|_| !standard.name.is_empty()) else {
        return Rule { standard, is_readable: false, summer: None };
    };
    standard.seconds = -west;
    let Some(name) = text.name() else {
        return Rule { standard, is_readable: true, summer: None };
    };
    let seconds = text.time().map_or(standard.seconds + 3600, |west| -west);
    let summer = Offset { seconds, is_dst: true, name };
    let (begin, end) = text.changes().unwrap_or((DEFAULT_BEGIN, DEFAULT_END));
    Rule { standard, is_readable: true, summer: Some((summer, begin, end)) }
}

/// glibc's changes for a text that gives none: those of the United States since 2007.
const DEFAULT_BEGIN: Change = Change { day: ChangeDay::Weekday { month: 3, week: 2, weekday: 0 }, seconds: 7200 };
const DEFAULT_END: Change = Change { day: ChangeDay::Weekday { month: 11, week: 1, weekday: 0 }, seconds: 7200 };

impl RuleText<'_> {
    fn take(&mut self, len: usize) -> &str {
        let (taken, rest) = self.0.split_at(len);
        self.0 = rest;
        taken
    }

    fn skip(&mut self, character: char) -> bool {
        let found = self.0.starts_with(character);
        self.take(usize::from(found));
        found
    }

    /// Three or more letters, or anything in angle brackets.
    fn name(&mut self) -> Option<String> {
        if self.0.starts_with('<') {
            let end = self.0.find('>')?;
            let name = self.take(end + 1);
            return Some(name[1..end].to_owned());
        }
        let len = self.0.bytes().take_while(u8::is_ascii_alphabetic).count();
        (len >= 3).then(|| self.take(len).to_owned())
    }

    fn number(&mut self) -> Option<i64> {
        let len = self.0.bytes().take_while(u8::is_ascii_digit).count();
        self.take(len).parse().ok()
    }

    /// `[+-]hh[:mm[:ss]]` in seconds.
    fn time(&mut self) -> Option<i64> {
        let negative = self.skip('-');
        if !negative {
            self.skip('+');
        }
        let mut seconds = self.number()? * 3600;
        for unit in [60, 1] {
            if !self.skip(':') {
                break;
            }
            seconds += self.number()? * unit;
        }
        Some(if negative { -seconds } else { seconds })
    }

    /// `,begin,end`
    fn changes(&mut self) -> Option<(Change, Change)> {
        Some((self.change()?, self.change()?))
    }

    /// `,Mm.w.d`, `,Jn` or `,n`, and `/time`.
    fn change(&mut self) -> Option<Change> {
        if !self.skip(',') {
            return None;
        }
        let day = if self.skip('M') {
            let month = self.number()?;
            let week = self.skip('.').then(|| self.number())??;
            let weekday = self.skip('.').then(|| self.number())??;
            let valid = (1..=12).contains(&month) && (1..=5).contains(&week) && weekday < 7;
            valid.then_some(ChangeDay::Weekday { month, week, weekday })?
        } else if self.skip('J') {
            ChangeDay::Julian(self.number()?)
        } else {
            ChangeDay::OfYear(self.number()?)
        };
        let seconds = if self.skip('/') { self.time()? } else { 7200 };
        Some(Change { day, seconds })
    }
}
