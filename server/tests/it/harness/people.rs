//! Somebody with a browser or a client: a cookie jar, forms with their tokens, JSON.

use std::{collections::BTreeMap, net::SocketAddr};

use reqwest::{Client, Method, RequestBuilder, redirect::Policy};
use serde_json::{Value, json};

use super::PASSWORD;

#[derive(Clone)]
pub struct Person {
    base: String,
    client: Client,
    pub cookies: BTreeMap<String, String>,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub body: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("not JSON: {}", self.body))
    }

    pub fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

impl Person {
    pub fn new(address: SocketAddr) -> Self {
        let client = Client::builder().redirect(Policy::none()).build().unwrap();
        Self { base: format!("http://{address}"), client, cookies: BTreeMap::new() }
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.client.request(method, format!("{}{path}", self.base));
        let jar = self.jar();
        if jar.is_empty() { request } else { request.header("cookie", jar) }
    }

    /// All cookies, as a browser sends them.
    pub fn jar(&self) -> String {
        let jar: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        jar.join("; ")
    }

    pub async fn send(&mut self, request: RequestBuilder) -> Answer {
        let response = request.send().await.unwrap();
        for cookie in response.headers().get_all("set-cookie") {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            if value.is_empty() {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Answer { status, headers, body: response.text().await.unwrap() }
    }

    pub async fn get(&mut self, path: &str) -> Answer {
        let request = self.request(Method::GET, path).header("accept", "text/html");
        self.send(request).await
    }

    /// The token of a page's forms.
    pub async fn token(&mut self) -> String {
        // Any page has one; a path that leads nowhere is open to everybody once there is a house.
        let page = self.get("/setup").await.body + &self.get("/nowhere").await.body;
        let mark = "name=\"csrf-token\" content=\"";
        let from = page.find(mark).unwrap_or_else(|| panic!("no token in {page}")) + mark.len();
        page[from..].split('"').next().unwrap().to_owned()
    }

    /// Sends a form as a script of ours does.
    pub async fn submit(&mut self, path: &str, does: &str, fields: &[(&str, &str)]) -> Answer {
        let token = self.token().await;
        let mut form = vec![("do", does), ("csrf", &token)];
        form.extend(fields);
        let request = self.request(Method::POST, path).header("accept", "application/json").form(&form);
        self.send(request).await
    }

    /// Asks something of the request table.
    pub async fn ask(&mut self, does: &str, fields: &[(&str, &str)]) -> Answer {
        self.submit("/settings", does, fields).await
    }

    pub async fn sign_in(&mut self, email: &str, password: &str) -> Answer {
        self.submit("/sign-in", "auth.sign_in", &[("email", email), ("password", password)]).await
    }

    /// The secret of a fresh invite link.
    pub async fn invite(&mut self, role: &str, uses: u16) -> String {
        let (key, uses) = (uuid::Uuid::new_v4().to_string(), uses.to_string());
        let fields = [("key", key.as_str()), ("role", role), ("lasts", "week"), ("max_uses", &uses)];
        let answer = self.ask("invite.create", &fields).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.json()["ok"]["link"].as_str().unwrap().rsplit('/').next().unwrap().to_owned()
    }

    pub async fn accept(&mut self, secret: &str, name: &str) -> Answer {
        let email = format!("{}@example.org", name.to_lowercase());
        let fields = [("invite", secret), ("name", name), ("email", &email), ("password", PASSWORD)];
        self.submit(&format!("/invite/{secret}"), "auth.sign_up", &fields).await
    }

    pub async fn is_signed_in(&mut self) -> bool {
        self.get("/settings").await.status == 200
    }

    /// Posts JSON as an outside client does.
    pub async fn post(&mut self, path: &str, body: Value) -> Answer {
        let request = self.request(Method::POST, path).json(&body);
        self.send(request).await
    }

    pub async fn login(&mut self, email: &str) -> Value {
        let answer = self.post("/api/v1/auth/login", json!({ "email": email, "password": PASSWORD })).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.json()
    }

    /// Who a token says one is.
    pub async fn me(&mut self, token: &str) -> Answer {
        let request = self.request(Method::GET, "/api/v1/auth/me").bearer_auth(token);
        self.send(request).await
    }

    /// The id of somebody in the list of people.
    pub async fn find(&self, house: &super::House, handle: &str) -> String {
        let id: uuid::Uuid = sqlx::query_scalar("select id from \"user\" where handle = $1")
            .bind(handle)
            .fetch_one(&house.services.db)
            .await
            .unwrap();
        id.to_string()
    }
}
