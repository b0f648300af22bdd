//! The rules of the clock: what each act does. That it is the same however often one looks is in
//! `tests/properties.rs`.

mod properties;

use time::macros::datetime;
use uuid::Uuid;

use super::{rhythm::Style, *};
use crate::{Fault, id::UserId, text::Name};

const START: Moment = Moment(datetime!(2026-01-05 10:00 UTC));

fn minute(minutes: i64) -> Moment {
    START.after(Duration::minutes(minutes))
}

fn acted(act: Act, at: Moment) -> Acted {
    Acted { by: UserId(Uuid::from_u128(1)), name: Name::parse("Bob").unwrap(), at, act, stage: None }
}

fn start() -> Act {
    Act::Start { grid: false }
}

fn timer(rhythm: Rhythm) -> Timer {
    Timer { rhythm, ..Timer::default() }
}

fn automatic() -> Rhythm {
    Rhythm { auto_focus: true, ..Rhythm::default() }
}

fn started(rhythm: Rhythm) -> Timer {
    let mut timer = timer(rhythm);
    timer.act(acted(start(), START), None).unwrap();
    timer
}

fn ends_at(timer: &Timer) -> Moment {
    timer.wakes_at().unwrap()
}

#[test]
fn a_round_is_focus_then_a_break_and_the_fourth_break_is_long() {
    let mut timer = started(automatic());
    let ended = timer.roll(minute(25 + 5 + 25 + 5 + 25 + 5 + 25 + 15), None);
    let phases: Vec<_> = ended.iter().map(|ended| (ended.phase, ended.round)).collect();
    let focus = |round| (Phase::Focus, round);
    let rest = |round| (Phase::ShortBreak, round);
    assert_eq!(phases, [focus(1), rest(1), focus(2), rest(2), focus(3), rest(3), focus(4), (Phase::LongBreak, 4)]);
    assert_eq!((timer.phase(), timer.round), (Some(Phase::Focus), 1));
}

#[test]
fn a_break_begins_by_itself_and_focus_waits_for_somebody() {
    let mut timer = started(Rhythm::default());
    assert_eq!(timer.roll(minute(60), None).len(), 2);
    assert!(matches!(timer.run, Run::Waiting { next: Phase::Focus, parked: false, .. }));
    timer.act(acted(start(), minute(61)), None).unwrap();
    assert_eq!((timer.round, ends_at(&timer)), (2, minute(86)));
}

#[test]
fn with_nobody_there_it_parks_and_whoever_comes_first_joins_the_grid_or_starts_afresh() {
    let mut timer = started(automatic());
    let ended = timer.roll(minute(300), Some(minute(10)));
    assert_eq!(ended.len(), 1);
    assert!(matches!(timer.run, Run::Waiting { parked: true, .. }));
    let mut afresh = timer.clone();
    afresh.act(acted(start(), minute(100)), None).unwrap();
    assert_eq!((afresh.phase(), afresh.round, ends_at(&afresh)), (Some(Phase::Focus), 1, minute(125)));
    timer.act(acted(Act::Start { grid: true }, minute(40)), None).unwrap();
    assert_eq!((timer.phase(), timer.round, ends_at(&timer)), (Some(Phase::Focus), 2, minute(55)));
}

#[test]
fn somebody_who_is_gone_for_a_moment_parks_nothing() {
    let mut timer = started(automatic());
    timer.roll(minute(26), Some(minute(24)));
    assert_eq!(timer.phase(), Some(Phase::ShortBreak));
}

#[test]
fn a_paused_clock_keeps_what_is_left() {
    let mut timer = started(Rhythm::default());
    timer.act(acted(Act::Pause { minutes: None }, minute(10)), None).unwrap();
    assert!(timer.roll(minute(500), None).is_empty());
    assert_eq!(timer.face(minute(500)).digits(), "15:00");
    timer.act(acted(Act::Resume, minute(500)), None).unwrap();
    assert_eq!(ends_at(&timer), minute(515));
    let ended = timer.roll(minute(515), None);
    assert_eq!(ended[0].worked(), Duration::minutes(25));
    assert_eq!(ended[0].planned_ms, 25 * 60_000);
}

#[test]
fn another_rhythm_never_ends_what_is_running_unless_it_is_asked_to() {
    let mut timer = started(Rhythm::default());
    let rhythm = Rhythm { focus_minutes: 50, ..Rhythm::default() };
    timer.act(acted(Act::Set { rhythm: rhythm.clone(), now: false }, minute(10)), None).unwrap();
    assert_eq!(ends_at(&timer), minute(25));
    timer.act(acted(Act::Set { rhythm, now: true }, minute(11)), None).unwrap();
    assert_eq!(ends_at(&timer), minute(50));
    let shorter = Rhythm { focus_minutes: 5, ..Rhythm::default() };
    let ended = timer.act(acted(Act::Set { rhythm: shorter, now: true }, minute(12)), None).unwrap();
    assert_eq!((ended.len(), timer.phase()), (1, Some(Phase::ShortBreak)));
}

#[test]
fn time_is_added_to_what_the_server_knows_and_never_taken_below_now() {
    let mut timer = started(Rhythm::default());
    timer.act(acted(Act::Extend { seconds: 300 }, minute(24)), None).unwrap();
    assert_eq!(ends_at(&timer), minute(30));
    timer.act(acted(Act::Extend { seconds: -60 }, minute(24)), None).unwrap();
    assert_eq!(ends_at(&timer), minute(29));
    let refused = timer.act(acted(Act::Extend { seconds: -600 }, minute(24)), None);
    assert!(matches!(refused, Err(Fault::Conflict { .. })));
    assert_eq!(ends_at(&timer), minute(29));
}

#[test]
fn flow_counts_up_and_earns_its_break() {
    let mut timer = started(Preset::Flow.rhythm());
    assert_eq!(timer.face(minute(12)).digits(), "12:00");
    let ended = timer.act(acted(Act::Skip, minute(60)), None).unwrap();
    assert_eq!((ended[0].phase, ended[0].ending), (Phase::Flow, Ending::Skipped));
    assert_eq!((timer.phase(), ends_at(&timer)), (Some(Phase::ShortBreak), minute(72)));
}

#[test]
fn an_aligned_rhythm_falls_on_the_half_hour() {
    let rhythm = Preset::OnTheHalfHour.rhythm();
    assert_eq!(rhythm.style, Style::Aligned);
    let mut timer = timer(rhythm);
    let at = Moment(datetime!(2026-01-05 10:12:34.567 UTC));
    timer.act(acted(start(), at), None).unwrap();
    assert_eq!(ends_at(&timer), Moment(datetime!(2026-01-05 10:25 UTC)));
    let ended = timer.roll(Moment(datetime!(2026-01-05 11:05 UTC)), None);
    let ends: Vec<Moment> = ended.iter().map(|ended| ended.span.to).collect();
    let expected = [datetime!(2026-01-05 10:25 UTC), datetime!(2026-01-05 10:30 UTC), datetime!(2026-01-05 10:55 UTC)];
    assert_eq!(ends[..3], expected.map(Moment));
    let odd = Rhythm { focus_minutes: 24, ..Preset::OnTheHalfHour.rhythm() };
    assert!(odd.check().is_err());
}

#[test]
fn a_new_day_begins_a_new_cycle() {
    let mut timer = timer(automatic());
    timer.day_ends_at = Some(minute(20));
    timer.act(acted(start(), START), None).unwrap();
    timer.roll(minute(31), None);
    assert_eq!(timer.round, 1);
    // One day is over once: the rounds after that count up again.
    timer.roll(minute(61), None);
    assert_eq!((timer.round, timer.day_ends_at), (2, Some(minute(20 + 24 * 60))));
}

#[test]
fn a_phase_that_is_made_to_fit_the_half_hour_ends_on_it() {
    let at = Moment(datetime!(2026-01-05 10:12 UTC));
    let mut timer = timer(Rhythm::default());
    timer.act(acted(start(), at), None).unwrap();
    let aligned = Act::Set { rhythm: Preset::OnTheHalfHour.rhythm(), now: true };
    timer.act(acted(aligned, at.after(Duration::MINUTE)), None).unwrap();
    assert_eq!(ends_at(&timer), Moment(datetime!(2026-01-05 10:25 UTC)));
}

#[test]
fn a_pause_is_no_part_of_the_six_hours_that_a_phase_may_last() {
    let mut timer = started(Rhythm { focus_minutes: 180, ..Rhythm::default() });
    timer.act(acted(Act::Pause { minutes: None }, minute(10)), None).unwrap();
    let more = |minutes: i32| Act::Extend { seconds: minutes * 60 };
    assert!(timer.clone().act(acted(more(181), minute(11)), None).is_err());
    timer.act(acted(Act::Resume, minute(600)), None).unwrap();
    timer.act(acted(more(180), minute(601)), None).unwrap();
    assert!(timer.act(acted(more(1), minute(601)), None).is_err());
}

#[test]
fn what_is_not_running_is_neither_paused_nor_skipped() {
    for act in [Act::Pause { minutes: None }, Act::Resume, Act::Skip, Act::Stop, Act::Extend { seconds: 60 }] {
        assert!(matches!(timer(Rhythm::default()).act(acted(act, START), None), Err(Fault::Conflict { .. })));
    }
    let again = started(Rhythm::default()).act(acted(start(), minute(1)), None);
    assert!(matches!(again, Err(Fault::Conflict { .. })));
}

#[test]
fn digits_show_the_second_that_has_begun_and_never_less_than_nothing() {
    assert_eq!(digits(Duration::milliseconds(24 * 60_000 + 59_001)), "25:00");
    assert_eq!(digits(Duration::milliseconds(1)), "0:01");
    assert_eq!(digits(Duration::ZERO), "0:00");
    assert_eq!(digits(Duration::seconds(-5)), "0:00");
    assert_eq!(digits(Duration::seconds(3723)), "1:02:03");
}

#[test]
fn a_ring_that_moves_by_minutes_is_never_fuller_than_whole() {
    let timer = started(Rhythm::default());
    let part = |seconds| timer.face(START.after(Duration::seconds(seconds))).by_minutes().fraction();
    assert_eq!([part(0), part(1), part(59), part(60), part(61)], [1.0, 1.0, 1.0, 0.96, 0.96]);
    assert_eq!(part(1500), 0.0);
}

#[test]
fn a_lane_is_left_at_the_next_start() {
    let mut timer = started(automatic());
    timer.roll(minute(26), None);
    let overtime = Lane::Overtime { since: minute(25) };
    assert_eq!(overtime.at(&timer, minute(28)), overtime);
    let out = Lane::Out { ordinal: timer.ordinal };
    timer.roll(minute(31), None);
    assert_eq!((overtime.at(&timer, minute(31)), out.at(&timer, minute(31))), (Lane::InStep, Lane::InStep));
    let paused = Lane::Paused { since: minute(20) };
    assert_eq!(paused.at(&timer, minute(31)), paused);
    assert!(!paused.counts(&timer) && Lane::InStep.counts(&timer));
}

#[test]
fn another_rhythm_while_it_waits_is_what_begins() {
    let mut timer = started(Preset::Flow.rhythm());
    timer.act(acted(Act::Skip, minute(30)), None).unwrap();
    timer.roll(minute(60), None);
    assert!(matches!(timer.run, Run::Waiting { next: Phase::Flow, .. }));
    timer.act(acted(Act::Set { rhythm: Preset::Long.rhythm(), now: false }, minute(61)), None).unwrap();
    timer.act(acted(start(), minute(62)), None).unwrap();
    assert_eq!((timer.phase(), ends_at(&timer)), (Some(Phase::Focus), minute(112)));
}

#[test]
fn the_next_break_is_known_where_it_comes_by_itself() {
    let timer = started(Rhythm::default());
    assert_eq!(timer.next_break(), Some(minute(25)));
    let mut paused = timer.clone();
    paused.act(acted(Act::Pause { minutes: None }, minute(5)), None).unwrap();
    assert_eq!(paused.next_break(), None);
    // In a break, it is the one after the focus that follows by itself, or nobody knows.
    let mut resting = timer;
    resting.roll(minute(26), None);
    assert_eq!(resting.next_break(), None);
    let mut going_on = started(automatic());
    going_on.roll(minute(26), None);
    assert_eq!(going_on.next_break(), Some(minute(55)));
    assert_eq!(started(Preset::Flow.rhythm()).next_break(), None);
    assert_eq!(Timer::default().next_break(), None);
}

#[test]
fn a_pause_for_some_minutes_is_over_by_itself() {
    let pause = |minutes| Act::Pause { minutes: Some(minutes) };
    let mut timer = started(automatic());
    timer.act(acted(pause(3), minute(10)), None).unwrap();
    assert_eq!((timer.wakes_at(), timer.ends_at(), timer.next_break()), (Some(minute(13)), None, Some(minute(28))));
    let revision = timer.revision;
    assert_eq!(timer.roll(minute(14), None), []);
    assert_eq!((ends_at(&timer), timer.revision), (minute(28), revision + 1));
    assert_eq!(timer.roll(minute(28), None)[0].worked(), Duration::minutes(25));
    // However late one looks, and also where somebody goes on before.
    let mut early = started(automatic());
    early.act(acted(pause(60), minute(10)), None).unwrap();
    let mut late = early.clone();
    early.act(acted(Act::Resume, minute(12)), None).unwrap();
    assert_eq!(ends_at(&early), minute(27));
    let ended = late.roll(minute(70 + 15 + 5), None);
    assert_eq!(ended.iter().map(|ended| ended.span.to).collect::<Vec<_>>(), [minute(85), minute(90)]);
    for minutes in [0, 61] {
        assert!(matches!(early.act(acted(pause(minutes), minute(20)), None), Err(Fault::Invalid { .. })));
    }
}

#[test]
fn what_comes_a_moment_late_meets_nothing_else() {
    let mut timer = started(Rhythm::default());
    let stage = timer.stage();
    let meant = |act, stage, at| Acted { stage: Some(stage), ..acted(act, at) };
    for act in [Act::Pause { minutes: None }, Act::Skip, Act::Stop, Act::Extend { seconds: 60 }] {
        let late = timer.clone().act(meant(act.clone(), stage, minute(26)), None);
        assert!(matches!(late, Err(Fault::Conflict { .. })), "{act:?}");
        timer.clone().act(meant(act, stage, minute(24)), None).unwrap();
    }
    // A phase that is over, though none has begun since, is over.
    timer.rhythm.auto_break = false;
    timer.roll(minute(26), None);
    assert!(timer.clone().act(meant(Act::Skip, stage, minute(26)), None).is_err());
    timer.act(meant(Act::Skip, timer.stage(), minute(26)), None).unwrap();
}
