//! A script with an access token, that speaks to the house by REST.

use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use super::{Answer, House, Person};

#[derive(Clone)]
pub struct Client {
    pub person: Person,
    pub token: String,
}

impl Client {
    /// Signs in with an address.
    pub async fn of(house: &House, email: &str) -> Self {
        let mut person = house.visitor();
        let token = person.login(email).await["access_token"].as_str().unwrap().to_owned();
        Self { person, token }
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.person.request(method, &format!("/api/v1{path}")).bearer_auth(&self.token)
    }

    pub async fn send(&self, request: RequestBuilder) -> Answer {
        self.person.clone().send(request).await
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path)).await
    }

    pub async fn ask(&self, method: Method, path: &str, body: Value) -> Answer {
        self.send(self.request(method, path).json(&body)).await
    }

    /// The answer, which is not refused.
    pub async fn ok(&self, method: Method, path: &str, body: Value) -> Value {
        let answer = self.ask(method, path, body).await;
        assert!((200..300).contains(&answer.status), "{path}: {} {}", answer.status, answer.body);
        if answer.body.is_empty() { Value::Null } else { answer.json() }
    }

    pub async fn look(&self, path: &str) -> Value {
        let answer = self.get(path).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        answer.json()
    }

    /// Makes a hive, and says which.
    pub async fn hive(&self, name: &str) -> String {
        let hive = self.ok(Method::POST, "/hives", json!({ "name": name, "access": "public" })).await;
        hive["id"].as_str().unwrap().to_owned()
    }
}
