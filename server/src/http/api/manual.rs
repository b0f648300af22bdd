//! The readable page of the REST door: every operation by area, with its fields, its answer and a
//! line for curl. Made once from the document; it runs nothing and fetches nothing.

use std::{fmt::Write as _, sync::LazyLock};

use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{
    TABLE,
    ask::Operation,
    document::DOCUMENT,
    fields::{Field, Place},
    problem::CODES,
    route::part,
    tag,
};
use crate::http::refusal::escape;

const STYLE: &str = concat!(include_str!("../../../../style/tokens.css"), include_str!("manual.css"));

static PAGE: LazyLock<(String, String)> = LazyLock::new(|| {
    let page = page();
    let tag = tag::of(None, page.as_bytes());
    (page, tag)
});

/// Its own style alone, named by what it says.
static POLICY: LazyLock<String> = LazyLock::new(|| {
    let digest = STANDARD.encode(Sha256::digest(STYLE));
    format!(
        "default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
});

pub async fn show(headers: HeaderMap) -> Response {
    let (page, tag) = &*PAGE;
    let mut response = if tag::is_known(&headers, tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        Html(page.as_str()).into_response()
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=300"));
    headers.extend(HeaderValue::from_str(&POLICY).map(|policy| (header::CONTENT_SECURITY_POLICY, policy)));
    headers.extend(tag::header(tag).map(|tag| (header::ETAG, tag)));
    response
}

fn page() -> String {
    let mut areas: Vec<&str> = TABLE.iter().map(|operation| operation.area).collect();
    areas.dedup();
    let links = areas.iter().map(|area| format!("<li><a href=\"#{}\">{area}</a></li>", anchor(area)));
    let links = links.collect::<String>();
    let sections = areas.iter().map(|area| section(area)).collect::<String>();
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
         <title>FocusHive for scripts</title><style>{STYLE}</style></head><body>\
         <a class=\"skip\" href=\"#main\">To the operations</a>\
         <header><h1>FocusHive for scripts</h1>{ABOUT}\
         <nav aria-label=\"Areas\"><ul>{links}<li><a href=\"#problems\">Problems</a></li></ul></nav></header>\
         <main id=\"main\">{sections}{}</main></body></html>",
        problems()
    )
}

const ABOUT: &str = "<p>Everything the pages can do, below <code>/api/v1</code>. Sign in with <a href=\"#auth.login\">\
    <code>auth.login</code></a>, and send the access token as <code>Authorization: Bearer</code>. The same for programs: \
    <a href=\"/api/openapi.json\">openapi.json</a>.</p>\
    <p>What can grow comes in pages: <code>next</code> in the answer, and the <code>Link</code> header, lead on. A \
    <code>POST</code> that makes something takes an <code>Idempotency-Key</code>: asked again within a day, it has the first \
    answer. Every look has an <code>ETag</code> for <code>If-None-Match</code>; where two people may edit the same, \
    <code>If-Match</code> keeps one from undoing the other.</p>";

fn anchor(area: &str) -> String {
    format!("area-{}", area.to_lowercase().replace(' ', "-"))
}

fn section(area: &str) -> String {
    let id = anchor(area);
    let operations = TABLE.iter().filter(|operation| operation.area == area).map(article).collect::<String>();
    format!("<section aria-labelledby=\"{id}\"><h2 id=\"{id}\">{area}</h2>{operations}</section>")
}

fn article(operation: &Operation) -> String {
    let (route, id) = (&operation.route, operation.route.id());
    let fields = operation.fields.iter().map(line).collect::<String>();
    let fields = if fields.is_empty() { String::new() } else { format!("<dl>{fields}</dl>") };
    format!(
        "<article id=\"{id}\"><h3><code class=\"method\" data-method=\"{0}\">{0}</code> <code>{1}</code> \
         <code class=\"id\">{id}</code></h3><p>{2}.</p>{fields}<p>{3}</p>\
         <details><summary>With curl</summary><pre><code>{4}</code></pre></details></article>",
        route.method,
        escape(route.path),
        escape(route.says.trim_end_matches('?')),
        answer(operation),
        escape(&curl(operation)),
    )
}

fn line(field: &Field) -> String {
    let place = match field.place {
        Place::Path => "in the path",
        Place::Query | Place::Cut => "in the query",
        Place::Body => "in the body",
        Place::Key => return key(),
    };
    let needed = if field.required { ", <span class=\"needed\">needed</span>" } else { "" };
    let says =
        part(&field.schema, "description").as_str().map(|says| format!(". {}", escape(says))).unwrap_or_default();
    format!("<dt>{}</dt><dd>{}, {place}{needed}{says}</dd>", escape(&field.called), words(&field.schema))
}

fn key() -> String {
    "<dt>Idempotency-Key</dt><dd>a word of your own, best a UUID, as a header</dd>".to_owned()
}

/// A schema in a few words.
fn words(schema: &Value) -> String {
    if let Some(known) = named(schema) {
        return words(known);
    }
    if let Some(kinds) = part(schema, "oneOf").as_array() {
        let kinds: Vec<String> = kinds.iter().map(words).collect();
        return kinds.join(" or ");
    }
    if let Some(known) = part(schema, "enum").as_array() {
        let known = known.iter().map(|word| format!("<code>{}</code>", escape(word.as_str().unwrap_or_default())));
        return known.collect::<Vec<_>>().join(", ");
    }
    let kinds = match part(schema, "type") {
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        kind => vec![kind.as_str().unwrap_or("object")],
    };
    let kinds: Vec<String> = kinds.into_iter().map(|kind| kind_words(kind, schema)).collect();
    kinds.join(" or ")
}

fn kind_words(kind: &str, schema: &Value) -> String {
    let span = |least: &str, most: &str, of: &str| match (schema[least].as_u64(), schema[most].as_u64()) {
        (Some(least), Some(most)) => format!(" ({least} to {most}{of})"),
        (None, Some(most)) => format!(" (up to {most}{of})"),
        _ => String::new(),
    };
    match kind {
        "string" => match part(schema, "format").as_str() {
            Some("uuid") => "an id".to_owned(),
            Some("date-time") => "an instant".to_owned(),
            _ => format!("a text{}", span("minLength", "maxLength", " characters")),
        },
        "integer" | "number" => format!("a number{}", span("minimum", "maximum", "")),
        "boolean" => "true or false".to_owned(),
        "array" => format!("a list{} of {}", span("minItems", "maxItems", ""), words(part(schema, "items"))),
        "null" => "nothing".to_owned(),
        _ => match part(schema, "properties").as_object() {
            Some(properties) => {
                format!("{{ {} }}", properties.keys().map(|name| escape(name)).collect::<Vec<_>>().join(", "))
            }
            None => "an object".to_owned(),
        },
    }
}

fn named(schema: &Value) -> Option<&Value> {
    let name = part(schema, "$ref").as_str()?.rsplit('/').next()?;
    DOCUMENT.schemas.get(name)
}

/// The answer as the document has it, a field a word.
fn answer(operation: &Operation) -> String {
    let method = operation.route.method.as_str().to_lowercase();
    let written = part(part(part(&DOCUMENT.json, "paths"), operation.route.path), &method);
    let responses = part(written, "responses");
    for status in ["200", "201"] {
        let schema = part(part(part(part(responses, status), "content"), "application/json"), "schema");
        if !schema.is_null() {
            let mut told = String::new();
            let parts = part(schema, "allOf").as_array().cloned().unwrap_or_else(|| vec![schema.clone()]);
            for part in parts {
                let _ = write!(told, " <code>{}</code>", words(&part).replace("<code>", "").replace("</code>", ""));
            }
            return format!("Answers {status}:{told}");
        }
    }
    "Answers 204, with nothing in it.".to_owned()
}

fn curl(operation: &Operation) -> String {
    let route = &operation.route;
    let mut path = route.path.to_owned();
    let mut body = serde_json::Map::new();
    for field in operation.fields.iter().filter(|field| field.required) {
        let example = example(&field.schema);
        match field.place {
            Place::Path => {
                let text = example.as_str().map_or_else(|| example.to_string(), str::to_owned);
                path = path.replace(&format!("{{{}}}", field.name), &text);
            }
            Place::Body => {
                body.insert(field.name.clone(), example);
            }
            Place::Query | Place::Cut | Place::Key => {}
        }
    }
    let file =
        if route.takes.is_empty() { "" } else { " \\\n  --data-binary @picture.png -H 'Content-Type: image/png'" };
    let mut line = format!("curl -X {} \"$HOUSE/api/v1{path}\"", route.method);
    if !route.open {
        line.push_str(" \\\n  -H \"Authorization: Bearer $TOKEN\"");
    }
    if !body.is_empty() {
        let _ = write!(line, " \\\n  -H 'Content-Type: application/json' \\\n  -d '{}'", Value::Object(body));
    }
    line.push_str(file);
    line
}

/// Something that fits a schema.
fn example(schema: &Value) -> Value {
    if let Some(known) = named(schema) {
        return example(known);
    }
    if let Some(first) = part(schema, "enum").as_array().and_then(|known| known.first()) {
        return first.clone();
    }
    let kind = part(schema, "type").as_array().and_then(|kinds| kinds.first()).unwrap_or(part(schema, "type"));
    match (kind.as_str(), part(schema, "format").as_str()) {
        (Some("string"), Some("uuid")) => json!("0198c0de-0000-7000-8000-000000000007"),
        (Some("string"), Some("date-time")) => json!("2026-01-05T10:00:00Z"),
        (Some("string"), _) => json!("…"),
        (Some("integer"), _) => json!(part(schema, "minimum").as_u64().unwrap_or(0).max(1)),
        (Some("boolean"), _) => json!(true),
        (Some("array"), _) => json!([]),
        _ => json!({}),
    }
}

fn problems() -> String {
    let lines =
        CODES.iter().map(|(code, status, title)| format!("<dt id=\"{code}\">{status} {code}</dt><dd>{title}.</dd>"));
    format!(
        "<section aria-labelledby=\"problems\"><h2 id=\"problems\">Problems</h2><p>What is refused comes as \
         <code>application/problem+json</code>: its <code>code</code> is stable, its <code>detail</code> says what to do, \
         <code>problems</code> names the fields, and <code>request_id</code> is the word for it in the log.</p>\
         <dl>{}</dl></section>",
        lines.collect::<String>()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_operation_has_an_example_that_fits_its_path() {
        for operation in TABLE.iter() {
            let line = curl(operation);
            assert!(!line.contains("/{"), "{line}");
        }
    }

    #[test]
    fn a_schema_is_said_in_a_few_words() {
        assert_eq!(words(&json!({ "type": "string", "minLength": 1, "maxLength": 60 })), "a text (1 to 60 characters)");
        assert_eq!(words(&json!({ "type": ["integer", "null"], "maximum": 5 })), "a number (up to 5) or nothing");
        assert_eq!(words(&json!({ "type": "array", "items": { "type": "boolean" } })), "a list of true or false");
    }
}
