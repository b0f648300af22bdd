//! What mail programs call by themselves.

use axum::{
    extract::{Query, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use serde::Deserialize;

use super::refusal;
use crate::{notification::summary, services::Services};

#[derive(Deserialize)]
pub struct Stop {
    token: String,
}

/// No more summaries, at one press in the mail program (RFC 8058). It brings no cookie; the word in
/// the address says whose they are.
pub async fn stop(State(services): State<Services>, headers: HeaderMap, Query(stop): Query<Stop>) -> Response {
    match summary::stop(&services, &stop.token).await {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(failure) => refusal::answer(&headers, failure),
    }
}
