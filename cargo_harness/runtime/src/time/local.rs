//! Local time: `localtime`, `mktime`, and the zone that `TZ` names.

use std::cell::RefCell;

use super::calendar::{broken_down, seconds_of};
use super::zone::Zone;
use super::Tm;
use crate::stdlib::variable;
use crate::string::new_string;
use crate::{errno, Memory, Ptr};

/// The zone in use, the value of `TZ` that it is from, and what C's global variables show of it.
struct LocalZone {
    tz: Option<String>,
    zone: Zone,
}

thread_local! {
    static LOCAL: RefCell<Option<LocalZone>> = const { RefCell::new(None) };
    /// The names that were given out as `tm_zone`, which C keeps for ever.
    static NAMES: RefCell<Vec<(String, Ptr<u8>)>> = const { RefCell::new(Vec::new()) };
}

/// Takes the zone from the environment variable `TZ`.
pub fn tzset(mem: &mut Memory) {
    let value = variable(b"TZ", mem).map(|at| String::from_utf8_lossy(mem.c_str(at)).into_owned());
    LOCAL.with_borrow_mut(|local| {
        if local.as_ref().is_none_or(|local| local.tz != value) {
            let zone = Zone::named(value.as_deref());
            *local = Some(LocalZone { tz: value, zone });
        }
    });
}

fn with_zone<R>(act: impl FnOnce(&Zone) -> R) -> R {
    LOCAL.with_borrow(|local| match local {
        Some(local) => act(&local.zone),
        None => act(&Zone::utc()),
    })
}

/// C's `timezone`: seconds west of UTC in standard time.
pub fn timezone() -> i64 {
    with_zone(|zone| zone.latest().0.map_or(0, |offset| -offset.seconds))
}

/// C's `daylight`: whether the zone has summer time.
pub fn daylight() -> i32 {
    with_zone(|zone| i32::from(zone.latest().1.is_some()))
}

/// C's `tzname`: the names of standard and of summer time.
pub fn tzname(mem: &mut Memory) -> Ptr<[Ptr<u8>; 2]> {
    let (standard, summer) = with_zone(|zone| {
        let (standard, summer) = zone.latest();
        let name = |offset: Option<&super::zone::Offset>| offset.map(|offset| offset.name.clone());
        let standard = name(standard).unwrap_or_default();
        let summer = name(summer).unwrap_or_else(|| if zone.is_readable() { standard.clone() } else { String::new() });
        (standard, summer)
    });
    let names = [zone_text(&standard, mem), zone_text(&summer, mem)];
    let at = mem.library_block("tzname", 16).cast();
    mem.write(at, names);
    at
}

/// The text of a zone's name, always the same block.
pub(super) fn zone_text(name: &str, mem: &mut Memory) -> Ptr<u8> {
    let known = NAMES.with_borrow(|names| names.iter().find(|(known, _)| known == name).map(|&(_, at)| at));
    known.unwrap_or_else(|| {
        let at = new_string(name.as_bytes(), mem);
        NAMES.with_borrow_mut(|names| names.push((name.to_owned(), at)));
        at
    })
}

/// The block that `gmtime` and `localtime` share.
pub(super) fn shared_result(mem: &mut Memory) -> Ptr<Tm> {
    mem.library_block("localtime", 56).cast()
}

/// Broken-down local time, with the name of its zone; none where the year does not fit.
fn local_time(time: i64) -> Option<(Tm, String)> {
    with_zone(|zone| {
        let offset = zone.offset_at(time);
        let tm = broken_down(time, offset.seconds)?;
        Some((Tm { tm_isdst: offset.is_dst.into(), ..tm }, offset.name.clone()))
    })
}

#[track_caller]
pub fn localtime(timep: Ptr<i64>, mem: &mut Memory) -> Ptr<Tm> {
    let result = shared_result(mem);
    localtime_r(timep, result, mem)
}

#[track_caller]
pub fn localtime_r(timep: Ptr<i64>, result: Ptr<Tm>, mem: &mut Memory) -> Ptr<Tm> {
    tzset(mem);
    let Some((tm, name)) = local_time(mem.read(timep)) else {
        errno::set(errno::EOVERFLOW);
        return Ptr::NULL;
    };
    let tm_zone = zone_text(&name, mem);
    mem.write(result, Tm { tm_zone, ..tm });
    result
}

/// The time of the fields as local time; brings them into their ranges. See [`find_time`] for times that do not exist or
/// exist twice.
#[track_caller]
pub fn mktime(tp: Ptr<Tm>, mem: &mut Memory) -> i64 {
    tzset(mem);
    let wanted = mem.read(tp);
    let found = find_time(&wanted).and_then(|time| Some((time, local_time(time)?)));
    let Some((time, (tm, name))) = found else {
        errno::set(errno::EOVERFLOW);
        return -1;
    };
    let tm_zone = zone_text(&name, mem);
    mem.write(tp, Tm { tm_zone, ..tm });
    time
}

#[track_caller]
pub fn timelocal(tp: Ptr<Tm>, mem: &mut Memory) -> i64 {
    mktime(tp, mem)
}

thread_local! {
    /// The offset from UTC that the last `mktime` found, where the next begins to search.
    static LAST_OFFSET: RefCell<i64> = const { RefCell::new(0) };
}

/// The time whose local fields are `wanted`, found as glibc finds it: from a guess with the last offset it moves by the
/// difference of the fields until there is none. A time in a gap makes it swing between two guesses; then it takes the
/// one whose `tm_isdst` is not the wanted one. Where `tm_isdst` differs in the end, it takes the offset of the nearest
/// time that has the wanted one.
fn find_time(wanted: &Tm) -> Option<i64> {
    const PROBES: i32 = 6;
    let excess = i64::from(wanted.tm_sec) - i64::from(wanted.tm_sec.clamp(0, 59));
    let fields = Tm { tm_sec: wanted.tm_sec.clamp(0, 59), ..*wanted };
    let target = seconds_of(&fields);
    let is_dst_wanted = wanted.tm_isdst;
    let guess = target - LAST_OFFSET.with_borrow(|offset| *offset);
    let (mut time, mut older, mut previous, mut dst_before) = (guess, guess, guess, false);
    let mut probes = PROBES;
    let found = loop {
        let tm = local_time(time)?.0;
        let difference = target - seconds_of(&tm);
        let is_dst = tm.tm_isdst != 0;
        if difference == 0 {
            break if wanted.tm_isdst >= 0 && is_dst != (is_dst_wanted != 0) {
                time_with_dst(time, target, is_dst_wanted != 0)?
            } else {
                time
            };
        }
        let swings = time == older && time != previous;
        if swings && if is_dst_wanted < 0 { dst_before <= is_dst } else { (is_dst_wanted != 0) != is_dst } {
            break time;
        }
        probes -= 1;
        if probes == 0 {
            return None;
        }
        (older, previous) = (previous, time);
        time += difference;
        dst_before = is_dst;
    };
    LAST_OFFSET.set(target - found);
    Some(found + excess)
}

/// The time of the fields `target` by the offset of the nearest time with the wanted `tm_isdst`; where there is none
/// within some years, one hour off.
fn time_with_dst(time: i64, target: i64, is_dst: bool) -> Option<i64> {
    const STRIDE: i64 = 601_200;
    const REACH: i64 = 536_454_000 / 2 + STRIDE;
    for distance in (STRIDE..REACH).step_by(STRIDE as usize) {
        for other in [time - distance, time + distance] {
            let tm = local_time(other)?.0;
            if (tm.tm_isdst != 0) == is_dst {
                return Some(other + target - seconds_of(&tm));
            }
        }
    }
    Some(if is_dst { time - 3600 } else { time + 3600 })
}
