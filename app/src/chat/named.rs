//! Who is named in what somebody writes, and who may be meant by a few letters. Pure.

use focushive::{hive::Member, id::UserId, letter};

/// How many are shown: others are found by another letter.
const MOST: usize = 6;

/// To name a whole hive is asked about first if it reaches more people than this.
const ASK_ABOVE: usize = 20;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    pub handle: String,
    pub name: String,
    pub initials: String,
    pub note: String,
}

/// The mention that is being written: where its `@` is, and the letters up to the caret. Places are
/// counted as browsers do, in UTF-16.
pub fn word_at(text: &str, caret: usize) -> Option<(usize, String)> {
    let before: Vec<u16> = text.encode_utf16().take(caret).collect();
    let before = String::from_utf16_lossy(&before);
    let (rest, letters) = before.rsplit_once('@')?;
    let begins = rest.chars().next_back().is_none_or(|c| c.is_whitespace() || "(\"'[".contains(c));
    let fits = letters.chars().count() <= 30 && letters.chars().all(|c| c.is_alphanumeric() || ".-_".contains(c));
    (begins && fits).then(|| (rest.encode_utf16().count(), letter::fold(letters)))
}

/// Those that are meant: who is here first, then by name; everybody at once comes last.
pub fn candidates(members: &[Member], here: &[UserId], me: Option<UserId>, letters: &str) -> Vec<Candidate> {
    let fits = |member: &&Member| {
        let name = letter::fold(member.person.name.as_str());
        let words = name.split_whitespace().any(|word| word.starts_with(letters));
        Some(member.person.id) != me && (words || member.person.handle.as_str().starts_with(letters))
    };
    let mut people: Vec<&Member> = members.iter().filter(fits).collect();
    people.sort_by_key(|member| (!here.contains(&member.person.id), letter::fold(member.person.name.as_str())));
    let person = |member: &Member| Candidate {
        handle: member.person.handle.to_string(),
        name: member.person.name.to_string(),
        initials: member.person.name.initials(),
        note: if here.contains(&member.person.id) { "here".to_owned() } else { String::new() },
    };
    let all =
        [("hive", "Everybody of this hive", others(members)), ("here", "Everybody who is here", others_of(here, me))];
    let all = all.into_iter().filter(|(handle, _, _)| handle.starts_with(letters)).map(|(handle, name, many)| {
        Candidate { handle: handle.to_owned(), name: name.to_owned(), initials: "@".to_owned(), note: count(many) }
    });
    people.into_iter().take(MOST).map(person).chain(all).collect()
}

pub fn count(people: usize) -> String {
    if people == 1 { "1 person".to_owned() } else { format!("{people} people") }
}

const fn others(members: &[Member]) -> usize {
    members.len().saturating_sub(1)
}

fn others_of(here: &[UserId], me: Option<UserId>) -> usize {
    here.iter().filter(|user| Some(**user) != me).count()
}

/// How many people a message reaches by naming the whole hive, if that is to be asked about.
pub fn reach(text: &str, members: Option<&[Member]>) -> Option<usize> {
    let all = handles(text).any(|handle| handle == "hive");
    members.map(others).filter(|others| all && *others > ASK_ABOVE)
}

/// Whether anybody is named.
pub fn names(text: &str) -> bool {
    handles(text).next().is_some()
}

/// Handles that are named and belong to nobody of the hive.
pub fn strangers(text: &str, members: &[Member]) -> Vec<String> {
    let known = |handle: &str| {
        matches!(handle, "hive" | "here") || members.iter().any(|member| member.person.handle.as_str() == handle)
    };
    let mut strangers: Vec<String> = handles(text).filter(|handle| !known(handle)).collect();
    strangers.dedup();
    strangers
}

/// What is written like a handle, once it is written out: a letter follows that is not part of it.
fn handles(text: &str) -> impl Iterator<Item = String> {
    let words = text.split(|c: char| c.is_whitespace() || "(),;:!?\"'*_~<>[]".contains(c));
    let named =
        words.filter_map(|word| word.strip_prefix('@')).map(|word| word.trim_end_matches('.').to_ascii_lowercase());
    named.filter(|handle| handle.len() > 1)
}

#[cfg(test)]
mod tests {
    use focushive::{hive::Rank, moment::Moment, user::Person};
    use uuid::Uuid;

    use super::*;

    fn member(number: u128, name: &str, handle: &str) -> Member {
        let person = Person {
            id: UserId(Uuid::from_u128(number)),
            name: focushive::text::Name::parse(name).unwrap(),
            handle: focushive::text::Handle::parse(handle).unwrap(),
            avatar: None,
            status: None,
        };
        let joined_at: Moment = serde_json::from_str("\"2026-01-05T10:20:31.412Z\"").unwrap();
        Member { person, rank: Rank::Member, muted_until: None, joined_at }
    }

    fn found(letters: &str, here: &[u128]) -> Vec<String> {
        let members = [member(1, "Ada", "ada"), member(2, "Bob Hill", "bob"), member(3, "Carl", "carl-h")];
        let here: Vec<UserId> = here.iter().map(|number| UserId(Uuid::from_u128(*number))).collect();
        let me = Some(UserId(Uuid::from_u128(1)));
        candidates(&members, &here, me, letters).into_iter().map(|found| found.handle).collect()
    }

    #[test]
    fn a_mention_begins_with_a_word_and_ends_at_the_caret() {
        assert_eq!(word_at("hi @Bo", 6), Some((3, "bo".to_owned())));
        assert_eq!(word_at("hi @Bo", 4), Some((3, String::new())));
        assert_eq!(word_at("🐝 @b", 5), Some((3, "b".to_owned())));
        assert_eq!(word_at("x@y.z", 5), None);
        assert_eq!(word_at("@bob and", 8), None);
        assert_eq!(word_at("none", 4), None);
    }

    #[test]
    fn who_is_here_comes_first_and_everybody_last() {
        assert_eq!(found("", &[3]), ["carl-h", "bob", "hive", "here"]);
        assert_eq!(found("h", &[]), ["bob", "hive", "here"]);
        assert_eq!(found("car", &[]), ["carl-h"]);
        assert_eq!(found("ada", &[]), Vec::<String>::new());
    }

    #[test]
    fn a_whole_hive_is_asked_about_when_it_is_many() {
        let many: Vec<Member> = (1..=22).map(|n| member(n, "Ada", &format!("ada{n}"))).collect();
        assert_eq!(reach("@hive: tea?", Some(&many)), Some(21));
        assert_eq!(reach("@hive: tea?", Some(&many[..21])), None);
        assert_eq!(reach("hive", Some(&many)), None);
        assert_eq!(reach("@hive", None), None);
    }

    #[test]
    fn strangers_are_named_and_addresses_are_not() {
        let members = [member(1, "Ada", "ada")];
        assert_eq!(strangers("@ada @here (@dora). x@y.z @dora", &members), ["dora"]);
    }
}
