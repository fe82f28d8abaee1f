//! Every target, with a fixed number of inputs.

use fuzz::{bounded, targets};

/// A test for each target, so that they run side by side and a failure says whose it is.
macro_rules! targets {
    ($($name:ident)*) => {
        $(
            #[test]
            fn $name() {
                bounded::run(&targets::named(stringify!($name)).unwrap());
            }
        )*

        #[test]
        fn no_target_is_left_out() {
            let tested = [$(stringify!($name)),*];
            let all: Vec<&str> = targets::ALL.iter().map(|target| target.name).collect();
            assert_eq!(all, tested);
        }
    };
}

targets! {
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
}
