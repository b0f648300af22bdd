//! What the machine allows: a server with none of a product's duties, told the same words by the same
//! load. It knows nobody and refuses nothing; what is chat it stores in one plain table, all that waits
//! in one statement; it writes to each connection once for everything that came in together. A figure
//! of ours is to be read beside its own.

use std::{
    cell::RefCell,
    collections::HashMap,
    io::{Error, Result},
    net::SocketAddr,
    process::Stdio,
    rc::Rc,
    time::Duration,
};

use sqlx::PgPool;
use tokio::{
    net::{TcpListener, TcpStream},
    process::{Child, Command},
    sync::{
        Notify,
        mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    },
    task::{LocalSet, spawn_local, yield_now},
};
use tokio_tungstenite::accept_async;

/// The word by which the bench is told to be the reference, followed by where to listen and to store.
const WORD: &str = "--reference";

/// How much is stored in one statement at most.
const TOGETHER: usize = 256;

const TABLE: &str = "create table if not exists reference_message
    (room text, seq bigint, body text not null, at timestamptz not null default now(), primary key (room, seq))";
const STORE: &str =
    "insert into reference_message (room, seq, body) select * from unnest($1::text[], $2::bigint[], $3::text[])";

/// What is told; as long as what we tell.
const TYPING: &str = r#""at":"2026-01-01T00:00:00.000Z","event":"chat.typing","data":{"user":"00000000-0000-7000-8000-000000000000","name":"p1","typing":true}"#;

/// It runs in a process of its own, so that its processor time is known.
pub struct Reference {
    pub address: SocketAddr,
    pub child: Child,
}

impl Reference {
    pub async fn start(database: &str) -> Self {
        let address = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args([WORD, &address.to_string(), database]).stdin(Stdio::null()).kill_on_drop(true);
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
    let Some((address, database)) = words.next().zip(words.next()) else { return };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    LocalSet::new().block_on(&runtime, serve(address.parse().unwrap(), &database));
}

/// Where it was said, and all that was said.
type Said = (String, String);

struct Hall {
    rooms: RefCell<HashMap<String, Vec<Rc<Guest>>>>,
    /// Whoever has something to be told.
    waiting: RefCell<Vec<Rc<Guest>>>,
    wake: Notify,
    chat: UnboundedSender<Said>,
}

struct Guest {
    tcp: TcpStream,
    frames: RefCell<Vec<Rc<[u8]>>>,
}

async fn serve(address: SocketAddr, database: &str) {
    let db = PgPool::connect(database).await.unwrap();
    sqlx::raw_sql(TABLE).execute(&db).await.unwrap();
    let listener = TcpListener::bind(address).await.unwrap();
    let (chat, said) = unbounded_channel();
    let hall = Hall { rooms: RefCell::default(), waiting: RefCell::default(), wake: Notify::new(), chat };
    let hall = Rc::new(hall);
    spawn_local(tell(Rc::clone(&hall)));
    spawn_local(store(Rc::clone(&hall), db, said));
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

/// Stores what was said, all that waits together, and then tells it.
async fn store(hall: Rc<Hall>, db: PgPool, mut said: UnboundedReceiver<Said>) {
    let (mut heads, mut together) = (HashMap::<String, i64>::new(), Vec::new());
    while said.recv_many(&mut together, TOGETHER).await > 0 {
        let (rooms, bodies): (Vec<String>, Vec<String>) = together.drain(..).unzip();
        let next = |room: &String| {
            let head = heads.entry(room.clone()).or_default();
            *head += 1;
            *head
        };
        let seqs: Vec<i64> = rooms.iter().map(next).collect();
        sqlx::query(STORE).bind(&rooms).bind(&seqs).bind(&bodies).execute(&db).await.unwrap();
        for ((room, seq), body) in rooms.iter().zip(seqs).zip(bodies) {
            hall.publish(room, &format!(r#""seq":{seq},"data":{body}"#));
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
            } else if text.contains("chat.send") {
                hall.chat.send((topic.clone(), text)).unwrap();
            } else {
                hall.publish(&topic, TYPING);
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
    fn publish(&self, topic: &str, what: &str) {
        let told: Rc<[u8]> = framed(&format!(r#"{{"topic":"{topic}",{what}}}"#)).into();
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
