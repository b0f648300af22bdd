//! What the machine allows: a server with none of a product's duties, told the same words by the same
//! load. It knows nobody, refuses nothing, numbers and stores nothing; it writes to each connection
//! once for everything that came in together. A figure of ours is to be read beside its own.

use std::{
    cell::RefCell,
    collections::HashMap,
    io::{Error, Result},
    net::SocketAddr,
    process::Stdio,
    rc::Rc,
    time::Duration,
};

use tokio::{
    net::{TcpListener, TcpStream},
    process::{Child, Command},
    sync::Notify,
    task::{LocalSet, spawn_local, yield_now},
};
use tokio_tungstenite::accept_async;

/// The word by which the bench is told to be the reference, followed by where to listen.
const WORD: &str = "--reference";

/// What is told; as long as what we tell.
const TYPING: &str = r#""at":"2026-01-01T00:00:00.000Z","event":"chat.typing","data":{"user":"00000000-0000-7000-8000-000000000000","name":"p1","typing":true}"#;

/// It runs in a process of its own, so that its processor time is known.
pub struct Reference {
    pub address: SocketAddr,
    pub child: Child,
}

impl Reference {
    pub async fn start() -> Self {
        let address = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args([WORD, &address.to_string()]).stdin(Stdio::null()).kill_on_drop(true);
        let child = command.spawn().unwrap();
        while TcpStream::connect(address).await.is_err() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        Self { address, child }
    }
}

/// Serves, if this process was started for that.
pub fn serve_if_told() {
    let mut words = std::env::args().skip_while(|word| word != WORD).skip(1);
    let Some(address) = words.next() else { return };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    LocalSet::new().block_on(&runtime, serve(address.parse().unwrap()));
}

#[derive(Default)]
struct Hall {
    rooms: RefCell<HashMap<String, Vec<Rc<Guest>>>>,
    /// Whoever has something to be told.
    waiting: RefCell<Vec<Rc<Guest>>>,
    wake: Notify,
}

struct Guest {
    tcp: TcpStream,
    frames: RefCell<Vec<Rc<[u8]>>>,
}

async fn serve(address: SocketAddr) {
    let listener = TcpListener::bind(address).await.unwrap();
    let hall = Rc::new(Hall::default());
    spawn_local(tell(Rc::clone(&hall)));
    loop {
        let (tcp, _) = listener.accept().await.unwrap();
        let hall = Rc::clone(&hall);
        spawn_local(async move {
            let _ = attend(tcp, &hall).await;
        });
    }
}

/// Tells everybody everything that came in together, once all of it has been read.
async fn tell(hall: Rc<Hall>) {
    let mut bytes = Vec::new();
    loop {
        hall.wake.notified().await;
        yield_now().await;
        for guest in hall.waiting.take() {
            bytes.clear();
            guest.frames.take().iter().for_each(|frame| bytes.extend_from_slice(frame));
            let _ = guest.tcp.try_write(&bytes);
        }
    }
}

async fn attend(tcp: TcpStream, hall: &Hall) -> Result<()> {
    tcp.set_nodelay(true)?;
    let stream = accept_async(tcp).await.map_err(Error::other)?;
    let guest = Rc::new(Guest { tcp: stream.into_inner(), frames: RefCell::default() });
    let (mut bytes, mut topic) = (Vec::new(), String::new());
    loop {
        guest.tcp.readable().await?;
        let mut read = [0; 4096];
        match guest.tcp.try_read(&mut read) {
            Ok(0) => break,
            Ok(count) => bytes.extend_from_slice(&read[..count]),
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => continue,
            Err(_) => break,
        }
        while let Some((text, after)) = frame(&bytes) {
            if let Some((_, rest)) = text.split_once("\"join\":\"") {
                topic = rest.split('"').next().unwrap().to_owned();
                hall.rooms.borrow_mut().entry(topic.clone()).or_default().push(Rc::clone(&guest));
                guest.tcp.try_write(&framed(&format!(r#"{{"id":"join","ok":{{"topic":"{topic}"}}}}"#)))?;
            } else {
                hall.publish(&topic);
            }
            bytes.drain(..after);
        }
    }
    hall.rooms
        .borrow_mut()
        .get_mut(&topic)
        .into_iter()
        .for_each(|room| room.retain(|known| !Rc::ptr_eq(known, &guest)));
    Ok(())
}

impl Hall {
    fn publish(&self, topic: &str) {
        let told: Rc<[u8]> = framed(&format!(r#"{{"topic":"{topic}",{TYPING}}}"#)).into();
        for guest in &self.rooms.borrow()[topic] {
            let mut frames = guest.frames.borrow_mut();
            if frames.is_empty() {
                self.waiting.borrow_mut().push(Rc::clone(guest));
            }
            frames.push(Rc::clone(&told));
        }
        self.wake.notify_one();
    }
}

/// A client's frame, whose mask is known to be of zeros, and where the next one begins.
fn frame(bytes: &[u8]) -> Option<(String, usize)> {
    let (head, length) = match *bytes.get(1)? & 0x7f {
        126 => (8, u16::from_be_bytes(bytes.get(2..4)?.try_into().ok()?).into()),
        short => (6, usize::from(short)),
    };
    let text = bytes.get(head..head + length)?;
    Some((String::from_utf8_lossy(text).into_owned(), head + length))
}

fn framed(text: &str) -> Vec<u8> {
    let mut frame = vec![0x81];
    match u16::try_from(text.len()).unwrap() {
        short @ 0..126 => frame.push(short as u8),
        long => {
            frame.push(126);
            frame.extend(long.to_be_bytes());
        }
    }
    frame.extend(text.as_bytes());
    frame
}
