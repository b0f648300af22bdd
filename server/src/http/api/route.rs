//! One REST operation: a method and a path for one request of the table. The features list theirs in
//! their `rest.rs`; how one is answered is in `ask.rs`, how it is written down in `document.rs`.

use axum::http::Method;
use focushive::{
    Fault,
    protocol::{Ask, Request},
};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// Named values: what was asked, field by field.
pub type Fields = Map<String, Value>;

/// Schemas that others refer to, by their names.
pub type Schemas = Vec<(String, Value)>;

#[derive(Clone)]
pub struct Route {
    pub method: Method,
    pub path: &'static str,
    /// The wire name of its request, which is also the operation's id.
    pub name: &'static str,
    /// Tells apart two operations of one request; an end of the id.
    pub variant: Option<&'static str>,
    pub says: &'static str,
    pub asks: fn(&mut Schemas) -> Value,
    pub answers: fn(&mut Schemas) -> Value,
    /// Nothing where a handler of its own answers, and this only describes it.
    pub read: Option<fn(Value) -> Result<Request, Fault>>,
    /// Fields of the request that this operation has no use for.
    pub left_out: &'static [&'static str],
    /// Something is made: where it is then, with names of fields in braces; empty for nowhere.
    pub makes: Option<&'static str>,
    pub pages: Option<Pages>,
    /// What of the request's answer is this operation's.
    pub picks: Option<fn(&Fields, Value) -> Option<Value>>,
    /// What of the answer somebody may be editing meanwhile.
    pub edits: Option<fn(&Value) -> Value>,
    /// The operation that shows what this one changes.
    pub shown_by: Option<fn() -> Route>,
    /// The kinds of file that it takes instead of fields.
    pub takes: &'static [&'static str],
    /// The kind of file that it answers with.
    pub gives: Option<&'static str>,
    /// Whether somebody who is not signed in may ask.
    pub open: bool,
    /// Whether it takes a link or a word that may be spent.
    pub spends: bool,
}

/// How a list goes on.
#[derive(Clone, Copy)]
pub struct Pages {
    /// The field of the request that the cursor is; nothing where the request has a cursor itself.
    pub field: Option<&'static str>,
    /// What to ask for next, of what was asked and answered.
    pub next: fn(&Fields, &Value) -> Option<String>,
}

impl Route {
    pub fn get<A: Ask + 'static>(path: &'static str, says: &'static str) -> Self {
        Self::of::<A, A>(Method::GET, path, says)
    }

    pub fn post<A: Ask + 'static>(path: &'static str, says: &'static str) -> Self {
        Self::of::<A, A>(Method::POST, path, says)
    }

    pub fn put<A: Ask + 'static>(path: &'static str, says: &'static str) -> Self {
        Self::of::<A, A>(Method::PUT, path, says)
    }

    pub fn patch<A: Ask + 'static>(path: &'static str, says: &'static str) -> Self {
        Self::of::<A, A>(Method::PATCH, path, says)
    }

    pub fn delete<A: Ask + 'static>(path: &'static str, says: &'static str) -> Self {
        Self::of::<A, A>(Method::DELETE, path, says)
    }

    /// `Q` is how a query writes the request `A`.
    pub fn query<Q, A>(path: &'static str, says: &'static str) -> Self
    where
        Q: DeserializeOwned + ToSchema + TryInto<A, Error = Fault> + 'static,
        A: Ask + 'static,
    {
        Self { read: Some(read_as::<Q, A>), ..Self::of::<Q, A>(Method::GET, path, says) }
    }

    /// Describes what a handler of its own answers.
    pub fn told<Q: ToSchema, T: ToSchema>(
        method: Method,
        path: &'static str,
        name: &'static str,
        says: &'static str,
    ) -> Self {
        Self {
            method,
            path,
            name,
            variant: None,
            says,
            asks: inline::<Q>,
            answers: answer::<T>,
            read: None,
            left_out: &[],
            makes: None,
            pages: None,
            picks: None,
            edits: None,
            shown_by: None,
            takes: &[],
            gives: None,
            open: false,
            spends: false,
        }
    }

    fn of<Q: ToSchema, A: Ask + 'static>(method: Method, path: &'static str, says: &'static str) -> Self {
        Self { read: Some(read::<A>), ..Self::told::<Q, A::Answer>(method, path, A::NAME, says) }
    }

    /// A second operation of the same request.
    pub fn variant(self, variant: &'static str) -> Self {
        Self { variant: Some(variant), ..self }
    }

    pub fn without(self, left_out: &'static [&'static str]) -> Self {
        Self { left_out, ..self }
    }

    /// It makes something, which is then at `place`.
    pub fn makes(self, place: &'static str) -> Self {
        Self { makes: Some(place), ..self }
    }

    pub fn paged(self, field: &'static str, next: fn(&Fields, &Value) -> Option<String>) -> Self {
        Self { pages: Some(Pages { field: Some(field), next }), ..self }
    }

    /// The same for a request that has a cursor itself.
    pub fn paged_by_itself(self, next: fn(&Fields, &Value) -> Option<String>) -> Self {
        Self { pages: Some(Pages { field: None, next }), ..self }
    }

    pub fn picks<T: ToSchema>(self, picks: fn(&Fields, Value) -> Option<Value>) -> Self {
        Self { picks: Some(picks), answers: answer::<T>, ..self }
    }

    pub fn edits(self, part: fn(&Value) -> Value) -> Self {
        Self { edits: Some(part), ..self }
    }

    pub fn shown_by(self, look: fn() -> Self) -> Self {
        Self { shown_by: Some(look), ..self }
    }

    pub fn gives(self, kind: &'static str) -> Self {
        Self { gives: Some(kind), ..self }
    }

    pub fn takes(self, kinds: &'static [&'static str]) -> Self {
        Self { takes: kinds, ..self }
    }

    pub fn open(self) -> Self {
        Self { open: true, ..self }
    }

    pub fn spends(self) -> Self {
        Self { spends: true, ..self }
    }

    pub fn id(&self) -> String {
        self.variant.map_or_else(|| self.name.to_owned(), |variant| format!("{}.{variant}", self.name))
    }

    pub fn reads(&self) -> bool {
        self.method == Method::GET && self.gives.is_none()
    }
}

/// A part of a value by its name; nothing where there is none.
pub fn part<'a>(value: &'a Value, name: &str) -> &'a Value {
    value.get(name).unwrap_or(&Value::Null)
}

pub fn put(value: &mut Value, name: &str, part: Value) {
    if let Some(parts) = value.as_object_mut() {
        parts.insert(name.to_owned(), part);
    }
}

fn read<A: Ask>(fields: Value) -> Result<Request, Fault> {
    typed::<A>(fields).map(A::into_request)
}

fn read_as<Q: DeserializeOwned + TryInto<A, Error = Fault>, A: Ask>(fields: Value) -> Result<Request, Fault> {
    typed::<Q>(fields)?.try_into().map(A::into_request)
}

/// The first thing that is wrong, with the field it is wrong with.
fn typed<T: for<'de> Deserialize<'de>>(fields: Value) -> Result<T, Fault> {
    serde_path_to_error::deserialize(fields).map_err(|problem| {
        let path = problem.path().to_string();
        let field = if path == "." { "body".to_owned() } else { path };
        Fault::field(field, problem.into_inner().to_string())
    })
}

fn inline<T: ToSchema>(schemas: &mut Schemas) -> Value {
    gather::<T>(schemas);
    as_json(&T::schema())
}

/// By its name, where it has one of its own.
pub fn answer<T: ToSchema>(schemas: &mut Schemas) -> Value {
    let (name, schema) = (T::name().into_owned(), inline::<T>(schemas));
    match name.as_str() {
        "TupleUnit" => Value::Null,
        "Vec" | "Option" | "Box" => schema,
        _ => {
            let reference = serde_json::json!({ "$ref": format!("#/components/schemas/{name}") });
            schemas.push((name, schema));
            reference
        }
    }
}

fn gather<T: ToSchema>(schemas: &mut Schemas) {
    let mut found = Vec::new();
    T::schemas(&mut found);
    schemas.extend(found.into_iter().map(|(name, schema)| (name, as_json(&schema))));
}

fn as_json(schema: &impl serde::Serialize) -> Value {
    // A schema is plain data: writing one cannot fail.
    serde_json::to_value(schema).unwrap_or_default()
}
