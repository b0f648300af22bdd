//! Sending a form in the background, and what comes of it.

use focushive::fault::Refusal;
use leptos::{lazy, prelude::*};
use serde::Deserialize;
use serde_json::Value;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use super::FormState;
use crate::{
    backend::{CallError, page_token},
    reader,
    ui::Toaster,
};

/// A network that broke without a word gives no answer, ever; a picture may take its time.
const ANSWERS_WITHIN_MS: u32 = 60_000;

/// What is done with the answer.
#[derive(Clone, Copy)]
pub struct After {
    pub state: FormState,
    pub says: Option<&'static str>,
    pub done: Option<Callback<Value>>,
    pub toaster: Option<Toaster>,
}

#[lazy]
pub async fn send(form: web_sys::HtmlFormElement, after: After) {
    let answer = submit(&form).await;
    after.state.busy.set(false);
    settle(after, answer);
}

/// What FocusHive answers to a form that was sent by script.
#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    ok: Value,
    #[serde(default)]
    go: Option<String>,
}

fn settle(after: After, answer: Result<Answer, Refusal>) {
    let After { state, says, done, toaster } = after;
    match answer {
        Ok(Answer { go: Some(path), .. }) => {
            // A full load: whoever signs out or removes the account leaves nothing behind.
            let _ = window().location().set_href(&path);
        }
        Ok(Answer { ok, .. }) => {
            state.refusal.set(None);
            if let (Some(words), Some(toaster)) = (says, toaster) {
                toaster.say(words);
            }
            if let Some(done) = done {
                // What the answer is about may have changed the page already, and this form with it.
                let _ = done.try_run(ok);
            }
        }
        Err(refusal) if refusal.code == "signed_out" => {
            let _ = window().location().reload();
        }
        Err(refusal) => state.refusal.set(Some(refusal)),
    }
}

/// Sends the form's own fields to the form's own page.
async fn submit(form: &web_sys::HtmlFormElement) -> Result<Answer, Refusal> {
    let response = fetch(form).await.map_err(|_| unreachable())?;
    let body = JsFuture::from(response.text().map_err(|_| unreachable())?).await.map_err(|_| unreachable())?;
    let body: Value = serde_json::from_str(&body.as_string().unwrap_or_default()).map_err(|_| unreachable())?;
    if response.ok() {
        reader::read(body).map_err(|_| unreachable())
    } else {
        Err(reader::read(body).unwrap_or_else(|_| unreachable()))
    }
}

async fn fetch(form: &web_sys::HtmlFormElement) -> Result<web_sys::Response, JsValue> {
    let init = web_sys::RequestInit::new();
    init.set_method("POST");
    let data = web_sys::FormData::new_with_form(form)?;
    if form.enctype() == "multipart/form-data" {
        init.set_body(&data);
    } else {
        init.set_body(&web_sys::UrlSearchParams::new_with_str_sequence_sequence(&data)?.into());
    }
    let headers = web_sys::Headers::new()?;
    headers.set("accept", "application/json")?;
    headers.set("x-csrf-token", &page_token())?;
    init.set_headers(&headers);
    init.set_signal(Some(&web_sys::AbortSignal::timeout_with_u32(ANSWERS_WITHIN_MS)));
    let path = window().location().pathname()?;
    let request = web_sys::Request::new_with_str_and_init(&path, &init)?;
    JsFuture::from(window().fetch_with_request(&request)).await?.dyn_into()
}

fn unreachable() -> Refusal {
    *CallError::unreachable().0
}
