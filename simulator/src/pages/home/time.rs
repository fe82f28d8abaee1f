//! How the simulator's clock is written.

/// Time on the simulator's clock, as `1天 02:03:04`; it starts at 00:00:00.
pub(super) fn clock_time(millis: u64) -> String {
    let seconds = millis / 1000;
    let (days, rest) = (seconds / 86_400, seconds % 86_400);
    let time = format!("{:02}:{:02}:{:02}", rest / 3600, rest / 60 % 60, rest % 60);
    if days == 0 {
        time
    } else {
        format!("{days}天 {time}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_counts_days() {
        assert_eq!(clock_time(0), "00:00:00");
        assert_eq!(clock_time(86_399_999), "23:59:59");
        assert_eq!(clock_time(30 * 86_400_000 + 61_000), "30天 00:01:01");
    }
}
