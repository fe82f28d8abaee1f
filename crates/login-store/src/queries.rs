//! [`Store`](super::Store), written once and compiled for both databases.
//!
//! A macro and not a generic: the bounds sqlx asks of a generic pool are longer than all that stands here.

/// Implements [`Store`](super::Store) for a type with a field `pool` and the methods `write` and `turn`.
///
/// Whatever writes is read to the end: on SQLite the first row of `RETURNING` arrives before the commit, and what is
/// answered on it could still be lost.
macro_rules! impl_store {
    ($name:ident) => {
        #[async_trait::async_trait]
        impl $crate::Store for $name {
            async fn upsert_identity(&self, seen: &SeenIdentity) -> Result<KnownIdentity, Error> {
                let seen = seen.clone();
                let write = self.write(move |connection| {
                    Box::pin(async move {
                        let profile = seen.profile.as_ref();
                        sqlx::query_as(sql::UPSERT_IDENTITY)
                            .bind(seen.appid.as_str())
                            .bind(seen.openid.expose())
                            .bind(seen.platform.as_deref())
                            .bind(seen.unionid.as_ref().map(UnionId::expose))
                            .bind(seen.scope.as_str())
                            .bind(profile.map(|profile| profile.nickname.as_str()))
                            .bind(profile.map(|profile| profile.headimgurl.as_str()))
                            .bind(rows::to_column(seen.seen_at))
                            .fetch_all(connection)
                            .await
                    })
                });
                let written: Vec<IdentityRow> = write.await?;
                rows::the_identity(written)
            }

            async fn note_identity(&self, noted: &NotedIdentity) -> Result<KnownIdentity, Error> {
                let noted = noted.clone();
                let write = self.write(move |connection| {
                    Box::pin(async move {
                        sqlx::query_as(sql::NOTE_IDENTITY)
                            .bind(noted.owner.appid.as_str())
                            .bind(noted.owner.openid.expose())
                            .bind(noted.platform.as_deref())
                            .bind(noted.unionid.as_ref().map(UnionId::expose))
                            .bind(rows::to_column(noted.noted_at))
                            .fetch_all(connection)
                            .await
                    })
                });
                let written: Vec<IdentityRow> = write.await?;
                rows::the_identity(written)
            }

            async fn find_identity(
                &self,
                appid: &AppId,
                openid: &OpenId,
            ) -> Result<Option<KnownIdentity>, Error> {
                let row: Option<IdentityRow> = sqlx::query_as(sql::FIND_IDENTITY)
                    .bind(appid.as_str())
                    .bind(openid.expose())
                    .fetch_optional(&self.pool)
                    .await?;
                row.map(IdentityRow::identity).transpose()
            }

            async fn person_of(&self, owner: &Owner) -> Result<Vec<Owner>, Error> {
                let found: Vec<OwnerRow> = sqlx::query_as(sql::PERSON_OF)
                    .bind(owner.appid.as_str())
                    .bind(owner.openid.expose())
                    .fetch_all(&self.pool)
                    .await?;
                let owners = found.into_iter().map(OwnerRow::owner);
                let mut owners: Vec<Owner> = owners.collect::<Result<_, _>>()?;
                if !owners.contains(owner) {
                    owners.push(owner.clone());
                }
                owners.sort_by(|one, other| one.rank().cmp(&other.rank()));
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
                let own = draft.clone();
                let write = self.write(move |connection| {
                    Box::pin(async move {
                        let id = &own.id;
                        sqlx::query_as(statement)
                            .bind(id.owner.appid.as_str())
                            .bind(id.owner.openid.expose())
                            .bind(id.kind.as_str())
                            .bind(id.key.as_str())
                            .bind(own.value.as_str())
                            .bind(version.map(|version| version.0))
                            .bind(rows::to_column(own.written_at))
                            .fetch_all(connection)
                            .await
                    })
                });
                let written: Vec<WrittenRow> = match write.await {
                    Err(error) if error.is_foreign_key_violation() => {
                        return Ok(Written::UnknownOwner);
                    }
                    other => other?,
                };
                let Some(row) = written.into_iter().next() else {
                    return Ok(Written::Conflict);
                };
                let record = row.record(draft.id.clone(), draft.value.clone())?;
                Ok(if record.version == fresh {
                    Written::Created(record)
                } else {
                    Written::Replaced(record)
                })
            }

            async fn get_record(&self, id: &RecordId) -> Result<Option<StoredRecord>, Error> {
                let row: Option<RecordRow> = sqlx::query_as(sql::GET_RECORD)
                    .bind(id.owner.appid.as_str())
                    .bind(id.owner.openid.expose())
                    .bind(id.kind.as_str())
                    .bind(id.key.as_str())
                    .fetch_optional(&self.pool)
                    .await?;
                row.map(|row| row.record(&id.owner)).transpose()
            }

            async fn delete_record(
                &self,
                id: &RecordId,
                version: Option<Version>,
            ) -> Result<bool, Error> {
                let id = id.clone();
                let write = self.write(move |connection| {
                    Box::pin(async move {
                        sqlx::query(sql::DELETE_RECORD)
                            .bind(id.owner.appid.as_str())
                            .bind(id.owner.openid.expose())
                            .bind(id.kind.as_str())
                            .bind(id.key.as_str())
                            .bind(version.map(|version| version.0))
                            .execute(connection)
                            .await
                    })
                });
                Ok(write.await?.rows_affected() > 0)
            }

            async fn slice_of_records(
                &self,
                slice: &Slice<'_>,
            ) -> Result<Vec<StoredRecord>, Error> {
                let (kind, key) = slice.kind_and_key;
                let found: Vec<RecordRow> = sqlx::query_as(sql::SLICE_OF_RECORDS)
                    .bind(slice.owner.appid.as_str())
                    .bind(slice.owner.openid.expose())
                    .bind(slice.above)
                    .bind(slice.upto)
                    .bind(kind)
                    .bind(key)
                    .bind(slice.kind.map(RecordKind::as_str))
                    .bind(i64::from(slice.limit))
                    .fetch_all(&self.pool)
                    .await?;
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
                let (appid, openid) = after.map_or(("", ""), |owner| {
                    (owner.appid.as_str(), owner.openid.expose())
                });
                let found: Vec<OwnerRow> = sqlx::query_as(sql::UNSEEN_USERS)
                    .bind(appid)
                    .bind(openid)
                    .bind(rows::to_column(before))
                    .fetch_all(&self.pool)
                    .await?;
                found.into_iter().map(OwnerRow::owner).collect()
            }

            async fn forget(&self, owner: &Owner, before: u64) -> Result<Option<u64>, Error> {
                self.delete(owner, Some(before)).await
            }

            async fn count_records(&self, owner: &Owner) -> Result<u64, Error> {
                let records: i64 = sqlx::query_scalar(sql::COUNT_RECORDS)
                    .bind(owner.appid.as_str())
                    .bind(owner.openid.expose())
                    .fetch_one(&self.pool)
                    .await?;
                rows::count(records, "count")
            }

            fn pool_status(&self) -> $crate::PoolStatus {
                let idle = u32::try_from(self.pool.num_idle()).unwrap_or(u32::MAX);
                $crate::PoolStatus {
                    idle,
                    in_use: self.pool.size().saturating_sub(idle),
                }
            }

            async fn close(&self) {
                self.pool.close().await;
            }

            async fn ping(&self) -> Result<(), Error> {
                sqlx::query(sql::PING).execute(&self.pool).await?;
                Ok(())
            }
        }

        impl $name {
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
                let mut transaction = self.pool.begin_with(begin).await?;
                let records: i64 = sqlx::query_scalar(sql::COUNT_RECORDS)
                    .bind(owner.appid.as_str())
                    .bind(owner.openid.expose())
                    .fetch_one(&mut *transaction)
                    .await?;
                let mut deletion = sqlx::query(statement)
                    .bind(owner.appid.as_str())
                    .bind(owner.openid.expose());
                if let Some(before) = unseen {
                    deletion = deletion.bind(rows::to_column(before));
                }
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
                Ok((deleted > 0).then_some(rows::count(records, "count")?))
            }
        }
    };
}

pub(crate) use impl_store;
