use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions};
use tempfile::TempDir;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::*;

struct Fixture {
    writes: GroupCommit,
    pool: SqlitePool,
    _folder: TempDir,
}

impl Fixture {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let options = SqliteConnectOptions::new()
            .filename(folder.path().join("database"))
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal);
        let pool = SqlitePoolOptions::new().max_connections(2);
        let pool = pool.connect_with(options).await.unwrap();
        sqlx::query("CREATE TABLE one (number INTEGER PRIMARY KEY)")
            .execute(&pool)
            .await
            .unwrap();
        Self {
            writes: GroupCommit::new(pool.clone()),
            pool,
            _folder: folder,
        }
    }

    /// A write that is under way until the sender is used, so that what comes meanwhile has to wait.
    async fn block(&self) -> (oneshot::Sender<()>, JoinHandle<Result<(), Error>>) {
        let (begin, begun) = oneshot::channel();
        let (go_on, gate) = oneshot::channel();
        let writes = self.writes.clone();
        let blocked = tokio::spawn(async move {
            let write = writes.write(|_| {
                Box::pin(async move {
                    begin.send(()).unwrap();
                    gate.await.unwrap();
                    Ok(())
                })
            });
            write.await
        });
        begun.await.unwrap();
        (go_on, blocked)
    }

    /// Begins to run a statement and waits until it is waiting.
    async fn queue(&self, statement: &'static str) -> JoinHandle<Result<(), Error>> {
        let waiting = self.waiting();
        let writes = self.writes.clone();
        let task = tokio::spawn(async move { write(&writes, statement).await });
        self.until_waiting(waiting + 1).await;
        task
    }

    fn waiting(&self) -> usize {
        WAITING - self.writes.writes.capacity()
    }

    async fn until_waiting(&self, count: usize) {
        while self.waiting() != count {
            tokio::task::yield_now().await;
        }
    }

    async fn numbers(&self) -> Vec<i64> {
        let numbers = sqlx::query_scalar("SELECT number FROM one ORDER BY number");
        numbers.fetch_all(&self.pool).await.unwrap()
    }
}

async fn write(writes: &GroupCommit, statement: &'static str) -> Result<(), Error> {
    let write = writes.write(move |connection| {
        Box::pin(async move { sqlx::query(statement).execute(connection).await.map(drop) })
    });
    write.await
}

#[tokio::test]
async fn what_waits_is_one_transaction_and_nobody_is_answered_before_its_end() {
    let fixture = Fixture::new().await;
    let (go_on, blocked) = fixture.block().await;
    let first = fixture.queue("INSERT INTO one VALUES (1)").await;
    // Looks from outside while the transaction is open.
    let pool = fixture.pool.clone();
    let writes = fixture.writes.clone();
    let look = tokio::spawn(async move {
        let write = writes.write(move |_| {
            let count = sqlx::query_scalar::<_, i64>("SELECT count(*) FROM one");
            Box::pin(async move { count.fetch_one(&pool).await })
        });
        write.await
    });
    fixture.until_waiting(2).await;
    let third = fixture.queue("INSERT INTO one VALUES (3)").await;
    assert!(!first.is_finished());
    go_on.send(()).unwrap();
    blocked.await.unwrap().unwrap();
    assert_eq!(look.await.unwrap().unwrap(), 0, "written before its turn");
    first.await.unwrap().unwrap();
    third.await.unwrap().unwrap();
    assert_eq!(fixture.numbers().await, [1, 3]);
}

#[tokio::test]
async fn a_refused_row_leaves_the_others_as_they_are() {
    let fixture = Fixture::new().await;
    write(&fixture.writes, "INSERT INTO one VALUES (1)")
        .await
        .unwrap();
    let (go_on, _blocked) = fixture.block().await;
    let before = fixture.queue("INSERT INTO one VALUES (2)").await;
    let refused = fixture.queue("INSERT INTO one VALUES (1)").await;
    let after = fixture.queue("INSERT INTO one VALUES (3)").await;
    go_on.send(()).unwrap();
    before.await.unwrap().unwrap();
    after.await.unwrap().unwrap();
    assert!(refused.await.unwrap().is_err());
    assert_eq!(fixture.numbers().await, [1, 2, 3]);
}

#[tokio::test]
async fn where_the_database_fails_nothing_is_changed_and_the_next_write_succeeds() {
    let fixture = Fixture::new().await;
    let (go_on, _blocked) = fixture.block().await;
    let before = fixture.queue("INSERT INTO one VALUES (1)").await;
    let failing = fixture.queue("INSERT INTO nowhere VALUES (1)").await;
    let after = fixture.queue("INSERT INTO one VALUES (2)").await;
    go_on.send(()).unwrap();
    let told = failing.await.unwrap().unwrap_err().to_string();
    assert!(told.contains("nowhere"), "{told}");
    for other in [before, after] {
        let told = other.await.unwrap().unwrap_err().to_string();
        assert!(told.contains("another write"), "{told}");
    }
    assert!(fixture.numbers().await.is_empty());
    let (go_on, _blocked) = fixture.block().await;
    let one = fixture.queue("INSERT INTO one VALUES (3)").await;
    let other = fixture.queue("INSERT INTO one VALUES (4)").await;
    go_on.send(()).unwrap();
    one.await.unwrap().unwrap();
    other.await.unwrap().unwrap();
    assert_eq!(fixture.numbers().await, [3, 4]);
}

#[tokio::test]
async fn a_caller_that_goes_away_takes_nothing_along() {
    let fixture = Fixture::new().await;
    let (go_on, _blocked) = fixture.block().await;
    let gone = fixture.queue("INSERT INTO one VALUES (1)").await;
    gone.abort();
    assert!(gone.await.unwrap_err().is_cancelled());
    let other = fixture.queue("INSERT INTO one VALUES (2)").await;
    go_on.send(()).unwrap();
    other.await.unwrap().unwrap();
    assert_eq!(fixture.numbers().await, [1, 2]);
}

#[tokio::test]
async fn nothing_is_written_while_a_transaction_has_its_turn() {
    let fixture = Fixture::new().await;
    let turn = fixture.writes.turn().await;
    let writes = fixture.writes.clone();
    let waiting = tokio::spawn(async move { write(&writes, "INSERT INTO one VALUES (1)").await });
    let mut transaction = fixture.pool.begin_with("BEGIN IMMEDIATE").await.unwrap();
    sqlx::query("INSERT INTO one VALUES (2)")
        .execute(&mut *transaction)
        .await
        .unwrap();
    assert!(!waiting.is_finished());
    transaction.commit().await.unwrap();
    assert_eq!(fixture.numbers().await, [2]);
    drop(turn);
    waiting.await.unwrap().unwrap();
    assert_eq!(fixture.numbers().await, [1, 2]);
}
