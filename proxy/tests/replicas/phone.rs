//! A phone with the app: what the browser does for one login and for the records after it, failures included.
//!
//! `frontend/src/auth/flow.rs` is the original; `frontend/src/wechat/recovery.rs` says what a failure means.

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicU32, Ordering};

use api_types::{ApiErrorBody, ErrorCode, Session};
use reqwest::header::{LOCATION, SET_COOKIE};
use reqwest::{Client, Method, RequestBuilder, Response, Url};
use serde_json::{Value, json};

use crate::site::{ANSWERED_BY, APPID, CALLER, Site, person};

/// How often the app goes to WeChat by itself, first time included.
const AUTOMATIC_ATTEMPTS: u32 = 2;
/// How often a person taps "try again" before giving up: whoever has to is lost.
const MOST_TAPS: u32 = 5;

/// A browser that was never here before.
pub(crate) struct Phone {
    client: Client,
    nginx: SocketAddr,
    simulator: String,
    person: String,
    openid: String,
    address: Ipv4Addr,
    /// Makes states, verifiers and keys of records unique.
    number: u32,
}

/// How a login went.
#[derive(Debug, Default)]
pub(crate) struct Login {
    /// Times the app went to WeChat once more without anybody noticing.
    pub(crate) restarts: u32,
    /// Times the app showed an error and the person tapped "try again".
    pub(crate) taps: u32,
    /// What went wrong on the way.
    pub(crate) failures: Vec<Failure>,
    /// The session's cookie, name and value; none if the login was given up.
    pub(crate) cookie: Option<String>,
    /// Who the session says is signed in.
    pub(crate) openid: String,
    /// The address of the replica that signed the person in.
    pub(crate) replica: String,
}

/// Why the app got nothing to work with; as the app tells them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Failure {
    /// The proxy's own words.
    Refused(ErrorCode),
    /// Somebody else answered: nginx, with this status.
    Garbled(u16),
    /// Nobody answered.
    Unreachable,
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(code) => formatter.write_str(code.as_str()),
            Self::Garbled(status) => write!(formatter, "nginx's {status}"),
            Self::Unreachable => formatter.write_str("no answer"),
        }
    }
}

impl Phone {
    /// Of one of the site's people, at an address of its own.
    pub(crate) fn new(site: &Site, people: usize) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let person = person(number as usize % people);
        Self {
            client: site.client.clone(),
            nginx: site.nginx.address,
            simulator: site.simulator.base_url(),
            openid: site.simulator.openid(APPID, &person),
            person,
            address: Ipv4Addr::from_bits(u32::from(Ipv4Addr::new(10, 0, 0, 0)) + number),
            number,
        }
    }

    /// Who holds the phone, as the account knows the person.
    pub(crate) fn openid(&self) -> &str {
        &self.openid
    }

    /// Opens the app and does what it does until somebody is signed in.
    pub(crate) async fn log_in(&self) -> Login {
        let mut login = Login::default();
        loop {
            for attempt in 1..=AUTOMATIC_ATTEMPTS {
                // What index.html preloads.
                let _ = self.request(Method::GET, "/api/bootstrap").send().await;
                let verifier = format!("{:032}", self.number);
                let code = self.authorize().await;
                match self.post(&code, &verifier).await {
                    Ok((session, cookie, replica)) => {
                        login.openid = session.openid;
                        login.cookie = Some(cookie);
                        login.replica = replica;
                        return login;
                    }
                    Err(failure) => {
                        login.failures.push(failure);
                        if !is_spent(failure) || attempt == AUTOMATIC_ATTEMPTS {
                            break;
                        }
                        // Asked first: another load of the page may have signed in. Here none has.
                        let _ = self.request(Method::GET, "/api/session").send().await;
                        login.restarts += 1;
                    }
                }
            }
            if login.taps == MOST_TAPS {
                return login;
            }
            login.taps += 1;
        }
    }

    /// Goes to WeChat's authorize page and comes back with a code.
    pub(crate) async fn authorize(&self) -> String {
        let state = format!("{:032}", self.number);
        let parameters = [
            ("appid", APPID),
            ("redirect_uri", &format!("http://{}/", self.nginx)),
            ("response_type", "code"),
            ("scope", "snsapi_base"),
            ("state", &state),
        ];
        let page = format!("{}/connect/oauth2/authorize", self.simulator);
        let answer = self
            .client
            .get(Url::parse_with_params(&page, parameters).unwrap())
            .header("Cookie", format!("wechat_simulator_person={}", self.person))
            .send()
            .await
            .unwrap();
        let location = answer.headers()[LOCATION].to_str().unwrap();
        let callback = Url::parse(location).unwrap();
        let parameter = |wanted: &str| {
            let mut pairs = callback.query_pairs();
            pairs.find_map(|(name, value)| (name == wanted).then(|| value.into_owned()))
        };
        assert_eq!(parameter("state"), Some(state));
        parameter("code").unwrap()
    }

    /// Sends the code, and gives the session, its cookie, and which replica answered.
    pub(crate) async fn post(
        &self,
        code: &str,
        verifier: &str,
    ) -> Result<(Session, String, String), Failure> {
        let answer = self
            .request(Method::POST, "/api/session")
            .json(&json!({ "account": "shop", "code": code, "verifier": verifier }))
            .send()
            .await
            .map_err(|_| Failure::Unreachable)?;
        let header = |name: &str| Some(answer.headers().get(name)?.to_str().ok()?.to_owned());
        let cookie = header(SET_COOKIE.as_str())
            .and_then(|cookie| Some(cookie.split_once(';')?.0.to_owned()));
        let replica = header(ANSWERED_BY).unwrap_or_default();
        if !answer.status().is_success() {
            return Err(failure(answer).await);
        }
        if let Some((_, value)) = cookie.as_ref().and_then(|it| it.split_once('=')) {
            suite_log::must_not_be_logged([value]);
        }
        let status = answer.status().as_u16();
        let session = answer.json().await.map_err(|_| Failure::Unreachable)?;
        Ok((session, cookie.ok_or(Failure::Garbled(status))?, replica))
    }

    /// Writes a record of the person signed in; which says that it is kept from now on.
    pub(crate) async fn put_record(
        &self,
        cookie: &str,
        key: &str,
        value: &Value,
    ) -> Result<(), Failure> {
        let answer = self
            .request(Method::PUT, &format!("/api/records/draft/{key}"))
            .header("Cookie", cookie)
            .json(value)
            .send()
            .await
            .map_err(|_| Failure::Unreachable)?;
        if answer.status().is_success() {
            Ok(())
        } else {
            Err(failure(answer).await)
        }
    }

    /// A key that no other record has.
    pub(crate) fn key(&self, record: usize) -> String {
        format!("{}-{record}", self.number)
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client
            .request(method, format!("http://{}{path}", self.nginx))
            .header(CALLER, self.address.to_string())
    }
}

/// Whether the code is worth nothing any more, so that the app begins once more by itself.
fn is_spent(failure: Failure) -> bool {
    matches!(
        failure,
        Failure::Refused(ErrorCode::CodeUsed | ErrorCode::CodeExpired)
    )
}

async fn failure(answer: Response) -> Failure {
    let status = answer.status().as_u16();
    match answer.json::<ApiErrorBody>().await {
        Ok(body) => Failure::Refused(body.error.code),
        Err(_) => Failure::Garbled(status),
    }
}
