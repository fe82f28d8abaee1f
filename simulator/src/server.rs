//! The route table and the server around it.

use std::net::TcpListener;
use std::time::Duration;

use actix_web::body::MessageBody;
use actix_web::dev::{Server, ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::middleware::from_fn;
use actix_web::{App, FromRequest, Handler, HttpServer, Resource, Responder, Route, guard, web};

use crate::platform::Platform;
use crate::routes::{
    api, authorize, avatar, cgi_bin, consent, control, debugger, fault_forms, faults, fidelity,
    forms, home, not_found, page_faults, personas, qrconnect, snapshot, sns,
};
use crate::shared::SharedPlatform;

/// No request comes near it; whatever is longer is answered with 413.
const BODY_LIMIT: usize = 64 * 1024;

/// Whether Ctrl-C and SIGTERM end the server.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Signals {
    /// The program does.
    Handle,
    /// A test's simulator leaves them to the test.
    Ignore,
}

/// Serves until SIGINT or SIGTERM, as the program `wechat-simulator` does.
///
/// # Errors
/// If the listener cannot be used.
pub async fn run(listener: TcpListener, platform: Platform) -> std::io::Result<()> {
    build(listener, SharedPlatform::new(platform), Signals::Handle)?.await
}

/// A server that runs once it is awaited.
pub(crate) fn build(
    listener: TcpListener,
    platform: SharedPlatform,
    signals: Signals,
) -> std::io::Result<Server> {
    let platform = web::Data::new(platform);
    let server = HttpServer::new(move || around(platform.clone()))
        .workers(1)
        // As web servers do. With actix's own five seconds a client's next request would often meet a closing connection.
        .keep_alive(Duration::from_secs(75))
        // Nothing here takes long, and whoever stops a simulator is waiting for it.
        .shutdown_timeout(1);
    let server = match signals {
        Signals::Handle => server,
        Signals::Ignore => server.disable_signals(),
    };
    Ok(server.listen(listener)?.run())
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
    around(web::Data::new(SharedPlatform::new(platform)))
}

fn around(
    platform: web::Data<SharedPlatform>,
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody>,
        Error = actix_web::Error,
        InitError = (),
    >,
> {
    App::new()
        .app_data(platform)
        .wrap(from_fn(page_faults::around))
        .configure(route_table)
}

fn route_table(routes: &mut web::ServiceConfig) {
    routes
        .app_data(web::FormConfig::default().error_handler(not_found::unreadable_form))
        .app_data(web::PayloadConfig::new(BODY_LIMIT))
        // WeChat's own, for browsers
        .route("/connect/oauth2/authorize", get().to(authorize::authorize))
        .route("/connect/qrconnect", get().to(qrconnect::show))
        // WeChat's own, for servers
        .service(call("/sns/oauth2/access_token", sns::exchange_code))
        .service(call("/sns/oauth2/refresh_token", sns::refresh_token))
        .service(call("/sns/userinfo", sns::user_info))
        .service(call("/sns/auth", sns::check_token))
        .service(call("/cgi-bin/token", cgi_bin::token))
        .service(
            web::resource("/cgi-bin/stable_token")
                .route(web::post().to(cgi_bin::stable_token))
                .default_service(web::to(cgi_bin::require_post)),
        )
        // Ours, for people
        .route("/_simulator", get().to(home::home))
        .route("/_simulator/fidelity", get().to(fidelity::page))
        .route("/_simulator/log", get().to(home::log))
        .service(
            web::scope("/_simulator/forms")
                .route("/clock", web::post().to(forms::advance_clock))
                .route("/reset", web::post().to(forms::reset))
                .route("/clear-log", web::post().to(forms::clear_log))
                .route("/settings", web::post().to(forms::settings))
                .route("/person", web::post().to(forms::add_person))
                .route("/fault", web::post().to(fault_forms::add))
                .route("/remove-fault", web::post().to(fault_forms::remove))
                .default_service(web::to(not_found::not_found)),
        )
        .route("/_simulator/debugger", get().to(debugger::start))
        .route(
            "/_simulator/debugger/callback",
            // No HEAD: it exchanges a code.
            web::get().to(debugger::callback),
        )
        .route("/_simulator/debugger/call", web::post().to(debugger::call))
        .route("/_simulator/phone", web::post().to(home::take_phone))
        .route("/_simulator/consent", web::post().to(consent::decide))
        .route("/_simulator/refused", get().to(consent::refused))
        .route("/_simulator/snapshot", web::post().to(snapshot::browse))
        .route("/_simulator/full-service", get().to(snapshot::full_service))
        .route("/_simulator/scan/{ticket}", get().to(qrconnect::scanned))
        .route(
            "/_simulator/scan/{ticket}",
            web::post().to(qrconnect::decide),
        )
        .route(
            "/_simulator/scan/{ticket}/status",
            get().to(qrconnect::status),
        )
        .route(
            "/_simulator/scan/{ticket}/continue",
            get().to(qrconnect::proceed),
        )
        .route("/_simulator/avatar/{person}", get().to(avatar::picture))
        .route(
            "/_simulator/avatar/{person}/{size}",
            get().to(avatar::picture_of_size),
        )
        // Ours, for programs
        .route("/_simulator/health", get().to(control::health))
        .service(
            web::resource("/_simulator/reset")
                .route(web::post().to(control::reset))
                .default_service(web::to(control::wrong_method)),
        )
        .service(
            web::resource("/_simulator/clock")
                .route(web::post().to(control::advance_clock))
                .default_service(web::to(control::wrong_method)),
        )
        .service(
            web::resource("/_simulator/current")
                .route(web::put().to(control::set_current))
                .default_service(web::to(control::wrong_method)),
        )
        .service(
            web::resource("/_simulator/requests")
                .route(get().to(control::requests))
                .route(web::delete().to(control::clear_requests))
                .default_service(web::to(control::wrong_method)),
        )
        .service(
            web::resource("/_simulator/settings")
                .route(get().to(control::settings))
                .route(web::put().to(control::set_settings))
                .default_service(web::to(control::wrong_method)),
        )
        .service(
            web::resource("/_simulator/personas")
                .route(get().to(personas::all))
                .default_service(web::to(control::wrong_method)),
        )
        .service(
            web::resource("/_simulator/personas/{id}")
                .route(get().to(personas::one))
                .route(web::put().to(personas::put))
                .default_service(web::to(control::wrong_method)),
        )
        .service(
            web::resource("/_simulator/personas/{id}/ids")
                .route(get().to(personas::ids))
                .default_service(web::to(control::wrong_method)),
        )
        .service(
            web::resource("/_simulator/faults")
                .route(get().to(faults::all))
                .route(web::post().to(faults::add))
                .route(web::delete().to(faults::clear))
                .default_service(web::to(control::wrong_method)),
        )
        .service(
            web::resource("/_simulator/faults/{id}")
                .route(web::delete().to(faults::remove))
                .default_service(web::to(control::wrong_method)),
        )
        .default_service(web::to(not_found::not_found));
}

/// `GET`, and `HEAD` as its answer without a body.
fn get() -> Route {
    web::route().guard(guard::Any(guard::Get()).or(guard::Head()))
}

/// One of WeChat's calls that `GET` and `POST` make alike.
fn call<F, Args>(path: &str, call: F) -> Resource
where
    F: Handler<Args>,
    Args: FromRequest + 'static,
    F::Output: Responder + 'static,
{
    web::resource(path)
        .route(web::get().to(call.clone()))
        .route(web::post().to(call))
        .route(web::head().to(api::head))
        .default_service(web::to(api::require_get))
}
