//! The server's life: open the database, build the services, listen, and go quietly when told.

use std::{net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};

use leptos::config::{Env, LeptosOptions};
use metrics_exporter_prometheus::PrometheusHandle;
use sqlx::PgPool;
use thiserror::Error;
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
    task::JoinSet,
};
use tokio_util::sync::CancellationToken;

use crate::{
    auth,
    config::{Config, Listen},
    database::{self, Database, DatabaseProblem},
    focus,
    http::{self, App, health},
    notification,
    services::{BuildProblem, Services},
    timer, topic,
};

/// How long everything under way may take to end after the word to stop, and how long letters and
/// the database's connections after that: ten seconds in all, with a private Postgres to stop.
const DRAIN: Duration = Duration::from_secs(7);
const LAST_WORDS: Duration = Duration::from_secs(1);

/// Over how long the sockets that are closed come back: a thousand of them at once would be a herd.
const COME_BACK_WITHIN_MS: u64 = 15_000;

/// How often what is over is forgotten, and the signing keys are looked at.
const HOUSEKEEPING: Duration = Duration::from_secs(3600);

#[derive(Debug, Error)]
pub enum ServeProblem {
    #[error(transparent)]
    Database(#[from] DatabaseProblem),
    #[error(transparent)]
    Build(#[from] BuildProblem),
    #[error("{variable}: cannot listen on {address}: {error}")]
    Listen { variable: &'static str, address: SocketAddr, error: std::io::Error },
    #[error("the built site is not at {}: build it with `make release`, or name its folder with FOCUSHIVE_SITE", .0.display())]
    NoSite(PathBuf),
}

/// Serves until told to stop.
pub async fn serve(config: Config, figures: PrometheusHandle) -> Result<(), ServeProblem> {
    let site = site(&config)?;
    let listener = listen("FOCUSHIVE_LISTEN", config.web.listen).await?;
    let mut database = Database::open(&config.data).await?;
    let served = serve_on(&config, &mut database, site, listener, figures).await;
    database.close().await;
    // Until here a second word ends it at once.
    served.map(drop)
}

async fn serve_on(
    config: &Config,
    database: &mut Database,
    site: LeptosOptions,
    listener: TcpListener,
    figures: PrometheusHandle,
) -> Result<JoinSet<()>, ServeProblem> {
    let db = database.connect(config.data.connections).await?;
    database::migrate(&db).await?;
    let services = Services::build(config.clone(), db.clone()).await?;
    let (stop, tasks, mail) = (services.stop.clone(), services.tasks.clone(), services.mail.clone());
    tasks.spawn(housekeeping(services.clone(), stop.clone()));
    if let Listen::On(address) = config.telemetry.metrics {
        let listener = listen("FOCUSHIVE_METRICS_LISTEN", address).await?;
        let stopped = stop.clone().cancelled_owned();
        tasks.spawn(
            async move { axum::serve(listener, health::figures(figures)).with_graceful_shutdown(stopped).await },
        );
    }
    announce(config, database);
    let mut told = JoinSet::new();
    told.spawn(stop_when_told(stop.clone()));
    tokio::select! {
        // The services go with it: what waits for work ends once nobody can give it any.
        () = run(listener, App { services, site }) => {}
        () = late(&stop) => tracing::warn!("some requests or sockets did not end in time"),
        () = database.keep() => {}
    }
    stop.cancel();
    let last = async { tokio::join!(mail.drain(), db.close()) };
    if tokio::time::timeout(LAST_WORDS, last).await.is_err() {
        tracing::warn!("some mail or some connection to the database did not end in time");
    }
    Ok(told)
}

/// Takes requests until told to stop. Then whoever has a socket is told at once, requests under way
/// may end, and everything else that goes on does.
async fn run(listener: TcpListener, app: App) {
    let services = &app.services;
    let (stop, tasks, hub) = (services.stop.clone(), services.tasks.clone(), services.hub.clone());
    let config = Arc::clone(&services.config);
    let say_bye = async {
        stop.cancelled().await;
        hub.close_all(COME_BACK_WITHIN_MS);
    };
    tokio::join!(http::connection::serve(listener, http::router(app), &config.limits, stop.clone()), say_bye);
    tasks.close();
    tasks.wait().await;
}

async fn late(stop: &CancellationToken) {
    stop.cancelled().await;
    tokio::time::sleep(DRAIN).await;
}

/// SIGTERM or Ctrl-C. A second one ends the process at once.
async fn stop_when_told(stop: CancellationToken) {
    let (Ok(mut term), Ok(mut int)) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt())) else {
        return;
    };
    tokio::select! { _ = term.recv() => {}, _ = int.recv() => {} }
    tracing::info!("going: no new work, requests under way may end");
    stop.cancel();
    tokio::select! { _ = term.recv() => {}, _ = int.recv() => {} }
    std::process::exit(130);
}

async fn listen(variable: &'static str, address: SocketAddr) -> Result<TcpListener, ServeProblem> {
    TcpListener::bind(address).await.map_err(|error| ServeProblem::Listen { variable, address, error })
}

async fn housekeeping(services: Services, stop: CancellationToken) {
    let mut every = tokio::time::interval(HOUSEKEEPING);
    loop {
        tokio::select! { () = stop.cancelled() => return, _ = every.tick() => {} }
        if let Err(error) = tidy(&services).await {
            tracing::warn!(%error, "housekeeping was not possible");
        }
    }
}

async fn tidy(services: &Services) -> Result<(), sqlx::Error> {
    let now = services.clock.now();
    let window = time::Duration::seconds(services.config.sign_in.failure_window.0.into());
    auth::store::sweep(&services.db, now, now.before(window)).await?;
    services.limits.sweep();
    http::api::once::store::sweep(&services.db, now.before(http::api::once::KEPT)).await?;
    topic::store::sweep(&services.db, now.before(time::Duration::hours(services.config.limits.replay_hours.into())))
        .await?;
    focus::attest::tidy(services).await?;
    timer::tidy(services).await?;
    notification::tidy(services).await?;
    services.keyring.refresh(&services.db, now).await
}

/// What a person on a terminal wants to know.
fn announce(config: &Config, database: &Database) {
    let (url, place) = (config.public_url(), database.place());
    tracing::info!(%url, data = %place, "FocusHive is open");
    println!("\n  FocusHive is open at  {url}\n  its data lies in      {place}\n");
}

/// The built site: beside the executable, or where cargo-leptos or a setting says.
pub fn site(config: &Config) -> Result<LeptosOptions, ServeProblem> {
    if std::env::var_os("LEPTOS_OUTPUT_NAME").is_some()
        && let Ok(watched) = leptos::config::get_configuration(None)
    {
        return Ok(watched.leptos_options);
    }
    let beside = || std::env::current_exe().ok().and_then(|exe| Some(exe.parent()?.join("site"))).unwrap_or_default();
    let root = config.web.site.clone().unwrap_or_else(beside);
    if !root.join("pkg").is_dir() {
        return Err(ServeProblem::NoSite(root));
    }
    Ok(LeptosOptions::builder()
        .output_name("focushive")
        .site_root(root.to_string_lossy().into_owned())
        .site_pkg_dir("pkg")
        .env(Env::PROD)
        .hash_files(true)
        .hash_file("hash.txt".into())
        .build())
}

/// A pool over the configured database, migrated; for commands that do one thing and end.
pub async fn open(config: &Config) -> Result<(Database, PgPool), ServeProblem> {
    let database = Database::reach(&config.data).await?;
    match prepare(&database).await {
        Ok(db) => Ok((database, db)),
        Err(problem) => {
            database.close().await;
            Err(problem.into())
        }
    }
}

async fn prepare(database: &Database) -> Result<PgPool, DatabaseProblem> {
    let db = database.connect(2).await?;
    database::migrate(&db).await?;
    Ok(db)
}
