//! What SockJS says before a session: that it is there, what it can do, and the page that carries it
//! across sites.

use axum::{
    extract::Path,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::json;

use super::transport;

/// The library of the client's, for the page that carries it: the same version as it speaks.
const SCRIPT: &str = include_str!("sockjs.min.js");

const IFRAME: &str = r#"<!DOCTYPE html>
<html>
<head>
  <meta http-equiv="X-UA-Compatible" content="IE=edge" />
  <meta http-equiv="Content-Type" content="text/html; charset=UTF-8" />
  <script src="/ws-sockjs/sockjs.min.js"></script>
  <script>
    document.domain = document.domain;
    SockJS.bootstrap_iframe();
  </script>
</head>
<body>
  <h2>Don't panic!</h2>
  <p>This is a SockJS hidden iframe. It's used for cross domain magic.</p>
</body>
</html>"#;

pub async fn greeting() -> Response {
    ([(header::CONTENT_TYPE, "text/plain; charset=UTF-8")], "Welcome to SockJS!\n").into_response()
}

pub async fn info(headers: HeaderMap) -> Response {
    let info =
        json!({ "websocket": true, "origins": ["*:*"], "cookie_needed": true, "entropy": rand::random::<u32>() });
    let kind = [(header::CONTENT_TYPE, "application/json; charset=UTF-8")];
    without_cookie(transport::dressed((kind, info.to_string()).into_response(), &headers))
}

pub async fn info_options(headers: HeaderMap) -> Response {
    transport::allowed("OPTIONS, GET", &headers)
}

pub async fn script(headers: HeaderMap) -> Response {
    kept(&headers, "application/javascript; charset=UTF-8", "\"sockjs-1.6.1\"", SCRIPT)
}

/// `iframe.html`, `iframe-abc.html`: the same page, under names that change with its version.
pub async fn iframe(Path(page): Path<String>, headers: HeaderMap) -> Response {
    if !page.starts_with("iframe") || !page.ends_with(".html") {
        return StatusCode::NOT_FOUND.into_response();
    }
    kept(&headers, "text/html; charset=UTF-8", "\"iframe-2\"", IFRAME)
}

/// Something that does not change, for as long as anybody likes.
fn kept(asked: &HeaderMap, kind: &'static str, tag: &'static str, text: &'static str) -> Response {
    let headers = [
        (header::ETAG, HeaderValue::from_static(tag)),
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000")),
        (header::EXPIRES, transport::page_expires()),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ];
    if asked.get(header::IF_NONE_MATCH).is_some_and(|known| known == tag) {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    (headers, [(header::CONTENT_TYPE, kind)], text).into_response()
}

/// Of the server as such there is nothing to come back to.
fn without_cookie(mut response: Response) -> Response {
    response.headers_mut().remove(header::SET_COOKIE);
    response
}
