//! The executable: reads the command line, and does what it says.

mod command;

use std::process::ExitCode;

use clap::Parser;

/// Thousands of small things come and go with every connection; this one leaves no holes behind.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let line = command::Line::parse();
    match command::run(line) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("focushive: {problem:#}");
            ExitCode::FAILURE
        }
    }
}
