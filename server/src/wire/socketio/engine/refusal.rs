//! Why a request is none of a session's, in the words of Engine.IO.

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::json;

pub enum Refusal {
    Transport,
    Session,
    Method,
    Request,
    Version,
    TooLarge,
    Full,
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (status, code, message) = match self {
            Self::Transport => (StatusCode::BAD_REQUEST, 0, "Transport unknown"),
            Self::Session => (StatusCode::BAD_REQUEST, 1, "Session ID unknown"),
            Self::Method => (StatusCode::BAD_REQUEST, 2, "Bad handshake method"),
            Self::Request => (StatusCode::BAD_REQUEST, 3, "Bad request"),
            Self::Version => (StatusCode::BAD_REQUEST, 5, "Unsupported protocol version"),
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, 3, "Payload too large"),
            Self::Full => (StatusCode::SERVICE_UNAVAILABLE, 4, "Too many sessions: come back later"),
        };
        (status, Json(json!({ "code": code, "message": message }))).into_response()
    }
}
