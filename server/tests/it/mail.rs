//! Letters, caught by a mail server of the test's own.

use std::time::Duration;

use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    sync::mpsc,
    time::timeout,
};

use crate::harness::{House, PASSWORD};

/// A mail server that takes every letter and hands it to the test.
async fn sink() -> (String, mpsc::UnboundedReceiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("smtp://{}", listener.local_addr().unwrap());
    let (say, hear) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(take_letters(stream, say.clone()));
        }
    });
    (url, hear)
}

async fn take_letters(stream: TcpStream, say: mpsc::UnboundedSender<String>) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    stream.write_all(b"220 sink\r\n").await?;
    let (mut line, mut letter) = (String::new(), None::<String>);
    while stream.read_line(&mut line).await? > 0 {
        let answer = match &mut letter {
            Some(text) if line == ".\r\n" => {
                say.send(std::mem::take(text)).ok();
                letter = None;
                "250 taken\r\n"
            }
            Some(text) => {
                text.push_str(&line);
                ""
            }
            None if line.starts_with("DATA") => {
                letter = Some(String::new());
                "354 go on\r\n"
            }
            None if line.starts_with("QUIT") => return stream.write_all(b"221 bye\r\n").await,
            None => "250 yes\r\n",
        };
        stream.write_all(answer.as_bytes()).await?;
        line.clear();
    }
    Ok(())
}

/// The next letter, with the soft line ends of its encoding taken out.
async fn next(letters: &mut mpsc::UnboundedReceiver<String>) -> String {
    let letter = timeout(Duration::from_secs(10), letters.recv()).await.unwrap().unwrap();
    letter.replace("=\r\n", "").replace("=3D", "=")
}

fn token(letter: &str) -> String {
    letter.split("token=").nth(1).unwrap().split_whitespace().next().unwrap().to_owned()
}

#[tokio::test]
async fn a_new_address_is_confirmed_by_the_link_in_its_letter() {
    let (url, mut letters) = sink().await;
    let house =
        House::with(&[("FOCUSHIVE_SMTP_URL", &url), ("FOCUSHIVE_PUBLIC_URL", "http://focus.example.org")]).await;
    let mut owner = house.owner().await;
    let mut bob = house.member(&mut owner, "Bob", "member").await;
    let letter = next(&mut letters).await;
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
    let (url, mut letters) = sink().await;
    let house = House::with(&[("FOCUSHIVE_SMTP_URL", &url)]).await;
    let mut owner = house.owner().await;
    let known = house.visitor().submit("/forgot", "auth.forgot", &[("email", "ada@example.org")]).await;
    let unknown = house.visitor().submit("/forgot", "auth.forgot", &[("email", "nobody@example.org")]).await;
    assert_eq!((known.status, known.body), (unknown.status, unknown.body));
    let token = token(&next(&mut letters).await);
    assert!(letters.try_recv().is_err());
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
