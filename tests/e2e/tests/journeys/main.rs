//! What a user lives through, in Chromium with WeChat's user agent on a phone's screen, against the release build.
//!
//! Each journey has a world of its own, and browsers that know nothing of the journeys before.

mod accessibility;
mod accounts;
mod alive;
mod attacks_addresses;
mod attacks_cross_site;
mod attacks_script;
mod clients;
mod codes_twice;
mod consent;
mod crash;
mod desktop;
mod every_page;
mod faults;
mod font_scale;
mod foreign_answers;
mod foreign_app;
mod keyboard;
mod login;
mod open_in_wechat;
mod orders;
mod pending;
mod planted;
mod policy;
mod refused;
mod return_to;
mod served_by_nginx;
mod slow;
mod snapshot;
mod spent;
mod stolen;
mod storage;
mod tabs;
mod tour;
mod trouble;

mod upgrade;
