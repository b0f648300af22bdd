//! Letters, caught by a mail server of the test's own.

use crate::harness::{House, Letters, PASSWORD};

fn token(letter: &str) -> String {
    letter.split("token=").nth(1).unwrap().split_whitespace().next().unwrap().to_owned()
}

#[tokio::test]
async fn a_new_address_is_confirmed_by_the_link_in_its_letter() {
    let mut letters = Letters::open().await;
    let house =
        House::with(&[("FOCUSHIVE_SMTP_URL", &letters.url), ("FOCUSHIVE_PUBLIC_URL", "http://focus.example.org")])
            .await;
    let mut owner = house.owner().await;
    let mut bob = house.member(&mut owner, "Bob", "member").await;
    let letter = letters.next().await;
    assert!(
        letter.contains("To: Bob <bob@example.org>") && letter.contains("http://focus.example.org/verify?token="),
        "{letter}"
    );

    let verify = [("token", token(&letter))];
    let fields: Vec<(&str, &str)> = verify.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(bob.submit("/verify", "auth.verify", &fields).await.status, 200);
    assert_eq!(bob.ask("account.look", &[]).await.json()["ok"]["email_verified"], true);
    assert_eq!(bob.submit("/verify", "auth.verify", &fields).await.code(), "link_spent");
}

#[tokio::test]
async fn a_forgotten_password_is_set_anew_by_letter_and_nobody_learns_who_is_here() {
    let mut letters = Letters::open().await;
    let house = House::with(&[("FOCUSHIVE_SMTP_URL", &letters.url)]).await;
    let mut owner = house.owner().await;
    let known = house.visitor().submit("/forgot", "auth.forgot", &[("email", "ada@example.org")]).await;
    let unknown = house.visitor().submit("/forgot", "auth.forgot", &[("email", "nobody@example.org")]).await;
    assert_eq!((known.status, known.body), (unknown.status, unknown.body));
    let token = token(&letters.next().await);
    assert!(letters.is_empty());
    let reset = [("token", token.as_str()), ("password", "eight grey geese")];
    assert_eq!(house.visitor().submit("/reset", "auth.reset", &reset).await.status, 200);
    assert!(!owner.is_signed_in().await);
    assert_eq!(owner.sign_in("ada@example.org", PASSWORD).await.code(), "wrong_credentials");
}

#[tokio::test]
async fn a_mail_server_that_is_away_is_not_felt() {
    let house = House::with(&[("FOCUSHIVE_SMTP_URL", "smtp://127.0.0.1:9")]).await;
    let mut owner = house.owner().await;
    let asked = house.visitor().submit("/forgot", "auth.forgot", &[("email", "ada@example.org")]).await;
    assert_eq!(asked.status, 200);
    assert!(owner.is_signed_in().await);
}

/// Everything that a letter of the two that follow says, by whom it goes to.
async fn two(letters: &mut Letters, to: &str) -> (String, String) {
    let (first, second) = (letters.next().await, letters.next().await);
    if first.contains(&format!("<{to}>")) { (first, second) } else { (second, first) }
}

#[tokio::test]
async fn another_address_is_ones_own_once_its_letter_is_opened_and_the_old_one_is_told() {
    let mut letters = Letters::open().await;
    let house = House::with(&[("FOCUSHIVE_SMTP_URL", &letters.url)]).await;
    let mut ada = house.owner().await;
    let ask = |email: &'static str, password: &'static str| [("email", email), ("password", password)];
    let wrong = ada.ask("account.change_email", &ask("ada@example.net", "not my password")).await;
    assert!(wrong.status == 422 && wrong.body.contains("this is not your password"), "{}", wrong.body);
    let same = ada.ask("account.change_email", &ask("ada@example.org", PASSWORD)).await;
    assert!(same.body.contains("your address already"), "{}", same.body);
    assert_eq!(ada.ask("account.change_email", &ask("ada@example.net", PASSWORD)).await.status, 200);
    let (new, old) = two(&mut letters, "ada@example.net").await;
    assert!(old.contains("<ada@example.org>") && old.contains("ada@example.net from now on"), "{old}");
    assert_eq!(ada.ask("account.change_email", &ask("ada@example.com", PASSWORD)).await.code(), "rate_limited");
    let me = ada.ask("account.look", &[]).await.json();
    assert_eq!((&me["ok"]["email"], &me["ok"]["email_verified"]), (&"ada@example.org".into(), &false.into()));
    assert_eq!(ada.ask("account.address", &[]).await.json()["ok"]["wants"], "ada@example.net");

    let token = token(&new);
    // Whoever opens it need not be signed in there.
    assert_eq!(house.visitor().submit("/verify", "auth.verify", &[("token", &token)]).await.status, 200);
    assert_eq!(house.visitor().submit("/verify", "auth.verify", &[("token", &token)]).await.code(), "link_spent");
    let me = ada.ask("account.look", &[]).await.json();
    assert_eq!((&me["ok"]["email"], &me["ok"]["email_verified"]), (&"ada@example.net".into(), &true.into()));
    assert!(ada.ask("account.address", &[]).await.json()["ok"]["wants"].is_null());
    assert_eq!(house.visitor().sign_in("ada@example.org", PASSWORD).await.code(), "wrong_credentials");
    assert_eq!(house.visitor().sign_in("ada@example.net", PASSWORD).await.status, 200);
}

#[tokio::test]
async fn an_address_that_somebody_has_is_asked_for_in_the_same_words_and_never_had() {
    let mut letters = Letters::open().await;
    let house = House::with(&[("FOCUSHIVE_SMTP_URL", &letters.url)]).await;
    let mut ada = house.owner().await;
    let mut bob = house.member(&mut ada, "Bob", "member").await;
    letters.next().await;
    let free = ada.ask("account.change_email", &[("email", "ada@example.net"), ("password", PASSWORD)]).await;
    let taken = bob.ask("account.change_email", &[("email", "ada@example.org"), ("password", PASSWORD)]).await;
    assert_eq!((free.status, &free.body), (taken.status, &taken.body));
    assert_eq!(bob.ask("account.address", &[]).await.json()["ok"]["wants"], "ada@example.org");
    // Two letters about the free one; about the taken one, only the old address of whoever asked is told.
    let mut told = vec![letters.next().await, letters.next().await, letters.next().await];
    told.retain(|letter| letter.contains("<ada@example.org>"));
    assert!(told.len() == 1 && told[0].contains("about to change"), "{told:?}");
    assert!(letters.is_empty());
    bob.ask("account.keep_email", &[]).await;
    assert!(bob.ask("account.address", &[]).await.json()["ok"]["wants"].is_null());
}

#[tokio::test]
async fn without_mail_an_admin_hands_the_link_over() {
    let (house, mut ada) = House::open().await;
    let mut bob = house.member(&mut ada, "Bob", "member").await;
    let change = [("email", "bob@example.net"), ("password", PASSWORD)];
    assert_eq!(bob.ask("account.change_email", &change).await.status, 200);
    let page = ada.ask("member.list", &[("find", "bob")]).await.json();
    let user = page["ok"]["members"][0]["person"]["id"].as_str().unwrap().to_owned();
    assert_eq!(page["ok"]["members"][0]["wants_email"], "bob@example.net");
    assert_eq!(bob.ask("member.make_address_link", &[("user", &user)]).await.code(), "forbidden");
    let made = ada.ask("member.make_address_link", &[("user", &user)]).await.json();
    let token = token(made["ok"]["link"].as_str().unwrap());
    // A wish that is taken back leaves a link that is worth nothing.
    bob.ask("account.keep_email", &[]).await;
    assert_eq!(bob.submit("/verify", "auth.verify", &[("token", &token)]).await.code(), "link_spent");
    house.pass(time::Duration::minutes(2));
    bob.ask("account.change_email", &change).await;
    let made = ada.ask("member.make_address_link", &[("user", &user)]).await.json();
    let token = made["ok"]["link"].as_str().unwrap().split("token=").nth(1).unwrap().to_owned();
    assert_eq!(bob.submit("/verify", "auth.verify", &[("token", &token)]).await.status, 200);
    assert_eq!(bob.ask("account.look", &[]).await.json()["ok"]["email"], "bob@example.net");
}
