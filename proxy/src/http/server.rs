//! The route table, and the server around it.

use std::net::TcpListener;
use std::num::NonZeroUsize;
use std::sync::Arc;

use actix_web::body::MessageBody;
use actix_web::dev::{Server, ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::guard::fn_guard;
use actix_web::middleware::{Condition, from_fn};
use actix_web::web::{self, ServiceConfig};
use actix_web::{App, HttpServer, Resource};

use super::middleware::{admit, cors, cross_site, hold_body, observe, service_key};
use super::open_files;
use super::openapi;
use super::routes::openapi::ApiDescription;
use super::routes::{
    app_files, auth, bootstrap, health, jssdk, look_ups, openapi as description, qr, records,
    report, scan, service, session, verify_file,
};
use super::state::{AppState, StartError};
use crate::config::Config;
use crate::login::clock::SystemClock;

/// Opens the store, then serves on `listener`: await the result to run until its handle stops it. For programs that run
/// a proxy inside themselves.
///
/// # Errors
/// [`StartError`], before any request is taken.
pub async fn run(config: Config, listener: TcpListener) -> Result<Server, StartError> {
    crate::install_tls();
    let state = AppState::open(config, Arc::new(SystemClock)).await?;
    serve(web::Data::new(state), listener)
}

/// Serves on `listener` with a state that is open already.
///
/// # Errors
/// [`StartError::Listen`] if the listener cannot be used.
pub fn serve(state: web::Data<AppState>, listener: TcpListener) -> Result<Server, StartError> {
    let config = state.config.clone();
    let timeouts = &config.limits.timeouts;
    let wanted = config.limits.connections;
    let workers = std::thread::available_parallelism().map_or(2, NonZeroUsize::get);
    let server = HttpServer::new(move || app(state.clone()))
        .workers(workers)
        .max_connections(open_files::possible_connections(wanted).div_ceil(workers))
        .client_request_timeout(timeouts.head)
        .client_disconnect_timeout(timeouts.disconnect)
        .keep_alive(timeouts.idle)
        .shutdown_timeout(config.shutdown.limit.as_secs())
        // Whoever runs it decides when it ends: the program by signals, tests by the handle.
        .disable_signals();
    Ok(server.listen(listener)?.run())
}

/// Everything that answers requests, without a server around it.
pub fn app(
    state: web::Data<AppState>,
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody>,
        Error = actix_web::Error,
        InitError = (),
    >,
> {
    let description = ApiDescription(openapi::document(
        state.sessions.name(),
        state.config.api_path(),
    ));
    App::new()
        .app_data(state.clone())
        .app_data(web::Data::new(description))
        .configure(|app| routes(app, &state.config))
        .wrap(from_fn(admit::admit))
        .wrap(Condition::new(
            !state.config.allowed_origins.is_empty(),
            cors::for_app(&state.config),
        ))
        .wrap(from_fn(observe::observe))
        .wrap(from_fn(hold_body::hold))
}

fn for_wechats_console() -> Resource {
    web::resource("/MP_verify_{name}")
        .get(verify_file::show)
        .route(web::head().to(verify_file::show))
}

/// Every route, grouped by who calls it, with what guards it. They are tried in this order, and paths with names in them
/// are slow to try. A method that a path does not have is a 405 that names those it has. `proxy/tests` tries all guards
/// in their order.
fn routes(app: &mut ServiceConfig, config: &Config) {
    // Operations.
    app.service(
        web::resource("/healthz")
            .get(health::alive)
            .route(web::head().to(health::alive)),
    );
    app.service(
        web::resource("/readyz")
            .get(health::ready)
            .route(web::head().to(health::ready)),
    );
    // The app.
    app.service(
        web::scope("/api")
            .wrap(from_fn(cross_site::refuse))
            // The web server in front of backends.
            .service(
                web::resource("/auth")
                    .get(auth::show)
                    .route(web::head().to(auth::show)),
            )
            .service(web::resource("/bootstrap").get(bootstrap::show))
            .service(
                web::resource("/session")
                    .get(session::show)
                    .post(session::sign_in)
                    .delete(session::sign_out),
            )
            .service(web::resource("/qr.svg").get(qr::show))
            .service(
                web::resource("/jssdk")
                    .guard(fn_guard(jssdk::is_used))
                    .get(jssdk::show),
            )
            .service(scan::Routes {
                is_on: config.has_scan_login(),
            })
            .service(web::resource("/report").post(report::take))
            .service(web::resource("/openapi.json").get(description::show))
            .service(web::resource("/records").get(records::list))
            .service(
                web::resource("/records/{kind}/{key}")
                    .get(records::show)
                    .put(records::put)
                    .delete(records::delete),
            ),
    );
    // Backends of the company.
    app.service(
        web::scope("/service")
            .wrap(from_fn(service_key::require))
            .service(
                web::resource("/platforms/{platform}/users/{unionid}").get(look_ups::find_users),
            )
            .service(web::resource("/accounts/{account}/users").get(look_ups::list_users))
            .service(
                web::resource("/accounts/{account}/users/{openid}")
                    .get(service::show_user)
                    .put(service::note_user)
                    .delete(service::erase_user),
            )
            .service(
                web::resource("/accounts/{account}/users/{openid}/records")
                    .get(service::list_records),
            )
            .service(
                web::resource("/accounts/{account}/users/{openid}/records/{kind}/{key}")
                    .get(service::show_record)
                    .put(service::put_record)
                    .delete(service::delete_record),
            ),
    );
    app.service(for_wechats_console());
    // Browsers: the app's files and pages, where this process serves them.
    app.default_service(web::to(app_files::serve));
}
