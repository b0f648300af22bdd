//! Who Postgres runs as: whoever runs the server, unless that is root, as whom it refuses to run.

use std::{
    fs,
    os::unix::fs::{MetadataExt, PermissionsExt, chown},
    path::Path,
};

use nix::unistd::{User, geteuid};
use tokio::process::Command;

use super::{PrivatePostgresError, io};

#[derive(Clone, Debug)]
pub enum Owner {
    /// The user of this process.
    Same,
    /// Another one, since we are root.
    Other { uid: u32, gid: u32 },
}

impl Owner {
    pub fn choose() -> Result<Self, PrivatePostgresError> {
        if !geteuid().is_root() {
            return Ok(Self::Same);
        }
        let known = ["postgres", "nobody"].iter().find_map(|name| User::from_name(name).ok().flatten());
        let user = known.ok_or(PrivatePostgresError::NoUser)?;
        Ok(Self::Other { uid: user.uid.as_raw(), gid: user.gid.as_raw() })
    }

    /// A command that runs as this user, away from the terminal's Ctrl-C: it is our word that
    /// stops Postgres, after the server is done with it.
    pub fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.process_group(0);
        if let Self::Other { uid, gid } = self {
            command.uid(*uid).gid(*gid).env_remove("HOME").current_dir("/");
        }
        command
    }

    /// A folder that belongs to this user and that nobody else may open.
    pub fn make_private(&self, folder: &Path) -> Result<(), PrivatePostgresError> {
        let what = || io(format!("{} cannot be made", folder.display()));
        fs::create_dir_all(folder).map_err(what())?;
        fs::set_permissions(folder, fs::Permissions::from_mode(0o700)).map_err(what())?;
        if let Self::Other { uid, gid } = self {
            chown(folder, Some(*uid), Some(*gid)).map_err(what())?;
        }
        Ok(())
    }

    /// Whether this user can walk to a folder: every one above it lets others through.
    pub fn reaches(&self, folder: &Path) -> bool {
        let Self::Other { uid, gid } = self else { return true };
        folder.ancestors().all(|above| {
            fs::metadata(above).is_ok_and(|meta| {
                let walk = if meta.uid() == *uid {
                    0o100
                } else if meta.gid() == *gid {
                    0o010
                } else {
                    0o001
                };
                meta.mode() & walk != 0
            })
        })
    }

    /// Whether a folder is this user's own and no link that leads elsewhere.
    pub fn owns(&self, folder: &Path) -> bool {
        let uid = match self {
            Self::Same => geteuid().as_raw(),
            Self::Other { uid, .. } => *uid,
        };
        fs::symlink_metadata(folder).is_ok_and(|meta| meta.is_dir() && meta.uid() == uid)
    }
}
