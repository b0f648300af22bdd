//! The clock by REST: a hive's, and one's own under `/timer`.

use focushive::timer::{
    Answer, Change, Extend, ListActs, ListMine, ListSaved, OpenUp, Pause, Pick, Remove, Rename, Resume, Save, Set,
    Skip, Start, Stop, Sync, Undo,
};

use crate::http::api::route::Route;

pub fn operations() -> Vec<Route> {
    let own = |route: Route| route.variant("own").without(&["hive"]);
    vec![
        Route::get::<Sync>("/hives/{hive}/timer", "How a hive's clock stands"),
        Route::post::<Start>("/hives/{hive}/timer/start", "Start it"),
        Route::post::<Pause>("/hives/{hive}/timer/pause", "Pause it"),
        Route::post::<Resume>("/hives/{hive}/timer/resume", "Let it go on"),
        Route::post::<Skip>("/hives/{hive}/timer/skip", "On to the next phase"),
        Route::post::<Stop>("/hives/{hive}/timer/stop", "Stop it"),
        Route::post::<Extend>("/hives/{hive}/timer/extend", "Move the end of the phase"),
        Route::post::<Undo>("/hives/{hive}/timer/undo", "Take back what was done last, for ten seconds"),
        Route::put::<Set>("/hives/{hive}/timer/rhythm", "Give it another rhythm"),
        Route::get::<ListActs>("/hives/{hive}/timer/acts", "What was done to it in the last days, and by whom"),
        Route::get::<ListSaved>("/hives/{hive}/rhythms", "The rhythms a hive keeps under names of its own"),
        Route::post::<Save>("/hives/{hive}/rhythms", "Keep a rhythm under a name: this one, or the clock's").makes(""),
        Route::put::<Rename>("/hives/{hive}/rhythms/{rhythm}/name", "Call a kept rhythm something else"),
        Route::delete::<Remove>("/hives/{hive}/rhythms/{rhythm}", "Keep it no longer"),
        Route::post::<Pick>("/hives/{hive}/rhythms/{rhythm}/pick", "Give it to the clock, from the next phase on"),
        Route::put::<Change>("/hives/{hive}/timer/lane", "Pause, overtime or flow for me alone"),
        Route::post::<OpenUp>("/hives/{hive}/timer/open-up", "Let my own clock go on as this hive's"),
        Route::post::<Answer>("/hives/{hive}/timer/proposals/{proposal}", "Agree to what somebody proposed, or not"),
        own(Route::get::<Sync>("/timer", "How my own clock stands")),
        own(Route::post::<Start>("/timer/start", "Start my own clock")),
        own(Route::post::<Pause>("/timer/pause", "Pause it")),
        own(Route::post::<Resume>("/timer/resume", "Let it go on")),
        own(Route::post::<Skip>("/timer/skip", "On to the next phase")),
        own(Route::post::<Stop>("/timer/stop", "Stop it")),
        own(Route::post::<Extend>("/timer/extend", "Move the end of the phase")),
        own(Route::post::<Undo>("/timer/undo", "Take back what I did last, for ten seconds")),
        own(Route::put::<Set>("/timer/rhythm", "Give it another rhythm")),
        Route::get::<ListMine>("/timers", "The clocks I take part in right now"),
    ]
}
