//! The targets, one file each.
//!
//! | target | what it reads |
//! |---|---|
//! | `authorize_url` | what the app puts into the address of WeChat's page |
//! | `callback` | the query WeChat's redirect brings back |
//! | `client_address` | `X-Forwarded-For` |
//! | `config` | the proxy's configuration and environment |
//! | `cursor` | where a page of a list ended |
//! | `identifiers` | appids, openids, codes, names of records, versions, verification files |
//! | `list_query` | queries of lists |
//! | `login_record` | what the browser's storage holds about a login under way |
//! | `page_load` | all of these together, when the app decides what to do |
//! | `preconditions` | `If-Match` and `If-None-Match` |
//! | `proxy_request` | any request to the proxy, headers, paths and bodies |
//! | `qr_path` | the path a QR code is asked for |
//! | `record_value` | JSON that backends and apps keep |
//! | `report` | what a broken app reports |
//! | `return_to` | where a user goes after a login |
//! | `service_authorization` | `Authorization` |
//! | `session_cookie` | the `Cookie` header |
//! | `simulator_query` | queries, as the simulator decodes them |
//! | `simulator_redirect` | `redirect_uri`, as the simulator understands it |
//! | `simulator_request` | any request to the simulator |
//! | `simulator_seed` | seed files of the simulator |
//! | `user_agent` | user agents |
//! | `wechat_answer` | WeChat's answers |

mod authorize_url;
mod callback;
mod client_address;
mod config;
mod cursor;
mod identifiers;
mod list_query;
mod login_record;
mod page_load;
mod parts;
mod preconditions;
mod proxy_config;
mod proxy_request;
mod qr_path;
mod record_value;
mod report;
mod return_to;
mod service_authorization;
mod session_cookie;
mod simulator_query;
mod simulator_redirect;
mod simulator_request;
mod simulator_seed;
mod user_agent;
mod wechat_answer;

use crate::target::Target;

/// The list, in the order of the alphabet.
macro_rules! list {
    ($($name:ident)*) => {
        [$(Target { name: stringify!($name), run: $name::run }),*]
    };
}

/// All of them.
pub const ALL: [Target; 23] = list! {
    authorize_url
    callback
    client_address
    config
    cursor
    identifiers
    list_query
    login_record
    page_load
    preconditions
    proxy_request
    qr_path
    record_value
    report
    return_to
    service_authorization
    session_cookie
    simulator_query
    simulator_redirect
    simulator_request
    simulator_seed
    user_agent
    wechat_answer
};

/// The one of this name.
pub fn named(name: &str) -> Option<Target> {
    ALL.into_iter().find(|target| target.name == name)
}
