//! Coming in: setup, sign-in, sign-up, and the links that mail brings. Plain forms, which work
//! before and without any script.

mod link;
mod setup;
mod sign_in;
mod sign_up;

use leptos::prelude::*;
use link::{ForgotPage, ResetPage, StopPage, VerifyPage};
use setup::SetupPage;
use sign_in::SignInPage;
use sign_up::{InvitePage, SignUpPage};

use crate::layout::by_path;

/// Every path that one comes in by.
pub fn pages() -> AnyView {
    by_path(|path| match path {
        "/setup" => SetupPage().into_any(),
        "/sign-in" => SignInPage().into_any(),
        "/sign-up" => SignUpPage().into_any(),
        "/forgot" => ForgotPage().into_any(),
        "/stop" => StopPage().into_any(),
        "/reset" => ResetPage().into_any(),
        // The last of the paths that the routes name.
        _ => VerifyPage().into_any(),
    })
}

/// Where an invite link leads.
pub fn invite() -> AnyView {
    InvitePage().into_any()
}
