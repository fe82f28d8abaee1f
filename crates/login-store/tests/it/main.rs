//! What every store promises, run on SQLite in memory, SQLite in a file, PostgreSQL and PgBouncer; and what is special to
//! each. `postgres::` is run on the database that `WECHAT_LOGIN_TEST_DATABASE` names instead, where it does.

mod addresses;
mod backups;
mod erase;
mod files;
mod identities;
mod leaders;
mod lists;
mod moving;
mod opening;
mod paging;
mod persons;
mod poolers;
mod ready;
mod records;
mod retention;
mod samples;
mod scans;
mod sockets;
mod traces;

/// Runs each test on every kind of database. One that is missing here is dead code, which the lints find.
macro_rules! contract {
    ($($file:ident: $($test:ident),* $(,)?;)*) => {
        contract! { @on sqlite_in_memory sqlite_in_memory $($($file $test)*)* }
        contract! { @on sqlite_in_a_file sqlite_in_a_file $($($file $test)*)* }
        contract! { @on postgres named_or_postgres $($($file $test)*)* }
        contract! { @on postgres_behind_a_pooler postgres_behind_a_pooler $($($file $test)*)* }
    };
    (@on $module:ident $database:ident $($file:ident $test:ident)*) => {
        mod $module {
            $(#[tokio::test]
            async fn $test() {
                let database = crate::samples::Database::$database().await;
                crate::$file::$test(&*database.open().await).await;
            })*
        }
    };
}

contract! {
    identities:
        a_first_login_is_stored_as_told,
        later_logins_add_and_renew_and_blank_nothing,
        a_grant_after_a_silent_login_is_added,
        users_of_two_accounts_are_two_identities,
        concurrent_logins_of_one_user_all_succeed,
        logins_at_the_same_moment_are_answered_each_with_its_own_user,
        somebody_who_never_logged_in_is_noted,
        a_note_adds_a_unionid_blanks_none_and_is_no_login,
        a_unionid_is_learned_of_whom_is_known_without_one_alone;
    persons:
        accounts_of_one_platform_join_by_unionid,
        without_unionid_or_platform_or_on_another_platform_nobody_joins,
        a_person_is_bounded,
        everybody_of_a_unionid_is_found_on_its_platform_and_nobody_else;
    records:
        a_new_record_is_created_as_sent,
        an_equal_value_changes_nothing_and_another_only_value_and_version,
        a_record_needs_its_owner,
        if_present_does_not_create_and_if_absent_does_not_replace,
        a_stale_version_neither_writes_nor_deletes,
        neither_undoing_a_change_nor_writing_anew_brings_a_version_back,
        deletion_says_whether_there_was_one,
        of_many_writers_one_wins,
        users_and_accounts_do_not_share_keys,
        the_longest_and_strangest_values_come_back_unchanged;
    lists:
        newest_first_and_ties_in_a_fixed_order,
        a_kind_leaves_the_others_out,
        replacing_moves_nothing,
        own_lists_show_one_account_and_persons_lists_every_one;
    paging:
        the_users_of_an_appid_come_page_by_page_each_once,
        every_record_is_shown_once_whatever_the_records,
        records_there_from_the_start_are_shown_once_while_others_are_added;
    erase:
        erasing_counts_and_leaves_nothing_but_others,
        erasing_while_others_write_and_erase_never_fails;
    scans:
        a_scan_goes_on_step_by_step_and_never_back,
        the_first_phone_has_it_and_no_other_decides,
        a_code_is_taken_by_one_verifier_in_the_browser_that_asked,
        a_scan_that_is_over_does_nothing_more_and_goes,
        an_erased_user_takes_the_scans_along;
    retention:
        those_unseen_are_forgotten_with_their_records,
        whoever_wrote_or_was_seen_since_is_kept,
        more_than_one_batch_is_found;
}
