//! One's own sessions as a table for other programs: RFC 4180, and nothing in it that a spreadsheet
//! takes for a formula.

use focushive::{caller::Member, focus::Stint};

use super::store;
use crate::{failure::Failure, services::Services};

/// The most sessions in one file.
const MOST: u32 = 100_000;

const HEAD: &str = "began_at,ended_at,place,goal,outcome,credited_seconds,corrected_seconds,void,inner,outer\r\n";

pub async fn table(services: &Services, by: Member) -> Result<String, Failure> {
    let stints = store::page(&services.db, by.id, None, MOST).await?;
    Ok(std::iter::once(HEAD.to_owned()).chain(stints.iter().map(line)).collect())
}

fn line(stint: &Stint) -> String {
    let cells = [
        stint.span.from.to_string(),
        stint.span.to.to_string(),
        cell(&stint.place),
        stint.goal.as_ref().map(|goal| cell(goal.as_str())).unwrap_or_default(),
        stint.outcome.map(|outcome| outcome.as_str().to_owned()).unwrap_or_default(),
        stint.credited_seconds.to_string(),
        stint.corrected_seconds.map(|seconds| seconds.to_string()).unwrap_or_default(),
        stint.void.to_string(),
        stint.inner.to_string(),
        stint.outer.to_string(),
    ];
    format!("{}\r\n", cells.join(","))
}

fn cell(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t']);
    format!("\"{}{}\"", if formula { "'" } else { "" }, text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_quoted_and_no_formula() {
        assert_eq!(cell("say \"hi\", twice"), "\"say \"\"hi\"\", twice\"");
        assert_eq!(cell("=cmd()"), "\"'=cmd()\"");
    }
}
