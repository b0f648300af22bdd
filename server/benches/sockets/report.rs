//! What was measured, as a table for people or a line of JSON each for machines.

use std::time::Duration;

use serde_json::{Map, Value, json};

pub struct Report {
    pub json: bool,
}

impl Report {
    /// One scenario and its figures, each with its unit in its name.
    pub fn say(&self, scenario: &str, figures: &[(&str, f64)]) {
        if self.json {
            let figures: Map<String, Value> =
                figures.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
            println!("{}", json!({ "scenario": scenario, "figures": figures }));
            return;
        }
        println!("\n{scenario}");
        for (name, value) in figures {
            let value = if *value >= 100.0 { format!("{value:.0}") } else { format!("{value:.2}") };
            println!("    {name:<44} {value:>12}");
        }
    }
}

/// The value below which a share of all lies, in milliseconds.
pub fn at(sorted: &[Duration], share: f64) -> f64 {
    let index = ((sorted.len() as f64 * share) as usize).min(sorted.len().saturating_sub(1));
    sorted.get(index).map_or(0.0, |time| time.as_secs_f64() * 1000.0)
}
