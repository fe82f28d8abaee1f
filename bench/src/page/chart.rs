//! The times of the slow phone as a picture.

use std::fmt::Write as _;

use crate::phone::Phone;
use crate::report::TIMES;
use crate::summary::{Spread, Summary};
use crate::variant::Variant;

const WIDTH: f64 = 760.0;
/// Where bars begin; names stand before it.
const LEFT: f64 = 150.0;
/// What the words behind a bar need.
const RIGHT: f64 = 70.0;
const BAR: f64 = 18.0;
const ROW: f64 = 25.0;
const HEADING: f64 = 34.0;

/// Colours that are told apart in both themes, by people who see them and by those who do not see all.
const STYLE: &str = "\
text{font:14px sans-serif;fill:#1f2328}\
.title{font-weight:bold}\
.value,.name{dominant-baseline:central}\
.name{text-anchor:end}\
rect{fill:#8c959f}.app{fill:#1a7f37}\
.spread{stroke:#1f2328;stroke-width:1.5}\
@media(prefers-color-scheme:dark){text{fill:#e6edf3}rect{fill:#6e7681}.app{fill:#3fb950}.spread{stroke:#e6edf3}}";

/// One group of bars for each time; a line on each bar goes from the least to the most.
pub(crate) fn svg(summary: &Summary) -> String {
    let variants = summary.variants();
    let group = HEADING + ROW * variants.len() as f64;
    let height = group * TIMES.len() as f64 + 10.0;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" \
         aria-label=\"Times on a slow phone, in milliseconds\">\n<style>{STYLE}</style>\n"
    );
    for (position, (name, figure)) in TIMES.into_iter().enumerate() {
        let top = group * position as f64;
        let bars: Vec<(Variant, Spread)> = variants
            .iter()
            .filter_map(|it| Some((*it, summary.spread(*it, Phone::Slow, figure)?)))
            .collect();
        draw_group(&mut svg, name, top, &bars);
    }
    svg.push_str("</svg>\n");
    svg
}

fn draw_group(svg: &mut String, name: &str, top: f64, bars: &[(Variant, Spread)]) {
    let most = bars.iter().map(|(_, it)| it.most).fold(1.0, f64::max);
    let x = |value: f64| LEFT + value / most * (WIDTH - LEFT - RIGHT);
    let y = top + 24.0;
    // Writing to a string does not fail.
    let _ = writeln!(
        svg,
        "<text class=\"title\" x=\"{LEFT}\" y=\"{y}\">{name} (ms)</text>"
    );
    for (position, (variant, spread)) in bars.iter().enumerate() {
        let top = top + HEADING + ROW * position as f64;
        let middle = top + BAR / 2.0;
        let class = if *variant == Variant::App {
            " class=\"app\""
        } else {
            ""
        };
        let Spread {
            median,
            least,
            most,
        } = *spread;
        let _ = writeln!(
            svg,
            "<text class=\"name\" x=\"{:.1}\" y=\"{middle}\">{}</text>\
             <rect{class} x=\"{LEFT}\" y=\"{top}\" width=\"{:.1}\" height=\"{BAR}\"/>\
             <path class=\"spread\" d=\"M{:.1} {middle}H{:.1}\"/>\
             <text class=\"value\" x=\"{:.1}\" y=\"{middle}\">{median:.0}</text>",
            LEFT - 8.0,
            variant.label(),
            x(median) - LEFT,
            x(least),
            x(most),
            x(most) + 8.0,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::summary::tests::summary;

    #[test]
    fn every_page_has_a_bar_for_every_time_and_the_longest_one_reaches_the_margin() {
        let svg = svg(&summary());
        assert_eq!(
            svg.matches("<rect").count(),
            Variant::ALL.len() * TIMES.len()
        );
        assert_eq!(svg.matches("class=\"app\"").count(), TIMES.len());
        let longest = format!("width=\"{:.1}\"", WIDTH - LEFT - RIGHT);
        assert_eq!(svg.matches(&longest).count(), TIMES.len(), "{svg}");
        assert!(svg.ends_with("</svg>\n") && !svg.contains("NaN"));
    }
}
