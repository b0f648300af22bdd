//! Connections before anything is asked on them: how many there are, and how long each may take.

use std::time::Duration;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::harness::{House, Socket};

/// Far longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(10);

async fn knock(house: &House) -> TcpStream {
    TcpStream::connect(house.address).await.unwrap()
}

/// Asks for something, and reads until the answer is there; false if the connection is gone.
async fn ask(stream: &mut TcpStream) -> bool {
    let _ = stream.write_all(b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n").await;
    let (mut read, mut bytes) = (Vec::new(), [0; 1024]);
    while !String::from_utf8_lossy(&read).contains("\r\n\r\n") {
        match tokio::time::timeout(PATIENCE, stream.read(&mut bytes)).await.expect("no answer") {
            Ok(0) | Err(_) => return false,
            Ok(n) => read.extend(&bytes[..n]),
        }
    }
    read.starts_with(b"HTTP/1.1 200")
}

/// Whether it is closed without a word, within a moment.
async fn is_closed(stream: &mut TcpStream) -> bool {
    let mut byte = [0];
    matches!(tokio::time::timeout(Duration::from_millis(500), stream.read(&mut byte)).await, Ok(Ok(0) | Err(_)))
}

#[tokio::test]
async fn silence_before_a_request_may_last_longer_than_its_head() {
    let house = House::with(&[("FOCUSHIVE_HEAD_SECONDS", "1")]).await;
    let (mut ahead, mut kept) = (knock(&house).await, knock(&house).await);
    assert!(ask(&mut kept).await);
    tokio::time::sleep(Duration::from_millis(2500)).await;
    assert!(ask(&mut ahead).await, "a browser opens connections ahead");
    assert!(ask(&mut kept).await, "and keeps them");
    // The head of a later request has no more time than that of the first.
    kept.write_all(b"GET / HTTP/1.1\r\n").await.unwrap();
    tokio::time::sleep(Duration::from_millis(1500)).await;
    assert!(is_closed(&mut kept).await);
    assert!(ask(&mut ahead).await);
}

#[tokio::test]
async fn silence_ends_too() {
    let house = House::with(&[("FOCUSHIVE_KEEP_ALIVE_SECONDS", "1")]).await;
    let (mut ahead, mut kept) = (knock(&house).await, knock(&house).await);
    assert!(ask(&mut kept).await);
    tokio::time::sleep(Duration::from_millis(1500)).await;
    assert!(is_closed(&mut ahead).await && is_closed(&mut kept).await);
}

#[tokio::test]
async fn one_address_has_only_so_many_connections_that_say_nothing() {
    let house = House::with(&[("FOCUSHIVE_SILENT_CONNECTIONS", "3")]).await;
    let mut first = knock(&house).await;
    let (mut second, mut third) = (knock(&house).await, knock(&house).await);
    assert!(!is_closed(&mut third).await);
    assert!(is_closed(&mut knock(&house).await).await);
    // Whoever has asked for something is not counted any more, and may stay.
    assert!(ask(&mut first).await);
    let mut fourth = knock(&house).await;
    assert!(!is_closed(&mut fourth).await);
    for stream in [&mut first, &mut second, &mut third, &mut fourth] {
        assert!(ask(stream).await);
    }
}

#[tokio::test]
async fn there_are_only_so_many_connections_and_sockets_are_among_them() {
    let url = crate::harness::database().await;
    let roomy = House::on(url.clone(), &[]).await;
    let ada = roomy.owner().await;
    let house = House::on(url, &[("FOCUSHIVE_CONNECTIONS", "3")]).await;
    let mut socket = Socket::open(&house, &ada).await;
    let (mut first, mut second) = (knock(&house).await, knock(&house).await);
    assert!(ask(&mut first).await && ask(&mut second).await);
    assert!(is_closed(&mut knock(&house).await).await, "a socket is a connection as well");
    socket.ok("account.look", serde_json::json!({})).await;
    drop(first);
    let again = async {
        while !ask(&mut knock(&house).await).await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, again).await.expect("what was given back is not taken");
}
