//! The pages: the one file that knows the UI. It tells the UI who visits, renders it, and answers
//! what the UI asks by HTTP.

use std::sync::Arc;

pub use app::visit::Feedback;
use app::{
    routes::{Access, access},
    shell::shell,
    visit::{PLACE, Visit},
};
use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::CookieJar;
use focushive::{Caller, id::HiveId, protocol::Backend, setting::Registration, theme::Theme};
use leptos::{
    nonce::use_nonce,
    prelude::{expect_context, provide_context},
};
use leptos_axum::ResponseOptions;

use super::{App, csrf, refusal};
use crate::{account, failure::Failure, hive, setting};

/// Tells the UI which runtime its work runs on; once a process, and again does no harm.
pub fn prepare() {
    let _ = any_spawner::Executor::init_tokio();
}

/// A page.
pub async fn show(State(app): State<App>, request: Request) -> Response {
    render(app, request, None, StatusCode::OK).await
}

/// A page with something to say about the form that was sent to it.
pub async fn render(app: App, request: Request, feedback: Option<Feedback>, status: StatusCode) -> Response {
    let caller = request.extensions().get().copied().unwrap_or(Caller::Guest);
    let who = csrf::visit(&app.services, request.headers());
    let visit = match visit(&app, caller, request.headers(), &who.visitor, feedback).await {
        Ok(visit) => visit,
        Err(failure) => return refusal::answer(request.headers(), failure),
    };
    if let Some(elsewhere) = elsewhere(&visit, &request) {
        return Redirect::to(&elsewhere).into_response();
    }
    if let Some(hive) = last_place(&request)
        && is_in(&app, caller, hive).await
    {
        return Redirect::to(&format!("/hive/{hive}")).into_response();
    }
    let mut response = paint(app, caller, visit, request).await;
    if status != StatusCode::OK && response.status() == StatusCode::OK {
        *response.status_mut() = status;
    }
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Some(cookie) = who.cookie {
        headers.append(header::SET_COOKIE, cookie);
    }
    response
}

/// Renders to the end before the first byte, so that a page is whole without a script and its
/// status is right.
async fn paint(app: App, caller: Caller, visit: Visit, request: Request) -> Response {
    let backend: Arc<dyn Backend> = Arc::new(app.services.clone());
    let options = app.site.clone();
    let context = move || {
        provide_context(visit.clone());
        provide_context(caller);
        provide_context(Arc::clone(&backend));
        provide_policy();
    };
    let page = leptos_axum::render_app_async_with_context(context, move || shell(options.clone()));
    page(request).await
}

/// What the UI asks by HTTP.
pub async fn call(State(app): State<App>, request: Request<Body>) -> Response {
    if let Err(fault) = csrf::check_header(&app.services, request.headers()) {
        return refusal::json(fault);
    }
    let caller: Caller = request.extensions().get().copied().unwrap_or(Caller::Guest);
    let backend: Arc<dyn Backend> = Arc::new(app.services.clone());
    let context = move || {
        provide_context(caller);
        provide_context(Arc::clone(&backend));
    };
    leptos_axum::handle_server_fns_with_context(context, request).await.into_response()
}

/// Scripts run by this page's nonce alone; nothing is fetched from elsewhere.
fn provide_policy() {
    let nonce = use_nonce().map(|nonce| nonce.to_string()).unwrap_or_default();
    let policy = format!(
        "default-src 'self'; script-src 'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'; style-src 'self'; \
         style-src-attr 'unsafe-inline'; img-src 'self' data: blob:; connect-src 'self'; worker-src 'self'; object-src 'none'; \
         base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    );
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        expect_context::<ResponseOptions>().insert_header(header::CONTENT_SECURITY_POLICY, policy);
    }
}

async fn visit(
    app: &App,
    caller: Caller,
    headers: &HeaderMap,
    visitor: &str,
    feedback: Option<Feedback>,
) -> Result<Visit, Failure> {
    let services = &app.services;
    let settings = setting::store::settings(&services.db).await?;
    let (me, device) = match caller {
        Caller::Member(member) => (Some(account::look_up(services, member.id).await?), Some(member.session)),
        Caller::Guest => (None, None),
    };
    let jar = CookieJar::from_headers(headers);
    let theme = jar.get(Theme::COOKIE).and_then(|cookie| cookie.value().parse().ok()).unwrap_or_default();
    Ok(Visit {
        me,
        device,
        house: settings.as_ref().map(|settings| settings.house.clone()),
        registration: settings.map_or(Registration::Invite, |settings| settings.registration),
        csrf: csrf::token(services, visitor),
        theme,
        sends_mail: services.mail.is_on(),
        ui_page: services.config.development.ui_page,
        feedback,
    })
}

/// Where a visitor is led who cannot be here: to setup in an empty house, to the sign-in page and
/// back where a sign-in is needed, home where one is not.
fn elsewhere(visit: &Visit, request: &Request) -> Option<String> {
    let path = request.uri().path();
    let set_up = visit.house.is_some();
    match access(path) {
        Access::Setup => None,
        _ if !set_up => Some("/setup".to_owned()),
        Access::Members if visit.me.is_none() => {
            let query = request.uri().query().map(|query| format!("?{query}")).unwrap_or_default();
            Some(format!("/sign-in?next={}", encode(&format!("{path}{query}"))))
        }
        Access::Guests if visit.me.is_some() => Some("/".to_owned()),
        Access::Anyone | Access::Guests | Access::Members => None,
    }
}

/// The hive where this device was last, for somebody who opens the house: by its bare address, a
/// bookmark or a new tab, and not by a link of ours.
fn last_place(request: &Request) -> Option<HiveId> {
    let opened = request.headers().get("sec-fetch-site").is_some_and(|site| site == "none");
    let uri = request.uri();
    if request.method() != Method::GET || uri.path() != "/" || uri.query().is_some() || !opened {
        return None;
    }
    CookieJar::from_headers(request.headers()).get(PLACE)?.value().parse().ok()
}

/// Whether they may go there still.
async fn is_in(app: &App, caller: Caller, hive: HiveId) -> bool {
    let Caller::Member(member) = caller else { return false };
    let found = hive::open_to(&app.services, member, hive).await;
    found.is_ok_and(|found| found.rank.is_some() && !found.archived)
}

fn encode(text: &str) -> String {
    serde_html_form::to_string([("", text)]).unwrap_or_default().trim_start_matches('=').to_owned()
}
