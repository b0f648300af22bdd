//! What the machine says: processor time, memory, and which processor somebody runs on.

use std::{fs, process::Command, time::Duration};

/// A process, with everything it started.
#[derive(Clone, Copy)]
pub struct Process(pub i32);

impl Process {
    /// Processor time used so far, by those it started and that are gone too.
    pub fn cpu(self) -> Duration {
        let ticks: u64 = tree(self.0).into_iter().map(|pid| ticks(pid).unwrap_or_default()).sum();
        Duration::from_millis(ticks * 10)
    }

    /// Resident bytes of the process itself.
    pub fn memory(self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.0)).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
        line.trim().trim_end_matches(" kB").parse::<u64>().unwrap_or_default() * 1024
    }

    /// Where there is a tool for it, it stays on one processor, with what it starts from now on.
    pub fn stay_on(self, processor: usize) -> bool {
        let (pid, processor) = (self.0.to_string(), processor.to_string());
        let pinned = Command::new("taskset").args(["-a", "-p", "-c", &processor, &pid]).output();
        pinned.is_ok_and(|out| out.status.success())
    }
}

/// Of the fields after the name, which may hold anything.
fn stat(pid: i32) -> Option<Vec<u64>> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, fields) = stat.rsplit_once(") ")?;
    Some(fields.split(' ').map(|field| field.trim().parse().unwrap_or_default()).collect())
}

/// User and system time, and that of children that were waited for, in hundredths of a second.
fn ticks(pid: i32) -> Option<u64> {
    Some(stat(pid)?.get(11..15)?.iter().sum())
}

pub fn parent(pid: i32) -> Option<i32> {
    i32::try_from(*stat(pid)?.get(1)?).ok()
}

fn tree(root: i32) -> Vec<i32> {
    let all = fs::read_dir("/proc").into_iter().flatten().flatten();
    let children = all.filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
    std::iter::once(root).chain(children.filter(|pid| parent(*pid) == Some(root))).collect()
}
