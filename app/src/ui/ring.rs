//! The timer's ring: how much of the phase is left, as a sweep and as digits.

use leptos::prelude::*;

/// How it goes on by itself where it was rendered, in milliseconds: for a page whose program is still
/// on its way.
#[derive(Clone, Copy)]
pub enum GoesOn {
    Down { left: u64, whole: u64 },
    Up { worked: u64 },
}

impl GoesOn {
    /// What is left, of how much, and what was worked: as attributes that `tick.js` reads.
    pub fn written(goes_on: Option<Self>) -> [Option<String>; 3] {
        let ms = |ms: u64| Some(ms.to_string());
        match goes_on {
            Some(Self::Down { left, whole }) => [ms(left), ms(whole), None],
            Some(Self::Up { worked }) => [None, None, ms(worked)],
            None => [None, None, None],
        }
    }
}

#[component]
pub fn Ring(
    #[prop(into)] fraction: Signal<f64>,
    #[prop(into)] phase: Signal<String>,
    #[prop(into)] digits: Signal<String>,
    #[prop(into)] next: Signal<String>,
    /// What colours it: a break is not focus.
    #[prop(optional, into)]
    state: Signal<&'static str>,
    /// How it stands, in words; else what it shows.
    #[prop(optional, into)]
    label: Option<Signal<String>>,
    #[prop(optional_no_strip)] goes_on: Option<GoesOn>,
) -> impl IntoView {
    let sweep = move || format!("{} 100", decimal(fraction.get() * 100.0));
    let said = move || label.map_or_else(|| format!("{}, {}", phase.get(), digits.get()), |label| label.get());
    let [left, whole, worked] = GoesOn::written(goes_on);
    view! {
        <svg class="ring" viewBox="0 0 220 220" role="timer" aria-label=said data-state=state data-left=left data-whole=whole data-worked=worked>
            <circle class="ring-track" cx="110" cy="110" r="98" />
            <circle class="ring-sweep" cx="110" cy="110" r="98" pathLength="100" stroke-dasharray=sweep />
            <path class="ring-mark" d=move || mark(state.get()) />
            <text class="ring-phase" x="110" y="84">{phase}</text>
            <text class="ring-digits" x="110" y="127">{digits}</text>
            <text class="ring-next" x="110" y="155">{next}</text>
        </svg>
    }
}

/// A comb for focus, a cup for a break: what colours alone would say is said by a shape as well.
fn mark(state: &str) -> &'static str {
    match state {
        "still" => "",
        "break" => "M102 55h12v5a6 6 0 0 1-12 0zM114 56h2a2.5 2.5 0 0 1 0 5h-2",
        _ => "M110 52l6.5 3.75v7.5L110 67l-6.5-3.75v-7.5z",
    }
}

/// A part of something, with three decimals. By whole numbers: what writes any number with any
/// precision is large, and a browser would load it for this alone.
pub fn decimal(part: f64) -> String {
    let thousandths = (part.max(0.0) * 1000.0).round() as u64;
    format!("{}.{:03}", thousandths / 1000, thousandths % 1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_written_with_three_decimals() {
        let parts = [0.0, 0.75, 0.0004, 0.0005, 1.0, 99.9996, -1.0, f64::NAN];
        let written = ["0.000", "0.750", "0.000", "0.001", "1.000", "100.000", "0.000", "0.000"];
        assert_eq!(parts.map(decimal), written);
    }
}
