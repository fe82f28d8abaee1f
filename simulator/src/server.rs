//! The route table and the server around it.

use std::net::TcpListener;
use std::time::Duration;

use actix_web::body::MessageBody;
use actix_web::dev::{Server, ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::middleware::from_fn;
use actix_web::{App, HttpServer, Resource, web};
use parking_lot::Mutex;

use crate::platform::{Endpoint, Platform};
use crate::routes::{
    Shared, api, authorize, control, debugger, faults, forms, get, home, hosts, jssdk, qrconnect,
    respond,
};

/// No request comes near it; whatever is longer is answered with 413.
const BODY_LIMIT: usize = 64 * 1024;

/// Serves until SIGINT or SIGTERM, as the program `wechat-simulator` does.
///
/// # Errors
/// If a listener cannot be used.
pub async fn run(
    listeners: impl IntoIterator<Item = TcpListener>,
    platform: Platform,
) -> std::io::Result<()> {
    let platform = web::Data::new(Mutex::new(platform));
    build(listeners, platform, true)?.await
}

/// A server that runs once it is awaited, and which Ctrl-C and SIGTERM end if it `handles_signals`; a test's simulator
/// leaves them to the test.
pub(crate) fn build(
    listeners: impl IntoIterator<Item = TcpListener>,
    platform: Shared,
    handles_signals: bool,
) -> std::io::Result<Server> {
    let server =
        HttpServer::new(move || App::new().configure(|routes| configure(routes, platform.clone())))
            .workers(1)
            // As web servers do. With actix's own five seconds a client's next request would often meet a closing connection.
            .keep_alive(Duration::from_secs(75))
            // Nothing here takes long, and whoever stops a simulator is waiting for it.
            .shutdown_timeout(1);
    let mut server = match handles_signals {
        true => server,
        false => server.disable_signals(),
    };
    for listener in listeners {
        server = server.listen(listener)?;
    }
    Ok(server.run())
}

/// Everything that answers requests, without a server around it.
pub fn app(
    platform: Platform,
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody>,
        Error = actix_web::Error,
        InitError = (),
    >,
> {
    let platform = web::Data::new(Mutex::new(platform));
    App::new().configure(|routes| configure(routes, platform))
}

/// The rules for `authorize` and the guards against other sites go around all routes.
fn configure(routes: &mut web::ServiceConfig, platform: Shared) {
    let everything = web::scope("")
        .wrap(from_fn(faults::around))
        .wrap(from_fn(respond::from_here))
        .wrap(from_fn(hosts::known));
    routes
        .app_data(platform)
        .service(everything.configure(route_table));
}

fn route_table(routes: &mut web::ServiceConfig) {
    routes
        .app_data(web::FormConfig::default().error_handler(respond::unreadable_form))
        .app_data(web::PayloadConfig::new(BODY_LIMIT))
        // WeChat's own, for browsers
        .route(Endpoint::Authorize.path(), get().to(authorize::authorize))
        .route("/connect/qrconnect", get().to(qrconnect::show))
        // WeChat's own, for servers
        .service(api::call(Endpoint::AccessToken))
        .service(api::call(Endpoint::RefreshToken))
        .service(api::call(Endpoint::Userinfo))
        .service(api::call(Endpoint::Auth))
        .service(api::call(Endpoint::Token))
        .service(api::call(Endpoint::StableToken))
        .service(api::call(Endpoint::CodeToSession))
        .service(api::call(Endpoint::Ticket))
        .service(api::call(Endpoint::Follower))
        .service(api::call(Endpoint::Followers))
        .service(
            web::scope("/_simulator")
                .configure(for_people)
                .configure(for_pages)
                .configure(for_programs),
        )
        .default_service(web::to(respond::not_found));
}

/// Ours, below `/_simulator`.
fn for_people(routes: &mut web::ServiceConfig) {
    let form = forms::form;
    routes
        .route("", get().to(home::home))
        .route("/fidelity", get().to(home::fidelity))
        .route("/log", get().to(home::log))
        .route("/forms/clock", form("clock", forms::advance_clock))
        .route("/forms/reset", form("people", forms::reset))
        .route("/forms/clear-log", form("log", forms::clear_log))
        .route("/forms/settings", form("settings", forms::settings))
        .route("/forms/person", form("people", forms::add_person))
        .route("/forms/follow", form("people", forms::follow))
        .route("/forms/fault", form("faults", forms::add_fault))
        .route("/forms/remove-fault", form("faults", forms::remove_fault))
        .route("/debugger", get().to(debugger::start))
        // No HEAD: it exchanges a code.
        .route("/debugger/callback", web::get().to(debugger::callback))
        .route("/debugger/call", web::post().to(debugger::call))
        .route("/code", web::post().to(home::show_code))
        .route("/phone", web::post().to(home::take_phone))
        .route("/consent", web::post().to(authorize::decide))
        .route("/refused", get().to(authorize::refused))
        .route("/snapshot", web::post().to(authorize::browse_snapshot))
        .route("/full-service", get().to(authorize::full_service))
        .route("/scan/{ticket}", get().to(qrconnect::scanned))
        .route("/scan/{ticket}", web::post().to(qrconnect::decide))
        .route("/scan/{ticket}/status", get().to(qrconnect::status))
        .route("/scan/{ticket}/continue", get().to(qrconnect::proceed))
        .route("/avatar/{person}", get().to(home::picture))
        .route("/avatar/{person}/{size}", get().to(home::picture_of_size));
}

/// What pages of others run, below `/_simulator`.
fn for_pages(routes: &mut web::ServiceConfig) {
    routes
        .route("/bridge.js", get().to(jssdk::bridge))
        .route("/jssdk.js", get().to(jssdk::script))
        .route("/jssdk/verify", web::get().to(jssdk::verify))
        .route("/jssdk/share", web::get().to(jssdk::share));
}

/// The control API, below `/_simulator`.
fn for_programs(routes: &mut web::ServiceConfig) {
    let put = web::put;
    // The latest requests to WeChat's own paths, newest last, secrets masked.
    let requests = json("/requests").route(control::show(|platform| platform.log.all()));
    let clear_log = web::delete().to(control::act(|platform| platform.log.clear()));
    // All switches.
    let settings = json("/settings").route(control::show(|platform| platform.settings.clone()));
    // Everybody, in the order of the page.
    let people = control::show(|platform| platform.people.clone());
    let person = json("/personas/{id}").route(get().to(control::person));
    // What pages set to be shared, newest last.
    let shares = control::show(|platform| platform.shares.clone());
    // The rules in force, oldest first, with what is left of each.
    let faults = json("/faults").route(control::show(Platform::faults));
    let add_fault = web::post().to(control::add_fault);
    let clear_faults = web::delete().to(control::act(Platform::clear_faults));
    let remove_fault = web::delete().to(control::remove_fault);
    routes
        .route("/health", get().to(control::health))
        .service(json("/reset").route(web::post().to(control::act(Platform::reset))))
        .service(json("/clock").route(web::post().to(control::advance_clock)))
        .service(json("/codes").route(web::post().to(control::issue_code)))
        .service(json("/shares").route(shares))
        .service(json("/current").route(put().to(control::set_current)))
        .service(requests.route(clear_log))
        .service(settings.route(put().to(control::set_settings)))
        .service(json("/personas").route(people))
        .service(person.route(put().to(control::put_person)))
        .service(json("/personas/{id}/ids").route(get().to(control::ids)))
        .service(faults.route(add_fault).route(clear_faults))
        .service(json("/faults/{id}").route(remove_fault));
}

/// An address of the control API.
fn json(path: &str) -> Resource {
    web::resource(path).default_service(web::to(control::wrong_method))
}
