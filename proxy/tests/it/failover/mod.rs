//! A database that changes its leader, under the load of logins, writes and reads.

mod cases;
mod load;
mod report;
mod scan;

use report::Counted;

#[tokio::test]
#[ignore = "real time"]
async fn whatever_happens_nothing_is_lost() {
    let mut counted = Counted::default();
    cases::left_read_only(&mut counted).await;
    counted.tell("read-only");
    assert_eq!(counted.wrong(), Vec::<String>::new());
}
