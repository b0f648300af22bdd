//! The bell, quiet hours, digests and announcements by REST.

use focushive::notification::{
    Announce, Choose, Delivered, DismissDigest, Less, List, ListAnnouncements, ListChoices, ListPending, LookBell,
    LookDigest, LookHours, LookSummary, Read, ReadAll, Remind, See, SetSchedule, SetSummary, Snooze, UndoReadAll,
};
use serde_json::Value;

use crate::http::api::route::{Fields, Route};

pub fn operations() -> Vec<Route> {
    vec![
        Route::get::<List>("/notifications", "What I was told of, newest first").paged("before", next),
        Route::get::<LookBell>("/notifications/bell", "How many are unread, and whether it is quiet"),
        Route::get::<ListPending>("/notifications/pending", "What was told while none of my devices listened"),
        Route::post::<Delivered>("/notifications/delivered", "A device of mine has these"),
        Route::post::<Read>("/notifications/read", "I opened these, or set them aside"),
        Route::post::<ReadAll>("/notifications/read-all", "I have read everything up to this number"),
        Route::delete::<UndoReadAll>("/notifications/read-all/{key}", "Take that back, under its Idempotency-Key"),
        Route::post::<See>("/notifications/seen", "These were shown to me"),
        Route::get::<ListChoices>("/notifications/choices", "How I am told of what"),
        Route::put::<Choose>("/notifications/choices/{kind}", "Choose how I am told of a kind"),
        Route::post::<Less>("/notifications/{notification}/less", "Tell me less like this one"),
        Route::post::<Remind>("/hives/{hive}/messages/{message}/reminder", "Remind me of a message later").makes(""),
        Route::get::<LookHours>("/quiet", "When it is quiet"),
        Route::put::<SetSchedule>("/quiet/schedule", "Set quiet hours: a pair a day, from Monday on"),
        Route::put::<Snooze>("/quiet/snooze", "Be quiet for a while, or no longer"),
        Route::get::<LookDigest>("/digest", "What I missed while it was quiet"),
        Route::delete::<DismissDigest>("/digest", "Set it aside"),
        Route::get::<LookSummary>("/summary", "When I want what I left unread by mail"),
        Route::put::<SetSummary>("/summary", "Choose when, or never"),
        Route::get::<ListAnnouncements>("/announcements", "What was announced, and who read it"),
        Route::post::<Announce>("/announcements", "Say something to many at once").makes(""),
    ]
}

fn next(_: &Fields, page: &Value) -> Option<String> {
    let goes_on = page.get("more")?.as_bool()?;
    let last = page.get("rows")?.as_array()?.last()?.get("notification")?.get("seq")?.as_u64()?;
    goes_on.then(|| last.to_string())
}
