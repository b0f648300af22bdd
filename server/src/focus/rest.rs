//! One's own focus by REST.

use axum::{Extension, Router, extract::State, http::Method, response::Response, routing::get};
use focushive::{
    Caller,
    focus::{Correct, Explain, History, LookHouse, LookSignals, LookTotals, Note, SetOutcome, Signals},
};
use serde_json::Value;

use super::csv;
use crate::{
    backend::settle,
    http::{
        App,
        api::route::{Fields, Route},
        file, refusal,
    },
    services::Services,
};

/// A table is no answer of a request's.
pub fn routes() -> Router<App> {
    Router::new().route("/focus/sessions.csv", get(table))
}

async fn table(State(services): State<Services>, Extension(caller): Extension<Caller>) -> Response {
    let table = async {
        let member = caller.user()?;
        services.limits.ask(member.session)?;
        csv::table(&services, member).await
    };
    match table.await {
        Ok(table) => file::table(table),
        Err(failure) => refusal::json(settle(failure)),
    }
}

pub fn operations() -> Vec<Route> {
    vec![
        Route::get::<History>("/focus/sessions", "My sessions, newest first").paged("before", next),
        Route::told::<(), ()>(Method::GET, "/focus/sessions.csv", "focus.table", "All my sessions, as a table")
            .gives("text/csv"),
        Route::get::<Explain>("/focus/sessions/{stint}", "The account of one session, piece by piece"),
        Route::put::<SetOutcome>("/focus/sessions/{stint}/outcome", "Say how a session came out"),
        Route::put::<Correct>("/focus/sessions/{stint}/correction", "Say how long it was; nothing takes my word back"),
        Route::get::<LookTotals>("/focus/totals", "Today, this week, and how many days in a row"),
        Route::get::<LookHouse>("/focus/house", "How often this house interrupted people at work"),
        Route::post::<Note>("/focus/pulls", "Note that something pulled me away"),
        Route::get::<LookSignals>("/focus/signals", "Which signals I want at the end of a phase"),
        Route::put::<Signals>("/focus/signals", "Choose the signals at the end of a phase"),
    ]
}

/// From where the last one of the page began.
fn next(_: &Fields, page: &Value) -> Option<String> {
    let goes_on = page.get("earlier")?.as_bool()?;
    let last = page.get("stints")?.as_array()?.last()?.get("from")?.as_str()?;
    goes_on.then(|| last.to_owned())
}
