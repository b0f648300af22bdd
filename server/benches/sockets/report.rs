//! What was measured beside what is aimed at, as a table for people or a line of JSON each for machines.

use std::cell::Cell;

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
    /// What the reference reached in this run.
    beside: Option<f64>,
}

#[derive(Clone, Copy)]
enum Aim {
    AtMost(f64),
    AtLeast(f64),
}

pub const fn figure(name: &'static str, value: f64) -> Figure {
    Figure { name, value, aim: None, beside: None }
}

impl Figure {
    pub const fn at_most(self, most: f64) -> Self {
        Self { aim: Some(Aim::AtMost(most)), ..self }
    }

    pub const fn at_least(self, least: f64) -> Self {
        Self { aim: Some(Aim::AtLeast(least)), ..self }
    }

    /// The reference reaches this here. Where the aim was set it reached `there`: as much as this
    /// machine is slower than that one, or faster, the aim moves.
    pub fn beside(self, here: f64, there: f64) -> Self {
        let moved = here / there;
        let aim = self.aim.map(|aim| match aim {
            Aim::AtMost(most) => Aim::AtMost(most * moved),
            Aim::AtLeast(least) => Aim::AtLeast(least * moved),
        });
        Self { aim, beside: Some(here), ..self }
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
            let reference: Map<String, Value> =
                figures.iter().filter_map(|figure| Some((figure.name.to_owned(), json!(figure.beside?)))).collect();
            let line = json!({ "scenario": scenario, "figures": values, "reference": reference, "missed": missed });
            println!("{line}");
            return;
        }
        println!("\n{scenario}");
        for figure in figures {
            let verdict = if figure.is_missed() { "MISSED" } else { "" };
            let beside = figure.beside.map(|beside| format!("reference {}", short(beside))).unwrap_or_default();
            let (value, aim) = (short(figure.value), figure.aim());
            println!("    {:<44} {value:>12} {aim:>12} {beside:>20} {verdict}", figure.name);
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
