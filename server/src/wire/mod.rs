//! Sockets: who opens one, and from where. What is spoken on it is a dialect's business, and moving
//! frames between it and the hub the pump's.

pub mod dialect;
mod face;
mod greet;
mod join;
pub mod line;
pub mod native;
mod notice;
mod pace;
mod pump;
mod socket;
pub mod socketio;
pub mod sockjs;
pub mod stomp;
mod upgrade;

use axum::{Extension, Router, extract::State, http::HeaderMap, response::Response, routing::any};
use focushive::{Caller, Fault, protocol::frame::MOST_BYTES};
use tokio_tungstenite::tungstenite::Utf8Bytes;

use self::{dialect::Dialect, line::Words, upgrade::Upgrade};
use crate::{
    auth::Visitor,
    http::{App, csrf, refusal},
    services::Services,
};

/// The library refuses what is far too large before it is read; what is a little too large is
/// refused by the pump, in words.
const MOST_READ: usize = 2 * MOST_BYTES;

pub fn routes() -> Router<App> {
    Router::new().route("/ws", any(native)).route("/stomp", any(stomp))
}

async fn native(
    State(services): State<Services>,
    Extension(caller): Extension<Caller>,
    Extension(visitor): Extension<Visitor>,
    headers: HeaderMap,
    upgrade: Upgrade,
) -> Response {
    if let Err(fault) = admit(&services, caller, &visitor, &headers) {
        return refusal::json(fault);
    }
    open(services, caller, upgrade, native::Native::default())
}

/// STOMP on a bare WebSocket. A client names the versions as subprotocols; which one it is, its
/// first frame agrees.
async fn stomp(
    State(services): State<Services>,
    Extension(caller): Extension<Caller>,
    Extension(visitor): Extension<Visitor>,
    headers: HeaderMap,
    upgrade: Upgrade,
) -> Response {
    if let Err(fault) = admit(&services, caller, &visitor, &headers) {
        return refusal::json(fault);
    }
    let upgrade = upgrade.protocols(["v12.stomp", "v11.stomp", "v10.stomp"]);
    open(services, caller, upgrade, stomp::Stomp::default())
}

fn open<D>(services: Services, caller: Caller, upgrade: Upgrade, dialect: D) -> Response
where
    D: Dialect<Heard = Words, Told = Utf8Bytes> + 'static,
{
    // The tracker is what the end of the server waits for.
    let tasks = services.tasks.clone();
    upgrade.then(&tasks, MOST_READ, move |socket| pump::run(services, socket, dialect, caller))
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
