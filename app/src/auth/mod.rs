//! Coming in: setup, sign-in, sign-up, and the links that mail brings. Plain forms, which work
//! before and without any script.

mod link;
mod setup;
mod sign_in;
mod sign_up;

pub use link::{ForgotPage, ResetPage, VerifyPage};
pub use setup::SetupPage;
pub use sign_in::SignInPage;
pub use sign_up::{InvitePage, SignUpPage};
