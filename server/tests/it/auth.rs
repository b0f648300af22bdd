//! Coming in: setup, sign-in, sign-out, sessions, throttling, reset.

use time::Duration;

use crate::harness::{House, PASSWORD};

#[tokio::test]
async fn an_empty_house_shows_setup_and_an_open_one_has_no_such_page() {
    let house = House::empty().await;
    let mut visitor = house.visitor();
    let answer = visitor.get("/").await;
    assert_eq!((answer.status, answer.header("location")), (303, "/setup"));
    assert_eq!(visitor.get("/setup").await.status, 200);
    house.owner().await;
    assert_eq!(visitor.get("/setup").await.status, 404);
}

#[tokio::test]
async fn setup_cannot_be_replayed() {
    let (house, _) = House::open().await;
    let fields = [("house", "Mine"), ("name", "Eve"), ("email", "eve@example.org"), ("password", PASSWORD)];
    let answer = house.visitor().submit("/nowhere", "house.set_up", &fields).await;
    assert_eq!((answer.status, answer.code().as_str()), (404, "not_found"));
    let owners: i64 = sqlx::query_scalar("select count(*) from \"user\"").fetch_one(&house.services.db).await.unwrap();
    assert_eq!(owners, 1);
}

#[tokio::test]
async fn of_two_who_set_up_at_once_one_is_owner() {
    let house = House::empty().await;
    let tries = (0..4).map(|n| {
        let mut visitor = house.visitor();
        async move {
            let email = format!("p{n}@example.org");
            let fields = [("house", "H"), ("name", "P"), ("email", email.as_str()), ("password", PASSWORD)];
            visitor.submit("/setup", "house.set_up", &fields).await.status
        }
    });
    let mut statuses: Vec<u16> = futures::future::join_all(tries).await;
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 404, 404, 404]);
}

#[tokio::test]
async fn a_refused_form_keeps_what_was_typed_but_not_the_password() {
    let house = House::empty().await;
    let mut visitor = house.visitor();
    let token = visitor.token().await;
    let form = [
        ("do", "house.set_up"),
        ("csrf", &token),
        ("house", "H"),
        ("name", "<i>Ada</i>"),
        ("email", "no address"),
        ("password", "seven secret herons"),
    ];
    let request = visitor.request(reqwest::Method::POST, "/setup").header("accept", "text/html").form(&form);
    let answer = visitor.send(request).await;
    assert_eq!(answer.status, 422);
    assert!(answer.body.contains("does not look like an email address"));
    assert!(answer.body.contains("no address") && answer.body.contains("&lt;i&gt;Ada"), "{}", answer.body);
    assert!(!answer.body.contains("secret herons") && !answer.body.contains("<i>Ada"));
}

#[tokio::test]
async fn sign_out_and_in_again() {
    let (_house, mut owner) = House::open().await;
    assert!(owner.is_signed_in().await);
    owner.ask("auth.sign_out", &[]).await;
    let answer = owner.get("/settings/sessions?x=1").await;
    assert_eq!((answer.status, answer.header("location")), (303, "/sign-in?next=%2Fsettings%2Fsessions%3Fx%3D1"));
    assert_eq!(owner.sign_in("ADA@example.org ", PASSWORD).await.status, 200);
    assert!(owner.is_signed_in().await);
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_address_get_the_same_answer() {
    let (house, _) = House::open().await;
    let wrong = house.visitor().sign_in("ada@example.org", "wrong password").await;
    let unknown = house.visitor().sign_in("nobody@example.org", "wrong password").await;
    assert_eq!((wrong.status, &wrong.body), (401, &unknown.body));
    assert_eq!(wrong.status, unknown.status);
}

#[tokio::test]
async fn a_session_planted_before_sign_in_is_worth_nothing_after() {
    let (_house, mut owner) = House::open().await;
    let planted = owner.clone();
    owner.sign_in("ada@example.org", PASSWORD).await;
    assert_ne!(owner.cookies["focushive"], planted.cookies["focushive"]);
    assert!(owner.is_signed_in().await);
    assert!(!planted.clone().is_signed_in().await);
}

#[tokio::test]
async fn a_cookie_that_was_altered_signs_nobody_in() {
    let (_house, owner) = House::open().await;
    let mut thief = owner.clone();
    let mut cookie = owner.cookies["focushive"].clone();
    cookie.pop();
    cookie.push('x');
    thief.cookies.insert("focushive".to_owned(), cookie);
    assert!(!thief.is_signed_in().await);
}

#[tokio::test]
async fn a_revoked_session_is_signed_out_at_its_next_request() {
    let (house, mut owner) = House::open().await;
    let mut phone = house.visitor();
    phone.sign_in("ada@example.org", PASSWORD).await;
    let sessions = owner.ask("session.list", &[]).await.json()["ok"].clone();
    assert_eq!(sessions.as_array().unwrap().len(), 2);
    let other = sessions.as_array().unwrap().iter().find(|session| session["current"] == false).unwrap();
    owner.ask("session.revoke", &[("session", other["id"].as_str().unwrap())]).await;
    assert!(!phone.is_signed_in().await);
    assert!(owner.is_signed_in().await);
}

#[tokio::test]
async fn nobody_revokes_somebody_elses_session() {
    let (house, mut owner) = House::open().await;
    let mut bob = house.member(&mut owner, "Bob", "member").await;
    let sessions = owner.ask("session.list", &[]).await.json()["ok"].clone();
    let id = sessions[0]["id"].as_str().unwrap().to_owned();
    assert_eq!(bob.ask("session.revoke", &[("session", &id)]).await.code(), "not_found");
    assert!(owner.is_signed_in().await);
}

#[tokio::test]
async fn a_new_password_ends_every_other_session() {
    let (house, mut owner) = House::open().await;
    let mut phone = house.visitor();
    phone.sign_in("ada@example.org", PASSWORD).await;
    let answer =
        owner.ask("account.change_password", &[("current", "not this one"), ("new", "eight grey geese")]).await;
    assert_eq!(answer.json()["problems"][0]["field"], "current");
    let answer = owner.ask("account.change_password", &[("current", PASSWORD), ("new", "eight grey geese")]).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert!(!phone.is_signed_in().await);
    assert!(owner.is_signed_in().await);
    assert_eq!(phone.sign_in("ada@example.org", "eight grey geese").await.status, 200);
}

#[tokio::test]
async fn a_session_ends_a_month_after_the_last_visit() {
    let (house, mut owner) = House::open().await;
    house.services.clock.advance(Duration::days(20));
    assert!(owner.is_signed_in().await);
    house.services.clock.advance(Duration::days(31));
    assert!(!owner.is_signed_in().await);
}

#[tokio::test]
async fn a_browser_that_comes_back_keeps_its_cookie() {
    let (house, mut owner) = House::open().await;
    assert!(owner.is_signed_in().await);
    sqlx::query("update cookie_session set expires_at = now() + interval '1 hour'")
        .execute(&house.services.db)
        .await
        .unwrap();
    house.services.clock.advance(Duration::days(1));
    assert!(!owner.get("/settings").await.header("set-cookie").is_empty());
    assert!(owner.get("/settings").await.header("set-cookie").is_empty());
    let lasts = "select expires_at > now() + interval '20 days' from cookie_session";
    let lasts: bool = sqlx::query_scalar(lasts).fetch_one(&house.services.db).await.unwrap();
    assert!(lasts);
}

#[tokio::test]
async fn the_sixth_failure_of_an_account_waits_and_says_the_same() {
    let (house, _) = House::open().await;
    let mut first = None;
    for _ in 0..5 {
        first = Some(house.visitor().sign_in("ada@example.org", "wrong password").await.body);
    }
    let began = std::time::Instant::now();
    let sixth = house.visitor().sign_in("ada@example.org", "wrong password").await;
    assert!(began.elapsed().as_millis() >= 1000, "{:?}", began.elapsed());
    assert_eq!(Some(sixth.body), first);
}

#[tokio::test]
async fn a_line_of_guesses_is_turned_away_with_a_time_to_return() {
    let (house, _) = House::open().await;
    for _ in 0..5 {
        house.visitor().sign_in("ada@example.org", "wrong password").await;
    }
    let tries = (0..8).map(|_| {
        let mut visitor = house.visitor();
        async move { visitor.sign_in("ada@example.org", "wrong password").await }
    });
    let answers = futures::future::join_all(tries).await;
    let turned_away: Vec<_> = answers.iter().filter(|answer| answer.status == 429).collect();
    assert!(turned_away.len() >= 5, "{answers:?}");
    assert!(
        turned_away.iter().all(|answer| answer.code() == "rate_limited" && !answer.header("retry-after").is_empty())
    );
}

#[tokio::test]
async fn without_mail_an_admin_hands_over_the_reset_link_which_works_once() {
    let (house, mut owner) = House::open().await;
    let mut bob = house.member(&mut owner, "Bob", "member").await;
    let known = house.visitor().submit("/forgot", "auth.forgot", &[("email", "bob@example.org")]).await;
    let unknown = house.visitor().submit("/forgot", "auth.forgot", &[("email", "nobody@example.org")]).await;
    assert_eq!((known.status, known.body), (unknown.status, unknown.body));
    assert!(owner.get("/admin").await.body.contains("needs a new password"));

    let id = owner.find(&house, "bob").await;
    let made = owner.ask("member.make_reset_link", &[("user", &id)]).await.json();
    let token = made["ok"]["link"].as_str().unwrap().split("token=").nth(1).unwrap().to_owned();
    let reset = [("token", token.as_str()), ("password", "eight grey geese")];
    let mut visitor = house.visitor();
    assert_eq!(visitor.submit("/reset", "auth.reset", &reset).await.status, 200);
    assert!(visitor.is_signed_in().await);
    assert!(!bob.is_signed_in().await);
    assert_eq!(house.visitor().submit("/reset", "auth.reset", &reset).await.code(), "link_spent");
}

#[tokio::test]
async fn a_reset_link_is_over_after_an_hour() {
    let (house, mut owner) = House::open().await;
    house.member(&mut owner, "Bob", "member").await;
    let id = owner.find(&house, "bob").await;
    let made = owner.ask("member.make_reset_link", &[("user", &id)]).await.json();
    let token = made["ok"]["link"].as_str().unwrap().split("token=").nth(1).unwrap().to_owned();
    house.services.clock.advance(Duration::minutes(61));
    let answer =
        house.visitor().submit("/reset", "auth.reset", &[("token", &token), ("password", "eight grey geese")]).await;
    assert_eq!((answer.status, answer.code().as_str()), (410, "link_spent"));
}
