//! What one can jump to, and which of it somebody means by a few letters. Pure.

use focushive::{
    hive::{Card, Companion},
    id::UserId,
    letter,
    user::Person,
};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub kind: Kind,
    pub name: String,
    /// What tells it from others of the name.
    pub note: String,
    pub path: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Hive,
    Person,
    Page,
}

impl Kind {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Hive => "hive",
            Self::Person => "person",
            Self::Page => "page",
        }
    }
}

/// How many are shown: more are found by another letter.
const MOST: usize = 10;

/// The hives one can see, those who are in them, and the pages everybody has.
pub fn all(cards: &[Card], me: Option<UserId>, pages: &[(&str, &str)]) -> Vec<Place> {
    let mut places: Vec<Place> = cards.iter().map(hive).collect();
    places.extend(pages.iter().map(|(path, name)| Place {
        kind: Kind::Page,
        name: (*name).to_owned(),
        note: String::new(),
        path: (*path).to_owned(),
    }));
    let mut known: Vec<UserId> = me.into_iter().collect();
    for card in cards {
        for seat in &card.here {
            if !known.contains(&seat.person.id) {
                known.push(seat.person.id);
                places.push(person(
                    &seat.person,
                    &format!("is in {}", card.hive.name),
                    format!("/hive/{}", card.hive.id),
                ));
            }
        }
    }
    places
}

/// What FocusHive itself found by some letters, beside what is known already.
pub fn add(places: &mut Vec<Place>, cards: &[Card], people: &[Companion]) {
    let here = |place: &Place, places: &[Place]| {
        let known =
            |known: &&Place| known.kind == place.kind && known.name == place.name && handle(known) == handle(place);
        places.iter().find(known).is_some_and(|known| place.kind == Kind::Person || known.path == place.path)
    };
    let hives = cards.iter().map(hive);
    let people = people.iter().map(|one| {
        let path = format!("/hive/{}/members#member-{}", one.hive, one.person.handle);
        person(&one.person, &format!("belongs to {}", one.name), path)
    });
    for place in hives.chain(people) {
        if !here(&place, places) {
            places.push(place);
        }
    }
}

fn person(person: &Person, where_: &str, path: String) -> Place {
    Place { kind: Kind::Person, name: person.name.to_string(), note: format!("@{} {where_}", person.handle), path }
}

fn hive(card: &Card) -> Place {
    let note = match card {
        card if card.hive.archived => "archived".to_owned(),
        card if card.rank.is_none() => "not joined".to_owned(),
        card if card.unread > 0 => format!("{} unread", card.unread),
        card if !card.here.is_empty() => format!("{} here", card.here.len()),
        _ => String::new(),
    };
    Place { kind: Kind::Hive, name: card.hive.name.to_string(), note, path: format!("/hive/{}", card.hive.id) }
}

/// Those that are meant, the best first: by how they begin, then by how lately one was there.
/// Where one is already comes last.
pub fn find(places: &[Place], words: &str, trail: &[String], here: &str) -> Vec<Place> {
    let words = letter::fold(words.trim());
    let mut found: Vec<(u8, usize, &Place)> = places
        .iter()
        .filter_map(|place| {
            let lately = trail.iter().position(|path| *path == place.path && place.kind != Kind::Person);
            let lately = if place.path == here { usize::MAX } else { lately.unwrap_or(usize::MAX - 1) };
            Some((fit(place, &words)?, lately, place))
        })
        .collect();
    found.sort_by_key(|(fit, lately, _)| (*fit, *lately));
    found.into_iter().take(MOST).map(|(_, _, place)| place.clone()).collect()
}

/// By what somebody is called besides their name.
fn handle(place: &Place) -> &str {
    let note = place.note.strip_prefix('@').filter(|_| place.kind == Kind::Person).unwrap_or_default();
    note.split(' ').next().unwrap_or_default()
}

/// How well it fits: zero is best, and nothing is not at all.
fn fit(place: &Place, words: &str) -> Option<u8> {
    let name = letter::fold(&place.name);
    let handle = handle(place);
    let begins = |text: &str| text.split([' ', '-', '_']).any(|word| word.starts_with(words));
    match words.trim_start_matches('@') {
        "" => Some(0),
        _ if name.starts_with(words) => Some(1),
        letters if handle.starts_with(letters) || begins(&name) => Some(2),
        letters if name.contains(letters) => Some(3),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use focushive::{
        id::HiveId,
        text::{Handle, HiveName, Name},
    };

    use super::*;

    fn place(kind: Kind, name: &str, note: &str, path: &str) -> Place {
        Place { kind, name: name.to_owned(), note: note.to_owned(), path: path.to_owned() }
    }

    fn names(words: &str, trail: &[&str]) -> Vec<String> {
        let places = [
            place(Kind::Hive, "Deep Work", "", "/hive/1"),
            place(Kind::Hive, "Library", "", "/hive/2"),
            place(Kind::Hive, "Night work", "", "/hive/3"),
            place(Kind::Page, "Lobby", "", "/"),
            place(Kind::Person, "Bob Builder", "@bob is in Library", "/hive/2"),
        ];
        let trail: Vec<String> = trail.iter().map(|path| (*path).to_owned()).collect();
        find(&places, words, &trail, "/").into_iter().map(|place| place.name).collect()
    }

    #[test]
    fn without_a_letter_the_last_places_come_first_and_this_one_last() {
        assert_eq!(
            names("", &["/", "/hive/3", "/hive/1"]),
            ["Night work", "Deep Work", "Library", "Bob Builder", "Lobby"]
        );
    }

    #[test]
    fn names_that_begin_with_the_letters_come_before_those_that_have_them() {
        assert_eq!(names("l", &[]), ["Library", "Lobby", "Bob Builder"]);
        assert_eq!(names("WORK", &["/hive/3"]), ["Night work", "Deep Work"]);
        assert_eq!(names("zzz", &[]), Vec::<String>::new());
    }

    #[test]
    fn whoever_is_known_already_is_not_named_twice() {
        let at = |note: &str, path: &str| place(Kind::Person, "Bob Builder", note, path);
        let mut places = vec![at("@bob is in Library", "/hive/2")];
        let bob = |handle: &str| Companion {
            person: Person {
                id: UserId(uuid::Uuid::from_u128(1)),
                name: Name::parse("Bob Builder").unwrap(),
                handle: Handle::parse(handle).unwrap(),
                avatar: None,
                status: None,
            },
            hive: HiveId(uuid::Uuid::from_u128(2)),
            name: HiveName::parse("Library").unwrap(),
        };
        add(&mut places, &[], &[bob("bob"), bob("other_bob")]);
        let path = "/hive/00000000-0000-0000-0000-000000000002/members#member-other_bob";
        assert_eq!(places, [at("@bob is in Library", "/hive/2"), at("@other_bob belongs to Library", path)]);
    }

    #[test]
    fn people_are_found_by_name_and_by_handle() {
        assert_eq!(names("build", &[]), ["Bob Builder"]);
        assert_eq!(names("@bob", &[]), ["Bob Builder"]);
    }
}
