//! Whatever an operator writes, there is a configuration that holds, or problems that quote no secret.

use toml::{Table, Value};
use wechat_login_proxy::config::{Config, ServiceKey, SessionKey};

use super::parts::text;

/// Between the file and the environment, one variable a line.
const ENVIRONMENT: &str = "\n--- environment\n";
/// Shorter texts stand in ordinary sentences.
const TELLING: usize = 8;

/// TOML, then environment variables.
pub(super) fn run(input: &[u8]) {
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
    let mut found = Texts::default();
    if let Ok(table) = toml.parse::<Table>() {
        found.add("", &Value::Table(table));
    }
    for (name, value) in environment.lines().filter_map(|line| line.split_once('=')) {
        found.public.extend([name.to_owned(), name.to_lowercase()]);
        found.add(&name.to_lowercase(), &Value::String(value.to_owned()));
    }
    let Texts { secret, public } = found;
    let mut secret = secret;
    secret.retain(|text| {
        text.len() >= TELLING && !public.iter().any(|public| public.contains(text.as_str()))
    });
    secret
}

#[derive(Default)]
struct Texts {
    secret: Vec<String>,
    public: Vec<String>,
}

impl Texts {
    fn add(&mut self, key: &str, value: &Value) {
        match value {
            Value::Table(table) => {
                for (name, value) in table {
                    self.public.push(name.clone());
                    self.add(&format!("{key}.{name}"), value);
                }
            }
            Value::Array(values) => {
                for value in values {
                    self.add(key, value);
                }
            }
            Value::String(text) if is_for_secrets(key) => self.secret.push(text.clone()),
            Value::String(text) => self.public.push(text.clone()),
            other => self.public.push(other.to_string()),
        }
    }
}

fn is_for_secrets(key: &str) -> bool {
    key.ends_with("secret") || key.contains("session_keys") || key.contains("service_keys")
}
