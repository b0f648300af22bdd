//! One's own clock goes on as a hive's, where nothing runs yet. What one focused alone until then
//! goes with it: it is one session, not two.

use focushive::{
    Fault, Moment,
    caller::Member,
    hive::Right,
    id::{HiveId, UserId},
    timer::{Act, Acted, Changed, Done, Ended, Run, Span, Timer},
};

use super::{Place, member, name_of, now, store, turn};
use crate::{failure::Failure, focus, services::Services};

/// It begins a session there: as any other, at once or by consent.
pub async fn open_up(services: &Services, by: Member, hive: HiveId) -> Result<Done, Failure> {
    if !member(services, by, hive).await?.may(Right::Write) {
        return Err(Fault::Forbidden.into());
    }
    let (mine, shared) = (store::find(&services.db, by.id.0).await?, store::find(&services.db, hive.0).await?);
    check(&mine, &shared, now(services))?;
    super::act(services, by, Some(hive), Act::OpenUp, None).await
}

/// Both clocks change together. It was seen before that they may.
pub async fn hand_over(services: &Services, by: UserId, hive: HiveId) -> Result<Done, Failure> {
    let (own, theirs) = (Place::Own(by), Place::Hive(hive));
    let now = now(services);
    let acted = Acted { by, name: name_of(services, by).await?, at: now, act: Act::OpenUp, stage: None };
    focus::attest::write(services, Some((own.id(), now))).await?;
    let mut tx = services.db.begin().await?;
    // In the order in which everybody holds clocks, so that nobody waits for each other.
    let (alone, hives) = if own.id() < theirs.id() {
        let alone = store::lock(&mut tx, own).await?;
        (alone, store::lock(&mut tx, theirs).await?)
    } else {
        let hives = store::lock(&mut tx, theirs).await?;
        (store::lock(&mut tx, own).await?, hives)
    };
    let Handed { mut mine, mut shared, ended } = handed_over(alone.clone(), hives.clone(), acted.clone(), now)?;
    turn::keep(&mut tx, own, &mut mine, &acted, &alone).await?;
    turn::keep(&mut tx, theirs, &mut shared, &acted, &hives).await?;
    let since = shared.started_at().unwrap_or(now);
    focus::record::move_to(&mut tx, by, own, theirs, Span { from: since, to: now }).await?;
    let changed =
        |place: Place, timer: &Timer, ended, acted| Changed { hive: place.hive(), timer: timer.clone(), ended, acted };
    let left = turn::write(services, &mut tx, own, &alone, &mine, changed(own, &mine, ended, None)).await?;
    let begun = changed(theirs, &shared, Vec::new(), Some(acted));
    let begun = turn::write(services, &mut tx, theirs, &hives, &shared, begun).await?;
    let goal = store::bring_goal(&mut *tx, hive, by).await?;
    tx.commit().await?;
    services.presence.set_goal(hive, by, goal);
    turn::settle(services, own, &mine, left);
    turn::settle(services, theirs, &shared, begun);
    Ok(Done { timer: shared, proposal: None })
}

struct Handed {
    mine: Timer,
    shared: Timer,
    /// What of one's own was over by then.
    ended: Vec<Ended>,
}

/// Nobody is asked about what cannot be.
fn check(mine: &Timer, shared: &Timer, now: Moment) -> Result<(), Fault> {
    let on = |timer: &Timer| {
        let mut timer = timer.clone();
        timer.roll(now, None);
        timer.phase().is_some()
    };
    if !on(mine) {
        return Err(Fault::conflict("start a session of your own first"));
    }
    if on(shared) {
        return Err(Fault::conflict("a session is on in this hive already: join it"));
    }
    Ok(())
}

/// Both clocks afterwards. The hive keeps its own rhythm for what comes next.
fn handed_over(mut mine: Timer, shared: Timer, acted: Acted, now: Moment) -> Result<Handed, Fault> {
    check(&mine, &shared, now)?;
    let ended = mine.roll(now, None);
    let shared = Timer {
        run: mine.run.clone(),
        pauses: std::mem::take(&mut mine.pauses),
        round: if mine.is_at_work() { 1 } else { shared.round },
        ordinal: shared.ordinal + 1,
        revision: shared.revision + 1,
        last: Some(acted),
        ..shared
    };
    let mine = Timer { run: Run::Idle, round: 0, revision: mine.revision + 1, ..mine };
    Ok(Handed { mine, shared, ended })
}
