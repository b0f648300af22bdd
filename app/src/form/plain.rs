//! Forms that are sent as browsers always did, where the whole page changes: for coming in. They are
//! what the server wrote and stay so: nothing in them waits for a script, and little of one is
//! loaded for them.

use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;

use crate::{
    ui::{FieldKind, Notice, Tone},
    visit::Session,
};

/// A form that does `does`; why it was refused stands above its fields.
#[component]
pub fn PlainForm(does: &'static str, children: Children) -> impl IntoView {
    let session = Session::get();
    let refusal = session.feedback(does).and_then(|sent| sent.refusal).filter(|refusal| refusal.problems.is_empty());
    view! {
        <form method="post" class="gate-form" novalidate>
            <input type="hidden" name="do" value=does />
            <input type="hidden" name="csrf" value=session.of(|visit| visit.csrf.clone()) />
            {refusal.map(|refusal| view! { <Notice tone=Tone::Bad>{refusal.sentence()}</Notice> })}
            {children()}
        </form>
    }
}

/// A field of the form that does `form`: what was typed is still there, and what is wrong stands
/// beside it.
#[component]
pub fn PlainField(
    form: &'static str,
    name: &'static str,
    label: &'static str,
    #[prop(optional)] kind: FieldKind,
    #[prop(optional)] value: &'static str,
    #[prop(optional)] hint: Option<&'static str>,
    #[prop(optional)] autocomplete: &'static str,
    #[prop(optional)] autofocus: bool,
    #[prop(default = 254)] maxlength: u16,
) -> impl IntoView {
    let sent = Session::get().feedback(form);
    let typed = sent.as_ref().and_then(|sent| sent.values.get(name).cloned());
    let problem = sent.and_then(|sent| sent.refusal).and_then(|refusal| refusal.problem(name).map(str::to_owned));
    let id = format!("field-{name}");
    let (hint_id, problem_id) = (format!("{id}-hint"), format!("{id}-problem"));
    let about = [hint.map(|_| hint_id.as_str()), problem.as_ref().map(|_| problem_id.as_str())];
    let about = about.into_iter().flatten().collect::<Vec<_>>().join(" ");
    let reveal = (kind == FieldKind::Password).then(|| reveal(id.clone()));
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <div class="field-box">
                <input
                    id=id
                    name=name
                    type=kind.as_str()
                    value=typed.unwrap_or_else(|| value.to_owned())
                    autocomplete=autocomplete
                    required=true
                    autofocus=autofocus
                    maxlength=maxlength.to_string()
                    aria-describedby=(!about.is_empty()).then_some(about)
                    aria-invalid=problem.is_some().then(|| "true".to_owned())
                />
                {reveal}
            </div>
            {hint.map(|hint| view! { <p class="field-hint" id=hint_id>{hint}</p> })}
            {problem.map(|words| view! { <p class="field-problem" id=problem_id>{words}</p> })}
        </div>
    }
}

/// Shows what was typed into a password field. It is there once a script is.
fn reveal(field: String) -> impl IntoView {
    let id = format!("{field}-reveal");
    let (button, own) = (id.clone(), id.clone());
    Effect::new(move || {
        if let Some(button) = document().get_element_by_id(&button) {
            let _ = button.remove_attribute("hidden");
        }
    });
    Effect::new(move || {
        let (field, own) = (field.clone(), own.clone());
        let listener = window_event_listener(ev::click, move |event| {
            let pressed = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
            let pressed = pressed.and_then(|element| element.closest("button").ok().flatten());
            if let Some(button) = pressed.filter(|button| button.id() == own) {
                turn(&button, &field);
            }
        });
        on_cleanup(move || listener.remove());
    });
    view! { <button type="button" class="field-reveal" id=id aria-pressed="false" aria-label="Show password" hidden=true>"Show"</button> }
}

fn turn(button: &web_sys::Element, field: &str) {
    let Some(field) = document().get_element_by_id(field) else { return };
    let shown = button.get_attribute("aria-pressed").as_deref() == Some("true");
    let (kind, pressed, word) = if shown { ("password", "false", "Show") } else { ("text", "true", "Hide") };
    let _ = field.set_attribute("type", kind);
    let _ = button.set_attribute("aria-pressed", pressed);
    let _ = button.set_attribute("aria-label", &format!("{word} password"));
    button.set_text_content(Some(word));
}

/// The button that sends the form around it.
#[component]
pub fn PlainSubmit(words: &'static str) -> impl IntoView {
    view! { <button class="button" type="submit" data-tone="primary" data-wide=""><span class="button-words">{words}</span></button> }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use focushive::fault::{Fault, Refusal};

    use super::*;
    use crate::{
        ui::written,
        visit::{Feedback, Visit},
    };

    fn after(refusal: Refusal) -> String {
        let values = BTreeMap::from([("email".to_owned(), "\"><script>".to_owned())]);
        let feedback = Feedback { does: "auth.sign_in".to_owned(), refusal: Some(refusal), values, answer: None };
        written(move || {
            provide_context(Visit { feedback: Some(feedback), ..Visit::default() });
            view! {
                <PlainForm does="auth.sign_in">
                    <PlainField form="auth.sign_in" name="email" label="Email" kind=FieldKind::Email hint="Yours" />
                </PlainForm>
            }
        })
    }

    #[test]
    fn what_is_wrong_stands_beside_the_field_and_what_was_typed_cannot_break_out() {
        let html = after(Fault::field("email", "this is needed").into());
        assert!(html.contains(r#"aria-describedby="field-email-hint field-email-problem""#), "{html}");
        assert!(html.contains(r#"aria-invalid="true""#) && html.contains("this is needed"), "{html}");
        assert!(!html.contains("<script>") && !html.contains("notice"), "{html}");
    }

    #[test]
    fn a_reason_of_no_field_stands_above_them() {
        let html = after(Fault::WrongCredentials.into());
        assert!(html.contains("notice") && html.contains("do not match an account."), "{html}");
        assert!(!html.contains("aria-invalid"), "{html}");
    }
}
