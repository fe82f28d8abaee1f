//! Every fault at every step of a login: what the user sees, what the log says, what is stored, what WeChat is asked.
//!
//! The table is `cells.toml`; `docs/en/reliability.md` has it for people.

mod cells;
mod document;
mod look;
mod walk;

use cells::{Cell, Step};
use walk::walk;

/// All cells, as the tests walk them.
fn all() -> Vec<Cell> {
    let mut all = cells::errcodes_at_the_exchange();
    all.extend(cells::broken_responses());
    all.extend(cells::network_and_database(Step::Exchange));
    all.extend(cells::errcodes_at_userinfo());
    all.extend(cells::network_and_database(Step::Bootstrap));
    all.extend(cells::network_and_database(Step::Records));
    all
}

#[test]
fn every_errcode_at_the_exchange_comes_to_what_the_table_says() {
    walk(&cells::errcodes_at_the_exchange());
}

#[test]
fn every_errcode_at_userinfo_comes_to_what_the_table_says() {
    walk(&cells::errcodes_at_userinfo());
}

#[test]
fn every_broken_answer_of_wechat_comes_to_what_the_table_says() {
    walk(&cells::broken_responses());
}

#[test]
fn every_fault_of_network_and_database_at_the_exchange_comes_to_what_the_table_says() {
    walk(&cells::network_and_database(Step::Exchange));
}

#[test]
fn every_fault_of_network_and_database_for_somebody_signed_in_comes_to_what_the_table_says() {
    let steps = [Step::Bootstrap, Step::Records];
    let cells = steps.into_iter().flat_map(cells::network_and_database);
    walk(&cells.collect::<Vec<_>>());
}

#[test]
fn the_document_shows_these_tables() {
    document::compare(&all());
}
