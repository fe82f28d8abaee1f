//! Many samples of each page, and their medians.

use anyhow::Context;
use bench::report::spread::Spread;

use crate::phone::Phone;
use crate::variant::Variant;

/// What one visit of one page cost. Times are in milliseconds, sizes in bytes.
#[derive(Debug, Clone)]
pub(crate) struct Measured {
    /// From the tap until the redirect to WeChat's authorize page is sent.
    pub(crate) cold_authorize: f64,
    /// From the tap until the profile is on the screen, over the whole round trip.
    pub(crate) cold_profile: f64,
    /// The same for somebody who has a session and a warm cache.
    pub(crate) return_profile: f64,
    /// Private memory of the page's process; 0 where the system does not tell.
    pub(crate) private_memory: f64,
    /// Of these the objects of JavaScript.
    pub(crate) js_heap: f64,
    /// Sent for the first page load: document, script, WebAssembly, style.
    pub(crate) download: [f64; 4],
    /// Sent by the proxy during the whole login.
    pub(crate) api: f64,
    /// Sent by everybody but WeChat during the whole login.
    pub(crate) whole_login: f64,
    /// Sent when the user returns.
    pub(crate) whole_return: f64,
}

impl Measured {
    /// Everything of the first page load but data.
    pub(crate) fn page(&self) -> f64 {
        self.download.iter().sum()
    }
}

/// One visit.
pub(crate) struct Sample {
    pub(crate) variant: Variant,
    pub(crate) phone: Phone,
    /// Name and version of the browser.
    pub(crate) chromium: String,
    pub(crate) measured: Measured,
}

/// All samples.
pub(crate) struct Summary {
    rows: Vec<Row>,
}

struct Row {
    variant: Variant,
    phone: Phone,
    measured: Vec<Measured>,
}

impl Summary {
    /// Sorts samples by page and phone.
    ///
    /// # Errors
    /// When there is none of some page on some phone.
    pub(crate) fn of(variants: &[Variant], samples: &[Sample]) -> anyhow::Result<Self> {
        let mut rows = Vec::new();
        for variant in Variant::ALL.into_iter().filter(|it| variants.contains(it)) {
            for phone in Phone::ALL {
                let of_both = samples
                    .iter()
                    .filter(|it| it.variant == variant && it.phone == phone);
                let measured: Vec<Measured> = of_both.map(|it| it.measured.clone()).collect();
                measured.first().context("a page was not measured")?;
                rows.push(Row {
                    variant,
                    phone,
                    measured,
                });
            }
        }
        Ok(Self { rows })
    }

    /// The pages in the order of the tables.
    pub(crate) fn variants(&self) -> Vec<Variant> {
        let slow = self.rows.iter().filter(|row| row.phone == Phone::Slow);
        slow.map(|row| row.variant).collect()
    }

    /// A figure of a page on a phone; `None` if the page was left out.
    pub(crate) fn spread(
        &self,
        variant: Variant,
        phone: Phone,
        figure: impl Fn(&Measured) -> f64,
    ) -> Option<Spread> {
        let row = self
            .rows
            .iter()
            .find(|row| row.variant == variant && row.phone == phone)?;
        Spread::of(row.measured.iter().map(figure).collect())
    }

    /// Its median.
    pub(crate) fn median(
        &self,
        variant: Variant,
        phone: Phone,
        figure: impl Fn(&Measured) -> f64,
    ) -> Option<f64> {
        Some(self.spread(variant, phone, figure)?.median)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Pages whose times are `100 * (position in the tables + 1)`, ten times as much for the login.
    pub(crate) fn summary() -> Summary {
        let samples: Vec<Sample> = Variant::ALL
            .into_iter()
            .enumerate()
            .flat_map(|(position, variant)| {
                let time = 100.0 * (position + 1) as f64;
                Phone::ALL.map(|phone| Sample {
                    variant,
                    phone,
                    chromium: "Chrome/1".to_owned(),
                    measured: Measured {
                        cold_authorize: time * 5.0,
                        cold_profile: time * 10.0,
                        return_profile: time,
                        private_memory: 20_000_000.0,
                        js_heap: 1_000_000.0,
                        download: [1_000.0, 2_000.0, 3_000.0, 4_000.0],
                        api: 1_500.0,
                        whole_login: 12_345.0,
                        whole_return: 900.0,
                    },
                })
            })
            .collect();
        Summary::of(&Variant::ALL, &samples).unwrap()
    }

    #[test]
    fn a_page_that_was_left_out_has_no_figures_and_one_without_samples_is_an_error() {
        let summary = summary();
        let login = summary.median(Variant::Vue, Phone::Slow, |it| it.cold_profile);
        assert_eq!(login, Some(3_000.0));
        assert!(Summary::of(&[Variant::App], &[]).is_err());
        let nothing = Summary::of(&[], &[]).unwrap();
        assert_eq!(nothing.median(Variant::App, Phone::Slow, |it| it.api), None);
    }
}
