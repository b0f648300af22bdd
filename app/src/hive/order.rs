//! Keeping order in a hive: what may be done about somebody, and who is kept out.

use focushive::{
    Moment,
    hive::{Banned, ListBans, Measure, Member},
    id::{HiveId, UserId},
};
use leptos::prelude::*;
use serde_json::Value;

use super::on_others;
use crate::{
    backend::Asked,
    form::{CommandForm, FormField, FormSelect, Submit},
    layout::Loaded,
    ui::{Avatar, Card, Time, Tone},
};

#[component]
pub fn OrderForms(hive: HiveId, member: Member, again: Callback<Value>) -> impl IntoView {
    let lasts = || Measure::ALL.map(|lasts| (lasts.as_str().to_owned(), measure_words(lasts).to_owned())).to_vec();
    let (user, muted) = (member.person.id, member.muted_until.is_some());
    view! {
        {muted.then(|| view! {
            <CommandForm does="hive.pardon" says="They may write again." done=again><Whom hive user /><Submit tone=Tone::Plain small=true>"Unmute"</Submit></CommandForm>
        })}
        <CommandForm does="hive.mute" says="They are muted." done=again class="stack" about=format!("mute-{user}")>
            <Whom hive user />
            <FormSelect name="lasts" label="For" options=lasts() value="hour" />
            <Submit tone=Tone::Plain small=true>"Mute"</Submit>
        </CommandForm>
        <CommandForm does="hive.kick" says="They are out." done=again><Whom hive user /><Submit tone=Tone::Plain small=true>"Remove"</Submit></CommandForm>
        <CommandForm does="hive.ban" says="They are out, and stay out." done=again class="stack" about=format!("ban-{user}")>
            <Whom hive user />
            <FormSelect name="lasts" label="Ban for" options=lasts() value="week" />
            <FormField name="why" label="Why" hint="Only those who keep order here see it" maxlength=120 />
            <Submit tone=Tone::Danger small=true>"Ban"</Submit>
        </CommandForm>
    }
}

/// Until when it lasts, in words.
#[component]
pub fn Until(at: Moment) -> impl IntoView {
    match Measure::end(at) {
        Some(at) => view! { "until "<Time at /> }.into_any(),
        None => "until it is lifted".into_any(),
    }
}

/// Those who are kept out, where there are any. It is asked by those alone who may know.
#[component]
pub fn BannedCard(hive: HiveId) -> impl IntoView {
    let bans = Asked::new(move || ListBans { hive });
    let again = Callback::new(move |_: Value| bans.again());
    Effect::new(move || on_others(hive, move || bans.again()));
    let shown = move |list: Vec<Banned>| {
        let rows = list.into_iter().map(move |banned| view! { <BannedRow hive banned again /> }).collect::<Vec<_>>();
        (!rows.is_empty()).then(|| {
            view! {
                <Card title="Banned" lead="They cannot come back in before their time is over, or you lift it.">
                    <ul class="list">{rows}</ul>
                </Card>
            }
        })
    };
    view! { <Loaded asked=bans view=shown /> }
}

#[component]
fn BannedRow(hive: HiveId, banned: Banned, again: Callback<Value>) -> impl IntoView {
    let Banned { person, by, until, why, .. } = banned;
    let picture = person.avatar.map(|id| format!("/avatar/{id}"));
    let by = by.map_or_else(String::new, |by| format!(" · by {by}"));
    view! {
        <li class="list-row">
            <Avatar name=person.name.to_string() initials=person.name.initials() picture />
            <div class="list-main">
                <b>{person.name.to_string()}</b>
                <small>{format!("@{}{by} · ", person.handle)}<Until at=until /></small>
                {why.map(|why| view! { <small>{format!("Why: {why}")}</small> })}
            </div>
            <CommandForm does="hive.pardon" says="They may come in again." done=again>
                <Whom hive user=person.id />
                <Submit tone=Tone::Plain small=true>"Lift"</Submit>
            </CommandForm>
        </li>
    }
}

/// Whom a form is about.
#[component]
pub fn Whom(hive: HiveId, user: UserId) -> impl IntoView {
    view! {
        <input type="hidden" name="hive" value=hive.to_string() />
        <input type="hidden" name="user" value=user.to_string() />
    }
}

const fn measure_words(lasts: Measure) -> &'static str {
    match lasts {
        Measure::TenMinutes => "ten minutes",
        Measure::Hour => "an hour",
        Measure::Day => "a day",
        Measure::Week => "a week",
        Measure::Open => "until it is lifted",
    }
}
