//! Logins that wait to be noted go into one statement: asking SQLite's thread costs more than what it does for one login.

use std::sync::LazyLock;

use sqlx::sqlite::SqliteArguments;
use sqlx::{Arguments as _, SqliteConnection};

use crate::rows::{self, IdentityRow};
use crate::{SeenIdentity, sql};
use wechat_oauth::UnionId;

/// Adds the values of a login.
macro_rules! add_login {
    ($values:expr, $seen:expr) => {{
        let (seen, profile) = (&$seen, $seen.profile.as_ref());
        let texts = [
            Some(seen.appid.as_str()),
            Some(seen.openid.expose()),
            seen.platform.as_deref(),
            seen.unionid.as_ref().map(UnionId::expose),
            Some(seen.scope.as_str()),
            profile.map(|profile| profile.nickname.as_str()),
            profile.map(|profile| profile.headimgurl.as_str()),
        ];
        for text in texts {
            $values.add(text).map_err(sqlx::Error::Encode)?;
        }
        let seen_at = rows::to_column(seen.seen_at);
        $values.add(seen_at).map_err(sqlx::Error::Encode)?;
    }};
}

pub(crate) use add_login;

/// Statements for 1, 2, 4 and so on up to 64 logins; of others SQLite would have to read as many texts as there are
/// numbers.
static STATEMENTS: LazyLock<[String; 7]> =
    LazyLock::new(|| std::array::from_fn(|power| sql::upsert_identities(1 << power)));

/// Notes all of them, and answers what is known then of each.
///
/// # Errors
/// That of a statement; the transaction around it may not go on then.
pub(crate) async fn note(
    connection: &mut SqliteConnection,
    mut logins: &[&SeenIdentity],
) -> sqlx::Result<Vec<IdentityRow>> {
    let mut known = Vec::with_capacity(logins.len());
    while let Some(power) = logins.len().checked_ilog2() {
        let power = usize::try_from(power).unwrap_or_default();
        let power = power.min(STATEMENTS.len().saturating_sub(1));
        let (Some(statement), Some((now, later))) =
            (STATEMENTS.get(power), logins.split_at_checked(1 << power))
        else {
            break;
        };
        let mut values = SqliteArguments::default();
        for login in now {
            add_login!(values, login);
        }
        let query = sqlx::query_as_with(statement.as_str(), values);
        let mut rows: Vec<IdentityRow> = query.fetch_all(&mut *connection).await?;
        // They come in the order of the logins, though SQLite does not promise it. Taken from the end, none moves another.
        rows.reverse();
        for login in now {
            let owner = (login.appid.as_str(), login.openid.expose());
            let place = rows.iter().rposition(|row| row.is_of(owner));
            known.push(rows.remove(place.ok_or(sqlx::Error::RowNotFound)?));
        }
        logins = later;
    }
    Ok(known)
}
