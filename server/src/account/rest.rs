//! One's own account and sign-ins by REST.

use axum::{
    Extension, Router,
    body::Bytes,
    extract::{DefaultBodyLimit, State},
    http::{HeaderMap, Method, StatusCode},
    response::{IntoResponse, Response},
    routing::{get, put},
};
use focushive::{
    Caller,
    account::{
        ChangeEmail, ChangePassword, KeepEmail, ListSessions, Look, LookAddress, Privacy, Remove, RemoveAvatar,
        RevokeOthers, RevokeSession, SetDay, SetEnterKey, SetProfile, SetReadPolicy, SetStatus, VerifyEmail,
    },
};

use super::{avatar, export};
use crate::{
    auth::identify::bearer,
    backend::settle,
    http::{App, api::route::Route, csrf, file, refusal},
    services::Services,
};

/// A picture is no request of the table: it is larger than one may be.
pub fn routes() -> Router<App> {
    let largest = DefaultBodyLimit::max(avatar::MOST_BYTES);
    Router::new().route("/account/avatar", put(set_avatar).layer(largest)).route("/account/export", get(export_all))
}

async fn export_all(State(services): State<Services>, Extension(caller): Extension<Caller>) -> Response {
    let archive = async {
        let member = caller.user()?;
        services.limits.ask(member.session)?;
        export::archive(&services, member).await
    };
    match archive.await {
        Ok(archive) => file::archive(archive),
        Err(failure) => refusal::json(settle(failure)),
    }
}

async fn set_avatar(
    State(services): State<Services>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    file: Bytes,
) -> Response {
    let set = async {
        let member = caller.user()?;
        services.limits.ask(member.session)?;
        if bearer(&headers).is_none() {
            csrf::check_header(&services, &headers)?;
        }
        avatar::set(&services, member, file.to_vec()).await
    };
    match set.await {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(failure) => refusal::json(settle(failure)),
    }
}

pub fn operations() -> Vec<Route> {
    vec![
        Route::get::<Look>("/auth/me", "Who am I?"),
        Route::put::<SetProfile>("/account/profile", "Change my name and handle"),
        Route::put::<SetStatus>("/account/status", "Say what I am up to; no text clears it"),
        Route::put::<SetDay>("/account/day", "Set my time zone, and when my day ends"),
        Route::put::<Privacy>("/account/privacy", "Decide what is sent about me"),
        Route::put::<SetReadPolicy>("/account/read-policy", "Decide when what I see counts as read"),
        Route::put::<SetEnterKey>("/account/enter-key", "Decide what Enter does where I write"),
        Route::put::<ChangePassword>("/account/password", "Change my password; every other sign-in ends"),
        Route::get::<LookAddress>("/account/email/wanted", "The address I asked for, if I did"),
        Route::put::<ChangeEmail>("/account/email/wanted", "Ask for another address; a link goes there"),
        Route::delete::<KeepEmail>("/account/email/wanted", "Stay with the address I have"),
        Route::post::<VerifyEmail>("/account/email/verification", "Send the verification mail again"),
        Route::told::<(), ()>(Method::PUT, "/account/avatar", "account.set_avatar", "Set my picture, of 5 MB at most")
            .takes(&["image/png", "image/jpeg", "image/webp", "image/gif"]),
        Route::delete::<RemoveAvatar>("/account/avatar", "Remove my picture"),
        Route::told::<(), ()>(Method::GET, "/account/export", "account.export", "All that is kept of me, as a zip")
            .gives("application/zip"),
        Route::post::<Remove>("/account/removal", "Delete my account, for good"),
        Route::get::<ListSessions>("/sessions", "Where I am signed in"),
        Route::delete::<RevokeSession>("/sessions/{session}", "End one sign-in"),
        Route::post::<RevokeOthers>("/sessions/revoke-others", "End every sign-in but this one"),
    ]
}
