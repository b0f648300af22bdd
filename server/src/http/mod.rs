//! The whole router on one page: which path is answered where, and what every answer passes.

pub mod api;
pub mod connection;
mod crowd;
pub mod csrf;
pub mod file;
pub mod form;
pub mod health;
pub mod layers;
pub mod mail;
pub mod pages;
pub mod refusal;
pub mod site;
pub mod talk;

use axum::{
    Router,
    extract::FromRef,
    middleware,
    routing::{get, post},
};
use leptos::config::LeptosOptions;
use tower_http::{compression::CompressionLayer, limit::RequestBodyLimitLayer};

use crate::{account::avatar, auth::identify, services::Services, wire};

/// What the routes share.
#[derive(Clone)]
pub struct App {
    pub services: Services,
    pub site: LeptosOptions,
}

impl FromRef<App> for Services {
    fn from_ref(app: &App) -> Self {
        app.services.clone()
    }
}

impl FromRef<App> for LeptosOptions {
    fn from_ref(app: &App) -> Self {
        app.site.clone()
    }
}

/// The largest body any route takes: a picture and the form around it.
const MOST_BODY: usize = avatar::MOST_BYTES + 64 * 1024;

pub fn router(app: App) -> Router {
    pages::prepare();
    let services = app.services.clone();
    let secure = services.config.public_url().is_secure();
    let timeout = app.services.config.web.request_timeout.duration();
    Router::new()
        .route("/api/call", post(pages::call))
        .nest("/api/v1", api::routes())
        .route("/api/stop", post(mail::stop))
        .merge(api::papers())
        .merge(wire::routes())
        .route("/avatar/{id}", get(file::avatar))
        .route("/export", get(file::export))
        .route("/sessions.csv", get(file::sessions))
        .fallback(get(pages::show).post(form::submit))
        .layer(middleware::from_fn_with_state(app.services.clone(), identify::layer))
        .layer(layers::cookies(&app.services))
        .layer(middleware::from_fn_with_state(app.services.clone(), csrf::same_origin))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .merge(site::routes(&app.site.site_root))
        .layer(CompressionLayer::new().gzip(true))
        .layer(RequestBodyLimitLayer::new(MOST_BODY))
        .layer(layers::timeout(timeout))
        .layer(middleware::from_fn_with_state(secure, layers::headers))
        // What streams is neither compressed nor timed, and other sites may frame it: it has layers
        // of its own.
        .merge(wire::sockjs::routes(&services))
        .merge(wire::socketio::routes())
        .layer(middleware::from_fn(refusal::catch_panic))
        .layer(middleware::from_fn_with_state(services, api::edge::layer))
        .layer(middleware::from_fn(layers::trace))
        .with_state(app)
}
