//! Connections: each is taken, spoken HTTP/1.1 on, handed over where it becomes a socket, and at
//! the end let go when its request is answered. Whoever sends a request's head too slowly is cut off.

use std::{net::SocketAddr, pin::pin, time::Duration};

use axum::{
    Router,
    extract::{ConnectInfo, Request},
};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::Service;

/// How long a request under way may take to end after the word to stop.
const ANSWERED_WITHIN: Duration = Duration::from_secs(6);

/// Takes connections until told to stop; then returns once the requests under way are answered.
pub async fn serve(listener: TcpListener, router: Router, slowest_head: Duration, stop: CancellationToken) {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(slowest_head);
    let under_way = TaskTracker::new();
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => break,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, address)) => {
                under_way.spawn(speak(http.clone(), stream, address, router.clone(), stop.clone()));
            }
            Err(error) => wait_after(&error).await,
        }
    }
    drop(listener);
    under_way.close();
    under_way.wait().await;
}

async fn speak(http: http1::Builder, stream: TcpStream, address: SocketAddr, router: Router, stop: CancellationToken) {
    // Small frames must not wait for each other.
    let _ = stream.set_nodelay(true);
    let answer = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(address));
        let mut router = router.clone();
        async move { Service::call(&mut router, request).await }
    });
    let mut speaking = pin!(http.serve_connection(TokioIo::new(stream), answer).with_upgrades());
    // How a connection broke is its peer's business.
    tokio::select! {
        _ = speaking.as_mut() => return,
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
