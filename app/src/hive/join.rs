//! A link into a hive: one press, and one is in.

use focushive::hive::Accepted;
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};
use serde_json::Value;

use crate::{
    form::{CommandForm, Submit},
    layout::Frame,
    reader,
    ui::Card,
};

#[component]
pub fn JoinPage(secret: String) -> impl IntoView {
    let navigate = use_navigate();
    let done = Callback::new(move |answer: Value| {
        if let Ok(accepted) = reader::read::<Accepted>(answer) {
            navigate(&format!("/hive/{}", accepted.hive), NavigateOptions::default());
        }
    });
    view! {
        <Frame heading="An invitation">
            <Card title="You are invited into a hive" lead="A hive is a room in which people focus together. You can leave it at any time.">
                <CommandForm does="hive.accept" done>
                    <input type="hidden" name="secret" value=secret />
                    <Submit>"Come in"</Submit>
                </CommandForm>
            </Card>
        </Frame>
    }
}
