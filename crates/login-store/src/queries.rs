//! [`Store`](super::Store), written once and compiled for both databases.
//!
//! A macro and not a generic: the bounds sqlx asks of a generic pool are longer than all that stands here.

/// What comes of doing something twice that may have been done the first time: the connection was lost meanwhile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Again {
    /// The same as of doing it once.
    Harmless,
    /// Something else, or another answer.
    Harmful,
}

/// The values of a statement, by their numbers, first a list of texts; in the `Arguments` of the file that uses it.
macro_rules! arguments {
    ($texts:expr $(, $value:expr)* $(,)?) => {{
        let mut arguments = Arguments::default();
        for text in $texts {
            arguments.add(text).map_err(sqlx::Error::Encode)?;
        }
        $(arguments.add($value).map_err(sqlx::Error::Encode)?;)*
        arguments
    }};
}

/// Implements [`Store`](super::Store) for a type with the methods `pools`, `given_up`, `note_login`, `read_rows`, `write_rows`,
/// `probe`, `transact` and `keeps_statements`.
///
/// Whatever writes is read to the end: on SQLite the first row of `RETURNING` arrives before the commit, and what is
/// answered on it could still be lost.
macro_rules! impl_store {
    ($name:ident) => {
        #[async_trait::async_trait]
        impl $crate::Store for $name {
            async fn upsert_identity(&self, seen: &SeenIdentity) -> Result<KnownIdentity, Error> {
                self.note_login(seen).await
            }

            async fn note_identity(&self, noted: &NotedIdentity) -> Result<KnownIdentity, Error> {
                let values = arguments![
                    noted.owner.columns(),
                    noted.platform.as_deref(),
                    noted.unionid.as_ref().map(UnionId::expose),
                    rows::to_column(noted.noted_at),
                ];
                let noted = self.write_rows(Again::Harmless, sql::NOTE_IDENTITY, values);
                rows::the_identity(noted.await?)
            }

            async fn learn_unionid(&self, noted: &NotedIdentity) -> Result<bool, Error> {
                let values = arguments![
                    noted.owner.columns(),
                    noted.platform.as_deref(),
                    noted.unionid.as_ref().map(UnionId::expose),
                ];
                let changed = self.affected(Again::Harmful, sql::LEARN_UNIONID, values);
                Ok(changed.await? > 0)
            }

            async fn find_identity(
                &self,
                appid: &AppId,
                openid: &OpenId,
            ) -> Result<Option<KnownIdentity>, Error> {
                let values = arguments![[appid.as_str(), openid.expose()]];
                let row: Option<IdentityRow> =
                    self.read_rows(sql::FIND_IDENTITY, values).await?.pop();
                row.map(IdentityRow::identity).transpose()
            }

            async fn identities_of_person(
                &self,
                platform: &str,
                unionid: &UnionId,
            ) -> Result<Vec<KnownIdentity>, Error> {
                let values = arguments![[platform, unionid.expose()]];
                let found = self.read_rows(sql::IDENTITIES_OF_PERSON, values).await?;
                found.into_iter().map(IdentityRow::identity).collect()
            }

            async fn slice_of_users(
                &self,
                appid: &AppId,
                after: Option<&OpenId>,
                limit: u32,
            ) -> Result<Vec<KnownIdentity>, Error> {
                // Nothing sorts before the empty text.
                let after = after.map_or("", OpenId::expose);
                let values = arguments![[appid.as_str(), after], i64::from(limit)];
                let found = self.read_rows(sql::SLICE_OF_USERS, values).await?;
                found.into_iter().map(IdentityRow::identity).collect()
            }

            async fn person_of(&self, owner: &Owner) -> Result<Vec<Owner>, Error> {
                let own = self.find_identity(&owner.appid, &owner.openid).await?;
                // Without a platform or a unionid there is nobody to join.
                let Some((Some(platform), Some(unionid))) =
                    own.map(|own| (own.platform, own.unionid))
                else {
                    return Ok(vec![owner.clone()]);
                };
                let [appid, openid] = owner.columns();
                let values = arguments![[platform.as_str(), unionid.expose(), appid, openid]];
                let found: Vec<OwnerRow> = self.read_rows(sql::PERSON_OF, values).await?;
                let owners = found.into_iter().map(OwnerRow::owner);
                let mut owners: Vec<Owner> = owners.collect::<Result<_, _>>()?;
                if !owners.contains(owner) {
                    owners.push(owner.clone());
                }
                owners.sort_by(|one, other| one.columns().cmp(&other.columns()));
                Ok(owners)
            }

            async fn put_record(
                &self,
                draft: &RecordDraft,
                precondition: Precondition,
            ) -> Result<Written, Error> {
                let fresh = Version::fresh()?;
                // What stands at $6: the version of a new record, or the one an old record must have.
                let (statement, version) = match precondition {
                    Precondition::None => (sql::PUT_RECORD, Some(fresh)),
                    Precondition::Absent => (sql::CREATE_RECORD, Some(fresh)),
                    Precondition::Present => (sql::REPLACE_RECORD, None),
                    Precondition::Is(version) => (sql::REPLACE_RECORD, Some(version)),
                };
                let id = &draft.id;
                let values = arguments![
                    id.columns(),
                    draft.value.as_str(),
                    version.map(|version| version.0),
                    rows::to_column(draft.written_at),
                ];
                let written = self.write_rows(Again::Harmful, statement, values);
                let written: Vec<WrittenRow> = match written.await {
                    Err(error) if error.is_foreign_key_violation() => {
                        return Ok(Written::UnknownOwner);
                    }
                    other => other?,
                };
                let Some(row) = written.into_iter().next() else {
                    return Ok(Written::Conflict);
                };
                let record = row.record(id.clone(), draft.value.clone())?;
                Ok(if record.version == fresh {
                    Written::Created(record)
                } else {
                    Written::Replaced(record)
                })
            }

            async fn get_record(&self, id: &RecordId) -> Result<Option<StoredRecord>, Error> {
                let values = arguments![id.columns()];
                let row: Option<RecordRow> = self.read_rows(sql::GET_RECORD, values).await?.pop();
                row.map(|row| row.record(&id.owner)).transpose()
            }

            async fn delete_record(
                &self,
                id: &RecordId,
                version: Option<Version>,
            ) -> Result<bool, Error> {
                let values = arguments![id.columns(), version.map(|version| version.0)];
                let deleted = self.affected(Again::Harmful, sql::DELETE_RECORD, values);
                Ok(deleted.await? > 0)
            }

            async fn slice_of_records(
                &self,
                slice: &Slice<'_>,
            ) -> Result<Vec<StoredRecord>, Error> {
                let (kind, key) = slice.kind_and_key;
                let values = arguments![
                    slice.owner.columns(),
                    slice.above,
                    slice.upto,
                    kind,
                    key,
                    slice.kind.map(RecordKind::as_str),
                    i64::from(slice.limit),
                ];
                let found = self.read_rows(sql::SLICE_OF_RECORDS, values).await?;
                let record = |row: RecordRow| row.record(slice.owner);
                found.into_iter().map(record).collect()
            }

            async fn erase(&self, owner: &Owner) -> Result<Option<u64>, Error> {
                self.delete(owner, None).await
            }

            async fn unseen_users(
                &self,
                before: u64,
                after: Option<&Owner>,
            ) -> Result<Vec<Owner>, Error> {
                // Nothing sorts before the empty text.
                let after = after.map_or(["", ""], Owner::columns);
                let values = arguments![after, rows::to_column(before)];
                let found = self.read_rows(sql::UNSEEN_USERS, values).await?;
                found.into_iter().map(OwnerRow::owner).collect()
            }

            async fn forget(&self, owner: &Owner, before: u64) -> Result<Option<u64>, Error> {
                self.delete(owner, Some(before)).await
            }

            async fn count_records(&self, owner: &Owner) -> Result<u64, Error> {
                let values = arguments![owner.columns()];
                let count: Vec<(i64,)> = self.read_rows(sql::COUNT_RECORDS, values).await?;
                let (count,) = count.into_iter().next().ok_or(sqlx::Error::RowNotFound)?;
                rows::count(count, "count")
            }

            async fn create_scan(&self, scan: &Scan) -> Result<(), Error> {
                let values = arguments![
                    scan.columns(),
                    rows::to_column(scan.created_at),
                    rows::to_column(scan.ends_at),
                ];
                self.affected(Again::Harmless, sql::CREATE_SCAN, values)
                    .await
                    .map(drop)
            }

            async fn find_scan(&self, hash: &str) -> Result<Option<Scan>, Error> {
                let row: Option<ScanRow> = self
                    .read_rows(sql::FIND_SCAN, arguments![[hash]])
                    .await?
                    .pop();
                row.map(ScanRow::scan).transpose()
            }

            async fn advance_scan(
                &self,
                step: &ScanStep<'_>,
                now: u64,
            ) -> Result<Option<Scan>, Error> {
                let (statement, texts, ends_at) = sql::of_step(step);
                let ends_at = ends_at.map(rows::to_column);
                let values = arguments![texts, rows::to_column(now), ends_at];
                let row: Option<ScanRow> =
                    match self.write_rows(Again::Harmless, statement, values).await {
                        // Erased in this moment.
                        Err(error) if error.is_foreign_key_violation() => None,
                        other => other?.pop(),
                    };
                row.map(ScanRow::scan).transpose()
            }

            async fn changed_scans(&self, since: u64) -> Result<Vec<(String, ScanState)>, Error> {
                let values = arguments![[""; 0], rows::to_column(since)];
                let found: Vec<(String, String)> =
                    self.read_rows(sql::CHANGED_SCANS, values).await?;
                let read = |(page, state): (String, String)| Ok((page, rows::scan_state(&state)?));
                found.into_iter().map(read).collect()
            }

            async fn delete_scans(&self, now: u64) -> Result<u64, Error> {
                let values = arguments![[""; 0], rows::to_column(now)];
                let gone = self.affected(Again::Harmless, sql::DELETE_SCANS, values);
                Ok(u64::try_from(gone.await?).unwrap_or(u64::MAX))
            }

            fn pool_status(&self) -> $crate::PoolStatus {
                let idle: usize = self.pools().map(|pool| pool.num_idle()).sum();
                let idle = u32::try_from(idle).unwrap_or(u32::MAX);
                let all: u32 = self.pools().map(|pool| pool.size()).sum();
                $crate::PoolStatus {
                    idle,
                    in_use: all.saturating_sub(idle),
                    given_up: self.given_up(),
                }
            }

            async fn close(&self) {
                for pool in self.pools() {
                    pool.close().await;
                }
            }

            async fn ping(&self) -> Result<(), Error> {
                self.probe(sql::PING, arguments![[""]]).await
            }
        }

        impl $name {
            /// How many rows a statement changes that answers a text of each.
            async fn affected(
                &self,
                again: Again,
                statement: &'static str,
                values: Arguments,
            ) -> Result<usize, Error> {
                let changed: Vec<(String,)> = self.write_rows(again, statement, values).await?;
                Ok(changed.len())
            }

            /// Deletes a user, or only one unseen since then.
            ///
            /// The identity takes its records along. It is deleted and not they, because whoever writes a record holds
            /// the identity before the record, and two who take two things in different orders wait for each other for
            /// ever.
            async fn delete(
                &self,
                owner: &Owner,
                unseen: Option<u64>,
            ) -> Result<Option<u64>, Error> {
                let (begin, statement) = match unseen {
                    None => (BEGIN_WRITING, sql::ERASE_IDENTITY),
                    Some(_) => (BEGIN_ISOLATED, sql::FORGET_IDENTITY),
                };
                let owner = arguments![owner.columns()];
                let mut values = owner.clone();
                if let Some(before) = unseen {
                    let before = rows::to_column(before);
                    values.add(before).map_err(sqlx::Error::Encode)?;
                }
                let is_kept = self.keeps_statements();
                let deleted = self.transact(begin, move |connection| {
                    let count = sqlx::query_scalar_with(sql::COUNT_RECORDS, owner.clone());
                    let deletion = sqlx::query_with(statement, values.clone());
                    let scans = sqlx::query_with(sql::ERASE_SCANS, owner.clone());
                    async move {
                        let count = count.persistent(is_kept).fetch_one(&mut *connection);
                        let records: i64 = count.await?;
                        let deletion = deletion.persistent(is_kept).execute(&mut *connection);
                        if deletion.await?.rows_affected() == 0 {
                            return Ok(None);
                        }
                        scans.persistent(is_kept).execute(connection).await?;
                        Ok(Some(records))
                    }
                    .boxed()
                });
                let deleted = deleted.await?;
                deleted
                    .map(|records| rows::count(records, "count"))
                    .transpose()
            }
        }
    };
}

pub(crate) use {arguments, impl_store};
