//! What the proxy reads: configuration, headers, identifiers, cursors and cookies.

use std::net::IpAddr;
use std::sync::Arc;

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::Url;
use toml::{Table, Value};

use crate::ours::{self, *};
use crate::proxy::{NOW, session, usual_config};
use crate::{lines, text};

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

thread_local! {
    static TRUSTED: TrustedProxies = usual_config().trusted_proxies.clone();
    static CURSORS: Cursors = Cursors::new(&usual_config());
    static SESSIONS: (Sessions, String) = sessions();
}

/// Whatever strangers write into `X-Forwarded-For`, they are never taken for somebody else.
///
/// Input, by lines: the peer's address, then the header's lines.
pub(super) fn client_address(input: &[u8]) {
    let whole = String::from_utf8_lossy(input);
    let [peer, rest] = lines(&whole);
    let peer = peer
        .trim()
        .parse::<IpAddr>()
        .unwrap_or(IpAddr::from([10, 0, 0, 1]));
    let written: Vec<&str> = rest.split('\n').collect();
    TRUSTED.with(|trusted| {
        let headers = headers(&written);
        let client = ours::client_address(Some(peer), &headers, trusted);
        let client = client.unwrap();
        assert_eq!(client, client.to_canonical(), "one address, one spelling");
        if !trusted.trusts(peer) {
            assert_eq!(client, peer.to_canonical(), "a stranger is who connects");
            return;
        }
        if trusted.trusts(client) {
            return;
        }
        // The header named a stranger, after whom nothing counts: neither the line before nor the address before.
        for before in ["6.6.6.6", "garbage", "10.0.0.9, 6.6.6.6"] {
            let mut more = vec![before];
            more.extend(&written);
            let headers = self::headers(&more);
            assert_eq!(
                ours::client_address(Some(peer), &headers, trusted),
                Some(client)
            );
        }
    });
    assert_eq!(
        ours::client_address(None, &headers(&written), &TrustedProxies::default()),
        None
    );
}

fn headers(lines: &[&str]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for line in lines {
        if let Ok(value) = HeaderValue::from_bytes(line.as_bytes()) {
            headers.append(X_FORWARDED_FOR, value);
        }
    }
    headers
}

/// Between the file and the environment, one variable a line.
const ENVIRONMENT: &str = "\n--- environment\n";
/// Shorter texts stand in ordinary sentences.
const TELLING: usize = 8;

/// Whatever an operator writes, there is a configuration that holds, or problems that quote no secret.
///
/// Input: tOML, then environment variables.
pub(super) fn config(input: &[u8]) {
    let input = text(input);
    let (toml, environment) = input.split_once(ENVIRONMENT).unwrap_or((&input, ""));
    if names_a_file(toml) || names_a_file(&environment.to_lowercase()) {
        // What is read from this machine is no function of the input.
        return;
    }
    let variables = environment.lines().filter_map(|line| line.split_once('='));
    let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
    match Config::parse(toml, variables.collect::<Vec<_>>()) {
        Ok(config) => check(&config),
        Err(problems) => {
            let words = problems.to_string();
            assert!(!problems.is_empty() && !words.is_empty());
            for secret in secrets(toml, environment) {
                assert!(!words.contains(&secret), "quoted: {words}");
            }
        }
    }
}

fn names_a_file(text: &str) -> bool {
    text.contains("_file") || text.contains("_credential")
}

fn check(config: &Config) {
    assert!(config.accounts.contains_key(&config.default_account));
    assert!(!config.session_keys.is_empty());
    for key in &config.session_keys {
        assert!(key.expose().len() >= SessionKey::MIN_BYTES);
    }
    for key in config.service_keys.values() {
        assert!(key.expose().len() >= ServiceKey::MIN_BYTES);
    }
    let is_simulated = config.simulator;
    for base in [&config.wechat.api_base, &config.wechat.open_base] {
        let is_wechats = base
            .host_str()
            .is_some_and(|host| host.ends_with(".weixin.qq.com"));
        assert!(is_simulated || is_wechats, "codes would go to a stranger");
        assert_eq!(
            (base.path(), base.query(), base.username()),
            ("/", None, "")
        );
    }
    // What is printed about it shows nothing either.
    let printed = format!("{config:?}");
    for account in config.accounts.values() {
        let secret = account.secret.expose();
        assert!(secret.len() < TELLING || !printed.contains(secret) || is_public(config, secret));
    }
}

/// Whether an operator wrote the same text where everybody sees it.
fn is_public(config: &Config, text: &str) -> bool {
    let accounts = config.accounts.iter();
    let mut public = accounts.flat_map(|(name, account)| {
        [
            name.as_str(),
            account.title.as_str(),
            account.appid.as_str(),
        ]
    });
    public.any(|shown| shown.contains(text)) || config.public_url.origin().contains(text)
}

/// The values under keys that are for secrets, unless the same text stands in a place that is not.
fn secrets(toml: &str, environment: &str) -> Vec<String> {
    let (mut secret, mut public) = (Vec::new(), Vec::new());
    let mut add = |key: &str, text: String| {
        let is_for_secrets =
            key.ends_with("secret") || key.contains("session_keys") || key.contains("service_keys");
        if is_for_secrets {
            &mut secret
        } else {
            &mut public
        }
        .push(text);
    };
    if let Ok(table) = toml.parse::<Table>() {
        each_text("", &Value::Table(table), &mut add);
    }
    for (name, value) in environment.lines().filter_map(|line| line.split_once('=')) {
        add("", name.to_owned());
        add("", name.to_lowercase());
        add(&name.to_lowercase(), value.to_owned());
    }
    let is_told = |text: &String| public.iter().any(|public| public.contains(text.as_str()));
    secret.retain(|text| text.len() >= TELLING && !is_told(text));
    secret
}

/// Names of keys count as texts under none.
fn each_text(key: &str, value: &Value, add: &mut impl FnMut(&str, String)) {
    match value {
        Value::Table(table) => {
            for (name, value) in table {
                add("", name.clone());
                each_text(&format!("{key}.{name}"), value, add);
            }
        }
        Value::Array(values) => values.iter().for_each(|value| each_text(key, value, add)),
        Value::String(text) => add(key, text.clone()),
        other => add("", other.to_string()),
    }
}

/// A cursor opens the list it was given for, and nothing else opens anything.
///
/// Input, by lines: a cursor; then kind, key and a number, of which one is made.
pub(super) fn cursor(input: &[u8]) {
    let input = text(input);
    let [foreign, kind, key, number] = lines(&input);
    CURSORS.with(|cursors| {
        for across in [Across::Account, Across::Person] {
            // Nobody outside has the key.
            assert!(cursors.open(&list("oABC", across, None), foreign).is_err());
        }
        let (Ok(kind), Ok(key)) = (RecordKind::parse(kind), RecordKey::parse(key)) else {
            return;
        };
        let position = Position {
            created_at: number.trim().parse().unwrap_or(7),
            id: RecordId {
                owner: list("oOther", Across::Account, None).owner,
                kind: kind.clone(),
                key,
            },
        };
        let own = list("oABC", Across::Person, Some(kind.clone()));
        let cursor = cursors.seal(&own, &position).unwrap();
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        assert!(cursor.bytes().all(is_plain) && cursor.len() <= 1024);
        assert_eq!(cursors.open(&own, &cursor).unwrap(), position);
        for other in [
            list("oABD", Across::Person, Some(kind.clone())),
            list("oABC", Across::Account, Some(kind)),
            list("oABC", Across::Person, None),
        ] {
            assert!(cursors.open(&other, &cursor).is_err());
        }
    });
}

fn list(openid: &str, across: Across, kind: Option<RecordKind>) -> ListQuery {
    ListQuery {
        owner: Owner {
            appid: AppId::parse("wx00000000000000a1").unwrap(),
            openid: OpenId::parse(openid).unwrap(),
        },
        across,
        kind,
        after: None,
        limit: 10,
    }
}

/// What is accepted as an identifier is safe wherever identifiers go: headers, paths, log lines, file names.
///
/// Input: the identifier.
pub(super) fn identifiers(input: &[u8]) {
    let text = text(input);
    /// What each takes the text for, if it accepts it.
    macro_rules! read {
        ($($type:ident $as_text:ident)*) => {
            [$($type::parse(&text).ok().map(|it| it.$as_text().to_owned())),*]
        };
    }
    let in_paths = read!(
        AppId as_str OpenId expose UnionId expose Verifier expose RecordKind as_str RecordKey as_str
    );
    let others = [
        Version::parse(&text).map(|it| it.to_string()),
        VerifyFile::parse(&text).map(|it| it.name()),
    ];
    for accepted in in_paths.into_iter().chain(others).flatten() {
        assert_eq!(accepted, text, "kept as it is");
        is_safe_in_a_path(&accepted);
        is_safe_in_a_header(&accepted);
    }
    let in_headers = read!(AuthCode expose AccessToken expose AppSecret expose);
    let key = ServiceKey::parse(&text).map(|it| it.expose().to_owned());
    for accepted in in_headers.into_iter().chain([key]).flatten() {
        assert_eq!(accepted, text, "kept as it is");
        is_safe_in_a_header(&accepted);
    }
    if let Some(file) = VerifyFile::parse(&text) {
        assert!(file.name().contains(file.token()) && !file.token().is_empty());
    }
}

/// A path segment that every reader takes for one segment, this one.
fn is_safe_in_a_path(accepted: &str) {
    let url = Url::parse(&format!("https://h/a/{accepted}/b")).unwrap();
    let segments: Vec<&str> = url.path_segments().unwrap().collect();
    assert_eq!(segments, ["a", accepted, "b"]);
    assert_eq!((url.query(), url.fragment()), (None, None));
}

fn is_safe_in_a_header(accepted: &str) {
    let value = HeaderValue::from_str(accepted).unwrap();
    assert_eq!(value.to_str().unwrap(), accepted);
}

/// And a cookie that was really sealed, name and value.
fn sessions() -> (Sessions, String) {
    let sessions = Sessions::new(usual_config(), Arc::new(ManualClock::at(NOW)));
    let cookie = sessions.seal(&session()).unwrap();
    let sealed = format!("{}={}", cookie.name(), cookie.value());
    (sessions, sealed)
}

/// Only what was sealed here is a session, whatever else a `Cookie` header holds.
///
/// Input: the header's lines; `{sealed}` is a cookie that was really sealed.
pub(super) fn session_cookie(input: &[u8]) {
    SESSIONS.with(|(sessions, sealed)| {
        let mut headers = Vec::new();
        let mut is_sealed = false;
        for line in text(input).replace("{sealed}", sealed).split('\n') {
            if HeaderValue::from_bytes(line.as_bytes()).is_ok() {
                // One of the pairs is this one, blanks around it aside.
                is_sealed |= line.split(';').any(|pair| pair.trim_ascii() == sealed);
                headers.push(line.to_owned());
            }
        }
        match sessions.open(headers.iter().map(String::as_bytes)) {
            Some(opened) => assert_eq!(opened, session(), "somebody else"),
            None => assert!(!is_sealed, "hidden by what stands around it"),
        }
    });
}
