//! Clocks: what time it is, and waiting.

use std::cell::Cell;
use std::fs;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

pub use crate::sys_stat::Timespec;
use crate::{errno, Memory, Ptr};

const CLOCK_REALTIME: i32 = 0;
const CLOCK_MONOTONIC: i32 = 1;
const CLOCK_PROCESS_CPUTIME_ID: i32 = 2;
const CLOCK_THREAD_CPUTIME_ID: i32 = 3;
const CLOCK_MONOTONIC_RAW: i32 = 4;
const CLOCK_REALTIME_COARSE: i32 = 5;
const CLOCK_MONOTONIC_COARSE: i32 = 6;
const CLOCK_BOOTTIME: i32 = 7;

const NANOSECONDS: i64 = 1_000_000_000;

thread_local! {
    /// A moment, and the time since the system's start that /proc/uptime gave for it.
    static MONOTONIC: Cell<Option<(Instant, Duration)>> = const { Cell::new(None) };
}

/// Seconds and nanoseconds since 1970.
fn now() -> Timespec {
    match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(since) => Timespec { tv_sec: since.as_secs() as i64, tv_nsec: since.subsec_nanos().into() },
        Err(before) => {
            let nanoseconds = -(before.duration().as_nanos() as i64);
            Timespec { tv_sec: nanoseconds.div_euclid(NANOSECONDS), tv_nsec: nanoseconds.rem_euclid(NANOSECONDS) }
        }
    }
}

/// The time since the system's start: std's own clock, whose start is told by /proc/uptime, or else is the first use.
pub(crate) fn monotonic() -> Duration {
    let (start, uptime) = MONOTONIC.get().unwrap_or_else(|| {
        let text = fs::read_to_string("/proc/uptime").unwrap_or_default();
        let seconds = text.split(' ').next().and_then(|word| word.parse().ok()).unwrap_or(0.0);
        let start = (Instant::now(), Duration::from_secs_f64(seconds));
        MONOTONIC.set(Some(start));
        start
    });
    uptime + start.elapsed()
}

/// The time that the process ran, from the scheduler's count of nanoseconds; where the system has none, the time that
/// passed since the first use.
fn processor_time() -> Duration {
    let text = fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    let of_main = text.split(' ').next().and_then(|word| word.parse().ok());
    let of_thread = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let of_thread = of_thread.split(' ').next().and_then(|word| word.parse().ok());
    match (of_main, of_thread) {
        (Some(main), Some(thread)) => Duration::from_nanos(if main == thread { main } else { main + thread }),
        _ => monotonic(),
    }
}

#[track_caller]
pub fn time(tloc: Ptr<i64>, mem: &mut Memory) -> i64 {
    let seconds = now().tv_sec;
    if !tloc.is_null() {
        mem.write(tloc, seconds);
    }
    seconds
}

/// Processor time in microseconds (`CLOCKS_PER_SEC` is a million).
pub fn clock() -> i64 {
    processor_time().as_micros() as i64
}

#[inline]
pub fn difftime(time1: i64, time0: i64) -> f64 {
    (time1 - time0) as f64
}

#[track_caller]
pub fn clock_gettime(clockid: i32, tp: Ptr<Timespec>, mem: &mut Memory) -> i32 {
    let since = |time: Duration| Timespec { tv_sec: time.as_secs() as i64, tv_nsec: time.subsec_nanos().into() };
    let time = match clockid {
        CLOCK_REALTIME | CLOCK_REALTIME_COARSE => now(),
        CLOCK_MONOTONIC | CLOCK_MONOTONIC_RAW | CLOCK_MONOTONIC_COARSE | CLOCK_BOOTTIME => since(monotonic()),
        CLOCK_PROCESS_CPUTIME_ID | CLOCK_THREAD_CPUTIME_ID => since(processor_time()),
        _ => {
            errno::set(errno::EINVAL);
            return -1;
        }
    };
    mem.write(tp, time);
    0
}

#[track_caller]
pub fn clock_getres(clockid: i32, res: Ptr<Timespec>, mem: &mut Memory) -> i32 {
    const TICK: i64 = 4_000_000;
    let tv_nsec = match clockid {
        CLOCK_REALTIME_COARSE | CLOCK_MONOTONIC_COARSE => TICK,
        CLOCK_REALTIME..=CLOCK_BOOTTIME => 1,
        _ => {
            errno::set(errno::EINVAL);
            return -1;
        }
    };
    if !res.is_null() {
        mem.write(res, Timespec { tv_sec: 0, tv_nsec });
    }
    0
}

#[track_caller]
pub fn timespec_get(ts: Ptr<Timespec>, base: i32, mem: &mut Memory) -> i32 {
    const TIME_UTC: i32 = 1;
    if base != TIME_UTC {
        return 0;
    }
    mem.write(ts, now());
    base
}

/// Waits; no signal can interrupt it, so `rem` is left alone.
#[track_caller]
pub fn nanosleep(req: Ptr<Timespec>, _rem: Ptr<Timespec>, mem: &Memory) -> i32 {
    let time = mem.read(req);
    if time.tv_sec < 0 || !(0..NANOSECONDS).contains(&time.tv_nsec) {
        errno::set(errno::EINVAL);
        return -1;
    }
    std::thread::sleep(Duration::new(time.tv_sec as u64, time.tv_nsec as u32));
    0
}
