//! What we want to be, and whether we are.

use crate::phone::Phone;
use crate::summary::{Measured, Summary};
use crate::variant::Variant;

/// Bytes that the app may weigh.
const WEIGHT: f64 = 80_000.0;

type Figure = fn(&Measured) -> f64;

/// One aim and what was measured.
pub(crate) struct Aim {
    pub(crate) what: &'static str,
    /// Our figure over the one it is compared with, or over the limit.
    pub(crate) ratio: f64,
    /// What the ratio may be at most.
    pub(crate) at_most: f64,
}

impl Aim {
    pub(crate) fn is_met(&self) -> bool {
        self.ratio <= self.at_most
    }
}

/// All aims, on the slow phone. Empty where a page was left out.
pub(crate) fn all(summary: &Summary) -> Vec<Aim> {
    let login: Figure = |it| it.cold_profile;
    let back: Figure = |it| it.return_profile;
    // To be ahead is to be faster by more than the figures are rounded to.
    let ahead = 0.995;
    let compared = [
        ("returning user ahead of Vue", back, Variant::Vue, ahead),
        ("returning user ahead of React", back, Variant::React, ahead),
        (
            "whole first login at most 1.15 × Vue",
            login,
            Variant::Vue,
            1.15,
        ),
        (
            "whole first login ahead of React",
            login,
            Variant::React,
            ahead,
        ),
        (
            "whole first login at most 2 × plain JavaScript",
            login,
            Variant::Floor,
            2.0,
        ),
        (
            "returning user at most 2 × plain JavaScript",
            back,
            Variant::Floor,
            2.0,
        ),
    ];
    let ratio = |figure: Figure, other| {
        let of = |variant| summary.median(variant, Phone::Slow, figure);
        Some(of(Variant::App)? / of(other)?)
    };
    let mut aims: Vec<Aim> = compared
        .into_iter()
        .filter_map(|(what, figure, other, at_most)| {
            let ratio = ratio(figure, other)?;
            Some(Aim {
                what,
                ratio,
                at_most,
            })
        })
        .collect();
    let weight = summary.median(Variant::App, Phone::Slow, Measured::page);
    aims.extend(weight.map(|bytes| Aim {
        what: "80 KB in all, brotli and headers",
        ratio: bytes / WEIGHT,
        at_most: 1.0,
    }));
    aims
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::summary::tests::summary;

    #[test]
    fn an_aim_is_met_at_its_limit_and_not_beyond() {
        let aim = |ratio| Aim {
            what: "",
            ratio,
            at_most: 1.15,
        };
        assert!(aim(1.15).is_met());
        assert!(!aim(1.151).is_met());
    }

    #[test]
    fn we_are_compared_with_the_page_each_aim_names() {
        let ratios: Vec<f64> = all(&summary()).iter().map(|aim| aim.ratio).collect();
        let vue = 200.0 / 300.0;
        let react = 200.0 / 400.0;
        assert_eq!(
            ratios,
            [vue, react, vue, react, 2.0, 2.0, 10_000.0 / WEIGHT]
        );
        assert!(all(&summary()).iter().all(Aim::is_met));
    }

    #[test]
    fn without_the_pages_to_compare_with_there_is_nothing_to_say() {
        assert!(all(&Summary::of(&[], &[]).unwrap()).is_empty());
    }
}
