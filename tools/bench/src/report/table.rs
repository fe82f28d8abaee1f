//! Tables that read well on a screen and in Markdown.

/// Lines of a Markdown table whose columns stand below each other. Every row has as many cells as the first.
pub fn aligned(rows: &[Vec<String>]) -> Vec<String> {
    let width_of = |column: usize| {
        let widths = rows.iter().filter_map(|row| row.get(column));
        widths
            .map(|cell| cell.chars().count())
            .max()
            .unwrap_or_default()
    };
    let line = |row: &Vec<String>| {
        let cells = row.iter().enumerate().map(|(column, cell)| {
            let width = width_of(column);
            if column == 0 {
                format!("{cell:<width$}")
            } else {
                format!("{cell:>width$}")
            }
        });
        format!("| {} |", cells.collect::<Vec<_>>().join(" | "))
    };
    rows.iter().map(line).collect()
}

/// A row of these cells.
pub fn row<const N: usize>(texts: [&str; N]) -> Vec<String> {
    texts.map(str::to_owned).to_vec()
}

/// As in `10,000`.
pub fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_column_begins_and_the_others_end_below_each_other() {
        let lines = aligned(&[row(["a", "figure"]), row(["---", "---:"]), row(["bb", "1"])]);
        assert_eq!(
            lines,
            ["| a   | figure |", "| --- |   ---: |", "| bb  |      1 |"]
        );
    }

    #[test]
    fn thousands_are_told_apart() {
        let numbers = [0, 999, 1_000, 12_345_678].map(grouped);
        assert_eq!(numbers, ["0", "999", "1,000", "12,345,678"]);
    }
}
