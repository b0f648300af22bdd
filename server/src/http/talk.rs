//! A connection that knows where it is in its talk: between two requests, in the head of one, or
//! being answered. A head that has begun must end soon; silence before it may last.

use std::{
    io::{self, IoSlice},
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    sync::Notify,
    time::{Instant, sleep_until},
};

use super::crowd::Place;

pub struct Talk {
    place: Place,
    phase: Mutex<Phase>,
    began: Notify,
}

#[derive(Clone, Copy, PartialEq)]
enum Phase {
    Between,
    Head(Instant),
    Answering,
}

impl Talk {
    pub fn new(place: Place) -> Arc<Self> {
        Arc::new(Self { place, phase: Mutex::new(Phase::Between), began: Notify::new() })
    }

    /// A head was read to its end.
    pub fn asked(&self) {
        self.place.spoke();
        *self.phase() = Phase::Answering;
    }

    pub fn answered(&self) {
        *self.phase() = Phase::Between;
    }

    fn heard(&self) {
        let mut phase = self.phase();
        if *phase == Phase::Between {
            *phase = Phase::Head(Instant::now());
            self.began.notify_one();
        }
    }

    /// Ends once a head has taken longer than this.
    pub async fn dawdled(&self, most: Duration) {
        loop {
            let phase = *self.phase();
            let Phase::Head(began) = phase else {
                self.began.notified().await;
                continue;
            };
            sleep_until(began + most).await;
            if *self.phase() == phase {
                return;
            }
        }
    }

    fn phase(&self) -> MutexGuard<'_, Phase> {
        self.phase.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The connection itself. What becomes a socket takes its place along, until the socket ends.
pub struct Stream {
    pub tcp: TcpStream,
    pub talk: Arc<Talk>,
}

impl AsyncRead for Stream {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let read = Pin::new(&mut self.tcp).poll_read(cx, buf);
        if buf.filled().len() > before {
            self.talk.heard();
        }
        read
    }
}

impl AsyncWrite for Stream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.tcp).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.tcp).poll_write_vectored(cx, bytes)
    }

    fn is_write_vectored(&self) -> bool {
        self.tcp.is_write_vectored()
    }
}
