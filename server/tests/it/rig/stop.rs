//! A server that is told to stop: how soon it ends, whoever holds on to it, and what it says first.

use std::time::{Duration, Instant};

use nix::sys::signal::Signal;
use serde_json::json;
use tokio::{io::AsyncWriteExt, net::TcpStream};

use crate::harness::{House, Process, Socket};

async fn scene() -> (House, Process, String) {
    let house = House::empty().await;
    house.owner().await;
    let token = house.visitor().login("ada@example.org").await["access_token"].as_str().unwrap().to_owned();
    let server = Process::start(&[("DATABASE_URL", &house.database_url())]).await;
    (house, server, format!("Bearer {token}"))
}

#[tokio::test]
async fn told_to_stop_it_says_when_to_come_back_and_is_gone_in_a_moment() {
    let (_house, mut server, token) = scene().await;
    let mut socket = Socket::to(server.address, &[("authorization", &token)]).await.unwrap();
    socket.ok("account.look", json!({})).await;
    let (took, well) = server.stop().await;
    assert!(well && took < Duration::from_secs(6), "{took:?}");
    let bye = socket.hear().await.unwrap();
    assert_eq!(bye["bye"]["reason"], "restart");
    assert!(bye["bye"]["retry_in_ms"].as_u64().unwrap() <= 15_500, "{bye}");
}

#[tokio::test]
async fn nobody_who_dawdles_keeps_it_from_ending_within_ten_seconds() {
    let (_house, mut server, token) = scene().await;
    let mut head = TcpStream::connect(server.address).await.unwrap();
    head.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n").await.unwrap();
    let mut socket = Socket::to(server.address, &[("authorization", &token)]).await.unwrap();
    socket.ok("account.look", json!({})).await;
    let began = Instant::now();
    server.signal(Signal::SIGTERM);
    // Whoever has a socket is told at once, and does not wait for the others.
    assert_eq!(socket.hear().await.unwrap()["bye"]["reason"], "restart");
    assert!(began.elapsed() < Duration::from_secs(4), "{:?}", began.elapsed());
    let (took, well) = server.wait().await;
    assert!(well && took < Duration::from_secs(10), "{took:?}");
}

#[tokio::test]
async fn told_twice_it_ends_at_once() {
    let (_house, mut server, token) = scene().await;
    let mut head = TcpStream::connect(server.address).await.unwrap();
    head.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n").await.unwrap();
    let mut socket = Socket::to(server.address, &[("authorization", &token)]).await.unwrap();
    server.signal(Signal::SIGTERM);
    socket.end().await;
    let (took, _) = server.stop().await;
    assert!(took < Duration::from_secs(3), "{took:?}");
}
