//! Destinations and bodies: what becomes a request, and which step refuses the rest.

use focushive::{chat, hive, id::HiveId, presence, timer};

use super::*;

const HIVE: &str = "00000000-0000-0000-0000-000000000007";

fn hive() -> HiveId {
    HIVE.parse().unwrap()
}

fn of(destination: &str, body: &Value) -> Result<Request, Refused> {
    request(destination, body.to_string().as_bytes(), Some(HIVE))
}

fn chat_message(payload: &Value) -> Value {
    json!({ "type": "CHAT_MESSAGE", "timestamp": "2026-01-05T10:20:31Z", "senderId": "me", "payload": payload })
}

#[test]
fn the_seeds_destinations_are_our_requests() {
    let bare = |destination: &str| request(&destination.replace("{hive}", HIVE), b"", None).unwrap();
    let hive = hive();
    assert_eq!(bare("/app/timer/{hive}/sync"), Request::SyncTimer(timer::Sync { hive: Some(hive) }));
    assert_eq!(
        bare("/app/timer/{hive}/pause"),
        Request::PauseTimer(timer::Pause { hive: Some(hive), minutes: None, stage: None })
    );
    assert_eq!(bare("/app/hive/{hive}/join"), Request::EnterHive(hive::Enter { hive, idle_seconds: None }));
    assert_eq!(bare("/app/hive/{hive}/leave"), Request::ExitHive(hive::Exit { hive }));
    assert_eq!(bare("/app/typing/{hive}"), Request::SayTyping(chat::SayTyping { hive, typing: true }));
    assert_eq!(bare("/app/presence/heartbeat"), Request::Beat(presence::Beat { active: true }));
    assert_eq!(bare("/app/hive.list"), Request::ListHives(hive::List::default()));
    for nothing in ["/app/", "/app/nothing", "/app/a/b/c/d", "/topic/hive/x", "", "/app/forum/post"] {
        assert_eq!(request(nothing, b"", None), Err((None, Fault::NotFound)), "{nothing}");
    }
}

#[test]
fn an_envelope_and_plain_fields_are_the_same_request() {
    let plain = of("/app/chat.send", &json!({ "hive": HIVE, "body": "Hello" })).unwrap();
    let payload = json!({ "chatId": HIVE, "content": "Hello", "contentType": "TEXT" });
    assert_eq!(of(&format!("/app/chat/send/{HIVE}"), &chat_message(&payload)).unwrap(), plain);
    assert_eq!(of("/app/chat.send", &chat_message(&payload)).unwrap(), plain);
    let status = json!({
        "type": "STATUS_UPDATE", "timestamp": "2026-01-05T10:20:31Z",
        "payload": { "entityId": "me", "entityType": "USER", "status": "AWAY" },
    });
    let choice = Some(presence::Choice::Away);
    assert_eq!(of("/app/presence/status", &status).unwrap(), Request::SetChoice(presence::SetChoice { choice }));
}

#[test]
fn who_gives_no_key_gets_one() {
    let body = json!({ "body": "Hello" }).to_string();
    let send = || request(&format!("/app/chat/send/{HIVE}"), body.as_bytes(), None).unwrap();
    let keys = [send(), send()].map(|sent| match sent {
        Request::SendMessage(send) => send.key,
        other => panic!("{other:?}"),
    });
    assert_ne!(keys[0], keys[1]);
}

#[test]
fn a_refusal_says_which_step_and_which_field() {
    let text = |content: &str| chat_message(&json!({ "chatId": HIVE, "content": content, "contentType": "TEXT" }));
    let other = json!({ "chatId": "00000000-0000-0000-0000-000000000008", "content": "x", "contentType": "TEXT" });
    let mut late = text("x");
    late["timestamp"] = json!("yesterday");
    let mut nobody = text("x");
    nobody.as_object_mut().unwrap().remove("senderId");
    for (body, check, field) in [
        (json!([]), Check::Schema, "body"),
        (json!({ "body": 7 }), Check::Schema, "body"),
        (json!({}), Check::Schema, "body"),
        (json!({ "body": "x", "more": 1 }), Check::Schema, "more"),
        (json!({ "type": "CHAT_MESSAGE" }), Check::Schema, "timestamp"),
        (late, Check::Schema, "timestamp"),
        (nobody, Check::Schema, "senderId"),
        (chat_message(&json!({ "chatId": HIVE })), Check::Schema, "payload.content"),
        (text(""), Check::Content, "payload.content"),
        (text(&"x".repeat(2001)), Check::Content, "payload.content"),
        (
            chat_message(&json!({ "chatId": HIVE, "content": "x", "contentType": "HTML" })),
            Check::Content,
            "payload.contentType",
        ),
        (json!({ "body": "x".repeat(2001) }), Check::Content, "body"),
        (chat_message(&other), Check::Rules, "hive"),
    ] {
        let (step, fault) = of(&format!("/app/chat/send/{HIVE}"), &body).unwrap_err();
        let Fault::Invalid { problems } = fault else { panic!("{fault:?}") };
        assert_eq!((step, problems[0].field.as_str()), (Some(check), field), "{body:.200}");
    }
}
