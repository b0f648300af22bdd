//! What was measured beside what is aimed at, as a table for people or a line of JSON each for machines.

use std::{cell::Cell, time::Duration};

use serde_json::{Map, Value, json};

pub struct Report {
    pub json: bool,
    missed: Cell<u32>,
}

/// One figure, with its unit in its name.
pub struct Figure {
    name: &'static str,
    value: f64,
    aim: Option<Aim>,
}

#[derive(Clone, Copy)]
enum Aim {
    AtMost(f64),
    AtLeast(f64),
}

pub const fn figure(name: &'static str, value: f64) -> Figure {
    Figure { name, value, aim: None }
}

impl Figure {
    pub const fn at_most(self, most: f64) -> Self {
        Self { aim: Some(Aim::AtMost(most)), ..self }
    }

    pub const fn at_least(self, least: f64) -> Self {
        Self { aim: Some(Aim::AtLeast(least)), ..self }
    }

    fn is_missed(&self) -> bool {
        match self.aim {
            Some(Aim::AtMost(most)) => self.value > most,
            Some(Aim::AtLeast(least)) => self.value < least,
            None => false,
        }
    }

    fn aim(&self) -> String {
        match self.aim {
            Some(Aim::AtMost(most)) => format!("≤ {}", short(most)),
            Some(Aim::AtLeast(least)) => format!("≥ {}", short(least)),
            None => String::new(),
        }
    }
}

impl Report {
    pub const fn new(json: bool) -> Self {
        Self { json, missed: Cell::new(0) }
    }

    pub fn say(&self, scenario: &str, figures: &[Figure]) {
        let missed = figures.iter().filter(|figure| figure.is_missed()).count();
        self.missed.set(self.missed.get() + u32::try_from(missed).unwrap());
        if self.json {
            let values: Map<String, Value> =
                figures.iter().map(|figure| (figure.name.to_owned(), json!(figure.value))).collect();
            println!("{}", json!({ "scenario": scenario, "figures": values, "missed": missed }));
            return;
        }
        println!("\n{scenario}");
        for figure in figures {
            let verdict = if figure.is_missed() { "MISSED" } else { "" };
            println!("    {:<44} {:>12} {:>12} {verdict}", figure.name, short(figure.value), figure.aim());
        }
    }

    /// How many figures fell short of what is aimed at.
    pub fn missed(&self) -> u32 {
        self.missed.get()
    }
}

fn short(value: f64) -> String {
    if value >= 100.0 { format!("{value:.0}") } else { format!("{value:.2}") }
}

/// The value below which a share of all lies, in milliseconds.
pub fn at(sorted: &[Duration], share: f64) -> f64 {
    let index = ((sorted.len() as f64 * share) as usize).min(sorted.len().saturating_sub(1));
    sorted.get(index).map_or(0.0, |time| time.as_secs_f64() * 1000.0)
}
