//! Socket.IO v5 on Engine.IO v4: its transports are `socketioxide`'s business, what is said on them
//! this dialect's. Each socket of a namespace is a session like any other; the library's own rooms and
//! broadcasts are not used, because our hub tells everybody.
//!
//! One is who one's token says, never who a cookie says: another site's page gains nothing by opening
//! a socket.

mod ask;
pub mod dialect;
mod emit;
pub mod line;

use std::{future::ready, net::SocketAddr, time::Duration};

use axum::extract::ConnectInfo;
use focushive::{Caller, Fault, protocol::frame::MOST_BYTES};
use serde_json::Value;
use socketioxide::{
    SocketIo as Server,
    extract::{AckSender, Event, SocketRef, TryData},
    handler::ConnectHandler,
    layer::SocketIoLayer,
};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use self::{
    dialect::{SocketIo, Space},
    line::{Came, Emitting},
};
use super::pump;
use crate::{auth::identify, backend::settle, services::Services};

/// How many events of one client may wait to be read.
const INBOX: usize = 64;

/// How many packets may wait to be written to one client; what is more waits in the outbox.
const OUTBOX: usize = 256;

/// How long the last words may take before a client, or all of them, are cut off.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// The layer that takes what begins with `/socket.io/`.
pub fn layer(services: &Services) -> SocketIoLayer {
    let limits = &services.config.limits;
    let (layer, io) = Server::builder()
        .ping_interval(limits.ping_every.duration())
        .ping_timeout(limits.dead_after.duration())
        .connect_timeout(limits.handshake.duration())
        .max_payload(MOST_BYTES as u64)
        .ws_max_message_size(MOST_BYTES)
        .ws_max_frame_size(MOST_BYTES)
        .max_buffer_size(OUTBOX)
        .build_layer();
    for (path, space) in [("/", Space::Main), ("/notifications", Space::Notifications)] {
        let (knowing, opening) = (services.clone(), services.clone());
        let know = move |socket: SocketRef, TryData(auth): TryData<Value>| {
            let services = knowing.clone();
            async move { know(&services, &socket, space, auth.unwrap_or_default()).await }
        };
        // What is registered must be there before the first event: this runs at once.
        let open = move |socket: SocketRef| {
            open(&opening, socket, space);
            ready(())
        };
        io.ns(path, open.with(know));
    }
    let (stop, tasks) = (services.stop.clone(), services.tasks.clone());
    tasks.spawn(async move {
        stop.cancelled().await;
        // Those who poll wait for their answer, and the server for them.
        tokio::time::sleep(LAST_WORDS).await;
        io.close().await;
    });
    layer
}

/// Who it is, before it is let in: by the token it brings, or in the main namespace by what it says
/// first.
async fn know(services: &Services, socket: &SocketRef, space: Space, auth: Value) -> Result<(), &'static str> {
    let parts = socket.req_parts();
    let query = parts.uri.query().unwrap_or_default();
    let query: Vec<(String, String)> = serde_html_form::from_str(query).unwrap_or_default();
    let said = auth.get("token").and_then(Value::as_str).map(|token| token.trim_start_matches("Bearer ").to_owned());
    let token = said
        .or_else(|| identify::bearer(&parts.headers).map(str::to_owned))
        .or_else(|| query.into_iter().find(|(name, _)| name == "token").map(|(_, token)| token));
    let address = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0);
    let visitor = identify::visitor_at(services, address, &parts.headers);
    let admitted = async {
        let Some(token) = token else {
            services.limits.knock(&visitor.address)?;
            return if space == Space::Main { Ok(Caller::Guest) } else { Err(Fault::SignedOut) };
        };
        // Many people may come from one address; it counts against it only if it is nobody we know.
        match identify::by_token(services, &token).await.map_err(settle).and_then(Caller::user) {
            Ok(member) => services.limits.connect(member.session).map(|()| Caller::Member(member)),
            Err(fault) => Err(services.limits.knock(&visitor.address).err().unwrap_or(fault)),
        }
    };
    let caller = admitted.await.map_err(|fault| fault.code())?;
    socket.extensions.insert(caller);
    Ok(())
}

fn open(services: &Services, socket: SocketRef, space: Space) {
    let (came, inbox) = mpsc::channel::<Came>(INBOX);
    let gone = CancellationToken::new();
    let caller = socket.extensions.get::<Caller>().unwrap_or(Caller::Guest);
    let too_much = gone.clone();
    socket.on_fallback(move |Event(name): Event, TryData(data): TryData<Value>, ack: AckSender| {
        // In the order in which they came; who says more than is read is cut off.
        if came.try_send((name, data.unwrap_or_default(), ack)).is_err() {
            too_much.cancel();
        }
        ready(())
    });
    let left = gone.clone();
    socket.on_disconnect(move || {
        left.cancel();
        ready(())
    });
    let line = Emitting::new(socket.clone(), inbox, gone);
    let (services, stop) = (services.clone(), services.stop.clone());
    services.tasks.clone().spawn(async move {
        pump::run(services, line, SocketIo::new(space), caller).await;
        // At the end of the server its transports are closed instead: then a client comes back by itself.
        if !stop.is_cancelled() {
            let _ = socket.disconnect();
        }
    });
}
