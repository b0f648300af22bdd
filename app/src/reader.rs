//! Reads what FocusHive says into its types. Every answer comes as one kind of value, and whoever
//! reads it wants to know whether it can be read, not why not: a reader that composes no sentences
//! about it, and knows no other shape of a struct than the one that is sent, is a fraction of the
//! library's own, which the browser would load before it can show anything.

use std::{fmt, vec};

use serde::{
    Deserializer,
    de::{
        DeserializeOwned, DeserializeSeed, EnumAccess, Error, Expected, IntoDeserializer, MapAccess, SeqAccess,
        Unexpected, VariantAccess, Visitor, value::StringDeserializer,
    },
    forward_to_deserialize_any,
};
use serde_json::{Map, Value, map};

/// It is not what it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unreadable;

pub fn read<T: DeserializeOwned>(value: Value) -> Result<T, Unreadable> {
    T::deserialize(Reader(value))
}

/// The same of a text that holds it.
pub fn read_text<T: DeserializeOwned>(text: &str) -> Result<T, Unreadable> {
    read(serde_json::from_str(text).map_err(|_| Unreadable)?)
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("unreadable")
    }
}

impl std::error::Error for Unreadable {}

impl Error for Unreadable {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }

    fn invalid_type(_: Unexpected<'_>, _: &dyn Expected) -> Self {
        Self
    }

    fn invalid_value(_: Unexpected<'_>, _: &dyn Expected) -> Self {
        Self
    }

    fn invalid_length(_: usize, _: &dyn Expected) -> Self {
        Self
    }

    fn unknown_variant(_: &str, _: &'static [&'static str]) -> Self {
        Self
    }

    fn unknown_field(_: &str, _: &'static [&'static str]) -> Self {
        Self
    }

    fn missing_field(_: &'static str) -> Self {
        Self
    }

    fn duplicate_field(_: &'static str) -> Self {
        Self
    }
}

struct Reader(Value);

impl Reader {
    fn map<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        match self.0 {
            Value::Object(fields) => visitor.visit_map(Fields { fields: fields.into_iter(), value: None }),
            _ => Err(Unreadable),
        }
    }

    fn sequence<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        match self.0 {
            Value::Array(all) => visitor.visit_seq(Elements(all.into_iter())),
            _ => Err(Unreadable),
        }
    }

    fn text<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        match self.0 {
            Value::String(text) => visitor.visit_string(text),
            _ => Err(Unreadable),
        }
    }

    fn number<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        let Value::Number(number) = self.0 else { return Err(Unreadable) };
        match (number.as_u64(), number.as_i64(), number.as_f64()) {
            (Some(number), _, _) => visitor.visit_u64(number),
            (None, Some(number), _) => visitor.visit_i64(number),
            (None, None, Some(number)) => visitor.visit_f64(number),
            (None, None, None) => Err(Unreadable),
        }
    }
}

/// Ways to ask that come to the same.
macro_rules! as_method {
    ($($way:ident: $($name:ident)*;)*) => {
        $($(fn $name<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
            self.$way(visitor)
        })*)*
    };
}

impl<'de> Deserializer<'de> for Reader {
    type Error = Unreadable;

    as_method! {
        map: deserialize_map;
        sequence: deserialize_seq;
        text: deserialize_str deserialize_string deserialize_char deserialize_identifier;
        number: deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_u8 deserialize_u16
            deserialize_u32 deserialize_u64 deserialize_f32 deserialize_f64;
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        match self.0 {
            Value::Null => visitor.visit_unit(),
            Value::Bool(yes) => visitor.visit_bool(yes),
            Value::Number(_) => self.number(visitor),
            Value::String(text) => visitor.visit_string(text),
            Value::Array(_) => self.sequence(visitor),
            Value::Object(_) => self.map(visitor),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        if let Value::Bool(yes) = self.0 { visitor.visit_bool(yes) } else { Err(Unreadable) }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        if self.0.is_null() { visitor.visit_unit() } else { Err(Unreadable) }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_unit()
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        if self.0.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        self.map(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        let (name, content) = match self.0 {
            Value::String(name) => (name, None),
            Value::Object(fields) => one(fields)?,
            _ => return Err(Unreadable),
        };
        visitor.visit_enum(Variant { name, content: content.map(Reader) })
    }

    forward_to_deserialize_any! { bytes byte_buf unit_struct tuple tuple_struct }
}

fn one(fields: Map<String, Value>) -> Result<(String, Option<Value>), Unreadable> {
    let mut fields = fields.into_iter();
    match (fields.next(), fields.next()) {
        (Some((name, content)), None) => Ok((name, Some(content))),
        _ => Err(Unreadable),
    }
}

struct Elements(vec::IntoIter<Value>);

impl<'de> SeqAccess<'de> for Elements {
    type Error = Unreadable;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Unreadable> {
        self.0.next().map(|value| seed.deserialize(Reader(value))).transpose()
    }
}

struct Fields {
    fields: map::IntoIter,
    value: Option<Value>,
}

impl<'de> MapAccess<'de> for Fields {
    type Error = Unreadable;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Unreadable> {
        let Some((name, value)) = self.fields.next() else { return Ok(None) };
        self.value = Some(value);
        let name: StringDeserializer<Unreadable> = name.into_deserializer();
        seed.deserialize(name).map(Some)
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, Unreadable> {
        seed.deserialize(Reader(self.value.take().ok_or(Unreadable)?))
    }
}

struct Variant {
    name: String,
    content: Option<Reader>,
}

impl<'de> EnumAccess<'de> for Variant {
    type Error = Unreadable;
    type Variant = Content;

    fn variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<(T::Value, Content), Unreadable> {
        let name: StringDeserializer<Unreadable> = self.name.into_deserializer();
        Ok((seed.deserialize(name)?, Content(self.content)))
    }
}

struct Content(Option<Reader>);

impl<'de> VariantAccess<'de> for Content {
    type Error = Unreadable;

    fn unit_variant(self) -> Result<(), Unreadable> {
        if self.0.is_none() { Ok(()) } else { Err(Unreadable) }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Unreadable> {
        seed.deserialize(self.0.ok_or(Unreadable)?)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Unreadable> {
        self.0.ok_or(Unreadable)?.sequence(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], visitor: V) -> Result<V::Value, Unreadable> {
        self.0.ok_or(Unreadable)?.map(visitor)
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeMap, fmt::Debug};

    use focushive::{chat::Holding, protocol::Event};
    use serde::Deserialize;
    use serde_json::json;

    use super::*;

    #[derive(Clone, Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct All {
        yes: bool,
        small: u8,
        below: i32,
        part: f64,
        text: String,
        letter: char,
        none: Option<u8>,
        some: Option<Vec<u8>>,
        #[serde(default)]
        named: BTreeMap<String, u8>,
        kind: Kind,
        kinds: Vec<Kind>,
        pair: (u8, String),
    }

    #[derive(Clone, Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Kind {
        Unit,
        New(u8),
        Pair(u8, u8),
        Fields { a: u8 },
    }

    fn all() -> Value {
        json!({
            "yes": true, "small": 7, "below": -7, "part": 0.5, "text": "é", "letter": "x", "none": null, "some": [1, 2],
            "named": { "a": 1 }, "kind": "unit", "kinds": [{ "new": 1 }, { "pair": [1, 2] }, { "fields": { "a": 3 } }],
            "pair": [1, "b"],
        })
    }

    /// It reads what the library reads, and refuses what that refuses.
    fn agrees<T: DeserializeOwned + Debug + PartialEq>(value: &Value) {
        let theirs = serde_json::from_value::<T>(value.clone()).ok();
        assert_eq!(read::<T>(value.clone()).ok(), theirs, "{value}");
    }

    #[test]
    fn it_reads_what_the_library_reads() {
        agrees::<All>(&all());
        assert!(read::<All>(all()).is_ok());
    }

    #[test]
    fn one_thing_wrong_is_wrong() {
        let wrong = [json!(null), json!(-1), json!(1.5), json!("what"), json!([1]), json!({ "what": 1 }), json!(300)];
        let fields: Vec<String> = all().as_object().unwrap().keys().cloned().collect();
        for field in fields {
            for value in &wrong {
                let mut all = all();
                all[&field] = value.clone();
                agrees::<All>(&all);
            }
            let mut without = all();
            without.as_object_mut().unwrap().remove(&field);
            agrees::<All>(&without);
        }
        let mut more = all();
        more["more"] = json!(1);
        agrees::<All>(&more);
    }

    #[test]
    fn every_event_is_read_as_it_is_written() {
        let golden = include_str!("../../src/protocol/snapshots/focushive__protocol__golden__events.snap");
        let json = golden.splitn(3, "---").nth(2).unwrap();
        let events: Vec<Value> = serde_json::from_str(json).unwrap();
        assert!(events.len() > 20);
        for event in events {
            agrees::<Event>(&event);
            assert!(read::<Event>(event).is_ok());
        }
        agrees::<Holding>(&json!({ "waits": 1 }));
    }
}
