//! Signing in for outside clients: `/api/v1/auth/*`.

use axum::{
    Extension, Json, Router,
    extract::{FromRequest, Request, State, rejection::JsonRejection},
    http::{HeaderMap, Method, StatusCode},
    response::{IntoResponse, Response},
    routing::post,
};
use focushive::{
    Caller, Fault,
    auth::{Refresh, SignIn, SignUpForm, Tokens},
};
use serde::de::DeserializeOwned;

use crate::{
    auth::{self, Visitor},
    failure::Failure,
    http::{App, api::route::Route, csrf, refusal},
    services::Services,
};

pub fn routes() -> Router<App> {
    Router::new()
        .route("/auth/login", post(login))
        .route("/auth/register", post(register))
        .route("/auth/refresh", post(refresh))
        .route("/auth/logout", post(logout))
}

/// What is answered here, described. The request "account.look" says who one is.
pub fn operations() -> Vec<Route> {
    let told = |method, path, name, says| Route::told::<(), ()>(method, path, name, says);
    vec![
        Route::told::<SignIn, Tokens>(
            Method::POST,
            "/auth/login",
            "auth.login",
            "Sign in with an address and a password",
        )
        .open(),
        Route::told::<SignUpForm, Tokens>(
            Method::POST,
            "/auth/register",
            "auth.register",
            "Make an account, with an invitation where one is needed",
        )
        .open()
        .spends()
        .makes(""),
        Route::told::<Refresh, Tokens>(
            Method::POST,
            "/auth/refresh",
            "auth.refresh",
            "Change a refresh token for new tokens; it works once",
        )
        .open(),
        told(Method::POST, "/auth/logout", "auth.logout", "End this sign-in"),
    ]
}

/// A JSON body whose flaws are told as a fault.
struct Body<T>(T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        match Json::<T>::from_request(request, state).await {
            Ok(Json(body)) => Ok(Self(body)),
            Err(JsonRejection::BytesRejection(_)) => Err(refusal::json(Fault::TooLarge { limit: "64 KB".to_owned() })),
            Err(rejection) => Err(refusal::json(Fault::field("body", rejection.body_text()))),
        }
    }
}

async fn login(
    State(services): State<Services>,
    Extension(visitor): Extension<Visitor>,
    Body(ask): Body<SignIn>,
) -> Response {
    told(StatusCode::OK, super::login(&services, visitor, ask).await)
}

async fn register(
    State(services): State<Services>,
    Extension(visitor): Extension<Visitor>,
    Body(ask): Body<SignUpForm>,
) -> Response {
    let made = async {
        let user = auth::sign_up(&services, &visitor, &ask).await?;
        super::open(&services, &visitor, user).await
    };
    told(StatusCode::CREATED, made.await)
}

async fn refresh(State(services): State<Services>, Body(ask): Body<Refresh>) -> Response {
    told(StatusCode::OK, super::refresh(&services, ask).await)
}

async fn logout(
    State(services): State<Services>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
) -> Response {
    let done = async {
        if auth::identify::bearer(&headers).is_none() {
            csrf::check_header(&services, &headers)?;
        }
        auth::sign_out(&services, caller.user()?).await
    };
    match done.await {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(failure) => refusal::json(crate::backend::settle(failure)),
    }
}

fn told<T: serde::Serialize>(status: StatusCode, answer: Result<T, Failure>) -> Response {
    match answer {
        Ok(answer) => (status, Json(answer)).into_response(),
        Err(failure) => refusal::json(crate::backend::settle(failure)),
    }
}
