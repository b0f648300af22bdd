//! Choices: one of a list, one of a few cards, or on and off.

use leptos::prelude::*;

#[component]
pub fn Select(
    name: &'static str,
    label: &'static str,
    /// Value and words.
    options: Vec<(String, String)>,
    #[prop(optional, into)] value: String,
    #[prop(optional, into)] problem: Signal<Option<String>>,
    /// Sets one of several fields of the same name apart.
    #[prop(optional, into)]
    suffix: String,
) -> impl IntoView {
    let id = format!("field-{name}-{}{suffix}", options.len());
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <select id=id name=name aria-invalid=move || problem.with(Option::is_some).then_some("true")>
                {options
                    .into_iter()
                    .map(|(option, words)| {
                        let selected = option == value;
                        view! { <option value=option selected=selected>{words}</option> }
                    })
                    .collect_view()}
            </select>
            {move || problem.get().map(|words| view! { <p class="field-problem">{words}</p> })}
        </div>
    }
}

/// A few choices, each a card to press.
#[component]
pub fn RadioCards(
    name: &'static str,
    legend: &'static str,
    options: Vec<(String, String)>,
    chosen: String,
    #[prop(optional)] on_pick: Option<Callback<String>>,
) -> impl IntoView {
    view! {
        <fieldset class="choice">
            <legend>{legend}</legend>
            <div class="choice-cards">
                {options
                    .into_iter()
                    .map(|(value, words)| {
                        let checked = value == chosen;
                        let picked = value.clone();
                        let pick = move |_| if let Some(on_pick) = on_pick { on_pick.run(picked.clone()) };
                        view! {
                            <label class="choice-card">
                                <input type="radio" name=name value=value checked=checked on:change=pick />
                                <span>{words}</span>
                            </label>
                        }
                    })
                    .collect_view()}
            </div>
        </fieldset>
    }
}

#[component]
pub fn Switch(
    name: &'static str,
    label: &'static str,
    #[prop(optional)] hint: Option<&'static str>,
    on: bool,
) -> impl IntoView {
    let id = format!("switch-{name}");
    let hint_id = format!("{id}-hint");
    view! {
        <div class="switch">
            <input type="checkbox" role="switch" id=id.clone() name=name value="true" checked=on aria-describedby=hint.map(|_| hint_id.clone()) />
            <label for=id>{label}</label>
            {hint.map(|hint| view! { <p class="field-hint" id=hint_id>{hint}</p> })}
        </div>
    }
}
