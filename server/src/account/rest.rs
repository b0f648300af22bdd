//! One's own account and sign-ins by REST.

use focushive::account::{
    ChangeEmail, ChangePassword, KeepEmail, ListSessions, Look, LookAddress, Privacy, Remove, RemoveAvatar,
    RevokeOthers, RevokeSession, SetDay, SetProfile, SetReadPolicy, SetStatus, VerifyEmail,
};

use crate::http::api::route::Route;

pub fn operations() -> Vec<Route> {
    vec![
        Route::get::<Look>("/auth/me", "Who am I?"),
        Route::put::<SetProfile>("/account/profile", "Change my name and handle"),
        Route::put::<SetStatus>("/account/status", "Say what I am up to; no text clears it"),
        Route::put::<SetDay>("/account/day", "Set my time zone, and when my day ends"),
        Route::put::<Privacy>("/account/privacy", "Decide what is sent about me"),
        Route::put::<SetReadPolicy>("/account/read-policy", "Decide when what I see counts as read"),
        Route::put::<ChangePassword>("/account/password", "Change my password; every other sign-in ends"),
        Route::get::<LookAddress>("/account/email/wanted", "The address I asked for, if I did"),
        Route::put::<ChangeEmail>("/account/email/wanted", "Ask for another address; a link goes there"),
        Route::delete::<KeepEmail>("/account/email/wanted", "Stay with the address I have"),
        Route::post::<VerifyEmail>("/account/email/verification", "Send the verification mail again"),
        Route::delete::<RemoveAvatar>("/account/avatar", "Remove my picture"),
        Route::post::<Remove>("/account/removal", "Delete my account, for good"),
        Route::get::<ListSessions>("/sessions", "Where I am signed in"),
        Route::delete::<RevokeSession>("/sessions/{session}", "End one sign-in"),
        Route::post::<RevokeOthers>("/sessions/revoke-others", "End every sign-in but this one"),
    ]
}
