//! A button. While it is busy it keeps its width and its words, and takes no second press.

use leptos::prelude::*;

use super::Tone;

#[component]
pub fn Button(
    #[prop(optional)] tone: Tone,
    #[prop(optional, into)] busy: Signal<bool>,
    #[prop(optional)] wide: bool,
    #[prop(optional)] small: bool,
    /// `submit` unless it does something else than send its form.
    #[prop(default = "submit")]
    kind: &'static str,
    #[prop(optional)] disabled: bool,
    /// What it is called where its words alone do not tell.
    #[prop(optional_no_strip, into)]
    label: Option<String>,
    children: Children,
) -> impl IntoView {
    let busy = Signal::derive(move || busy.get().then_some("true"));
    view! {
        <button
            class="button"
            type=kind
            data-tone=tone.as_str()
            data-size=small.then_some("small")
            data-wide=wide
            aria-busy=busy
            aria-disabled=busy
            aria-label=label
            disabled=disabled
        >
            <span class="button-words">{children()}</span>
        </button>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::written;

    #[test]
    fn says_its_tone_and_keeps_its_words_while_busy() {
        let html = written(|| view! { <Button tone=Tone::Danger busy=Signal::stored(true)>"Remove"</Button> });
        assert!(
            html.contains(r#"data-tone="danger""#) && html.contains(r#"aria-busy="true""#) && html.contains("Remove"),
            "{html}"
        );
    }
}
