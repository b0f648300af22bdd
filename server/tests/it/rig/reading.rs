//! How far people have read, against a small model of it: several people with several devices
//! each send, edit, delete, read and mark as unread in an order left to chance, and after each step
//! every device knows what the model knows.

use std::collections::BTreeMap;

use focushive::chat::ReadState;
use rand::{Rng, SeedableRng, rngs::StdRng};
use serde_json::{Value, json};

use super::seeds;
use crate::harness::{House, Person, Socket};

const ROUNDS: u64 = 6;
const STEPS: usize = 60;
const NAMES: [&str; 3] = ["Ada", "Bob", "Eve"];
const DEVICES: usize = 2;

/// What is known of one person: how far they have read, and how often they marked as unread.
#[derive(Clone, Copy, Default)]
struct Reader {
    read_to: u64,
    revision: u32,
}

/// A message: who wrote it, and whom it names.
struct Written {
    author: usize,
    names: Vec<usize>,
}

/// The rules, as a person would tell them.
#[derive(Default)]
struct Model {
    /// Those that are there.
    messages: BTreeMap<u64, Written>,
    newest: u64,
    readers: [Reader; NAMES.len()],
    /// Who may not write for now; reading is theirs all the same.
    muted: [bool; NAMES.len()],
}

impl Model {
    /// Reading goes forward only, no further than there is something, and not from before a mark.
    fn read(&mut self, who: usize, to: u64, revision: u32) -> bool {
        let newest = self.newest;
        let reader = &mut self.readers[who];
        let counts = revision == reader.revision && to > reader.read_to && to <= newest;
        if counts {
            reader.read_to = to;
        }
        counts
    }

    /// From a message on everything is unread again; what was never written cannot be marked.
    fn mark_unread(&mut self, who: usize, from: u64) {
        let newest = self.newest;
        let reader = &mut self.readers[who];
        reader.read_to = from.saturating_sub(1).min(newest);
        reader.revision += 1;
    }

    /// One's own messages are never unread, and deleted ones are nobody's.
    fn unread(&self, who: usize) -> (u32, u32) {
        let waiting = self.messages.range(self.readers[who].read_to + 1..).filter(|(_, written)| written.author != who);
        let (all, mentions) = waiting.fold((0, 0), |(all, mentions), (_, written)| {
            (all + 1, mentions + u32::from(written.names.contains(&who)))
        });
        (all, mentions)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_device_knows_what_was_read_as_the_rules_tell_it() {
    let house = House::with(&[
        ("FOCUSHIVE_SENDS_PER_MINUTE", "1000000"),
        ("FOCUSHIVE_CONNECTS_PER_MINUTE", "1000000"),
        ("FOCUSHIVE_FRAMES_PER_MINUTE", "1000000"),
    ])
    .await;
    let mut ada = house.owner().await;
    let mut people = vec![ada.clone()];
    for name in &NAMES[1..] {
        people.push(house.member(&mut ada, name, "member").await);
    }
    for seed in seeds("read state", ROUNDS) {
        let mut run = Run::new(&house, &people, seed).await;
        for step in 0..STEPS {
            let told = run.step().await;
            run.compare(&format!("round {seed}, step {step}: {told}")).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn devices_that_read_and_mark_at_the_same_time_end_with_the_same() {
    let (house, ada) = House::open().await;
    let seed = seeds("reading at once", 1).next().unwrap();
    let mut run = Run::new(&house, std::slice::from_ref(&ada), seed).await;
    for _ in 0..15 {
        run.send(0, 0).await;
    }
    let mut devices = run.devices.pop().unwrap();
    let topic = format!("user/{}", ada.find(&house, "ada").await);
    for _ in 0..4 {
        let mut socket = Socket::open(&house, &ada).await;
        socket.join(&topic, None).await;
        devices.push(socket);
    }
    let at_once = devices.iter_mut().map(|socket| {
        let (hive, mut dice) = (run.hive.clone(), StdRng::seed_from_u64(run.dice.random()));
        async move {
            let mut revision = 0;
            for _ in 0..20 {
                let some = dice.random_range(1..15);
                let mark = json!({ "hive": hive, "message": some });
                let read = json!({ "hive": hive, "to": some, "revision": revision });
                let (does, with) = if dice.random_bool(0.3) { ("chat.mark_unread", mark) } else { ("chat.read", read) };
                revision = socket.ok(does, with).await["revision"].as_u64().unwrap();
            }
        }
    });
    futures::future::join_all(at_once).await;
    let state = devices[0].ok("chat.read_state", json!({ "hive": run.hive })).await;
    for device in &mut devices {
        let told = device.rest().await;
        let last = told.iter().rfind(|event| event["event"] == "read.changed").unwrap();
        assert_eq!(last["data"], state, "{seed}");
    }
}

struct Run {
    dice: StdRng,
    model: Model,
    hive: Value,
    ids: Vec<String>,
    /// Of each person, the devices, which listen to their own topic.
    devices: Vec<Vec<Socket>>,
    /// What each device was told last.
    told: Vec<Vec<Option<ReadState>>>,
}

impl Run {
    async fn new(house: &House, people: &[Person], seed: u64) -> Self {
        let (mut devices, mut ids) = (Vec::new(), Vec::new());
        for (person, name) in people.iter().zip(NAMES) {
            ids.push(person.find(house, &name.to_lowercase()).await);
            let topic = format!("user/{}", ids[ids.len() - 1]);
            let mut theirs = Vec::new();
            for _ in 0..DEVICES {
                let mut socket = Socket::open(house, person).await;
                assert!(socket.join(&topic, None).await.get("ok").is_some());
                theirs.push(socket);
            }
            devices.push(theirs);
        }
        let with = json!({ "key": uuid::Uuid::new_v4(), "name": "Model" });
        let hive = devices[0][0].ok("hive.create", with).await["id"].clone();
        for theirs in &mut devices[1..] {
            theirs[0].ok("hive.join", json!({ "hive": hive })).await;
        }
        let told = vec![vec![None; DEVICES]; people.len()];
        let mut run = Self { dice: StdRng::seed_from_u64(seed), model: Model::default(), hive, ids, devices, told };
        // Joining is numbered too.
        let page = run.devices[0][0].ok("chat.history", json!({ "hive": run.hive })).await;
        run.model.newest = page["head"].as_u64().unwrap();
        for who in 0..people.len() {
            // What was before one came is read.
            let state = run.ask(who, 0, "chat.read_state", json!({ "hive": run.hive })).await;
            run.model.readers[who].read_to = state["read_to"].as_u64().unwrap();
            assert!(state["unread"] == 0 && run.model.readers[who].read_to <= run.model.newest, "{state}");
        }
        run
    }

    async fn step(&mut self) -> String {
        let (who, device) = (self.dice.random_range(0..NAMES.len()), self.dice.random_range(0..DEVICES));
        let some = self.some_number();
        match self.dice.random_range(0..100) {
            0..32 => self.send(who, device).await,
            32..42 => self.edit(who, device).await,
            42..50 => self.delete(who, device).await,
            50..56 => self.mute(device).await,
            56..80 => {
                // Now and then from a page that was open before.
                let stale = u32::from(self.dice.random_bool(0.2));
                let revision = self.model.readers[who].revision.saturating_sub(stale);
                let with = json!({ "hive": self.hive, "to": some, "revision": revision });
                let state = self.ask(who, device, "chat.read", with).await;
                if !self.model.read(who, some, revision) {
                    self.is_right(who, &state, "an answer that changes nothing");
                }
                format!("{} reads to {some} at {revision}", NAMES[who])
            }
            _ => {
                let with = json!({ "hive": self.hive, "message": some });
                self.ask(who, device, "chat.mark_unread", with).await;
                self.model.mark_unread(who, some);
                format!("{} marks unread from {some}", NAMES[who])
            }
        }
    }

    /// Mostly one of something that is there; also nonsense.
    fn some_number(&mut self) -> u64 {
        match self.dice.random_range(0..20) {
            0 => 0,
            1 => self.model.newest + self.dice.random_range(1..5),
            2 => u64::from(u32::MAX),
            3 => i64::MAX.unsigned_abs(),
            _ => self.dice.random_range(1..=self.model.newest),
        }
    }

    async fn ask(&mut self, who: usize, device: usize, does: &str, with: Value) -> Value {
        self.devices[who][device].ok(does, with).await
    }

    /// The owner mutes somebody, or lets them write again. Either is numbered, and nobody's to read.
    async fn mute(&mut self, device: usize) -> String {
        let who = self.dice.random_range(1..NAMES.len());
        let mute = self.dice.random_bool(0.5);
        let mut with = json!({ "hive": self.hive, "user": self.ids[who] });
        if mute {
            with["lasts"] = json!("hour");
        }
        self.ask(0, device, if mute { "hive.mute" } else { "hive.pardon" }, with).await;
        self.model.newest += 1;
        self.model.muted[who] = mute;
        format!("{} is {}", NAMES[who], if mute { "muted" } else { "pardoned" })
    }

    /// What somebody may not do for now, and what is left as it was.
    async fn refused(&mut self, who: usize, device: usize, does: &str, with: Value) -> String {
        let code = self.devices[who][device].refused(does, with).await;
        assert_eq!(code, "not_yet", "{} is muted", NAMES[who]);
        format!("{} is muted and wants to {does}", NAMES[who])
    }

    /// Some of the others are named.
    fn words(&mut self) -> (String, Vec<usize>) {
        let names: Vec<usize> = (0..NAMES.len()).filter(|_| self.dice.random_bool(0.3)).collect();
        let at: String = names.iter().map(|n| format!(" @{}", NAMES[*n].to_lowercase())).collect();
        (format!("{}{at}", self.dice.random_range(0..1_000_000)), names)
    }

    async fn send(&mut self, who: usize, device: usize) -> String {
        let (body, names) = self.words();
        let with = json!({ "hive": self.hive, "key": uuid::Uuid::new_v4(), "body": body });
        if self.model.muted[who] {
            return self.refused(who, device, "chat.send", with).await;
        }
        let seq = self.ask(who, device, "chat.send", with).await["seq"].as_u64().unwrap();
        self.model.newest = seq;
        self.model.messages.insert(seq, Written { author: who, names });
        format!("{} sends {seq}: {body}", NAMES[who])
    }

    /// One of somebody's own messages that are there.
    fn own(&mut self, who: usize) -> Option<u64> {
        let own: Vec<u64> =
            self.model.messages.iter().filter(|(_, written)| written.author == who).map(|(seq, _)| *seq).collect();
        (!own.is_empty()).then(|| own[self.dice.random_range(0..own.len())])
    }

    async fn edit(&mut self, who: usize, device: usize) -> String {
        let Some(seq) = self.own(who) else { return "nothing".to_owned() };
        let (body, names) = self.words();
        let with = json!({ "hive": self.hive, "message": seq, "body": body });
        if self.model.muted[who] {
            return self.refused(who, device, "chat.edit", with).await;
        }
        self.ask(who, device, "chat.edit", with).await;
        self.model.newest += 1;
        self.model.messages.get_mut(&seq).unwrap().names = names;
        format!("{} edits {seq}: {body}", NAMES[who])
    }

    async fn delete(&mut self, who: usize, device: usize) -> String {
        let Some(seq) = self.own(who) else { return "nothing".to_owned() };
        self.ask(who, device, "chat.delete", json!({ "hive": self.hive, "message": seq })).await;
        self.model.newest += 1;
        self.model.messages.remove(&seq);
        format!("{} deletes {seq}", NAMES[who])
    }

    fn is_right(&self, who: usize, state: &Value, told: &str) {
        let state: ReadState = serde_json::from_value(state.clone()).unwrap();
        let (unread, mentions) = self.model.unread(who);
        let Reader { read_to, revision } = self.model.readers[who];
        let known = (state.read_to, state.revision, state.unread, state.mentions);
        assert_eq!(known, (read_to, revision, unread, mentions), "{told}, as {} sees it", NAMES[who]);
    }

    /// Whoever asks is told what the model says, and so was every device by itself.
    async fn compare(&mut self, told: &str) {
        for who in 0..NAMES.len() {
            for device in 0..DEVICES {
                let state = self.ask(who, device, "chat.read_state", json!({ "hive": self.hive })).await;
                self.is_right(who, &state, told);
                let cards = self.ask(who, device, "hive.list", json!({})).await;
                let card = cards.as_array().unwrap().iter().find(|card| card["hive"]["id"] == self.hive).unwrap();
                assert_eq!(card["unread"], state["unread"], "{told}, in the lobby");
                for event in self.devices[who][device].rest().await {
                    if event["event"] == "read.changed" && event["data"]["hive"] == self.hive {
                        self.told[who][device] = Some(serde_json::from_value(event["data"].clone()).unwrap());
                    }
                }
                if let Some(last) = &self.told[who][device] {
                    let Reader { read_to, revision } = self.model.readers[who];
                    assert_eq!((last.read_to, last.revision), (read_to, revision), "{told}, as it was told");
                }
            }
        }
    }
}
