//! `headers`: the headers for the app's pages, in the words of the web server that serves them instead of this process.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Args;

use super::output::print;
use crate::config::{JSSDK_HOSTS, PageOrigins};
use crate::http::app_files::old_engine::OLD_ENGINES;
use crate::http::app_files::policy::{FOR_OLD_ENGINES, PagePolicy, STRICT};
use crate::http::middleware::security_headers;
use wechat_oauth::facts::OPEN_HOST;

#[derive(Args)]
pub(super) struct Headers {
    /// The folder of the built app.
    #[arg(long)]
    static_dir: PathBuf,
    /// Whose configuration to write.
    #[arg(long, value_enum, default_value = "plain")]
    format: Format,
    /// An origin of pictures besides WeChat's, such as a simulator's.
    #[arg(long, value_name = "http://…")]
    pictures: Vec<String>,
    /// An origin of scripts, such as a simulator's, or that of a copy of WeChat's JS-SDK.
    #[arg(long, value_name = "https://…")]
    scripts: Vec<String>,
    /// For accounts with `jssdk = true`: the hosts of WeChat's JS-SDK, and that of the picture by which it reports.
    #[arg(long)]
    jssdk: bool,
}

impl Headers {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let page = self.static_dir.join("index.html");
        let html = std::fs::read_to_string(&page)
            .with_context(|| format!("cannot read {}, which `make build` makes", page.display()))?;
        let mut origins = PageOrigins {
            pictures: self.pictures,
            scripts: self.scripts,
        };
        if self.jssdk {
            origins.pictures.push(OPEN_HOST.to_owned());
            origins.scripts.extend(JSSDK_HOSTS.map(str::to_owned));
        }
        print(for_page(&html, &origins, self.format))?;
        Ok(ExitCode::SUCCESS)
    }
}

/// Whose configuration to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// `name: value`, with the policy for new browser engines and the one for old ones.
    Plain,
    /// A file to include in nginx's `http` block, which sets variables, and the lines to add to the server.
    Nginx,
    /// Lines for a site of Caddy's.
    Caddy,
}

/// The headers of the page with this HTML, which loads from these origins besides.
pub fn for_page(html: &str, origins: &PageOrigins, format: Format) -> String {
    let policy = PagePolicy::of(html, origins);
    match format {
        Format::Plain => plain(&policy),
        Format::Nginx => nginx(&policy),
        Format::Caddy => caddy(&policy),
    }
}

fn plain(policy: &PagePolicy) -> String {
    let mut text = String::new();
    for (name, value) in security_headers::ALL {
        let _ = writeln!(text, "{name}: {value}");
    }
    let _ = writeln!(
        text,
        "content-security-policy: {}",
        policy.with_word(STRICT)
    );
    let _ = writeln!(
        text,
        "# Instead, for Chrome before 97 and Safari before 16, which know no 'wasm-unsafe-eval':"
    );
    let _ = writeln!(
        text,
        "content-security-policy: {}",
        policy.with_word(FOR_OLD_ENGINES)
    );
    text
}

fn nginx(policy: &PagePolicy) -> String {
    let mut text = String::from(
        "# Made by `wechat-login-proxy headers`; make it again with every new version of the app.\n\
         # For http { }: old browser engines run WebAssembly only with 'unsafe-eval'.\n",
    );
    let _ = writeln!(
        text,
        "map $http_user_agent $wechat_login_webassembly {{\n    default \"{STRICT}\";\n    \"~{OLD_ENGINES}\" \"{FOR_OLD_ENGINES}\";\n}}"
    );
    let policy = policy.with_word("$wechat_login_webassembly");
    let _ = writeln!(
        text,
        "map $wechat_login_webassembly $wechat_login_policy {{\n    default \"{policy}\";\n}}"
    );
    text
}

/// Each engine has a matcher of its own: of two headers of one name Caddy chooses by rules of its own.
fn caddy(policy: &PagePolicy) -> String {
    let mut text = String::from(
        "# Made by `wechat-login-proxy headers`; make it again with every new version of the app.\nheader {\n",
    );
    for (name, value) in security_headers::ALL {
        let _ = writeln!(text, "    {name} \"{value}\"");
    }
    let (strict, for_old) = (policy.with_word(STRICT), policy.with_word(FOR_OLD_ENGINES));
    let _ = writeln!(
        text,
        "}}\n\
         # Old browser engines run WebAssembly only with 'unsafe-eval'.\n\
         @old_engine header_regexp User-Agent `{OLD_ENGINES}`\n\
         @new_engine not header_regexp User-Agent `{OLD_ENGINES}`\n\
         header @new_engine content-security-policy \"{strict}\"\n\
         header @old_engine content-security-policy \"{for_old}\""
    );
    text
}
