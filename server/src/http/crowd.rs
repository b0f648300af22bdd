//! How many connections there are: in all, and from each address those that have said nothing yet.
//! Who is one too many is let go before anything is read.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use crate::config;

#[derive(Clone)]
pub struct Crowd {
    inner: Arc<Inner>,
}

struct Inner {
    most: usize,
    most_silent: usize,
    count: Mutex<Count>,
}

#[derive(Default)]
struct Count {
    all: usize,
    silent: HashMap<IpAddr, usize>,
}

impl Crowd {
    pub fn new(limits: &config::Limits) -> Self {
        let size = |n: u32| usize::try_from(n).unwrap_or(usize::MAX);
        let (most, most_silent) = (size(limits.connections), size(limits.silent_connections));
        Self { inner: Arc::new(Inner { most, most_silent, count: Mutex::default() }) }
    }

    /// A place for one more from there, if there is one.
    pub fn admit(&self, address: IpAddr) -> Option<Place> {
        let address = network(address);
        let mut count = self.count();
        let silent = count.silent.get(&address).copied().unwrap_or_default();
        if count.all >= self.inner.most || silent >= self.inner.most_silent {
            return None;
        }
        count.all += 1;
        count.silent.insert(address, silent + 1);
        drop(count);
        Some(Place { crowd: self.clone(), address, silent: AtomicBool::new(true) })
    }

    fn count(&self) -> MutexGuard<'_, Count> {
        self.inner.count.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whoever has one address of the newer kind has a whole network of them.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(four) => IpAddr::V4(four),
        IpAddr::V6(six) => IpAddr::V6(Ipv6Addr::from_bits(six.to_bits() & !u128::from(u64::MAX))),
    }
}

/// One connection's place; it is given back when the connection ends, whatever became of it.
pub struct Place {
    crowd: Crowd,
    address: IpAddr,
    silent: AtomicBool,
}

impl Place {
    /// It has asked for something.
    pub fn spoke(&self) {
        if !self.silent.swap(false, Ordering::Relaxed) {
            return;
        }
        let mut count = self.crowd.count();
        if let Some(silent) = count.silent.get_mut(&self.address) {
            *silent -= 1;
            if *silent == 0 {
                count.silent.remove(&self.address);
            }
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.spoke();
        self.crowd.count().all -= 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn crowd() -> Crowd {
        let find = |name: &str| match name {
            "FOCUSHIVE_CONNECTIONS" => Some("4".to_owned()),
            "FOCUSHIVE_SILENT_CONNECTIONS" => Some("2".to_owned()),
            _ => None,
        };
        Crowd::new(&config::Config::read(&find).unwrap().limits)
    }

    #[test]
    fn the_silent_of_one_network_are_bounded_and_all_together_too() {
        let crowd = crowd();
        let at = |text: &str| crowd.admit(text.parse().unwrap());
        let (first, second) = (at("2001:db8::1").unwrap(), at("2001:db8::2").unwrap());
        assert!(at("2001:db8::3").is_none());
        first.spoke();
        first.spoke();
        let third = at("2001:db8::3").unwrap();
        assert!(at("2001:db8::4").is_none());
        let other = at("192.0.2.1").unwrap();
        assert!(at("192.0.2.2").is_none(), "there are four of them now");
        drop(third);
        let again = at("::ffff:192.0.2.1").unwrap();
        drop((first, second, other, again));
        let count = crowd.count();
        assert_eq!((count.all, count.silent.len()), (0, 0));
    }
}
