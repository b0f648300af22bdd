//! Hives by REST.

use focushive::hive::{
    Accept, AcceptRules, AnswerOffer, Archive, Ban, Create, Enter, Exit, FindPeople, Invite, Join, Kick, Leave, List,
    ListBans, ListLinks, ListMembers, Look, Mute, Pardon, Reopen, Set, SetGoal, SetRank, Withdraw,
};

use crate::http::api::route::{Route, part};

pub fn operations() -> Vec<Route> {
    vec![
        Route::get::<List>("/hives", "The hives I can see, those I belong to first"),
        Route::get::<FindPeople>("/people", "Find somebody I share a hive with"),
        Route::post::<Create>("/hives", "Make a hive").makes("/hives/{id}"),
        look(),
        Route::put::<Set>("/hives/{hive}", "Change a hive's settings: all of them").shown_by(look),
        Route::post::<Archive>("/hives/{hive}/archive", "Make a hive read-only"),
        Route::post::<Reopen>("/hives/{hive}/reopen", "Open an archived hive again"),
        Route::post::<Join>("/hives/{hive}/join", "Become a member"),
        Route::post::<Leave>("/hives/{hive}/leave", "Stop being a member"),
        Route::post::<Enter>("/hives/{hive}/enter", "Take a seat: I am here now"),
        Route::post::<Exit>("/hives/{hive}/exit", "Give my seat up"),
        Route::post::<AnswerOffer>("/hives/{hive}/offer", "Be a host, as I am asked to, or not now"),
        Route::put::<SetGoal>("/hives/{hive}/goal", "Say what I am working on; nothing takes it away"),
        Route::post::<AcceptRules>("/hives/{hive}/rules/accept", "Agree to the rules"),
        Route::get::<ListMembers>("/hives/{hive}/members", "Who belongs to it"),
        Route::delete::<Kick>("/hives/{hive}/members/{user}", "Put somebody out; they may join again"),
        Route::put::<SetRank>("/hives/{hive}/members/{user}/rank", "Give somebody another rank"),
        Route::post::<Mute>("/hives/{hive}/members/{user}/mute", "They write nothing for a time"),
        Route::post::<Ban>("/hives/{hive}/members/{user}/ban", "They are out, and cannot come back in for a time"),
        Route::post::<Pardon>("/hives/{hive}/members/{user}/pardon", "End a mute or a ban"),
        Route::get::<ListBans>("/hives/{hive}/bans", "Who is kept out, by whom and until when"),
        Route::get::<ListLinks>("/hives/{hive}/invites", "The links that still let somebody in, newest first"),
        Route::delete::<Withdraw>("/hives/{hive}/invites/{invite}", "Withdraw a link"),
        Route::post::<Invite>("/hives/{hive}/invites", "Make a link that makes its readers members").makes(""),
        Route::post::<Accept>("/invites/accept", "Come into a hive by a link").spends(),
    ]
}

fn look() -> Route {
    Route::get::<Look>("/hives/{hive}", "A hive, my part in it, and who is here")
        .edits(|room| part(room, "hive").clone())
}
