//! What a user lives through, in Chromium with WeChat's user agent on a phone's screen, against the release build.
//!
//! Each journey has a world of its own, and browsers that know nothing of the journeys before.

mod accessibility;
mod accounts;
mod alive;
mod attacks_addresses;
mod attacks_cross_site;
mod attacks_script;
mod below_a_path;
mod codes;
mod consent;
mod crash;
mod desktop;
mod elsewhere;
mod every_page;
mod failures;
mod faults;
mod first_stage;
mod follow;
mod foreign_answers;
mod foreign_app;
mod jssdk;
mod jweixin;
mod keyboard;
mod login;
mod open_in_wechat;
mod orders;
mod pending;
mod pictures;
mod plain_page;
mod planted;
mod policy;
mod return_to;
mod scan;
mod served_by_nginx;
mod slow;
mod snapshot;
mod stolen;
mod tabs;
mod test_account;
mod too_old;
mod tour;
mod trouble;
mod two_sites;
mod upgrade;
