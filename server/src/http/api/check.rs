//! Whether values fit the schemas that the document gives them, so that the document is true to the
//! letter. What a schema cannot say is found by whoever reads the request.

use focushive::{Fault, fault::Problems, text::TextProblem};
use serde_json::Value;

use super::{
    document::DOCUMENT,
    fields::Field,
    route::{Fields, part},
};

/// What a whole number is at most, by its format.
const WHOLE: [(&str, i128); 2] = [("int32", i32::MAX as i128), ("int64", i64::MAX as i128)];

/// Everything that does not fit, with its field.
pub fn fit(fields: &[Field], given: &Fields) -> Result<(), Fault> {
    let mut problems = Problems::default();
    for field in fields {
        if let Some(value) = given.get(&field.name) {
            look(&field.schema, value, &field.called, &mut problems);
        }
    }
    problems.none()
}

fn look(schema: &Value, value: &Value, path: &str, problems: &mut Problems) {
    if let Some(name) = part(schema, "$ref").as_str().and_then(|reference| reference.rsplit('/').next()) {
        return look(part(&DOCUMENT.schemas, name), value, path, problems);
    }
    if let Some(kinds) = part(schema, "oneOf").as_array() {
        let (nothing, others): (Vec<&Value>, Vec<&Value>) = kinds.iter().partition(|kind| part(kind, "type") == "null");
        match others.as_slice() {
            _ if value.is_null() && !nothing.is_empty() => {}
            [only] => look(only, value, path, problems),
            _ => {}
        }
        return;
    }
    if !is_of(part(schema, "type"), value) {
        return problems.note(path, format!("{} is wanted", wanted(part(schema, "type"))));
    }
    if let Some(known) = part(schema, "enum").as_array()
        && !known.contains(value)
    {
        return problems.note(path, TextProblem::NotAChoice.to_string());
    }
    match value {
        Value::String(text) => length(schema, text.chars().count(), path, problems),
        Value::Number(number) => bounds(schema, number, path, problems),
        Value::Array(items) => list(schema, items, path, problems),
        Value::Object(fields) => object(schema, fields, path, problems),
        Value::Null | Value::Bool(_) => {}
    }
}

fn is_of(kind: &Value, value: &Value) -> bool {
    let fits = |kind: &Value| match kind.as_str() {
        Some("string") => value.is_string(),
        Some("integer") => value.is_i64() || value.is_u64(),
        Some("number") => value.is_number(),
        Some("boolean") => value.is_boolean(),
        Some("array") => value.is_array(),
        Some("object") => value.is_object(),
        Some("null") => value.is_null(),
        _ => true,
    };
    match kind {
        Value::Array(kinds) => kinds.iter().any(fits),
        kind => fits(kind),
    }
}

fn wanted(kind: &Value) -> &'static str {
    let kind = kind.as_array().and_then(|kinds| kinds.iter().find(|kind| **kind != "null")).unwrap_or(kind);
    match kind.as_str() {
        Some("string") => "a text",
        Some("integer") => "a whole number",
        Some("number") => "a number",
        Some("boolean") => "true or false",
        Some("array") => "a list",
        _ => "an object",
    }
}

fn length(schema: &Value, count: usize, path: &str, problems: &mut Problems) {
    let bound = |name: &str| schema[name].as_u64().and_then(|bound| usize::try_from(bound).ok());
    match (bound("minLength"), bound("maxLength")) {
        (Some(1), _) if count == 0 => problems.note(path, TextProblem::Empty.to_string()),
        (Some(least), _) if count < least => problems.note(path, TextProblem::TooShort(least).to_string()),
        (_, Some(most)) if count > most => problems.note(path, TextProblem::TooLong(most).to_string()),
        _ => {}
    }
}

fn bounds(schema: &Value, number: &serde_json::Number, path: &str, problems: &mut Problems) {
    let Some(number) = number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from)) else { return };
    let bound = |name: &str| schema[name].as_f64().map(|bound| bound as i128);
    let widest = WHOLE.iter().find(|(format, _)| part(schema, "format") == format).map(|(_, most)| *most);
    let (least, most) = (bound("minimum"), bound("maximum").or(widest));
    if least.is_some_and(|least| number < least) || most.is_some_and(|most| number > most) {
        let from = least.map(|least| format!("from {least} ")).unwrap_or_default();
        problems.note(path, format!("{from}to {} is wanted", most.unwrap_or(i128::MAX)));
    }
}

fn list(schema: &Value, items: &[Value], path: &str, problems: &mut Problems) {
    let bound = |name: &str| schema[name].as_u64().and_then(|bound| usize::try_from(bound).ok());
    if bound("maxItems").is_some_and(|most| items.len() > most)
        || bound("minItems").is_some_and(|few| items.len() < few)
    {
        let (few, most) = (bound("minItems").unwrap_or(0), bound("maxItems").unwrap_or(usize::MAX));
        problems.note(path, format!("from {few} to {most} of them, please"));
        return;
    }
    for (at, item) in items.iter().enumerate() {
        look(part(schema, "items"), item, &format!("{path}[{at}]"), problems);
    }
}

fn object(schema: &Value, fields: &serde_json::Map<String, Value>, path: &str, problems: &mut Problems) {
    for (name, value) in fields {
        let below = format!("{path}.{name}");
        match part(schema, "properties").get(name) {
            Some(schema) => look(schema, value, &below, problems),
            None if part(schema, "additionalProperties") == false => problems.note(&below, "there is no such field"),
            None => {}
        }
    }
    for name in part(schema, "required").as_array().into_iter().flatten().filter_map(Value::as_str) {
        if !fields.contains_key(name) {
            problems.note(&format!("{path}.{name}"), "this is needed");
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn wrong(schema: &Value, value: &Value) -> Vec<String> {
        let mut problems = Problems::default();
        look(schema, value, "it", &mut problems);
        match problems.none() {
            Err(Fault::Invalid { problems }) => {
                problems.into_iter().map(|p| format!("{} {}", p.field, p.message)).collect()
            }
            _ => Vec::new(),
        }
    }

    #[test]
    fn each_bound_holds_and_not_more() {
        let number = json!({ "type": "integer", "format": "int64", "minimum": 1 });
        let text = json!({ "type": ["string", "null"], "minLength": 1, "maxLength": 3 });
        let list = json!({ "type": "array", "maxItems": 2, "items": number });
        for (schema, good, bad) in [
            (&number, json!([1, i64::MAX]), json!([0, -1, 9_223_372_036_854_775_808_u64, "1", 1.5, null])),
            (&text, json!(["a", "äöü", null]), json!(["", "abcd", 7])),
            (&list, json!([[], [1, 2]]), json!([[1, 2, 3], [0], "1"])),
            (&json!({ "oneOf": [{ "type": "null" }, text] }), json!([null, "a"]), json!(["", []])),
            (&json!({ "type": "string", "enum": ["a", "b"] }), json!(["a"]), json!(["c", null])),
        ] {
            assert!(good.as_array().unwrap().iter().all(|value| wrong(schema, value).is_empty()), "{schema} {good}");
            assert!(bad.as_array().unwrap().iter().all(|value| !wrong(schema, value).is_empty()), "{schema} {bad}");
        }
    }

    #[test]
    fn what_is_wrong_within_is_named_with_its_place() {
        let one = json!({ "type": "object", "required": ["a"], "additionalProperties": false,
            "properties": { "a": { "type": "integer" } } });
        let list = json!({ "type": "array", "items": one });
        let found = wrong(&list, &json!([{ "a": 1 }, { "a": "1", "b": 2 }, {}]));
        assert_eq!(
            found,
            ["it[1].a a whole number is wanted", "it[1].b there is no such field", "it[2].a this is needed"]
        );
    }
}
