//! The tab's one socket: opened and let go as the link says, with the questions under way and the
//! topics that are listened to. It lives in the browser alone, one for the tab.

use std::{cell::RefCell, collections::HashMap, time::Duration};

use focushive::protocol::{
    Topic,
    frame::{Heard, Joined, Said},
};
use futures::channel::oneshot;
use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*};
use serde_json::Value;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{CloseEvent, MessageEvent, WebSocket};

use super::{
    clock,
    link::{Deed, Happening, Link},
    told::Told,
    topics::{Listener, Place, Topics},
};
use crate::reader;

#[derive(Default)]
struct Tab {
    state: Link,
    shown: Option<RwSignal<Link>>,
    socket: Option<WebSocket>,
    bye: Option<focushive::protocol::frame::Bye>,
    next: u64,
    asked: HashMap<String, oneshot::Sender<Heard<Value>>>,
    topics: Topics,
    retry: Option<TimeoutHandle>,
    /// When anything was last heard, and when it was last asked whether anybody is there.
    heard_ms: f64,
    asked_ms: f64,
}

thread_local! {
    static TAB: RefCell<Tab> = RefCell::default();
}

fn with<T>(act: impl FnOnce(&mut Tab) -> T) -> T {
    TAB.with(|tab| act(&mut tab.borrow_mut()))
}

pub fn is_connected() -> bool {
    with(|tab| tab.state.is_connected())
}

/// Where the state of the link is shown from now on.
pub fn show_in(link: RwSignal<Link>) {
    let state = with(|tab| {
        tab.shown = Some(link);
        tab.state.clone()
    });
    link.set(state);
}

/// Something happened; does what follows from it.
pub fn happen(happening: Happening) {
    let (now, chance) = (js_sys::Date::now(), js_sys::Math::random());
    let (next, deed, shown) = with(|tab| {
        let (next, deed) = tab.state.after(happening, now, chance);
        let changed = tab.state != next;
        tab.state = next.clone();
        (next, deed, tab.shown.filter(|_| changed))
    });
    if let Some(shown) = shown {
        // The page that showed it may be gone.
        let _ = shown.try_set(next);
    }
    match deed {
        Deed::Nothing => {}
        Deed::Open => open(),
        Deed::Drop => {
            let_go();
            happen(Happening::Due);
        }
        Deed::Wait { ms } => wait(ms),
        Deed::SignIn => {
            let_go();
            // The server knows where to lead a page that needs a sign-in, and back. Whoever signs
            // out on this very page is on their way elsewhere already, and is not called back.
            let lead = || drop(window().location().reload());
            set_timeout(lead, Duration::from_millis(1500));
        }
    }
}

fn wait(ms: f64) {
    let due = set_timeout_with_handle(|| happen(Happening::Due), Duration::from_secs_f64(ms / 1000.0));
    let before = with(|tab| std::mem::replace(&mut tab.retry, due.ok()));
    if let Some(before) = before {
        before.clear();
    }
}

fn address() -> Option<String> {
    let location = window().location();
    let scheme = if location.protocol().ok()? == "https:" { "wss" } else { "ws" };
    Some(format!("{scheme}://{}/ws", location.host().ok()?))
}

fn open() {
    let Some(socket) = address().and_then(|address| WebSocket::new(&address).ok()) else {
        return happen(Happening::Closed { bye: None });
    };
    // A handler of a socket that was let go has nothing to say any more.
    let is_ours = {
        let this = socket.clone();
        move || with(|tab| tab.socket.as_ref() == Some(&this))
    };
    let ours = is_ours.clone();
    on(&socket, "open", move |_: web_sys::Event| {
        if ours() {
            with(|tab| tab.heard_ms = js_sys::Date::now());
            happen(Happening::Opened);
            join_all();
        }
    });
    let ours = is_ours.clone();
    on(&socket, "message", move |message: MessageEvent| {
        if ours()
            && let Some(text) = message.data().as_string()
        {
            hear(&text);
        }
    });
    let ours = is_ours.clone();
    on(&socket, "close", move |_: CloseEvent| {
        if ours() {
            closed();
        }
    });
    // Where nothing answers at all, browsers try for minutes.
    let late = move || {
        if is_ours() && !is_connected() {
            closed();
        }
    };
    set_timeout(late, OPENS_WITHIN);
    with(|tab| tab.socket = Some(socket));
}

fn on<E: JsCast + 'static>(socket: &WebSocket, name: &str, handle: impl Fn(E) + 'static) {
    let handle = Closure::<dyn Fn(web_sys::Event)>::new(move |event: web_sys::Event| handle(event.unchecked_into()));
    let _ = socket.add_event_listener_with_callback(name, handle.as_ref().unchecked_ref());
    // It lives as long as the socket may still call it: for the life of the tab.
    handle.forget();
}

/// Lets the socket go without waiting for its other side.
fn let_go() {
    let socket = with(|tab| {
        tab.asked.clear();
        tab.socket.take()
    });
    if let Some(socket) = socket {
        let _ = socket.close();
    }
}

fn closed() {
    let bye = with(|tab| tab.bye.take());
    let_go();
    happen(Happening::Closed { bye });
}

fn send(frame: &Said<Value>) -> bool {
    let Ok(text) = serde_json::to_string(frame) else { return false };
    with(|tab| {
        let open = tab.socket.as_ref().filter(|socket| socket.ready_state() == WebSocket::OPEN);
        open.is_some_and(|socket| socket.send_with_str(&text).is_ok())
    })
}

fn number() -> u64 {
    with(|tab| {
        tab.next += 1;
        tab.next
    })
}

const OPENS_WITHIN: Duration = Duration::from_secs(10);

/// How long nothing is heard before it is asked whether anybody is there, sooner while an answer is
/// waited for, and how long that may take: a connection that broke without a word is noticed by nothing else.
const SILENT_MS: f64 = 20_000.0;
const WAITED_MS: f64 = 3_000.0;
const ANSWER_MS: f64 = 8_000.0;

/// A page that was out of sight, and heard nothing for so long, comes back on a connection of its own.
const STALE_MS: f64 = 30_000.0;

/// The page is looked at again.
pub fn seen_again() {
    happen(Happening::Due);
    if is_connected() && with(|tab| js_sys::Date::now() - tab.heard_ms > STALE_MS) {
        happen(Happening::Slept);
    } else {
        look_after(true);
    }
}

/// Looks after the connection; `at_once` where there is a reason to doubt it.
pub fn look_after(at_once: bool) {
    let now = js_sys::Date::now();
    let (silent, unanswered) = with(|tab| {
        let waits = tab.asked_ms > tab.heard_ms;
        let patience = if tab.asked.is_empty() { SILENT_MS } else { WAITED_MS };
        (!waits && now - tab.heard_ms > patience, waits && now - tab.asked_ms > ANSWER_MS)
    });
    if !is_connected() {
        return;
    }
    if unanswered {
        happen(Happening::Slept);
    } else if silent || at_once {
        with(|tab| tab.asked_ms = now);
        ping(0);
    }
}

/// Asks for the time; the pong goes to the clock.
pub fn ping(ping: u64) {
    send(&Said { ping: Some(ping), ..Said::default() });
}

/// Asks on the open socket; nothing if there is none, or it closes before the answer.
pub async fn ask(name: &str, request: &Value) -> Option<Heard<Value>> {
    let id = number().to_string();
    let said = Said {
        id: Some(id.clone()),
        name: Some(name.to_owned()),
        with: request.get("with").cloned(),
        ..Said::default()
    };
    let (answer, answered) = oneshot::channel();
    with(|tab| tab.asked.insert(id.clone(), answer));
    if !send(&said) {
        with(|tab| tab.asked.remove(&id));
        return None;
    }
    answered.await.ok()
}

/// Listens from the number on that is already there; the answer stops it again.
pub fn listen(topic: Topic, since: Option<u64>, listener: Listener) -> u64 {
    let number = number();
    if with(|tab| tab.topics.listen(topic, since, number, listener)) {
        join(topic);
    }
    number
}

pub fn stop_listening(topic: Topic, number: u64) {
    if with(|tab| tab.topics.stop(topic, number)) {
        send(&Said { leave: Some(topic), ..Said::default() });
    }
}

fn join_all() {
    with(|tab| tab.topics.begin()).into_iter().for_each(join);
}

fn join(topic: Topic) {
    let id = number().to_string();
    let since = with(|tab| tab.topics.join(topic, id.clone()));
    if !send(&Said { id: Some(id.clone()), join: Some(topic), since, ..Said::default() }) {
        with(|tab| tab.topics.joined(&id));
    }
}

fn hear(text: &str) {
    with(|tab| tab.heard_ms = js_sys::Date::now());
    let heard = reader::read_text::<Heard<Value>>(text);
    let Ok(heard) = heard else { return };
    if let (Some(ping), Some(now)) = (heard.pong, heard.now) {
        clock::heard(ping, now);
    } else if let Some(bye) = heard.bye {
        with(|tab| tab.bye = Some(bye));
    } else if let Some(id) = &heard.id {
        if let Some(topic) = with(|tab| tab.topics.joined(id)) {
            joined(topic, heard);
        } else if let Some(asked) = with(|tab| tab.asked.remove(id)) {
            let _ = asked.send(heard);
        }
    } else if heard.event.is_some() {
        event(heard);
    }
}

/// What is refused at the moment only, and when it is tried again if nothing says so.
const PASSING: [&str; 3] = ["unavailable", "rate_limited", "internal"];
const JOIN_AGAIN: Duration = Duration::from_secs(3);

/// Unless nobody listens any more, or it was joined with a new connection.
pub fn join_again(topic: Topic) {
    if with(|tab| tab.topics.is_missing(topic)) {
        join(topic);
    }
}

fn joined(topic: Topic, heard: Heard<Value>) {
    if let Some(fault) = heard.fault.filter(|fault| PASSING.contains(&fault.code.as_str())) {
        let wait = fault.retry_after_ms.map_or(JOIN_AGAIN, Duration::from_millis);
        return set_timeout(move || join_again(topic), wait);
    }
    let joined = heard.ok.and_then(|ok| reader::read::<Joined<Value>>(ok).ok());
    let Some(joined) = joined else { return tell(topic, &Told::Refused) };
    let told = if joined.reset {
        let head = joined.last.unwrap_or_default();
        Told::Reset { snapshot: joined.snapshot.unwrap_or_default(), head }
    } else {
        Told::Joined { snapshot: joined.snapshot }
    };
    // With a replay, what was missed still has to come: its events count the number up.
    if joined.reset || joined.replay == Some(0) {
        note(topic, joined.last);
    }
    tell(topic, &told);
}

fn event(heard: Heard<Value>) {
    let (Some(topic), Some(name)) = (heard.topic, heard.event) else { return };
    match with(|tab| tab.topics.place(topic, heard.seq)) {
        Place::Old => return,
        // What is missing is asked for, and this comes again after it.
        Place::Ahead => return join_again(topic),
        Place::Next => note(topic, heard.seq),
    }
    tell(topic, &Told::Event { name, data: heard.data.unwrap_or_default(), at: heard.at });
}

fn note(topic: Topic, seq: Option<u64>) {
    with(|tab| tab.topics.note(topic, seq));
}

fn tell(topic: Topic, told: &Told) {
    for listener in with(|tab| tab.topics.listeners(topic)) {
        listener(told.clone());
    }
}
