//! What WeChat is documented or observed to do, one test per imitated rule, through real HTTP.
//!
//! Sources: "h5" is WeChat's web authorization page, "access_token" and "userinfo" its pages of these calls, "codes"
//! its table of return codes; "observed" stands for answers and reports developers have published, "choice" for what
//! nobody outside WeChat knows.

mod account_tokens;
mod auth;
mod authorize;
mod consent;
mod control;
mod control_api;
mod debugger;
mod delivery_faults;
mod exchange;
mod fault_answers;
mod fault_rules;
mod head;
mod issued_file;
mod lifecycle;
mod methods;
mod page_errors;
mod page_reports;
mod people_page;
mod personas_in_trouble;
mod qrconnect;
mod redirect_target;
mod refresh;
mod seed;
mod silence;
mod snapshot_answers;
mod snapshot_pages;
mod support;
mod userinfo;
mod website_tokens;
