//! Files that are made or kept here: pictures of people, and one's own data.

use axum::{
    Extension,
    extract::{Path, State},
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use focushive::{Caller, id::AvatarId};

use super::refusal;
use crate::{
    account::{avatar, export},
    focus::csv,
    services::Services,
};

/// A picture's id names its content, so it can be kept for ever; it is shown to the signed-in only.
pub async fn avatar(
    State(services): State<Services>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<uuid::Uuid>,
    headers: HeaderMap,
) -> Response {
    let picture = async {
        caller.user()?;
        avatar::picture(&services, AvatarId(id)).await
    };
    match picture.await {
        Ok(image) => {
            let kept = "private, max-age=31536000, immutable";
            ([(header::CONTENT_TYPE, avatar::MIME), (header::CACHE_CONTROL, kept)], image).into_response()
        }
        Err(failure) => refusal::answer(&headers, failure),
    }
}

pub async fn export(
    State(services): State<Services>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
) -> Response {
    let found = async { export::archive(&services, caller.user()?).await };
    match found.await {
        Ok(found) => self::archive(found),
        Err(failure) => refusal::answer(&headers, failure),
    }
}

/// One's own sessions as a table.
pub async fn sessions(
    State(services): State<Services>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
) -> Response {
    let found = async { csv::table(&services, caller.user()?).await };
    match found.await {
        Ok(found) => self::table(found),
        Err(failure) => refusal::answer(&headers, failure),
    }
}

pub fn archive(body: impl IntoResponse) -> Response {
    download("application/zip", "attachment; filename=\"focushive-export.zip\"", body)
}

pub fn table(body: impl IntoResponse) -> Response {
    download("text/csv; charset=utf-8", "attachment; filename=\"focushive-sessions.csv\"", body)
}

/// One's own data, to be kept by oneself and by nothing on the way.
fn download(kind: &'static str, as_file: &'static str, body: impl IntoResponse) -> Response {
    let head =
        [(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, as_file), (header::CACHE_CONTROL, "no-store")];
    (head, body).into_response()
}
