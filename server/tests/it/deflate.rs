//! Compression that nobody agreed to: a small frame that would be a large one.

use serde_json::json;
use tokio_tungstenite::{
    connect_async,
    tungstenite::{
        Message,
        client::IntoClientRequest,
        protocol::frame::{
            Frame,
            coding::{Data, OpCode},
        },
    },
};

use crate::harness::{House, Socket};

const DOORS: [&str; 5] = [
    "/ws",
    "/stomp",
    "/ws-sockjs/websocket",
    "/ws-sockjs/000/session/websocket",
    "/socket.io/?EIO=4&transport=websocket",
];

#[tokio::test]
async fn no_door_lets_itself_be_talked_into_compression() {
    let (house, _) = House::open().await;
    for door in DOORS {
        let mut request = format!("ws://{}{door}", house.address).into_client_request().unwrap();
        let offer = "permessage-deflate; client_max_window_bits; server_no_context_takeover, x-webkit-deflate-frame";
        request.headers_mut().insert("sec-websocket-extensions", offer.parse().unwrap());
        let (_stream, response) = connect_async(request).await.unwrap();
        assert_eq!(response.status(), 101, "{door}");
        assert!(response.headers().get("sec-websocket-extensions").is_none(), "{door}: {response:?}");
    }
}

#[tokio::test]
async fn a_frame_that_says_it_is_compressed_ends_the_socket_and_is_not_unpacked() {
    let (house, ada) = House::open().await;
    for kind in [Data::Text, Data::Binary] {
        let mut socket = Socket::open(&house, &ada).await;
        // What a ping is, in a block of deflate that is stored as it is: it would be read, if at all.
        let words = br#"{"ping":7}"#;
        let mut packed = vec![0x00, 10, 0, 0xf5, 0xff];
        packed.extend_from_slice(words);
        let mut frame = Frame::message(packed, OpCode::Data(kind), true);
        frame.header_mut().rsv1 = true;
        socket.send(Message::Frame(frame)).await;
        while let Some(heard) = socket.hear().await {
            assert!(heard["pong"].is_null(), "{heard}");
        }
        Socket::open(&house, &ada).await.ok("account.look", json!({})).await;
    }
}
