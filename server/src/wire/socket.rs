//! A WebSocket on a connection of ours. The library knows the protocol; bytes are moved here, so that
//! a socket that has nothing to say holds next to nothing, and whoever has something to tell writes
//! it to the connection without waking anybody.

use std::{
    cell::Cell,
    future::poll_fn,
    io::{self, ErrorKind, Read, Write},
    mem::MaybeUninit,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Poll, ready},
};

use axum::body::Bytes;
use focushive::protocol::frame::MOST_BYTES;
use tokio::{
    io::{AsyncRead, ReadBuf},
    net::tcp::{OwnedReadHalf, OwnedWriteHalf},
    time::timeout,
};
use tokio_tungstenite::tungstenite::{
    Error, Message, Utf8Bytes,
    protocol::{
        CloseFrame, Role, WebSocketConfig, WebSocketContext,
        frame::{
            FrameHeader,
            coding::{Data, OpCode},
        },
    },
};

use super::line::{Ended, LINGER, Line, Mouth, Sign, WRITE_WITHIN, Words};
use crate::{
    http::talk::{Stream, Talk},
    hub::Close,
};

/// How much is read at once. It lies on the stack of whoever reads.
const READ: usize = 4 * 1024;

/// What a peer asks to have answered while it reads nothing is not kept without end.
const MOST_LEFT: usize = 2 * 1024 * 1024;

pub struct Socket {
    pipe: Arc<Pipe>,
    hears: OwnedReadHalf,
    context: WebSocketContext,
    /// What was read and is not understood yet.
    read: Unread,
    /// The library makes nothing more of what comes.
    lost: bool,
    /// The other side said goodbye.
    left: bool,
    /// Its place among the connections.
    _talk: Arc<Talk>,
}

/// The way out, for everybody who has something to say on it.
pub struct Pipe {
    out: OwnedWriteHalf,
    left: Mutex<Left>,
}

/// How much memory is passed on at most from one who said it all to the next who has something to say.
const SPARE: usize = 64 * 1024;

thread_local! {
    static PASSED_ON: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// What the peer was not told yet.
#[derive(Default)]
struct Left {
    bytes: Vec<u8>,
    /// The peer did not take all of it.
    stuck: bool,
}

impl Pipe {
    fn left(&self) -> MutexGuard<'_, Left> {
        self.left.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says at once what cannot wait, after all that was kept.
    fn put(&self, bytes: &[u8]) {
        self.left().bytes.extend_from_slice(bytes);
        self.speak();
    }

    /// Until the peer has taken everything.
    pub async fn drained(&self) -> io::Result<()> {
        while self.is_behind() {
            self.out.writable().await?;
            let mut left = self.left();
            match left.write(&self.out) {
                Err(error) if error.kind() != ErrorKind::WouldBlock => return Err(error),
                Ok(()) | Err(_) => {}
            }
        }
        Ok(())
    }
}

impl Left {
    fn write(&mut self, out: &OwnedWriteHalf) -> io::Result<()> {
        if self.bytes.is_empty() {
            return Ok(());
        }
        let written = out.try_write(&self.bytes);
        match &written {
            Ok(count) if *count == self.bytes.len() => self.pass_on(),
            Ok(count) => {
                self.bytes.drain(..*count);
                self.stuck = true;
            }
            Err(_) => self.stuck = true,
        }
        written.map(drop)
    }

    /// All of it is said. Whoever is idle keeps nothing.
    fn pass_on(&mut self) {
        let Self { mut bytes, .. } = std::mem::take(self);
        if bytes.capacity() <= SPARE {
            bytes.clear();
            PASSED_ON.set(bytes);
        }
    }
}

impl Mouth<Utf8Bytes> for Pipe {
    fn keep(&self, frames: &[Utf8Bytes]) {
        let header = FrameHeader { opcode: OpCode::Data(Data::Text), ..FrameHeader::default() };
        let length = |frame: &Utf8Bytes| frame.len() + header.len(frame.len() as u64);
        let mut left = self.left();
        if left.bytes.capacity() == 0 {
            left.bytes = PASSED_ON.take();
        }
        left.bytes.reserve(frames.iter().map(length).sum());
        for frame in frames {
            // Writing to memory cannot fail.
            let _ = header.format(frame.len() as u64, &mut left.bytes);
            left.bytes.extend_from_slice(frame.as_bytes());
        }
    }

    /// A connection that broke is noticed by whoever waits until all is taken.
    fn speak(&self) {
        let mut left = self.left();
        if !left.stuck {
            let _ = left.write(&self.out);
        }
    }

    fn is_behind(&self) -> bool {
        self.left().stuck
    }
}

impl Socket {
    /// Some of what the client says may have come along with its request.
    pub fn new(stream: Stream, read: Bytes, most_bytes: usize) -> Self {
        let config = WebSocketConfig::default()
            .read_buffer_size(0)
            .write_buffer_size(0)
            .max_message_size(Some(most_bytes))
            .max_frame_size(Some(most_bytes));
        let Stream { tcp, talk } = stream;
        let (hears, out) = tcp.into_split();
        Self {
            pipe: Arc::new(Pipe { out, left: Mutex::default() }),
            hears,
            context: WebSocketContext::new(Role::Server, Some(config)),
            read: Unread { bytes: read.to_vec(), at: 0 },
            lost: false,
            left: false,
            _talk: talk,
        }
    }

    pub fn pipe(&self) -> Arc<Pipe> {
        Arc::clone(&self.pipe)
    }

    /// The next message, if all of it is here.
    fn next(&mut self) -> Result<Option<Message>, Ended> {
        if self.lost {
            return Err(None);
        }
        let why = match self.converse(|context, talk| context.read(talk)) {
            Ok(message) => return Ok(Some(message)),
            Err(Error::Io(error)) if error.kind() == ErrorKind::WouldBlock => return Ok(None),
            Err(Error::Capacity(_)) => Some(Close::TooLarge),
            Err(Error::Utf8(_) | Error::Protocol(_)) => Some(Close::Malformed),
            Err(_) => None,
        };
        self.lost = true;
        Err(why)
    }

    /// Lets the library read what is here, and writes what it answers.
    fn converse<T>(&mut self, act: impl FnOnce(&mut WebSocketContext, &mut Exchange<'_>) -> T) -> T {
        let mut talk = Exchange { read: &mut self.read, said: Vec::new() };
        let done = act(&mut self.context, &mut talk);
        if !talk.said.is_empty() {
            self.pipe.put(&talk.said);
        }
        done
    }

    /// Reads what there is, once there is something.
    async fn fill(&mut self) -> Result<(), Ended> {
        let (hears, unread) = (&mut self.hears, &mut self.read);
        let count = poll_fn(|cx| {
            let mut bytes = [MaybeUninit::uninit(); READ];
            let mut read = ReadBuf::uninit(&mut bytes);
            ready!(Pin::new(&mut *hears).poll_read(cx, &mut read))?;
            unread.add(read.filled());
            Poll::Ready(io::Result::Ok(read.filled().len()))
        });
        if count.await.map_err(|_| None)? > 0 { Ok(()) } else { Err(None) }
    }

    async fn drained(&self) -> Result<(), ()> {
        if !self.pipe.is_behind() {
            return Ok(());
        }
        match timeout(WRITE_WITHIN, self.pipe.drained()).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(()),
        }
    }

    /// Until the peer has said goodbye too.
    async fn linger(&mut self) {
        while self.hear().await.is_ok() {}
        while self.lost && self.fill().await.is_ok() {
            self.read.clear();
        }
    }

    /// The protocol's own goodbye.
    pub async fn close(&mut self, why: Close) -> Result<(), ()> {
        let close = CloseFrame { code: why.code().into(), reason: Utf8Bytes::from_static(why.reason()) };
        let _ = self.converse(|context, talk| context.close(talk, Some(close)));
        self.drained().await
    }
}

impl Line for Socket {
    type Heard = Words;
    type Told = Utf8Bytes;

    fn mouth(&self) -> Option<Arc<dyn Mouth<Utf8Bytes>>> {
        Some(self.pipe())
    }

    async fn hear(&mut self) -> Result<Sign<Words>, Ended> {
        loop {
            match self.next()? {
                Some(Message::Text(text)) if text.len() > MOST_BYTES => return Err(Some(Close::TooLarge)),
                Some(Message::Binary(bytes)) if bytes.len() > MOST_BYTES => return Err(Some(Close::TooLarge)),
                Some(Message::Text(text)) => return Ok(Sign::Said(Words::Text(text))),
                Some(Message::Binary(bytes)) => return Ok(Sign::Said(Words::Binary(bytes))),
                Some(Message::Pong(_)) => return Ok(Sign::Answered),
                Some(Message::Ping(_)) if self.pipe.left().bytes.len() > MOST_LEFT => return Err(Some(Close::Slow)),
                Some(Message::Ping(_)) => return Ok(Sign::Alive),
                Some(Message::Close(_)) => {
                    self.left = true;
                    let _ = self.converse(|context, talk| context.flush(talk));
                    return Err(None);
                }
                Some(Message::Frame(_)) => {}
                None => self.fill().await?,
            }
        }
    }

    async fn tell(&mut self, frames: Vec<Utf8Bytes>) -> Result<(), ()> {
        self.pipe.keep(&frames);
        self.pipe.speak();
        self.drained().await
    }

    async fn catch_up(&mut self) -> Result<(), ()> {
        self.drained().await
    }

    fn is_left(&self) -> bool {
        self.left
    }

    async fn ping(&mut self) -> Result<(), ()> {
        let _ = self.converse(|context, talk| context.write(talk, Message::Ping(Bytes::new())));
        self.drained().await
    }

    /// What the peer still sends is taken and thrown away for a moment: a connection that is closed
    /// over unread bytes is reset, and the peer never reads why.
    async fn end(&mut self, last: Option<Utf8Bytes>, why: Close) {
        self.pipe.keep(last.as_slice());
        if self.close(why).await.is_ok() {
            let _ = timeout(LINGER, self.linger()).await;
        }
    }
}

/// Bytes that came, and how many of them are understood.
struct Unread {
    bytes: Vec<u8>,
    at: usize,
}

impl Unread {
    fn clear(&mut self) {
        (self.bytes, self.at) = (Vec::new(), 0);
    }

    fn add(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }
}

/// What the library takes for its stream: it reads what is here, and its answers are gathered.
struct Exchange<'a> {
    read: &'a mut Unread,
    said: Vec<u8>,
}

impl Read for Exchange<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let Unread { bytes, at } = &mut *self.read;
        let count = bytes.get(*at..).unwrap_or_default().read(into)?;
        if count == 0 && !into.is_empty() {
            return Err(ErrorKind::WouldBlock.into());
        }
        *at += count;
        if *at == bytes.len() {
            // Whoever is idle keeps nothing.
            self.read.clear();
        }
        Ok(count)
    }
}

impl Write for Exchange<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.said.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
