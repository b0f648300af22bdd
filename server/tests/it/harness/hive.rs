//! A hive with people in it: each with a socket that listens to what is live there and to what is
//! their own.

use focushive::{focus::Stint, moment::Moment, timer::Timer};
use serde_json::{Value, json};
use time::Duration;
use uuid::Uuid;

use super::{House, Person, Socket};

pub struct Hive {
    pub house: House,
    pub id: String,
    /// The owner, who is a host, and then the others.
    pub people: Vec<Person>,
    pub sockets: Vec<Socket>,
}

/// How often a device speaks.
const BEAT: Duration = Duration::seconds(25);

impl Hive {
    /// Ada owns it; the others are members. All of them sit in it.
    pub async fn of(names: &[&str]) -> Self {
        Self::in_house(House::at(super::morning(), super::database().await, &[]).await, names).await
    }

    /// On a database that the test knows as well.
    pub async fn on(url: String, names: &[&str]) -> Self {
        Self::in_house(House::on(url, &[]).await, names).await
    }

    pub async fn in_house(house: House, names: &[&str]) -> Self {
        let mut people = vec![house.owner().await];
        for name in names {
            let person = house.member(&mut people[0], name, "member").await;
            people.push(person);
        }
        let mut ada = Socket::open(&house, &people[0]).await;
        let made = ada.ok("hive.create", json!({ "key": Uuid::new_v4(), "name": "Library" })).await;
        let id = made["id"].as_str().unwrap().to_owned();
        let mut hive = Self { house, id, people, sockets: vec![ada] };
        for person in &hive.people[1..] {
            let mut socket = Socket::open(&hive.house, person).await;
            socket.ok("hive.join", hive.hive()).await;
            hive.sockets.push(socket);
        }
        hive.sit_down().await;
        hive
    }

    async fn sit_down(&mut self) {
        let (here, live) = (self.hive(), format!("hive/{}/live", self.id));
        for socket in &mut self.sockets {
            socket.join(&live, None).await;
            let own = format!("user/{}", socket.id().await);
            socket.join(&own, None).await;
            socket.ok("hive.enter", here.clone()).await;
        }
    }

    /// Everybody goes, and the server stops.
    pub async fn close(self) {
        let Self { house, sockets, .. } = self;
        drop(sockets);
        house.close().await;
    }

    /// The server stops and starts again some time later; everybody comes back.
    pub async fn restart(self, after: Duration) -> Self {
        let Self { house, id, people, sockets } = self;
        drop(sockets);
        let house = house.restart(after).await;
        let mut hive = Self { house, id, people, sockets: Vec::new() };
        for person in &hive.people {
            hive.sockets.push(Socket::open(&hive.house, person).await);
        }
        hive.sit_down().await;
        hive
    }

    pub fn hive(&self) -> Value {
        json!({ "hive": self.id })
    }

    /// A question about this hive.
    pub fn with_hive(&self, mut with: Value) -> Value {
        with["hive"] = json!(self.id);
        with
    }

    /// Somebody does something to the hive's clock.
    pub async fn act(&mut self, who: usize, does: &str, with: Value) -> Timer {
        let with = self.with_hive(with);
        timer(&self.sockets[who].ok(does, with).await["timer"])
    }

    /// Somebody asks something else of the hive.
    pub async fn ok(&mut self, who: usize, does: &str, with: Value) -> Value {
        let with = self.with_hive(with);
        self.sockets[who].ok(does, with).await
    }

    /// Somebody fills in a form.
    pub async fn fill_in(&mut self, who: usize, does: &str, fields: &[(&str, &str)]) {
        let answer = self.people[who].ask(does, fields).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
    }

    pub async fn refused(&mut self, who: usize, does: &str, with: Value) -> String {
        let with = self.with_hive(with);
        self.sockets[who].refused(does, with).await
    }

    /// The clock as somebody is told that it is, once that happens.
    pub async fn told(&mut self, who: usize) -> Timer {
        timer(&self.sockets[who].event("timer.changed").await["data"]["timer"])
    }

    pub async fn sync(&mut self) -> Timer {
        self.sync_of(0).await
    }

    /// How the clock stands, as one of them asks.
    pub async fn sync_of(&mut self, who: usize) -> Timer {
        self.act(who, "timer.sync", json!({})).await
    }

    /// Time passes beat by beat, while the devices of some people speak.
    pub async fn pass(&mut self, by: Duration, awake: &[usize]) {
        let mut left = by;
        while left.is_positive() {
            let step = left.min(BEAT);
            self.house.pass(step);
            left -= step;
            // Time does not run away from the alarm of a machine that is busy.
            self.house.quiet().await;
            for who in awake {
                self.sockets[*who].ok("presence.beat", json!({})).await;
            }
        }
        // The clock is looked at, and what follows is written.
        self.house.services.alarm.notify_one();
    }

    /// The same, up to just after the end of the phase that is on, and until that is told.
    pub async fn pass_to_the_end(&mut self, awake: &[usize]) -> Timer {
        let timer = self.sync().await;
        let left = timer.wakes_at().unwrap().since(self.now());
        for socket in &mut self.sockets {
            socket.rest().await;
        }
        self.pass(left + Duration::milliseconds(10), awake).await;
        self.house.quiet().await;
        self.sync().await
    }

    /// Until the house has written down that there is somebody in the hive.
    pub async fn seen(&self) {
        let place: Uuid = self.id.parse().unwrap();
        for _ in 0..100 {
            let seen: Option<time::OffsetDateTime> = sqlx::query_scalar("select seen_at from timer where place = $1")
                .bind(place)
                .fetch_one(&self.house.services.db)
                .await
                .unwrap();
            if seen.is_some_and(|seen| self.now().0 - seen < Duration::seconds(11)) {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        panic!("nobody says that somebody is there");
    }

    pub fn now(&self) -> Moment {
        self.house.services.clock.now()
    }

    /// What is recorded of somebody's session that just ended, as they are told.
    pub async fn recorded(&mut self, who: usize) -> Stint {
        let told = self.sockets[who].event("focus.recorded").await;
        serde_json::from_value(told["data"]["stint"].clone()).unwrap()
    }

    /// The phases that are over: their number, how they ended, and whether anybody was there.
    pub async fn phases(&self) -> Vec<(i64, String, String, bool)> {
        let place: Uuid = self.id.parse().unwrap();
        let sql = "select ordinal, phase, ending, attended from timer_phase where place = $1 order by ordinal";
        sqlx::query_as(sql).bind(place).fetch_all(&self.house.services.db).await.unwrap()
    }
}

pub fn timer(value: &Value) -> Timer {
    serde_json::from_value(value.clone()).unwrap()
}
