//! What every store promises, run on SQLite in memory, SQLite in a file and PostgreSQL; and what is special to each.

mod erase;
mod identities;
mod lists;
mod opening;
mod paging;
mod persons;
mod records;
mod retention;
mod samples;
mod traces;

/// Runs each test on every kind of database. One that is missing here is dead code, which the lints find.
macro_rules! contract {
    ($($file:ident: $($test:ident),* $(,)?;)*) => {
        contract! { @on sqlite_in_memory $($($file $test)*)* }
        contract! { @on sqlite_in_a_file $($($file $test)*)* }
        contract! { @on postgres $($($file $test)*)* }
    };
    (@on $database:ident $($file:ident $test:ident)*) => {
        mod $database {
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
        a_silent_login_blanks_nothing,
        a_later_grant_adds_and_renews,
        an_empty_name_and_picture_replace_the_old_ones,
        a_clock_that_goes_back_does_not_take_last_seen_with_it,
        a_unionid_keeps_the_platform_it_was_seen_on,
        users_of_two_accounts_are_two_identities,
        concurrent_logins_of_one_user_all_succeed,
        somebody_who_never_logged_in_is_noted,
        a_note_adds_a_unionid_and_blanks_none,
        a_note_is_no_login;
    persons:
        accounts_of_one_platform_join_by_unionid,
        a_unionid_learned_later_joins_without_a_login,
        without_unionid_or_platform_or_on_another_platform_nobody_joins,
        a_person_is_bounded,
        a_second_openid_of_one_account_with_the_same_unionid_is_not_joined,
        an_unknown_user_is_alone;
    records:
        a_new_record_is_created_as_sent,
        an_equal_value_changes_nothing,
        another_value_replaces_and_keeps_the_time_of_creation,
        a_record_needs_its_owner,
        if_absent_does_not_replace,
        if_present_does_not_create,
        a_stale_version_writes_nothing,
        a_change_and_its_undoing_make_a_new_version,
        deletion_and_recreation_make_a_new_version,
        deletion_says_whether_there_was_one,
        a_stale_version_deletes_nothing,
        of_many_writers_of_one_version_one_wins,
        of_many_creators_one_creates,
        users_and_accounts_do_not_share_keys,
        the_longest_and_strangest_values_come_back_unchanged;
    lists:
        newest_first_and_ties_in_a_fixed_order,
        a_kind_leaves_the_others_out,
        replacing_moves_nothing,
        a_list_of_nobody_is_empty,
        own_lists_show_no_other_account,
        persons_lists_show_every_account_once,
        pages_of_every_size_show_everything_once;
    paging:
        every_record_is_shown_once_whatever_the_records,
        records_there_from_the_start_are_shown_once_while_others_are_added;
    erase:
        erasing_counts_and_leaves_nothing,
        erasing_the_unknown_says_so,
        erasing_one_user_leaves_the_others,
        after_erasing_nothing_can_be_written,
        erasing_while_others_write_and_erase_never_fails;
    retention:
        those_unseen_are_forgotten_with_their_records,
        somebody_with_a_record_written_since_is_kept,
        the_same_person_at_another_account_is_kept,
        more_than_one_batch_is_found;
}
