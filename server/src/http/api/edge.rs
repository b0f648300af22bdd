//! The edge of the REST door: everything that goes in or out below `/api` comes by here. Scripts of
//! other sites are let in if a setting names their site, and then without cookies, here and where
//! Socket.IO is polled; whatever was refused below `/api`, by whichever layer, leaves as a problem.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::problem::Problem;
use crate::{auth::identify::bearer, config::CorsOrigins, http::layers::RequestId, services::Services};

/// A script of another site, which a setting names.
#[derive(Clone, Debug)]
pub struct Listed;

/// How long a browser may remember what it was told about a path.
const REMEMBERED: &str = "600";
const METHODS: &str = "GET, HEAD, POST, PUT, PATCH, DELETE";
const ASKED_WITH: &str = "authorization, content-type, idempotency-key, if-match, if-none-match, x-request-id";
const ANSWERED_WITH: &str =
    "allow, etag, idempotency-replayed, link, location, retry-after, www-authenticate, x-request-id";

pub async fn layer(State(services): State<Services>, mut request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let is_rest = is_ours(path);
    if !is_rest && !is_polled(path) {
        return next.run(request).await;
    }
    let listed = listed(&services, request.headers());
    if let (Some(origin), true) = (&listed, is_preflight(&request)) {
        return preflight(origin);
    }
    if listed.is_some() {
        request.headers_mut().remove(header::COOKIE);
        request.extensions_mut().insert(Listed);
    }
    let id = request.extensions().get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default();
    let challenge = challenge(request.headers());
    let response = next.run(request).await;
    let is_refused = response.status().is_client_error() || response.status().is_server_error();
    let response = if is_rest && is_refused { refuse(response, &id, challenge) } else { response };
    let mut response = match listed {
        Some(origin) => allow(response, &origin),
        None => response,
    };
    response.headers_mut().append(header::VARY, HeaderValue::from_static("origin"));
    response
}

fn is_ours(path: &str) -> bool {
    let below = |root: &str| path.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    below("/api/v1") || path == "/api/openapi.json"
}

/// Clients of Socket.IO in pages of other sites ask before they have a socket.
fn is_polled(path: &str) -> bool {
    matches!(path, "/socket.io" | "/socket.io/")
}

/// How to say who one is; whoever tried is told that the token is no good.
fn challenge(headers: &HeaderMap) -> &'static str {
    match bearer(headers) {
        Some(_) => "Bearer realm=\"FocusHive\", error=\"invalid_token\"",
        None => "Bearer realm=\"FocusHive\"",
    }
}

fn refuse(response: Response, id: &str, challenge: &'static str) -> Response {
    let mut response = Problem::of(&response).write(response, id);
    if response.status() == StatusCode::UNAUTHORIZED {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
    }
    response
}

/// The origin to allow, if there is one.
fn listed(services: &Services, headers: &HeaderMap) -> Option<HeaderValue> {
    let origin = headers.get(header::ORIGIN)?;
    let known = &services.config.web.cors_origins;
    if !known.allow(origin.to_str().ok()?) || crate::http::csrf::is_ours(services, headers) {
        return None;
    }
    Some(if *known == CorsOrigins::All { HeaderValue::from_static("*") } else { origin.clone() })
}

fn is_preflight(request: &Request) -> bool {
    *request.method() == Method::OPTIONS && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
}

fn preflight(origin: &HeaderValue) -> Response {
    let told = [
        (header::ACCESS_CONTROL_ALLOW_METHODS, METHODS),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, ASKED_WITH),
        (header::ACCESS_CONTROL_MAX_AGE, REMEMBERED),
        (header::VARY, "origin"),
    ];
    allow((StatusCode::NO_CONTENT, told).into_response(), origin)
}

fn allow(mut response: Response, origin: &HeaderValue) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(ANSWERED_WITH));
    response
}

#[cfg(test)]
mod tests {
    use super::{super::once, *};

    #[test]
    fn what_is_below_the_door_is_ours_and_nothing_else() {
        assert!(["/api/v1", "/api/v1/hives", "/api/v1/", "/api/openapi.json"].into_iter().all(is_ours));
        assert!(!["/", "/api", "/api/call", "/api/v10/hives", "/hive/v1"].into_iter().any(is_ours));
    }

    #[test]
    fn scripts_may_use_and_read_the_headers_of_this_door() {
        assert!(ASKED_WITH.contains(once::HEADER) && ANSWERED_WITH.contains(once::REPLAYED));
    }
}
