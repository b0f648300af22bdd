//! Everything one can ask, answered: one line a use case. Around it, once, are the span, the
//! metrics, and the only place where an internal failure is written down.

use std::{
    panic::AssertUnwindSafe,
    task::Poll,
    time::{Duration, Instant},
};

use focushive::{
    Caller, Fault,
    caller::Member,
    protocol::{Answering, Backend, Reply, Request},
    timer::Act,
    user::Deed,
};
use futures::FutureExt;
use tokio::time::timeout;
use tracing::Instrument;

use crate::{
    account, audit, auth, chat, draft,
    failure::{self, Failure},
    focus, hive, invite, link, member, notification, pair, presence, push, sector,
    services::Services,
    setting, timer,
};

impl Backend for Services {
    /// What was begun is done to its end, whatever becomes of whoever asked: what follows a commit,
    /// such as telling of it and ending what is not allowed any more, is not left out because a
    /// connection broke.
    fn handle(&self, caller: Caller, request: Request) -> Answering<'_> {
        let name = request.name();
        let takes_time = checks_a_password(&request);
        let user = caller.user().ok().map(|member| tracing::field::display(member.id));
        let span = tracing::info_span!("request", name, user.id = user);
        let services = self.clone();
        let answering = async move {
            let began = Instant::now();
            // It is as large as the largest use case: on the heap it is moved about no more.
            let answer = Box::pin(answer(&services, caller, request)).await.map_err(settle);
            let code = answer.as_ref().map_or_else(Fault::code, |_| "ok");
            metrics::histogram!("focushive_request_seconds", "name" => name, "code" => code)
                .record(began.elapsed().as_secs_f64());
            tracing::debug!(code, duration_ms = began.elapsed().as_millis(), "answered");
            if let (Err(Fault::RateLimited { .. }), Ok(member)) = (&answer, caller.user()) {
                refused(&services, member).await;
            }
            answer
        };
        let mut answering = AssertUnwindSafe(answering.instrument(span)).catch_unwind().boxed();
        let (tasks, patience) = (self.tasks.clone(), patience(self, takes_time, caller));
        Box::pin(async move {
            // What waits for nothing needs no task of its own.
            let answered = match futures::poll!(&mut answering) {
                Poll::Ready(answered) => answered,
                Poll::Pending => {
                    let done = timeout(patience, tasks.spawn(answering)).await.map_err(|_| failure::away())?;
                    done.map_err(Failure::internal).map_err(settle)?
                }
            };
            answered.unwrap_or_else(|_| Err(settle(Failure::internal("it broke off: see what was said before"))))
        })
    }
}

/// How long whoever asks waits for the answer. What they wrote may be stored all the same: they say it again,
/// under the same key.
fn patience(services: &Services, takes_time: bool, caller: Caller) -> Duration {
    let config = &services.config;
    let waits = takes_time || caller.user().is_err();
    if waits { config.web.request_timeout.duration() } else { config.limits.answer_within.duration() }
}

/// That waits for its turn at the processor, not for the database.
const fn checks_a_password(request: &Request) -> bool {
    matches!(request, Request::ChangePassword(_) | Request::ChangeEmail(_) | Request::RemoveAccount(_))
}

/// Whoever goes on all the same is named to those who look after the house, once.
async fn refused(services: &Services, member: Member) {
    if services.limits.floods(member.id)
        && let Err(failure) = audit::note(&services.db, audit::Entry::new(member.id, "did too much at once")).await
    {
        tracing::warn!(?failure, user.id = %member.id, "a flood could not be written down");
    }
}

/// What the caller may see of a failure. Ours is logged here, under a word the caller can quote.
pub fn settle(failure: Failure) -> Fault {
    match failure {
        Failure::Fault(fault) => fault,
        Failure::Internal(error) => {
            let trace = uuid::Uuid::now_v7().simple().to_string();
            tracing::error!(%error, trace, "a request failed");
            Fault::Internal { trace }
        }
    }
}

async fn answer(services: &Services, caller: Caller, request: Request) -> Result<Reply, Failure> {
    let s = services;
    Ok(match request {
        Request::Look(_) => Reply::Look(account::look_up(s, caller.user()?.id).await?),
        Request::SetProfile(ask) => Reply::SetProfile(account::set_profile(s, caller.user()?, ask).await?),
        Request::SetStatus(ask) => Reply::SetStatus(account::set_status(s, caller.user()?, ask).await?),
        Request::SetDay(ask) => Reply::SetDay(account::set_day(s, caller.user()?, ask).await?),
        Request::SetPrivacy(ask) => Reply::SetPrivacy(account::set_privacy(s, caller.user()?, ask).await?),
        Request::SetEnterKey(ask) => Reply::SetEnterKey(account::set_enter_key(s, caller.user()?, ask).await?),
        Request::SetReadPolicy(ask) => Reply::SetReadPolicy(account::set_read_policy(s, caller.user()?, ask).await?),
        Request::ChangePassword(ask) => Reply::ChangePassword(account::change_password(s, caller.user()?, ask).await?),
        Request::VerifyEmail(_) => Reply::VerifyEmail(link::verify_again(s, caller.user()?).await?),
        Request::ChangeEmail(ask) => Reply::ChangeEmail(account::address::change(s, caller.user()?, ask).await?),
        Request::LookAddress(_) => Reply::LookAddress(account::address::look(s, caller.user()?).await?),
        Request::KeepEmail(_) => Reply::KeepEmail(account::address::keep(s, caller.user()?).await?),
        Request::RemoveAvatar(_) => Reply::RemoveAvatar(account::avatar::remove(s, caller.user()?).await?),
        Request::RemoveAccount(ask) => Reply::RemoveAccount(account::remove(s, caller.user()?, ask).await?),
        Request::ListSessions(_) => Reply::ListSessions(auth::sessions(s, caller.user()?).await?),
        Request::RevokeSession(ask) => Reply::RevokeSession(auth::revoke(s, caller.user()?, ask.session).await?),
        Request::RevokeOthers(_) => Reply::RevokeOthers(auth::revoke_others(s, caller.user()?).await?),

        Request::CreateInvite(ask) => {
            Reply::CreateInvite(invite::create(s, caller.allowed(Deed::InvitePeople)?, ask).await?)
        }
        Request::ListInvites(_) => {
            caller.allowed(Deed::InvitePeople)?;
            Reply::ListInvites(invite::list(s).await?)
        }
        Request::WithdrawInvite(ask) => {
            Reply::WithdrawInvite(invite::withdraw(s, caller.allowed(Deed::InvitePeople)?, ask).await?)
        }
        Request::OpenInvite(ask) => Reply::OpenInvite(invite::open(s, &ask.secret).await?),

        Request::ListMembers(ask) => {
            caller.allowed(Deed::SeeMembers)?;
            Reply::ListMembers(member::list(s, ask).await?)
        }
        Request::SetRole(ask) => {
            Reply::SetRole(member::set_role(s, caller.allowed(Deed::ChangeRoles)?, ask.user, ask.role).await?)
        }
        Request::SetSector(ask) => {
            Reply::SetSector(member::set_sector(s, caller.allowed(Deed::ManageSectors)?, ask.user, ask.sector).await?)
        }
        Request::Suspend(ask) => {
            Reply::Suspend(member::suspend(s, caller.allowed(Deed::SuspendMembers)?, ask.user).await?)
        }
        Request::Restore(ask) => {
            Reply::Restore(member::restore(s, caller.allowed(Deed::SuspendMembers)?, ask.user).await?)
        }
        Request::SignOutMember(ask) => {
            Reply::SignOutMember(member::sign_out(s, caller.allowed(Deed::SuspendMembers)?, ask.user).await?)
        }
        Request::MakeResetLink(ask) => {
            Reply::MakeResetLink(link::make_for(s, caller.allowed(Deed::HelpSignIn)?, ask.user).await?)
        }
        Request::MakeAddressLink(ask) => {
            let admin = caller.allowed(Deed::HelpSignIn)?;
            Reply::MakeAddressLink(account::address::make_link(s, admin, ask.user).await?)
        }
        Request::ListAudit(_) => {
            caller.allowed(Deed::SeeAudit)?;
            Reply::ListAudit(audit::list(s).await?)
        }

        Request::ListSectors(_) => {
            caller.allowed(Deed::SeeMembers)?;
            Reply::ListSectors(sector::list(s).await?)
        }
        Request::CreateSector(ask) => {
            Reply::CreateSector(sector::create(s, caller.allowed(Deed::ManageSectors)?, ask).await?)
        }
        Request::RenameSector(ask) => {
            Reply::RenameSector(sector::rename(s, caller.allowed(Deed::ManageSectors)?, ask).await?)
        }
        Request::RemoveSector(ask) => {
            Reply::RemoveSector(sector::remove(s, caller.allowed(Deed::ManageSectors)?, ask).await?)
        }

        Request::CreateHive(ask) => Reply::CreateHive(hive::create(s, caller.user()?, ask).await?),
        Request::ListHives(ask) => Reply::ListHives(hive::list(s, caller.user()?, ask).await?),
        Request::FindPeople(ask) => Reply::FindPeople(hive::find::people(s, caller.user()?, ask).await?),
        Request::LookHive(ask) => Reply::LookHive(hive::look(s, caller.user()?, ask.hive).await?),
        Request::SetHive(ask) => Reply::SetHive(hive::set(s, caller.user()?, ask).await?),
        Request::ArchiveHive(ask) => Reply::ArchiveHive(hive::archive(s, caller.user()?, ask.hive).await?),
        Request::ReopenHive(ask) => Reply::ReopenHive(hive::reopen(s, caller.user()?, ask.hive).await?),
        Request::JoinHive(ask) => Reply::JoinHive(hive::join(s, caller.user()?, ask.hive).await?),
        Request::LeaveHive(ask) => Reply::LeaveHive(hive::leave(s, caller.user()?, ask.hive).await?),
        Request::EnterHive(ask) => Reply::EnterHive(hive::enter(s, caller.user()?, ask).await?),
        Request::ExitHive(ask) => {
            hive::exit(s, caller.user()?, ask.hive);
            Reply::ExitHive(())
        }
        Request::HiveMembers(ask) => Reply::HiveMembers(hive::members(s, caller.user()?, ask.hive).await?),
        Request::SetRank(ask) => Reply::SetRank(hive::order::set_rank(s, caller.user()?, ask).await?),
        Request::MuteMember(ask) => Reply::MuteMember(hive::order::mute(s, caller.user()?, ask).await?),
        Request::BanMember(ask) => Reply::BanMember(hive::order::ban(s, caller.user()?, ask).await?),
        Request::PardonMember(ask) => Reply::PardonMember(hive::order::pardon(s, caller.user()?, ask).await?),
        Request::KickMember(ask) => Reply::KickMember(hive::order::kick(s, caller.user()?, ask).await?),
        Request::ListBans(ask) => Reply::ListBans(hive::order::bans(s, caller.user()?, ask.hive).await?),
        Request::InviteToHive(ask) => Reply::InviteToHive(hive::invite::create(s, caller.user()?, ask).await?),
        Request::ListLinks(ask) => Reply::ListLinks(hive::invite::list(s, caller.user()?, ask.hive).await?),
        Request::WithdrawLink(ask) => Reply::WithdrawLink(hive::invite::withdraw(s, caller.user()?, ask).await?),
        Request::AcceptInvite(ask) => Reply::AcceptInvite(hive::invite::accept(s, caller.user()?, &ask.secret).await?),
        Request::AcceptRules(ask) => Reply::AcceptRules(hive::accept_rules(s, caller.user()?, ask).await?),
        Request::AnswerOffer(ask) => Reply::AnswerOffer(hive::handover::answer(s, caller.user()?, ask).await?),
        Request::SetGoal(ask) => Reply::SetGoal(hive::set_goal(s, caller.user()?, ask).await?),

        Request::SendMessage(ask) => Reply::SendMessage(chat::send(s, caller.user()?, ask).await?),
        Request::SendMessages(ask) => Reply::SendMessages(chat::send_all(s, caller.user()?, ask).await?),
        Request::EditMessage(ask) => Reply::EditMessage(chat::edit(s, caller.user()?, ask).await?),
        Request::DeleteMessage(ask) => Reply::DeleteMessage(chat::deleting::delete(s, caller.user()?, ask).await?),
        Request::RestoreMessage(ask) => Reply::RestoreMessage(chat::deleting::restore(s, caller.user()?, ask).await?),
        Request::React(ask) => Reply::React(chat::react(s, caller.user()?, ask).await?),
        Request::Unreact(ask) => Reply::Unreact(chat::unreact(s, caller.user()?, ask).await?),
        Request::PinMessage(ask) => Reply::PinMessage(chat::pin(s, caller.user()?, ask).await?),
        Request::UnpinMessage(ask) => Reply::UnpinMessage(chat::unpin(s, caller.user()?, ask).await?),
        Request::ListPins(ask) => Reply::ListPins(chat::pins(s, caller.user()?, ask.hive).await?),
        Request::ListEdits(ask) => Reply::ListEdits(chat::edits(s, caller.user()?, ask).await?),
        Request::History(ask) => Reply::History(chat::history(s, caller.user()?, ask).await?),
        Request::Read(ask) => Reply::Read(chat::reading::read(s, caller.user()?, ask).await?),
        Request::MarkUnread(ask) => Reply::MarkUnread(chat::reading::mark_unread(s, caller.user()?, ask).await?),
        Request::LookReadState(ask) => Reply::LookReadState(chat::reading::look(s, caller.user()?, ask.hive).await?),
        Request::SayTyping(ask) => Reply::SayTyping(chat::typing(s, caller.user()?, ask)?),
        Request::SetDraft(ask) => Reply::SetDraft(draft::set(s, caller.user()?, ask).await?),
        Request::HoldMessage(ask) => Reply::HoldMessage(chat::held::hold(s, caller.user()?, ask).await?),
        Request::ListHeld(ask) => Reply::ListHeld(chat::held::list(s, caller.user()?, ask.hive).await?),
        Request::EditHeld(ask) => Reply::EditHeld(chat::held::edit(s, caller.user()?, ask).await?),
        Request::DropHeld(ask) => Reply::DropHeld(chat::held::drop(s, caller.user()?, ask).await?),
        Request::SendHeld(ask) => Reply::SendHeld(chat::held::send(s, caller.user()?, ask).await?),
        Request::LookDraft(ask) => Reply::LookDraft(draft::look(s, caller.user()?, ask).await?),

        Request::SyncTimer(ask) => Reply::SyncTimer(timer::sync(s, caller.user()?, ask.hive).await?),
        Request::StartTimer(ask) => Reply::StartTimer(timer::start(s, caller.user()?, ask).await?),
        Request::PauseTimer(ask) => {
            let act = Act::Pause { minutes: ask.minutes };
            Reply::PauseTimer(timer::act(s, caller.user()?, ask.hive, act, ask.stage).await?)
        }
        Request::ResumeTimer(ask) => {
            Reply::ResumeTimer(timer::act(s, caller.user()?, ask.hive, Act::Resume, ask.stage).await?)
        }
        Request::SkipTimer(ask) => {
            Reply::SkipTimer(timer::act(s, caller.user()?, ask.hive, Act::Skip, ask.stage).await?)
        }
        Request::StopTimer(ask) => {
            Reply::StopTimer(timer::act(s, caller.user()?, ask.hive, Act::Stop, ask.stage).await?)
        }
        Request::ExtendTimer(ask) => {
            let act = Act::Extend { seconds: ask.seconds };
            Reply::ExtendTimer(timer::act(s, caller.user()?, ask.hive, act, ask.stage).await?)
        }
        Request::SetTimer(ask) => {
            let act = Act::Set { rhythm: ask.rhythm(), now: ask.now };
            Reply::SetTimer(timer::act(s, caller.user()?, ask.hive, act, None).await?)
        }
        Request::ListRhythms(ask) => Reply::ListRhythms(timer::rhythm::list(s, caller.user()?, ask).await?),
        Request::SaveRhythm(ask) => Reply::SaveRhythm(timer::rhythm::save(s, caller.user()?, ask).await?),
        Request::RenameRhythm(ask) => Reply::RenameRhythm(timer::rhythm::rename(s, caller.user()?, ask).await?),
        Request::RemoveRhythm(ask) => Reply::RemoveRhythm(timer::rhythm::remove(s, caller.user()?, ask).await?),
        Request::PickRhythm(ask) => Reply::PickRhythm(timer::rhythm::pick(s, caller.user()?, ask).await?),
        Request::UndoTimer(ask) => Reply::UndoTimer(timer::undo::undo(s, caller.user()?, ask).await?),
        Request::AnswerProposal(ask) => Reply::AnswerProposal(timer::vote::answer(s, caller.user()?, ask).await?),
        Request::ChangeLane(ask) => Reply::ChangeLane(timer::lane::change(s, caller.user()?, ask).await?),
        Request::OpenUp(ask) => Reply::OpenUp(timer::open_up::open_up(s, caller.user()?, ask.hive).await?),
        Request::OpenPair(ask) => Reply::OpenPair(pair::open(s, caller.user()?, ask).await?),
        Request::SendPrivately(ask) => Reply::SendPrivately(pair::send(s, caller.user()?, ask).await?),
        Request::ListTimerActs(ask) => Reply::ListTimerActs(timer::acts(s, caller.user()?, ask).await?),
        Request::ListTimers(_) => Reply::ListTimers(timer::mine(s, caller.user()?).await?),

        Request::FocusHistory(ask) => Reply::FocusHistory(focus::history(s, caller.user()?, ask).await?),
        Request::FocusTotals(_) => Reply::FocusTotals(focus::totals(s, caller.user()?).await?),
        Request::FocusHouse(_) => {
            caller.allowed(Deed::ChangeSettings)?;
            Reply::FocusHouse(focus::house::look(s).await?)
        }
        Request::ExplainFocus(ask) => Reply::ExplainFocus(focus::explain(s, caller.user()?, ask.stint).await?),
        Request::SetOutcome(ask) => Reply::SetOutcome(focus::set_outcome(s, caller.user()?, ask).await?),
        Request::CorrectFocus(ask) => Reply::CorrectFocus(focus::correct(s, caller.user()?, ask).await?),
        Request::NotePull(ask) => Reply::NotePull(focus::note(s, caller.user()?, ask).await?),
        Request::LookSignals(_) => Reply::LookSignals(focus::signal::look(s, caller.user()?).await?),
        Request::SetSignals(ask) => Reply::SetSignals(focus::signal::set(s, caller.user()?, ask).await?),

        Request::ListNotified(ask) => Reply::ListNotified(notification::list(s, caller.user()?, ask).await?),
        Request::LookBell(_) => Reply::LookBell(notification::bell(s, caller.user()?.id).await?),
        Request::ListPending(_) => Reply::ListPending(notification::reading::pending(s, caller.user()?).await?),
        Request::Delivered(ask) => Reply::Delivered(notification::reading::delivered(s, caller.user()?, ask).await?),
        Request::ReadNotified(ask) => Reply::ReadNotified(notification::reading::read(s, caller.user()?, ask).await?),
        Request::ReadAll(ask) => Reply::ReadAll(notification::reading::read_all(s, caller.user()?, ask).await?),
        Request::UndoReadAll(ask) => {
            Reply::UndoReadAll(notification::reading::undo_read_all(s, caller.user()?, ask).await?)
        }
        Request::SeeNotified(ask) => Reply::SeeNotified(notification::reading::see(s, caller.user()?, ask).await?),
        Request::Remind(ask) => Reply::Remind(notification::remind(s, caller.user()?, ask).await?),
        Request::ListChoices(ask) => Reply::ListChoices(notification::choice::list(s, caller.user()?, ask).await?),
        Request::ChooseLevel(ask) => Reply::ChooseLevel(notification::choice::choose(s, caller.user()?, ask).await?),
        Request::LessOf(ask) => Reply::LessOf(notification::choice::less(s, caller.user()?, ask).await?),
        Request::LookHours(_) => Reply::LookHours(notification::hours(s, caller.user()?).await?),
        Request::SetSchedule(ask) => Reply::SetSchedule(notification::set_schedule(s, caller.user()?, ask).await?),
        Request::Snooze(ask) => Reply::Snooze(notification::snooze(s, caller.user()?, ask).await?),
        Request::LookDigest(_) => Reply::LookDigest(notification::digest(s, caller.user()?).await?),
        Request::DismissDigest(_) => Reply::DismissDigest(notification::dismiss_digest(s, caller.user()?).await?),
        Request::LookSummary(_) => Reply::LookSummary(notification::summary::look(s, caller.user()?).await?),
        Request::SetSummary(ask) => Reply::SetSummary(notification::summary::set(s, caller.user()?, ask).await?),
        Request::Announce(ask) => {
            Reply::Announce(notification::announcement::send(s, caller.allowed(Deed::Announce)?, ask).await?)
        }
        Request::ListAnnounced(_) => {
            caller.allowed(Deed::Announce)?;
            Reply::ListAnnounced(notification::announcement::list(s).await?)
        }
        Request::LookPushKey(ask) => Reply::LookPushKey(push::look(s, caller.user()?, ask).await?),
        Request::Subscribe(ask) => Reply::Subscribe(push::subscribe(s, caller.user()?, ask).await?),
        Request::Unsubscribe(ask) => Reply::Unsubscribe(push::unsubscribe(s, caller.user()?, ask).await?),

        Request::Beat(ask) => {
            s.presence.beat(caller.user()?, ask.active, s.clock.now());
            Reply::Beat(())
        }
        Request::SetChoice(ask) => Reply::SetChoice(presence::set_choice(s, caller.user()?, ask.choice).await?),
        Request::ListSeats(ask) => Reply::ListSeats(hive::seats(s, caller.user()?, ask.hive).await?),

        Request::LookSettings(_) => {
            caller.allowed(Deed::ChangeSettings)?;
            Reply::LookSettings(setting::look(s).await?)
        }
        Request::SetSettings(ask) => {
            Reply::SetSettings(setting::set(s, caller.allowed(Deed::ChangeSettings)?, ask).await?)
        }
    })
}
