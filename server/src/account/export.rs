//! One's data, to take along: one archive of JSON and files, made without anybody's help.

use std::io::{Cursor, Write};

use focushive::caller::Member;
use serde_json::json;
use zip::{ZipWriter, write::SimpleFileOptions};

use super::avatar;
use crate::{auth, failure::Failure, focus::csv, services::Services};

pub async fn archive(services: &Services, member: Member) -> Result<Vec<u8>, Failure> {
    let me = super::look_up(services, member.id).await?;
    let sessions = auth::sessions(services, member).await?;
    let picture = match me.avatar {
        Some(id) => Some(avatar::picture(services, id).await?),
        None => None,
    };
    let account =
        json!({ "format": "focushive-export", "version": 1, "exported_at": services.clock.now(), "account": me });
    let mut files = vec![
        ("account.json", pretty(&account)?),
        ("sessions.json", pretty(&json!(sessions))?),
        ("focus.csv", csv::table(services, member).await?.into_bytes()),
    ];
    files.extend(picture.map(|image| ("avatar.jpg", image)));
    pack(files)
}

fn pretty(value: &serde_json::Value) -> Result<Vec<u8>, Failure> {
    serde_json::to_vec_pretty(value).map_err(Failure::internal)
}

fn pack(files: Vec<(&str, Vec<u8>)>) -> Result<Vec<u8>, Failure> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        archive.start_file(name, SimpleFileOptions::default()).map_err(Failure::internal)?;
        archive.write_all(&content).map_err(Failure::internal)?;
    }
    Ok(archive.finish().map_err(Failure::internal)?.into_inner())
}
