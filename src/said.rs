//! An optional text where to leave it out and to leave it blank are two things: left out, it stays as
//! it was; blank, there is none. For serde's `with`.

use std::fmt;

use serde::{
    Deserializer, Serialize, Serializer,
    de::{Error, Visitor},
};

pub fn serialize<S: Serializer, T: Serialize>(said: &Option<Option<T>>, serializer: S) -> Result<S::Ok, S::Error> {
    match said {
        Some(None) => serializer.serialize_str(""),
        Some(Some(text)) => text.serialize(serializer),
        None => serializer.serialize_none(),
    }
}

/// What is there is read as it stands: asked whether there is a text, a form says of a blank one that
/// there is none.
pub fn deserialize<'de, D, T>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
where
    D: Deserializer<'de>,
    T: TryFrom<String>,
    T::Error: fmt::Display,
{
    let Some(text) = deserializer.deserialize_any(AsItStands)? else { return Ok(None) };
    if text.trim().is_empty() {
        return Ok(Some(None));
    }
    T::try_from(text).map(|text| Some(Some(text))).map_err(Error::custom)
}

struct AsItStands;

impl<'de> Visitor<'de> for AsItStands {
    type Value = Option<String>;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Some(text.to_owned()))
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use crate::timer::Start;

    fn start(json: &str) -> Start {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn left_out_and_left_blank_are_two_things_and_stay_so() {
        for (json, said) in [("{}", None), (r#"{"goal":" "}"#, Some(None)), (r#"{"goal":"tea"}"#, Some(Some("tea")))] {
            let read = start(json);
            let goal = read.goal.as_ref().map(|goal| goal.as_ref().map(|goal| goal.as_str()));
            assert_eq!(goal, said, "{json}");
            assert_eq!(start(&serde_json::to_string(&read).unwrap()), read);
        }
    }
}
