//! SockJS 0.3.4: a WebSocket for those who have none, over whatever HTTP they do have. It carries the
//! STOMP dialect unchanged. What each transport writes is in `transport.rs`.
//!
//! Any site's page may use it, as the protocol wants; but a cookie counts only from our own pages.
//! From anywhere else one is who one's token says.

pub mod frame;
mod page;
mod session;
mod socket;
mod transport;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::{
    Extension, Router,
    extract::{DefaultBodyLimit, Path, State, rejection::BytesRejection},
    http::{HeaderMap, Method, StatusCode, Uri, header},
    middleware,
    response::{IntoResponse, Response},
    routing::{any, get},
};
use focushive::{Caller, Fault, protocol::frame::MOST_BYTES};

use self::{
    session::{Came, GONE_AFTER, Listener, Session},
    transport::Transport,
};
use super::{
    pump,
    stomp::Stomp,
    upgrade::{NoUpgrade, Upgrade},
};
use crate::{
    auth::{Visitor, identify},
    http::{App, csrf, layers, refusal},
    services::Services,
};

/// A list of messages, each as large as one may be, and what the list adds to them.
const MOST_BODY: usize = 2 * MOST_BYTES;

/// The sessions that are made of requests. Who comes in by a WebSocket needs none.
#[derive(Clone, Default)]
struct Sessions(Arc<Mutex<HashMap<String, Known>>>);

/// A session, and who opened it: only they go on with it.
#[derive(Clone)]
struct Known {
    session: Arc<Session>,
    caller: Caller,
}

impl Sessions {
    fn lock(&self) -> MutexGuard<'_, HashMap<String, Known>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn find(&self, id: &str, caller: Caller) -> Option<Arc<Session>> {
        let known = self.lock().get(id).cloned()?;
        (known.caller == caller).then_some(known.session)
    }
}

pub fn routes(services: &Services) -> Router<App> {
    let below = Router::new()
        .route("/", get(page::greeting))
        .route("/info", get(page::info).options(page::info_options))
        .route("/sockjs.min.js", get(page::script))
        .route("/websocket", any(raw))
        .route("/{page}", get(page::iframe))
        .route("/{server}/{session}/websocket", any(framed))
        .route("/{server}/{session}/{transport}", any(polled))
        .fallback(|| std::future::ready(StatusCode::NOT_FOUND));
    Router::new()
        .nest("/ws-sockjs", below)
        .route("/ws-sockjs/", get(page::greeting))
        .layer(DefaultBodyLimit::max(MOST_BODY))
        .layer(Extension(Sessions::default()))
        .layer(middleware::from_fn_with_state(services.clone(), identify::layer))
        .layer(layers::cookies(services))
}

fn not_allowed(method: &'static str) -> Response {
    (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, method)]).into_response()
}

/// Who it is: a cookie is a browser's word for whatever page is open in it, and counts from ours.
fn who(services: &Services, caller: Caller, headers: &HeaderMap) -> Caller {
    match caller {
        Caller::Member(_) if csrf::is_ours(services, headers) => caller,
        Caller::Member(_) | Caller::Guest => Caller::Guest,
    }
}

fn admit(services: &Services, caller: Caller, visitor: &Visitor) -> Result<(), Fault> {
    match caller {
        Caller::Guest => services.limits.knock(&visitor.address),
        Caller::Member(member) => services.limits.connect(member.session),
    }
}

/// Who opens something, from where.
#[derive(Clone)]
struct Opening {
    caller: Caller,
    visitor: Visitor,
}

async fn raw(
    State(services): State<Services>,
    Extension(caller): Extension<Caller>,
    Extension(visitor): Extension<Visitor>,
    headers: HeaderMap,
    upgrade: Result<Upgrade, NoUpgrade>,
) -> Response {
    let caller = who(&services, caller, &headers);
    let upgrade = match upgraded(&services, caller, &visitor, upgrade) {
        Ok(upgrade) => upgrade,
        Err(refused) => return *refused,
    };
    let tasks = services.tasks.clone();
    upgrade.then(&tasks, MOST_BODY, move |socket| pump::run(services, socket, Stomp::default(), caller))
}

async fn framed(
    State(services): State<Services>,
    Path((server, session)): Path<(String, String)>,
    Extension(caller): Extension<Caller>,
    Extension(visitor): Extension<Visitor>,
    headers: HeaderMap,
    upgrade: Result<Upgrade, NoUpgrade>,
) -> Response {
    if !is_name(&server) || !is_name(&session) {
        return StatusCode::NOT_FOUND.into_response();
    }
    let caller = who(&services, caller, &headers);
    let upgrade = match upgraded(&services, caller, &visitor, upgrade) {
        Ok(upgrade) => upgrade,
        Err(refused) => return *refused,
    };
    let tasks = services.tasks.clone();
    upgrade.then(&tasks, MOST_BODY, move |socket| async move {
        let line = socket::Framed::open(socket).await;
        pump::run(services, line, Stomp::default(), caller).await;
    })
}

fn upgraded(
    services: &Services,
    caller: Caller,
    visitor: &Visitor,
    upgrade: Result<Upgrade, NoUpgrade>,
) -> Result<Upgrade, Box<Response>> {
    let upgrade = upgrade.map_err(|refused| Box::new(refused.into_response()))?;
    admit(services, caller, visitor).map_err(|fault| Box::new(refusal::json(fault)))?;
    Ok(upgrade)
}

/// Every other transport: one request that listens, or one that says something.
async fn polled(
    State(services): State<Services>,
    Extension(sessions): Extension<Sessions>,
    Path((server, id, word)): Path<(String, String, String)>,
    Extension(caller): Extension<Caller>,
    Extension(visitor): Extension<Visitor>,
    (method, uri, headers): (Method, Uri, HeaderMap),
    body: Result<axum::body::Bytes, BytesRejection>,
) -> Response {
    let transport = Transport::of(&word).filter(|_| is_name(&server) && is_name(&id));
    let Some(transport) = transport else { return StatusCode::NOT_FOUND.into_response() };
    if method == Method::OPTIONS && transport.method() == Method::POST {
        return transport::options(&headers);
    }
    if method != transport.method() {
        return not_allowed(if transport.method() == Method::POST { "OPTIONS, POST" } else { "GET" });
    }
    let opening = Opening { caller: who(&services, caller, &headers), visitor };
    let answer = match transport {
        Transport::XhrSend | Transport::JsonpSend => match body {
            Ok(body) => say(&sessions, transport, (&id, opening.caller), &headers, &body).await,
            Err(_) => StatusCode::PAYLOAD_TOO_LARGE.into_response(),
        },
        Transport::Xhr | Transport::XhrStreaming | Transport::EventSource | Transport::HtmlFile | Transport::Jsonp => {
            let callback = match transport::callback(transport, &uri) {
                Ok(callback) => callback,
                Err(words) => {
                    let refused = (StatusCode::INTERNAL_SERVER_ERROR, words).into_response();
                    return transport::dressed(refused, &headers);
                }
            };
            match listen(&services, &sessions, &id, opening) {
                Ok(Some(listener)) => transport::stream(transport, callback, listener).await,
                Ok(None) => transport::alone(transport, callback, &frame::close(2010, "Another connection still open")),
                Err(fault) => refusal::json(fault),
            }
        }
    };
    transport::dressed(answer, &headers)
}

/// Names of servers and sessions: anything but a dot, which would be a file's.
fn is_name(word: &str) -> bool {
    !word.is_empty() && !word.contains('.') && word.len() <= 128
}

/// Listens to a session, which is opened if there is none; nothing if somebody else listens.
fn listen(services: &Services, sessions: &Sessions, id: &str, opening: Opening) -> Result<Option<Listener>, Fault> {
    if let Some(known) = sessions.find(id, opening.caller) {
        return Ok(known.listen());
    }
    admit(services, opening.caller, &opening.visitor)?;
    let (session, line) = Session::new();
    let listener = session.listen();
    let known = Known { session: Arc::clone(&session), caller: opening.caller };
    {
        let mut open = sessions.lock();
        if open.contains_key(id) {
            // It is somebody else's.
            return Err(Fault::NotFound);
        }
        open.insert(id.to_owned(), known);
    }
    let (services, sessions, id) = (services.clone(), sessions.clone(), id.to_owned());
    let (tasks, stop) = (services.tasks.clone(), services.stop.clone());
    tasks.spawn(async move {
        pump::run(services, line, Stomp::default(), opening.caller).await;
        session.close(1002, "Connection interrupted");
        // Who polls once more hears why it ended.
        tokio::select! { () = tokio::time::sleep(GONE_AFTER) => {}, () = stop.cancelled() => {} }
        sessions.lock().remove(&id);
    });
    Ok(listener)
}

/// Something is said to a session that is open.
async fn say(
    sessions: &Sessions,
    transport: Transport,
    (id, caller): (&str, Caller),
    headers: &HeaderMap,
    body: &[u8],
) -> Response {
    let Some(session) = sessions.find(id, caller) else { return StatusCode::NOT_FOUND.into_response() };
    let messages = match transport::said(transport, headers, body) {
        Ok(messages) => messages,
        Err(frame::Nothing::Empty) => {
            return (StatusCode::INTERNAL_SERVER_ERROR, "Payload expected.").into_response();
        }
        Err(frame::Nothing::Broken) => {
            return (StatusCode::INTERNAL_SERVER_ERROR, "Broken JSON encoding.").into_response();
        }
    };
    for message in messages {
        let saying = session.inbox.send(Came::Message(message));
        // One that reads no more takes nothing more.
        if !matches!(tokio::time::timeout(super::line::WRITE_WITHIN, saying).await, Ok(Ok(()))) {
            return StatusCode::NOT_FOUND.into_response();
        }
    }
    transport::heard(transport)
}
