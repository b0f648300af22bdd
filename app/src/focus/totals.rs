//! Today, this week, the days in a row, and a picture of the last fortnight with its table.

use focushive::focus::{Day, Totals};
use leptos::prelude::*;
use time::Duration;

use crate::{
    timer::minutes,
    ui::{Card, decimal},
};

#[component]
pub fn TotalsCard(totals: Totals) -> impl IntoView {
    let length = |seconds: u32| minutes(Duration::seconds(seconds.into()));
    let sessions = match totals.today_sessions {
        1 => "1 session".to_owned(),
        count => format!("{count} sessions"),
    };
    let streak = match totals.streak_days {
        0 => "a streak begins with one session".to_owned(),
        1 => "1 day".to_owned(),
        days => format!("{days} days in a row"),
    };
    view! {
        <Card title="What you did">
            <dl class="totals">
                <div><dt>"Today"</dt><dd>{length(totals.today_seconds)}</dd><dd class="quiet">{sessions}</dd></div>
                <div><dt>"This week"</dt><dd>{length(totals.week_seconds)}</dd><dd class="quiet">"since Monday"</dd></div>
                <div><dt>"Streak"</dt><dd>{totals.streak_days}</dd><dd class="quiet">{streak}</dd></div>
            </dl>
            <Days days=totals.days />
        </Card>
    }
}

#[component]
fn Days(days: Vec<Day>) -> impl IntoView {
    let most = days.iter().map(|day| day.seconds).max().unwrap_or_default().max(1);
    let bars = days.iter().map(|day| {
        let part = f64::from(day.seconds) / f64::from(most);
        view! { <i style:--part=decimal(part)></i> }
    });
    let bars = bars.collect_view();
    let rows = days.into_iter().rev().map(|day| {
        let length = minutes(Duration::seconds(day.seconds.into()));
        view! { <tr><th scope="row">{day.date}</th><td>{length}</td></tr> }
    });
    view! {
        <div class="totals-bars" aria-hidden="true">{bars}</div>
        <details>
            <summary>"The last fourteen days as a table"</summary>
            <table class="totals-table"><tbody>{rows.collect_view()}</tbody></table>
        </details>
    }
}
