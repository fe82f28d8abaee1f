//! What a phone reads of a QR code.

/// The text of the one picture in this page: an SVG of the library that the proxy has, which is all of rectangles, each
/// `M8 16h8v8H8V16`.
pub fn read(page: &str) -> String {
    let between = |before, after| page.split_once(before)?.1.split_once(after).map(|it| it.0);
    let svg = between("<svg", "</svg>").expect("no picture");
    let path = svg.rsplit("d=\"").next().unwrap_or_default();
    let numbers = |text: &str| -> Vec<usize> {
        let numbers = text.split(|letter: char| !letter.is_ascii_digit());
        numbers.filter_map(|number| number.parse().ok()).collect()
    };
    let rectangles: Vec<Vec<usize>> = path.split('M').skip(1).map(numbers).collect();
    let is_black = |x, y| {
        let mut rectangles = rectangles.iter();
        rectangles
            .any(|it| (it[0]..it[0] + it[2]).contains(&x) && (it[1]..it[1] + it[3]).contains(&y))
    };
    let side = numbers(svg.split_once("width=").expect("no width").1)[0];
    let grey = |x, y| if is_black(x, y) { 0 } else { 255 };
    let mut picture = rqrr::PreparedImage::prepare_from_greyscale(side, side, grey);
    let grids = picture.detect_grids();
    grids[0].decode().expect("no QR code").1
}
