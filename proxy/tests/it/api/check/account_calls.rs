//! What accounts ask WeChat in their own name.

use wechat_login_proxy::commands::check::Level;
use wechat_simulator::{Effect, Endpoint, Fault};

use super::{assert_fix, findings, only, only_with, report_on};
use crate::support::*;

const ON: [(&str, &str); 2] = [
    ("ACCOUNTS__SHOP__JSSDK", "true"),
    ("ACCOUNTS__SHOP__FOLLOW", "true"),
];

#[actix_web::test]
async fn the_ticket_and_followers_are_asked_for_where_they_are_switched_on() {
    let simulator = Simulator::start().await.unwrap();
    let report = report_on(&config(&simulator.base_url())).await;
    for check in ["jssdk", "follow"] {
        assert_eq!(findings(&report, check).len(), 0);
    }
    let report = report_on(&config_with(&simulator.base_url(), &ON)).await;
    only(&report, "jssdk", Level::Ok);
    only(&report, "follow", Level::Ok);
}

#[actix_web::test]
async fn what_wechat_refuses_is_said_with_its_number_and_what_to_do() {
    use Endpoint::{Follower, StableToken, Ticket};
    use Level::{Error, Warning};
    for (endpoint, errcode, jssdk, follow, fix) in [
        (StableToken, 40164, Error, Warning, "IP whitelist"),
        (Ticket, 48001, Error, Level::Ok, "permissions"),
        (Ticket, 45009, Warning, Level::Ok, "quota"),
        (Follower, 48001, Level::Ok, Warning, "permissions"),
    ] {
        let simulator = Simulator::start().await.unwrap();
        let errmsg = None;
        simulator.add_fault(Fault::new(endpoint, Effect::Errcode { errcode, errmsg }));
        let report = report_on(&config_with(&simulator.base_url(), &ON)).await;
        for (check, level) in [("jssdk", jssdk), ("follow", follow)] {
            if level == Level::Ok {
                only(&report, check, level);
            } else {
                let finding = only_with(&report, check, level, &errcode.to_string());
                assert_fix(finding, fix);
            }
        }
    }
}
