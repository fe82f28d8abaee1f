//! What PostgreSQL lets our role do, compared with what the program does at a start and at a login.

use sqlx::{Connection as _, PgConnection, Row as _};

use crate::inspect::in_time;
use crate::pools::CONNECTIONS;
use crate::postgres::{fresh_name, options};
use crate::{Error, PostgresUrl};

/// What the role may do and how often it may come.
#[derive(Debug, Clone)]
pub struct Rights {
    /// The role.
    pub role: String,
    /// Whether nothing is forbidden to it.
    pub is_superuser: bool,
    /// The schema in which unqualified names are made; none where the search path leads nowhere that it may use.
    pub schema: Option<String>,
    /// Whether it may make tables there, which every start tries.
    pub may_make_tables: bool,
    /// What it may not do with our tables, as `DELETE on record`.
    pub missing: Vec<String>,
    /// How many connections the narrowest of the limits lets it have: of the role, of the database, of the server.
    pub connections: i64,
}

/// How many connections one replica and a command beside it have to be given: those of the pools, one for the heartbeat, one
/// for the command.
pub const CONNECTIONS_NEEDED: i64 = CONNECTIONS as i64 + 2;

/// Asks the server.
///
/// # Errors
/// [`Error::Database`] if nothing answers.
pub async fn rights(url: &PostgresUrl) -> Result<Rights, Error> {
    const ROLE: &str = "SELECT current_user::text AS role, rolsuper, current_schema()::text AS schema, \
            coalesce(has_schema_privilege(current_schema(), 'CREATE'), FALSE) AS may_make_tables, \
            least(CASE WHEN rolconnlimit < 0 THEN NULL ELSE rolconnlimit END, \
                (SELECT CASE WHEN datconnlimit < 0 THEN NULL ELSE datconnlimit END \
                    FROM pg_database WHERE datname = current_database()), \
                current_setting('max_connections')::int \
                    - current_setting('superuser_reserved_connections')::int)::bigint AS connections \
        FROM pg_roles WHERE rolname = current_user";
    // Of tables that are not there yet nothing is known, and nothing missing.
    const MISSING: &str = "SELECT needed || ' on ' || name \
        FROM unnest(ARRAY['identity', 'record', 'scan']) AS name, \
            unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) AS needed \
        WHERE NOT has_table_privilege(to_regclass(name), needed) ORDER BY 1";
    let look = async {
        let mut connection = PgConnection::connect_with(&options(url, &fresh_name()?)?).await?;
        let row = sqlx::raw_sql(ROLE).fetch_one(&mut connection).await?;
        let missing = sqlx::raw_sql(MISSING).fetch_all(&mut connection).await?;
        connection.close().await?;
        Ok(Rights {
            role: row.try_get("role")?,
            is_superuser: row.try_get("rolsuper")?,
            schema: row.try_get("schema")?,
            may_make_tables: row.try_get("may_make_tables")?,
            missing: missing
                .iter()
                .map(|row| row.try_get(0))
                .collect::<Result<_, _>>()?,
            connections: row.try_get("connections")?,
        })
    };
    in_time::<_, Error>(look).await
}
