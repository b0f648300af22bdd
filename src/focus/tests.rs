//! What counts, and why.

use proptest::prelude::*;
use time::macros::{date, datetime};

use super::*;

const START: Moment = Moment(datetime!(2026-01-05 10:00 UTC));

fn second(seconds: i64) -> Moment {
    START.after(Duration::seconds(seconds))
}

fn span(from: i64, to: i64) -> Span {
    Span { from: second(from), to: second(to) }
}

fn there(from: i64, to: i64) -> Attested {
    Attested { span: span(from, to), was: Was::There }
}

/// What a device that beats every 25 s attests, while it is awake.
fn beaten(awake: &[(i64, i64)]) -> Vec<Attested> {
    let (mut done, mut last) = (Vec::new(), None);
    for (from, to) in awake {
        let mut at = *from;
        while at <= *to {
            let (over, now) = hear(last, second(at), Was::There, Duration::ZERO);
            done.extend(over);
            last = Some(now);
            at += 25;
        }
    }
    done.extend(last.map(Attested::fading));
    done
}

fn credited(attested: &[Attested]) -> i64 {
    credit(&account(span(0, 1500), &[], attested)).whole_seconds()
}

#[test]
fn a_machine_that_slept_for_most_of_it_earns_the_rest() {
    let asleep = beaten(&[(0, 290), (2690, 3000)]);
    let earned = credit(&account(span(0, 3000), &[], &asleep)).whole_seconds();
    assert!((earned - 600).abs() <= 15, "{earned}");
}

#[test]
fn a_crash_ends_it_within_a_quarter_of_a_minute() {
    for crashed_at in [600, 609, 618, 624] {
        let earned = credited(&beaten(&[(0, crashed_at)]));
        assert!((earned - crashed_at).abs() <= 15, "{crashed_at}: {earned}");
    }
}

#[test]
fn two_devices_at_once_count_once() {
    assert_eq!(credited(&[there(0, 1000), there(200, 1200), there(300, 400)]), 1200);
}

#[test]
fn one_who_comes_late_is_credited_from_then_on() {
    assert_eq!(credited(&[there(720, 1500)]), 780);
}

#[test]
fn a_pause_of_ones_own_and_a_pause_of_all_do_not_count() {
    let paused = Attested { span: span(600, 900), was: Was::Paused };
    let pieces = account(span(0, 1500), &[span(1000, 1100)], &[there(0, 600), paused, there(900, 1500)]);
    let causes: Vec<_> = pieces.iter().map(|piece| (piece.cause, piece.span.length().whole_seconds())).collect();
    let expected =
        [(Cause::There, 600), (Cause::Paused, 300), (Cause::There, 100), (Cause::AllPaused, 100), (Cause::There, 400)];
    assert_eq!(causes, expected);
    assert_eq!(credit(&pieces), Duration::seconds(1100));
}

#[test]
fn what_was_given_up_early_is_void_and_coming_late_is_not() {
    let planned = Duration::seconds(1500);
    let whole = |attested: &[Attested]| account(span(0, 1500), &[], attested);
    assert!(is_void(&account(span(0, 120), &[], &[there(0, 120)]), Ending::Stopped, planned));
    assert!(is_void(&whole(&[there(0, 200)]), Ending::Completed, planned));
    assert!(!is_void(&whole(&[there(1380, 1500)]), Ending::Completed, planned));
    assert!(!is_void(&whole(&[there(0, 700)]), Ending::Completed, planned));
    // A host ends it at twenty minutes: whoever came at seventeen has three, and keeps them.
    assert!(!is_void(&account(span(0, 1200), &[], &[there(1020, 1200)]), Ending::Skipped, planned));
}

#[test]
fn an_outage_of_ours_is_nobodys_absence() {
    let (over, last) = hear(Some(there(0, 500)), second(620), Was::There, Duration::seconds(95));
    assert_eq!((over, last.span), (None, span(0, 620)));
    let (over, last) = hear(Some(there(0, 500)), second(620), Was::There, Duration::ZERO);
    assert_eq!(
        (over.map(|over| over.span.to), last.span),
        (Some(second(512).after(Duration::milliseconds(500))), span(620, 620))
    );
}

#[test]
fn a_stretch_of_no_length_leaves_no_trace() {
    let (over, last) = hear(Some(there(7, 7)), second(7), Was::Paused, Duration::ZERO);
    assert_eq!((over, last), (None, Attested { span: span(7, 7), was: Was::Paused }));
}

#[test]
fn a_streak_counts_back_from_today_or_yesterday() {
    let today = date!(2026 - 03 - 10);
    let day = |back: u32| (0..back).fold(today, |day, _| day.previous_day().unwrap());
    assert_eq!(streak(&[day(0), day(1), day(2), day(4)], today), 3);
    assert_eq!(streak(&[day(1), day(2)], today), 2);
    assert_eq!(streak(&[day(2)], today), 0);
    assert_eq!(streak(&[], today), 0);
}

fn attested() -> impl Strategy<Value = Vec<Attested>> {
    let one = (-500..2000i64, 0..900i64, 0..4usize).prop_map(|(from, length, was)| Attested {
        span: span(from, from + length),
        was: [Was::There, Was::Overtime, Was::Paused, Was::Elsewhere][was],
    });
    proptest::collection::vec(one, 0..12)
}

/// Some stretches that somebody is there for, well apart, and how their device's beats fall.
fn stays() -> impl Strategy<Value = Vec<(i64, Vec<i64>)>> {
    proptest::collection::vec((100..400i64, proptest::collection::vec(20..=30i64, 4..12)), 1..4)
}

proptest! {
    #[test]
    fn however_the_beats_fall_each_stay_is_credited_to_a_quarter_of_a_minute(stays in stays()) {
        let (mut at, mut there, mut done, mut last) = (0, 0, Vec::new(), None);
        for (away, beats) in &stays {
            at += away;
            for beat in std::iter::once(&0).chain(beats) {
                at += beat;
                there += beat;
                let (over, now) = hear(last, second(at), Was::There, Duration::ZERO);
                done.extend(over);
                last = Some(now);
            }
        }
        done.extend(last.map(Attested::fading));
        let earned = credit(&account(span(0, at + 1500), &[], &done)).whole_seconds();
        let stays = i64::try_from(stays.len()).unwrap();
        prop_assert!((earned - there).abs() <= 15 * stays, "{earned} of {there}");
    }

    #[test]
    fn an_account_covers_its_phase_once_and_credits_no_more(attested in attested()) {
        let pieces = account(span(0, 1500), &[span(100, 160)], &attested);
        prop_assert_eq!(pieces.iter().map(|piece| piece.span.length()).sum::<Duration>(), Duration::seconds(1500));
        prop_assert_eq!(pieces[0].span.from, second(0));
        prop_assert!(pieces.windows(2).all(|pair| pair[0].span.to == pair[1].span.from && pair[0].cause != pair[1].cause));
        prop_assert!(credit(&pieces) <= Duration::seconds(1440));
    }

    #[test]
    fn the_order_in_which_devices_are_heard_changes_nothing(mut attested in attested()) {
        let before = account(span(0, 1500), &[], &attested);
        attested.reverse();
        prop_assert_eq!(before, account(span(0, 1500), &[], &attested));
    }
}
