//! How the UI asks: one typed function over one server function. While a page is rendered the
//! question is answered in process; in the browser it is one POST. This is the only file that
//! knows on which side it runs.

use std::{marker::PhantomData, pin::pin, sync::Arc, time::Duration};

use focushive::{
    Fault,
    fault::Refusal,
    protocol::{Ask, Backend},
};
use futures::{
    channel::oneshot,
    future::{Either, select},
};
use leptos::prelude::*;
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{DeserializeOwned, Error},
};
use serde_json::Value;
use server_fn::{
    client::{Client, browser::BrowserClient},
    codec::JsonEncoding,
    error::{FromServerFnError, ServerFnErrorErr},
    request::browser::BrowserRequest,
    response::browser::BrowserResponse,
};

use crate::reader;

/// Why there is no answer: what FocusHive said, or that it did not hear.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CallError(pub Box<Refusal>);

/// Read like all answers, so that the browser has one reader for both.
impl<'de> Deserialize<'de> for CallError {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let refusal = reader::read(Value::deserialize(deserializer)?);
        refusal.map(|refusal| Self(Box::new(refusal))).map_err(D::Error::custom)
    }
}

impl CallError {
    pub fn unreachable() -> Self {
        let message = "FocusHive cannot be reached: check your connection and try again".to_owned();
        Self(Box::new(Refusal {
            code: "unreachable".to_owned(),
            message,
            problems: Vec::new(),
            retry_after_ms: None,
            at: None,
            trace: None,
        }))
    }
}

impl From<Fault> for CallError {
    fn from(fault: Fault) -> Self {
        Self(Box::new(fault.into()))
    }
}

impl FromServerFnError for CallError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        // Only where questions are answered is there something that answers them.
        let answers = use_context::<Arc<dyn Backend>>().is_some();
        match error {
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::Deserialization(_) if answers => {
                let fault = Fault::field("request", "it cannot be read");
                say_status(fault.status());
                fault.into()
            }
            _ => Self::unreachable(),
        }
    }
}

/// Asks, and gets the answer that belongs to the question.
pub async fn call<A: Ask>(ask: A) -> Result<A::Answer, CallError> {
    read(dispatch(written(&ask)).await?)
}

/// A question as it is sent. All questions and answers are written and read through this one kind
/// of value: each type's own writer would be in the browser's program once more for each way to
/// send it.
pub(crate) fn written<A: Ask>(ask: &A) -> Value {
    serde_json::json!({ "do": A::NAME, "with": ask })
}

/// A question that a page asks while it is rendered and again when it changes. The answer is kept
/// as it came and read where it is shown, so that all questions share one machinery: the
/// browser's program is a good deal smaller for it.
pub struct Asked<A> {
    resource: Resource<Result<Value, CallError>>,
    question: PhantomData<fn() -> A>,
}

impl<A> Clone for Asked<A> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<A> Copy for Asked<A> {}

impl<A: Ask + 'static> Asked<A> {
    pub fn new(question: impl Fn() -> A + Send + Sync + 'static) -> Self {
        let request = Signal::derive(move || written(&question()));
        Self { resource: fetch(request), question: PhantomData }
    }

    /// The answer, once it is there.
    pub fn get(&self) -> Option<Result<A::Answer, CallError>> {
        self.resource.get().map(|answer| answer.and_then(read))
    }

    pub fn again(&self) {
        self.resource.refetch();
    }
}

fn fetch(request: Signal<Value>) -> Resource<Result<Value, CallError>> {
    Resource::new_blocking(move || request.get(), dispatch)
}

pub(crate) fn read<T: DeserializeOwned>(answer: Value) -> Result<T, CallError> {
    reader::read(answer).map_err(|_| CallError::unreachable())
}

#[server(prefix = "/api", endpoint = "call", input = server_fn::codec::Json, output = server_fn::codec::Json, client = OurClient)]
pub(crate) async fn dispatch(request: Value) -> Result<Value, CallError> {
    use focushive::{Caller, protocol::Request};

    let backend = use_context::<Arc<dyn Backend>>().ok_or_else(CallError::unreachable)?;
    let caller = use_context::<Caller>().unwrap_or(Caller::Guest);
    let request: Request = match serde_json::from_value(request) {
        Ok(request) => request,
        Err(problem) => {
            let fault = Fault::field("request", problem.to_string());
            say_refused(&fault);
            return Err(fault.into());
        }
    };
    match backend.handle(caller, request).await {
        Ok(reply) => serde_json::to_value(&reply).map_err(|_| CallError::unreachable()),
        Err(fault) => {
            say_refused(&fault);
            Err(fault.into())
        }
    }
}

/// Sets the status of the answer under way: `404` for a page that is not there. In the browser, where
/// there is no answer to set it on, it does nothing.
#[cfg(feature = "ssr")]
pub fn say_status(status: u16) {
    if let (Ok(status), Some(response)) =
        (axum::http::StatusCode::from_u16(status), use_context::<leptos_axum::ResponseOptions>())
    {
        response.set_status(status);
    }
}

#[cfg(not(feature = "ssr"))]
pub fn say_status(_: u16) {}

/// A question was refused: that is the status of the page if nothing has been said of it, and the
/// page's own word counts for more, whichever comes first.
#[cfg(feature = "ssr")]
fn say_refused(fault: &Fault) {
    let said = use_context::<leptos_axum::ResponseOptions>()
        .is_some_and(|response| response.0.read().is_ok_and(|parts| parts.status.is_some()));
    if !said {
        say_status(fault.status());
    }
}

/// What the server put there for a page under way; in the browser there is nothing of the kind.
#[cfg(feature = "ssr")]
pub fn from_server<T: Serialize + Clone + 'static>() -> Value {
    use_context::<T>().and_then(|value| serde_json::to_value(value).ok()).unwrap_or_default()
}

#[cfg(not(feature = "ssr"))]
pub fn from_server<T>() -> Value {
    Value::Null
}

/// A network that broke without a word gives no answer, ever.
const ANSWERS_WITHIN: Duration = Duration::from_secs(20);

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
        let sent = <BrowserClient as Client<E, I, O>>::send(request);
        let (late, is_late) = oneshot::channel::<()>();
        set_timeout(move || drop(late), ANSWERS_WITHIN);
        async move {
            match select(pin!(sent), is_late).await {
                Either::Left((answer, _)) => answer,
                Either::Right(_) => Err(E::from_server_fn_error(ServerFnErrorErr::Request("no answer".to_owned()))),
            }
        }
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
