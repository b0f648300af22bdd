//! How the UI asks: one typed function over one server function. While a page is rendered the
//! question is answered in process; in the browser it is one POST. This is the only file that
//! knows on which side it runs.

use std::fmt;

use focushive::{
    Fault,
    protocol::{Ask, Reply, Request},
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use server_fn::{
    client::{Client, browser::BrowserClient},
    codec::JsonEncoding,
    error::{FromServerFnError, ServerFnErrorErr},
    request::browser::BrowserRequest,
    response::browser::BrowserResponse,
};

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CallError {
    /// FocusHive said no.
    Fault(Fault),
    /// FocusHive did not hear.
    Unreachable,
}

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fault(fault) => fault.fmt(f),
            Self::Unreachable => f.write_str("FocusHive cannot be reached: check your connection and try again"),
        }
    }
}

impl FromServerFnError for CallError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(_: ServerFnErrorErr) -> Self {
        Self::Unreachable
    }
}

/// Asks, and gets the answer that belongs to the question.
pub async fn call<A: Ask>(ask: A) -> Result<A::Answer, CallError> {
    A::answer(dispatch(ask.into_request()).await?).ok_or(CallError::Unreachable)
}

#[server(prefix = "/api", endpoint = "call", input = server_fn::codec::Json, output = server_fn::codec::Json, client = OurClient)]
async fn dispatch(request: Request) -> Result<Reply, CallError> {
    use std::sync::Arc;

    use focushive::{Caller, protocol::Backend};

    let backend = use_context::<Arc<dyn Backend>>().ok_or(CallError::Unreachable)?;
    let caller = use_context::<Caller>().unwrap_or(Caller::Guest);
    backend.handle(caller, request).await.map_err(|fault| {
        say_status(fault.status());
        CallError::Fault(fault)
    })
}

/// Sets the status of the answer under way: `404` for a page that is not there. In the browser,
/// where there is no answer to set it on, it does nothing.
#[cfg(feature = "ssr")]
pub fn say_status(status: u16) {
    let Ok(status) = axum::http::StatusCode::from_u16(status) else { return };
    if let Some(response) = use_context::<leptos_axum::ResponseOptions>() {
        response.set_status(status);
    }
}

#[cfg(not(feature = "ssr"))]
pub fn say_status(_: u16) {}

/// The browser's fetch, with the page's token, which no other site can know.
pub struct OurClient;

impl<E, I, O> Client<E, I, O> for OurClient
where
    E: FromServerFnError,
    I: FromServerFnError,
    O: FromServerFnError,
{
    type Request = BrowserRequest;
    type Response = BrowserResponse;

    fn send(request: Self::Request) -> impl Future<Output = Result<Self::Response, E>> + Send {
        request.headers().append("x-csrf-token", &page_token());
        <BrowserClient as Client<E, I, O>>::send(request)
    }

    fn open_websocket(
        path: &str,
    ) -> impl Future<
        Output = Result<
            (
                impl futures::Stream<Item = Result<server_fn::Bytes, server_fn::Bytes>> + Send + 'static,
                impl futures::Sink<server_fn::Bytes> + Send + 'static,
            ),
            E,
        >,
    > + Send {
        <BrowserClient as Client<E, I, O>>::open_websocket(path)
    }

    fn spawn(future: impl Future<Output = ()> + Send + 'static) {
        <BrowserClient as Client<E, I, O>>::spawn(future);
    }
}

/// The token in the page's head.
pub fn page_token() -> String {
    document()
        .query_selector("meta[name=csrf-token]")
        .ok()
        .flatten()
        .and_then(|meta| meta.get_attribute("content"))
        .unwrap_or_default()
}
