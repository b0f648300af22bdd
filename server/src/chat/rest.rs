//! Chat by REST. Typing is not among it: it is shown to those who listen on the same connection, and
//! a request by REST has none.

use focushive::{
    Fault,
    chat::{
        Delete, DropHeld, Edit, EditHeld, History, Hold, ListEdits, ListHeld, ListPins, LookReadState, MarkUnread,
        Message, Pin, Place, React, Read, Restore, Send, SendAll, SendHeld, Unpin, Unreact,
    },
    id::HiveId,
};
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::http::api::route::{Fields, Route, part};

pub fn operations() -> Vec<Route> {
    vec![
        Route::query::<Window, History>(
            "/hives/{hive}/messages",
            "Messages in their order: the newest, or from a place on",
        )
        .paged_by_itself(next),
        one(),
        Route::post::<Send>("/hives/{hive}/messages", "Write a message").makes("/hives/{hive}/messages/{seq}"),
        Route::post::<SendAll>("/messages", "Write several messages: all of them, or none").makes(""),
        Route::patch::<Edit>("/hives/{hive}/messages/{message}", "Change what a message of mine says").shown_by(one),
        Route::delete::<Delete>("/hives/{hive}/messages/{message}", "Delete a message"),
        Route::post::<Restore>(
            "/hives/{hive}/messages/{message}/restore",
            "Take back that I deleted it, within half a minute",
        ),
        Route::get::<ListEdits>("/hives/{hive}/messages/{message}/edits", "What a message said before it was edited"),
        Route::put::<React>("/hives/{hive}/messages/{message}/reactions/{emoji}", "Put an emoji under a message"),
        Route::delete::<Unreact>("/hives/{hive}/messages/{message}/reactions/{emoji}", "Take my emoji away"),
        Route::put::<Pin>("/hives/{hive}/messages/{message}/pin", "Pin a message"),
        Route::delete::<Unpin>("/hives/{hive}/messages/{message}/pin", "Unpin a message"),
        Route::get::<ListPins>("/hives/{hive}/pins", "The pinned messages"),
        Route::get::<LookReadState>("/hives/{hive}/read-state", "How far I have read"),
        Route::put::<Read>("/hives/{hive}/read-state", "Say how far I have read"),
        Route::post::<MarkUnread>("/hives/{hive}/messages/{message}/unread", "Mark as unread from this message on"),
        Route::get::<ListHeld>("/hives/{hive}/held", "My messages that wait for the break"),
        Route::post::<Hold>("/hives/{hive}/held", "Write a message that waits for the break").makes(""),
        Route::patch::<EditHeld>("/hives/{hive}/held/{key}", "Change a message that waits"),
        Route::delete::<DropHeld>("/hives/{hive}/held/{key}", "Drop a message that waits"),
        Route::post::<SendHeld>("/hives/{hive}/held/{key}/send", "Send a message that waits, now")
            .makes("/hives/{hive}/messages/{seq}"),
    ]
}

/// The message itself, for a look before an edit.
fn one() -> Route {
    Route::query::<One, History>("/hives/{hive}/messages/{message}", "One message")
        .variant("one")
        .picks::<Message>(pick)
        .edits(|message| json!([part(message, "body"), part(message, "edited_at")]))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct One {
    hive: HiveId,
    message: u64,
}

impl TryFrom<One> for History {
    type Error = Fault;

    fn try_from(one: One) -> Result<Self, Fault> {
        Ok(Self { hive: one.hive, place: Some(Place::Around(one.message)), limit: Some(1) })
    }
}

fn pick(asked: &Fields, page: Value) -> Option<Value> {
    let messages = page.get("messages")?.as_array()?;
    messages.iter().find(|message| message.get("seq") == asked.get("message")).cloned()
}

/// A page of history as a query writes it: one place at most to begin at, and then the cursor.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Window {
    hive: HiveId,
    /// The `next` of the page before.
    #[schema(pattern = "^(before|after)-[0-9]+$", max_length = 30)]
    cursor: Option<String>,
    /// Those before this number, the nearest ones.
    before: Option<u64>,
    /// Those after it.
    after: Option<u64>,
    /// A window with this number in the middle.
    around: Option<u64>,
    #[schema(minimum = 1, maximum = 200)]
    limit: Option<u16>,
}

impl TryFrom<Window> for History {
    type Error = Fault;

    fn try_from(window: Window) -> Result<Self, Fault> {
        let named =
            [window.before.map(Place::Before), window.after.map(Place::After), window.around.map(Place::Around)];
        let mut places = named.into_iter().flatten();
        let begun = places.next();
        if places.next().is_some() {
            return Err(Fault::field("before", "one of before, after and around, please"));
        }
        let place = window.cursor.as_deref().map(place).transpose()?.or(begun);
        Ok(Self { hive: window.hive, place, limit: window.limit })
    }
}

fn place(cursor: &str) -> Result<Place, Fault> {
    let number = |text: &str| text.parse().ok();
    let place = match cursor.split_once('-') {
        Some(("before", text)) => number(text).map(Place::Before),
        Some(("after", text)) => number(text).map(Place::After),
        _ => None,
    };
    place.ok_or_else(|| Fault::field("cursor", "this is not where a page ended"))
}

/// On in the direction one was going, which is back unless one asked for what came after.
fn next(asked: &Fields, page: &Value) -> Option<String> {
    let forth = asked.contains_key("after")
        || asked.get("cursor").and_then(Value::as_str).is_some_and(|cursor| cursor.starts_with("after"));
    let messages = page.get("messages")?.as_array()?;
    let (more, last, word) =
        if forth { ("later", messages.last(), "after") } else { ("earlier", messages.first(), "before") };
    let goes_on = page.get(more)?.as_bool()?;
    goes_on.then_some(format!("{word}-{}", last?.get("seq")?))
}
