//! Chat: sent, edited, deleted, answered by emoji, pinned, read.

pub mod deleting;
pub mod held;
pub mod markdown;
pub mod reading;
pub mod rest;
pub mod store;
pub mod writer;

use std::sync::Arc;

use focushive::{
    Fault,
    caller::Member,
    chat::{
        Edit, Edited, History, ListEdits, MOST_EMOJI, MOST_IN_PAGE, MOST_TOGETHER, Message, PAGE, Page, Pin, Pinned,
        React, Reacted, SayTyping, Send, SendAll, Typing, Unpin, Unreact, Version,
    },
    hive::Right,
    id::{HiveId, UserId},
    protocol::{Event, Topic},
    text::{Body, Handle},
};
use sqlx::PgConnection;

use self::{held::Origin, writer::New};
use crate::{
    failure::Failure,
    hive::{self, Change},
    hub::{Connection, Merge, Published},
    limit::Doing,
    notification::note,
    seen,
    services::Services,
    topic,
};

/// Comes back once it is stored. Sent again under the same key, it is the same message.
pub async fn send(services: &Services, by: Member, ask: Send) -> Result<Box<Message>, Failure> {
    services.limits.pace(Doing::Sending, by.id)?;
    deliver(services, by.id, ask, Origin::Hand).await
}

/// Who is named, and who is here, is as it is when it is told.
async fn deliver(services: &Services, author: UserId, ask: Send, origin: Origin) -> Result<Box<Message>, Failure> {
    let (mentions, html) = show(services, ask.hive, &ask.body).await?;
    services.writer.write(New { author, ask, html, mentions, origin }).await
}

/// All of them are stored together, or none is.
pub async fn send_all(services: &Services, by: Member, ask: SendAll) -> Result<Vec<Message>, Failure> {
    if !(1..=MOST_TOGETHER).contains(&ask.messages.len()) {
        return Err(Fault::field("messages", format!("from 1 to {MOST_TOGETHER}")).into());
    }
    let mut news = Vec::with_capacity(ask.messages.len());
    for ask in ask.messages {
        services.limits.pace(Doing::Sending, by.id)?;
        let (mentions, html) = show(services, ask.hive, &ask.body).await?;
        news.push(New { author: by.id, ask, html, mentions, origin: Origin::Hand });
    }
    services.writer.write_all(news).await
}

/// Who is named in it, and how it looks.
async fn show(services: &Services, hive: HiveId, body: &Body) -> Result<(Vec<UserId>, String), Failure> {
    let named = markdown::handles(body);
    let known = if named.is_empty() { Vec::new() } else { store::mentioned(&services.db, hive, &named).await? };
    let (mut users, handles): (Vec<UserId>, Vec<Handle>) = known.into_iter().unzip();
    if named.iter().any(|handle| handle.as_str() == "hive") {
        users.push(UserId::EVERYBODY);
    }
    if named.iter().any(|handle| handle.as_str() == "here") {
        let here = services.presence.seats(hive).into_iter().map(|seat| seat.person.id);
        users.extend(here);
        users.sort_unstable();
        users.dedup();
    }
    Ok((users, markdown::render(body, &handles)))
}

/// A change of one message, by somebody who has this right in its hive.
async fn change(
    services: &Services,
    by: Member,
    hive: HiveId,
    message: u64,
    right: Right,
) -> Result<(Change<'static>, Message), Failure> {
    let mut change = hive::change(services, by, hive, right).await?;
    if change.found.hive.archived {
        return Err(Fault::conflict("this hive is archived: it can be read, and nothing is changed").into());
    }
    let message = store::one(&mut change.tx, hive, message).await?.ok_or(Fault::NotFound)?;
    Ok((change, message))
}

pub async fn edit(services: &Services, by: Member, ask: Edit) -> Result<(), Failure> {
    services.limits.pace(Doing::Sending, by.id)?;
    let (mentions, html) = show(services, ask.hive, &ask.body).await?;
    let (mut change, message) = change(services, by, ask.hive, ask.message, Right::Write).await?;
    if message.author.id != by.id {
        return Err(Fault::Forbidden.into());
    }
    seen::unchanged(by, (&message.body, message.edited_at))?;
    let now = services.clock.now();
    if let Some(until) = change.me.muted_until.filter(|until| *until > now) {
        return Err(Fault::NotYet { why: "you are muted here", at: until }.into());
    }
    if message.body == ask.body {
        return Ok(());
    }
    let new =
        store::Change { hive: ask.hive, message: ask.message, body: &ask.body, html: &html, mentions: &mentions, now };
    store::edit(&mut change.tx, new).await?;
    // Only whoever was not named before is told.
    let named = mentions.iter().filter(|user| !message.mentions.contains(user)).copied().collect();
    let again = Message { mentions: named, at: now, ..message };
    note::messages(&mut change.tx, &[note::Written { hive: ask.hive, message: &again, answers: None }], now).await?;
    let edited = Edited { message: ask.message, body: ask.body, html, mentions, edited_at: now };
    change.tell(Event::ChatEdited(edited)).await?;
    change.commit(services).await
}

pub async fn react(services: &Services, by: Member, ask: React) -> Result<(), Failure> {
    services.limits.pace(Doing::Reacting, by.id)?;
    let (mut change, message) = change(services, by, ask.hive, ask.message, Right::React).await?;
    let known = message.reactions.iter().any(|reaction| reaction.emoji == ask.emoji);
    if !known && message.reactions.len() >= MOST_EMOJI {
        return Err(Fault::conflict(format!("a message carries {MOST_EMOJI} different emoji at most")).into());
    }
    if store::react(&mut *change.tx, ask.hive, ask.message, &ask.emoji, by.id).await? {
        change.tell(Event::ChatReacted(Reacted { message: ask.message, emoji: ask.emoji, by: by.id })).await?;
    }
    change.commit(services).await
}

pub async fn unreact(services: &Services, by: Member, ask: Unreact) -> Result<(), Failure> {
    services.limits.pace(Doing::Reacting, by.id)?;
    let (mut change, _) = change(services, by, ask.hive, ask.message, Right::React).await?;
    if store::unreact(&mut *change.tx, ask.hive, ask.message, &ask.emoji, by.id).await? {
        change.tell(Event::ChatUnreacted(Reacted { message: ask.message, emoji: ask.emoji, by: by.id })).await?;
    }
    change.commit(services).await
}

pub async fn pin(services: &Services, by: Member, ask: Pin) -> Result<(), Failure> {
    let (mut change, message) = change(services, by, ask.hive, ask.message, Right::Pin).await?;
    if !message.pinned {
        store::set_pin(&mut *change.tx, ask.hive, ask.message, Some(services.clock.now())).await?;
        change.tell(Event::ChatPinned(Pinned { message: ask.message, by: by.id })).await?;
    }
    change.commit(services).await
}

pub async fn unpin(services: &Services, by: Member, ask: Unpin) -> Result<(), Failure> {
    let (mut change, message) = change(services, by, ask.hive, ask.message, Right::Pin).await?;
    if message.pinned {
        store::set_pin(&mut *change.tx, ask.hive, ask.message, None).await?;
        change.tell(Event::ChatUnpinned(Pinned { message: ask.message, by: by.id })).await?;
    }
    change.commit(services).await
}

pub async fn pins(services: &Services, by: Member, hive: HiveId) -> Result<Vec<Message>, Failure> {
    hive::open_to(services, by, hive).await?;
    Ok(store::pinned(&mut *services.db.acquire().await?, hive).await?)
}

pub async fn edits(services: &Services, by: Member, ask: ListEdits) -> Result<Vec<Version>, Failure> {
    hive::open_to(services, by, ask.hive).await?.rank.ok_or(Fault::Forbidden)?;
    Ok(store::versions(&services.db, ask.hive, ask.message).await?)
}

pub async fn history(services: &Services, by: Member, ask: History) -> Result<Page, Failure> {
    hive::open_to(services, by, ask.hive).await?;
    page(&mut *services.db.acquire().await?, ask).await
}

/// A page as it stands; whoever asks may see it.
pub async fn page(db: &mut PgConnection, ask: History) -> Result<Page, Failure> {
    let limit = ask.limit.unwrap_or(PAGE).clamp(1, MOST_IN_PAGE);
    // The number comes first: what happens after it may be in the page already, and is told again.
    let head = topic::number(topic::store::head(&mut *db, ask.hive.0).await?);
    let window = store::window(db, ask.hive, ask.place, limit).await?;
    Ok(Page { messages: window.messages, earlier: window.earlier, later: window.later, head })
}

/// Told to those who listen, and never stored: it asks the database for nothing, since whoever
/// listens on the same connection was looked at then.
pub fn typing(services: &Services, by: Member, ask: SayTyping) -> Result<(), Failure> {
    let topic = Topic::HiveLive(ask.hive);
    let connection = by.connection.and_then(|id| services.hub.connection(by.id, id));
    let now = services.clock.now();
    let speaks = |connection: &Arc<Connection>| connection.part(topic).is_some_and(|part| part.speaks(now));
    let Some(connection) = connection.filter(speaks) else { return Err(Fault::Forbidden.into()) };
    services.limits.pace(Doing::Typing, by.id)?;
    // Nobody is shown writing to people who focus.
    if connection.shows_typing() && !services.presence.is_focus_in(ask.hive, now) {
        let typing = Typing { user: by.id, name: connection.name.clone(), typing: ask.typing };
        let merge = Some(Merge::Typing(by.id));
        let event = Published::volatile(topic, now, &Event::Typing(typing), merge);
        services.hub.publish(vec![event]);
    }
    Ok(())
}
