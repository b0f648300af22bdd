//! What it says about itself: logs for people on a terminal and JSON for machines, and figures for
//! Prometheus. Log lines never carry tokens, mail addresses or bodies.

use std::{
    io::IsTerminal,
    pin::pin,
    time::{Duration, Instant},
};

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::{EnvFilter, fmt};

use crate::config::{self, LogFormat};

/// Starts logging. A filter that is not understood is an error for the start to report.
pub fn start_logging(config: &config::Telemetry) -> Result<(), String> {
    let filter =
        EnvFilter::try_new(&config.log).map_err(|error| format!("FOCUSHIVE_LOG is not understood: {error}"))?;
    let terminal = std::io::stderr().is_terminal();
    let pretty = match config.log_format {
        LogFormat::Auto => terminal,
        LogFormat::Pretty => true,
        LogFormat::Json => false,
    };
    let logs = fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let started = if pretty {
        logs.with_ansi(terminal).with_target(false).compact().try_init()
    } else {
        logs.json().flatten_event(true).try_init()
    };
    started.map_err(|error| error.to_string())
}

/// What somebody at the terminal waits for is said after this long, and then again and again.
const SLOW: Duration = Duration::from_secs(1);
const STILL_SLOW: Duration = Duration::from_secs(5);

/// Says what takes its time, and how long it has taken so far.
pub async fn say_if_slow<T>(what: &str, work: impl Future<Output = T>) -> T {
    let mut work = pin!(work);
    let (began, mut patience) = (Instant::now(), SLOW);
    loop {
        if let Ok(done) = tokio::time::timeout(patience, &mut work).await {
            return done;
        }
        tracing::info!("{what}: {} s so far", began.elapsed().as_secs());
        patience = STILL_SLOW;
    }
}

/// Buckets that tell a page of two milliseconds from one of ten.
const SECONDS: [f64; 12] = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];

/// Starts counting; the handle renders the figures.
pub fn start_metrics() -> Result<PrometheusHandle, String> {
    let recorder = PrometheusBuilder::new().set_buckets(&SECONDS).map_err(|error| error.to_string())?.build_recorder();
    let handle = recorder.handle();
    metrics::set_global_recorder(recorder).map_err(|error| error.to_string())?;
    Ok(handle)
}
