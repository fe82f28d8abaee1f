//! Every target with a fixed number of inputs, and every known trick to lead a browser to another site.

use std::collections::BTreeSet;
use std::path::Path;

use fuzz::targets;

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

/// Tries all of them on targets, which say what holds, as browsers read addresses; each behind such a text.
fn try_tricks(targets: &[(&str, &str)]) {
    let tricks: Vec<String> = serde_json::from_str(TRICKS).unwrap();
    assert!(tricks.len() > 100, "{}", tricks.len());
    for (name, before) in targets {
        let target = targets::named(name).unwrap();
        for trick in &tricks {
            println!("{name}: {before:?} {trick:?}");
            (target.run)(format!("{before}{trick}").as_bytes());
        }
    }
}

#[test]
fn no_trick_leads_a_login_or_a_qr_code_to_another_site() {
    try_tricks(&[("return_to", ""), ("qr_path", "")]);
}

/// A page whose own address is a trick: the code comes back to this site, and WeChat is whom the browser goes to.
#[test]
fn no_trick_in_a_pages_address_sends_the_code_elsewhere() {
    try_tricks(&["", "/", "/?", "/#"].map(|before| ("return_to", before)));
    try_tricks(&[("authorize_url", "wx1\n1a\nhttps://shop.example/")]);
}
