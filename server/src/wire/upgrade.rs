//! How a request becomes a socket: the library checks the handshake and answers it, and then the
//! connection is ours.

use axum::{
    body::Body,
    extract::FromRequestParts,
    http::{HeaderValue, Method, Request, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use tokio_tungstenite::tungstenite::{
    Error, error::ProtocolError::MissingConnectionUpgradeHeader, handshake::server::create_response_with_body,
};
use tokio_util::task::TaskTracker;

use super::socket::Socket;
use crate::http::talk::Stream;

/// A request that asks for it as it should.
pub struct Upgrade {
    response: Response,
    asked: OnUpgrade,
    protocols: Option<HeaderValue>,
}

/// Why it cannot be.
pub enum NoUpgrade {
    NotGet,
    NoConnection,
    NoWebSocket,
}

impl<S: Sync> FromRequestParts<S> for Upgrade {
    type Rejection = NoUpgrade;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, NoUpgrade> {
        if parts.method != Method::GET {
            return Err(NoUpgrade::NotGet);
        }
        let mut request = Request::new(());
        *request.version_mut() = parts.version;
        std::mem::swap(request.headers_mut(), &mut parts.headers);
        let response = create_response_with_body(&request, Body::empty);
        std::mem::swap(request.headers_mut(), &mut parts.headers);
        let asks = parts.headers.contains_key(header::UPGRADE);
        let response = response.map_err(|error| match error {
            Error::Protocol(MissingConnectionUpgradeHeader) if asks => NoUpgrade::NoConnection,
            _ => NoUpgrade::NoWebSocket,
        })?;
        let asked = parts.extensions.remove::<OnUpgrade>().ok_or(NoUpgrade::NoConnection)?;
        let protocols = parts.headers.get(header::SEC_WEBSOCKET_PROTOCOL).cloned();
        Ok(Self { response, asked, protocols })
    }
}

impl Upgrade {
    /// The first of these that the client speaks, if it named any.
    pub fn protocols(mut self, ours: [&'static str; 3]) -> Self {
        let theirs = self.protocols.as_ref().and_then(|named| named.to_str().ok()).unwrap_or_default();
        let spoken = ours.into_iter().find(|ours| theirs.split(',').any(|named| named.trim() == *ours));
        if let Some(spoken) = spoken {
            let headers = self.response.headers_mut();
            headers.insert(header::SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(spoken));
        }
        self
    }

    /// Says yes; what is done with the socket is one of these tasks. No message may be larger.
    pub fn then<F>(
        self,
        tasks: &TaskTracker,
        most_bytes: usize,
        live: impl FnOnce(Socket) -> F + Send + 'static,
    ) -> Response
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let asked = self.asked;
        tasks.spawn(async move {
            let Ok(upgraded) = asked.await else { return };
            // Every connection of ours is one.
            let Ok(parts) = upgraded.downcast::<TokioIo<Stream>>() else { return };
            let socket = Socket::new(parts.io.into_inner(), parts.read_buf, most_bytes);
            live(socket).await;
        });
        self.response
    }
}

impl IntoResponse for NoUpgrade {
    fn into_response(self) -> Response {
        match self {
            Self::NotGet => (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "GET")]).into_response(),
            Self::NoConnection => (StatusCode::BAD_REQUEST, "\"Connection\" must be \"Upgrade\".\n").into_response(),
            Self::NoWebSocket => (StatusCode::BAD_REQUEST, "Can \"Upgrade\" only to \"WebSocket\".\n").into_response(),
        }
    }
}
