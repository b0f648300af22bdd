//! REST: the features' own operations, gathered, each answered in the same way, described in one
//! document and on one page.

pub mod ask;
mod check;
mod document;
pub mod edge;
pub mod fields;
mod manual;
pub mod once;
pub mod problem;
pub mod route;
mod tag;

use std::sync::LazyLock;

use axum::{
    Router,
    extract::{DefaultBodyLimit, Request, State},
    http::Method,
    response::Response,
    routing::{MethodFilter, get, on},
};
use focushive::Fault;

use self::{ask::Operation, route::Route};
use super::{App, refusal};
use crate::{
    account, audit, chat, draft, focus, hive, invite, member, notification, pair, presence, push, sector,
    services::Services, setting, timer, token,
};

/// One message on the wire.
const MOST_BODY: usize = 64 * 1024;

/// The operations, in the order in which they are described: an area's name, and what is in it.
fn areas() -> [(&'static str, Vec<Route>); 16] {
    [
        ("Signing in", token::rest::operations()),
        ("Account", account::rest::operations()),
        ("Hives", hive::rest::operations()),
        ("Chat", chat::rest::operations()),
        ("Private messages", pair::rest::operations()),
        ("Drafts", draft::rest::operations()),
        ("Timer", timer::rest::operations()),
        ("Focus", focus::rest::operations()),
        ("Presence", presence::rest::operations()),
        ("Notifications", notification::rest::operations()),
        ("Push", push::rest::operations()),
        ("Invitations", invite::rest::operations()),
        ("Members", member::rest::operations()),
        ("Sectors", sector::rest::operations()),
        ("Settings", setting::rest::operations()),
        ("Audit", audit::rest::operations()),
    ]
}

/// Every operation with its area.
pub static TABLE: LazyLock<Vec<Operation>> = LazyLock::new(|| {
    let areas = areas().into_iter();
    areas.flat_map(|(area, routes)| routes.into_iter().map(move |route| Operation::new(area, route))).collect()
});

pub fn routes() -> Router<App> {
    let asked = TABLE.iter().filter(|operation| operation.route.read.is_some());
    let others = token::rest::routes().merge(account::rest::routes()).merge(focus::rest::routes());
    let router = asked.fold(others, |router, operation| {
        let answer =
            move |State(services): State<Services>, request: Request| ask::answer(operation, services, request);
        router.route(operation.route.path, on(filter(&operation.route.method), answer))
    });
    router.fallback(nothing).layer(DefaultBodyLimit::max(MOST_BODY))
}

/// What describes them.
pub fn papers() -> Router<App> {
    Router::new().route("/api/openapi.json", get(document::show)).route("/api", get(manual::show))
}

fn filter(method: &Method) -> MethodFilter {
    MethodFilter::try_from(method.clone()).unwrap_or(MethodFilter::GET)
}

async fn nothing(_: Request) -> Response {
    refusal::json(Fault::NotFound)
}
