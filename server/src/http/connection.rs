//! Connections: each is taken, spoken HTTP/1.1 on, handed over where it becomes a socket, and at
//! the end let go when its request is answered. Whoever sends a request's head too slowly is cut off,
//! and whoever is one too many is not let in.

use std::{net::SocketAddr, pin::pin, sync::Arc, time::Duration};

use axum::{
    Router,
    extract::{ConnectInfo, Request},
};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::Service;

use super::{
    crowd::Crowd,
    talk::{Stream, Talk},
};
use crate::config;

/// How long a request under way may take to end after the word to stop.
const ANSWERED_WITHIN: Duration = Duration::from_secs(6);

/// What every connection is spoken to with.
#[derive(Clone)]
struct Manner {
    http: http1::Builder,
    router: Router,
    slowest_head: Duration,
    stop: CancellationToken,
}

/// Takes connections until told to stop; then returns once the requests under way are answered.
pub async fn serve(listener: TcpListener, router: Router, limits: &config::Limits, stop: CancellationToken) {
    // Browsers open connections ahead and say nothing on them for a while: what is cut off then is
    // shown to people as an error. So the library's clock, which runs through silence and head
    // alike, is the long one, and a head that has begun has a clock of its own.
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(limits.kept_alive.duration());
    let manner = Manner { http, router, slowest_head: limits.slowest_head.duration(), stop: stop.clone() };
    let (crowd, under_way) = (Crowd::new(limits), TaskTracker::new());
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => break,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, address)) => match crowd.admit(address.ip()) {
                Some(place) => {
                    under_way.spawn(speak(manner.clone(), stream, address, Talk::new(place)));
                }
                None => metrics::counter!("focushive_connections_refused").increment(1),
            },
            Err(error) => wait_after(&error).await,
        }
    }
    drop(listener);
    under_way.close();
    under_way.wait().await;
}

async fn speak(manner: Manner, tcp: TcpStream, address: SocketAddr, talk: Arc<Talk>) {
    // Small frames must not wait for each other.
    let _ = tcp.set_nodelay(true);
    let Manner { http, router, slowest_head, stop } = manner;
    let known = Arc::clone(&talk);
    let answer = service_fn(move |mut request: Request<Incoming>| {
        known.asked();
        request.extensions_mut().insert(ConnectInfo(address));
        let (mut router, talk) = (router.clone(), Arc::clone(&known));
        async move {
            let answer = Service::call(&mut router, request).await;
            talk.answered();
            answer
        }
    });
    let stream = TokioIo::new(Stream { tcp, talk: Arc::clone(&talk) });
    let mut speaking = pin!(http.serve_connection(stream, answer).with_upgrades());
    // How a connection broke is its peer's business.
    tokio::select! {
        _ = speaking.as_mut() => return,
        () = talk.dawdled(slowest_head) => return,
        () = stop.cancelled() => {}
    }
    speaking.as_mut().graceful_shutdown();
    let _ = tokio::time::timeout(ANSWERED_WITHIN, speaking).await;
}

/// A connection that broke before it was taken is nobody's loss; being out of files is worth a pause.
async fn wait_after(error: &std::io::Error) {
    use std::io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    if !matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset) {
        tracing::error!(%error, "connections cannot be taken");
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}
