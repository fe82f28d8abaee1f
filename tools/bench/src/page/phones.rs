//! The phones, and what is measured on each: what the aims need, and no more, for every visit takes seconds.

use std::time::Duration;

use crate::line::Speed;
use crate::pages::{
    ALONE, APP, BEFORE, DROP, FLOOR, HOLD, REACT, REACT_HEAD, VUE, VUE_HEAD, VUE_STAGE, Variant,
};

/// A browser on a line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Phone {
    /// Its name in commands, and in tables.
    pub(crate) name: &'static str,
    pub(crate) label: &'static str,
    pub(crate) engine: Engine,
    /// What its line is like.
    pub(crate) line: Option<Speed>,
    /// What DevTools makes Chromium pretend beside that.
    pub(crate) pretended: Option<Speed>,
    /// How many times slower the main thread is.
    pub(crate) slowdown: u32,
    /// In the order of the tables.
    pub(crate) variants: &'static [Variant],
}

/// What is inside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Engine {
    /// As in WeChat on Android.
    Chromium,
    /// As on iPhones; its processor cannot be slowed down.
    WebKit,
}

/// 1.6 Mbit/s down, 0.75 up.
const SLOW_SPEED: Speed = Speed {
    down: 200_000.0,
    up: 93_750.0,
    round_trip: Duration::from_millis(150),
};
/// 400 kbit/s each way.
const NARROW_SPEED: Speed = Speed {
    down: 50_000.0,
    up: 50_000.0,
    round_trip: Duration::from_millis(400),
};

/// As DevTools has it.
pub(crate) const SLOW: Phone = Phone {
    name: "slow",
    label: "slow phone",
    engine: Engine::Chromium,
    line: None,
    pretended: Some(SLOW_SPEED),
    slowdown: 4,
    variants: &[
        FLOOR, APP, HOLD, DROP, ALONE, BEFORE, VUE, REACT, VUE_HEAD, REACT_HEAD, VUE_STAGE,
    ],
};
/// As fast as this machine.
pub(crate) const UNTHROTTLED: Phone = Phone {
    name: "unthrottled",
    label: "unthrottled",
    pretended: None,
    slowdown: 1,
    variants: &[FLOOR, APP, BEFORE, VUE, REACT],
    ..SLOW
};
pub(crate) const PACKETS: Phone = Phone {
    name: "packets",
    label: "slow phone by packets",
    line: Some(SLOW_SPEED),
    pretended: None,
    variants: &[FLOOR, APP, HOLD, BEFORE, VUE_HEAD, VUE_STAGE],
    ..SLOW
};
pub(crate) const NARROW: Phone = Phone {
    name: "narrow",
    label: "400 kbit/s and 400 ms",
    line: Some(NARROW_SPEED),
    variants: &[FLOOR, APP, HOLD, BEFORE],
    ..PACKETS
};
pub(crate) const WEBKIT: Phone = Phone {
    name: "webkit",
    label: "WebKit, slow by packets",
    engine: Engine::WebKit,
    slowdown: 1,
    variants: &[FLOOR, APP, BEFORE],
    ..PACKETS
};
/// In the order of the tables.
pub(crate) const PHONES: [Phone; 5] = [SLOW, UNTHROTTLED, PACKETS, NARROW, WEBKIT];

impl Phone {
    /// The least that every request takes.
    pub(crate) fn round_trip(self) -> Duration {
        let speed = self.line.or(self.pretended);
        speed.map_or(Duration::ZERO, |it| it.round_trip)
    }
}
