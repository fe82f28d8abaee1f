//! The times of the slow phone as a picture.

use bench::report::chart::{self, Bar, Group};

use crate::phone::Phone;
use crate::report::TIMES;
use crate::summary::Summary;
use crate::variant::Variant;

/// One group of bars for each time.
pub(crate) fn svg(summary: &Summary) -> String {
    let groups = TIMES.map(|(name, figure)| {
        let bars = summary.variants().into_iter().filter_map(|variant| {
            Some(Bar {
                name: variant.label(),
                is_ours: variant == Variant::App,
                spread: summary.spread(variant, Phone::Slow, figure)?,
            })
        });
        Group {
            title: format!("{name} (ms)"),
            bars: bars.collect(),
        }
    });
    chart::svg("Times on a slow phone, in milliseconds", &groups)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::summary::tests::summary;

    #[test]
    fn every_page_has_a_bar_for_every_time_and_ours_stands_out() {
        let svg = svg(&summary());
        let bars = Variant::ALL.len() * TIMES.len();
        assert_eq!(svg.matches("<rect").count(), bars);
        assert_eq!(svg.matches("class=\"ours\"").count(), TIMES.len());
    }
}
