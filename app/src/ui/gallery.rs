//! Every piece in every state, light beside dark: how the look is reviewed.

use focushive::Moment;
use leptos::prelude::*;

use super::{
    Avatar, AvatarSize, Badge, Brand, Button, Card, Cell, CellState, Comb, CopyText, Count, Dialog, Empty, Field,
    FieldKind, Icon, IconMark, Menu, Notice, RadioCards, Ring, Select, SkeletonList, Sprite, Switch, Tabs, Time, Tone,
};

#[component]
pub fn Gallery() -> impl IntoView {
    view! {
        <Sprite />
        <main class="gallery">
            <h1>"Every piece in every state"</h1>
            <div class="gallery-sides">
                <div class="gallery-side" data-theme="light"><Pieces side="-light" /></div>
                <div class="gallery-side" data-theme="dark"><Pieces side="-dark" /></div>
            </div>
        </main>
    }
}

#[component]
fn Pieces(side: &'static str) -> impl IntoView {
    view! {
        <Brand />
        <Buttons />
        <Fields side />
        <Words />
        <Places side />
        <Drawings />
    }
}

#[component]
fn Buttons() -> impl IntoView {
    let buttons = |small: bool| {
        Tone::ALL
            .into_iter()
            .take(4)
            .map(move |tone| view! { <Button kind="button" tone small>{tone.as_str()}</Button> })
            .collect_view()
    };
    view! {
        <Card title="Buttons" lead="Four tones, two sizes, busy, disabled">
            <div class="cluster">{buttons(false)}</div>
            <div class="cluster">{buttons(true)}</div>
            <div class="cluster">
                <Button kind="button" tone=Tone::Primary busy=Signal::stored(true)>"Busy"</Button>
                <Button kind="button" disabled=true>"Disabled"</Button>
                <Menu label="More"><button type="button">"Rename"</button><button type="button">"Remove"</button></Menu>
            </div>
        </Card>
    }
}

#[component]
fn Fields(side: &'static str) -> impl IntoView {
    let options = vec![("a".to_owned(), "One".to_owned()), ("b".to_owned(), "Another".to_owned())];
    let wrong = Signal::stored(Some("this is needed".to_owned()));
    view! {
        <Card title="Fields">
            <div class="stack">
                <Field name="plain" suffix=side label="Plain" value="Typed" hint=Some("A hint stands below") />
                <Field name="wrong" suffix=side label="Wrong" problem=wrong />
                <Field name="secret" suffix=side label="Password" kind=FieldKind::Password value="secret words" />
                <Select name=side label="One of a list" options=options.clone() />
                <RadioCards name=side legend="One of a few" options chosen="a".to_owned() />
                <Switch name=side label="On or off" hint="With a hint" on=true />
                <CopyText label="Something to copy" text="https://focus.example.org/invite/…".to_owned() />
            </div>
        </Card>
    }
}

#[component]
fn Words() -> impl IntoView {
    let at = Moment(time::macros::datetime!(2026-01-05 10:20 UTC));
    view! {
        <Card title="Words" lead="Badges, counts, notices, times">
            <div class="cluster">
                {Tone::ALL.into_iter().map(|tone| view! { <Badge tone>{tone.as_str()}</Badge> }).collect_view()}
                <Count count=4 tone=Tone::Bad /><Count count=250 /><Time at />
            </div>
            <Notice>"Something to know."</Notice>
            <Notice tone=Tone::Good>"That worked."</Notice>
            <Notice tone=Tone::Bad>"That did not."</Notice>
        </Card>
    }
}

#[component]
fn Places(side: &'static str) -> impl IntoView {
    let open = RwSignal::new(false);
    let _ = side;
    view! {
        <Tabs label="Tabs" places=vec![("/ui", "Here"), ("/", "There")] here="/ui" />
        <Card title="Waiting and empty">
            <SkeletonList />
            <Empty title="Nothing yet"><p>"What this place is for."</p></Empty>
            <span on:click=move |_| open.set(true)><Button kind="button">"Open a dialog"</Button></span>
            <Dialog open title="A dialog"><p>"It closes by Escape."</p></Dialog>
        </Card>
    }
}

#[component]
fn Drawings() -> impl IntoView {
    view! {
        <Card title="Drawings">
            <div class="cluster">
                <Avatar name="Alice" initials="AL" size=AvatarSize::Small />
                <Avatar name="Bob" initials="BO" />
                <Avatar name="Charlie" initials="CH" size=AvatarSize::Large />
                {Icon::ALL.iter().map(|icon| view! { <IconMark icon=*icon /> }).collect_view()}
            </div>
            <Ring fraction=0.75 phase="Focus · 2 of 4" digits="18:42" next="then a 5 min break" />
            <Comb>
                <Cell initials="AL" name="Alice" note="Draft the results".to_owned() state=CellState::Focus />
                <Cell initials="DI" name="Diana" note="Tea. Back at :50".to_owned() state=CellState::Break />
                <Cell initials="FR" name="Frank" note="Just arrived".to_owned() state=CellState::Online />
                <Cell initials="HE" name="Heidi" note="Away 12 min".to_owned() state=CellState::Away />
            </Comb>
        </Card>
    }
}
