//! Whether it lives, whether it can work, and its figures.

use std::time::Duration;

use axum::{Router, extract::State, http::StatusCode, routing::get};
use metrics_exporter_prometheus::PrometheusHandle;

use crate::services::Services;

/// How long the database may take to say that it is there.
const PATIENCE: Duration = Duration::from_secs(2);

pub async fn alive() -> &'static str {
    "ok\n"
}

pub async fn ready(State(services): State<Services>) -> (StatusCode, &'static str) {
    match tokio::time::timeout(PATIENCE, services.db.acquire()).await {
        Ok(Ok(_)) => (StatusCode::OK, "ready\n"),
        _ => (StatusCode::SERVICE_UNAVAILABLE, "the database cannot be reached\n"),
    }
}

/// The figures, on a port of their own: they are for whoever hosts this, and nobody else.
pub fn figures(handle: PrometheusHandle) -> Router {
    Router::new().route("/metrics", get(move || std::future::ready(handle.render())))
}
