//! Figures as a picture.

use std::fmt::Write as _;

use super::spread::Spread;
use super::table::grouped;

const WIDTH: f64 = 760.0;
/// Where bars begin; names stand before it.
const LEFT: f64 = 190.0;
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
rect{fill:#8c959f}.ours{fill:#1a7f37}\
.spread{stroke:#1f2328;stroke-width:1.5}\
@media(prefers-color-scheme:dark){text{fill:#e6edf3}rect{fill:#6e7681}.ours{fill:#3fb950}.spread{stroke:#e6edf3}}";

/// Bars that are compared with each other.
pub struct Group {
    /// What is measured, and in what unit.
    pub title: String,
    /// From top to bottom.
    pub bars: Vec<Bar>,
}

/// One figure.
pub struct Bar {
    /// Whose it is.
    pub name: &'static str,
    /// Whether it is ours, and so has a colour of its own.
    pub is_ours: bool,
    /// The bar ends at the median; a line on it goes from the least to the most.
    pub spread: Spread,
}

/// The groups below each other, as an SVG document; `label` says to those who do not see it what it is.
pub fn svg(label: &str, groups: &[Group]) -> String {
    let height_of = |group: &Group| HEADING + ROW * group.bars.len() as f64;
    let height = groups.iter().map(height_of).sum::<f64>() + 10.0;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" \
         aria-label=\"{label}\">\n<style>{STYLE}</style>\n"
    );
    let mut top = 0.0;
    for group in groups {
        draw(&mut svg, group, top);
        top += height_of(group);
    }
    svg.push_str("</svg>\n");
    svg
}

fn draw(svg: &mut String, group: &Group, top: f64) {
    let all = group.bars.iter();
    let most = all.map(|bar| bar.spread.most).fold(1.0, f64::max);
    let x = |value: f64| LEFT + value / most * (WIDTH - LEFT - RIGHT);
    let y = top + 24.0;
    // Writing to a string does not fail.
    let _ = writeln!(
        svg,
        "<text class=\"title\" x=\"{LEFT}\" y=\"{y}\">{}</text>",
        group.title
    );
    for (position, bar) in group.bars.iter().enumerate() {
        let top = top + HEADING + ROW * position as f64;
        let middle = top + BAR / 2.0;
        let class = if bar.is_ours { " class=\"ours\"" } else { "" };
        let Spread {
            median,
            least,
            most,
        } = bar.spread;
        let _ = writeln!(
            svg,
            "<text class=\"name\" x=\"{:.1}\" y=\"{middle}\">{}</text>\
             <rect{class} x=\"{LEFT}\" y=\"{top}\" width=\"{:.1}\" height=\"{BAR}\"/>\
             <path class=\"spread\" d=\"M{:.1} {middle}H{:.1}\"/>\
             <text class=\"value\" x=\"{:.1}\" y=\"{middle}\">{}</text>",
            LEFT - 8.0,
            bar.name,
            x(median) - LEFT,
            x(least),
            x(most),
            x(most) + 8.0,
            grouped(median.round() as usize),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_figure_has_a_bar_and_the_longest_of_each_group_reaches_the_margin() {
        let bar = |is_ours, median| Bar {
            name: "somebody",
            is_ours,
            spread: Spread {
                median,
                least: median,
                most: median,
            },
        };
        let group = |scale: f64| Group {
            title: "times (ms)".to_owned(),
            bars: vec![bar(true, scale), bar(false, 2.0 * scale)],
        };
        let svg = svg("Times", &[group(1_000.0), group(30.0)]);
        assert_eq!(svg.matches("<rect").count(), 4);
        assert_eq!(svg.matches("class=\"ours\"").count(), 2);
        let longest = format!("width=\"{:.1}\"", WIDTH - LEFT - RIGHT);
        assert_eq!(svg.matches(&longest).count(), 2, "{svg}");
        assert!(svg.contains(">2,000<") && svg.contains(">60<"), "{svg}");
        assert!(svg.ends_with("</svg>\n") && !svg.contains("NaN"));
    }
}
