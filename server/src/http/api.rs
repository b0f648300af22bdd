//! REST: the features' own routes, gathered.

use axum::{
    Router,
    extract::{DefaultBodyLimit, Request},
    response::Response,
};
use focushive::Fault;

use super::{App, refusal};
use crate::token;

/// One message on the wire.
const MOST_BODY: usize = 64 * 1024;

pub fn routes() -> Router<App> {
    Router::new().merge(token::rest::routes()).fallback(nothing).layer(DefaultBodyLimit::max(MOST_BODY))
}

async fn nothing(_: Request) -> Response {
    refusal::json(Fault::NotFound)
}
