//! A link that can break in every way: a small TCP proxy between a client and the server, or
//! between the server and its Postgres, with a fate for each connection.

use std::{
    net::SocketAddr,
    path::PathBuf,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpListener, TcpStream, UnixStream},
    sync::watch,
    task::{AbortHandle, JoinSet},
};

/// What becomes of one connection once so many bytes have come through it, in one direction.
#[derive(Clone, Copy, Debug)]
pub struct Fate {
    pub break_after: usize,
    pub from_server: bool,
    pub how: Break,
}

#[derive(Clone, Copy, Debug)]
pub enum Break {
    Never,
    /// It ends, in the middle of whatever was being said.
    Cut,
    /// The cable is pulled: neither side is told.
    HalfOpen,
    /// Nothing comes through for a while.
    Stall(Duration),
}

impl Fate {
    pub const WHOLE: Self = Self { break_after: usize::MAX, from_server: true, how: Break::Never };
}

/// Where the other end is.
#[derive(Clone)]
pub enum Upstream {
    Tcp(SocketAddr),
    /// A Postgres that is reached by a Unix socket alone.
    Unix(PathBuf),
}

type Fates = Arc<Mutex<dyn FnMut() -> Fate + Send>>;

pub struct Proxy {
    pub address: SocketAddr,
    accepting: AbortHandle,
    frozen: watch::Sender<bool>,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

impl Proxy {
    /// One that breaks nothing by itself.
    pub async fn to(upstream: Upstream) -> Self {
        Self::with_fates(upstream, || Fate::WHOLE).await
    }

    pub async fn with_fates(upstream: Upstream, fates: impl FnMut() -> Fate + Send + 'static) -> Self {
        let fates: Fates = Arc::new(Mutex::new(fates));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (frozen, freezing) = watch::channel(false);
        let accepting = tokio::spawn(async move {
            let mut links = JoinSet::new();
            while let Ok((client, _)) = listener.accept().await {
                while links.try_join_next().is_some() {}
                let fate = (fates.lock().unwrap())();
                let (upstream, freezing) = (upstream.clone(), freezing.clone());
                links.spawn(link(client, upstream, fate, freezing));
            }
        });
        Self { address, accepting: accepting.abort_handle(), frozen }
    }

    /// Nothing comes through, in either direction, until it is let go on.
    pub fn freeze(&self, frozen: bool) {
        self.frozen.send_replace(frozen);
    }
}

async fn link(client: TcpStream, upstream: Upstream, fate: Fate, frozen: watch::Receiver<bool>) {
    let _ = client.set_nodelay(true);
    let (from_client, to_client) = client.into_split();
    match upstream {
        Upstream::Tcp(address) => {
            let Ok(server) = TcpStream::connect(address).await else { return };
            let _ = server.set_nodelay(true);
            let (from_server, to_server) = server.into_split();
            carry_both((from_client, to_server), (from_server, to_client), fate, frozen).await;
        }
        Upstream::Unix(path) => {
            let Ok(server) = UnixStream::connect(path).await else { return };
            let (from_server, to_server) = server.into_split();
            carry_both((from_client, to_server), (from_server, to_client), fate, frozen).await;
        }
    }
}

/// Until either side ends or the link breaks; both are closed then.
async fn carry_both<A, B, C, D>(up: (A, B), down: (C, D), fate: Fate, frozen: watch::Receiver<bool>)
where
    A: AsyncRead + Unpin,
    B: AsyncWrite + Unpin,
    C: AsyncRead + Unpin,
    D: AsyncWrite + Unpin,
{
    let of = |from_server: bool| if fate.from_server == from_server { fate } else { Fate::WHOLE };
    let pulled = AtomicBool::new(false);
    tokio::select! {
        () = carry(up.0, up.1, of(false), frozen.clone(), &pulled) => {}
        () = carry(down.0, down.1, of(true), frozen.clone(), &pulled) => {}
    }
}

/// Until its end. After a break that nobody is told of it never comes, and both sides stay open.
async fn carry(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    fate: Fate,
    mut frozen: watch::Receiver<bool>,
    pulled: &AtomicBool,
) {
    let (mut left, mut how) = (fate.break_after, fate.how);
    let mut bytes = vec![0; 16 * 1024];
    loop {
        let Ok(count) = from.read(&mut bytes).await else { return };
        if count == 0 || frozen.wait_for(|frozen| !frozen).await.is_err() {
            return;
        }
        if pulled.load(Ordering::Relaxed) {
            return std::future::pending().await;
        }
        let first = count.min(left);
        if to.write_all(&bytes[..first]).await.is_err() {
            return;
        }
        left -= first;
        if left > 0 {
            continue;
        }
        match std::mem::replace(&mut how, Break::Never) {
            Break::Cut => return,
            Break::HalfOpen => {
                pulled.store(true, Ordering::Relaxed);
                return std::future::pending().await;
            }
            Break::Stall(pause) => tokio::time::sleep(pause).await,
            Break::Never => {}
        }
        left = usize::MAX;
        if to.write_all(&bytes[first..count]).await.is_err() {
            return;
        }
    }
}
