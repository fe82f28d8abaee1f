//! Computers that wait for a phone.

use login_store::{Owner, Scan, ScanState, ScanStep, Store};

use crate::samples::{SHOP, XIAOHONG, note, owner, xiaoming};

/// When all of them are over, unless decided.
const END: u64 = 120_000;

fn scan(name: &str) -> Scan {
    Scan {
        id: format!("id{name}"),
        browser: format!("browser{name}"),
        page: format!("page{name}"),
        code: format!("code{name}"),
        account: "shop".to_owned(),
        redirect_uri: "https://shop.example/orders?x=茶".to_owned(),
        login_state: "wl1".to_owned(),
        number: "07".to_owned(),
        client: "Chrome · Windows".to_owned(),
        state: ScanState::Waiting,
        owner: None,
        created_at: 1_000,
        ends_at: END,
    }
}

async fn created(store: &dyn Store, name: &str) -> Scan {
    let scan = scan(name);
    store.create_scan(&scan).await.unwrap();
    scan
}

/// How far it is then, if the step is taken.
async fn step(store: &dyn Store, step: ScanStep<'_>, now: u64) -> Option<ScanState> {
    let after = store.advance_scan(&step, now).await.unwrap();
    after.map(|scan| scan.state)
}

fn claim<'a>(scan: &'a Scan, owner: &'a Owner) -> ScanStep<'a> {
    ScanStep::Claim {
        id: &scan.id,
        owner,
    }
}

fn decide<'a>(scan: &'a Scan, owner: &'a Owner, is_allowed: bool) -> ScanStep<'a> {
    let (id, ends_at) = (&scan.id, END + 60_000);
    ScanStep::Decide {
        id,
        owner,
        is_allowed,
        ends_at,
    }
}

fn redeem<'a>(scan: &'a Scan, verifier: &'a str) -> ScanStep<'a> {
    let (code, browser) = (&scan.code, &scan.browser);
    ScanStep::Redeem {
        code,
        browser,
        verifier,
    }
}

pub(crate) async fn a_scan_goes_on_step_by_step_and_never_back(store: &dyn Store) {
    let owner = xiaoming(store).await;
    let new = created(store, "1").await;
    created(store, "2").await;
    assert_eq!(store.find_scan(&new.id).await.unwrap().as_ref(), Some(&new));
    assert_eq!(
        store.find_scan(&new.page).await.unwrap().as_ref(),
        Some(&new)
    );
    assert_eq!(store.find_scan(&new.code).await.unwrap(), None);
    assert_eq!(store.changed_scans(0).await.unwrap(), []);

    for early in [decide(&new, &owner, true), redeem(&new, "v")] {
        assert_eq!(step(store, early, 2_000).await, None, "{early:?}");
    }
    let seen = Some(ScanState::Seen);
    assert_eq!(step(store, claim(&new, &owner), 3_000).await, seen);
    // The phone loads its page again, which is no news.
    assert_eq!(step(store, claim(&new, &owner), 4_000).await, seen);
    assert_eq!(step(store, redeem(&new, "v"), 4_000).await, None);
    let changed = [(new.page.clone(), ScanState::Seen)];
    assert_eq!(store.changed_scans(3_000).await.unwrap(), changed);
    assert_eq!(store.changed_scans(3_001).await.unwrap(), []);

    let allowed = store
        .advance_scan(&decide(&new, &owner, true), 5_000)
        .await
        .unwrap();
    let expected = Scan {
        state: ScanState::Allowed,
        owner: Some(owner.clone()),
        ends_at: END + 60_000,
        ..new.clone()
    };
    assert_eq!(allowed, Some(expected));
    for late in [
        claim(&new, &owner),
        decide(&new, &owner, true),
        decide(&new, &owner, false),
    ] {
        assert_eq!(step(store, late, 6_000).await, None, "{late:?}");
    }
    let changed = [(new.page.clone(), ScanState::Allowed)];
    assert_eq!(store.changed_scans(5_000).await.unwrap(), changed);
    // Only one has gone on.
    let other = store.find_scan("id2").await.unwrap();
    assert_eq!(other, Some(scan("2")));
}

pub(crate) async fn the_first_phone_has_it_and_no_other_decides(store: &dyn Store) {
    let (first, second) = (xiaoming(store).await, owner(SHOP, XIAOHONG));
    note(store, &second, None, None).await;
    let scan = created(store, "1").await;
    assert_eq!(
        step(store, claim(&scan, &first), 2_000).await,
        Some(ScanState::Seen)
    );
    assert_eq!(step(store, claim(&scan, &second), 2_000).await, None);
    assert_eq!(step(store, decide(&scan, &second, true), 2_000).await, None);
    let refused = step(store, decide(&scan, &first, false), 2_000).await;
    assert_eq!(refused, Some(ScanState::Refused));
    assert_eq!(step(store, redeem(&scan, "v"), 2_000).await, None);

    // At the same moment, too.
    let scan = created(store, "2").await;
    let (one, other) = futures_util::future::join(
        step(store, claim(&scan, &first), 2_000),
        step(store, claim(&scan, &second), 2_000),
    )
    .await;
    assert_ne!(one, other);
}

pub(crate) async fn a_code_is_taken_by_one_verifier_in_the_browser_that_asked(store: &dyn Store) {
    let owner = xiaoming(store).await;
    let scan = created(store, "1").await;
    step(store, claim(&scan, &owner), 2_000).await;
    step(store, decide(&scan, &owner, true), 3_000).await;
    let elsewhere = ScanStep::Redeem {
        code: &scan.code,
        browser: "another",
        verifier: "v",
    };
    assert_eq!(step(store, elsewhere, 4_000).await, None);
    let redeemed = Some(ScanState::Redeemed);
    assert_eq!(step(store, redeem(&scan, "v"), 4_000).await, redeemed);
    assert_eq!(step(store, redeem(&scan, "w"), 5_000).await, None);
    assert_eq!(
        step(store, redeem(&scan, "v"), END + 59_999).await,
        redeemed
    );
    assert_eq!(step(store, redeem(&scan, "v"), END + 60_000).await, None);
}

pub(crate) async fn a_scan_that_is_over_does_nothing_more_and_goes(store: &dyn Store) {
    let owner = xiaoming(store).await;
    let scan = created(store, "1").await;
    assert_eq!(step(store, claim(&scan, &owner), END).await, None);
    let last = step(store, claim(&scan, &owner), END - 1).await;
    assert_eq!(last, Some(ScanState::Seen));
    assert_eq!(step(store, decide(&scan, &owner, true), END).await, None);
    assert_eq!(store.delete_scans(END - 1).await.unwrap(), 0);
    assert_eq!(store.delete_scans(END).await.unwrap(), 1);
    assert_eq!(store.find_scan(&scan.id).await.unwrap(), None);
}

pub(crate) async fn an_erased_user_takes_the_scans_along(store: &dyn Store) {
    let owner = xiaoming(store).await;
    let [theirs, other] = [created(store, "1").await, created(store, "2").await];
    step(store, claim(&theirs, &owner), 2_000).await;
    assert_eq!(store.erase(&owner).await.unwrap(), Some(0));
    assert_eq!(store.find_scan(&theirs.id).await.unwrap(), None);
    assert_eq!(
        store.find_scan(&other.id).await.unwrap().as_ref(),
        Some(&other)
    );
    // Whoever is gone claims nothing.
    assert_eq!(step(store, claim(&other, &owner), 2_000).await, None);
}
