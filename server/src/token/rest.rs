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
    auth::{Forgot, Refresh, Reset, SignIn, SignUpForm, Tokens, Verify},
};
use serde::de::DeserializeOwned;

use crate::{
    auth::{self, Visitor},
    failure::Failure,
    http::{
        App,
        api::{problem::Problem, route::Route},
        csrf, refusal,
    },
    link,
    services::Services,
};

pub fn routes() -> Router<App> {
    Router::new()
        .route("/auth/login", post(login))
        .route("/auth/register", post(register))
        .route("/auth/setup", post(set_up))
        .route("/auth/refresh", post(refresh))
        .route("/auth/logout", post(logout))
        .route("/auth/forgot", post(forgot))
        .route("/auth/reset", post(reset))
        .route("/auth/verify", post(verify))
}

/// What is answered here, described. The request "account.look" says who one is.
pub fn operations() -> Vec<Route> {
    let post = Method::POST;
    vec![
        Route::told::<SignIn, Tokens>(post.clone(), "/auth/login", "auth.login", "Sign in with address and password")
            .open(),
        Route::told::<SignUpForm, Tokens>(post.clone(), "/auth/register", "auth.register", "Make an account")
            .open()
            .spends()
            .makes(""),
        Route::told::<SignUpForm, Tokens>(
            post.clone(),
            "/auth/setup",
            "auth.setup",
            "Make the owner of an empty house",
        )
        .open()
        .makes(""),
        Route::told::<Refresh, Tokens>(post.clone(), "/auth/refresh", "auth.refresh", "Have new tokens; it works once")
            .open(),
        Route::told::<(), ()>(post.clone(), "/auth/logout", "auth.logout", "End this sign-in"),
        Route::told::<Forgot, ()>(post.clone(), "/auth/forgot", "auth.forgot", "Ask for a link for a new password")
            .open(),
        Route::told::<Reset, Tokens>(post.clone(), "/auth/reset", "auth.reset", "Set a new password with such a link")
            .open()
            .spends(),
        Route::told::<Verify, ()>(
            post,
            "/auth/verify",
            "auth.verify",
            "Confirm an address with the link that went there",
        )
        .open()
        .spends(),
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
            Err(JsonRejection::MissingJsonContentType(_)) => Err(Problem::WrongType.into_response()),
            Err(JsonRejection::JsonSyntaxError(flaw)) => Err(Problem::Malformed(flaw.body_text()).into_response()),
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

/// Once the house has an owner there is no such thing.
async fn set_up(
    State(services): State<Services>,
    Extension(visitor): Extension<Visitor>,
    Body(ask): Body<SignUpForm>,
) -> Response {
    let made = async {
        let user = auth::set_up(&services, &ask).await?;
        super::open(&services, &visitor, user).await
    };
    told(StatusCode::CREATED, made.await)
}

async fn refresh(State(services): State<Services>, Body(ask): Body<Refresh>) -> Response {
    told(StatusCode::OK, super::refresh(&services, ask).await)
}

async fn reset(
    State(services): State<Services>,
    Extension(visitor): Extension<Visitor>,
    Body(ask): Body<Reset>,
) -> Response {
    let set = async {
        let user = link::reset(&services, &ask.token, &ask.password).await?;
        super::open(&services, &visitor, user).await
    };
    told(StatusCode::OK, set.await)
}

async fn forgot(
    State(services): State<Services>,
    Extension(visitor): Extension<Visitor>,
    Body(ask): Body<Forgot>,
) -> Response {
    done(link::forgot(&services, &visitor, &ask.email).await)
}

async fn verify(State(services): State<Services>, Body(ask): Body<Verify>) -> Response {
    done(link::verify(&services, &ask.token).await)
}

async fn logout(
    State(services): State<Services>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
) -> Response {
    let out = async {
        if auth::identify::bearer(&headers).is_none() {
            csrf::check_header(&services, &headers)?;
        }
        auth::sign_out(&services, caller.user()?).await
    };
    done(out.await)
}

fn done(done: Result<(), Failure>) -> Response {
    match done {
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
