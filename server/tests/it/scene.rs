//! One scene, played by a client of each door in a hive with somebody who is at our own: what holds
//! at one door holds at all.

use focushive::fault::Refusal;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{Hive, House, Person, Socket, SocketIo, Stomp};

#[derive(Clone, Copy, Debug, PartialEq)]
enum Door {
    Native,
    Stomp,
    SockJs,
    SocketIo,
}

/// What is told, by the names of the native door.
#[derive(Clone, Copy, Debug)]
enum Told {
    Message,
    Typing,
    Timer,
    Private,
    Notified,
    Read,
}

/// Somebody at a door.
enum Client {
    Native {
        socket: Socket,
        me: String,
    },
    Stomp {
        stomp: Stomp,
        asked: u32,
    },
    /// What happens around one, and what is meant for one.
    SocketIo {
        main: Box<SocketIo>,
        own: Box<SocketIo>,
    },
}

impl Client {
    async fn come_in(door: Door, house: &House, person: &Person, email: &str) -> Self {
        match door {
            Door::Native => {
                let mut socket = Socket::open(house, person).await;
                let me = socket.id().await;
                Self::Native { socket, me }
            }
            Door::Stomp | Door::SockJs => {
                let mut stomp = match door {
                    Door::SockJs => Stomp::dial_sockjs(house).await,
                    _ => Stomp::dial(house, &[]).await.unwrap(),
                };
                let token = house.visitor().login(email).await["access_token"].as_str().unwrap().to_owned();
                assert_eq!(stomp.connect(&token).await.command, "CONNECTED");
                for queue in ["replies", "errors"] {
                    stomp.subscribe(queue, &format!("/user/queue/{queue}"), "").await;
                }
                Self::Stomp { stomp, asked: 0 }
            }
            Door::SocketIo => Self::SocketIo {
                main: Box::new(SocketIo::open(house, "/", email).await),
                own: Box::new(SocketIo::open(house, "/notifications", email).await),
            },
        }
    }

    /// Any request of the table; a refusal is its code.
    async fn ask(&mut self, does: &str, with: Value) -> Result<Value, String> {
        match self {
            Self::Native { socket, .. } => answered(socket.ask(does, with).await),
            Self::SocketIo { main, .. } => answered(main.emit(does, &with).await),
            Self::Stomp { stomp, asked } => {
                *asked += 1;
                let word = format!("q{asked}");
                stomp.send(&format!("/app/{does}"), &format!("correlation-id:{word}\n"), &with).await;
                let answer = stomp.until(|heard| heard.header("correlation-id") == word).await.json();
                let payload = &answer["payload"];
                let refused = || payload["code"].as_str().unwrap_or_default().to_owned();
                if answer["type"] == "REPLY" { Ok(payload["ok"].clone()) } else { Err(refused()) }
            }
        }
    }

    /// Listens to a hive from a number on.
    async fn listen(&mut self, hive: &str, since: Option<u64>) -> Result<(), String> {
        match self {
            Self::Native { socket, .. } => {
                answered(socket.join(&format!("hive/{hive}/live"), None).await)?;
                answered(socket.join(&format!("hive/{hive}"), since).await).map(drop)
            }
            Self::Stomp { stomp, .. } => {
                let since = since.map(|since| format!("since:{since}\n")).unwrap_or_default();
                stomp.subscribe("hive", &format!("/topic/hive/{hive}"), &since).await;
                Ok(())
            }
            Self::SocketIo { main, .. } => {
                let joined = main.emit("join-room", &json!({ "roomId": hive, "since": since })).await;
                if joined["success"] == true { Ok(()) } else { Err(code(&joined)) }
            }
        }
    }

    /// Listens to what is meant for oneself.
    async fn listen_to_own(&mut self) {
        match self {
            Self::Native { socket, me } => {
                socket.join(&format!("user/{me}"), None).await;
            }
            Self::Stomp { stomp, .. } => {
                for queue in ["msgs", "notifications"] {
                    stomp.subscribe(queue, &format!("/user/queue/{queue}"), "").await;
                }
            }
            Self::SocketIo { own, .. } => {
                own.event("notification:count").await;
            }
        }
    }

    /// Who did it, and what it was, in words.
    async fn hear(&mut self, told: Told) -> (Option<String>, String) {
        let heard = match self {
            Self::Native { socket, .. } => {
                let name = match told {
                    Told::Message => "chat.created",
                    Told::Typing => "chat.typing",
                    Told::Timer => "timer.changed",
                    Told::Private => "message.new",
                    Told::Notified => "notification.new",
                    Told::Read => "notification.read",
                };
                socket.event(name).await["data"].clone()
            }
            Self::Stomp { stomp, .. } => {
                let (kind, subscription) = match told {
                    Told::Message => ("CHAT_MESSAGE", "hive"),
                    Told::Typing => ("CHAT_TYPING", "hive"),
                    Told::Timer => ("TIMER_CHANGED", "hive"),
                    Told::Private => ("CHAT_MESSAGE", "msgs"),
                    Told::Notified => ("NOTIFICATION", "notifications"),
                    Told::Read => ("NOTIFICATION_READ", "notifications"),
                };
                let meant = |heard: &crate::harness::StompHeard| {
                    heard.header("subscription") == subscription && heard.kind() == kind
                };
                let mut heard = stomp.until(meant).await.json();
                heard["payload"]["senderId"] = heard["senderId"].clone();
                heard["payload"].clone()
            }
            Self::SocketIo { main, own } => match told {
                Told::Message => main.event("new-message").await,
                Told::Typing => main.event("typing").await,
                Told::Timer => main.event("timer.changed").await,
                Told::Private => main.event("private-message").await,
                Told::Notified => own.event("notification:new").await,
                Told::Read => own.event("notification:read").await,
            },
        };
        let first = |paths: &[&str]| paths.iter().find_map(|path| heard.pointer(path)?.as_str()).map(str::to_owned);
        let by = first(&["/senderId", "/message/author/id", "/author/id", "/userId", "/user", "/acted/by"]);
        let what = match told {
            Told::Message | Told::Private => first(&["/content", "/message/body", "/message", "/body"]),
            Told::Typing => Some("types".to_owned()),
            Told::Timer => first(&["/timer/is"]),
            Told::Notified => first(&["/notificationId", "/id"]),
            Told::Read => first(&["/notificationIds/0", "/notifications/0", "/notificationId"]),
        };
        (by, what.unwrap_or_else(|| panic!("{told:?}: {heard}")))
    }
}

fn code(answer: &Value) -> String {
    let fault: Option<Refusal> = serde_json::from_value(answer["fault"].clone()).ok();
    fault.map_or_else(|| answer["error"].to_string(), |fault| fault.code)
}

fn answered(answer: Value) -> Result<Value, String> {
    if answer["ok"].is_null() && !answer["fault"].is_null() { Err(code(&answer)) } else { Ok(answer["ok"].clone()) }
}

async fn said(client: &mut Client) -> (Option<String>, String) {
    client.hear(Told::Message).await
}

/// Signs in, comes into the hive and finds who belongs to it.
async fn arrive(door: Door, hive: &mut Hive) -> (Client, String) {
    let mut bob = Client::come_in(door, &hive.house, &hive.people[1], "bob@example.org").await;
    let me = bob.ask("account.look", json!({})).await.unwrap()["id"].as_str().unwrap().to_owned();
    bob.listen(&hive.id, None).await.unwrap();
    bob.listen_to_own().await;
    let members = bob.ask("hive.members", json!({ "hive": hive.id })).await.unwrap();
    let names: Vec<&str> = members.as_array().unwrap().iter().map(|m| m["person"]["name"].as_str().unwrap()).collect();
    assert_eq!(names.len(), 2, "{names:?}");
    (bob, me)
}

/// Both write, and both see it in one order; who types is seen; the clock is the same.
async fn be_together(bob: &mut Client, me: &str, hive: &mut Hive, ada: &str) {
    let id = hive.id.clone();
    let send = |body: &str| json!({ "hive": id, "key": Uuid::new_v4(), "body": body });
    bob.ask("chat.send", send("one")).await.unwrap();
    hive.sockets[0].ok("chat.send", send("two")).await;
    bob.ask("chat.send", send("three")).await.unwrap();
    for (by, body) in [(me, "one"), (ada, "two"), (me, "three")] {
        assert_eq!(said(bob).await, (Some(by.to_owned()), body.to_owned()));
        assert_eq!(hive.sockets[0].event("chat.created").await["data"]["body"], body);
    }
    hive.sockets[0].ok("chat.typing", json!({ "hive": id, "typing": true })).await;
    assert_eq!(bob.hear(Told::Typing).await.0.as_deref(), Some(ada));
    bob.ask("chat.typing", json!({ "hive": id, "typing": true })).await.unwrap();
    while hive.sockets[0].event("chat.typing").await["data"]["user"] != *me {}
    hive.sockets[0].ok("hive.enter", json!({ "hive": id })).await;
    let started = hive.sockets[0].ok("timer.start", json!({ "hive": id })).await;
    assert_eq!(bob.hear(Told::Timer).await.1, "running");
    let view = bob.ask("timer.sync", json!({ "hive": id })).await.unwrap();
    assert_eq!(view["timer"]["ends_at"], started["timer"]["ends_at"]);
    hive.sockets[0].ok("timer.stop", json!({ "hive": id })).await;
    assert_eq!(bob.hear(Told::Timer).await.1, "idle");
}

/// Each writes to the other alone; what one is told of is read on another device.
async fn be_meant(door: Door, bob: &mut Client, me: &str, hive: &mut Hive, ada: &str) {
    let send = |to: &str, body: &str| json!({ "to": to, "key": Uuid::new_v4(), "body": body });
    hive.sockets[0].ok("message.send", send(me, "psst")).await;
    assert_eq!(bob.hear(Told::Private).await, (Some(ada.to_owned()), "psst".to_owned()));
    bob.ask("message.send", send(ada, "yes?")).await.unwrap();
    let mut heard = Value::Null;
    while heard["author"]["id"] != *me {
        heard = hive.sockets[0].event("message.new").await["data"]["message"].clone();
    }
    assert_eq!(heard["body"], "yes?");
    let mut other = Client::come_in(door, &hive.house, &hive.people[1], "bob@example.org").await;
    other.listen_to_own().await;
    hive.house.pass(time::Duration::seconds(6));
    let (_, told) = bob.hear(Told::Notified).await;
    assert_eq!(other.hear(Told::Notified).await.1, told, "on every device");
    bob.ask("notification.read", json!({ "notifications": [told] })).await.unwrap();
    assert_eq!(other.hear(Told::Read).await.1, told);
    assert_eq!(other.ask("notification.bell", json!({})).await.unwrap()["count"]["unread"], 0);
}

/// What may not be, and what is no wish at all.
async fn be_refused(bob: &mut Client, hive: &mut Hive) {
    let made = json!({ "key": Uuid::new_v4(), "name": "Secret", "access": "private" });
    let secret = hive.sockets[0].ok("hive.create", made).await["id"].as_str().unwrap().to_owned();
    assert_eq!(bob.ask("hive.look", json!({ "hive": secret })).await, Err("not_found".to_owned()));
    let long = json!({ "hive": hive.id, "key": Uuid::new_v4(), "body": "x".repeat(2001) });
    assert_eq!(bob.ask("chat.send", long).await, Err("invalid".to_owned()));
    assert_eq!(bob.ask("hive.archive", json!({ "hive": hive.id })).await, Err("forbidden".to_owned()));
}

/// A line that breaks and is there again misses nothing, and hears nothing twice.
async fn come_back(door: Door, bob: Client, hive: &mut Hive, last: u64) -> Client {
    drop(bob);
    let send = |body: &str| json!({ "key": Uuid::new_v4(), "body": body });
    for body in ["four", "five"] {
        hive.ok(0, "chat.send", send(body)).await;
    }
    let mut bob = Client::come_in(door, &hive.house, &hive.people[1], "bob@example.org").await;
    bob.listen(&hive.id, Some(last)).await.unwrap();
    hive.ok(0, "chat.send", send("six")).await;
    for body in ["four", "five", "six"] {
        assert_eq!(said(&mut bob).await.1, body);
    }
    bob
}

/// Whoever is out hears nothing more, and may nothing more.
async fn leave(bob: &mut Client, hive: &mut Hive) {
    bob.ask("hive.leave", json!({ "hive": hive.id })).await.unwrap();
    let send = json!({ "hive": hive.id, "key": Uuid::new_v4(), "body": "after all" });
    assert!(bob.ask("chat.send", send).await.is_err());
}

async fn play(door: Door) {
    let mut hive = Hive::of(&["Bob"]).await;
    let ada = hive.sockets[0].id().await;
    for topic in [format!("hive/{}", hive.id), format!("hive/{}/live", hive.id), format!("user/{ada}")] {
        hive.sockets[0].join(&topic, None).await;
    }
    let (mut bob, me) = arrive(door, &mut hive).await;
    be_together(&mut bob, &me, &mut hive, &ada).await;
    be_meant(door, &mut bob, &me, &mut hive, &ada).await;
    be_refused(&mut bob, &mut hive).await;
    let last = hive.sockets[0].join(&format!("hive/{}", hive.id), None).await["ok"]["last"].as_u64().unwrap();
    let mut bob = come_back(door, bob, &mut hive, last).await;
    leave(&mut bob, &mut hive).await;
}

#[tokio::test]
async fn it_is_played_at_our_own_door() {
    play(Door::Native).await;
}

#[tokio::test]
async fn it_is_played_by_stomp() {
    play(Door::Stomp).await;
}

#[tokio::test]
async fn it_is_played_by_stomp_over_sockjs() {
    play(Door::SockJs).await;
}

#[tokio::test]
async fn it_is_played_by_socket_io() {
    play(Door::SocketIo).await;
}
