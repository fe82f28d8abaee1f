//! A callback that a phone delivers twice at the same moment, as Android does: what the two loads of the page hear.

use api_types::{ErrorCode, ExchangeRequest};
use futures_util::future::join;

use crate::phone::Shown;
use crate::replicas::site::{Options, Site};

const PEOPLE: usize = 10;
const LOGINS: usize = 60;

/// How many of the doubled callbacks were answered alike; the others, by a session and by `code_used`.
async fn answered_alike(sticky: bool) -> (usize, usize) {
    let site = Site::start(&Options {
        sticky,
        people: PEOPLE,
        ..Options::default()
    })
    .await;
    let (mut alike, mut one_used) = (0, 0);
    for number in 0..LOGINS {
        let phone = site.phone(PEOPLE);
        let Shown::Leaving(page) = phone.load(None).await else {
            panic!("nobody is asked to log in");
        };
        let callback = phone.authorize(page).await.unwrap();
        let code = callback.query_pairs().find(|(name, _)| name == "code");
        let request = ExchangeRequest {
            account: "shop".to_owned(),
            code: code.unwrap().1.into_owned(),
            verifier: format!("{number:032}"),
            website: false,
            application: None,
        };
        match join(phone.post(&request), phone.post(&request)).await {
            (Ok(one), Ok(other)) => alike += usize::from(one == other),
            (Ok(_), Err(failure)) | (Err(failure), Ok(_))
                if failure.code() == Some(ErrorCode::CodeUsed) =>
            {
                one_used += 1;
            }
            (one, other) => panic!("{:?} {:?}", one.err(), other.err()),
        }
    }
    let mut requests = site.simulator.requests();
    requests.retain(|request| request.path == "/sns/oauth2/access_token");
    assert_eq!(requests.len(), LOGINS + one_used, "codes sent to WeChat");
    (alike, one_used)
}

#[tokio::test]
async fn a_doubled_callback_meets_the_replica_that_knows_its_code() {
    assert_eq!(answered_alike(true).await, (LOGINS, 0));
}

#[tokio::test]
async fn without_the_hash_a_doubled_callback_meets_replicas_that_know_nothing() {
    let (alike, one_used) = answered_alike(false).await;
    println!("{one_used} of {} answered code_used", alike + one_used);
    assert!(one_used > 0);
}
