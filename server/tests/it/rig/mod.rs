//! Rigs: many clients, links that break, servers that die, and what must hold all the same. What
//! is left to chance comes from a seed that is printed, and a run is repeated with
//! `FOCUSHIVE_RIG_SEED=<seed> FOCUSHIVE_RIG_ROUNDS=1 cargo test -p server --test it rig::`.

mod bell;
mod client;
mod database;
mod herd;
mod link;
mod reading;
mod stop;
mod truth;

/// The seeds of this run: as many rounds as asked for, the first seed as asked for or by chance.
fn seeds(name: &str, rounds: u64) -> impl Iterator<Item = u64> {
    let given = |variable: &str| std::env::var(variable).ok().and_then(|text| text.parse::<u64>().ok());
    let first = given("FOCUSHIVE_RIG_SEED").unwrap_or_else(|| u64::from(rand::random::<u32>()));
    let rounds = given("FOCUSHIVE_RIG_ROUNDS").unwrap_or(rounds);
    eprintln!("{name}: {rounds} rounds from FOCUSHIVE_RIG_SEED={first}");
    (0..rounds).map(move |n| first.wrapping_add(n))
}
