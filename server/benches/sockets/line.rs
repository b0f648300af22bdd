//! One connection of the load tool. It opens with the library's handshake, and then reads and writes
//! frames by itself: the tool must cost less than what it measures.

use std::{
    io::{Error, Result},
    net::SocketAddr,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpSocket,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    task::AbortHandle,
};
use tokio_tungstenite::{client_async, tungstenite::client::IntoClientRequest};

use crate::tongue::{Kind, Tongue};

/// Where the server is, what is spoken there, and whose connections these are: they take turns.
#[derive(Clone)]
pub struct Door {
    pub address: SocketAddr,
    pub tongue: Tongue,
    pub tokens: Vec<String>,
}

pub struct Line {
    write: OwnedWriteHalf,
    reading: AbortHandle,
}

impl Drop for Line {
    fn drop(&mut self) {
        self.reading.abort();
    }
}

impl Line {
    /// Signed in and joined; every frame after that is given to `hear`.
    pub async fn open(
        door: &Door,
        who: usize,
        (kind, hive): (Kind, &str),
        since: Option<u64>,
        hear: impl Fn(&[u8]) + Send + 'static,
    ) -> Result<Self> {
        let bearer = &door.tokens[who % door.tokens.len()];
        let url = format!("ws://{}{}", door.address, door.tongue.door());
        let mut request = url.into_client_request().map_err(Error::other)?;
        request.headers_mut().insert("authorization", bearer.parse().map_err(Error::other)?);
        let socket = TcpSocket::new_v4()?;
        // Whoever stops reading is to be noticed before the kernel's buffers have taken everything.
        socket.set_recv_buffer_size(64 * 1024)?;
        let stream = socket.connect(door.address).await?;
        stream.set_nodelay(true)?;
        let (stream, _) = client_async(request, stream).await.map_err(Error::other)?;
        let (read, mut write) = stream.into_inner().into_split();
        let mut frames = Frames { read, bytes: vec![0; 4096], from: 0, to: 0 };
        for step in door.tongue.way_in(kind, hive, bearer, since) {
            say(&mut write, &step.say).await?;
            while !frames.next().await?.starts_with(step.hear.as_bytes()) {}
        }
        let reading = tokio::spawn(async move {
            while let Ok(frame) = frames.next().await {
                hear(frame);
            }
        });
        Ok(Self { write, reading: reading.abort_handle() })
    }

    pub async fn say(&mut self, text: &str) -> Result<()> {
        say(&mut self.write, text).await
    }

    /// Reads nothing any more, and stays.
    pub fn stop_reading(&self) {
        self.reading.abort();
    }
}

/// A client's frames are masked; the mask of zeros leaves them as they are.
async fn say(write: &mut OwnedWriteHalf, text: &str) -> Result<()> {
    let mut frame = Vec::with_capacity(text.len() + 8);
    frame.push(0x81);
    match u16::try_from(text.len()).unwrap() {
        short @ 0..126 => frame.push(0x80 | short as u8),
        long => {
            frame.push(0x80 | 126);
            frame.extend(long.to_be_bytes());
        }
    }
    frame.extend([0; 4]);
    frame.extend(text.as_bytes());
    write.write_all(&frame).await
}

struct Frames {
    read: OwnedReadHalf,
    bytes: Vec<u8>,
    from: usize,
    to: usize,
}

impl Frames {
    /// The next frame's payload, of whatever kind.
    async fn next(&mut self) -> Result<&[u8]> {
        loop {
            if let Some((head, length)) = self.frame() {
                let start = self.from + head;
                self.from = start + length;
                return Ok(&self.bytes[start..self.from]);
            }
            self.bytes.copy_within(self.from..self.to, 0);
            (self.from, self.to) = (0, self.to - self.from);
            if self.to == self.bytes.len() {
                self.bytes.resize(2 * self.to, 0);
            }
            let count = self.read.read(&mut self.bytes[self.to..]).await?;
            if count == 0 {
                return Err(Error::other("closed"));
            }
            self.to += count;
        }
    }

    /// The lengths of a frame's head and payload, once all of it is here.
    fn frame(&self) -> Option<(usize, usize)> {
        let bytes = &self.bytes[self.from..self.to];
        let (head, length) = match *bytes.get(1)? {
            short @ 0..126 => (2, short.into()),
            126 => (4, u16::from_be_bytes(bytes.get(2..4)?.try_into().ok()?).into()),
            _ => (10, u64::from_be_bytes(bytes.get(2..10)?.try_into().ok()?) as usize),
        };
        (bytes.len() >= head + length).then_some((head, length))
    }
}
