//! Forms: every page takes a POST whose `do` names what is to be done, so that everything works
//! without a script. A script sends the very same form and asks for JSON.

mod command;
mod read;

use axum::{
    Json,
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use focushive::{Caller, Fault, fault::Refusal};
use serde_json::{Value, json};

use super::{
    App, csrf,
    pages::{self, Feedback},
    refusal,
};
use crate::{auth::Visitor, backend::settle, failure::Failure};
use read::Submitted;

/// Who submitted, with what in hand.
pub struct Sender {
    pub caller: Caller,
    pub visitor: Visitor,
    pub cookie: Option<tower_sessions::Session>,
}

/// What became of it.
pub enum Outcome {
    /// Done; the page shows itself anew.
    Done,
    /// Done, with an answer that is shown once.
    Told(Value),
    /// Done, with an answer for a script; everybody else is led somewhere.
    Led { answer: Value, path: String },
    /// Done; somewhere else now.
    Go(String),
    /// Done, and the browser keeps this cookie.
    Keep { cookie: String },
}

pub async fn submit(State(app): State<App>, request: Request) -> Response {
    let headers = request.headers().clone();
    let path = request.uri().path().to_owned();
    let sender = Sender {
        caller: request.extensions().get().copied().unwrap_or(Caller::Guest),
        visitor: match request.extensions().get::<Visitor>() {
            Some(visitor) => visitor.clone(),
            None => return refusal::answer(&headers, Failure::internal("a form without a visitor")),
        },
        cookie: request.extensions().get().cloned(),
    };
    let (parts, body) = request.into_parts();
    let submitted = match read::submitted(&parts.headers, body).await {
        Ok(submitted) => submitted,
        Err(fault) => return refusal::answer(&headers, fault.into()),
    };
    let outcome = run(&app, &headers, sender, &submitted).await;
    if wants_json(&headers) {
        return as_json(outcome);
    }
    let again = Request::from_parts(parts, axum::body::Body::empty());
    as_page(app, again, &path, submitted, outcome).await
}

async fn run(app: &App, headers: &HeaderMap, sender: Sender, submitted: &Submitted) -> Result<Outcome, Fault> {
    csrf::check(&app.services, headers, submitted.get("csrf"))?;
    command::run(&app.services, sender, submitted).await.map_err(settle)
}

fn wants_json(headers: &HeaderMap) -> bool {
    headers.get(header::ACCEPT).is_some_and(|accept| accept == "application/json")
}

fn as_json(outcome: Result<Outcome, Fault>) -> Response {
    match outcome {
        Ok(Outcome::Done) => Json(json!({ "ok": null })).into_response(),
        Ok(Outcome::Told(answer) | Outcome::Led { answer, .. }) => Json(json!({ "ok": answer })).into_response(),
        Ok(Outcome::Go(path)) => Json(json!({ "ok": null, "go": path })).into_response(),
        Ok(Outcome::Keep { cookie }) => ([(header::SET_COOKIE, cookie)], Json(json!({ "ok": null }))).into_response(),
        Err(fault) => refusal::json(fault),
    }
}

/// Done: see the page by GET, so that reloading repeats nothing. Refused: the same page with the
/// reason beside its field and everything typed still there, but for passwords.
async fn as_page(
    app: App,
    request: Request,
    path: &str,
    submitted: Submitted,
    outcome: Result<Outcome, Fault>,
) -> Response {
    match outcome {
        Ok(Outcome::Done) => Redirect::to(path).into_response(),
        Ok(Outcome::Go(path) | Outcome::Led { path, .. }) => Redirect::to(&path).into_response(),
        Ok(Outcome::Keep { cookie }) => ([(header::SET_COOKIE, cookie)], Redirect::to(path)).into_response(),
        Ok(Outcome::Told(answer)) => {
            let feedback = Feedback { does: submitted.does, answer: Some(answer), ..Feedback::default() };
            pages::render(app, request, Some(feedback), StatusCode::OK).await
        }
        Err(fault) => {
            let (status, wait) = (refusal::status(&fault), refusal::retry_after(&fault));
            let values = submitted.fields.into_iter().filter(|(name, _)| is_kept(name)).collect();
            let feedback = Feedback { does: submitted.does, refusal: Some(Refusal::from(fault)), values, answer: None };
            let mut response = pages::render(app, request, Some(feedback), status).await;
            if let Some(wait) = wait {
                response.headers_mut().insert(header::RETRY_AFTER, wait);
            }
            response
        }
    }
}

/// Secrets are never written back into a page.
fn is_kept(field: &str) -> bool {
    !matches!(field, "password" | "current" | "new" | "csrf" | "token")
}
