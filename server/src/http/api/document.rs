//! The document of the REST door: OpenAPI 3.1, made once from the operations and from the schemas of
//! the domain's own types.

use std::{collections::BTreeMap, sync::LazyLock};

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::Response,
};
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::{
    TABLE,
    ask::Operation,
    fields::{CURSOR, Field, LIMIT, Place},
    once,
    problem::{KIND, Written},
    route::{self, Schemas, part, put},
    tag,
};

pub struct Document {
    pub json: Value,
    /// The schemas that others refer to, by their names.
    pub schemas: Value,
    body: String,
    tag: String,
}

pub static DOCUMENT: LazyLock<Document> = LazyLock::new(|| {
    let json = document();
    let body = json.to_string();
    let schemas = json.pointer("/components/schemas").cloned().unwrap_or_default();
    Document { schemas, tag: tag::of(None, body.as_bytes()), body, json }
});

pub async fn show(headers: HeaderMap) -> Response {
    let known = tag::is_known(&headers, &DOCUMENT.tag);
    let body = if known { Body::empty() } else { Body::from(DOCUMENT.body.as_str()) };
    let mut response = Response::new(body);
    *response.status_mut() = if known { StatusCode::NOT_MODIFIED } else { StatusCode::OK };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=300"));
    headers.extend(tag::header(&DOCUMENT.tag).map(|tag| (header::ETAG, tag)));
    response
}

const ABOUT: &str = "Everything the pages of FocusHive can do, for scripts and integrations. Sign in at \
    `POST /auth/login` and send the access token as `Authorization: Bearer`. What can grow comes in pages: follow \
    `next`, or the `Link` header. What is refused comes as a problem with a stable `code`.";

fn document() -> Value {
    let mut schemas: Schemas = Vec::new();
    route::answer::<Written>(&mut schemas);
    let mut paths: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
    let mut tags: Vec<Value> = Vec::new();
    for operation in TABLE.iter() {
        let tag = json!({ "name": operation.area });
        if !tags.contains(&tag) {
            tags.push(tag);
        }
        let written = write(operation, &mut schemas);
        let method = operation.route.method.as_str().to_lowercase();
        paths.entry(operation.route.path).or_default().insert(method, written);
    }
    let schemas: BTreeMap<String, Value> = schemas.into_iter().collect();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "FocusHive",
            "version": env!("CARGO_PKG_VERSION"),
            "description": ABOUT,
            "license": { "name": "MIT", "identifier": "MIT" },
        },
        "servers": [{ "url": "/api/v1" }],
        "security": [{ "token": [] }, { "session": [], "csrf": [] }],
        "tags": tags,
        "paths": paths,
        "components": { "schemas": schemas, "responses": refusals(), "securitySchemes": security() },
    })
}

fn security() -> Value {
    json!({
        "token": { "type": "http", "scheme": "bearer", "bearerFormat": "JWT" },
        "session": { "type": "apiKey", "in": "cookie", "name": "focushive" },
        "csrf": { "type": "apiKey", "in": "header", "name": "x-csrf-token",
            "description": "With the cookie, for everything that changes something: the word from a page of ours." },
    })
}

fn write(operation: &Operation, schemas: &mut Schemas) -> Value {
    let route = &operation.route;
    // What the request's own fields refer to.
    (route.asks)(schemas);
    let mut written = json!({
        "operationId": route.id(),
        "summary": route.says,
        "tags": [operation.area],
        "parameters": parameters(operation),
        "responses": responses(operation, schemas),
    });
    if let Some(body) = body(operation) {
        put(&mut written, "requestBody", body);
    }
    if route.open {
        put(&mut written, "security", json!([]));
    }
    written
}

fn parameters(operation: &Operation) -> Vec<Value> {
    let mut parameters: Vec<Value> = operation.fields.iter().filter_map(parameter).collect();
    let word = json!({ "type": "string", "minLength": 1, "maxLength": once::LONGEST, "pattern": "^[!-~]+$" });
    let tags = json!({ "type": "string" });
    if operation.is_once() || operation.fields.iter().any(|field| field.place == Place::Key) {
        let says =
            "A word of your own for this request, best a UUID. Asked again within a day, it gives the first answer.";
        parameters.push(header("Idempotency-Key", says, word));
    }
    if operation.route.shown_by.is_some() {
        parameters.push(header("If-Match", "The ETag you saw: 412 if it changed meanwhile.", tags.clone()));
    }
    if operation.route.reads() {
        parameters.push(header("If-None-Match", "The ETag you have: 304 if it is still so.", tags));
    }
    parameters
}

fn header(name: &str, says: &str, schema: Value) -> Value {
    json!({ "name": name, "in": "header", "required": false, "description": says, "schema": schema })
}

fn parameter(field: &Field) -> Option<Value> {
    let place = match field.place {
        Place::Path => "path",
        Place::Query | Place::Cut => "query",
        Place::Body | Place::Key => return None,
    };
    let paging = [(CURSOR, "The `next` of the page before."), (LIMIT, "How many at most.")];
    let said = paging.iter().find(|(name, _)| *name == field.called).map(|(_, says)| *says);
    let mut parameter = json!({
        "name": field.called, "in": place, "required": field.required, "schema": field.schema,
    });
    let says = part(&field.schema, "description").as_str().or(said);
    if let Some(says) = says {
        put(&mut parameter, "description", says.into());
    }
    Some(parameter)
}

fn body(operation: &Operation) -> Option<Value> {
    if !operation.route.takes.is_empty() {
        let file = json!({ "schema": { "type": "string", "format": "binary" } });
        let kinds: Map<String, Value> =
            operation.route.takes.iter().map(|kind| ((*kind).to_owned(), file.clone())).collect();
        return Some(json!({ "required": true, "content": kinds }));
    }
    let fields: Vec<&Field> = operation.fields.iter().filter(|field| field.place == Place::Body).collect();
    if fields.is_empty() {
        return None;
    }
    let required: Vec<&str> = fields.iter().filter(|field| field.required).map(|field| field.name.as_str()).collect();
    let properties: Map<String, Value> =
        fields.iter().map(|field| (field.name.clone(), field.schema.clone())).collect();
    let mut schema = json!({ "type": "object", "properties": properties, "additionalProperties": false });
    if !required.is_empty() {
        put(&mut schema, "required", json!(required));
    }
    Some(json!({ "required": !required.is_empty(), "content": { "application/json": { "schema": schema } } }))
}

fn responses(operation: &Operation, schemas: &mut Schemas) -> Value {
    let route = &operation.route;
    let schema = (route.answers)(schemas);
    let paged = operation.is_paged();
    let mut responses = Map::new();
    if let Some(kind) = route.gives {
        let file = json!({ "schema": { "type": "string", "format": "binary" } });
        responses.insert("200".to_owned(), json!({ "description": "The file", "content": { kind: file } }));
    } else if schema.is_null() {
        responses.insert("204".to_owned(), json!({ "description": "Done" }));
    } else {
        let made = route.makes.is_some();
        let schema = if paged { page(operation, schema) } else { schema };
        let mut answer = json!({
            "description": if made { "It is made" } else { "The answer" },
            "content": { "application/json": { "schema": schema } },
        });
        let headers = headers(operation);
        if !headers.is_empty() {
            put(&mut answer, "headers", json!(headers));
        }
        responses.insert(if made { "201" } else { "200" }.to_owned(), answer);
    }
    if route.reads() {
        responses.insert("304".to_owned(), json!({ "description": "You have it" }));
    }
    for status in statuses(operation) {
        responses.insert(status.to_string(), json!({ "$ref": format!("#/components/responses/{status}") }));
    }
    Value::Object(responses)
}

fn headers(operation: &Operation) -> Map<String, Value> {
    let text = |says: &str| json!({ "description": says, "schema": { "type": "string" } });
    let mut headers = Map::new();
    if operation.route.reads() {
        headers.insert("ETag".to_owned(), text("Which answer this is"));
    }
    if operation.is_paged() {
        headers.insert("Link".to_owned(), text("Where the next page is, if there is one: rel=\"next\""));
    }
    if operation.route.makes.is_some_and(|place| !place.is_empty()) {
        headers.insert("Location".to_owned(), text("Where it is"));
    }
    if operation.is_once() {
        headers.insert("Idempotency-Replayed".to_owned(), text("`true`, if it was made before under the same key"));
    }
    headers
}

fn page(operation: &Operation, schema: Value) -> Value {
    let next =
        json!({ "type": ["string", "null"], "description": "The cursor of the next page; null on the last one." });
    if operation.cuts {
        return json!({
            "type": "object",
            "required": ["items", "next"],
            "properties": { "items": schema, "next": next },
        });
    }
    json!({ "allOf": [schema, { "type": "object", "required": ["next"], "properties": { "next": next } }] })
}

/// What may be refused, and how.
fn statuses(operation: &Operation) -> Vec<u16> {
    let route = &operation.route;
    let mut statuses = vec![400, 401, 403, 404, 408, 409, 422, 429, 500, 503];
    if !route.reads() {
        statuses.extend([413, 415]);
    }
    if route.spends {
        statuses.push(410);
    }
    if route.shown_by.is_some() {
        statuses.push(412);
    }
    statuses.sort_unstable();
    statuses
}

fn refusals() -> Map<String, Value> {
    let named = [
        (400, "It cannot be read"),
        (401, "Nobody is signed in, or the token is no longer good"),
        (403, "One may not do that"),
        (404, "There is no such thing, to whoever asks"),
        (408, "It took too long"),
        (409, "It does not fit how things are"),
        (410, "The link lets nobody in any more"),
        (412, "It changed meanwhile"),
        (413, "It is too large"),
        (415, "It is not JSON"),
        (422, "Some fields are wrong"),
        (429, "Too much at once"),
        (500, "Something broke on our side"),
        (503, "Try again in a moment"),
    ];
    let schema = json!({ "$ref": format!("#/components/schemas/{}", Written::name()) });
    let text = json!({ "schema": { "type": "string" } });
    let refusal = |(status, says): (u16, &str)| {
        let mut refusal = json!({ "description": says, "content": { KIND: { "schema": schema } } });
        match status {
            401 => put(&mut refusal, "headers", json!({ "WWW-Authenticate": text })),
            429 | 503 => put(&mut refusal, "headers", json!({ "Retry-After": text })),
            _ => {}
        }
        (status.to_string(), refusal)
    };
    named.into_iter().map(refusal).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use focushive::protocol::Request;

    use super::*;

    /// What one cannot ask by REST, and why.
    const ELSEWHERE: [(&str, &str); 1] =
        [("chat.typing", "it is shown to those who listen on the same connection, and here there is none")];

    #[test]
    fn every_request_of_the_table_has_one_operation() {
        for name in Request::NAMES {
            let operations = TABLE.iter().filter(|known| known.route.id() == *name).count();
            let expected = usize::from(!ELSEWHERE.iter().any(|(elsewhere, _)| elsewhere == name));
            assert_eq!(operations, expected, "{name}");
        }
    }

    #[test]
    fn no_two_operations_have_one_id_or_one_place() {
        let ids: BTreeSet<String> = TABLE.iter().map(|known| known.route.id()).collect();
        let places: BTreeSet<(String, &str)> =
            TABLE.iter().map(|known| (known.route.method.to_string(), known.route.path)).collect();
        assert_eq!((ids.len(), places.len()), (TABLE.len(), TABLE.len()));
    }

    #[test]
    fn the_document_is_one_that_the_library_reads() {
        let read: utoipa::openapi::OpenApi = serde_json::from_value(document()).unwrap();
        assert!(read.paths.paths.len() > 80);
    }

    #[test]
    fn every_name_means_one_schema_and_is_defined() {
        let mut schemas: Schemas = Vec::new();
        for operation in TABLE.iter() {
            write(operation, &mut schemas);
        }
        let mut known: BTreeMap<&str, &Value> = BTreeMap::new();
        for (name, schema) in &schemas {
            assert_eq!(known.entry(name).or_insert(schema), &schema, "{name}");
        }
        let text = DOCUMENT.json.to_string();
        for reference in text.split("#/components/schemas/").skip(1) {
            let name = reference.split('"').next().unwrap();
            assert!(DOCUMENT.json["components"]["schemas"].get(name).is_some(), "{name}");
        }
    }

    #[test]
    fn every_operation_in_one_line() {
        let lines = TABLE.iter().map(|known| {
            let names: Vec<String> =
                known.fields.iter().filter(|f| f.place != Place::Path).map(|f| f.called.clone()).collect();
            format!("{} {} = {}({})", known.route.method, known.route.path, known.route.id(), names.join(", "))
        });
        insta::assert_snapshot!(lines.collect::<Vec<_>>().join("\n"));
    }
}
