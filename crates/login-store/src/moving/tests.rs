use sqlx::{Connection as _, SqliteConnection};

use super::error::MoveError;
use super::tables::{Cutter, HEADER, TABLES, TRAILER};
use crate::migrations;

/// A later migration that adds one must not be forgotten here.
#[tokio::test]
async fn every_column_of_every_table_is_moved_but_those_of_scans() {
    let mut connection = SqliteConnection::connect("sqlite::memory:").await.unwrap();
    let migrator = migrations::migrator();
    migrator.run(&mut connection).await.unwrap();
    let columns = "SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c
        WHERE m.type = 'table' AND m.name NOT IN ('scan', '_sqlx_migrations') ORDER BY m.name, c.cid";
    let there = sqlx::query_as(columns).fetch_all(&mut connection);
    let mut there: Vec<(String, String)> = there.await.unwrap();
    for table in &TABLES {
        let keys = format!(
            "SELECT group_concat(name, ', ') FROM (SELECT name FROM pragma_table_info('{}') WHERE pk > 0 ORDER BY pk)",
            table.name
        );
        let keys = sqlx::query_scalar(sqlx::AssertSqlSafe(keys)).fetch_one(&mut connection);
        let keys: String = keys.await.unwrap();
        assert_eq!(keys, table.keys());
        for column in [table.texts, table.numbers].concat() {
            let at = there
                .iter()
                .position(|it| *it == (table.name.to_owned(), column.to_owned()));
            there.remove(at.unwrap());
        }
    }
    assert_eq!(there, []);
}

#[test]
fn rows_are_cut_out_whichever_way_they_come() {
    // One field of two bytes and one that is not there; then an empty one and one of a byte.
    let rows: [&[u8]; 2] = [
        b"\0\x02\0\0\0\x02ab\xff\xff\xff\xff",
        b"\0\x02\0\0\0\0\0\0\0\x01c",
    ];
    let all = [HEADER, rows[0], rows[1], &TRAILER].concat();
    for length in 1..=all.len() {
        let (mut cutter, mut seen) = (Cutter::default(), Vec::new());
        for message in all.chunks(length) {
            assert!(!cutter.is_over());
            let each = |key: &[u8], row: &[u8]| seen.push((key.to_vec(), row.to_vec()));
            cutter.cut(message, 1, each).unwrap();
        }
        assert!(cutter.is_over());
        let expected =
            [(8, rows[0]), (6, rows[1])].map(|(key, row)| (row[..key].to_vec(), row.to_vec()));
        assert_eq!(seen, expected, "{length}");
    }
    assert!(Cutter::default().cut(&[b'x'; 40], 1, |_, _| {}).is_err());
}

/// What a move has not copied it does not remove.
#[test]
fn only_what_can_be_begun_anew_is_told_to_be() {
    let different = |target_rows| {
        let error = MoveError::Different {
            table: "record",
            differing: 1,
            source_rows: 2,
            target_rows,
        };
        error.to_string()
    };
    for rows in [1, 2] {
        assert!(
            different(rows).ends_with("; begin anew with --again, which removes what was copied")
        );
    }
    assert!(different(3).ends_with("; stop whoever does, and name a new database"));
}
