use super::*;
use crate::string::new_string;
use crate::Memory;

fn formatted(time: i64, format: &str, mem: &mut Memory) -> String {
    let at = mem.local(time);
    let tm = gmtime(at, mem);
    let format = new_string(format.as_bytes(), mem);
    let buf = mem.allocate(200).cast();
    let len = strftime(buf, 200, format, tm, mem);
    String::from_utf8(mem.bytes(buf, len).to_vec()).unwrap()
}

#[test]
fn texts() {
    let mut mem = Memory::new(0, &[]);
    assert_eq!(formatted(0, "%c|%G-W%V-%u|%j", &mut mem), "Thu Jan  1 00:00:00 1970|1970-W01-4|001");
    assert_eq!(formatted(951_782_400, "%F %a %U %W", &mut mem), "2000-02-29 Tue 09 09");
    assert_eq!(formatted(-1, "%D %T %^b %-d %_5H %Q", &mut mem), "12/31/69 23:59:59 DEC 31    23 %Q");
    assert_eq!(formatted(1_609_459_200, "%G %V %Z %z", &mut mem), "2020 53 GMT +0000");
}

#[test]
fn summer_time_by_rule() {
    let zone = zone::Zone::named(Some("XST-1XDT,M3.5.0,M10.5.0/3"));
    let offset = |time| zone.offset_at(time).seconds;
    assert_eq!(offset(1_711_846_799), 3600);
    assert_eq!(offset(1_711_846_800), 7200);
    assert_eq!(offset(1_729_990_799), 7200);
    assert_eq!(offset(1_729_990_800), 3600);
}

#[test]
fn fields_come_into_their_ranges() {
    let mut mem = Memory::new(0, &[]);
    let name = new_string(b"TZ", &mut mem);
    let value = new_string(b"CET-1CEST,M3.5.0,M10.5.0/3", &mut mem);
    crate::stdlib::setenv(name, value, 1, &mut mem);
    let mut tm = calendar::broken_down(0, 0).unwrap();
    (tm.tm_year, tm.tm_mon, tm.tm_mday, tm.tm_hour, tm.tm_isdst) = (124, 14, 0, 26, -1);
    let at = mem.local(tm);
    assert_eq!(mktime(at, &mut mem), 1_740_790_800);
    let tm = mem.read(at);
    assert_eq!((tm.tm_year, tm.tm_mon, tm.tm_mday, tm.tm_hour), (125, 2, 1, 2));
    assert_eq!(mem.c_str(tm.tm_zone), b"CET");
}
