//! How a failure is said over HTTP: as JSON to clients, as a plain page to people, and never with
//! more in it than a `Fault`.

use std::any::Any;

use axum::{
    Json,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use focushive::{Fault, fault::Refusal};

use crate::{backend::settle, failure::Failure};

/// Says it in the form the request asked for.
pub fn answer(headers: &HeaderMap, failure: Failure) -> Response {
    let fault = settle(failure);
    if wants_page(headers) { page(&fault) } else { json(fault) }
}

pub fn json(fault: Fault) -> Response {
    let (status, wait) = (status(&fault), retry_after(&fault));
    let mut response = (status, Json(Refusal::from(fault))).into_response();
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
    let body = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
         <meta name=\"color-scheme\" content=\"light dark\"><title>FocusHive</title>\
         <h1>That did not work</h1><p>Here is why: {}.</p><p><a href=\"/\">Back to FocusHive</a></p></html>",
        escape(&fault.to_string())
    );
    let mut response = (status(fault), Html(body)).into_response();
    if let Some(wait) = retry_after(fault) {
        response.headers_mut().insert(header::RETRY_AFTER, wait);
    }
    response
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// A bug of ours must not take more than its own request.
#[expect(clippy::needless_pass_by_value, reason = "the layer's signature")]
pub fn panicked(panic: Box<dyn Any + Send + 'static>) -> Response {
    let said = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    json(settle(Failure::internal(format!("panicked: {}", said.unwrap_or("without a word")))))
}
