//! What holds whatever is done to a clock, and however often one looks.

use proptest::prelude::*;

use super::*;
use crate::focus::{Attested, Was, account, credit};

fn acts() -> impl Strategy<Value = Act> {
    prop_oneof![
        3 => any::<bool>().prop_map(|grid| Act::Start { grid }),
        1 => proptest::option::of(0..70u8).prop_map(|minutes| Act::Pause { minutes }),
        1 => Just(Act::Resume),
        1 => Just(Act::Skip),
        1 => Just(Act::Stop),
        1 => (-600..900i32).prop_map(|seconds| Act::Extend { seconds }),
        1 => rhythms().prop_flat_map(|rhythm| any::<bool>().prop_map(move |now| Act::Set { rhythm: rhythm.clone(), now })),
    ]
}

fn rhythms() -> impl Strategy<Value = Rhythm> {
    (0..3usize, 1..=180u16, 1..=60u16, 1..=120u16, 1..=12u8, 2..=10u8, any::<bool>(), any::<bool>()).prop_map(
        |(style, focus_minutes, short_minutes, long_minutes, rounds, flow_ratio, auto_break, auto_focus)| Rhythm {
            style: Style::ALL[style],
            focus_minutes,
            short_minutes,
            long_minutes,
            rounds,
            flow_ratio,
            auto_break,
            auto_focus,
        },
    )
}

/// What happens at a clock: something is done to it, the first comes or the last goes, or it is
/// only looked at.
#[derive(Clone, Debug)]
enum Step {
    Act(Act),
    Come,
    Go,
    Look,
}

fn comings() -> impl Strategy<Value = Vec<(u32, Step)>> {
    let step = any::<bool>().prop_map(|come| if come { Step::Come } else { Step::Go });
    proptest::collection::vec((0..200_000u32, step), 0..8)
}

/// Does each act at its time; looks at the clock at other times as well.
fn play(acts: &[(u32, Act)], looks: &[u32]) -> (Vec<Ended>, Timer) {
    play_with(acts, &[], looks)
}

/// The same, where people come and go; as in a hive, it is looked at whenever they do.
fn play_with(acts: &[(u32, Act)], comings: &[(u32, Step)], looks: &[u32]) -> (Vec<Ended>, Timer) {
    let acts = acts.iter().map(|(at, act)| (*at, Step::Act(act.clone())));
    let looks = looks.iter().map(|at| (*at, Step::Look));
    let mut steps: Vec<(u32, Step)> = acts.chain(comings.iter().cloned()).chain(looks).collect();
    steps.sort_by_key(|(at, _)| *at);
    let (mut timer, mut ended, mut empty_since) = (timer(automatic()), Vec::new(), None);
    timer.day_ends_at = Some(minute(17 * 60));
    for (at, step) in steps {
        let now = START.after(Duration::seconds(at.into()));
        let before = timer.clone();
        match &step {
            Step::Act(act) => match timer.act(acted(act.clone(), now), empty_since) {
                Ok(more) => ended.extend(more),
                Err(_) => {
                    timer = before;
                    ended.extend(timer.roll(now, empty_since));
                }
            },
            Step::Come | Step::Go | Step::Look => ended.extend(timer.roll(now, empty_since)),
        }
        match step {
            Step::Come => empty_since = None,
            Step::Go => empty_since = empty_since.or(Some(now)),
            Step::Act(_) | Step::Look => {}
        }
    }
    ended.extend(timer.roll(START.after(Duration::days(3)), empty_since));
    (ended, timer)
}

/// Whether nobody had been there for a while by then.
fn empty_at(comings: &[(u32, Step)], at: Moment) -> bool {
    let mut comings: Vec<_> = comings.to_vec();
    comings.sort_by_key(|(second, _)| *second);
    let mut since = None;
    for (second, step) in comings {
        let then = START.after(Duration::seconds(second.into()));
        if then >= at {
            break;
        }
        since = if matches!(step, Step::Go) { since.or(Some(then)) } else { None };
    }
    since.is_some_and(|since| at >= since.after(GRACE))
}

proptest! {
    #[test]
    fn however_often_one_looks_the_boundaries_are_the_same(
        acts in proptest::collection::vec((0..200_000u32, acts()), 1..12),
        looks in proptest::collection::vec(0..250_000u32, 0..60),
    ) {
        let (seldom, timer) = play(&acts, &[]);
        let (often, watched) = play(&acts, &looks);
        prop_assert_eq!(&seldom, &often);
        prop_assert_eq!(timer.run, watched.run);
    }

    #[test]
    fn people_may_come_and_go_and_nothing_begins_by_itself_where_nobody_is(
        acts in proptest::collection::vec((0..200_000u32, acts()), 1..12),
        comings in comings(),
        looks in proptest::collection::vec(0..250_000u32, 0..60),
    ) {
        let (seldom, timer) = play_with(&acts, &comings, &[]);
        let (often, watched) = play_with(&acts, &comings, &looks);
        prop_assert_eq!(&seldom, &often);
        prop_assert_eq!(&timer.run, &watched.run);
        let touched: Vec<Moment> = acts.iter().map(|(at, _)| START.after(Duration::seconds((*at).into()))).collect();
        // What follows a phase without a gap, and without anybody's doing, began by itself.
        for pair in seldom.windows(2) {
            let began = pair[1].span.from;
            if began == pair[0].span.to && !touched.contains(&began) {
                let on_the_grid = acts.iter().any(|(_, act)| matches!(act, Act::Start { grid: true }));
                prop_assert!(on_the_grid || !empty_at(&comings, began), "{pair:?}");
            }
        }
    }

    #[test]
    fn a_cycle_begins_anew_after_its_long_break_and_on_a_new_day_and_at_no_other_time(
        acts in proptest::collection::vec((0..200_000u32, acts()), 1..12),
        comings in comings(),
    ) {
        // Whoever joins the grid leaves out what nobody sat through.
        let afresh = |act| if matches!(act, Act::Start { .. }) { start() } else { act };
        let acts: Vec<_> = acts.into_iter().map(|(at, act)| (at, afresh(act))).collect();
        let (ended, _) = play_with(&acts, &comings, &[]);
        let focus: Vec<&Ended> = ended.iter().filter(|ended| !ended.phase.is_break()).collect();
        let days = |at: Moment| at.since(minute(17 * 60)).whole_seconds().div_euclid(24 * 60 * 60);
        for pair in focus.windows(2) {
            let goes_on = pair[1].round == pair[0].round + 1;
            let another_day = days(pair[1].span.from) > days(pair[0].span.from);
            prop_assert!(goes_on || pair[1].round == 1, "{pair:?}");
            prop_assert!(!another_day || pair[1].round == 1, "{pair:?}");
        }
    }

    #[test]
    fn no_boundary_is_lost_doubled_or_ends_before_it_begins(
        acts in proptest::collection::vec((0..200_000u32, acts()), 1..12),
    ) {
        let (ended, timer) = play(&acts, &[]);
        for pair in ended.windows(2) {
            prop_assert!(pair[0].ordinal < pair[1].ordinal);
            prop_assert!(pair[0].span.to <= pair[1].span.from);
        }
        for ended in &ended {
            prop_assert!(ended.span.from <= ended.span.to);
            prop_assert!(ended.worked() <= Duration::hours(6), "{ended:?}");
            prop_assert!((1..=12).contains(&ended.round) || ended.phase.is_break(), "{ended:?}");
        }
        prop_assert!(timer.face(START).fraction() <= 1.0);
    }

    #[test]
    fn credit_is_the_same_however_often_one_looks_and_no_minute_counts_twice(
        acts in proptest::collection::vec((0..200_000u32, acts()), 1..12),
        looks in proptest::collection::vec(0..250_000u32, 0..60),
        heard in proptest::collection::vec((0..250_000i64, 0..20_000i64), 0..20),
    ) {
        let second = |seconds| START.after(Duration::seconds(seconds));
        let there: Vec<Attested> = heard
            .iter()
            .map(|(from, length)| Attested { span: Span { from: second(*from), to: second(from + length) }, was: Was::There })
            .collect();
        let credits = |ended: &[Ended]| -> Vec<Duration> {
            let focus = ended.iter().filter(|ended| !ended.phase.is_break());
            focus.map(|ended| credit(&account(ended.span, &ended.pauses, &there))).collect()
        };
        let (seldom, _) = play(&acts, &[]);
        let (often, _) = play(&acts, &looks);
        prop_assert_eq!(credits(&seldom), credits(&often));
        for (ended, credited) in seldom.iter().filter(|ended| !ended.phase.is_break()).zip(credits(&seldom)) {
            prop_assert!(credited >= Duration::ZERO && credited <= ended.worked(), "{ended:?}: {credited}");
        }
        let minutes = Span { from: START, to: START.after(Duration::days(4)) };
        let all = credit(&account(minutes, &[], &there));
        prop_assert!(credits(&seldom).into_iter().sum::<Duration>() <= all);
    }

    #[test]
    fn the_next_break_is_where_one_begins_or_is_due_and_none_begins_before(
        acts in proptest::collection::vec((0..9_000u32, acts()), 1..8),
        look in 0..12_000u32,
    ) {
        let mut timer = timer(automatic());
        for (at, act) in acts {
            let _ = timer.act(acted(act, START.after(Duration::seconds(at.into()))), None);
        }
        timer.roll(START.after(Duration::seconds(look.into())), None);
        let Some(at) = timer.next_break() else { return Ok(()) };
        let resting = timer.phase().is_some_and(Phase::is_break).then_some(timer.ordinal);
        let mut before = timer.clone();
        before.roll(at.before(Duration::milliseconds(1)), None);
        let on = before.phase().is_some_and(Phase::is_break).then_some(before.ordinal);
        prop_assert!(on.is_none() || on == resting);
        timer.roll(at, None);
        let begins = match timer.run {
            Run::Running { phase, started_at, .. } => phase.is_break() && started_at == at,
            Run::Waiting { next, since, .. } => next.is_break() && since == at,
            Run::Idle | Run::Paused { .. } => false,
        };
        prop_assert!(begins, "{:?}", timer.run);
    }

    #[test]
    fn another_rhythm_leaves_the_phase_that_is_on_alone_and_counts_from_the_next(
        acts in proptest::collection::vec((0..9_000u32, acts()), 1..8),
        look in 0..9_000u32,
        rhythm in rhythms(),
    ) {
        let mut timer = timer(automatic());
        for (at, act) in acts {
            let _ = timer.act(acted(act, START.after(Duration::seconds(at.into()))), None);
        }
        let now = START.after(Duration::seconds(look.into()));
        timer.roll(now, None);
        let before = timer.clone();
        if timer.act(acted(Act::Set { rhythm: rhythm.clone(), now: false }, now), None).is_err() {
            return Ok(());
        }
        match before.run {
            Run::Idle | Run::Running { .. } | Run::Paused { .. } => prop_assert_eq!(&timer.run, &before.run),
            Run::Waiting { next, .. } if next.is_break() => prop_assert_eq!(&timer.run, &before.run),
            Run::Waiting { .. } => {
                let fits = matches!(timer.run, Run::Waiting { next, .. } if next == rhythm.style.focus());
                prop_assert!(fits, "{:?}", timer.run);
            }
        }
        prop_assert_eq!((timer.ordinal, timer.round), (before.ordinal, before.round));
        // The next phase of focus is one of the new rhythm.
        let mut next = timer;
        while next.phase().is_none_or(Phase::is_break) || next.ordinal == before.ordinal {
            let act = if next.phase().is_some() { Act::Skip } else { start() };
            if next.act(acted(act, now), None).is_err() {
                next.act(acted(Act::Resume, now), None).unwrap();
            }
        }
        prop_assert_eq!(next.phase(), Some(rhythm.style.focus()));
        if rhythm.style == Style::Rounds {
            prop_assert_eq!(ends_at(&next), now.after(rhythm.length(Phase::Focus)));
        }
    }

    #[test]
    fn it_reads_what_it_wrote(acts in proptest::collection::vec((0..9_000u32, acts()), 1..6)) {
        let (_, timer) = play(&acts, &[]);
        let json = serde_json::to_string(&timer).unwrap();
        prop_assert_eq!(serde_json::from_str::<Timer>(&json).unwrap(), timer);
    }
}
