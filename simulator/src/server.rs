//! The route table and the server around it.

use std::net::TcpListener;

use actix_web::dev::Server;
use actix_web::{App, HttpServer, web};

use crate::platform::Platform;
use crate::routes::{authorize, avatar, consent, control, home, not_found, sns};
use crate::shared::SharedPlatform;

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
    let server =
        HttpServer::new(move || App::new().app_data(platform.clone()).configure(route_table))
            .workers(1)
            // Nothing here takes long, and whoever stops a simulator is waiting for it.
            .shutdown_timeout(1);
    let server = match signals {
        Signals::Handle => server,
        Signals::Ignore => server.disable_signals(),
    };
    Ok(server.listen(listener)?.run())
}

fn route_table(routes: &mut web::ServiceConfig) {
    routes
        // WeChat's own, for browsers
        .route(
            "/connect/oauth2/authorize",
            web::get().to(authorize::authorize),
        )
        // WeChat's own, for servers
        .service(
            web::resource("/sns/oauth2/access_token")
                .route(web::get().to(sns::exchange_code))
                .default_service(web::to(sns::require_get)),
        )
        .service(
            web::resource("/sns/userinfo")
                .route(web::get().to(sns::user_info))
                .default_service(web::to(sns::require_get)),
        )
        // Ours, for people
        .route("/_simulator", web::get().to(home::home))
        .route("/_simulator/phone", web::post().to(home::take_phone))
        .route("/_simulator/consent", web::post().to(consent::decide))
        .route("/_simulator/refused", web::get().to(consent::refused))
        .route(
            "/_simulator/avatar/{person}",
            web::get().to(avatar::picture),
        )
        .route(
            "/_simulator/avatar/{person}/{size}",
            web::get().to(avatar::picture_of_size),
        )
        // Ours, for programs
        .route("/_simulator/health", web::get().to(control::health))
        .route("/_simulator/clock", web::post().to(control::advance_clock))
        .route("/_simulator/current", web::put().to(control::set_current))
        .route("/_simulator/requests", web::get().to(control::requests))
        .default_service(web::to(not_found::not_found));
}
