//! What was refused, as RFC 9457 writes it: our faults under their codes, and what only HTTP can get
//! wrong. Whatever goes wrong below `/api/v1` leaves in this form.

use axum::{
    Json,
    body::Body,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use focushive::{Fault, Moment, fault, fault::Refusal};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{backend::settle, failure::Failure, http::refusal};

pub const KIND: &str = "application/problem+json";

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    Fault(Fault),
    /// It is no JSON at all.
    Malformed(String),
    /// It is something else than JSON.
    WrongType,
    /// The same key came with something else.
    KeyTaken,
    /// What HTTP itself refused.
    Http(StatusCode),
}

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        Self::Fault(settle(failure))
    }
}

/// Why something was refused.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct Written {
    /// Where the code is explained.
    #[serde(rename = "type")]
    #[schema(format = "uri-reference")]
    pub kind: String,
    /// What this code always means.
    pub title: String,
    #[schema(minimum = 400, maximum = 599)]
    pub status: u16,
    /// What is the matter this time.
    pub detail: String,
    /// The stable word to match on.
    pub code: String,
    /// What is wrong with which field.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<fault::Problem>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_after_ms: Option<u64>,
    /// The moment from which on it would be taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<Moment>,
    /// Under which word a failure of ours was written down.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trace: Option<String>,
    /// The word for this request in the log.
    pub request_id: String,
}

/// Every code there is, its status, and what it always means.
pub const CODES: [(&str, u16, &str); 22] = [
    ("malformed", 400, "What was sent cannot be read"),
    ("signed_out", 401, "Nobody is signed in"),
    ("wrong_credentials", 401, "Address and password do not match"),
    ("forbidden", 403, "One may not do that"),
    ("forged", 403, "The request came from elsewhere"),
    ("not_found", 404, "There is no such thing, to whoever asks"),
    ("wrong_method", 405, "The method does not fit the path"),
    ("timeout", 408, "It took too long"),
    ("conflict", 409, "It does not fit how things are"),
    ("not_yet", 409, "It would be taken later"),
    ("invite_refused", 410, "The invitation lets nobody in"),
    ("link_spent", 410, "The link is spent"),
    ("changed", 412, "It changed meanwhile"),
    ("too_large", 413, "It is too large"),
    ("wrong_type", 415, "It is not JSON"),
    ("invalid", 422, "Some fields are wrong"),
    ("key_taken", 422, "The key belongs to another request"),
    ("rate_limited", 429, "Too much at once"),
    ("refused", 400, "It was refused"),
    ("internal", 500, "Something broke on our side"),
    ("broken", 500, "Something broke on our side"),
    ("unavailable", 503, "Try again in a moment"),
];

impl Problem {
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Fault(fault) => refusal::status(fault),
            Self::Malformed(_) => StatusCode::BAD_REQUEST,
            Self::WrongType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::KeyTaken => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Http(status) => *status,
        }
    }

    pub fn code(&self) -> &'static str {
        match self {
            Self::Fault(fault) => fault.code(),
            Self::Malformed(_) => "malformed",
            Self::WrongType => "wrong_type",
            Self::KeyTaken => "key_taken",
            Self::Http(status) => match status.as_u16() {
                400 => "malformed",
                404 => "not_found",
                405 => "wrong_method",
                408 => "timeout",
                413 => "too_large",
                415 => "wrong_type",
                429 => "rate_limited",
                503 => "unavailable",
                _ if status.is_client_error() => "refused",
                _ => "broken",
            },
        }
    }

    fn detail(&self) -> String {
        match self {
            Self::Fault(fault) => fault.to_string(),
            Self::Malformed(words) => format!("it cannot be read: {words}"),
            Self::WrongType => "send JSON, and say so: content-type application/json".to_owned(),
            Self::KeyTaken => "this Idempotency-Key came with another request before: take a fresh one".to_owned(),
            Self::Http(StatusCode::METHOD_NOT_ALLOWED) => "this path knows other methods: see Allow".to_owned(),
            Self::Http(status) => status.canonical_reason().unwrap_or("refused").to_lowercase(),
        }
    }

    pub fn written(&self, request_id: &str) -> Written {
        let code = self.code();
        let title = CODES.iter().find(|(known, ..)| *known == code).map_or("", |(.., title)| title);
        let refusal = match self {
            Self::Fault(fault) => Some(Refusal::from(fault.clone())),
            Self::Malformed(_) | Self::WrongType | Self::KeyTaken | Self::Http(_) => None,
        };
        let (problems, retry_after_ms, at, trace) = refusal
            .map(|refusal| (refusal.problems, refusal.retry_after_ms, refusal.at, refusal.trace))
            .unwrap_or_default();
        Written {
            kind: format!("/api#{code}"),
            title: title.to_owned(),
            status: self.status().as_u16(),
            detail: self.detail(),
            code: code.to_owned(),
            problems,
            retry_after_ms,
            at,
            trace,
            request_id: request_id.to_owned(),
        }
    }

    /// What an answer that is none says about itself, or what its status says.
    pub fn of(response: &Response) -> Self {
        let known = response.extensions();
        let fault = || known.get::<Fault>().cloned().map(Self::Fault);
        known.get::<Self>().cloned().or_else(fault).unwrap_or(Self::Http(response.status()))
    }

    /// The answer in our form, with the headers it had.
    pub fn write(&self, response: Response, request_id: &str) -> Response {
        let (mut parts, _) = response.into_parts();
        for name in [header::CONTENT_LENGTH, header::CONTENT_ENCODING, header::CONTENT_TYPE, header::ETAG] {
            parts.headers.remove(name);
        }
        parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(KIND));
        if let Self::Fault(fault) = self
            && let Some(wait) = refusal::retry_after(fault)
        {
            parts.headers.insert(header::RETRY_AFTER, wait);
        }
        let body = serde_json::to_vec(&self.written(request_id)).unwrap_or_default();
        Response::from_parts(parts, Body::from(body))
    }
}

/// Its form is given at the very edge, where all refusals come by.
impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = (self.status(), Json(serde_json::Value::Null)).into_response();
        response.extensions_mut().insert(self);
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_explained_under_its_status() {
        let faults = [
            Fault::SignedOut,
            Fault::WrongCredentials,
            Fault::Forbidden,
            Fault::Forged,
            Fault::NotFound,
            Fault::field("a", "b"),
            Fault::conflict("c"),
            Fault::Changed,
            Fault::LinkSpent,
            Fault::TooLarge { limit: "64 KB".to_owned() },
            Fault::RateLimited { retry_after_ms: 1 },
            Fault::Unavailable { retry_after_ms: 1 },
            Fault::Internal { trace: "t".to_owned() },
        ];
        let others = [Problem::Malformed(String::new()), Problem::WrongType, Problem::KeyTaken];
        let http = [400, 404, 405, 408, 413, 415, 429, 500, 503]
            .map(|status| Problem::Http(StatusCode::from_u16(status).unwrap()));
        for problem in faults.map(Problem::Fault).into_iter().chain(others).chain(http) {
            let known = CODES.iter().find(|(code, ..)| *code == problem.code()).unwrap();
            assert_eq!(known.1, problem.status().as_u16(), "{problem:?}");
            assert!(!problem.written("r").title.is_empty());
        }
    }

    #[test]
    fn a_refusal_says_which_field_and_which_request() {
        let written = serde_json::to_value(Problem::from(Fault::field("name", "too long")).written("7f")).unwrap();
        assert_eq!(written["problems"], serde_json::json!([{ "field": "name", "message": "too long" }]));
        assert_eq!((&written["type"], &written["request_id"]), (&"/api#invalid".into(), &"7f".into()));
    }
}
