//! Against requests that another site makes a visitor's browser send: a state-changing one must come
//! from our own pages (its origin says so) and carry a token that only our pages could give it.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, header},
    middleware::Next,
    response::Response,
};
use axum_extra::extract::CookieJar;
use focushive::Fault;

use super::{api::edge::Listed, refusal};
use crate::{auth::identify::bearer, secret, services::Services};

/// The cookie that tells one visitor from another before there is a session.
pub const COOKIE: &str = "visitor";
/// Where a script of ours puts the token.
pub const HEADER: &str = "x-csrf-token";
const PURPOSE: &str = "form";

/// Refuses state-changing requests that come from elsewhere. Outside clients with a bearer token
/// are let through: no other site can make a browser send one. So are scripts of sites that a setting
/// names, whose cookies were taken off.
pub async fn same_origin(State(services): State<Services>, request: Request, next: Next) -> Response {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let listed = request.extensions().get::<Listed>().is_some();
    if reads || listed || bearer(request.headers()).is_some() || is_ours(&services, request.headers()) {
        return next.run(request).await;
    }
    refusal::answer(request.headers(), Fault::Forged.into())
}

/// Every browser of the last years sends one of these with a state-changing request; a client that
/// sends neither is no browser, and still needs the token.
pub fn is_ours(services: &Services, headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text("sec-fetch-site")
        && !matches!(site, "same-origin" | "none")
    {
        return false;
    }
    let Some(origin) = text(header::ORIGIN.as_str()) else { return true };
    if services.config.web.public_url.is_some() {
        return origin.eq_ignore_ascii_case(services.config.public_url().as_str());
    }
    let host = origin.split_once("://").map_or("", |(_, host)| host);
    text(header::HOST.as_str()).is_some_and(|ours| ours.eq_ignore_ascii_case(host))
}

/// A visitor's word for themselves, and the cookie to set if it is new.
pub struct Visit {
    pub visitor: String,
    pub cookie: Option<HeaderValue>,
}

pub fn visit(services: &Services, headers: &HeaderMap) -> Visit {
    let known = CookieJar::from_headers(headers).get(COOKIE).map(|cookie| cookie.value().to_owned());
    if let Some(visitor) = known.filter(|visitor| visitor.len() == 43) {
        return Visit { visitor, cookie: None };
    }
    let visitor = secret::generate();
    let secure = if services.config.public_url().is_secure() { "; Secure" } else { "" };
    let cookie = format!("{COOKIE}={visitor}; Path=/; HttpOnly; SameSite=Lax; Max-Age=31536000{secure}");
    Visit { cookie: HeaderValue::from_str(&cookie).ok(), visitor }
}

/// A token for one page. It differs each time, so that a compressed page does not give it away.
pub fn token(services: &Services, visitor: &str) -> String {
    let salt = secret::generate();
    let signature = secret::sign(&services.cookie_key, PURPOSE, &format!("{salt}:{visitor}"));
    format!("{salt}.{signature}")
}

/// Whether the token is one that we gave this visitor.
pub fn check(services: &Services, headers: &HeaderMap, token: Option<&str>) -> Result<(), Fault> {
    let jar = CookieJar::from_headers(headers);
    let visitor = jar.get(COOKIE).map(|cookie| cookie.value()).ok_or(Fault::Forged)?;
    let (salt, signature) = token.and_then(|token| token.split_once('.')).ok_or(Fault::Forged)?;
    let good = secret::verify(&services.cookie_key, PURPOSE, &format!("{salt}:{visitor}"), signature);
    if good { Ok(()) } else { Err(Fault::Forged) }
}

/// The same for a token in the header.
pub fn check_header(services: &Services, headers: &HeaderMap) -> Result<(), Fault> {
    check(services, headers, headers.get(HEADER).and_then(|value| value.to_str().ok()))
}
