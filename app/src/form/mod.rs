//! Forms: plain HTML that works without a script, and quieter with one. A form names what it does;
//! the page it stands on takes it. With a script the same fields are sent in the background, and
//! the answer stands beside the fields without a new page: what does that is in `sending.rs`, and
//! comes to the browser for forms that are sent so.

mod plain;
mod sending;

use focushive::fault::Refusal;
use leptos::{
    context::Provider,
    ev::{KeyboardEvent, SubmitEvent},
    lazy_preload,
    prelude::*,
};
use serde_json::Value;
use uuid::Uuid;
use wasm_bindgen::JsCast;

pub use plain::{PlainField, PlainForm, PlainSubmit};

use self::sending::After;
use crate::{
    composition::is_composed,
    ui::{Area, Button, Field, FieldKind, Notice, Select, Toaster, Tone},
    visit::{Feedback, Session},
};

/// What one form knows of its last submission: kept in context for its fields.
#[derive(Clone, Copy)]
pub struct FormState {
    pub refusal: RwSignal<Option<Refusal>>,
    pub busy: RwSignal<bool>,
    sent: StoredValue<Option<Feedback>>,
    /// Sets its fields apart from those of the same names in other forms of the page.
    suffix: StoredValue<String>,
}

impl FormState {
    /// The state of the form around a field.
    pub fn of_form() -> Self {
        use_context::<Self>().unwrap_or_else(|| Self::new(None, String::new()))
    }

    fn new(sent: Option<Feedback>, about: String) -> Self {
        Self {
            refusal: RwSignal::new(sent.as_ref().and_then(|sent| sent.refusal.clone())),
            busy: RwSignal::new(false),
            sent: StoredValue::new(sent),
            suffix: StoredValue::new(if about.is_empty() { about } else { format!("-{about}") }),
        }
    }

    /// What is wrong with a field, in words.
    pub fn problem(self, field: &'static str) -> Signal<Option<String>> {
        Signal::derive(move || self.refusal.with(|refusal| refusal.as_ref()?.problem(field).map(str::to_owned)))
    }

    /// What was typed into a field before the page came back.
    pub fn typed(self, field: &str) -> Option<String> {
        self.sent.with_value(|sent| sent.as_ref()?.values.get(field).cloned())
    }
}

/// How a form behaves when there is a script.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Way {
    /// Sent in the background; the page stays.
    #[default]
    Quiet,
    /// Sent as browsers always did: for signing in and out, where the whole page changes.
    Whole,
}

/// A form that does `does`. `done` is told the answer; `says` is said in a toast.
#[component]
pub fn CommandForm(
    does: &'static str,
    #[prop(optional)] way: Way,
    /// A sentence for the toast when it worked.
    #[prop(optional)]
    says: Option<&'static str>,
    #[prop(optional, into)] done: Option<Callback<Value>>,
    #[prop(optional)] class: Option<&'static str>,
    /// What it is about, where a page has several forms with fields of the same names.
    #[prop(optional, into)]
    about: String,
    /// Set for forms that carry a file.
    #[prop(optional)]
    enctype: Option<&'static str>,
    children: Children,
) -> impl IntoView {
    let session = Session::get();
    let state = FormState::new(session.feedback(does), about);
    let after = After { state, says, done, toaster: use_context::<Toaster>() };
    if way == Way::Quiet {
        lazy_preload!(sending::send);
    }
    let submit = move |event: SubmitEvent| {
        if way == Way::Quiet {
            send(event, after);
        }
    };
    view! {
        <form method="post" class=class enctype=enctype on:submit=submit on:keydown=spare_composition novalidate>
            <input type="hidden" name="do" value=does />
            <input type="hidden" name="csrf" value=session.of(|visit| visit.csrf.clone()) />
            <Provider value=state>
                <Refused state />
                {children()}
            </Provider>
        </form>
    }
}

/// In the background, and not while it is being sent already.
fn send(event: SubmitEvent, after: After) {
    event.prevent_default();
    if after.state.busy.get_untracked() {
        return;
    }
    let Some(form) = event.target().and_then(|target| target.dyn_into::<web_sys::HtmlFormElement>().ok()) else {
        return;
    };
    after.state.busy.set(true);
    leptos::task::spawn_local(sending::send(form, after));
}

/// The Enter that ends the composition of a word is the input method's, and sends nothing.
fn spare_composition(event: KeyboardEvent) {
    if event.key() == "Enter" && is_composed(&event) {
        event.prevent_default();
    }
}

/// A field of the form around it: what was typed is still there, and what is wrong stands beside it.
#[component]
pub fn FormField(
    name: &'static str,
    label: &'static str,
    #[prop(optional)] kind: FieldKind,
    #[prop(optional, into)] value: String,
    #[prop(optional)] hint: Option<&'static str>,
    #[prop(optional)] autocomplete: Option<&'static str>,
    #[prop(optional)] required: bool,
    #[prop(optional)] autofocus: bool,
    #[prop(optional)] maxlength: Option<u16>,
) -> impl IntoView {
    let state = FormState::of_form();
    let value = state.typed(name).unwrap_or(value);
    let problem = state.problem(name);
    let suffix = state.suffix.get_value();
    view! { <Field name label kind value hint autocomplete required autofocus maxlength problem suffix /> }
}

/// Several lines of the form around it.
#[component]
pub fn FormArea(
    name: &'static str,
    label: &'static str,
    #[prop(optional, into)] value: String,
    #[prop(optional)] hint: Option<&'static str>,
    #[prop(optional)] maxlength: Option<u16>,
) -> impl IntoView {
    let state = FormState::of_form();
    let value = state.typed(name).unwrap_or(value);
    let problem = state.problem(name);
    view! { <Area name label value hint maxlength problem /> }
}

/// A choice of the form around it.
#[component]
pub fn FormSelect(
    name: &'static str,
    label: &'static str,
    /// Value and words.
    options: Vec<(String, String)>,
    #[prop(optional, into)] value: String,
) -> impl IntoView {
    let state = FormState::of_form();
    let value = state.typed(name).unwrap_or(value);
    let problem = state.problem(name);
    view! { <Select name label options value problem suffix=state.suffix.get_value() /> }
}

/// A key that makes sending the form twice harmless. `fresh` changes when a new one is due.
#[component]
pub fn KeyField<T: Send + Sync + 'static>(fresh: RwSignal<T>) -> impl IntoView {
    let key = RwSignal::new(Uuid::new_v4().to_string());
    Effect::new(move |before: Option<()>| {
        fresh.track();
        if before.is_some() {
            key.set(Uuid::new_v4().to_string());
        }
    });
    view! { <input type="hidden" name="key" prop:value=key value=key.get_untracked() /> }
}

/// Tells a password manager whose password the form around it is about. It is not sent.
#[component]
pub fn UserNameField() -> impl IntoView {
    let email = Session::get().me.with_untracked(|me| me.as_ref().map(|me| me.email.to_string()).unwrap_or_default());
    view! { <input class="visually-hidden" type="text" autocomplete="username" value=email readonly tabindex="-1" aria-hidden="true" /> }
}

/// The button that sends the form around it.
#[component]
pub fn Submit(
    #[prop(default = Tone::Primary)] tone: Tone,
    #[prop(optional)] wide: bool,
    #[prop(optional)] small: bool,
    /// What it is called where its words alone do not tell.
    #[prop(optional, into)]
    label: Option<String>,
    children: Children,
) -> impl IntoView {
    let busy = FormState::of_form().busy;
    view! { <Button tone busy wide small label>{children()}</Button> }
}

/// The reason for a refusal that belongs to no single field.
#[component]
fn Refused(state: FormState) -> impl IntoView {
    let words = move || {
        state.refusal.with(|refusal| {
            let general = refusal.as_ref().filter(|refusal| refusal.problems.is_empty());
            general.map(Refusal::sentence)
        })
    };
    move || words().map(|words| view! { <Notice tone=Tone::Bad>{words}</Notice> })
}
