//! Pages for followers of the official account, in somebody else's app.

use anyhow::ensure;
use e2e::{App, SHOP, WorldOptions, errcode, walk_in};
use wechat_simulator::{Endpoint, Person, Relation};

fn world(account: &'static str) -> WorldOptions {
    WorldOptions::with(|it| (it.app, it.account) = (App::TeaHouse, account))
}

/// Somebody of these ways, whose phone it is.
fn stranger(follows: bool) -> Person {
    Person {
        relation: Relation::Stranger,
        follows: [(SHOP.to_owned(), follows)].into(),
        ..Person::new("passer", "过客")
    }
}

#[test]
fn a_follower_sees_the_page_and_a_stranger_how_to_become_one() {
    let account = "follow = true\nfollow_qr = \"http://weixin.qq.com/r/abcdefgh\"";
    walk_in(world(account), async |world, browser| {
        browser.goto(&world.page("/cellar")).await?;
        browser.title("茶窖").await?;

        world.simulator.add_person(stranger(false));
        world.simulator.set_current("passer");
        browser.tap("nav a[href='/seat']").await?;
        browser.tap("[data-action=leave]").await?;
        browser.tap("[data-action=sign-in]").await?;
        let passer = world.simulator.openid(SHOP, "passer");
        browser.shows("[data-field=openid]", &passer).await?;
        browser.tap("nav a[href='/cellar']").await?;
        browser.title("请先关注服务号").await?;
        browser
            .eventually("document.querySelector('.qr').naturalWidth > 0")
            .await?;
        browser.screenshot("follow").await?;
        browser.tap("[data-action=followed]").await?;
        browser.text(".notice").await?;
        browser.screenshot("follow-not-yet").await?;

        world.simulator.add_person(stranger(true));
        // Again and again: the proxy keeps for two seconds that he does not.
        let tap = "(document.querySelector('[data-action=followed]') || { click() {} }).click()";
        let welcome = "document.querySelector('[data-field=cellar]')";
        browser.eventually(&format!("{welcome} || {tap}")).await
    });
}

#[test]
fn nobody_is_kept_out_by_a_failure_and_without_a_picture_there_is_a_name() {
    walk_in(world("follow = true"), async |world, browser| {
        world.simulator.add_person(stranger(false));
        world.simulator.set_current("passer");
        browser.goto(&world.page("/cellar")).await?;
        ensure!(browser.text("[data-field=account]").await? == "山茶书店");
        browser.eventually("!document.querySelector('.qr')").await?;
        browser.screenshot("follow-by-name").await
    });
    walk_in(world("follow = true"), async |world, browser| {
        world.simulator.add_person(stranger(false));
        world.simulator.set_current("passer");
        world.strike(Endpoint::Follower, errcode(48001));
        browser.goto(&world.page("/cellar")).await?;
        browser.title("茶窖").await
    });
}
