//! The command line: one subcommand a task. With none it serves.

use std::{io::Read, path::PathBuf};

use anyhow::{Context, Result, bail};
use clap::{Args, Parser, Subcommand};
use focushive::{
    auth::SignUpForm,
    text::{Email, HouseName, Password},
    user::Role,
};
use server::{
    account, auth,
    config::Config,
    database::{self, Database, backup},
    failure::Failure,
    serve::{self, serve},
    services::Services,
    setting, telemetry,
};

/// FocusHive: a place on the web to focus together.
#[derive(Parser)]
#[command(name = "focushive", version, after_help = settings_help())]
pub(crate) struct Line {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Serve (what happens without a command)
    Serve,
    /// Bring the database up to date, and end
    Migrate,
    /// Make an owner, or give one a new password
    #[command(subcommand)]
    Owner(Owner),
    /// Print every setting with its value; secrets are masked
    Config,
    /// Ask a running server whether it can work; exit code 0 if so
    Health,
    /// Write everything into one file
    Backup {
        /// Where to write it
        file: PathBuf,
    },
    /// Bring back what a backup holds, into an empty database
    Restore {
        /// The backup
        file: PathBuf,
        /// Throw away what the database holds now
        #[arg(long)]
        replace: bool,
    },
}

#[derive(Subcommand)]
enum Owner {
    /// Make an owner; the password is read from standard input
    Create(NewOwner),
    /// Give somebody a new password, read from standard input; they are signed out everywhere
    ResetPassword {
        /// Their email address
        #[arg(long)]
        email: String,
    },
}

#[derive(Args)]
struct NewOwner {
    /// Their email address
    #[arg(long)]
    email: String,
    /// What they are called
    #[arg(long)]
    name: String,
    /// What this FocusHive is called, if it has no name yet
    #[arg(long, default_value = "FocusHive")]
    house: String,
}

/// Every variable, as the end of `--help`.
fn settings_help() -> String {
    let Ok(config) = Config::read(&|_| None) else { return String::new() };
    let mut text = "Settings are environment variables:\n".to_owned();
    for (concern, variables) in config.variables() {
        text.push_str(&format!("\n{concern}:\n"));
        for variable in variables {
            let default = if variable.default.is_empty() { "unset" } else { variable.default };
            text.push_str(&format!("  {}\n      {} [{default}]\n", variable.name, variable.meaning));
        }
    }
    text
}

/// A page is rendered as deeply as its components nest, and without optimisation that is deep.
const STACK: usize = 8 * 1024 * 1024;

pub(crate) fn run(line: Line) -> Result<()> {
    let config = Config::from_env()?;
    telemetry::start_logging(&config.telemetry).map_err(anyhow::Error::msg)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().thread_stack_size(STACK).build();
    let runtime = runtime.context("the runtime cannot be started")?;
    runtime.block_on(async {
        match line.command.unwrap_or(Command::Serve) {
            Command::Serve => {
                let figures = telemetry::start_metrics().map_err(anyhow::Error::msg)?;
                Ok(serve(config, figures).await?)
            }
            Command::Migrate => migrate(&config).await,
            Command::Owner(Owner::Create(new)) => create_owner(config, new).await,
            Command::Owner(Owner::ResetPassword { email }) => reset_password(config, email).await,
            Command::Config => show(&config),
            Command::Health => health(&config).await,
            Command::Backup { file } => back_up(&config, file).await,
            Command::Restore { file, replace } => restore(&config, file, replace).await,
        }
    })
}

async fn migrate(config: &Config) -> Result<()> {
    let (database, db) = serve::open(config).await?;
    db.close().await;
    database.close().await;
    println!("the database is up to date");
    Ok(())
}

fn show(config: &Config) -> Result<()> {
    for (concern, variables) in config.variables() {
        println!("# {concern}");
        for variable in variables {
            println!("{}={}", variable.name, variable.value);
        }
        println!();
    }
    Ok(())
}

async fn create_owner(config: Config, new: NewOwner) -> Result<()> {
    let house = HouseName::parse(&new.house).map_err(|problem| anyhow::anyhow!("--house: {problem}"))?;
    let form = SignUpForm { name: new.name, email: new.email, password: password()?, ..SignUpForm::default() };
    let sign_up = form.check().map_err(|fault| anyhow::anyhow!("{fault}"))?;
    with_services(config, async |services| {
        let hash = services.hasher.hash(sign_up.password.clone()).await?;
        let mut tx = services.db.begin().await?;
        setting::store::open_house(&mut *tx, &house).await?;
        account::create(&mut tx, &sign_up, &hash, Role::Owner, services.clock.now()).await?;
        Ok(tx.commit().await?)
    })
    .await?;
    println!("{} is an owner now", form.email);
    Ok(())
}

async fn reset_password(config: Config, email: String) -> Result<()> {
    let email = Email::parse(&email).map_err(|problem| anyhow::anyhow!("--email: {problem}"))?;
    let password = Password::parse(&password()?).map_err(|problem| anyhow::anyhow!("the password: {problem}"))?;
    let known = with_services(config, async |services| {
        let Some(known) = auth::store::credentials(&services.db, email.as_str()).await? else { return Ok(false) };
        let hash = services.hasher.hash(password).await?;
        auth::store::set_password(&services.db, known.user, &hash).await?;
        auth::store::end_sessions(&services.db, known.user, None).await?;
        Ok(true)
    });
    if !known.await? {
        bail!("there is no account with this address");
    }
    println!("{email} has a new password and is signed out everywhere");
    Ok(())
}

/// Does one thing with everything a server has. Whatever becomes of it, the database is closed.
async fn with_services<T>(config: Config, act: impl AsyncFnOnce(&Services) -> Result<T, Failure>) -> Result<T> {
    let (database, db) = serve::open(&config).await?;
    let done = match Services::build(config, db.clone()).await {
        Ok(services) => {
            let done = act(&services).await;
            services.stop.cancel();
            done.map_err(|failure| anyhow::anyhow!("{}", server::backend::settle(failure)))
        }
        Err(problem) => Err(problem.into()),
    };
    db.close().await;
    database.close().await;
    done
}

/// The first line of standard input: a password on the command line would be seen by others.
fn password() -> Result<String> {
    eprint!("password: ");
    let mut text = String::new();
    std::io::stdin().take(1024).read_to_string(&mut text).context("standard input cannot be read")?;
    let line = text.lines().next().unwrap_or_default();
    if line.is_empty() {
        bail!("give the password on standard input");
    }
    Ok(line.to_owned())
}

async fn health(config: &Config) -> Result<()> {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let address = config.web.listen;
    let mut stream =
        tokio::net::TcpStream::connect(address).await.with_context(|| format!("nobody listens on {address}"))?;
    stream.write_all(format!("GET /readyz HTTP/1.0\r\nhost: {address}\r\n\r\n").as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    let body = answer.rsplit("\r\n\r\n").next().unwrap_or_default().trim();
    if answer.split(' ').nth(1) != Some("200") {
        bail!("not ready: {body}");
    }
    println!("{body}");
    Ok(())
}

async fn back_up(config: &Config, file: PathBuf) -> Result<()> {
    let database = Database::reach(&config.data).await?;
    let done = backup::backup(config.data.postgres_bin.as_deref(), &database.url, &file).await;
    database.close().await;
    done?;
    println!("everything is in {}", file.display());
    Ok(())
}

async fn restore(config: &Config, file: PathBuf, replace: bool) -> Result<()> {
    let target = if replace { backup::Target::Replace } else { backup::Target::Empty };
    let database = Database::reach(&config.data).await?;
    let done = backup::restore(config.data.postgres_bin.as_deref(), &database.url, &file, target).await;
    let done = match done {
        Ok(()) => async { database::migrate(&database.connect(2).await?).await }.await.map_err(anyhow::Error::from),
        Err(error) => Err(error.into()),
    };
    database.close().await;
    done?;
    println!("{} is restored", file.display());
    Ok(())
}
