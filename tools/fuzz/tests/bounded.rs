//! Every target with a fixed number of inputs, and every known trick to lead a browser to another site.

use std::collections::BTreeSet;
use std::path::Path;

use fuzz::targets;
use leptos_wechat_login::flow::redirect_uri;
use reqwest::Url;
use wechat_oauth::{AuthorizeRequest, authorize_url};

/// A test for each target, so that they run side by side and a failure says whose it is.
macro_rules! tests {
    ($($name:ident)*) => {
        $(
            #[test]
            fn $name() {
                fuzz::bounded::run(&fuzz::targets::named(stringify!($name)).unwrap());
            }
        )*
    };
}

mod each {
    fuzz::with_targets!(tests);
}

/// `make fuzz` takes the folders for the list of the targets.
#[test]
fn the_folders_of_the_corpus_are_the_targets() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let folders = corpus.read_dir().unwrap().map(|it| it.unwrap().file_name());
    let folders: BTreeSet<String> = folders.map(|it| it.into_string().unwrap()).collect();
    let names = targets::ALL.iter().map(|target| target.name.to_owned());
    assert_eq!(folders, names.collect());
}

/// The tricks, a JSON list of texts.
const TRICKS: &str = include_str!("../../../tests/support/open_redirects.json");

const SITE: &str = "https://shop.example";

fn tricks() -> Vec<String> {
    serde_json::from_str(TRICKS).unwrap()
}
/// The targets say what holds, as browsers read addresses.
#[test]
fn no_trick_leads_a_login_or_a_qr_code_to_another_site() {
    let tricks = tricks();
    assert!(tricks.len() > 100, "{}", tricks.len());
    for name in ["return_to", "qr_path"] {
        let target = targets::named(name).unwrap();
        for trick in &tricks {
            println!("{name}: {trick:?}");
            (target.run)(trick.as_bytes());
        }
    }
}

/// A page whose own address is a trick: the code comes back to this site, and WeChat is whom the browser goes to.
#[test]
fn no_trick_in_a_pages_address_sends_the_code_elsewhere() {
    let site = Url::parse(SITE).unwrap();
    let mut pages = 0;
    for trick in tricks() {
        let forms = [
            trick.clone(),
            format!("/{trick}"),
            format!("/?{trick}"),
            format!("/#{trick}"),
        ];
        for page in forms.iter().filter_map(|form| site.join(form).ok()) {
            if page.origin() != site.origin() {
                continue;
            }
            pages += 1;
            let local = &page.as_str()[SITE.len()..];
            let redirect_uri = redirect_uri(SITE, local);
            let address = authorize_url(&AuthorizeRequest {
                base: "https://open.weixin.qq.com",
                appid: "wx0123456789abcdef",
                redirect_uri: &redirect_uri,
                scope: api_types::Scope::Base,
                state: "1aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            });
            let address = Url::parse(&address).unwrap();
            assert_eq!(address.host_str(), Some("open.weixin.qq.com"), "{page}");
            let names: Vec<_> = address
                .query_pairs()
                .map(|(name, _)| name.into_owned())
                .collect();
            assert_eq!(
                names,
                ["appid", "redirect_uri", "response_type", "scope", "state"]
            );
            let (_, back) = address.query_pairs().nth(1).unwrap();
            assert_eq!(back, redirect_uri);
            assert_eq!(Url::parse(&back).unwrap().origin(), site.origin(), "{page}");
        }
    }
    assert!(pages > 100, "{pages}");
}
