//! [`Store`](super::Store), written once and compiled for both databases.
//!
//! A macro and not a generic: the bounds sqlx asks of a generic pool are longer than all that stands here.

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

/// Implements [`Store`](super::Store) for a type with a field `pool` and the methods `pools`, `note_login`, `write`, `read`, `begin`,
/// `keeps_statements` and `turn`.
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
                rows::the_identity(self.write_rows(sql::NOTE_IDENTITY, values).await?)
            }

            async fn learn_unionid(&self, noted: &NotedIdentity) -> Result<bool, Error> {
                let values = arguments![
                    noted.owner.columns(),
                    noted.platform.as_deref(),
                    noted.unionid.as_ref().map(UnionId::expose),
                ];
                Ok(self.affected(sql::LEARN_UNIONID, values).await? > 0)
            }

            async fn find_identity(
                &self,
                appid: &AppId,
                openid: &OpenId,
            ) -> Result<Option<KnownIdentity>, Error> {
                let values = arguments![[appid.as_str(), openid.expose()]];
                let row: Option<IdentityRow> = self.rows(sql::FIND_IDENTITY, values).await?.pop();
                row.map(IdentityRow::identity).transpose()
            }

            async fn identities_of_person(
                &self,
                platform: &str,
                unionid: &UnionId,
            ) -> Result<Vec<KnownIdentity>, Error> {
                let values = arguments![[platform, unionid.expose()]];
                let found = self.rows(sql::IDENTITIES_OF_PERSON, values).await?;
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
                let found = self.rows(sql::SLICE_OF_USERS, values).await?;
                found.into_iter().map(IdentityRow::identity).collect()
            }

            async fn person_of(&self, owner: &Owner) -> Result<Vec<Owner>, Error> {
                let values = arguments![owner.columns()];
                let found: Vec<OwnerRow> = self.rows(sql::PERSON_OF, values).await?;
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
                let written: Vec<WrittenRow> = match self.write_rows(statement, values).await {
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
                let row: Option<RecordRow> = self.rows(sql::GET_RECORD, values).await?.pop();
                row.map(|row| row.record(&id.owner)).transpose()
            }

            async fn delete_record(
                &self,
                id: &RecordId,
                version: Option<Version>,
            ) -> Result<bool, Error> {
                let values = arguments![id.columns(), version.map(|version| version.0)];
                Ok(self.affected(sql::DELETE_RECORD, values).await? > 0)
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
                let found = self.rows(sql::SLICE_OF_RECORDS, values).await?;
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
                let found = self.rows(sql::UNSEEN_USERS, values).await?;
                found.into_iter().map(OwnerRow::owner).collect()
            }

            async fn forget(&self, owner: &Owner, before: u64) -> Result<Option<u64>, Error> {
                self.delete(owner, Some(before)).await
            }

            async fn count_records(&self, owner: &Owner) -> Result<u64, Error> {
                let values = arguments![owner.columns()];
                let count: Vec<(i64,)> = self.rows(sql::COUNT_RECORDS, values).await?;
                let (count,) = count.into_iter().next().ok_or(sqlx::Error::RowNotFound)?;
                rows::count(count, "count")
            }

            async fn create_scan(&self, scan: &Scan) -> Result<(), Error> {
                let values = arguments![
                    scan.columns(),
                    rows::to_column(scan.created_at),
                    rows::to_column(scan.ends_at),
                ];
                let _: Vec<(String,)> = self.write_rows(sql::CREATE_SCAN, values).await?;
                Ok(())
            }

            async fn find_scan(&self, hash: &str) -> Result<Option<Scan>, Error> {
                let row: Option<ScanRow> =
                    self.rows(sql::FIND_SCAN, arguments![[hash]]).await?.pop();
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
                let row: Option<ScanRow> = match self.write_rows(statement, values).await {
                    // Erased in this moment.
                    Err(error) if error.is_foreign_key_violation() => None,
                    other => other?.pop(),
                };
                row.map(ScanRow::scan).transpose()
            }

            async fn changed_scans(&self, since: u64) -> Result<Vec<(String, ScanState)>, Error> {
                let values = arguments![[""; 0], rows::to_column(since)];
                let found: Vec<(String, String)> = self.rows(sql::CHANGED_SCANS, values).await?;
                let read = |(page, state): (String, String)| Ok((page, rows::scan_state(&state)?));
                found.into_iter().map(read).collect()
            }

            async fn delete_scans(&self, now: u64) -> Result<u64, Error> {
                let values = arguments![[""; 0], rows::to_column(now)];
                self.affected(sql::DELETE_SCANS, values).await
            }

            fn pool_status(&self) -> $crate::PoolStatus {
                let idle: usize = self.pools().map(|pool| pool.num_idle()).sum();
                let idle = u32::try_from(idle).unwrap_or(u32::MAX);
                let all: u32 = self.pools().map(|pool| pool.size()).sum();
                $crate::PoolStatus {
                    idle,
                    in_use: all.saturating_sub(idle),
                }
            }

            async fn close(&self) {
                for pool in self.pools() {
                    pool.close().await;
                }
            }

            async fn ping(&self) -> Result<(), Error> {
                let _: Vec<OwnerRow> = self.write_rows(sql::PING, arguments![[""]]).await?;
                Ok(())
            }
        }

        impl $name {
            /// What a statement that changes nothing finds.
            async fn rows<R>(
                &self,
                statement: &'static str,
                values: Arguments,
            ) -> Result<Vec<R>, Error>
            where
                R: for<'r> FromRow<'r, DatabaseRow> + Send + Unpin + 'static,
            {
                let query = sqlx::query_as_with(statement, values);
                let query = query.persistent(self.keeps_statements());
                let read = self.read(move |connection| query.fetch_all(connection).boxed());
                read.await
            }

            /// What a statement that writes answers.
            async fn write_rows<R>(
                &self,
                statement: &'static str,
                values: Arguments,
            ) -> Result<Vec<R>, Error>
            where
                R: for<'r> FromRow<'r, DatabaseRow> + Send + Unpin + 'static,
            {
                let query = sqlx::query_as_with(statement, values);
                let query = query.persistent(self.keeps_statements());
                let write = self.write(move |connection| query.fetch_all(connection).boxed());
                write.await
            }

            /// How many rows a statement changes.
            async fn affected(
                &self,
                statement: &'static str,
                values: Arguments,
            ) -> Result<u64, Error> {
                let query = sqlx::query_with(statement, values);
                let query = query.persistent(self.keeps_statements());
                let write = self.write(move |connection| query.execute(connection).boxed());
                Ok(write.await?.rows_affected())
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
                let _turn = self.turn().await;
                let mut transaction = self.begin(begin).await?;
                let mut values = arguments![owner.columns()];
                let count = sqlx::query_scalar_with(sql::COUNT_RECORDS, values.clone())
                    .persistent(self.keeps_statements());
                let records = rows::count(count.fetch_one(&mut *transaction).await?, "count")?;
                if let Some(before) = unseen {
                    let before = rows::to_column(before);
                    values.add(before).map_err(sqlx::Error::Encode)?;
                }
                let deletion =
                    sqlx::query_with(statement, values).persistent(self.keeps_statements());
                let deleted = match deletion.execute(&mut *transaction).await {
                    // Somebody was writing to the user, who is not unseen then.
                    Err(sqlx::Error::Database(error))
                        if unseen.is_some() && is_conflict(&*error) =>
                    {
                        return Ok(None);
                    }
                    other => other?.rows_affected(),
                };
                transaction.commit().await?;
                Ok((deleted > 0).then_some(records))
            }
        }
    };
}

pub(crate) use {arguments, impl_store};
