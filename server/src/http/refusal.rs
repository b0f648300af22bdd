//! How a failure is said over HTTP: as JSON to clients, as a plain page to people, and never with
//! more in it than a `Fault`.

use std::{any::Any, panic::AssertUnwindSafe};

use axum::{
    Json,
    extract::Request,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    middleware::Next,
    response::{Html, IntoResponse, Response},
};
use focushive::{Fault, fault::Refusal};
use futures::FutureExt;

use crate::{backend::settle, failure::Failure};

/// Says it in the form the request asked for.
pub fn answer(headers: &HeaderMap, failure: Failure) -> Response {
    let fault = settle(failure);
    if !wants_page(headers) {
        return json(fault);
    }
    let mut page = page(&fault);
    page.extensions_mut().insert(fault);
    page
}

pub fn json(fault: Fault) -> Response {
    let (status, wait) = (status(&fault), retry_after(&fault));
    let mut response = (status, Json(Refusal::from(fault.clone()))).into_response();
    // For those who write it in a form of their own.
    response.extensions_mut().insert(fault);
    if let Some(wait) = wait {
        response.headers_mut().insert(header::RETRY_AFTER, wait);
    }
    response
}

pub fn status(fault: &Fault) -> StatusCode {
    StatusCode::from_u16(fault.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// Whole seconds, rounded up, as the header wants it.
pub fn retry_after(fault: &Fault) -> Option<HeaderValue> {
    fault.retry_after_ms().map(|ms| HeaderValue::from(ms.div_ceil(1000)))
}

/// Whether a person is looking: browsers ask for HTML first when they open a page.
pub fn wants_page(headers: &HeaderMap) -> bool {
    headers
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.starts_with("text/html"))
}

/// The last resort, when not even our own pages can be made: it needs nothing that could be broken.
fn page(fault: &Fault) -> Response {
    const STYLE: &str = concat!(include_str!("../../../style/tokens.css"), include_str!("refusal.css"));
    let body = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
         <title>FocusHive</title><style nonce=\"last\">{STYLE}</style>\
         <main><h1>That did not work</h1><p>Here is why: {}.</p><a href=\"/\">Back to FocusHive</a></main></html>",
        escape(&fault.to_string())
    );
    let mut response = (status(fault), Html(body)).into_response();
    // Nothing in it comes from anybody else, so one word for its own style will do; scripts have none.
    let policy = HeaderValue::from_static("default-src 'none'; style-src 'nonce-last'; frame-ancestors 'none'");
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    if let Some(wait) = retry_after(fault) {
        response.headers_mut().insert(header::RETRY_AFTER, wait);
    }
    response
}

pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// A bug of ours must not take more than its own request.
pub async fn catch_panic(request: Request, next: Next) -> Response {
    let headers = request.headers().clone();
    match AssertUnwindSafe(next.run(request)).catch_unwind().await {
        Ok(response) => response,
        Err(panic) => answer(&headers, Failure::internal(format!("panicked: {}", words(panic.as_ref())))),
    }
}

fn words(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("no words")
}

#[cfg(test)]
mod tests {
    use axum::{Router, body::Body, middleware, routing::get};
    use tower::ServiceExt;

    use super::*;

    async fn after_a_panic(accept: &str) -> Response {
        let broken = || async {
            if true {
                panic!("a secret detail")
            }
        };
        let router = Router::new().route("/", get(broken)).layer(middleware::from_fn(catch_panic));
        let request = axum::http::Request::get("/").header(header::ACCEPT, accept).body(Body::empty()).unwrap();
        router.oneshot(request).await.unwrap()
    }

    #[tokio::test]
    async fn a_panic_is_a_page_to_people_and_json_to_clients_and_tells_neither_why() {
        for (accept, kind) in [("text/html,*/*", "text/html"), ("application/json", "application/json")] {
            let response = after_a_panic(accept).await;
            assert_eq!(response.status(), 500);
            assert!(response.headers()[header::CONTENT_TYPE].to_str().unwrap().starts_with(kind));
            let body = axum::body::to_bytes(response.into_body(), 64 * 1024).await.unwrap();
            assert!(!String::from_utf8_lossy(&body).contains("secret"));
        }
    }
}
