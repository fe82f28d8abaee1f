use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::Semaphore;

use super::*;
use crate::login::clock::ManualClock;

struct Fixture {
    flights: SingleFlight<usize, usize>,
    clock: Arc<ManualClock>,
    runs: Arc<AtomicUsize>,
    gate: Arc<Semaphore>,
    told: Mutex<Vec<Joined>>,
}

fn restored<T: Copy>(found: Found<'_, T>) -> Option<T> {
    match found {
        Found::AsIs(outcome) => Some(*outcome),
        Found::Packed { .. } => None,
    }
}

impl Fixture {
    /// With as many permits as runs may finish at once.
    fn new(permits: usize) -> Self {
        Self::keeping(permits, |run, _| Keep::AsIs(*run))
    }

    fn keeping(permits: usize, keep: fn(&usize, &[u8]) -> Keep<usize>) -> Self {
        let clock = Arc::new(ManualClock::at(1_800_000_000));
        Self {
            flights: SingleFlight::new(clock.clone(), keep),
            clock,
            runs: Arc::default(),
            gate: Arc::new(Semaphore::new(permits)),
            told: Mutex::default(),
        }
    }

    /// Shares work that answers how many runs there were, itself included.
    async fn share(&self, code: &str, verifier: char) -> Result<usize, FlightError> {
        let (runs, gate) = (self.runs.clone(), self.gate.clone());
        let work = async move {
            let run = runs.fetch_add(1, Ordering::SeqCst) + 1;
            let _permit = gate.acquire().await;
            run
        };
        let appid = AppId::parse("wx00000000000000a1").unwrap();
        let code = AuthCode::parse(code).unwrap();
        let verifier = Verifier::parse(&verifier.to_string().repeat(32)).unwrap();
        let tell = |joined| self.told.lock().unwrap().push(joined);
        self.flights
            .share(&appid, &code, &verifier, work, restored, tell)
            .await
    }

    fn runs(&self) -> usize {
        self.runs.load(Ordering::SeqCst)
    }
}

#[tokio::test]
async fn who_asks_is_told_apart() {
    let fixture = Fixture::new(0);
    let [first, second] = ['a', 'a'].map(|verifier| fixture.share("code", verifier));
    let stranger = fixture.share("code", 'b');
    let open = async { fixture.gate.add_permits(1) };
    let _ = tokio::join!(first, second, stranger, open);
    let _ = fixture.share("code", 'a').await;
    let _ = fixture.share("code", 'b').await;
    assert_eq!(
        *fixture.told.lock().unwrap(),
        [
            Joined::First,
            Joined::Waited,
            Joined::Stranger,
            Joined::Kept,
            Joined::Stranger
        ]
    );
}

#[tokio::test]
async fn outcomes_are_kept_for_the_life_of_a_code_and_then_forgotten() {
    let fixture = Fixture::new(1);
    assert_eq!(fixture.share("code", 'a').await, Ok(1));
    fixture.clock.advance(Duration::from_secs(299));
    assert_eq!(fixture.share("code", 'a').await, Ok(1));
    fixture.clock.advance(Duration::from_secs(1));
    assert_eq!(fixture.share("code", 'a').await, Ok(2));
    assert_eq!(fixture.runs(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_crowd_at_the_same_moment_causes_one_run() {
    let fixture = Arc::new(Fixture::new(0));
    let ask = |fixture: Arc<Fixture>| async move { fixture.share("code", 'a').await };
    let crowd: Vec<_> = (0..100)
        .map(|_| tokio::spawn(ask(fixture.clone())))
        .collect();
    fixture.gate.add_permits(1);
    for one in crowd {
        assert_eq!(one.await.unwrap(), Ok(1));
    }
    assert_eq!(fixture.runs(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_is_not_worth_keeping_is_done_again() {
    let fixture = Fixture::keeping(1, |_, _| Keep::Not);
    for run in 1..=100 {
        assert_eq!(fixture.share("code", 'a').await, Ok(run));
    }
}

#[tokio::test]
async fn a_panic_is_reported_instead_of_waited_for_and_the_code_not_tried_again() {
    let clock = Arc::new(ManualClock::at(1_800_000_000));
    let flights: SingleFlight<(), ()> = SingleFlight::new(clock, |(), _| Keep::AsIs(()));
    let appid = AppId::parse("wx00000000000000a1").unwrap();
    let code = AuthCode::parse("code").unwrap();
    let verifier = Verifier::parse(&"a".repeat(32)).unwrap();
    for _ in 0..2 {
        let work = async { panic!("the work panics, as this test wants") };
        let shared = flights
            .share(&appid, &code, &verifier, work, restored, |_| {})
            .await;
        assert_eq!(shared, Err(FlightError::Interrupted));
    }
    assert_eq!(flights.in_flight().count(), 0);
}
