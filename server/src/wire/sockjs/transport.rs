//! What each transport of SockJS writes around a frame, and how it reads what is said.

use std::{convert::Infallible, time::Duration};

use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use axum_extra::extract::CookieJar;
use futures::stream;

use super::{
    frame::{self, Nothing},
    session::Listener,
};

/// How much one answer streams before the client asks anew: what was streamed stays in its memory.
const MOST_STREAMED: usize = 128 * 1024;

const A_YEAR: Duration = Duration::from_secs(31_536_000);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    Xhr,
    XhrSend,
    XhrStreaming,
    EventSource,
    HtmlFile,
    Jsonp,
    JsonpSend,
}

impl Transport {
    pub fn of(word: &str) -> Option<Self> {
        Some(match word {
            "xhr" => Self::Xhr,
            "xhr_send" => Self::XhrSend,
            "xhr_streaming" => Self::XhrStreaming,
            "eventsource" => Self::EventSource,
            "htmlfile" => Self::HtmlFile,
            "jsonp" => Self::Jsonp,
            "jsonp_send" => Self::JsonpSend,
            _ => return None,
        })
    }

    pub fn method(self) -> Method {
        match self {
            Self::Xhr | Self::XhrSend | Self::XhrStreaming | Self::JsonpSend => Method::POST,
            Self::EventSource | Self::HtmlFile | Self::Jsonp => Method::GET,
        }
    }

    const fn content_type(self) -> &'static str {
        match self {
            Self::Xhr | Self::XhrStreaming | Self::Jsonp => "application/javascript; charset=UTF-8",
            Self::XhrSend | Self::JsonpSend => "text/plain; charset=UTF-8",
            Self::EventSource => "text/event-stream",
            Self::HtmlFile => "text/html; charset=UTF-8",
        }
    }

    /// Some browsers show nothing before they have got this much.
    fn prelude(self, callback: &str) -> Option<String> {
        match self {
            Self::XhrStreaming => Some(format!("{}\n", "h".repeat(2048))),
            Self::EventSource => Some("\r\n".to_owned()),
            Self::HtmlFile => Some(html_file(callback)),
            Self::Xhr | Self::XhrSend | Self::Jsonp | Self::JsonpSend => None,
        }
    }

    fn write(self, callback: &str, frame: &str) -> String {
        match self {
            Self::Xhr | Self::XhrStreaming | Self::XhrSend | Self::JsonpSend => format!("{frame}\n"),
            Self::EventSource => format!("data: {frame}\r\n\r\n"),
            Self::HtmlFile => format!("<script>\np({});\n</script>\r\n", quoted(frame)),
            Self::Jsonp => format!("/**/{callback}({});\r\n", quoted(frame)),
        }
    }

    /// Whether one answer is all it takes, or one goes on.
    const fn goes_on(self) -> bool {
        matches!(self, Self::XhrStreaming | Self::EventSource | Self::HtmlFile)
    }
}

/// A text in a script; nothing in it ends the script.
fn quoted(frame: &str) -> String {
    serde_json::to_string(frame).unwrap_or_default().replace("</", "<\\/")
}

fn html_file(callback: &str) -> String {
    let page = format!(
        "<!doctype html>\n<html><head>\n  <meta http-equiv=\"X-UA-Compatible\" content=\"IE=edge\" />\n  \
         <meta http-equiv=\"Content-Type\" content=\"text/html; charset=UTF-8\" />\n</head><body><h2>Don't panic!</h2>\n  \
         <script>\n    document.domain = document.domain;\n    var c = parent.{callback};\n    c.start();\n    \
         function p(d) {{c.message(d);}};\n    window.onload = function() {{c.stop();}};\n  </script>\n"
    );
    format!("{page:<1026}\r\n\r\n")
}

/// The name of a function of the page's, where the transport needs one.
pub fn callback(transport: Transport, uri: &Uri) -> Result<String, &'static str> {
    if !matches!(transport, Transport::HtmlFile | Transport::Jsonp) {
        return Ok(String::new());
    }
    let query: Vec<(String, String)> = serde_html_form::from_str(uri.query().unwrap_or_default()).unwrap_or_default();
    let found = query.into_iter().find(|(name, _)| name == "c" || name == "callback").map(|(_, value)| value);
    let callback = found.filter(|name| !name.is_empty()).ok_or("\"callback\" parameter required")?;
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-' | '.');
    if callback.len() > 128 || !callback.chars().all(is_plain) {
        return Err("invalid \"callback\" parameter");
    }
    Ok(callback)
}

/// One frame as a whole answer.
pub fn alone(transport: Transport, callback: String, frame: &str) -> Response {
    let frame = transport.write(&callback, frame);
    let body = match transport.prelude(&callback) {
        // Where one answer could go on, each piece comes as it would.
        Some(prelude) => Body::from_stream(stream::iter([prelude, frame].map(Ok::<_, Infallible>))),
        None => Body::from(frame),
    };
    ([(header::CONTENT_TYPE, transport.content_type())], body).into_response()
}

/// Answers with what there is to tell: once, or as long as it goes on.
pub async fn stream(transport: Transport, callback: String, mut listener: Listener) -> Response {
    if !transport.goes_on() {
        let (frame, _) = listener.next().await;
        listener.done();
        return alone(transport, callback, &frame);
    }
    let prelude = transport.prelude(&callback).unwrap_or_default();
    let frames = stream::unfold((Some(listener), Some(prelude), 0), move |(listener, prelude, sent)| {
        let callback = callback.clone();
        async move {
            let mut listener = listener?;
            if let Some(prelude) = prelude {
                return Some((Ok::<_, Infallible>(Bytes::from(prelude)), (Some(listener), None, 0)));
            }
            let (frame, last) = listener.next().await;
            let text = transport.write(&callback, &frame);
            let sent = sent + text.len();
            let listener = if last || sent > MOST_STREAMED {
                listener.done();
                None
            } else {
                Some(listener)
            };
            Some((Ok(Bytes::from(text)), (listener, None, sent)))
        }
    });
    ([(header::CONTENT_TYPE, transport.content_type())], Body::from_stream(frames)).into_response()
}

/// The messages of a request that says something.
pub fn said(transport: Transport, headers: &HeaderMap, body: &[u8]) -> Result<Vec<String>, Nothing> {
    let text = std::str::from_utf8(body).map_err(|_| Nothing::Broken)?;
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if transport != Transport::JsonpSend || !kind.starts_with("application/x-www-form-urlencoded") {
        return frame::read(text);
    }
    let form: Vec<(String, String)> = serde_html_form::from_str(text).map_err(|_| Nothing::Broken)?;
    let said = form.into_iter().find(|(name, _)| name == "d").map(|(_, value)| value);
    frame::read(&said.unwrap_or_default())
}

pub fn heard(transport: Transport) -> Response {
    let kind = [(header::CONTENT_TYPE, transport.content_type())];
    match transport {
        Transport::JsonpSend => (kind, "ok").into_response(),
        _ => (StatusCode::NO_CONTENT, kind).into_response(),
    }
}

pub fn options(headers: &HeaderMap) -> Response {
    allowed("OPTIONS, POST", headers)
}

/// What a browser asks before it asks from another site.
pub fn allowed(methods: &'static str, headers: &HeaderMap) -> Response {
    let response = (
        StatusCode::NO_CONTENT,
        [
            (header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static(methods)),
            (header::ALLOW, HeaderValue::from_static(methods)),
            (header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from(A_YEAR.as_secs())),
            (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000")),
            (header::EXPIRES, page_expires()),
        ],
    )
        .into_response();
    dressed(response, headers)
}

pub fn page_expires() -> HeaderValue {
    let then = time::OffsetDateTime::now_utc() + A_YEAR;
    let form = time::macros::format_description!(
        "[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT"
    );
    then.format(form).ok().and_then(|text| text.parse().ok()).unwrap_or(HeaderValue::from_static("0"))
}

/// The headers of every answer: any site's page may read it, nothing keeps it, and whoever balances
/// the load finds the same server again.
pub fn dressed(mut response: Response, asked: &HeaderMap) -> Response {
    let cookie = CookieJar::from_headers(asked).get("JSESSIONID").map(|cookie| cookie.value().to_owned());
    let is_plain =
        |value: &String| value.len() <= 128 && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let sticky = format!("JSESSIONID={}; Path=/", cookie.filter(is_plain).unwrap_or_else(|| "dummy".to_owned()));
    let headers = response.headers_mut();
    headers.insert(header::VARY, HeaderValue::from_static("Origin"));
    let origin = asked.get(header::ORIGIN);
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.unwrap_or(&HeaderValue::from_static("*")).clone());
    if origin.is_some() {
        headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
    }
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    // A proxy that waits for the end of what streams would wait for ever.
    headers.insert(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store, no-cache, no-transform, must-revalidate, max-age=0"));
    if let Some(wanted) = asked.get(header::ACCESS_CONTROL_REQUEST_HEADERS).filter(|wanted| !wanted.is_empty()) {
        headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, wanted.clone());
    }
    if let Ok(sticky) = HeaderValue::from_str(&sticky) {
        headers.append(header::SET_COOKIE, sticky);
    }
    response
}
