//! Where Prometheus reads: an address of its own, `metrics_listen`, never the one browsers reach.

use std::net::TcpListener;

use actix_web::dev::Server;
use actix_web::{App, HttpResponse, HttpServer, web};

use crate::app::AppState;

/// Of OpenMetrics, which Prometheus reads since 2.5.
const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Serves `GET /metrics` on `listener`, and nothing else.
///
/// # Errors
/// If the listener cannot be used.
pub fn serve(state: web::Data<AppState>, listener: TcpListener) -> std::io::Result<Server> {
    let app = move || {
        App::new()
            .app_data(state.clone())
            .route("/metrics", web::get().to(show))
    };
    // Whoever stops the proxy stops this one, too.
    let server = HttpServer::new(app).workers(1).disable_signals();
    Ok(server.listen(listener)?.run())
}

async fn show(state: web::Data<AppState>) -> HttpResponse {
    let text = state.metrics.text(state.store.pool_status());
    HttpResponse::Ok().content_type(CONTENT_TYPE).body(text)
}
