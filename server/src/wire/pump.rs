//! One session's life, over whatever line and in whatever dialect: frames in, answers and events
//! out, heartbeats, and an end with a reason. Requests of one session are done one after another,
//! which is also what slows its sender down; events go out meanwhile, also while the database takes
//! its time.

use std::{collections::VecDeque, pin::pin, sync::Arc, time::Duration};

use focushive::{
    Caller, Fault,
    caller::Member,
    presence::End,
    protocol::{Backend, Reply, Request, Topic},
};
use tokio::time::{Instant, sleep_until, timeout};

use super::{
    dialect::{Begun, Dialect, Step},
    face::Face,
    greet::greet,
    join::begin,
    line::{Ended, Line, Sign},
    pace::Pace,
};
use crate::{
    account,
    backend::settle,
    failure,
    hub::{Close, Connection, Voice},
    services::Services,
};

/// When somebody comes back who came while the server was going.
const COME_BACK_MS: u64 = 2_000;

/// A session from its first word to its last. What happens once is put aside: this is kept as long
/// as somebody is connected, and many are.
pub async fn run<L, D>(services: Services, line: L, dialect: D, caller: Caller)
where
    D: Dialect,
    L: Line<Heard = D::Heard, Told = D::Told>,
{
    let Some(mut pump) = Box::pin(come_in(services, line, dialect, caller)).await else { return };
    let ended = pump.live().await;
    Box::pin(pump.end(ended)).await;
}

/// It is known who it is, and they are told so.
async fn come_in<L, D>(services: Services, mut line: L, mut dialect: D, caller: Caller) -> Option<Box<Pump<L, D>>>
where
    D: Dialect,
    L: Line<Heard = D::Heard, Told = D::Told>,
{
    let greeted = greet(&services, &mut line, &mut dialect, caller).await;
    let now = services.clock.now();
    let member = match greeted {
        Ok(member) => member,
        Err(why) => {
            let why = why?;
            line.end(dialect.bye(why, now), why).await;
            return None;
        }
    };
    let me = account::look_up(&services, member.id).await.ok()?;
    line.tell(dialect.welcome(Ok(&me), now)).await.ok()?;
    let face = Arc::new(Face::new(dialect, line.mouth()));
    let voice = face.has_mouth().then(|| Arc::clone(&face) as Arc<dyn Voice>);
    let connection = services.hub.connect(&me, member.session, voice);
    if services.stop.is_cancelled() {
        // Those who were there are told; this one came while they were.
        connection.close(Close::Restart { retry_in_ms: COME_BACK_MS });
    }
    Some(Box::new(Pump::new(services, line, face, connection, member)))
}

struct Pump<L, D: Dialect> {
    services: Services,
    line: L,
    face: Arc<Face<D>>,
    connection: Arc<Connection>,
    member: Member,
    /// When anything was heard, and when something was said to us.
    heard_at: Instant,
    said_at: Instant,
    told_at: Instant,
    ping_at: Instant,
    spoke_at: Instant,
    refused: (Instant, u32),
    pace: Pace,
}

impl<L, D> Pump<L, D>
where
    D: Dialect,
    L: Line<Heard = D::Heard, Told = D::Told>,
{
    fn new(services: Services, line: L, face: Arc<Face<D>>, connection: Arc<Connection>, member: Member) -> Self {
        let now = Instant::now();
        let member = Member { connection: Some(connection.id), ..member };
        let pace = Pace::new(services.config.limits.frames_a_minute, now);
        let ping_at = now + services.config.limits.ping_every.duration();
        Self {
            services,
            line,
            face,
            connection,
            member,
            heard_at: now,
            said_at: now,
            told_at: now,
            ping_at,
            spoke_at: now,
            refused: (now, 0),
            pace,
        }
    }

    async fn end(&mut self, ended: Ended) {
        // After the last word nothing is told, not by the hub's rounds either.
        self.connection.close(ended.unwrap_or(Close::Done));
        if let Some(why) = ended {
            let last = self.face.dialect(|dialect| dialect.bye(why, self.services.clock.now()));
            self.line.end(last, why).await;
        }
        self.services.hub.disconnect(&self.connection);
        let said_so = ended == Some(Close::Done) || self.line.is_left();
        let end = if said_so { End::Closed } else { End::Lost };
        self.services.presence.ended(self.member, end, self.services.clock.now());
    }

    /// Until something ends it.
    async fn live(&mut self) -> Ended {
        let now = self.services.clock.now();
        let rest = self.face.dialect(|dialect| dialect.rest(now));
        if let Err(ended) = Box::pin(self.perform(rest)).await {
            return ended;
        }
        let connection = Arc::clone(&self.connection);
        // It is set anew when it rings, and not whenever something is heard.
        let mut alarm = pin!(sleep_until(self.alarm_at()));
        loop {
            let step = tokio::select! {
                biased;
                () = connection.ready() => Box::pin(self.tell()).await,
                sign = self.line.hear() => match sign {
                    Ok(sign) => Box::pin(self.hear(sign)).await,
                    Err(ended) => Err(ended),
                },
                () = alarm.as_mut() => {
                    let looked = Box::pin(self.look_after()).await;
                    alarm.as_mut().reset(self.alarm_at());
                    looked
                }
            };
            if let Err(ended) = step {
                return ended;
            }
        }
    }

    async fn hear(&mut self, sign: Sign<D::Heard>) -> Result<(), Ended> {
        self.heard_at = Instant::now();
        let now = self.services.clock.now();
        if let Err(retry_after_ms) = self.pace.step(self.heard_at) {
            let refused = Fault::RateLimited { retry_after_ms };
            self.count(&refused)?;
            let frames = self.face.dialect(|dialect| dialect.too_fast(&refused, now)).into_iter().collect();
            return self.send(frames).await;
        }
        let heard = match sign {
            Sign::Said(heard) => heard,
            Sign::Answered => {
                self.is_there();
                return Ok(());
            }
            Sign::Alive => return Ok(()),
        };
        self.said_at = self.heard_at;
        let steps = self.face.dialect(|dialect| dialect.read(heard, now));
        self.perform(steps).await
    }

    /// It answers by itself, also where nobody touches it.
    fn is_there(&self) {
        self.services.presence.answered(self.member, self.services.clock.now());
    }

    /// Does one step after another; what follows from one comes before the next.
    async fn perform(&mut self, steps: Vec<Step<D>>) -> Result<(), Ended> {
        let mut steps = VecDeque::from(steps);
        let (mut frames, mut asked) = (Vec::new(), 0u32);
        while let Some(step) = steps.pop_front() {
            if matches!(step, Step::Ask { .. } | Step::Join { .. }) {
                asked += 1;
                // The first of a message was counted with it; one message may ask for much.
                if asked > 1 && self.pace.step(Instant::now()).is_err() {
                    return Err(Some(Close::Flood));
                }
                self.send(std::mem::take(&mut frames)).await?;
                self.let_join().await?;
            }
            for more in self.step(step, &mut frames).await?.into_iter().rev() {
                steps.push_front(more);
            }
        }
        self.send(frames).await?;
        self.let_join().await
    }

    /// What was joined is told live from here on: whoever joined it was told so.
    async fn let_join(&mut self) -> Result<(), Ended> {
        if !self.face.is_joining() {
            return Ok(());
        }
        let frames = self.face.joined(&self.connection).map_err(Some)?;
        self.send(frames).await?;
        self.services.hub.let_speak(&self.connection);
        Ok(())
    }

    /// Does one of them, and says what follows from it.
    async fn step(&mut self, step: Step<D>, frames: &mut Vec<D::Told>) -> Result<Vec<Step<D>>, Ended> {
        match step {
            Step::Say(frame) => frames.push(frame),
            Step::Refuse(frame, fault) => {
                self.count(&fault)?;
                frames.push(frame);
            }
            Step::Alive => self.is_there(),
            Step::Leave(topic) => self.services.hub.leave(topic, &self.connection),
            Step::Close(why) => {
                self.send(std::mem::take(frames)).await?;
                return Err(Some(why));
            }
            Step::Ask { tag, request } => {
                let answer = self.ask(request).await?;
                let now = self.services.clock.now();
                return Ok(self.face.dialect(|dialect| dialect.answer(tag, answer, now)));
            }
            Step::Join { tag, topic, since } => {
                let begun = self.join(topic, since).await?;
                let now = self.services.clock.now();
                return Ok(self.face.dialect(|dialect| dialect.joined(tag, topic, begun, now)));
            }
        }
        Ok(Vec::new())
    }

    async fn ask(&mut self, request: Request) -> Result<Result<Reply, Fault>, Ended> {
        // A device that only says that it is there does nothing.
        if !matches!(request, Request::Beat(_)) {
            self.spoke_at = Instant::now();
        }
        let services = self.services.clone();
        self.meanwhile(services.handle(Caller::Member(self.member), request)).await
    }

    /// Goes on telling while something is done.
    async fn meanwhile<T>(&mut self, doing: impl Future<Output = T>) -> Result<T, Ended> {
        let connection = Arc::clone(&self.connection);
        let mut doing = std::pin::pin!(doing);
        loop {
            tokio::select! {
                biased;
                done = &mut doing => return Ok(done),
                () = connection.ready() => self.tell().await?,
            }
        }
    }

    /// How it went; what happens there is held back until it was told.
    async fn join(&mut self, topic: Topic, since: Option<u64>) -> Result<Result<Begun, Fault>, Ended> {
        self.spoke_at = Instant::now();
        self.face.join(topic);
        let (services, connection) = (self.services.clone(), Arc::clone(&self.connection));
        let member = self.member;
        // It takes more memory than all the rest of a connection, and only for a moment.
        let beginning = Box::pin(begin(&services, &connection, member, topic, since));
        let beginning = timeout(self.services.config.limits.answer_within.duration(), beginning);
        let begun = self.meanwhile(beginning).await?.unwrap_or_else(|_| {
            services.hub.leave(topic, &connection);
            Err(failure::away().into())
        });
        Ok(begun.map_err(settle))
    }

    /// Tells everything that waits, in as few writes as it fits into.
    async fn tell(&mut self) -> Result<(), Ended> {
        // Whoever is behind has it wait where it is bounded.
        self.catch_up().await?;
        let frames = self.face.tell(&self.connection).map_err(Some)?;
        self.send(frames).await?;
        self.catch_up().await
    }

    async fn catch_up(&mut self) -> Result<(), Ended> {
        self.line.catch_up().await.map_err(|()| None)
    }

    async fn send(&mut self, frames: Vec<D::Told>) -> Result<(), Ended> {
        if frames.is_empty() {
            return Ok(());
        }
        self.told_at = Instant::now();
        let frames = self.face.keep(frames);
        if frames.is_empty() {
            self.services.hub.let_speak(&self.connection);
            return Ok(());
        }
        self.line.tell(frames).await.map_err(|()| None)
    }

    /// Refusals are answered, but not without end.
    fn count(&mut self, fault: &Fault) -> Result<(), Ended> {
        let (Fault::RateLimited { .. } | Fault::Invalid { .. } | Fault::NotFound) = fault else { return Ok(()) };
        let (since, count) = &mut self.refused;
        if since.elapsed() > Duration::from_secs(60) {
            (*since, *count) = (Instant::now(), 0);
        }
        *count += 1;
        if *count > self.services.config.limits.refusals_a_minute { Err(Some(Close::Flood)) } else { Ok(()) }
    }

    /// When to look after it next: to ping, to say that we are there, or because it is dead if
    /// nothing is heard until then.
    fn alarm_at(&self) -> Instant {
        let beats = self.face.dialect(|dialect| dialect.beats());
        let dead_at = self.dead_at();
        let beat_at = beats.every.map(|every| self.told_at + every);
        let silent_at = beats.silent_at_most.map(|most| self.said_at + most);
        [dead_at, beat_at, silent_at].into_iter().flatten().fold(self.ping_at, Instant::min)
    }

    /// When it is dead if nothing is heard until then, where that is ours to find out.
    fn dead_at(&self) -> Option<Instant> {
        (!L::KEEPS_WATCH).then(|| self.heard_at + self.services.config.limits.dead_after.duration())
    }

    /// Whether anybody is there, and whether the sign-in still holds.
    async fn look_after(&mut self) -> Result<(), Ended> {
        let services = self.services.clone();
        let (limits, now, beats) =
            (&services.config.limits, Instant::now(), self.face.dialect(|dialect| dialect.beats()));
        let silent = beats.silent_at_most.is_some_and(|most| self.said_at + most <= now);
        if silent || self.dead_at().is_some_and(|dead_at| dead_at <= now) {
            return Err(Some(Close::Dead));
        }
        if beats.every.is_some_and(|every| self.told_at + every <= now) {
            let beat = self.face.dialect(|dialect| dialect.beat()).into_iter().collect();
            self.send(beat).await?;
        }
        if now < self.ping_at {
            return Ok(());
        }
        self.ping_at = now + limits.ping_every.duration();
        // What ended it may have been another node, or somebody at a terminal.
        let known = Box::pin(services.sign_ins.find(self.member.session));
        if matches!(self.meanwhile(timeout(limits.answer_within.duration(), known)).await?, Ok(Ok(None))) {
            return Err(Some(Close::SignedOut));
        }
        let listens = self.connection.listens() || self.face.dialect(|dialect| dialect.listens());
        if !listens && self.spoke_at.elapsed() > limits.idle_after.duration() {
            return Err(Some(Close::Idle));
        }
        self.line.ping().await.map_err(|()| None)
    }
}
