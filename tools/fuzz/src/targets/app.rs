//! What the app reads: its own address, the browser's storage, the name of the browser.

use api_types::Scope;
use reqwest::Url;

use crate::ours::{self, *};
use crate::{lines, text};

const WECHAT: &str = "https://open.weixin.qq.com";
const SITE: &str = "https://shop.example";
/// When all of this happens; the states in the corpus are of a second before.
const NOW: u64 = 2_000;

/// Whatever the app is given, the address it sends a browser to is WeChat's page with exactly WeChat's parameters.
///
/// Input, by lines: appid, state, `redirect_uri`.
pub(super) fn authorize_url(input: &[u8]) {
    let input = text(input);
    let [appid, state, redirect_uri] = lines(&input);
    for scope in Scope::ALL {
        let built = ours::authorize_url(&AuthorizeRequest {
            base: WECHAT,
            appid,
            redirect_uri,
            scope,
            state,
        });
        let url = Url::parse(&built).unwrap();
        assert_eq!(url.as_str(), built, "another reader would change it");
        assert_eq!(url.origin().ascii_serialization(), WECHAT);
        assert_eq!(url.fragment(), Some("wechat_redirect"));
        let path = match scope {
            Scope::Login => "/connect/qrconnect",
            Scope::Base | Scope::Userinfo => "/connect/oauth2/authorize",
        };
        assert_eq!(url.path(), path);
        let read: Vec<(String, String)> = url.query_pairs().into_owned().collect();
        let expected = [
            ("appid", appid),
            ("redirect_uri", redirect_uri),
            ("response_type", "code"),
            ("scope", scope.as_str()),
            ("state", state),
        ];
        assert_eq!(
            read,
            expected.map(|(name, value)| (name.to_owned(), value.to_owned()))
        );
    }
}

/// What a page with this query shows, and what is left of the query.
fn take(search: &str, now: u64, known: impl FnMut(&str) -> Option<PendingLogin<String>>) -> Taken {
    let local = format!("/{search}");
    let mut all: Vec<Option<&str>> = ours::pairs(&local).map(Some).collect();
    let arrival = arrive(&local, &mut all, now, known);
    let mut shown = String::new();
    let return_to = arrival.pending.as_ref().map(|it| it.return_to.as_str());
    arrival.write_address(return_to, &mut shown).unwrap();
    let callback = arrival.callback.map(str::to_owned);
    if callback == Callback::None {
        assert_eq!(shown, "");
        shown.clone_from(&local);
    }
    let search = shown.strip_prefix('/').unwrap().to_owned();
    let pending = arrival.pending;
    Taken {
        callback,
        pending,
        search,
    }
}

struct Taken {
    callback: Callback<String>,
    pending: Option<PendingLogin<String>>,
    search: String,
}

/// As browsers give it: without a fragment, with its `?` or empty.
fn as_search(text: &str) -> String {
    match text.replace('#', "") {
        search if search.is_empty() || search.starts_with('?') => search,
        search => format!("?{search}"),
    }
}

/// Whatever a page's query is, the answers to logins of ours leave it and everything else stays.
///
/// Input: `location.search`.
pub(super) fn callback(input: &[u8]) {
    let search = as_search(&text(input));
    let taken = take(&search, NOW, |_| None);
    assert!(taken.pending.is_none());
    let (before, after) = (pairs(&search), pairs(&taken.search));
    let ours = before.iter().filter(|pair| is_ours(pair)).count();
    assert!(!after.iter().any(|pair| is_ours(pair)), "one stayed");
    // Nothing but ours goes, each with one code at most, and what stays keeps its order and its bytes.
    let mut gone = before.clone();
    for pair in &after {
        let at = gone.iter().position(|it| it == pair).unwrap();
        gone.remove(at);
    }
    gone.retain(|pair| !pair.is_empty());
    let codes = gone.iter().filter(|it| it.starts_with("code=")).count();
    assert!(codes <= ours && gone.len() == ours + codes, "{gone:?}");
    let mut rest = before.iter();
    assert!(after.iter().all(|pair| rest.any(|it| it == pair)));
    match &taken.callback {
        Callback::None => assert!(ours == 0 && taken.search == search),
        Callback::Granted { code, state } => {
            assert!(!code.is_empty() && gone.contains(&format!("code={code}").as_str()));
            assert!(gone.contains(&format!("state={state}").as_str()));
        }
        Callback::Refused { state } => {
            assert!(gone.contains(&format!("state={state}").as_str()));
        }
    }
    assert!(ours == 0 || taken.search.is_empty() || taken.search.starts_with('?'));
    // Once is enough.
    let again = take(&taken.search, NOW, |_| None);
    assert!(again.callback == Callback::None && again.search == taken.search);

    // What goes to WeChat in redirect_uri comes back with WeChat's own pairs behind it.
    let sent = redirect_uri(SITE, &format!("/{search}"));
    let local = sent.strip_prefix(SITE).unwrap();
    assert_eq!(redirect_uri(SITE, local), sent);
    let (path, query) = local.split_once('?').unwrap_or((local, ""));
    assert!(path.starts_with('/'));
    let joint = if query.is_empty() { "" } else { "&" };
    let login = LoginState {
        attempt: 1,
        made_at: NOW,
    };
    let state = login.write("abcdefghijABCDEFGHIJ01").to_string();
    let back = take(
        &format!("?{query}{joint}code=CODE&state={state}"),
        NOW,
        |_| None,
    );
    let code = "CODE".to_owned();
    assert_eq!(back.callback, Callback::Granted { code, state });
    assert_eq!(back.search.strip_prefix('?').unwrap_or_default(), query);

    if let Some(name) = chosen_account(&search) {
        assert!(!name.is_empty() && !name.contains(['&', '#']));
    }
}

fn pairs(search: &str) -> Vec<&str> {
    let query = search.strip_prefix('?').unwrap_or(search);
    // Of nothing at all, split makes one empty pair.
    query.split('&').filter(|_| !query.is_empty()).collect()
}

fn is_ours(pair: &str) -> bool {
    let state = pair.strip_prefix("state=").and_then(LoginState::read);
    state.is_some_and(|state| state.is_recent(NOW))
}

/// What the browser's storage holds is anybody's to change; what is read from it leads nowhere else.
///
/// Input, by lines: the state it is stored under, then the record.
pub(super) fn login_record(input: &[u8]) {
    let input = text(input);
    let [state, record] = lines(&input);
    let Some(login) = PendingLogin::decode(state, record) else {
        return;
    };
    assert_eq!(login.state, state);
    assert!(
        login.verifier.len() == 32 && login.verifier.bytes().all(|it| it.is_ascii_alphanumeric())
    );
    assert_eq!(sanitize(login.return_to), login.return_to);
    let site = Url::parse(SITE).unwrap();
    assert_eq!(site.join(login.return_to).unwrap().origin(), site.origin());
    assert_ne!(login.code, Some(""));
    // Read, written and read again is the same record.
    let mut encoded = String::new();
    login.encode(&mut encoded).unwrap();
    assert!(PendingLogin::decode(state, &encoded) == Some(login.clone()));
    // Bound to one code; another one is for afterwards.
    let mut bound: PendingLogin<String> = login.into_owned();
    let first = bound.code.clone().unwrap_or_else(|| "FIRST".to_owned());
    let other = format!("{first}x");
    bound.bind(first.clone());
    assert_eq!(bound.second_code, None);
    bound.bind(other.clone());
    assert_eq!((bound.code, bound.second_code), (Some(first), Some(other)));
}

/// Whatever the address and the storage hold: a code goes only to the login it answers, and no loop begins.
///
/// Input, by lines: five letters of which each says `y` or not (user, snapshot, signed out, login required, can authorize), a `y`
/// more where too many logins have not come back, another where the page is elsewhere, and the time; the query; the state a record is stored under; the record.
pub(super) fn page_load(input: &[u8]) {
    let input = text(input);
    let [switches, search, state, record] = lines(&input);
    let is_on = |at: usize| switches.as_bytes().get(at) == Some(&b'y');
    let now = switches
        .get(5..)
        .and_then(|digits| digits.trim_start_matches('y').trim().parse().ok());
    let now: u64 = now.unwrap_or(2_000);
    let visitor = match (is_on(0), is_on(1)) {
        (true, _) => Visitor::User,
        (false, true) => Visitor::Snapshot,
        (false, false) => Visitor::Nobody,
    };
    let known = |wanted: &str| {
        let record = (wanted == state).then(|| PendingLogin::decode(state, record));
        record.flatten().map(PendingLogin::into_owned)
    };
    let search = as_search(search);
    let taken = take(&search, now, known);
    let (callback, pending) = (taken.callback, taken.pending);
    let facts = Facts {
        visitor,
        login_required: is_on(3),
        signed_out: is_on(2),
        callback: callback.clone(),
        pending: pending.clone(),
        unanswered: if is_on(5) { MOST_UNANSWERED } else { 0 },
        can_authorize: is_on(4),
        is_elsewhere: is_on(6),
        now,
    };
    let entry = decide(&facts);
    let mut login = facts.pending;
    let is_exchange = to_exchange(facts.callback, login.as_mut(), now);
    assert_eq!(is_exchange, entry == Entry::Exchange);
    match entry {
        Entry::Move => assert!(is_on(6)),
        Entry::Exchange => {
            let (before, login) = (pending.unwrap(), login.unwrap());
            let Callback::Granted { code, state } = callback else {
                panic!("an exchange without a code");
            };
            assert_eq!(login.state, state, "another login's code");
            assert_eq!(login.verifier, before.verifier);
            // The one that was sent before, then the one that came.
            let sent: Vec<String> = login.code.into_iter().chain(login.second_code).collect();
            let mut expected: Vec<String> = before.code.into_iter().chain([code]).collect();
            expected.dedup();
            assert_eq!(sent, expected);
            assert!(is_recent(&state, now));
        }
        Entry::Begin { attempt } => {
            assert!((1..=AUTOMATIC_ATTEMPTS).contains(&attempt), "a loop");
            assert!(visitor == Visitor::Nobody && is_on(3) && is_on(4) && !is_on(2));
            assert!(!is_on(5), "a loop of what is not answered");
        }
        Entry::SignedIn => assert!(visitor == Visitor::User),
        Entry::Snapshot => assert!(visitor == Visitor::Snapshot),
        Entry::Refused => {
            assert!(matches!(callback, Callback::Refused { .. }) && pending.is_some())
        }
        Entry::SignedOut => assert!(is_on(2)),
        Entry::NotNeeded => assert!(!is_on(3)),
        Entry::OpenInWechat => assert!(!is_on(4)),
        Entry::Unanswered => assert!(visitor == Visitor::Nobody && is_on(5)),
        Entry::GaveUp => {
            let (Callback::Granted { state, .. } | Callback::Refused { state }) = callback else {
                panic!("nothing came back");
            };
            let later = now.saturating_add(LoginState::LIFETIME_MS / 2);
            assert!(is_recent(&state, later), "two within ten minutes");
            assert!(LoginState::read(&state).unwrap().attempt >= AUTOMATIC_ATTEMPTS);
        }
    }
}

/// A QR code shows an address of this site, whatever path it is asked for.
///
/// Input: the path.
pub(super) fn qr_path(input: &[u8]) {
    let path = text(input);
    let site = Url::parse(SITE).unwrap();
    let address = own_address(SITE, "", &path);
    // The app's own rule for paths has the same opinion, but for whose login it is and for what fits into a picture.
    let is_page = path.starts_with('/') && sanitize(&path) == path;
    let Some(address) = address else {
        assert!(!is_page || has_login_answer(&path) || path.len() > 300);
        return;
    };
    assert!(is_page && !has_login_answer(&path));
    assert!(address.len() <= 1024 && address.is_ascii());
    let local = address.strip_prefix(SITE).unwrap();
    let is_plain = path.bytes().all(|it| it.is_ascii_graphic());
    assert!(!is_plain || local == path);
    // As browsers read it.
    let read = Url::parse(&address).unwrap();
    assert_eq!(read.origin(), site.origin());
    assert_eq!((read.username(), read.password()), ("", None));
    assert!(!read.path().starts_with("//"));
    // What it leads to is what it led to.
    assert_eq!(own_address(SITE, "", local), Some(address.clone()));
}

/// Where a user goes after a login is a page of this site, as browsers read it.
///
/// Input: the path.
pub(super) fn return_to(input: &[u8]) {
    let path = text(input);
    let sane = sanitize(&path);
    assert!(sane == path || sane == "/");
    assert_eq!(sanitize(sane), sane);
    // `url` reads addresses as the standard for browsers has it.
    for site in [SITE, "http://127.0.0.1:8080"] {
        let site = Url::parse(site).unwrap();
        let page = site.join("/deep/down?x=1#y").unwrap();
        let reached = page.join(sane).unwrap();
        assert_eq!(reached.origin(), site.origin());
        assert_eq!((reached.username(), reached.password()), ("", None));
    }
    // What a browser shows in its address bar is not taken away from anybody, but for paths with two slashes.
    if let Ok(shown) = Url::parse(SITE).unwrap().join(&path)
        && let Some(local) = shown.as_str().strip_prefix(SITE)
        && local.starts_with('/')
    {
        assert!(sanitize(local) == local || shown.path().contains("//"));
        // And the answer comes back to this site.
        let back = Url::parse(&redirect_uri(SITE, local)).unwrap();
        assert_eq!(back.origin(), shown.origin());
    }
}

/// Every user agent is some client's.
///
/// Input: the header.
pub(super) fn user_agent(input: &[u8]) {
    let user_agent = text(input);
    let client = Client::of(&user_agent);
    assert_eq!(Client::of(&user_agent.to_ascii_uppercase()), client);
    assert_eq!(Client::of(&user_agent.to_ascii_lowercase()), client);
    let name = client.name();
    assert!(name.bytes().all(|it| it.is_ascii_lowercase() || it == b'-'));
    assert_eq!(
        can_authorize(&user_agent),
        matches!(client, Client::WeChat(_))
    );
    if can_authorize(&user_agent) {
        let lower = user_agent.to_ascii_lowercase();
        let words = ["micromessenger", "wechatdevtools", "miniprogram"];
        assert!(words.iter().any(|word| lower.contains(word)) && !lower.contains("wxwork"));
    }
    // The labels of metrics are few, whatever phones call themselves.
    let _ = BrowserEngine::of(&user_agent);
    if let Some(version) = wechat_version(&user_agent) {
        assert!(user_agent.contains(&version.to_string()));
    }
}
