//! The figures over time, as a picture.

use std::fmt::Write as _;
use std::time::Duration;

use crate::timing::between;
use crate::verdict::Verdict;

const WIDTH: f64 = 760.0;
const LEFT: f64 = 70.0;
const RIGHT: f64 = 15.0;
const PANEL: f64 = 110.0;
const HEADING: f64 = 34.0;
/// Answers of so many seconds make one point.
const WINDOW: u64 = 10;

const STYLE: &str = "\
text{font:13px sans-serif;fill:#1f2328}\
.title{font-weight:bold}.value{text-anchor:end}\
polyline{fill:none;stroke-width:1.5;stroke:#1a7f37}.other{stroke:#0969da}\
line{stroke:#d0d7de}.full{stroke:#8c959f;stroke-dasharray:4 3}\
@media(prefers-color-scheme:dark){text{fill:#e6edf3}polyline{stroke:#3fb950}.other{stroke:#58a6ff}\
line{stroke:#30363d}.full{stroke:#8b949e}}";

struct Panel {
    title: &'static str,
    /// Seconds and values, line by line.
    lines: Vec<Vec<(f64, f64)>>,
}

/// Memory, open files and latency below each other, as an SVG document.
pub(crate) fn svg(verdict: &Verdict) -> String {
    let watched = &verdict.watched;
    let looked = |value: fn(&crate::census::Census) -> f64| -> Vec<(f64, f64)> {
        let looks = watched.looks.iter().enumerate();
        looks.map(|(at, it)| (at as f64, value(it))).collect()
    };
    let windows: Vec<_> = (0..watched.took.as_secs() / WINDOW)
        .filter_map(|number| {
            let from = Duration::from_secs(number * WINDOW);
            let latency = between(
                &watched.tally.answers,
                from,
                from + Duration::from_secs(WINDOW),
            );
            Some(((number * WINDOW) as f64, latency?))
        })
        .collect();
    let millis = |duration: Duration| duration.as_secs_f64() * 1_000.0;
    let panels = [
        Panel {
            title: "memory (RSS), MB",
            lines: vec![looked(|it| it.memory as f64 * 1_024.0 / 1_000_000.0)],
        },
        Panel {
            title: "open files, and of these connections",
            lines: vec![
                looked(|it| it.files as f64),
                looked(|it| it.connections as f64),
            ],
        },
        Panel {
            title: "answers, ms: 99 of 100, and half of them, within",
            lines: vec![
                windows
                    .iter()
                    .map(|(at, it)| (*at, millis(it.p99)))
                    .collect(),
                windows
                    .iter()
                    .map(|(at, it)| (*at, millis(it.median)))
                    .collect(),
            ],
        },
    ];
    let height = (HEADING + PANEL) * panels.len() as f64 + 30.0;
    let whole = watched.took.as_secs_f64().max(1.0);
    let x = |second: f64| LEFT + second / whole * (WIDTH - LEFT - RIGHT);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" \
         aria-label=\"Memory, open files and latency of the proxy over time\">\n<style>{STYLE}</style>\n"
    );
    let mut top = 0.0;
    for panel in &panels {
        draw(&mut svg, panel, top + HEADING, x);
        // Writing to a string does not fail.
        let full = x(watched.from.as_secs_f64());
        let (from, to) = (top + HEADING, top + HEADING + PANEL);
        let _ = writeln!(
            svg,
            "<line class=\"full\" x1=\"{full:.1}\" x2=\"{full:.1}\" y1=\"{from}\" y2=\"{to}\"/>"
        );
        top += HEADING + PANEL;
    }
    for minute in 0..=(watched.took.as_secs() / 60) {
        let (x, y) = (x(minute as f64 * 60.0), top + 18.0);
        let _ = writeln!(svg, "<text x=\"{x:.1}\" y=\"{y}\">{minute}</text>");
    }
    svg.push_str("</svg>\n");
    svg
}

fn draw(svg: &mut String, panel: &Panel, top: f64, x: impl Fn(f64) -> f64) {
    let all = panel.lines.iter().flatten().map(|(_, value)| *value);
    let most = all.fold(1.0, f64::max) * 1.05;
    let y = |value: f64| top + PANEL - value / most * PANEL;
    let (title, floor, right) = (top - 10.0, top + PANEL, WIDTH - RIGHT);
    let _ = writeln!(
        svg,
        "<text class=\"title\" x=\"{LEFT}\" y=\"{title}\">{}</text>\n\
         <text class=\"value\" x=\"{edge}\" y=\"{high:.1}\">{most:.0}</text>\n\
         <text class=\"value\" x=\"{edge}\" y=\"{floor}\">0</text>\n\
         <line x1=\"{LEFT}\" x2=\"{right}\" y1=\"{floor}\" y2=\"{floor}\"/>",
        panel.title,
        edge = LEFT - 8.0,
        high = top + 10.0,
    );
    for (number, line) in panel.lines.iter().enumerate() {
        let points: Vec<String> = line
            .iter()
            .map(|(second, value)| format!("{:.1},{:.1}", x(*second), y(*value)))
            .collect();
        let class = if number == 0 { "" } else { " class=\"other\"" };
        let _ = writeln!(svg, "<polyline{class} points=\"{}\"/>", points.join(" "));
    }
}
