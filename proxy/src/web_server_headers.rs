//! `headers`: the headers for the app's pages, in the words of the web server that serves them instead of this process.

use std::fmt::Write as _;

use crate::app_files::{OLD_KERNELS, PagePolicy};
use crate::security_headers;

/// Whose configuration to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// `name: value`, with the policy for new kernels and the one for old ones.
    Plain,
    /// A file to include in nginx's `http` block, which sets variables, and the lines to add to the server.
    Nginx,
    /// Lines for a site of Caddy's.
    Caddy,
}

/// The headers of the page with this HTML. `pictures` are origins of pictures besides WeChat's.
pub fn for_page(html: &str, pictures: &[String], format: Format) -> String {
    let policy = PagePolicy::of(html, pictures);
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
    let _ = writeln!(text, "content-security-policy: {}", policy.with_place(""));
    let _ = writeln!(
        text,
        "# Instead, for Chrome before 97 and Safari before 16, which know no 'wasm-unsafe-eval':"
    );
    let _ = writeln!(
        text,
        "content-security-policy: {}",
        policy.with_place(" 'unsafe-eval'")
    );
    text
}

fn nginx(policy: &PagePolicy) -> String {
    let mut text = String::from(
        "# Made by `wechat-login-proxy headers`; make it again with every new version of the app.\n\
         # For http { }: old kernels run WebAssembly only with 'unsafe-eval'.\n",
    );
    let _ = writeln!(
        text,
        "map $http_user_agent $wechat_login_old_kernel {{\n    default \"\";\n    \"~{OLD_KERNELS}\" \" 'unsafe-eval'\";\n}}"
    );
    let policy = policy.with_place("$wechat_login_old_kernel");
    let _ = writeln!(
        text,
        "map $wechat_login_old_kernel $wechat_login_policy {{\n    default \"{policy}\";\n}}"
    );
    text
}

/// Each kernel has a matcher of its own: of two headers of one name Caddy chooses by rules of its own.
fn caddy(policy: &PagePolicy) -> String {
    let mut text = String::from(
        "# Made by `wechat-login-proxy headers`; make it again with every new version of the app.\nheader {\n",
    );
    for (name, value) in security_headers::ALL {
        let _ = writeln!(text, "    {name} \"{value}\"");
    }
    let (strict, for_old) = (policy.with_place(""), policy.with_place(" 'unsafe-eval'"));
    let _ = writeln!(
        text,
        "}}\n\
         # Old kernels run WebAssembly only with 'unsafe-eval'.\n\
         @old_kernel header_regexp User-Agent `{OLD_KERNELS}`\n\
         @new_kernel not header_regexp User-Agent `{OLD_KERNELS}`\n\
         header @new_kernel content-security-policy \"{strict}\"\n\
         header @old_kernel content-security-policy \"{for_old}\""
    );
    text
}
