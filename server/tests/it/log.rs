//! What the server writes down about what it does: no line of anybody else's, and nothing that is
//! between it and whoever it speaks to.

use reqwest::Method;
use serde_json::{Value, json};
use server::failure::Failure;
use uuid::Uuid;

use crate::harness::{House, PASSWORD, Person, Process, Socket, database};

/// What somebody would like to read in the log of somebody else.
const FORGED: &str = "x\n2026-01-05T10:20:31Z  INFO \u{1b}[31mFORGED";

/// A server that says all it ever says, and its owner's access token.
struct Scene {
    server: Process,
    token: String,
    /// What nobody is to read anywhere.
    secrets: Vec<String>,
}

async fn scene(format: &str) -> Scene {
    let url = database().await;
    let settings = [
        ("DATABASE_URL", url.as_str()),
        ("FOCUSHIVE_LOG", "debug,server=trace,focushive=trace"),
        ("FOCUSHIVE_LOG_FORMAT", format),
    ];
    let create = ["owner", "create", "--email", "ada@example.org", "--name", "Ada"];
    Process::command(&[("DATABASE_URL", url.as_str())], &create, PASSWORD).await;
    let server = Process::start(&settings).await;
    let token = Person::new(server.address).login("ada@example.org").await["access_token"].as_str().unwrap().to_owned();
    let secrets = [PASSWORD, "ada@example.org", &token].map(str::to_owned).to_vec();
    Scene { server, token, secrets }
}

impl Scene {
    async fn socket(&self) -> Socket {
        Socket::to(self.server.address, &[("authorization", &format!("Bearer {}", self.token))]).await.unwrap()
    }

    /// Somebody comes in by a link, signs in well and badly, and has another password then.
    async fn sign_ins(&mut self) {
        let invite = json!({ "key": Uuid::new_v4(), "role": "member", "lasts": "week", "max_uses": 1 });
        let link = self.socket().await.ok("invite.create", invite).await["link"].as_str().unwrap().to_owned();
        let secret = link.rsplit('/').next().unwrap().to_owned();
        let mut bob = Person::new(self.server.address);
        let form = json!({ "invite": secret, "name": "Bob", "email": "bob@example.org", "password": PASSWORD });
        let login = bob.post("/api/v1/auth/register", form).await;
        assert!(login.status < 300, "{login:?}");
        let login = login.json();
        let tokens = ["access_token", "refresh_token"].map(|name| login[name].as_str().unwrap().to_owned());
        let guess = json!({ "email": "bob@example.org", "password": "eight grey geese" });
        assert_eq!(bob.post("/api/v1/auth/login", guess).await.status, 401);
        let mut client = Socket::to(self.server.address, &[]).await.unwrap();
        client.exchange(json!({ "hello": { "token": tokens[0] } })).await;
        let passwords = json!({ "current": PASSWORD, "new": "nine white swans" });
        client.ok("account.change_password", passwords).await;
        for _ in 0..2 {
            bob.post("/api/v1/auth/refresh", json!({ "refresh_token": tokens[1] })).await;
        }
        let mut client = Socket::to(self.server.address, &[]).await.unwrap();
        client.exchange(json!({ "hello": { "token": format!("{}x", tokens[0]) } })).await;
        self.secrets.extend(tokens.into_iter().chain([secret]));
        self.secrets.extend(["bob@example.org", "eight grey geese", "nine white swans"].map(str::to_owned));
    }

    /// What is said in a hive; some of it the database refuses, quoting it.
    async fn words(&mut self, db: &sqlx::PgPool) {
        let mut socket = self.socket().await;
        let hive = socket.ok("hive.create", json!({ "key": Uuid::new_v4(), "name": "Library" })).await["id"].clone();
        let refuse = "alter table message add constraint message_is_short check (length(body) < 30);
                      alter table draft add constraint draft_is_short check (length(text) < 30)";
        sqlx::raw_sql(refuse).execute(db).await.unwrap();
        let invite = json!({ "hive": hive, "rank": "member", "lasts": "week", "max_uses": 1 });
        let link = socket.ok("hive.invite", invite).await["link"].as_str().unwrap().to_owned();
        let secret = link.rsplit('/').next().unwrap().to_owned();
        socket.ask("hive.accept", json!({ "secret": secret })).await;
        let mut visitor = Person::new(self.server.address);
        visitor.get(&format!("/join/{secret}")).await;
        let long = "a confession of more than thirty letters";
        for (does, with) in [
            ("chat.send", json!({ "hive": hive, "key": Uuid::new_v4(), "body": "a short confession" })),
            ("chat.send", json!({ "hive": hive, "key": Uuid::new_v4(), "body": long })),
            ("chat.set_draft", json!({ "hive": hive, "text": long })),
            ("hive.set_goal", json!({ "hive": hive, "goal": "a confession" })),
        ] {
            let answer = socket.ask(does, with.clone()).await;
            let is_long = with.to_string().contains("thirty");
            assert_eq!(answer["fault"]["code"] == "internal", is_long, "{does}: {answer}");
        }
        self.secrets.extend([secret, "confession".to_owned()]);
    }

    /// Lines of the log as others would write them, in everything that may come to stand there.
    async fn forgeries(&mut self) {
        let mut socket = self.socket().await;
        for frame in [
            json!({ "do": FORGED }),
            json!({ "join": format!("hive/{FORGED}") }),
            json!({ "hello": { "token": FORGED } }),
            json!({ "do": "member.list", "with": { "find": FORGED } }),
            json!({ "do": "hive.accept", "with": { "secret": FORGED } }),
            json!({ "do": "account.set_profile", "with": { "name": FORGED, "handle": "ada" } }),
        ] {
            socket.say(&frame).await;
        }
        assert_eq!(socket.rest().await.len(), 6);
        let mut visitor = Person::new(self.server.address);
        for _ in 0..8 {
            let form = json!({ "email": format!("{FORGED}@example.org"), "password": FORGED });
            visitor.post("/api/v1/auth/login", form).await;
        }
        visitor.post("/api/v1/auth/refresh", json!({ "refresh_token": FORGED })).await;
        let path = "/hive/%0a2026-01-05T10:20:31Z%20INFO%20%1b%5b31mFORGED";
        let request = visitor.request(Method::GET, path).header("x-request-id", "FORGED id");
        visitor.send(request.header("user-agent", "FORGED").header("x-forwarded-for", "FORGED")).await;
    }

    /// Everything it wrote, once it has ended.
    async fn log(mut self) -> String {
        assert!(self.server.stop().await.1);
        let log = self.server.log();
        for secret in &self.secrets {
            let line = log.lines().find(|line| line.contains(secret.as_str()));
            assert_eq!(line, None, "{secret} is written down");
        }
        log
    }
}

#[tokio::test]
async fn of_what_the_database_refuses_the_reason_is_written_down_and_not_the_row() {
    let (house, _) = House::open().await;
    let refused = sqlx::query("update \"user\" set role = 'a confession'").execute(&house.services.db).await;
    let failure = Failure::from(refused.unwrap_err());
    let written = format!("{failure:?}");
    assert!(written.contains("user_role_known") && !written.contains("confession"), "{written}");
}

#[tokio::test]
async fn what_people_say_is_written_down_nowhere_and_nobody_writes_a_line_of_their_own() {
    for format in ["pretty", "json"] {
        let mut scene = scene(format).await;
        let url = scene.server.setting("DATABASE_URL");
        let db = sqlx::PgPool::connect(&url).await.unwrap();
        scene.words(&db).await;
        scene.sign_ins().await;
        scene.forgeries().await;
        let log = scene.log().await;
        assert!(log.contains("a refresh token was used twice") && log.contains("a request failed"), "{log}");
        let forged: Vec<&str> = log.lines().filter(|line| line.contains("FORGED")).collect();
        assert_eq!(forged, [] as [&str; 0]);
        for line in log.lines() {
            assert!(!line.contains('\u{1b}'), "{line:?}");
            let is_whole = if format == "json" {
                serde_json::from_str::<Value>(line).is_ok_and(|line| line["level"].is_string())
            } else {
                line.starts_with("20") && line.contains('T')
            };
            assert!(is_whole, "{line:?}");
        }
    }
}
