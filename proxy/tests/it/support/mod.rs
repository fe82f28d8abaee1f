//! What these tests need of a proxy, of WeChat and of browsers: `use crate::support::*` brings what nearly all of them
//! name.

mod answer;
mod books;
pub(crate) mod helpers;
mod log;
mod login;
pub(crate) mod people;
pub(crate) mod phone;
pub(crate) mod recorder;
pub(crate) mod static_site;
pub(crate) mod upstream;

use test_support::program::Executable;

pub(crate) use std::time::Duration;

pub(crate) use api_types::ErrorCode::*;
pub(crate) use api_types::{Scope, Session};
pub(crate) use reqwest::{Method, Response};
pub(crate) use serde_json::{Value, json};
pub(crate) use test_support::wire::{Wire, exchange, status};
pub(crate) use test_support::{nginx::Nginx, postgres, suite_log};
pub(crate) use wechat_login_proxy::config::Config;
pub(crate) use wechat_oauth::{AppId, OpenId};
pub(crate) use wechat_simulator::GrantedScope::{Base, Login, Userinfo};
pub(crate) use wechat_simulator::Simulator;

pub(crate) use answer::{Answer, Ask, raw};
pub(crate) use books::{Audit, Books};
pub(crate) use helpers::*;
pub(crate) use log::*;
pub(crate) use people::*;
pub(crate) use upstream::*;

/// The program these tests are about.
pub(crate) const PROXY: Executable = Executable(env!("CARGO_BIN_EXE_wechat-login-proxy"), None);
