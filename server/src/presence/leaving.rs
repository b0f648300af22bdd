//! How a seat is left: by a device that gets up, or because none is in it any more.

use focushive::{Moment, caller::Member, id::HiveId};

use super::{DeviceKey, Here, key, sitting::rolled};

impl Here {
    /// This device leaves a seat, and so does what the same page was before it was loaded anew or had a connection;
    /// whether nobody is left in it.
    pub(super) fn get_up(&mut self, by: Member, hive: HiveId) -> bool {
        let devices = self.people.get(&by.id).map(|who| &who.devices);
        let is_left = |device: &DeviceKey| {
            let ended = devices.and_then(|devices| devices.get(device)).is_some_and(|device| device.end.is_some());
            *device == key(by) || (device.0 == by.session && (ended || device.1.is_none()))
        };
        let Some(sitter) = self.hives.get_mut(&hive).and_then(|sitting| sitting.sitters.get_mut(&by.id)) else {
            return false;
        };
        sitter.devices.retain(|device| !is_left(device));
        sitter.devices.is_empty()
    }

    /// Of seats that no device is in any more.
    pub(super) fn leave_empty_seats(&mut self, now: Moment) {
        let Self { people, hives, .. } = self;
        let mut left = Vec::new();
        for (hive, sitting) in hives {
            let timer = rolled(&sitting.timer, now);
            for (user, sitter) in &mut sitting.sitters {
                let Some(who) = people.get(user) else { continue };
                if !sitter.is_held(who, &timer, now) {
                    left.push((*hive, *user));
                }
            }
        }
        for (hive, user) in left {
            self.lose(hive, user, now);
        }
    }
}
