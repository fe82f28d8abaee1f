//! The runbook's commands, typed in their order on a machine with systemd to which somebody has copied the archive:
//! root's hand beside a service that is another user, nginx with a certificate before it, and WeChat, simulated, at its
//! own addresses. What the text promises is looked at in between, and what it says is refused is tried.

mod document;
mod promises;
mod shop;

use document::{sections, strictly, without_remarks};
use shop::{Shop, said};

const ENGLISH: &str = include_str!("../../../../../docs/en/runbook.md");
const CHINESE: &str = include_str!("../../../../../docs/zh/runbook.md");

#[test]
fn the_runbook_has_the_same_commands_in_both_languages() {
    let commands = |text| {
        let blocks = sections(text).into_iter().map(|it| it.blocks);
        let blocks = blocks.map(|it| it.iter().map(|it| without_remarks(it)).collect());
        blocks.collect::<Vec<Vec<String>>>()
    };
    assert_eq!(commands(ENGLISH), commands(CHINESE));
}

#[test]
#[ignore = "needs a package, which `cargo xtask packed` makes"]
fn the_runbook_leads_from_the_archive_to_the_last_day() {
    let shop = match Shop::boot(&super::folder()) {
        Ok(shop) => shop,
        Err(missing) => {
            println!("skipped: {missing}");
            return;
        }
    };
    let mut promises = promises::all();
    for section in sections(ENGLISH) {
        let heading = section.heading.as_str();
        println!("{heading}");
        let promise = promises.remove(heading).unwrap_or_default();
        (promise.before)(&shop);
        for (number, block) in section.blocks.iter().enumerate() {
            let told = (promise.told)(&shop, number);
            let output = shop.paste(&strictly(block, told.as_deref()));
            let said = said(&output);
            println!("{said}");
            let journal = || shop.does("journalctl --lines 40 --no-pager");
            assert!(
                output.status.success(),
                "{heading}:\n{block}\n{said}{}",
                journal()
            );
            (promise.each)(&shop, number, &said);
        }
        (promise.after)(&shop);
    }
    let left: Vec<&&str> = promises.keys().collect();
    assert!(left.is_empty(), "no commands under {left:?}");
}
