//! The document and the page: whether they say what the router does.

use reqwest::Method;
use serde_json::Value;

use super::two;
use crate::harness::Client;

async fn document(client: &Client) -> Value {
    let mut person = client.person.clone();
    let answer = person.send(person.request(Method::GET, "/api/openapi.json")).await;
    assert_eq!((answer.status, answer.header("content-type")), (200, "application/json"));
    let tag = answer.header("etag").to_owned();
    let known = person.request(Method::GET, "/api/openapi.json").header("if-none-match", tag);
    assert_eq!(person.send(known).await.status, 304);
    answer.json()
}

/// Every operation: its method, its path and what is written of it.
fn operations(document: &Value) -> Vec<(Method, String, Value)> {
    let paths = document["paths"].as_object().unwrap();
    let each = |(path, methods): (&String, &Value)| -> Vec<(Method, String, Value)> {
        let methods = methods.as_object().unwrap();
        methods.iter().map(|(m, o)| (m.to_uppercase().parse().unwrap(), path.clone(), o.clone())).collect()
    };
    paths.iter().flat_map(each).collect()
}

#[tokio::test]
async fn every_operation_of_the_document_is_answered_in_a_way_it_names() {
    let (_house, ada, bob) = two().await;
    let hive = ada.hive("Library").await;
    let operations = operations(&document(&ada).await);
    assert!(operations.len() > 130, "{}", operations.len());
    for (method, path, written) in operations {
        let id = written["operationId"].as_str().unwrap();
        let filled = path.replace("{hive}", &hive).replace("{emoji}", "%F0%9F%91%8D").replace("{kind}", "mention");
        let filled = filled.replace("{message}", "1");
        let filled: String = filled
            .split('/')
            .map(|piece| if piece.starts_with('{') { "00000000-0000-0000-0000-000000000007" } else { piece })
            .collect::<Vec<_>>()
            .join("/");
        let asker = if id == "auth.logout" { &bob } else { &ada };
        let answer = asker.send(asker.request(method.clone(), &filled)).await;
        assert!(
            written["responses"].get(answer.status.to_string()).is_some(),
            "{id}: {} {}",
            answer.status,
            answer.body
        );
        let found = answer.status != 404 || answer.code() == "not_found" && path.contains('{');
        assert!(found || id == "digest.dismiss", "{id}: {method} {filled} {}", answer.body);
        assert_ne!(answer.status, 405, "{id}");
    }
}

#[tokio::test]
async fn the_page_names_every_operation_and_runs_nothing() {
    let (_house, ada, _) = two().await;
    let mut visitor = ada.person.clone();
    let page = visitor.send(visitor.request(Method::GET, "/api").header("accept", "text/html")).await;
    assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"));
    for (method, path, written) in operations(&document(&ada).await) {
        let id = written["operationId"].as_str().unwrap();
        assert!(page.body.contains(&format!("id=\"{id}\"")) && page.body.contains(&path), "{method} {path}");
    }
    for (code, ..) in server::http::api::problem::CODES {
        assert!(page.body.contains(&format!("id=\"{code}\"")), "{code}");
    }
    assert!(!page.body.contains("<script"));
    let policy = page.header("content-security-policy");
    assert!(policy.contains("default-src 'none'") && policy.contains("style-src 'sha256-"), "{policy}");
}
