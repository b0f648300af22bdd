//! The timer's ring: how much of the phase is left, as a sweep and as digits.

use leptos::prelude::*;

#[component]
pub fn Ring(
    #[prop(into)] fraction: Signal<f64>,
    #[prop(into)] phase: Signal<String>,
    #[prop(into)] digits: Signal<String>,
    #[prop(into)] next: Signal<String>,
    /// What colours it: a break is not focus.
    #[prop(optional, into)]
    state: Signal<&'static str>,
    /// What is left where it was rendered, for a page whose program is still on its way.
    #[prop(optional_no_strip)]
    left_ms: Option<u64>,
) -> impl IntoView {
    let sweep = move || format!("{} 100", decimal(fraction.get() * 100.0));
    let said = move || format!("{}, {} left", phase.get(), digits.get());
    view! {
        <svg class="ring" viewBox="0 0 220 220" role="timer" aria-label=said data-state=state data-left=left_ms.map(|left| left.to_string())>
            <circle class="ring-track" cx="110" cy="110" r="98" />
            <circle class="ring-sweep" cx="110" cy="110" r="98" pathLength="100" stroke-dasharray=sweep />
            <text class="ring-phase" x="110" y="84">{phase}</text>
            <text class="ring-digits" x="110" y="127">{digits}</text>
            <text class="ring-next" x="110" y="155">{next}</text>
        </svg>
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
