//! A notification under the names that the seeds' clients have for its parts, beside its own.

use focushive::notification::{Notification, ReadThere};
use serde_json::{Map, Value, json};

/// How long a title is at most.
const TITLE: usize = 100;

pub fn told(data: Value) -> Map<String, Value> {
    let known = serde_json::from_value::<Notification>(data.clone()).ok();
    let mut fields = fields(data);
    if let Some(Notification { id, what, .. }) = known {
        let sentence = what.sentence();
        fields.insert("notificationId".to_owned(), json!(id));
        fields.insert("notificationType".to_owned(), json!(what.kind().as_str().to_uppercase()));
        fields.insert("title".to_owned(), json!(sentence.chars().take(TITLE).collect::<String>()));
        fields.insert("message".to_owned(), json!(what.detail().unwrap_or(sentence)));
    }
    fields
}

/// Something that was said to many at once, and is in nobody's bell alone.
pub fn announced(data: Value) -> Map<String, Value> {
    let mut fields = fields(data);
    fields.insert("notificationType".to_owned(), json!("ANNOUNCEMENT"));
    let text = fields.get("text").cloned().unwrap_or_default();
    fields.insert("message".to_owned(), text);
    fields
}

/// Read there; the names of one where it is one.
pub fn read(data: Value) -> Map<String, Value> {
    let known = serde_json::from_value::<ReadThere>(data.clone()).ok();
    let mut fields = fields(data);
    if let Some(ReadThere { notifications, read_at }) = known {
        fields.insert("notificationIds".to_owned(), json!(notifications));
        if let [one] = notifications.as_slice() {
            fields.insert("notificationId".to_owned(), json!(one));
        }
        fields.insert("readAt".to_owned(), json!(read_at));
    }
    fields
}

/// How much is unread.
pub fn count(data: Value) -> Map<String, Value> {
    let mut fields = fields(data);
    if let Some(unread) = fields.get("unread").cloned() {
        fields.insert("unreadCount".to_owned(), unread.clone());
        fields.insert("count".to_owned(), unread);
    }
    fields
}

pub fn fields(data: Value) -> Map<String, Value> {
    match data {
        Value::Object(fields) => fields,
        other => Map::from_iter([("data".to_owned(), other)]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notification_is_what_the_seeds_know_and_what_it_is() {
        let id = "00000000-0000-0000-0000-000000000007";
        let title = "x".repeat(80);
        let what = json!({
            "kind": "announcement", "id": id, "by": { "id": id, "name": "Ada" }, "title": title, "text": "Tea is ready.",
        });
        let data = json!({
            "id": id, "seq": 3, "what": what, "at": "2026-01-05T10:00:00.000Z", "level": "interrupt", "rule": "default",
            "read_at": null, "aloud": true,
        });
        let told = told(data);
        assert_eq!((&told["notificationType"], &told["notificationId"]), (&json!("ANNOUNCEMENT"), &json!(id)));
        assert_eq!((&told["title"], &told["message"]), (&json!(format!("Ada: {title}")), &json!("Tea is ready.")));
        assert_eq!((&told["seq"], &told["aloud"]), (&json!(3), &json!(true)));
    }

    #[test]
    fn what_was_read_and_how_much_is_unread_have_their_names_too() {
        let id = "00000000-0000-0000-0000-000000000007";
        let one = read(json!({ "notifications": [id], "read_at": "2026-01-05T10:00:00.000Z" }));
        assert_eq!((&one["notificationId"], &one["readAt"]), (&json!(id), &json!("2026-01-05T10:00:00.000Z")));
        assert!(!read(json!({ "notifications": [id, id], "read_at": null })).contains_key("notificationId"));
        let count = count(json!({ "unread": 4, "attention": 1 }));
        assert_eq!((&count["count"], &count["unreadCount"], &count["attention"]), (&json!(4), &json!(4), &json!(1)));
    }
}
