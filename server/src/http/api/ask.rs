//! How an operation is answered: its fields are gathered, the request of the table is asked as at
//! every other door, and the answer is written with the status, the place, the tag and the next page
//! that HTTP has words for.

use axum::{
    RequestPartsExt,
    body::Bytes,
    extract::{FromRequest, OriginalUri, RawPathParams, Request},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use focushive::{Caller, Fault, protocol::Backend};
use serde_json::{Value, json};

use super::{
    check,
    fields::{self, CURSOR, Field, Given, LIMIT, PAGE, Place},
    once::{self, Turn},
    problem::Problem,
    route::{Fields, Route},
    tag,
};
use crate::{
    auth::{Visitor, identify::bearer},
    failure::Failure,
    http::csrf,
    seen,
    services::Services,
};

/// A route with what follows from it.
pub struct Operation {
    pub area: &'static str,
    pub route: Route,
    pub fields: Vec<Field>,
    /// The answer is a list that is cut here.
    pub cuts: bool,
    /// The one that shows what this one changes.
    pub shown_by: Option<Box<Operation>>,
}

impl Operation {
    pub fn new(area: &'static str, route: Route) -> Self {
        let shown_by = route.shown_by.map(|look| Box::new(Self::new(area, look())));
        Self { area, fields: fields::of(&route, &mut Vec::new()), cuts: fields::cuts(&route), shown_by, route }
    }

    /// Whether a repetition under the same key is told from a second request.
    pub fn is_once(&self) -> bool {
        self.route.method == Method::POST && self.route.makes.is_some() && self.route.read.is_some()
    }

    pub fn is_paged(&self) -> bool {
        self.cuts || self.route.pages.is_some()
    }
}

/// Somebody, and what they want.
#[derive(Clone)]
struct Asking {
    operation: &'static Operation,
    services: Services,
    caller: Caller,
    headers: HeaderMap,
    fields: Fields,
}

pub async fn answer(operation: &'static Operation, services: Services, request: Request) -> Response {
    run(operation, services, request).await.unwrap_or_else(IntoResponse::into_response)
}

async fn run(operation: &'static Operation, services: Services, request: Request) -> Result<Response, Problem> {
    let (mut parts, body) = request.into_parts();
    let caller = parts.extensions.get().copied().unwrap_or(Caller::Guest);
    admit(&services, caller, &parts)?;
    if !operation.route.open {
        caller.user()?;
    }
    let path = path(&mut parts).await?;
    let here = parts.extensions.get::<OriginalUri>().map_or_else(|| parts.uri.clone(), |uri| uri.0.clone());
    let query: Vec<(String, String)> = serde_html_form::from_str(here.query().unwrap_or_default())
        .map_err(|problem| Problem::Malformed(problem.to_string()))?;
    let headers = parts.headers.clone();
    let body =
        if operation.route.reads() { Fields::new() } else { json_body(Request::from_parts(parts, body)).await? };
    let given = Given { path, query: query.clone(), body };
    let fields = fields::join(&operation.fields, given)?;
    check::fit(&operation.fields, &fields)?;
    let asking = Asking { operation, services, caller, headers, fields };
    if operation.route.reads() { asking.show(here.path(), query).await } else { asking.change().await }
}

/// The pace that all doors have, and for a browser the word that only our own pages know.
fn admit(services: &Services, caller: Caller, parts: &Parts) -> Result<(), Problem> {
    let address = parts.extensions.get::<Visitor>().map(|visitor| visitor.address.as_str()).unwrap_or_default();
    let Caller::Member(member) = caller else { return Ok(services.limits.visit(address)?) };
    services.limits.ask(member.session)?;
    let reads = matches!(parts.method, Method::GET | Method::HEAD);
    if !reads && bearer(&parts.headers).is_none() {
        csrf::check_header(services, &parts.headers)?;
    }
    Ok(())
}

async fn path(parts: &mut Parts) -> Result<Vec<(String, String)>, Problem> {
    let path = parts.extract::<RawPathParams>().await.map_err(|problem| Problem::Malformed(problem.body_text()))?;
    Ok(path.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
}

async fn json_body(request: Request) -> Result<Fields, Problem> {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let is_json = kind == "application/json" || (kind.starts_with("application/") && kind.ends_with("+json"));
    let bytes = Bytes::from_request(request, &()).await.map_err(|rejection| Problem::Http(rejection.status()))?;
    if bytes.is_empty() {
        return Ok(Fields::new());
    }
    if !is_json {
        return Err(Problem::WrongType);
    }
    match serde_json::from_slice(&bytes) {
        Ok(Value::Object(fields)) => Ok(fields),
        Ok(_) => Err(Fault::field("body", "an object is wanted").into()),
        Err(problem) => Err(Problem::Malformed(problem.to_string())),
    }
}

impl Asking {
    async fn show(self, path: &str, query: Vec<(String, String)>) -> Result<Response, Problem> {
        let mut answer = self.perform().await?;
        let part = self.operation.route.edits.map(|part| part(&answer));
        let next = self.page(&mut answer)?;
        let body = serde_json::to_vec(&answer).map_err(Failure::internal)?;
        let tag = tag::of(part.as_ref(), &body);
        let status = if tag::is_known(&self.headers, &tag) { StatusCode::NOT_MODIFIED } else { StatusCode::OK };
        let body = if status == StatusCode::OK { body } else { Vec::new() };
        let mut response = (status, [(header::CACHE_CONTROL, "private, no-cache")], body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.extend(tag::header(&tag).map(|tag| (header::ETAG, tag)));
        headers.extend(next.and_then(|next| link(path, query, next)).map(|link| (header::LINK, link)));
        Ok(response)
    }

    async fn change(self) -> Result<Response, Problem> {
        let key = once::key(&self.headers)?;
        let (given, replayed) = match key {
            Some(key) if self.operation.is_once() => {
                let services = self.services.clone();
                // To its end, whoever goes away: the answer is to be kept.
                let doing = services.tasks.spawn(self.clone().once(key));
                doing.await.map_err(Failure::internal)??
            }
            key => (self.clone().with_key(key.as_deref())?.give().await?, false),
        };
        let makes = self.operation.route.makes.is_some();
        let status = match given.answer {
            Value::Null => StatusCode::NO_CONTENT,
            _ if makes => StatusCode::CREATED,
            _ => StatusCode::OK,
        };
        let body = if given.answer.is_null() { Vec::new() } else { given.answer.to_string().into_bytes() };
        let mut response = (status, [(header::CACHE_CONTROL, "no-store")], body).into_response();
        let headers = response.headers_mut();
        headers.remove(header::CONTENT_TYPE);
        if status != StatusCode::NO_CONTENT {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        let place = given.place.and_then(|place| HeaderValue::from_str(&place).ok());
        headers.extend(place.map(|place| (header::LOCATION, place)));
        if replayed {
            headers.insert(HeaderName::from_static(once::REPLAYED), HeaderValue::from_static("true"));
        }
        Ok(response)
    }

    /// Once under this key, and whether it was before.
    async fn once(self, key: String) -> Result<(once::Given, bool), Problem> {
        let user = self.caller.user()?.id;
        let asked = once::Asked::new(user, key.clone(), &self.operation.route.id(), &self.fields);
        if let Turn::Done(given) = asked.turn(&self.services).await? {
            return Ok((given, true));
        }
        let services = self.services.clone();
        let given = match self.with_key(Some(&key)) {
            Ok(asking) => asking.give().await,
            Err(problem) => Err(problem),
        };
        asked.settle(&services, given.as_ref().ok()).await?;
        given.map(|given| (given, false))
    }

    /// With the key that the request of the table wants, where it wants one.
    fn with_key(mut self, key: Option<&str>) -> Result<Self, Problem> {
        if self.operation.fields.iter().any(|field| field.place == Place::Key) {
            let user = self.caller.user()?.id;
            self.fields.insert("key".to_owned(), json!(once::request_key(user, key)));
        }
        Ok(self)
    }

    async fn give(mut self) -> Result<once::Given, Problem> {
        self.look().await?;
        let answer = self.perform().await?;
        let place = self.operation.route.makes.filter(|place| !place.is_empty());
        let place = place.map(|place| fill(place, &answer, &self.fields));
        Ok(once::Given { answer, place })
    }

    /// What the client saw of what is to be changed, if it said so. Whether it is still that is judged
    /// for good where it is changed: somebody else may be between here and there.
    async fn look(&mut self) -> Result<(), Problem> {
        let Some(shown_by) = self.operation.shown_by.as_deref() else { return Ok(()) };
        if !tag::is_asked(&self.headers) {
            return Ok(());
        }
        tag::check(&self.headers)?;
        let names = |name: &String| shown_by.fields.iter().any(|field| field.name == *name);
        let fields = self.fields.iter().filter(|(name, _)| names(name));
        let fields = fields.map(|(name, value)| (name.clone(), value.clone())).collect();
        let now = perform(shown_by, &self.services, self.caller, &fields).await?;
        let part = shown_by.route.edits.map_or_else(|| now.clone(), |part| part(&now));
        if !tag::holds(&self.headers, &part) {
            return Err(Fault::Changed.into());
        }
        if let Caller::Member(member) = &mut self.caller {
            // Whoever takes it as it comes has seen nothing to hold on to.
            member.seen = (!tag::is_any(&self.headers)).then(|| seen::of(&part));
        }
        Ok(())
    }

    async fn perform(&self) -> Result<Value, Problem> {
        perform(self.operation, &self.services, self.caller, &self.fields).await
    }

    /// Puts the next cursor into an answer that goes on.
    fn page(&self, answer: &mut Value) -> Result<Option<String>, Problem> {
        if self.operation.cuts {
            let (items, next) = cut(answer.take(), &self.fields)?;
            *answer = json!({ "items": items, "next": next });
            return Ok(next);
        }
        let Some(pages) = self.operation.route.pages else { return Ok(None) };
        let next = (pages.next)(&self.fields, answer);
        if let Some(answer) = answer.as_object_mut() {
            answer.insert("next".to_owned(), json!(next));
        }
        Ok(next)
    }
}

async fn perform(
    operation: &Operation,
    services: &Services,
    caller: Caller,
    fields: &Fields,
) -> Result<Value, Problem> {
    let cut = |name: &String| operation.fields.iter().any(|field| field.place == Place::Cut && field.name == *name);
    let asked = fields.iter().filter(|(name, _)| !cut(name));
    let asked = Value::Object(asked.map(|(name, value)| (name.clone(), value.clone())).collect());
    let called = |fault| fields::called(&operation.fields, fault);
    let read = operation.route.read.ok_or(Fault::NotFound)?;
    let reply = services.handle(caller, read(asked).map_err(called)?).await.map_err(called)?;
    let answer = serde_json::to_value(&reply).map_err(Failure::internal)?;
    match operation.route.picks {
        Some(picks) => Ok(picks(fields, answer).ok_or(Fault::NotFound)?),
        None => Ok(answer),
    }
}

/// A page of a list that is at hand as a whole; the cursor is how many came before it.
fn cut(answer: Value, fields: &Fields) -> Result<(Vec<Value>, Option<String>), Fault> {
    let all = match answer {
        Value::Array(all) => all,
        _ => Vec::new(),
    };
    let number = |name: &str| match fields.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => text.parse::<usize>().map(Some).map_err(|_| Fault::field(name, "a whole number")),
        Some(value) => {
            value.as_u64().and_then(|n| n.try_into().ok()).map(Some).ok_or_else(|| Fault::field(name, "a whole number"))
        }
    };
    let (skip, limit) = (number(CURSOR)?.unwrap_or(0), number(LIMIT)?.unwrap_or(PAGE.into()));
    if !(1..=fields::MOST_IN_PAGE.into()).contains(&limit) {
        return Err(Fault::field(LIMIT, format!("from 1 to {}", fields::MOST_IN_PAGE)));
    }
    let end = skip.saturating_add(limit);
    let next = (end < all.len()).then(|| end.to_string());
    Ok((all.into_iter().skip(skip).take(limit).collect(), next))
}

/// Where the next page is, for those who follow links.
fn link(path: &str, mut query: Vec<(String, String)>, next: String) -> Option<HeaderValue> {
    query.retain(|(name, _)| name != CURSOR);
    query.push((CURSOR.to_owned(), next));
    let query = serde_html_form::to_string(&query).ok()?;
    HeaderValue::from_str(&format!("<{path}?{query}>; rel=\"next\"")).ok()
}

/// A path with the names in its braces filled in, from the answer first and from what was asked.
fn fill(place: &str, answer: &Value, fields: &Fields) -> String {
    let mut path = String::from("/api/v1");
    for piece in place.split_inclusive(['{', '}']) {
        match piece.strip_suffix('}') {
            Some(name) => {
                let value = answer.get(name).or_else(|| fields.get(name));
                path.push_str(
                    &value
                        .map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned))
                        .unwrap_or_default(),
                );
            }
            None => path.push_str(piece.trim_end_matches('{')),
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_filled_in_from_answer_and_question() {
        let fields = json!({ "hive": "7" }).as_object().cloned().unwrap();
        assert_eq!(fill("/hives/{hive}/messages/{seq}", &json!({ "seq": 12 }), &fields), "/api/v1/hives/7/messages/12");
    }

    #[test]
    fn a_list_is_cut_into_pages_that_lead_on() {
        let list = json!([0, 1, 2, 3, 4]);
        let page = |fields: Value| cut(list.clone(), fields.as_object().unwrap());
        assert_eq!(page(json!({ "limit": 2 })).unwrap(), (vec![json!(0), json!(1)], Some("2".to_owned())));
        assert_eq!(page(json!({ "limit": 2, "cursor": "4" })).unwrap(), (vec![json!(4)], None));
        assert!(page(json!({ "limit": 0 })).is_err() && page(json!({ "cursor": "x" })).is_err());
    }
}
