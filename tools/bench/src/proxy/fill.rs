//! A store that has grown: records of others, by one SQL text for both databases.

use sqlx::{
    AssertSqlSafe, Connection as _, Executor as _, PgConnection, SqliteConnection, raw_sql,
};

/// Puts so many records into the database of a server that has made its tables, and leaves it as if it had been running
/// for long.
pub(crate) async fn fill(database: &str, records: u64) -> anyhow::Result<()> {
    let text = include_str!("../../proxy/fill.sql").replace("{records}", &records.to_string());
    let statements = raw_sql(AssertSqlSafe(text));
    if database.starts_with("postgres:") {
        let mut connection = PgConnection::connect(database).await?;
        // Nothing that is filled in refers to what is not there.
        connection
            .execute("SET session_replication_role = replica")
            .await?;
        statements.execute(&mut connection).await?;
        // What autovacuum would have done by and by.
        connection.execute("VACUUM (ANALYZE)").await?;
        connection.execute("CHECKPOINT").await?;
    } else {
        let mut connection = SqliteConnection::connect(database).await?;
        for setting in [
            "cache_size = -500000",
            "foreign_keys = OFF",
            "synchronous = OFF",
        ] {
            connection
                .execute(AssertSqlSafe(format!("PRAGMA {setting}")))
                .await?;
        }
        statements.execute(&mut connection).await?;
        // No ANALYZE: the proxy does not run it, so this is what users have.
        connection
            .execute("PRAGMA wal_checkpoint(TRUNCATE)")
            .await?;
    }
    // Nobody waits for what was filled in.
    nix::unistd::sync();
    Ok(())
}
