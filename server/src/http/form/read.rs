//! Reads what a form sent: fields, and a file where there is one, each within its bound.

use axum::{
    body::{Body, to_bytes},
    extract::{FromRequest, Multipart, Request},
    http::{HeaderMap, header},
};
use focushive::{Fault, protocol};

/// All fields of a form together.
const MOST_FIELDS: usize = 64 * 1024;

/// What a form sent.
#[derive(Default)]
pub(super) struct Submitted {
    /// What is to be done: the form's `do`.
    pub(super) does: String,
    pub(super) fields: Vec<(String, String)>,
    pub(super) file: Option<Vec<u8>>,
}

/// Fields that are about the form, not about what it does.
const ABOUT: [&str; 3] = ["do", "csrf", "next"];

impl Submitted {
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str())
    }

    /// Where the form wants to go afterwards, if that is a page of ours. An address that could be
    /// taken for another host, as browsers read it, is none.
    pub(super) fn next(&self) -> Option<&str> {
        self.get("next").filter(|next| is_local(next))
    }

    /// The request of the table that the form makes.
    pub(super) fn request(&self) -> Result<protocol::Request, Fault> {
        let fields = self.fields.iter().filter(|(name, _)| !ABOUT.contains(&name.as_str()));
        let body = serde_html_form::to_string(fields.collect::<Vec<_>>()).map_err(|_| Fault::NotFound)?;
        let fields = serde_html_form::Deserializer::from_bytes(body.as_bytes());
        let mut track = serde_path_to_error::Track::new();
        let read = protocol::Request::read(&self.does, serde_path_to_error::Deserializer::new(fields, &mut track));
        read.ok_or(Fault::NotFound)?.map_err(|problem| Fault::field(track.path().to_string(), problem.to_string()))
    }
}

/// Whether it is a path of ours and of nobody else.
pub(super) fn is_local(path: &str) -> bool {
    path.starts_with('/')
        && !path.starts_with("//")
        && !path.contains('\\')
        && !path.chars().any(|c| c.is_control() || c.is_whitespace())
}

pub(super) async fn submitted(headers: &HeaderMap, body: Body) -> Result<Submitted, Fault> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let mut submitted = if kind.starts_with("multipart/form-data") {
        with_file(headers, body).await?
    } else if kind.starts_with("application/x-www-form-urlencoded") {
        plain(body).await?
    } else {
        return Err(Fault::field("body", "a form, please"));
    };
    submitted.does = submitted.get("do").unwrap_or_default().to_owned();
    Ok(submitted)
}

async fn plain(body: Body) -> Result<Submitted, Fault> {
    let bytes = to_bytes(body, MOST_FIELDS).await.map_err(|_| too_large("64 KB"))?;
    let fields = serde_html_form::from_bytes(&bytes).map_err(|_| Fault::field("body", "a form in UTF-8, please"))?;
    Ok(Submitted { fields, ..Submitted::default() })
}

async fn with_file(headers: &HeaderMap, body: Body) -> Result<Submitted, Fault> {
    let mut request = Request::new(body);
    *request.headers_mut() = headers.clone();
    let broken = |_| Fault::field("body", "this form did not arrive whole");
    let mut parts = Multipart::from_request(request, &()).await.map_err(|_| broken(()))?;
    let mut submitted = Submitted::default();
    let mut room = MOST_FIELDS;
    while let Some(part) = parts.next_field().await.map_err(|_| broken(()))? {
        let name = part.name().unwrap_or_default().to_owned();
        let is_file = part.file_name().is_some();
        let content = part.bytes().await.map_err(|_| too_large("5 MB"))?;
        if is_file {
            submitted.file = Some(content.to_vec());
        } else {
            room = room.checked_sub(content.len()).ok_or_else(|| too_large("64 KB"))?;
            submitted.fields.push((name, String::from_utf8_lossy(&content).into_owned()));
        }
    }
    Ok(submitted)
}

fn too_large(limit: &str) -> Fault {
    Fault::TooLarge { limit: limit.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use focushive::fault::Refusal;

    fn form(does: &str, fields: &[(&str, &str)]) -> Submitted {
        let fields = fields.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        Submitted { does: does.to_owned(), fields, file: None }
    }

    #[test]
    fn a_form_makes_the_request_it_names() {
        let request =
            form("account.set_profile", &[("do", "x"), ("csrf", "y"), ("name", "Ada"), ("handle", "ada")]).request();
        assert_eq!(request.unwrap().name(), "account.set_profile");
    }

    #[test]
    fn what_is_wrong_is_said_beside_its_field() {
        let fault = form("account.set_profile", &[("name", ""), ("handle", "ada")]).request().unwrap_err();
        assert_eq!(Refusal::from(fault.clone()).problem("name"), Some("this is needed"));
        let fault =
            form("invite.create", &[("key", "no"), ("role", "member"), ("lasts", "day"), ("max_uses", "x")]).request();
        assert!(Refusal::from(fault.unwrap_err()).problem("key").is_some());
    }

    #[test]
    fn a_field_nobody_asked_for_is_refused() {
        assert!(
            form("account.set_profile", &[("name", "Eve"), ("handle", "eve"), ("role", "owner")]).request().is_err()
        );
    }

    #[test]
    fn an_unchecked_box_says_no() {
        let request = form("account.set_privacy", &[("typing", "true")]).request().unwrap();
        let protocol::Request::SetPrivacy(privacy) = request else { panic!("another request") };
        assert!(privacy.typing && !privacy.presence);
    }

    #[test]
    fn a_text_left_blank_is_not_one_left_out() {
        for (fields, said) in
            [(vec![], None), (vec![("goal", "")], Some(None)), (vec![("goal", "tea")], Some(Some("tea")))]
        {
            let protocol::Request::StartTimer(start) = form("timer.start", &fields).request().unwrap() else {
                panic!("another request")
            };
            let goal = start.goal.as_ref().map(|goal| goal.as_ref().map(|goal| goal.as_str()));
            assert_eq!(goal, said, "{fields:?}");
        }
    }

    #[test]
    fn the_way_on_stays_in_the_house() {
        for outside in
            ["//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)", "/\t/evil", ""]
        {
            assert!(!is_local(outside), "{outside:?}");
        }
        assert!(is_local("/settings/sessions?x=1"));
    }
}
