//! What is said to many at once: to everybody, to one sector, or to those who look after the house.

mod store;

use focushive::{
    Fault,
    caller::Member,
    id::AnnouncementId,
    notification::{Actor, Announce, Announced, Announcement, Audience, What},
    protocol::{Event, Topic},
};
use uuid::Uuid;

use super::note::{Note, note};
use crate::{account, audit, failure::Failure, hub::Published, services::Services};

/// How many people are noted for in one statement.
const TOGETHER: usize = 1000;

/// Said once, however often it is sent: kept, and noted for everybody it is for, in one transaction.
pub async fn send(services: &Services, by: Member, ask: Announce) -> Result<(), Failure> {
    let audience = ask.audience().ok_or_else(|| Fault::field("audience", "everybody, admins, or a sector"))?;
    let author = account::look_up(services, by.id).await?;
    let now = services.clock.now();
    let id = AnnouncementId(Uuid::now_v7());
    let mut tx = services.db.begin().await?;
    if !store::insert(&mut *tx, id, by.id, &ask, now).await? {
        return Ok(());
    }
    let sector = if let Audience::Sector(sector) = audience { Some(sector) } else { None };
    if let Some(sector) = sector
        && !store::is_sector(&mut *tx, sector).await?
    {
        return Err(Fault::field("audience", "there is no such sector").into());
    }
    let people = store::people(&mut *tx, sector, audience == Audience::Admins, by.id).await?;
    let by_whom = Actor { id: by.id, name: author.name };
    let Announce { title, text, .. } = ask;
    let what = What::Announcement { id, by: by_whom.clone(), title: title.clone(), text: text.clone() };
    let source = format!("announcement:{id}");
    let notes: Vec<Note> = people
        .into_iter()
        .map(|user| Note { user, what: what.clone(), at: now, due_at: now, source: source.clone() })
        .collect();
    for some in notes.chunks(TOGETHER) {
        note(&mut tx, some).await?;
    }
    audit::note(&mut *tx, audit::Entry::new(by.id, "announced")).await?;
    tx.commit().await?;
    services.teller.ring();
    let made = Event::AnnouncementMade(Box::new(Announced { id, by: by_whom, title, text }));
    services.hub.publish(vec![Published::volatile(topic(audience), now, &made, None)]);
    Ok(())
}

/// Where those listen who hear of it as it is said, beside the bell of each.
const fn topic(audience: Audience) -> Topic {
    match audience {
        Audience::Everybody => Topic::Announcements,
        Audience::Admins => Topic::Admin,
        Audience::Sector(sector) => Topic::Sector(sector),
    }
}

pub async fn list(services: &Services) -> Result<Vec<Announcement>, Failure> {
    Ok(store::list(&services.db).await?)
}
