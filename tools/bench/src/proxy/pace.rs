//! When requests of an even rate are due.

use std::time::{Duration, Instant};

/// A clock that ticks more often than tokio's, whose shortest sleep is a millisecond: longer than most answers take.
pub(crate) struct Pace {
    #[cfg(target_os = "linux")]
    timer: tokio::io::unix::AsyncFd<std::os::fd::OwnedFd>,
    #[cfg(not(target_os = "linux"))]
    timer: tokio::time::Interval,
    begin: Instant,
    period: Duration,
    released: u64,
}

impl Pace {
    /// So many in a second, beginning now.
    ///
    /// # Errors
    /// When the system has no timer for it.
    pub(crate) fn new(per_second: f64) -> anyhow::Result<Self> {
        let period = Duration::from_secs_f64(1.0 / per_second);
        Ok(Self {
            timer: timer(period)?,
            begin: Instant::now(),
            period,
            released: 0,
        })
    }

    /// Waits until more are due, and gives the moments at which they were.
    ///
    /// # Errors
    /// When the timer fails.
    pub(crate) async fn due(&mut self) -> anyhow::Result<Vec<Instant>> {
        self.tick().await?;
        let count = self.begin.elapsed().div_duration_f64(self.period) as u64;
        let moment = |number: u64| self.begin + self.period.mul_f64(number as f64);
        let due = (self.released..count).map(moment).collect();
        self.released = self.released.max(count);
        Ok(due)
    }

    #[cfg(target_os = "linux")]
    async fn tick(&mut self) -> anyhow::Result<()> {
        let read = |timer: &std::os::fd::OwnedFd| {
            let mut count = [0; 8];
            Ok(nix::unistd::read(timer, &mut count)?)
        };
        // Reading makes it unready until the next tick; another thread has not read it, there is none.
        while self
            .timer
            .readable()
            .await?
            .try_io(|it| read(it.get_ref()))
            .is_err()
        {}
        Ok(())
    }

    #[cfg(not(target_os = "linux"))]
    async fn tick(&mut self) -> anyhow::Result<()> {
        self.timer.tick().await;
        Ok(())
    }
}

#[cfg(target_os = "linux")]
#[expect(
    deprecated,
    reason = "it is about types that do not keep their descriptor open; this one does, and the successor needs unsafe code"
)]
fn timer(period: Duration) -> anyhow::Result<tokio::io::unix::AsyncFd<std::os::fd::OwnedFd>> {
    use nix::sys::time::TimeSpec;
    use nix::sys::timerfd::{ClockId, Expiration, TimerFd, TimerFlags, TimerSetTimeFlags};
    let flags = TimerFlags::TFD_NONBLOCK | TimerFlags::TFD_CLOEXEC;
    let timer = TimerFd::new(ClockId::CLOCK_MONOTONIC, flags)?;
    let expiration = Expiration::Interval(TimeSpec::from_duration(period));
    timer.set(expiration, TimerSetTimeFlags::empty())?;
    Ok(tokio::io::unix::AsyncFd::new(timer.into())?)
}

#[cfg(not(target_os = "linux"))]
fn timer(period: Duration) -> anyhow::Result<tokio::time::Interval> {
    Ok(tokio::time::interval(period))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn none_is_left_out_and_none_is_due_before_its_time() {
        let mut pace = Pace::new(5_000.0).unwrap();
        let begin = pace.begin;
        let mut moments = Vec::new();
        while moments.len() < 100 {
            let due = pace.due().await.unwrap();
            let now = Instant::now();
            assert!(due.iter().all(|moment| *moment <= now));
            moments.extend(due);
        }
        let period = Duration::from_micros(200);
        for (number, moment) in moments.iter().enumerate() {
            assert_eq!(*moment, begin + period * u32::try_from(number).unwrap());
        }
    }
}
