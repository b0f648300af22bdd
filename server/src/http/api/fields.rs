//! Where each field of a request comes from: the path, the query, the body or the client's key. What
//! stands in a path or a query is a text; the field's schema says what it means.

use std::collections::BTreeSet;

use axum::http::Method;
use focushive::{
    Fault,
    fault::{Problem, Problems},
};
use serde_json::{Value, json};

use super::route::{Fields, Route, Schemas, part, put};

/// Cuts a list that is at hand as a whole.
pub const CURSOR: &str = "cursor";
pub const LIMIT: &str = "limit";
pub const PAGE: u16 = 100;
pub const MOST_IN_PAGE: u16 = 200;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Path,
    Query,
    Body,
    /// The client's key for a write.
    Key,
    /// Not the request's: it cuts the answer.
    Cut,
}

#[derive(Clone, Debug)]
pub struct Field {
    pub name: String,
    /// What it is called here, where that is not its name.
    pub called: String,
    pub place: Place,
    pub required: bool,
    pub schema: Value,
}

/// The fields of an operation, in the order of the request.
pub fn of(route: &Route, schemas: &mut Schemas) -> Vec<Field> {
    let schema = (route.asks)(schemas);
    let required: Vec<&str> =
        part(&schema, "required").as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let properties = part(&schema, "properties").as_object().into_iter().flatten();
    let kept = properties.filter(|(name, _)| !route.left_out.contains(&name.as_str()));
    let mut fields: Vec<Field> = kept
        .map(|(name, schema)| {
            let cursor = route.pages.and_then(|pages| pages.field) == Some(name.as_str());
            let place = place(route, name);
            Field {
                name: name.clone(),
                called: if cursor { CURSOR.to_owned() } else { name.clone() },
                required: place == Place::Path || required.contains(&name.as_str()),
                schema: if matches!(place, Place::Path | Place::Query) { told(schema) } else { schema.clone() },
                place,
            }
        })
        .collect();
    if cuts(route) {
        fields.extend([cut(CURSOR, json!({ "type": "string", "maxLength": 20, "pattern": "^[0-9]+$" }))]);
        fields.extend([cut(LIMIT, json!({ "type": "integer", "minimum": 1, "maximum": MOST_IN_PAGE }))]);
    }
    fields
}

/// Whether the answer is a list that is cut here.
pub fn cuts(route: &Route) -> bool {
    route.reads() && route.pages.is_none() && part(&(route.answers)(&mut Vec::new()), "type") == "array"
}

fn cut(name: &str, schema: Value) -> Field {
    Field { name: name.to_owned(), called: name.to_owned(), place: Place::Cut, required: false, schema }
}

/// A parameter is left out rather than null.
fn told(schema: &Value) -> Value {
    let mut schema = schema.clone();
    if let Some(kind) =
        part(&schema, "type").as_array().and_then(|kinds| kinds.iter().find(|kind| **kind != "null")).cloned()
    {
        put(&mut schema, "type", kind);
    }
    let other =
        part(&schema, "oneOf").as_array().and_then(|kinds| kinds.iter().find(|kind| part(kind, "type") != "null"));
    other.cloned().unwrap_or(schema)
}

fn place(route: &Route, name: &str) -> Place {
    if route.path.contains(&format!("{{{name}}}")) {
        Place::Path
    } else if name == "key" && route.read.is_some() {
        Place::Key
    } else if matches!(route.method, Method::GET | Method::DELETE) {
        Place::Query
    } else {
        Place::Body
    }
}

/// What was given, before it is known to fit.
#[derive(Default)]
pub struct Given {
    pub path: Vec<(String, String)>,
    pub query: Vec<(String, String)>,
    pub body: Fields,
}

/// All fields together, or everything that is missing, unknown or said twice.
pub fn join(fields: &[Field], given: Given) -> Result<Fields, Fault> {
    let mut problems = Problems::default();
    let mut joined = given.body;
    for name in joined.keys().filter(|name| !fields.iter().any(|f| f.place == Place::Body && f.name == **name)) {
        problems.note(name, "there is no such field");
    }
    let mut seen = BTreeSet::new();
    let texts =
        given.path.into_iter().map(|pair| (true, pair)).chain(given.query.into_iter().map(|pair| (false, pair)));
    for (in_path, (called, text)) in texts {
        let fits = |field: &&Field| {
            field.called == called
                && if in_path { field.place == Place::Path } else { matches!(field.place, Place::Query | Place::Cut) }
        };
        let Some(field) = fields.iter().find(fits) else {
            problems.note(&called, "there is no such parameter");
            continue;
        };
        if !seen.insert(called.clone()) {
            problems.note(&called, "it is given more than once");
        }
        joined.insert(field.name.clone(), value(&field.schema, text));
    }
    for field in fields.iter().filter(|field| field.required && field.place != Place::Key) {
        if !joined.contains_key(&field.name) {
            problems.note(&field.called, "this is needed");
        }
    }
    problems.none().map(|()| joined)
}

/// The value that a text means; what means none is left as it is, and refused by whoever reads it.
fn value(schema: &Value, text: String) -> Value {
    let is = |kind: &str| match part(schema, "type") {
        Value::Array(kinds) => kinds.iter().any(|known| known == kind),
        known => known == kind,
    };
    let number = if is("integer") { text.parse::<u64>().ok().map(Value::from) } else { None };
    let flag = if is("boolean") { text.parse::<bool>().ok().map(Value::from) } else { None };
    number.or(flag).unwrap_or(Value::String(text))
}

/// A fault in the words of this operation: some fields are called otherwise here.
pub fn called(fields: &[Field], fault: Fault) -> Fault {
    let Fault::Invalid { problems } = fault else { return fault };
    let called = |problem: Problem| match fields.iter().find(|field| field.name == problem.field) {
        Some(field) => Problem { field: field.called.clone(), ..problem },
        None => problem,
    };
    Fault::Invalid { problems: problems.into_iter().map(called).collect() }
}

#[cfg(test)]
mod tests {
    use focushive::{chat, notification};

    use super::*;

    fn given(query: &[(&str, &str)], body: Value) -> Given {
        let pairs = |pairs: &[(&str, &str)]| pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
        let body = body.as_object().cloned().unwrap_or_default();
        Given { path: pairs(&[("hive", "7"), ("message", "12")]), query: pairs(query), body }
    }

    #[test]
    fn a_path_a_body_and_a_key_make_a_request() {
        let route = Route::patch::<chat::Edit>("/hives/{hive}/messages/{message}", "");
        let fields = of(&route, &mut Vec::new());
        let joined = join(&fields, given(&[], json!({ "body": "12" }))).unwrap();
        assert_eq!(Value::Object(joined), json!({ "hive": "7", "message": 12, "body": "12" }));
    }

    #[test]
    fn everything_that_does_not_belong_is_said_at_once() {
        let route = Route::patch::<chat::Edit>("/hives/{hive}/messages/{message}", "");
        let fields = of(&route, &mut Vec::new());
        let Err(Fault::Invalid { problems }) = join(&fields, given(&[("q", "1")], json!({ "hive": "8" }))) else {
            panic!("taken")
        };
        let wrong: Vec<&str> = problems.iter().map(|problem| problem.field.as_str()).collect();
        assert_eq!(wrong, ["hive", "q", "body"]);
    }

    #[test]
    fn a_cursor_is_the_field_it_stands_for() {
        let route = Route::get::<notification::List>("/notifications", "").paged("before", |_, _| None);
        let fields = of(&route, &mut Vec::new());
        let query = vec![("cursor".to_owned(), "31".to_owned())];
        let joined = join(&fields, Given { query, ..Given::default() }).unwrap();
        assert_eq!(Value::Object(joined), json!({ "before": 31 }));
    }
}
