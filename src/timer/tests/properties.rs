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

/// Does each act at its time; looks at the clock at other times as well.
fn play(acts: &[(u32, Act)], looks: &[u32]) -> (Vec<Ended>, Timer) {
    let (mut timer, mut ended) = (timer(automatic()), Vec::new());
    let acts = acts.iter().map(|(at, act)| (*at, Some(act)));
    let mut steps: Vec<(u32, Option<&Act>)> = acts.chain(looks.iter().map(|at| (*at, None))).collect();
    steps.sort_by_key(|(at, _)| *at);
    for (at, act) in steps {
        let now = START.after(Duration::seconds(at.into()));
        match act {
            Some(act) => {
                let before = timer.clone();
                match timer.act(acted(act.clone(), now), None) {
                    Ok(more) => ended.extend(more),
                    Err(_) => {
                        timer = before;
                        ended.extend(timer.roll(now, None));
                    }
                }
            }
            None => ended.extend(timer.roll(now, None)),
        }
    }
    ended.extend(timer.roll(START.after(Duration::days(3)), None));
    (ended, timer)
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
