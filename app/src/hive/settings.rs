//! How a hive is set.

use focushive::{
    hive::{Access, Hive, Look, Right, Room},
    id::HiveId,
    timer,
};
use leptos::prelude::*;
use serde_json::Value;

use super::{HiveTabs, access_words, on_part};
use crate::{
    backend::Asked,
    form::{CommandForm, FormArea, FormField, FormSelect, Submit},
    layout::{Frame, Loaded},
    timer::RhythmCard,
    ui::{Card, FieldKind, Notice, Tone},
};

#[component]
pub fn SettingsPage(hive: HiveId) -> impl IntoView {
    let room = Asked::new(move || Look { hive });
    let clock = Asked::new(move || timer::Sync { hive: Some(hive) });
    let again = Callback::new(move |_: Value| room.again());
    Effect::new(move || on_part(hive, move || room.again()));
    let shown = move |room: Room| {
        let may = |right| room.me.as_ref().is_some_and(|me| me.rank.may(right));
        let (sets, archives) = (may(Right::ChangeSettings), may(Right::Archive));
        let timer = clock.get()?.ok().map(|view| view.timer);
        let set = Callback::new(move |_: Value| clock.again());
        let (name, pair, now) = (room.hive.name.to_string(), room.hive.pair, StoredValue::new(room.hive));
        Some(view! {
            <Frame heading=name actions={move || view! { <HiveTabs hive here="Settings" pair /> }}>
                {if sets {
                    view! {
                        {timer.map(|timer| {
                            let on = timer.phase().is_some();
                            view! { <RhythmCard hive=Some(hive) rhythm=timer.rhythm on again=set /> }
                        })}
                        <SetCard hive=now.get_value() again />
                    }
                    .into_any()
                } else {
                    view! { <Notice tone=Tone::Plain>"The hosts of this hive set it."</Notice> }.into_any()
                }}
                {archives.then(|| view! { <ArchiveCard hive=now.get_value() again /> })}
            </Frame>
        })
    };
    view! { <Loaded asked=room view=shown /> }
}

#[component]
fn SetCard(hive: Hive, again: Callback<Value>) -> impl IntoView {
    let access = Access::ALL.map(|access| (access.as_str().to_owned(), access_words(access).to_owned())).to_vec();
    let seats = hive.seats.map(|seats| seats.to_string()).unwrap_or_default();
    view! {
        <Card title="This hive">
            <CommandForm does="hive.set" says="Saved." done=again class="stack">
                <input type="hidden" name="hive" value=hive.id.to_string() />
                <FormField name="name" label="Name" value=hive.name.to_string() required=true maxlength=60 />
                <FormField name="purpose" label="What it is for" value=hive.purpose.map(String::from).unwrap_or_default() maxlength=200 />
                <div class="cluster">
                    <FormSelect name="access" label="Who comes in" options=access value=hive.access.as_str() />
                    <FormField name="seats" label="Seats" kind=FieldKind::Number value=seats hint="Empty for as many as come" />
                    <FormField name="slow_seconds" label="Slow mode, seconds" kind=FieldKind::Number value=hive.slow_seconds.to_string() hint="Between two messages of one person" />
                </div>
                <FormArea name="rules" label="Rules" value=hive.rules.map(|rules| rules.text.to_string()).unwrap_or_default() hint="Shown on coming in, and again when they change" maxlength=2000 />
                <Submit>"Save"</Submit>
            </CommandForm>
        </Card>
    }
}

#[component]
fn ArchiveCard(hive: Hive, again: Callback<Value>) -> impl IntoView {
    let id = hive.id.to_string();
    if hive.archived {
        view! {
            <Card title="Open it again" lead="Everything is as it was.">
                <CommandForm does="hive.reopen" says="It is open again." done=again>
                    <input type="hidden" name="hive" value=id /><Submit>"Open again"</Submit>
                </CommandForm>
            </Card>
        }
        .into_any()
    } else {
        view! {
            <Card title="Archive it" lead="It can be read and nothing is added, until it is opened again.">
                <CommandForm does="hive.archive" says="It is archived." done=again>
                    <input type="hidden" name="hive" value=id /><Submit tone=Tone::Danger>"Archive"</Submit>
                </CommandForm>
            </Card>
        }
        .into_any()
    }
}
