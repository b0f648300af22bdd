//! Entity tags: whether an answer is the one the client has, and whether what it would change is
//! still what it saw. A tag has two parts: what somebody may be editing, and the whole answer. Only
//! the first must hold for a change, so that who sits in a hive does not stand in the way of its name.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use focushive::{Fault, caller::Seen};
use serde_json::Value;

use crate::seen;

pub fn of(part: Option<&Value>, body: &[u8]) -> String {
    let whole = word(seen::digest(body));
    match part {
        Some(part) => format!("\"{}.{whole}\"", word(seen::of(part))),
        None => format!("\"{whole}\""),
    }
}

fn word(digest: Seen) -> String {
    URL_SAFE_NO_PAD.encode(digest.0)
}

pub fn header(tag: &str) -> Option<HeaderValue> {
    HeaderValue::from_str(tag).ok()
}

/// Whether the client has this very answer.
pub fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    let known = given(headers, &header::IF_NONE_MATCH);
    known.is_some_and(|known| known.iter().any(|known| known == "*" || known.trim_start_matches("W/") == tag))
}

/// Whether what would be changed is what the client saw; without a word from it, it is.
pub fn holds(headers: &HeaderMap, part: &Value) -> bool {
    let now = word(seen::of(part));
    let seen = |tag: &String| tag == "*" || tag.trim_matches('"').split('.').next() == Some(&now);
    given(headers, &header::IF_MATCH).is_none_or(|tags| tags.iter().any(seen))
}

/// Whether it may be whatever it is, as long as it is there.
pub fn is_any(headers: &HeaderMap) -> bool {
    given(headers, &header::IF_MATCH).is_some_and(|tags| tags.iter().any(|tag| tag == "*"))
}

pub fn is_asked(headers: &HeaderMap) -> bool {
    headers.contains_key(header::IF_MATCH)
}

fn given(headers: &HeaderMap, name: &HeaderName) -> Option<Vec<String>> {
    let all: Vec<&HeaderValue> = headers.get_all(name).iter().collect();
    let texts = all.iter().filter_map(|value| value.to_str().ok());
    (!all.is_empty()).then(|| texts.flat_map(|text| text.split(',')).map(|tag| tag.trim().to_owned()).collect())
}

/// A tag that is none cannot hold for anything.
pub fn check(headers: &HeaderMap) -> Result<(), Fault> {
    let unreadable = headers.get_all(header::IF_MATCH).iter().any(|value| value.to_str().is_err());
    if unreadable { Err(Fault::field("if-match", "this is not an entity tag")) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn with(name: HeaderName, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_str(value).unwrap())])
    }

    #[test]
    fn a_change_needs_the_part_and_a_copy_the_whole() {
        let (part, body) = (json!({ "name": "Library" }), b"with two people in it");
        let tag = of(Some(&part), body);
        let later = of(Some(&part), b"with three people in it");
        assert!(is_known(&with(header::IF_NONE_MATCH, &tag), &tag));
        assert!(is_known(&with(header::IF_NONE_MATCH, &format!("\"a\", W/{tag}")), &tag));
        assert!(!is_known(&with(header::IF_NONE_MATCH, &tag), &later));
        assert!(holds(&with(header::IF_MATCH, &tag), &part) && holds(&with(header::IF_MATCH, &later), &part));
        assert!(!holds(&with(header::IF_MATCH, &tag), &json!({ "name": "Attic" })));
        assert!(holds(&with(header::IF_MATCH, "*"), &part) && holds(&HeaderMap::new(), &part));
        assert!(is_any(&with(header::IF_MATCH, "*")) && !is_any(&with(header::IF_MATCH, &tag)));
    }
}
