//! Sockets: who opens one, and from where. What is spoken on it is a dialect's business, and moving
//! frames between it and the hub the pump's.

mod join;
mod native;
mod pace;
mod pump;

use axum::{
    Extension, Router,
    extract::{State, WebSocketUpgrade},
    http::HeaderMap,
    response::Response,
    routing::any,
};
use focushive::{Caller, Fault, protocol::frame::MOST_BYTES};

use crate::{
    auth::Visitor,
    http::{App, csrf, refusal},
    services::Services,
};

/// A connection is idle most of the time, and there are many: what the library sets aside for
/// reading by default is thirty times as much.
const READ_BUFFER: usize = 1024;

/// What is gathered before it is written; more is written at once.
const WRITE_BUFFER: usize = 4 * 1024;

/// The library refuses what is far too large before it is read; what is a little too large is
/// refused by the pump, in words.
const MOST_READ: usize = 2 * MOST_BYTES;

pub fn routes() -> Router<App> {
    Router::new().route("/ws", any(open))
}

async fn open(
    State(services): State<Services>,
    Extension(caller): Extension<Caller>,
    Extension(visitor): Extension<Visitor>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    if let Err(fault) = admit(&services, caller, &visitor, &headers) {
        return refusal::json(fault);
    }
    upgrade
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(WRITE_BUFFER)
        .max_message_size(MOST_READ)
        .max_frame_size(MOST_READ)
        .on_upgrade(move |socket| {
            // The tracker is what the end of the server waits for.
            let tasks = services.tasks.clone();
            tasks.track_future(pump::run(services, socket, caller))
        })
}

/// A browser sends the cookie along whoever's page opens the socket: only our own may.
fn admit(services: &Services, caller: Caller, visitor: &Visitor, headers: &HeaderMap) -> Result<(), Fault> {
    match caller {
        Caller::Guest => services.limits.knock(&visitor.address),
        Caller::Member(member) => {
            if !csrf::is_ours(services, headers) {
                return Err(Fault::Forged);
            }
            services.limits.connect(member.session)
        }
    }
}
