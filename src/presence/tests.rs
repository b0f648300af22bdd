//! Who is here, by what their devices say.

use proptest::prelude::*;
use time::macros::datetime;
use uuid::Uuid;

use super::*;
use crate::text::{Handle, Name};

const NOW: Moment = Moment(datetime!(2026-01-05 10:00 UTC));

fn heard(seconds_ago: i64, active: bool) -> Device {
    Device::new(active, NOW.before(Duration::seconds(seconds_ago)))
}

fn focus() -> Option<Session> {
    Some(Session::Focus { until: NOW.after(Duration::minutes(10)) })
}

#[test]
fn the_most_present_device_counts() {
    let facts = Facts { devices: vec![heard(5, false), heard(20, true)], ..Facts::default() };
    assert_eq!(facts.state(NOW), State::Around);
    let hidden = Facts { devices: vec![heard(5, false)], ..Facts::default() };
    assert_eq!(hidden.state(NOW), State::Away);
}

#[test]
fn whoever_closed_the_page_is_gone_sooner_than_whoever_lost_the_connection() {
    let closed = |ago| Device { end: Some(End::Closed), ..heard(ago, true) };
    let facts = |session, ago| Facts { devices: vec![closed(ago)], session, choice: None };
    assert_eq!(facts(None, 10).state(NOW), State::Around);
    assert_eq!(facts(None, 11).state(NOW), State::Offline);
    assert!(matches!(facts(focus(), 119).state(NOW), State::Focusing { .. }));
    let other = Facts { devices: vec![closed(11), heard(5, false)], ..Facts::default() };
    assert_eq!(other.state(NOW), State::Away);
}

#[test]
fn a_session_beats_a_hidden_tab_and_outlives_a_lost_connection() {
    let facts = |ago| Facts { devices: vec![heard(ago, false)], session: focus(), choice: None };
    assert!(matches!(facts(5).state(NOW), State::Focusing { .. }));
    assert!(matches!(facts(119).state(NOW), State::Focusing { .. }));
    assert_eq!(facts(130).state(NOW), State::Reconnecting);
    assert_eq!(facts(196).state(NOW), State::Offline);
}

#[test]
fn a_choice_stands_above_what_devices_say() {
    let facts = |choice| Facts { devices: vec![heard(1, true)], session: None, choice: Some(choice) };
    assert_eq!(facts(Choice::DoNotDisturb).state(NOW), State::DoNotDisturb);
    assert_eq!(facts(Choice::Away).state(NOW), State::Away);
    assert_eq!(facts(Choice::Offline).state(NOW), State::Offline);
}

#[test]
fn a_beat_a_minute_keeps_somebody_here() {
    let facts = Facts { devices: vec![heard(61, true)], ..Facts::default() };
    assert_eq!(facts.state(NOW), State::Around);
    let gone = Facts { devices: vec![heard(76, true)], ..Facts::default() };
    assert_eq!(gone.state(NOW), State::Offline);
}

fn seat(n: u8, around: bool) -> Seat {
    let person = Person {
        id: UserId(Uuid::from_u128(n.into())),
        name: Name::parse("Ada").unwrap(),
        handle: Handle::parse("ada").unwrap(),
        avatar: None,
        status: None,
    };
    Seat { person, state: if around { State::Around } else { State::Away }, goal: None }
}

fn seats() -> impl Strategy<Value = BTreeMap<UserId, Seat>> {
    proptest::collection::btree_map(0..12u8, any::<bool>(), 0..12).prop_map(|people| {
        people.into_iter().map(|(n, around)| seat(n, around)).map(|seat| (seat.person.id, seat)).collect()
    })
}

proptest! {
    #[test]
    fn a_difference_leads_from_what_was_to_what_is(before in seats(), after in seats()) {
        let mut list = before.clone();
        Difference::between(&before, &after).apply(&mut list);
        prop_assert_eq!(&list, &after);
        prop_assert!(Difference::between(&after, &list).is_empty());
    }

    #[test]
    fn two_differences_in_one_lead_to_the_same(lists in proptest::collection::vec(seats(), 3..8)) {
        let steps = lists.windows(2).map(|pair| Difference::between(&pair[0], &pair[1]));
        let all = steps.reduce(Difference::then).unwrap_or_default();
        let mut list = lists[0].clone();
        all.apply(&mut list);
        prop_assert_eq!(Some(&list), lists.last());
    }
}
