//! Calendar dates in UTC, by the Gregorian rules for all years.

use super::Tm;
use crate::{errno, Memory, Ptr};

pub(super) const DAY: i64 = 86_400;
/// The year that `tm_year` counts from.
pub(super) const TM_YEAR_BASE: i64 = 1900;

/// Days from 1970-01-01 to the first day of month `month` (0 to 11) of `year`.
pub(super) fn days_before(year: i64, month: i64) -> i64 {
    // Years that start in March end with the leap day.
    let (year, month) = if month < 2 { (year - 1, month + 10) } else { (year, month - 2) };
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    365 * year + leap_days + (306 * month + 5) / 10 - 719_468
}

/// The year, the month (from 0) and the day (from 1) of a day counted from 1970-01-01.
fn date_of(day: i64) -> (i64, i64, i64) {
    const DAYS_IN_400_YEARS: i64 = 146_097;
    let day = day + 719_468;
    let era = day.div_euclid(DAYS_IN_400_YEARS);
    let of_era = day.rem_euclid(DAYS_IN_400_YEARS);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let month_day = of_year - (153 * month + 2) / 5 + 1;
    let (year, month) = if month < 10 { (year, month + 2) } else { (year + 1, month - 10) };
    (era * 400 + year, month, month_day)
}

/// Broken-down time of `time` at `offset` seconds east of UTC; none where the year does not fit.
pub(super) fn broken_down(time: i64, offset: i64) -> Option<Tm> {
    let seconds = time.checked_add(offset)?;
    let (day, second) = (seconds.div_euclid(DAY), seconds.rem_euclid(DAY));
    let (year, month, month_day) = date_of(day);
    Some(Tm {
        tm_sec: (second % 60) as i32,
        tm_min: (second / 60 % 60) as i32,
        tm_hour: (second / 3600) as i32,
        tm_mday: month_day as i32,
        tm_mon: month as i32,
        tm_year: i32::try_from(year - TM_YEAR_BASE).ok()?,
        tm_wday: (day + 4).rem_euclid(7) as i32,
        tm_yday: (day - days_before(year, 0)) as i32,
        tm_isdst: 0,
        tm_gmtoff: offset,
        tm_zone: Ptr::NULL,
    })
}

/// Seconds from 1970 to the time of the fields as UTC; they may be out of their ranges.
pub(super) fn seconds_of(tm: &Tm) -> i64 {
    let months = i64::from(tm.tm_mon);
    let year = TM_YEAR_BASE + i64::from(tm.tm_year) + months.div_euclid(12);
    let day = days_before(year, months.rem_euclid(12)) + i64::from(tm.tm_mday) - 1;
    day * DAY + i64::from(tm.tm_hour) * 3600 + i64::from(tm.tm_min) * 60 + i64::from(tm.tm_sec)
}

/// The library's text `GMT`, the zone of times in UTC.
fn gmt(mem: &mut Memory) -> Ptr<u8> {
    super::local::zone_text("GMT", mem)
}

#[track_caller]
pub fn gmtime(timep: Ptr<i64>, mem: &mut Memory) -> Ptr<Tm> {
    let result = super::local::shared_result(mem);
    gmtime_r(timep, result, mem)
}

#[track_caller]
pub fn gmtime_r(timep: Ptr<i64>, result: Ptr<Tm>, mem: &mut Memory) -> Ptr<Tm> {
    let Some(tm) = broken_down(mem.read(timep), 0) else {
        errno::set(errno::EOVERFLOW);
        return Ptr::NULL;
    };
    let tm_zone = gmt(mem);
    mem.write(result, Tm { tm_zone, ..tm });
    result
}

/// The time of the fields as UTC; brings them into their ranges.
#[track_caller]
pub fn timegm(tp: Ptr<Tm>, mem: &mut Memory) -> i64 {
    let time = seconds_of(&mem.read(tp));
    match broken_down(time, 0) {
        Some(tm) => {
            let tm_zone = gmt(mem);
            mem.write(tp, Tm { tm_zone, ..tm });
            time
        }
        None => {
            errno::set(errno::EOVERFLOW);
            -1
        }
    }
}
