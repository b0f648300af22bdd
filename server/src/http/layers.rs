//! What every request passes: its id and span, the headers that keep browsers careful, time limits,
//! and the signed cookie of a session.

use std::time::{Duration, Instant};

use axum::{
    extract::{MatchedPath, Request, State},
    http::{HeaderName, HeaderValue, StatusCode, header},
    middleware::Next,
    response::Response,
};
use tower_http::timeout::TimeoutLayer;
use tower_sessions::{
    Expiry, SessionManagerLayer,
    cookie::{Key, SameSite},
    service::SignedCookie,
};
use tracing::Instrument;
use uuid::Uuid;

use crate::{auth::session::CookieStore, services::Services};

/// The word for one request in the log.
#[derive(Clone, Debug)]
pub struct RequestId(pub String);

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// One span a request. An id that comes in is kept, so that a proxy's log and ours agree; it is
/// bounded and plain, so that it cannot forge a line of the log.
pub async fn trace(mut request: Request, next: Next) -> Response {
    let given = request.headers().get(REQUEST_ID).and_then(|id| id.to_str().ok()).filter(|id| plain(id));
    let id = given.map_or_else(|| Uuid::now_v7().simple().to_string(), str::to_owned);
    let path = request.extensions().get::<MatchedPath>().map_or("page", |path| path.as_str()).to_owned();
    let span = tracing::info_span!("http", method = %request.method(), path, request.id = %id);
    request.extensions_mut().insert(RequestId(id.clone()));
    let began = Instant::now();
    let mut response = next.run(request).instrument(span.clone()).await;
    let status = response.status().as_u16();
    span.in_scope(|| tracing::debug!(status, duration_ms = began.elapsed().as_millis(), "answered"));
    metrics::histogram!("focushive_http_seconds", "path" => path, "status" => status.to_string())
        .record(began.elapsed().as_secs_f64());
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

fn plain(id: &str) -> bool {
    !id.is_empty() && id.len() <= 64 && id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
}

/// Keeps browsers careful. A page brings its own content policy, with a nonce; everything else
/// gets one under which nothing runs.
pub async fn headers(State(secure): State<bool>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let fixed = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=(), payment=()"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if !headers.contains_key(header::CONTENT_SECURITY_POLICY) {
        let nothing = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'; sandbox");
        headers.insert(header::CONTENT_SECURITY_POLICY, nothing);
    }
    if secure {
        let year = HeaderValue::from_static("max-age=31536000; includeSubDomains");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, year);
    }
    response
}

pub fn timeout(after: Duration) -> TimeoutLayer {
    TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, after)
}

/// The session cookie: signed, unreadable to scripts, not sent along from other sites' forms.
pub fn cookies(services: &Services) -> SessionManagerLayer<CookieStore, SignedCookie> {
    let secure = services.config.public_url().is_secure();
    let lasts = time::Duration::days(services.config.sign_in.session_days.into());
    SessionManagerLayer::new(CookieStore::new(services.db.clone()))
        .with_name(if secure { "__Host-focushive" } else { "focushive" })
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_secure(secure)
        .with_expiry(Expiry::OnInactivity(lasts))
        .with_signed(Key::from(&services.cookie_key))
}
