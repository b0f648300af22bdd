//! Engine.IO v4: a session over polls, over a WebSocket, or first over the one and then over the
//! other. What is said on it, Socket.IO knows (`client.rs`).

pub mod frame;
mod refusal;
pub mod rooms;
pub mod session;

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::{
    Extension, Router,
    body::Bytes,
    extract::{ConnectInfo, DefaultBodyLimit, State, rejection::BytesRejection},
    http::{HeaderMap, Method, StatusCode, Uri, header},
    response::{IntoResponse, Response},
    routing::any,
};
use focushive::protocol::frame::MOST_BYTES;
use serde::Deserialize;
use serde_json::json;
use tokio::time::{Instant, sleep, timeout};
use tokio_tungstenite::tungstenite::Utf8Bytes;
use uuid::Uuid;

use self::{frame::Frame, refusal::Refusal, session::Session};
use super::client::Client;
use crate::{
    auth::identify,
    http::App,
    hub::Close,
    services::Services,
    wire::{
        MOST_READ,
        line::{Line, Sign, Words},
        pace::Pace,
        socket::Socket,
        upgrade::{NoUpgrade, Upgrade},
    },
};

/// How long those who poll may take to come for the last words.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// The sessions that are made of requests. One that is on a socket is asked for by none.
#[derive(Clone, Default)]
struct Sessions(Arc<Mutex<HashMap<Uuid, Arc<Client>>>>);

impl Sessions {
    fn lock(&self) -> MutexGuard<'_, HashMap<Uuid, Arc<Client>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn find(&self, id: &str, method: &Method) -> Option<Arc<Client>> {
        let client = self.lock().get(&id.parse().ok()?).cloned()?;
        let is_there = client.session.is_polled() || (method == Method::GET && client.session.is_to_hear());
        is_there.then_some(client)
    }

    /// How many came from there and have said nothing of who they are.
    fn silent(&self, address: &str) -> usize {
        let is_silent = |client: &&Arc<Client>| client.visitor.address == address && client.session.rooms.is_empty();
        self.lock().values().filter(is_silent).count()
    }
}

/// What a request says of itself.
#[derive(Default, Deserialize)]
struct Asked {
    #[serde(rename = "EIO")]
    version: Option<String>,
    transport: Option<String>,
    sid: Option<String>,
    token: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Transport {
    Polling,
    Socket,
}

pub fn routes() -> Router<App> {
    Router::new()
        .route("/socket.io", any(door))
        .route("/socket.io/", any(door))
        .layer(DefaultBodyLimit::max(MOST_BYTES))
        .layer(Extension(Sessions::default()))
}

async fn door(
    State(services): State<Services>,
    Extension(sessions): Extension<Sessions>,
    address: Option<Extension<ConnectInfo<SocketAddr>>>,
    (method, uri, headers): (Method, Uri, HeaderMap),
    upgrade: Result<Upgrade, NoUpgrade>,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Refusal> {
    let asked: Asked = serde_html_form::from_str(uri.query().unwrap_or_default()).map_err(|_| Refusal::Request)?;
    let transport = match asked.transport.as_deref() {
        Some("polling") => Transport::Polling,
        Some("websocket") => Transport::Socket,
        Some(_) | None => return Err(Refusal::Transport),
    };
    if asked.version.as_deref() != Some("4") {
        return Err(Refusal::Version);
    }
    if let Some(id) = &asked.sid {
        let client = sessions.find(id, &method).ok_or(Refusal::Session)?;
        return match (transport, method) {
            (Transport::Socket, _) => Ok(try_socket(sessions, client, upgrade.map_err(|_| Refusal::Request)?)),
            (Transport::Polling, Method::GET) => poll(&client).await,
            (Transport::Polling, Method::POST) => say(&client, body).await,
            (Transport::Polling, _) => Err(Refusal::Request),
        };
    }
    if method != Method::GET {
        return Err(Refusal::Method);
    }
    let client = Client {
        session: Arc::new(Session::new()),
        pace: Mutex::new(Pace::new(services.config.limits.frames_a_minute, Instant::now())),
        visitor: identify::visitor_at(&services, address.map(|Extension(info)| info.0), &headers),
        token: identify::bearer(&headers).map(str::to_owned).or(asked.token),
        services,
    };
    match transport {
        Transport::Polling => open_polling(&sessions, client),
        Transport::Socket => Ok(open_socket(client, upgrade.map_err(|_| Refusal::Request)?)),
    }
}

/// The first packet: who the session is, and what it may count on.
fn opening(client: &Client, transport: Transport) -> Utf8Bytes {
    let limits = &client.services.config.limits;
    let upgrades: &[&str] = if transport == Transport::Polling { &["websocket"] } else { &[] };
    let opening = json!({
        "sid": client.session.id, "upgrades": upgrades, "pingInterval": limits.ping_every.duration().as_millis(),
        "pingTimeout": limits.dead_after.duration().as_millis(), "maxPayload": MOST_BYTES,
    });
    format!("0{opening}").into()
}

fn open_polling(sessions: &Sessions, client: Client) -> Result<Response, Refusal> {
    let client = Arc::new(client);
    let limits = &client.services.config.limits;
    let is_full = |count: usize, most: u32| u32::try_from(count).is_ok_and(|count| count >= most);
    // As for connections, which these need not keep open.
    if is_full(sessions.silent(&client.visitor.address), limits.silent_connections)
        || is_full(sessions.lock().len(), limits.connections)
    {
        return Err(Refusal::Full);
    }
    sessions.lock().insert(client.session.id, Arc::clone(&client));
    let opening = opening(&client, Transport::Polling);
    let (sessions, tasks) = (sessions.clone(), client.services.tasks.clone());
    tasks.spawn(async move {
        let why = watch(&client).await;
        client.session.close(why);
        if client.session.is_to_hear() {
            sleep(LAST_WORDS).await;
        }
        sessions.lock().remove(&client.session.id);
    });
    Ok(text(opening.to_string()))
}

fn open_socket(client: Client, upgrade: Upgrade) -> Response {
    let client = Arc::new(client);
    let tasks = client.services.tasks.clone();
    upgrade.then(&tasks, MOST_READ, move |mut socket| async move {
        client.session.say(opening(&client, Transport::Socket));
        client.session.move_to(socket.pipe());
        let why = tokio::select! {
            why = listen(&client, &mut socket) => why,
            why = watch(&client) => why,
        };
        Box::pin(end(&client, socket, why)).await;
    })
}

/// As long as somebody is there and connected to something. The server's end is theirs.
async fn watch(client: &Client) -> Close {
    let Client { services, session, .. } = client;
    let limits = &services.config.limits;
    tokio::select! {
        why = session.ended() => why,
        () = session.beat(limits) => Close::Dead,
        () = session.rooms.deserted(limits.handshake.duration()) => Close::Done,
        () = services.stop.cancelled() => {
            sleep(LAST_WORDS).await;
            Close::Restart { retry_in_ms: 0 }
        }
    }
}

/// Hears what comes by the socket, until the client ends it.
async fn listen(client: &Client, socket: &mut Socket) -> Close {
    loop {
        let heard = match socket.hear().await {
            Ok(Sign::Said(words)) => hear(client, &words).await,
            Ok(Sign::Answered | Sign::Alive) => Ok(()),
            Err(why) => Err(why.unwrap_or(Close::Done)),
        };
        if let Err(why) = heard {
            return why;
        }
    }
}

async fn end(client: &Client, mut socket: Socket, why: Close) {
    client.session.close(why);
    socket.end(None, why).await;
}

async fn hear(client: &Client, words: &Words) -> Result<(), Close> {
    match words {
        Words::Text(text) => client.hear(frame::read(text).map_err(|_| Close::Malformed)?).await,
        Words::Binary(_) => client.hear(Frame::Bytes).await,
    }
}

/// A socket for a session that polls so far. If nothing comes of it, it goes on polling.
fn try_socket(sessions: Sessions, client: Arc<Client>, upgrade: Upgrade) -> Response {
    let tasks = client.services.tasks.clone();
    // One at a time: another would wait for what nobody says any more.
    let trial = client.session.try_move();
    upgrade.then(&tasks, MOST_READ, move |mut socket| async move {
        let patience = client.services.config.limits.handshake.duration();
        let moved = trial.is_some()
            && tokio::select! {
                _ = client.session.ended() => false,
                moved = timeout(patience, probe(&client.session, &mut socket)) => moved.unwrap_or(false),
            };
        drop(trial);
        if !moved {
            return socket.end(None, Close::Done).await;
        }
        sessions.lock().remove(&client.session.id);
        let why = tokio::select! {
            why = listen(&client, &mut socket) => why,
            why = client.session.ended() => why,
        };
        Box::pin(end(&client, socket, why)).await;
    })
}

/// Whether the socket carries, and is where the session is from now on.
async fn probe(session: &Session, socket: &mut Socket) -> bool {
    if !says(socket, Frame::Probe).await || socket.tell(vec![Utf8Bytes::from_static(frame::PROBED)]).await.is_err() {
        return false;
    }
    session.begin_move();
    says(socket, Frame::Upgrade).await && session.move_to(socket.pipe())
}

/// Whether that is what the client says next.
async fn says(socket: &mut Socket, frame: Frame<'_>) -> bool {
    loop {
        match socket.hear().await {
            Ok(Sign::Said(Words::Text(text))) => return frame::read(&text) == Ok(frame),
            Ok(Sign::Said(Words::Binary(_))) | Err(_) => return false,
            Ok(Sign::Answered | Sign::Alive) => {}
        }
    }
}

async fn poll(client: &Client) -> Result<Response, Refusal> {
    client.session.let_move().await;
    if client.session.has_moved() {
        return Err(Refusal::Session);
    }
    match client.session.listen() {
        Some(listener) => Ok(text(listener.hear().await)),
        None => {
            // Two at once would get the words in no order.
            client.session.close(Close::Malformed);
            Err(Refusal::Request)
        }
    }
}

async fn say(client: &Client, body: Result<Bytes, BytesRejection>) -> Result<Response, Refusal> {
    let Ok(body) = body else {
        client.session.close(Close::TooLarge);
        return Err(Refusal::TooLarge);
    };
    let frames = std::str::from_utf8(&body).ok().and_then(|text| frame::read_all(text).ok());
    let Some(frames) = frames else {
        client.session.close(Close::Malformed);
        return Err(Refusal::Request);
    };
    let Some(_turn) = client.session.turn() else {
        client.session.close(Close::Malformed);
        return Err(Refusal::Request);
    };
    for frame in frames {
        match client.hear(frame).await {
            Ok(()) => {}
            // It said goodbye.
            Err(Close::Done) => break,
            Err(why) => {
                client.session.close(why);
                return Err(Refusal::Request);
            }
        }
    }
    Ok(([(header::CONTENT_TYPE, "text/html"), (header::CACHE_CONTROL, "no-store")], "ok").into_response())
}

fn text(words: String) -> Response {
    let head = [(header::CONTENT_TYPE, "text/plain; charset=UTF-8"), (header::CACHE_CONTROL, "no-store")];
    (StatusCode::OK, head, words).into_response()
}
