//! Whose request this is: a bearer token or a signed cookie becomes a `Caller`, once, before
//! anything else looks at the request. Nothing in a body or a path can say it.

use std::net::SocketAddr;

use axum::{
    extract::{ConnectInfo, Request, State},
    http::{HeaderMap, header},
    middleware::Next,
    response::Response,
};
use focushive::{Caller, Moment, account::SessionKind, caller::Member, id::SessionId, text::Label};
use sqlx::PgPool;
use time::Duration;
use tokio_util::task::TaskTracker;
use tower_sessions::Session;
use uuid::Uuid;

pub use super::store::SignedIn;
use super::{Visitor, session::SIGN_IN, store};
use crate::{clock::Clock, failure::Failure, http::refusal, services::Services, together::Together};

/// On which day a browser's cookie was last sent.
const RENEWED: &str = "renewed";

/// How often a visit is written down.
const TOUCH_EVERY: Duration = Duration::minutes(1);

pub async fn layer(State(services): State<Services>, mut request: Request, next: Next) -> Response {
    let address = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0);
    let visitor = visitor_at(&services, address, request.headers());
    let caller = match bearer(request.headers()) {
        Some(token) => by_token(&services, token).await,
        None => by_cookie(&services, request.extensions().get::<Session>()).await,
    };
    match caller {
        Ok(caller) => {
            request.extensions_mut().insert(caller);
            request.extensions_mut().insert(visitor);
            next.run(request).await
        }
        Err(failure) => refusal::answer(request.headers(), failure),
    }
}

/// The token of an `Authorization: Bearer` header.
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// A bad token is refused, not taken for no token: its bearer should fetch a new one.
pub async fn by_token(services: &Services, token: &str) -> Result<Caller, Failure> {
    let claims = services.keyring.verify(token, services.clock.now())?;
    match member(services, claims.sid, SessionKind::Token).await? {
        Some(member) if member.id == claims.sub => Ok(Caller::Member(member)),
        _ => Err(focushive::Fault::SignedOut.into()),
    }
}

async fn by_cookie(services: &Services, cookie: Option<&Session>) -> Result<Caller, Failure> {
    let Some(cookie) = cookie else { return Ok(Caller::Guest) };
    let Some(session) = cookie.get::<SessionId>(SIGN_IN).await.map_err(Failure::internal)? else {
        return Ok(Caller::Guest);
    };
    let Some(member) = member(services, session, SessionKind::Browser).await? else { return Ok(Caller::Guest) };
    renew(cookie, services.clock.now()).await?;
    Ok(Caller::Member(member))
}

/// Once a day the browser gets its cookie anew, so that it lasts as long as the visits go on. Only
/// a value that changes is saved and sent.
async fn renew(cookie: &Session, now: Moment) -> Result<(), Failure> {
    cookie.insert(RENEWED, now.0.to_julian_day()).await.map_err(Failure::internal)
}

/// The people behind live sign-ins, looked up together.
pub fn sign_ins(db: &PgPool, clock: &Clock, tasks: &TaskTracker) -> Together<SessionId, SignedIn> {
    let (db, clock) = (db.clone(), clock.clone());
    Together::start(tasks, move |sessions: Vec<SessionId>| {
        let (db, now) = (db.clone(), clock.now());
        async move {
            let sessions: Vec<Uuid> = sessions.iter().map(|session| session.0).collect();
            let found = store::signed_in(&db, &sessions, now).await?;
            Ok(found.into_iter().map(|found| (found.session, found)).collect())
        }
    })
}

async fn member(services: &Services, session: SessionId, kind: SessionKind) -> Result<Option<Member>, Failure> {
    let now = services.clock.now();
    let Some(found) = services.sign_ins.find(session).await? else { return Ok(None) };
    if now.since(found.seen_at) > TOUCH_EVERY {
        touch(services, session, kind, now).await?;
    }
    Ok(Some(Member { id: found.user, role: found.role, session: found.session, connection: None, seen: None }))
}

async fn touch(services: &Services, session: SessionId, kind: SessionKind, now: Moment) -> Result<(), Failure> {
    let expires_at = match kind {
        SessionKind::Browser => now.after(super::lasts(services, kind)),
        // A client that never refreshes ends by itself.
        SessionKind::Token => now,
    };
    Ok(store::touch_session(&services.db, session, now, expires_at).await?)
}

/// Where a request comes from, as far as it can be known.
pub fn visitor_at(services: &Services, address: Option<SocketAddr>, headers: &HeaderMap) -> Visitor {
    let peer = address.map(|address| address.ip().to_string());
    let proxied = services.config.web.proxy_header.as_ref().and_then(|name| {
        let value = headers.get(&name.0)?.to_str().ok()?;
        // The last entry is the one our own proxy added; the others are the visitor's word.
        Some(value.rsplit(',').next()?.trim().to_owned())
    });
    let agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    Visitor { address: proxied.or(peer).unwrap_or_default(), label: label(agent) }
}

/// A short name for what a browser says of itself.
fn label(agent: &str) -> Label {
    const BROWSERS: [(&str, &str); 6] = [
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Version/", "Safari"),
        ("curl/", "curl"),
    ];
    const SYSTEMS: [(&str, &str); 7] = [
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    ];
    let known =
        |table: &[(&str, &'static str)]| table.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name);
    let text = match (known(&BROWSERS), known(&SYSTEMS)) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(browser), None) => browser.to_owned(),
        _ => agent.split(['/', ' ']).next().unwrap_or_default().to_owned(),
    };
    Label::parse(&text).unwrap_or_else(|_| unknown_device())
}

fn unknown_device() -> Label {
    // A literal that fits; the parse is the only way to make one.
    Label::parse("Unknown device").unwrap_or_else(|_| unreachable!("a fitting literal"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_is_named_as_people_would() {
        let firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
        assert_eq!(label(firefox).as_str(), "Firefox on Linux");
        let safari =
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile Safari";
        assert_eq!(label(safari).as_str(), "Safari on iPhone");
        assert_eq!(label("okhttp/4.1").as_str(), "okhttp");
        assert_eq!(label("").as_str(), "Unknown device");
    }
}
