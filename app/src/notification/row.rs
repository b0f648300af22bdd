//! One thing one was told of: a whole sentence that leads to it, and what can be done about it.

use std::time::Duration;

use focushive::{
    Moment,
    notification::{Choice, Group, Kind, Less, Notification, Read, Row, reason},
};
use leptos::{prelude::*, task::spawn_local};

use super::{opened, state::BellState};
use crate::{
    live,
    ui::{Icon, IconMark, Time, Toaster, day_number},
};

/// How long a quieter choice can be taken back.
const OFFERED: Duration = Duration::from_secs(10);

#[component]
pub fn RowView(row: Row, go: Callback<()>) -> impl IntoView {
    let Row { notification, excerpt } = row;
    let unread = notification.read_at.is_none();
    let (what, at) = (notification.what.clone(), notification.at);
    let told = StoredValue::new(notification);
    let open = move |_| {
        if unread {
            told.with_value(|told| opened::note(told.id, told.what.path()));
        }
        go.run(());
    };
    let gone = what.message().is_some() && excerpt.is_none();
    let more = excerpt.or_else(|| what.detail());
    view! {
        <li class="note" data-unread=unread.then_some("") data-kind=what.kind().as_str()>
            <a class="note-link" href=what.path() on:click=open data-gone=gone.then_some("")>
                <span class="note-mark"><IconMark icon=icon(what.kind()) /></span>
                <span class="note-words">
                    <b>{unread.then(|| view! { <span class="visually-hidden">"New: "</span> })}{what.sentence()}</b>
                    {more.map(|more| view! { <span class="note-more" dir="auto">{more}</span> })}
                    <small><Time at /></small>
                </span>
            </a>
            <RowMenu told />
        </li>
    }
}

#[component]
fn RowMenu(told: StoredValue<Notification>) -> impl IntoView {
    let state = BellState::get();
    let toaster = use_context::<Toaster>().unwrap_or_default();
    let (id, kind, why, unread) = told.with_value(|told| {
        let kind = told.what.kind();
        (told.id, kind, reason(kind, told.level, told.rule), told.read_at.is_none())
    });
    let read = move |_| {
        spawn_local(async move {
            if let Ok(bell) = live::call(Read { notifications: vec![id] }).await {
                state.set(bell);
            }
        });
    };
    let less = move |_| {
        spawn_local(async move {
            match live::call(Less { notification: id }).await {
                Ok(choice) => offer_back(kind, choice, told, toaster),
                Err(error) => toaster.say(error.0.sentence()),
            }
        });
    };
    view! {
        <details class="menu note-menu">
            <summary class="button" data-tone="ghost" data-size="small" aria-label="What to do with this"><IconMark icon=Icon::More /></summary>
            <div class="menu-list">
                <p class="note-why">{why}</p>
                {unread.then(|| view! { <button type="button" data-act="read" on:click=read>"Mark as read"</button> })}
                <button type="button" on:click=less>"Less of this"</button>
            </div>
        </details>
    }
}

fn offer_back(kind: Kind, choice: Choice, told: StoredValue<Notification>, toaster: Toaster) {
    let back = move |()| {
        let hive = told.try_with_value(|told| told.what.hive()).flatten().filter(|_| Kind::OF_HIVES.contains(&kind));
        let level = told.try_with_value(|told| told.level);
        spawn_local(async move {
            let _ = live::call(focushive::notification::Choose { kind, level, hive }).await;
        });
    };
    let words = format!("“{}”: {} from now on.", kind.words(), choice.level.words().to_lowercase());
    toaster.offer(words, "Undo", OFFERED, Callback::new(back));
}

const fn icon(kind: Kind) -> Icon {
    match kind {
        Kind::Mention | Kind::Reply | Kind::Direct | Kind::HiveMessage => Icon::Mail,
        Kind::SessionEnded | Kind::BreakEnded | Kind::SessionStarted | Kind::Reminder => Icon::Clock,
        Kind::Role | Kind::Invite => Icon::Users,
        Kind::Announcement => Icon::Bell,
        Kind::System => Icon::Key,
    }
}

/// What the list can be narrowed to, in words.
pub const fn words(group: Option<Group>) -> &'static str {
    match group {
        None => "All",
        Some(Group::Mentions) => "Mentions",
        Some(Group::Sessions) => "Sessions",
        Some(Group::Social) => "Other",
    }
}

/// Under which heading it stands, so many days back.
fn section(days: i64) -> &'static str {
    match days {
        ..=0 => "Today",
        1 => "Yesterday",
        2..=6 => "This week",
        _ => "Older",
    }
}

/// Rows under their headings, newest first; by the viewer's own days once it is known that one is here.
#[component]
pub fn Rows(rows: Vec<Row>, now: Moment, here: bool, go: Callback<()>) -> impl IntoView {
    let today = day_number(now, here);
    let mut sections: Vec<(&'static str, Vec<Row>)> = Vec::new();
    for row in rows {
        let name = section(today - day_number(row.notification.at, here));
        match sections.last_mut().filter(|(last, _)| *last == name) {
            Some((_, rows)) => rows.push(row),
            None => sections.push((name, vec![row])),
        }
    }
    sections
        .into_iter()
        .map(|(name, rows)| {
            view! {
                <section class="notes">
                    <h3>{name}</h3>
                    <ul>{rows.into_iter().map(|row| view! { <RowView row go /> }).collect_view()}</ul>
                </section>
            }
        })
        .collect_view()
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn days_are_counted_by_their_midnights() {
        let day = |at| day_number(Moment(at), false);
        let back = |at| section(day(datetime!(2026-01-05 00:10 UTC)) - day(at));
        assert_eq!(back(datetime!(2026-01-05 00:01 UTC)), "Today");
        assert_eq!(back(datetime!(2026-01-04 23:59 UTC)), "Yesterday");
        assert_eq!(back(datetime!(2025-12-30 10:00 UTC)), "This week");
        assert_eq!(back(datetime!(2025-12-29 10:00 UTC)), "Older");
    }
}
