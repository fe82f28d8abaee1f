//! Every fault at every step of a login: what the user sees, what the log says, what is stored, what WeChat is asked.
//!
//! The tables are in `wechat.rs` and `own.rs`; `docs/reliability.md` has them for people.

mod document;
mod outcome;
mod own;
mod walk;
mod wechat;

use outcome::{Cell, Step};

/// All cells, as the tests walk them.
fn all() -> Vec<Cell> {
    let mut all = wechat::errcodes_at_the_exchange();
    all.extend(wechat::transport());
    all.extend(own::cells(Step::Exchange));
    all.extend(wechat::errcodes_at_userinfo());
    all.extend(own::cells(Step::Bootstrap));
    all.extend(own::cells(Step::Records));
    all
}

#[test]
fn every_errcode_at_the_exchange_comes_to_what_the_table_says() {
    walk::walk(&wechat::errcodes_at_the_exchange());
}

#[test]
fn every_errcode_at_userinfo_comes_to_what_the_table_says() {
    walk::walk(&wechat::errcodes_at_userinfo());
}

#[test]
fn every_broken_answer_of_wechat_comes_to_what_the_table_says() {
    walk::walk(&wechat::transport());
}

#[test]
fn every_fault_of_network_and_database_at_the_exchange_comes_to_what_the_table_says() {
    walk::walk(&own::cells(Step::Exchange));
}

#[test]
fn every_fault_of_network_and_database_for_somebody_signed_in_comes_to_what_the_table_says() {
    let steps = [Step::Bootstrap, Step::Records];
    let cells: Vec<Cell> = steps.into_iter().flat_map(own::cells).collect();
    walk::walk(&cells);
}

#[test]
fn the_document_shows_these_tables() {
    document::compare(&all());
}
