//! A labelled input. Its hint and what is wrong with it stand beside it and are read with it.

use leptos::prelude::*;

/// What is typed into a field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FieldKind {
    #[default]
    Text,
    Email,
    Password,
    Search,
    Number,
    Time,
    Picture,
}

impl FieldKind {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Email => "email",
            Self::Password => "password",
            Self::Search => "search",
            Self::Number => "number",
            Self::Time => "time",
            Self::Picture => "file",
        }
    }
}

#[component]
pub fn Field(
    name: &'static str,
    label: &'static str,
    #[prop(optional)] kind: FieldKind,
    #[prop(optional, into)] value: String,
    #[prop(optional_no_strip)] hint: Option<&'static str>,
    #[prop(optional_no_strip)] autocomplete: Option<&'static str>,
    #[prop(optional)] required: bool,
    #[prop(optional)] autofocus: bool,
    #[prop(optional_no_strip)] maxlength: Option<u16>,
    #[prop(optional, into)] problem: Signal<Option<String>>,
    /// Sets one of several fields of the same name apart.
    #[prop(optional, into)]
    suffix: String,
) -> impl IntoView {
    let id = format!("field-{name}{suffix}");
    let (hint_id, problem_id) = (format!("{id}-hint"), format!("{id}-problem"));
    let about = {
        let (hint_id, problem_id) = (hint_id.clone(), problem_id.clone());
        move || {
            let wrong = problem.with(Option::is_some).then(|| problem_id.clone());
            let ids: Vec<String> = hint.map(|_| hint_id.clone()).into_iter().chain(wrong).collect();
            (!ids.is_empty()).then(|| ids.join(" "))
        }
    };
    let shown = RwSignal::new(false);
    let open = move || kind == FieldKind::Password && shown.get();
    let kind_now = Signal::derive(move || Some(if open() { "text" } else { kind.as_str() }));
    let wrong = Signal::derive(move || problem.with(Option::is_some).then_some("true"));
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <div class="field-box">
                <input
                    id=id.clone()
                    name=name
                    type=kind_now
                    value=(kind != FieldKind::Picture).then_some(value)
                    autocomplete=autocomplete
                    required=required
                    autofocus=autofocus
                    maxlength=maxlength
                    accept=(kind == FieldKind::Picture).then_some("image/png,image/jpeg,image/gif,image/webp")
                    aria-describedby=about
                    aria-invalid=wrong
                />
                {(kind == FieldKind::Password).then(|| view! { <Reveal shown /> })}
            </div>
            {hint.map(|hint| view! { <p class="field-hint" id=hint_id.clone()>{hint}</p> })}
            {move || problem.get().map(|words| view! { <p class="field-problem" id=problem_id.clone()>{words}</p> })}
        </div>
    }
}

/// Several lines, with the same things beside them.
#[component]
pub fn Area(
    name: &'static str,
    label: &'static str,
    #[prop(optional, into)] value: String,
    #[prop(optional_no_strip)] hint: Option<&'static str>,
    #[prop(optional_no_strip)] maxlength: Option<u16>,
    #[prop(optional, into)] problem: Signal<Option<String>>,
) -> impl IntoView {
    let id = format!("field-{name}");
    let (hint_id, problem_id) = (format!("{id}-hint"), format!("{id}-problem"));
    let about = hint.map(|_| hint_id.clone());
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <textarea id=id name=name rows="4" maxlength=maxlength aria-describedby=about>{value}</textarea>
            {hint.map(|hint| view! { <p class="field-hint" id=hint_id>{hint}</p> })}
            {move || problem.get().map(|words| view! { <p class="field-problem" id=problem_id.clone()>{words}</p> })}
        </div>
    }
}

/// Shows what was typed into a password field. It is there once a script is.
#[component]
fn Reveal(shown: RwSignal<bool>) -> impl IntoView {
    let awake = RwSignal::new(false);
    Effect::new(move || awake.set(true));
    move || {
        awake.get().then(|| view! {
            <button type="button" class="field-reveal" aria-pressed=move || shown.get().to_string() on:click=move |_| shown.update(|shown| *shown = !*shown)>
                {move || if shown.get() { "Hide" } else { "Show" }}
                <span class="visually-hidden">" password"</span>
            </button>
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::written;

    #[test]
    fn what_is_wrong_stands_beside_the_field_and_is_read_with_it() {
        let html =
            written(|| view! { <Field name="email" label="Email" problem=Signal::stored(Some("no".to_owned())) /> });
        assert!(html.contains(r#"aria-describedby="field-email-problem""#), "{html}");
        assert!(html.contains(r#"aria-invalid="true""#), "{html}");
    }

    #[test]
    fn what_was_typed_cannot_break_out_of_its_field() {
        let html = written(|| view! { <Field name="name" label="Name" value="\"><script>" /> });
        assert!(!html.contains("<script>"), "{html}");
    }
}
