//! One `[[account]]`.

use crate::platform::{
    Account, AccountKind, GrantedScope, Problem, RegisteredDomain, looks_like_a_real_secret,
};

use super::fields::Fields;

/// Reads it; what cannot be read is a problem and left empty.
pub(super) fn read(at: &str, table: toml::Table, problems: &mut Vec<Problem>) -> Account {
    let mut fields = Fields::new(at, table, problems);
    let appid = fields.required_text("appid", "wx00000000000000a1");
    if !appid.is_empty() && !is_appid(&appid) {
        let what = format!("{appid:?} has not the form of an appid");
        fields.wrong("appid", what, "use wx and 16 of 0-9 a-f");
    }
    let secret = fields.required_text("secret", "simulator-secret-a1");
    if looks_like_a_real_secret(&secret) {
        // The value is not repeated: this line may end in somebody's terminal log.
        fields.wrong(
            "secret",
            "has 32 hexadecimal digits, as real AppSecrets have",
            "make one up, such as \"simulator-secret-a1\", and reset the real one if it was",
        );
    }
    let title = fields.required_text("title", "山茶书店");
    let kind = fields.choice::<AccountKind>("kind", "\"service\", \"test\", \"website\"");
    let kind = kind.unwrap_or_default();
    let account = Account {
        appid,
        secret,
        title,
        kind,
        open_platform: fields.optional_text("open_platform"),
        domains: domains(&mut fields, kind),
        scopes: scopes(&mut fields, kind),
        https_only: fields.flag("https_only", false),
        banned: fields.flag("banned", false),
        component: fields.flag("component", false),
    };
    fields.finish();
    account
}

fn scopes(fields: &mut Fields<'_>, kind: AccountKind) -> Vec<GrantedScope> {
    let Some(texts) = fields.optional_texts("scopes") else {
        return kind.scopes();
    };
    let known = |text: &String| GrantedScope::parse(text).filter(|it| kind.scopes().contains(it));
    if let Some(text) = texts.iter().find(|text| known(text).is_none()) {
        let names: Vec<_> = kind
            .scopes()
            .into_iter()
            .map(GrantedScope::as_str)
            .collect();
        let fix = format!("use some of {}, or none", names.join(", "));
        fields.wrong("scopes", format!("{text:?} is no scope of this kind"), fix);
    }
    texts.iter().filter_map(known).collect()
}

fn domains(fields: &mut Fields<'_>, kind: AccountKind) -> Vec<RegisteredDomain> {
    let texts = fields.texts("domains");
    let most = if kind == AccountKind::Website { 1 } else { 2 };
    if texts.len() > most {
        let what = format!("has {} entries", texts.len());
        let fix = format!("keep at most {most}, as WeChat's console does for this kind");
        fields.wrong("domains", what, fix);
    }
    let mut domains = Vec::new();
    for text in texts {
        match RegisteredDomain::parse(&text, kind) {
            Ok(domain) => domains.push(domain),
            Err(reason) => {
                let fix = "write the host alone, as in WeChat's console: \"www.example.com\"";
                fields.wrong("domains", format!("{text:?} {reason}"), fix);
            }
        }
    }
    domains
}

fn is_appid(text: &str) -> bool {
    let digits = text.strip_prefix("wx").unwrap_or_default();
    digits.len() == 16
        && digits
            .bytes()
            .all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}
