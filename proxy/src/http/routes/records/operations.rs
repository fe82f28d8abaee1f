//! What can be done with the records of a user, whoever asks: the user or a backend.

use actix_web::HttpResponse;
use actix_web::http::header::{ETAG, HeaderMap};
use actix_web::web::Query;
use api_types::{Across, Record, RecordPage};
use serde::Deserialize;
use serde_json::value::RawValue;
use utoipa::IntoParams;

use super::conditions::{self, PreconditionOfDeletion};
use crate::http::refusal::Refusal;
use crate::http::state::AppState;
use login_store::{
    ListQuery, Owner, Position, Precondition, RecordDraft, RecordId, RecordKind, RecordValue,
    StoredRecord, Written,
};

/// How many records or users a page has unless the request says.
const USUAL_LIMIT: u32 = 20;
/// How many it has at most.
const MOST_OF_A_PAGE: u32 = 100;

/// The query of a list, not yet checked.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ListParameters {
    /// Only records of this kind.
    #[param(pattern = "^[a-z0-9_-]{1,32}$")]
    kind: Option<String>,
    /// Whose records: `account`, which is the default, those under this account; `person` those under every account of the same
    /// platform whose user has the same unionid, as known at this moment.
    #[serde(default)]
    across: Across,
    /// `next_cursor` of the page before, of the same list.
    #[param(min_length = 1, max_length = 1024)]
    cursor: Option<String>,
    /// How many records, 20 without it.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
}

/// Which page of which list is asked for.
pub(crate) struct Asked {
    kind: Option<RecordKind>,
    across: Across,
    cursor: Option<String>,
    limit: u32,
}

impl Asked {
    /// As the query says.
    ///
    /// # Errors
    /// [`Refusal::MalformedQuery`].
    pub(crate) fn in_query(query: &str) -> Result<Self, Refusal> {
        let malformed = Refusal::MalformedQuery;
        let Ok(Query(ListParameters {
            kind,
            across,
            cursor,
            limit,
        })) = Query::from_query(query)
        else {
            return Err(malformed);
        };
        let kind = kind.as_deref().map(RecordKind::parse).transpose();
        Ok(Self {
            kind: kind.map_err(|_| malformed)?,
            across,
            cursor,
            limit: checked_limit(limit)?,
        })
    }
}

/// How much a page of a list may have.
///
/// # Errors
/// [`Refusal::MalformedQuery`].
pub(crate) fn checked_limit(limit: Option<u32>) -> Result<u32, Refusal> {
    let limit = limit.unwrap_or(USUAL_LIMIT);
    let fits = (1..=MOST_OF_A_PAGE).contains(&limit);
    fits.then_some(limit).ok_or(Refusal::MalformedQuery)
}

/// A page of records, newest first; an empty one where `owner` is nobody.
///
/// # Errors
/// [`Refusal::MalformedCursor`].
pub(crate) async fn list(
    state: &AppState,
    owner: Option<Owner>,
    asked: Asked,
) -> Result<HttpResponse, Refusal> {
    let Asked {
        kind,
        across,
        cursor,
        limit,
    } = asked;
    let Some(owner) = owner else {
        let records: Vec<Record<Box<RawValue>>> = Vec::new();
        return Ok(HttpResponse::Ok().json(RecordPage {
            records,
            next_cursor: None,
        }));
    };
    let mut list = ListQuery {
        owner,
        across,
        kind,
        after: None,
        // One more, which tells whether there is another page.
        limit: limit.saturating_add(1),
    };
    if let Some(cursor) = cursor {
        let after = state.cursors.open(&list, &cursor);
        list.after = Some(after.map_err(|_| Refusal::MalformedCursor)?);
    }
    let mut found = state.store.list_records(&list).await?;
    let length = usize::try_from(limit).unwrap_or(usize::MAX);
    let has_more = found.len() > length;
    found.truncate(length);
    let next = found.last().filter(|_| has_more).map(Position::of);
    let next_cursor = next.map(|next| state.cursors.seal(&list, &next));
    let next_cursor = next_cursor.transpose().map_err(Refusal::internal)?;
    let records = found.iter().map(|record| on_the_wire(state, record));
    Ok(HttpResponse::Ok().json(RecordPage {
        records: records.collect::<Result<Vec<_>, _>>()?,
        next_cursor,
    }))
}

/// One record, or 304 for a reader who has it.
///
/// # Errors
/// [`Refusal::NotFound`] if there is none.
pub(crate) async fn show(
    state: &AppState,
    id: &RecordId,
    headers: &HeaderMap,
) -> Result<HttpResponse, Refusal> {
    let record = state.store.get_record(id).await?;
    let record = record.ok_or(Refusal::NotFound)?;
    let etag = (ETAG, conditions::etag(record.version));
    if conditions::is_known(headers, record.version) {
        return Ok(HttpResponse::NotModified().insert_header(etag).finish());
    }
    let body = on_the_wire(state, &record)?;
    Ok(HttpResponse::Ok().insert_header(etag).json(body))
}

/// Writes one record: 201 where there was none, else 200. `None` where its owner is unknown.
///
/// # Errors
/// [`Refusal::PreconditionFailed`] if the record is not as expected.
pub(crate) async fn put(
    state: &AppState,
    id: &RecordId,
    expected: Precondition,
    value: RecordValue,
) -> Result<Option<HttpResponse>, Refusal> {
    let draft = RecordDraft {
        id: id.clone(),
        value,
        written_at: state.clock.now_millis(),
    };
    let (mut answer, record) = match state.store.put_record(&draft, expected).await? {
        Written::Created(record) => (HttpResponse::Created(), record),
        Written::Replaced(record) => (HttpResponse::Ok(), record),
        Written::Conflict => return Err(Refusal::PreconditionFailed),
        Written::UnknownOwner => return Ok(None),
    };
    let etag = (ETAG, conditions::etag(record.version));
    let body = on_the_wire(state, &record)?;
    Ok(Some(answer.insert_header(etag).json(body)))
}

/// Deletes one record.
///
/// # Errors
/// [`Refusal::NotFound`] if there is none, [`Refusal::PreconditionFailed`] if it is not as expected.
pub(crate) async fn delete(
    state: &AppState,
    id: &RecordId,
    expected: PreconditionOfDeletion,
) -> Result<HttpResponse, Refusal> {
    if state.store.delete_record(id, expected.version).await? {
        Ok(HttpResponse::NoContent().finish())
    } else {
        Err(expected.refusal)
    }
}

fn on_the_wire(state: &AppState, record: &StoredRecord) -> Result<Record<Box<RawValue>>, Refusal> {
    let appid = &record.id.owner.appid;
    let account = state.config.account_name(appid);
    let value = RawValue::from_string(record.value.as_str().to_owned());
    Ok(Record {
        account: account.unwrap_or(appid.as_str()).to_owned(),
        kind: record.id.kind.as_str().to_owned(),
        key: record.id.key.as_str().to_owned(),
        // The parser's own words may quote the value.
        value: value.map_err(|_| Refusal::internal("a stored value is no JSON"))?,
        created_at: record.created_at / 1000,
        updated_at: record.updated_at / 1000,
    })
}
