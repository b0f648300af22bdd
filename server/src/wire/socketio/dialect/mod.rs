//! Socket.IO's events as a dialect: every event a client emits is answered by an acknowledgement, and
//! a refusal is an `error` besides. It owns no socket.

use focushive::{
    Fault, Moment,
    account::Me,
    fault::Refusal,
    hive::{Enter, Exit},
    id::{HiveId, UserId},
    notification::{Count, ListPending, LookBell, Notification, Pending},
    protocol::{Reply, Request, Topic},
    text::Name,
    user::Role,
};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Utf8Bytes;

use super::{
    ask::{Wish, wish},
    emit,
    packet::{self, Heard, Space},
};
use crate::{
    hub::{Close, Published},
    wire::{
        dialect::{Begun, Dialect, Greeting, Step},
        notice,
    },
};

pub enum Tag {
    Asked {
        ack: Option<u64>,
        name: String,
    },
    /// Whatever becomes of it.
    Aside,
    /// What waited for somebody who comes for notifications, and then how much is unread.
    Pending,
    Bell,
    Room {
        ack: Option<u64>,
        room: String,
        live: Option<Value>,
        then: Vec<Step<SocketIo>>,
    },
}

pub struct SocketIo {
    space: Space,
    me: Option<Own>,
    /// What its first word is to be acknowledged by.
    hello: Option<u64>,
    /// The room that was joined last.
    here: Option<String>,
    told: Vec<(Topic, Option<u64>)>,
    /// Who is known to be in a room, in order, so that those who come are told apart from those who
    /// change.
    known: Vec<(Topic, Vec<UserId>)>,
}

/// What a session keeps of whose it is.
struct Own {
    id: UserId,
    name: Name,
    /// What is theirs to hear of without asking.
    topics: Vec<Topic>,
}

impl From<&Me> for Own {
    fn from(me: &Me) -> Self {
        let mut topics: Vec<Topic> = me.sector.iter().map(|sector| Topic::Sector(sector.id)).collect();
        topics.extend((me.role >= Role::Admin).then_some(Topic::Admin));
        Self { id: me.id, name: me.name.clone(), topics }
    }
}

impl SocketIo {
    pub fn new(space: Space) -> Self {
        Self { space, me: None, hello: None, here: None, told: Vec::new(), known: Vec::new() }
    }

    fn emitted(&self, name: &str, body: &Value) -> Utf8Bytes {
        packet::emitted(self.space, name, body)
    }

    /// Who gave no number wants no answer.
    fn acked(&self, ack: Option<u64>, body: &Value) -> Option<Utf8Bytes> {
        ack.map(|ack| packet::acked(self.space, ack, body))
    }

    fn refuse(&self, ack: Option<u64>, about: &str, fault: Fault) -> Vec<Step<Self>> {
        let mut body = serde_json::to_value(Refusal::from(fault.clone())).unwrap_or_default();
        let told = self.acked(ack, &json!({ "success": false, "fault": body }));
        if let Some(fields) = body.as_object_mut() {
            fields.insert("event".to_owned(), json!(about));
        }
        let mut steps = vec![Step::Refuse(self.emitted("error", &body), fault)];
        steps.extend(told.map(Step::Say));
        steps
    }

    fn join_room(&self, ack: Option<u64>, room: String, since: Option<u64>) -> Vec<Step<Self>> {
        let Some(topic) = topic(&room) else { return self.refuse(ack, "join-room", Fault::NotFound) };
        let Topic::Hive(hive) = topic else {
            let since = since.filter(|_| topic.log().is_some());
            return vec![Step::Join { tag: Tag::Room { ack, room, live: None, then: Vec::new() }, topic, since }];
        };
        // One sits down first, if one may, so that one is among those who are there.
        let enter = Step::Ask { tag: Tag::Aside, request: Request::EnterHive(Enter { hive, idle_seconds: None }) };
        let then =
            vec![Step::Join { tag: Tag::Room { ack, room: room.clone(), live: None, then: Vec::new() }, topic, since }];
        let live =
            Step::Join { tag: Tag::Room { ack, room, live: None, then }, topic: Topic::HiveLive(hive), since: None };
        vec![enter, live]
    }

    fn leave_room(&mut self, ack: Option<u64>, room: &str) -> Vec<Step<Self>> {
        let Some(topic) = topic(room) else { return self.refuse(ack, "leave-room", Fault::NotFound) };
        let mut topics = vec![topic];
        let mut steps = Vec::new();
        if let Topic::Hive(hive) = topic {
            topics.push(Topic::HiveLive(hive));
            steps.push(Step::Ask { tag: Tag::Aside, request: Request::ExitHive(Exit { hive }) });
        }
        self.told.retain(|(known, _)| !topics.contains(known));
        self.known.retain(|(known, _)| !topics.contains(known));
        self.here.take_if(|here| here == room);
        steps.extend(topics.into_iter().map(Step::Leave));
        steps.extend(self.acked(ack, &json!({ "success": true, "roomId": room })).map(Step::Say));
        steps
    }

    /// Whether it is to be emitted here: somebody who was there already does not come.
    fn is_news(&mut self, topic: Topic, name: &str, user: Option<UserId>) -> bool {
        match (name, self.space) {
            (emit::NOTIFICATION, space) => return space == Space::Main,
            (emit::NOTIFICATION_NEW, space) => return space == Space::Notifications,
            _ => {}
        }
        let Some(user) = user else { return true };
        match name {
            "user-joined" => self.meet(topic, user),
            "user-left" => self.known(topic).is_some_and(|known| {
                let there = known.binary_search(&user);
                there.map(|at| known.remove(at)).is_ok()
            }),
            _ => true,
        }
    }

    fn known(&mut self, topic: Topic) -> Option<&mut Vec<UserId>> {
        self.known.iter_mut().find(|(known, _)| *known == topic).map(|(_, people)| people)
    }

    /// False if they were known to be there.
    fn meet(&mut self, topic: Topic, user: UserId) -> bool {
        let Some(known) = self.known(topic) else {
            self.known.push((topic, vec![user]));
            return true;
        };
        let there = known.binary_search(&user);
        there.map_err(|at| known.insert(at, user)).is_err()
    }

    fn add(&mut self, event: &Published, frames: &mut Vec<Utf8Bytes>) {
        for emitted in event.emitted(emit::event) {
            if self.is_news(event.topic, &emitted.name, emitted.user) {
                frames.push(match self.space {
                    Space::Main => emitted.frame.clone(),
                    space => emitted.aside.get_or_init(|| packet::aside(space, &emitted.frame)).clone(),
                });
            }
        }
    }

    /// Whoever is there when one comes is known.
    fn remember(&mut self, topic: Topic, snapshot: Option<&Value>) {
        let seats = snapshot.and_then(|snapshot| snapshot.pointer("/seats")).and_then(Value::as_array);
        for seat in seats.into_iter().flatten() {
            if let Some(user) = emit::user(seat) {
                self.meet(topic, user);
            }
        }
    }

    fn confirmation(&self, me: &Own, unread: Option<u32>, now: Moment) -> Utf8Bytes {
        let name = match self.space {
            Space::Main => "connect-confirmed",
            Space::Notifications => "connection:success",
        };
        let mut body = json!({ "userId": me.id, "userName": me.name, "timestamp": now });
        if let (Some(unread), Some(fields)) = (unread, body.as_object_mut()) {
            fields.insert("unreadCount".to_owned(), json!(unread));
        }
        self.emitted(name, &body)
    }

    /// What waited, in order, and then everything from there on.
    fn pending(&self, pending: &Pending) -> Vec<Step<Self>> {
        let Some(me) = &self.me else { return Vec::new() };
        let told =
            |one: &Notification| Step::Say(self.emitted(emit::NOTIFICATION_NEW, &notice::told(json!(one)).into()));
        let mut steps: Vec<Step<Self>> = pending.notifications.iter().map(told).collect();
        steps.push(Step::Join { tag: Tag::Aside, topic: Topic::User(me.id), since: Some(pending.head) });
        steps.push(Step::Ask { tag: Tag::Bell, request: Request::LookBell(LookBell {}) });
        steps
    }

    /// The notifications' own word, once everything is joined.
    fn bell(&self, count: Count, now: Moment) -> Vec<Step<Self>> {
        let Some(me) = &self.me else { return Vec::new() };
        let counted = notice::count(json!(count)).into();
        vec![
            Step::Say(self.confirmation(me, Some(count.unread), now)),
            Step::Say(self.emitted("notification:count", &counted)),
        ]
    }
}

/// The topic that a room is: a hive by its bare id, anything by its name with `/` or `:`.
fn topic(room: &str) -> Option<Topic> {
    match room.parse::<HiveId>() {
        Ok(hive) => Some(Topic::Hive(hive)),
        Err(_) => room.replace(':', "/").parse().ok(),
    }
}

impl Dialect for SocketIo {
    type Heard = Heard;
    type Told = Utf8Bytes;
    type Tag = Tag;

    const ALL_GREET: bool = false;

    fn greet(&mut self, heard: Heard) -> Greeting {
        self.hello = heard.ack;
        match wish(&heard.name, heard.data, None) {
            Ok(Wish::Authenticate(Some(token))) => Greeting::Token(token),
            Ok(_) | Err(_) => Greeting::Refused(Fault::SignedOut),
        }
    }

    fn welcome(&mut self, known: Result<&Me, Fault>, now: Moment) -> Vec<Utf8Bytes> {
        let hello = self.hello.take();
        match known {
            Ok(me) => {
                let answer = self.acked(hello, &json!({ "success": true, "userId": me.id }));
                let own = Own::from(me);
                // The notifications' own word comes once everything is joined.
                let word = (self.space == Space::Main).then(|| self.confirmation(&own, None, now));
                self.me = Some(own);
                word.into_iter().chain(answer).collect()
            }
            Err(fault) => {
                let steps = self.refuse(hello, "authenticate", fault);
                let frame = |step| match step {
                    Step::Say(told) | Step::Refuse(told, _) => Some(told),
                    _ => None,
                };
                steps.into_iter().filter_map(frame).collect()
            }
        }
    }

    /// What is theirs is joined without asking; by those who come for notifications, with what waited.
    fn rest(&mut self, _now: Moment) -> Vec<Step<Self>> {
        let Some(me) = &self.me else { return Vec::new() };
        if self.space == Space::Main {
            return vec![Step::Join { tag: Tag::Aside, topic: Topic::User(me.id), since: None }];
        }
        let joins = me.topics.iter().map(|topic| Step::Join { tag: Tag::Aside, topic: *topic, since: None });
        joins.chain([Step::Ask { tag: Tag::Pending, request: Request::ListPending(ListPending {}) }]).collect()
    }

    fn read(&mut self, heard: Heard, now: Moment) -> Vec<Step<Self>> {
        let Heard { name, data, ack } = heard;
        let said = |body: Value| self.acked(ack, &body).map(Step::Say).into_iter().collect();
        match wish(&name, data, self.here.as_deref()) {
            Ok(Wish::Ask(request)) => vec![Step::Ask { tag: Tag::Asked { ack, name }, request }],
            Ok(Wish::JoinRoom { room, since }) => self.join_room(ack, room, since),
            Ok(Wish::LeaveRoom { room }) => self.leave_room(ack, &room),
            Ok(Wish::Ping) => said(json!({ "success": true, "pong": true, "now": now })),
            Ok(Wish::Authenticate(_)) => said(json!({ "success": true, "userId": self.me.as_ref().map(|me| me.id) })),
            Err(fault) => self.refuse(ack, &name, fault),
        }
    }

    fn answer(&mut self, tag: Tag, answer: Result<Reply, Fault>, now: Moment) -> Vec<Step<Self>> {
        let (ack, name) = match (tag, &answer) {
            (Tag::Asked { ack, name }, _) => (ack, name),
            (Tag::Pending, Ok(Reply::ListPending(pending))) => return self.pending(pending),
            (Tag::Bell, Ok(Reply::LookBell(bell))) => return self.bell(bell.count, now),
            (Tag::Pending | Tag::Bell, Err(fault)) => return self.refuse(None, "connection", fault.clone()),
            (Tag::Pending | Tag::Bell | Tag::Aside | Tag::Room { .. }, _) => return Vec::new(),
        };
        match answer {
            Ok(reply) => self.acked(ack, &json!({ "success": true, "ok": reply })).map(Step::Say).into_iter().collect(),
            Err(fault) => self.refuse(ack, &name, fault),
        }
    }

    fn joined(&mut self, tag: Tag, topic: Topic, begun: Result<Begun, Fault>, _now: Moment) -> Vec<Step<Self>> {
        let begun = match (begun, &tag) {
            (Ok(begun), _) => begun,
            (Err(fault), Tag::Room { ack, .. }) => return self.refuse(*ack, "join-room", fault),
            (Err(_), Tag::Asked { .. } | Tag::Aside | Tag::Pending | Tag::Bell) => return Vec::new(),
        };
        self.told.retain(|(known, _)| *known != topic);
        self.told.push((topic, begun.joined.last));
        let snapshot = begun.joined.snapshot;
        self.remember(topic, snapshot.as_ref());
        let Tag::Room { ack, room, live, mut then } = tag else {
            let mut frames = Vec::new();
            for event in &begun.missed {
                self.add(event, &mut frames);
            }
            return frames.into_iter().map(Step::Say).collect();
        };
        if let Some(Step::Join { tag: Tag::Room { live, .. }, .. }) = then.first_mut() {
            *live = snapshot;
            return then;
        }
        self.here = Some(room.clone());
        let joined = json!({
            "success": true, "roomId": room, "last": begun.joined.last, "replay": begun.joined.replay,
            "reset": begun.joined.reset, "snapshot": snapshot,
            "users": live.as_ref().and_then(|live| live.pointer("/seats")),
            "timer": live.as_ref().and_then(|live| live.pointer("/timer")),
        });
        let mut frames = vec![self.emitted("room-joined", &joined)];
        frames.extend(self.acked(ack, &joined));
        for event in &begun.missed {
            self.add(event, &mut frames);
        }
        frames.into_iter().map(Step::Say).collect()
    }

    fn tell(&mut self, event: &Published, frames: &mut Vec<Utf8Bytes>) -> Result<(), Close> {
        let told = self.told.iter().find(|(topic, _)| *topic == event.topic).map(|(_, told)| *told);
        // Only what comes after what the reader got on joining.
        if told.is_some_and(|told| event.seq.is_none_or(|seq| told.is_none_or(|told| seq > told))) {
            self.add(event, frames);
        }
        Ok(())
    }

    fn too_fast(&self, fault: &Fault, _now: Moment) -> Option<Utf8Bytes> {
        Some(self.emitted("error", &serde_json::to_value(Refusal::from(fault.clone())).unwrap_or_default()))
    }

    fn bye(&self, close: Close, _now: Moment) -> Option<Utf8Bytes> {
        let body =
            json!({ "code": close.reason(), "message": "the server closes", "retry_in_ms": close.retry_in_ms() });
        Some(self.emitted("error", &body))
    }
}

#[cfg(test)]
mod tests;
