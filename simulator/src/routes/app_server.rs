//! The debugger's half of an app that no browser sees: its server.

use serde::Deserialize;

use crate::own_client;
use crate::pages::{Step, Tokens};
use crate::percent;

/// What a button asks for.
#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
pub(super) enum Action {
    /// The exchange of the code.
    Token,
    /// The profile.
    Userinfo,
    /// A longer life for the access token.
    Refresh,
    /// Whether the access token is good.
    Auth,
}

/// The app's server, as far as the debugger plays it.
pub(super) struct AppServer {
    /// Where the simulator listens.
    pub(super) address: std::net::SocketAddr,
    /// The account's, sent but never shown.
    pub(super) secret: String,
    /// What it knows by now.
    pub(super) tokens: Tokens,
    /// What it did, oldest first.
    pub(super) steps: Vec<Step>,
}

impl AppServer {
    /// Asks once, and after a successful exchange that allows it for the profile as well.
    pub(super) async fn call(&mut self, action: Action) {
        let Tokens {
            appid,
            code,
            access_token,
            refresh_token,
            openid,
        } = &self.tokens;
        let (title, path, parameters): (_, _, Vec<(&str, &str)>) = match action {
            Action::Token => (
                "换取 access_token",
                "/sns/oauth2/access_token",
                vec![
                    ("appid", appid),
                    ("secret", &self.secret),
                    ("code", code),
                    ("grant_type", "authorization_code"),
                ],
            ),
            Action::Refresh => (
                "刷新 access_token",
                "/sns/oauth2/refresh_token",
                vec![
                    ("appid", appid),
                    ("grant_type", "refresh_token"),
                    ("refresh_token", refresh_token),
                ],
            ),
            Action::Userinfo => (
                "取用户资料",
                "/sns/userinfo",
                vec![
                    ("access_token", access_token),
                    ("openid", openid),
                    ("lang", "zh_CN"),
                ],
            ),
            Action::Auth => (
                "检验 access_token",
                "/sns/auth",
                vec![("access_token", access_token), ("openid", openid)],
            ),
        };
        let sent = query(path, &parameters, |_, value| percent::encode_value(value));
        let shown = query(path, &parameters, |name, value| match name {
            "secret" => String::from("***"),
            _ => percent::encode_value(value),
        });
        let outcome = own_client::get(self.address, &sent).await;
        let learned = outcome
            .as_ref()
            .ok()
            .and_then(|answer| serde_json::from_slice::<serde_json::Value>(&answer.body).ok());
        self.steps.push(Step {
            title,
            request: format!("GET {shown}"),
            outcome,
        });
        let Some(learned) = learned else { return };
        let text = |name: &str| learned.get(name).and_then(|value| value.as_str());
        for (name, place) in [
            ("access_token", &mut self.tokens.access_token),
            ("refresh_token", &mut self.tokens.refresh_token),
            ("openid", &mut self.tokens.openid),
        ] {
            if let Some(text) = text(name) {
                *place = String::from(text);
            }
        }
        let scope = text("scope").unwrap_or_default();
        let may_ask = scope.contains("snsapi_userinfo") || scope.contains("snsapi_login");
        if matches!(action, Action::Token) && may_ask {
            Box::pin(self.call(Action::Userinfo)).await;
        }
    }
}

fn query(path: &str, parameters: &[(&str, &str)], value: impl Fn(&str, &str) -> String) -> String {
    let pairs: Vec<String> = parameters
        .iter()
        .map(|(name, text)| format!("{name}={}", value(name, text)))
        .collect();
    format!("{path}?{}", pairs.join("&"))
}
