//! Pictures of people: whatever is uploaded is decoded within bounds and written anew, small and
//! square, so that nothing of the original file (its metadata, its tricks) is ever served.

use std::io::Cursor;

use focushive::{Fault, caller::Member, id::AvatarId};
use image::{ImageFormat, ImageReader, Limits, RgbImage, imageops::FilterType};
use uuid::Uuid;

use super::store;
use crate::{failure::Failure, limit::Doing, services::Services};

/// The largest file taken.
pub const MOST_BYTES: usize = 5 * 1024 * 1024;

/// The largest picture taken, and the memory its decoding may use.
const MOST_PIXELS_A_SIDE: u32 = 8_000;
const MOST_MEMORY: u64 = 300 * 1024 * 1024;

/// What is served.
const SIDE: u32 = 256;
pub const MIME: &str = "image/jpeg";

/// Decoding takes memory, so one picture at a time is decoded.
static DECODING: tokio::sync::Semaphore = tokio::sync::Semaphore::const_new(1);

pub async fn set(services: &Services, member: Member, file: Vec<u8>) -> Result<(), Failure> {
    if file.len() > MOST_BYTES {
        return Err(Fault::TooLarge { limit: "5 MB".to_owned() }.into());
    }
    services.limits.pace(Doing::Uploading, member.id)?;
    let _turn = DECODING.acquire().await.map_err(Failure::internal)?;
    let image = tokio::task::spawn_blocking(move || redraw(&file)).await.map_err(Failure::internal)??;
    let mut tx = services.db.begin().await?;
    store::set_avatar(&mut tx, member.id, AvatarId(Uuid::now_v7()), &image).await?;
    tx.commit().await?;
    Ok(())
}

pub async fn remove(services: &Services, member: Member) -> Result<(), Failure> {
    Ok(store::drop_avatar(&services.db, member.id).await?)
}

pub async fn picture(services: &Services, avatar: AvatarId) -> Result<Vec<u8>, Failure> {
    Ok(store::avatar(&services.db, avatar).await?.ok_or(Fault::NotFound)?)
}

fn redraw(file: &[u8]) -> Result<Vec<u8>, Failure> {
    let refuse = || Fault::field("avatar", "this is not a picture we can read: try a PNG, JPEG, GIF or WebP");
    let mut reader = ImageReader::new(Cursor::new(file)).with_guessed_format().map_err(|_| refuse())?;
    let mut limits = Limits::default();
    limits.max_image_width = Some(MOST_PIXELS_A_SIDE);
    limits.max_image_height = Some(MOST_PIXELS_A_SIDE);
    limits.max_alloc = Some(MOST_MEMORY);
    reader.limits(limits);
    let picture = reader.decode().map_err(|_| refuse())?.resize_to_fill(SIDE, SIDE, FilterType::Triangle).to_rgba8();
    let mut bytes = Cursor::new(Vec::new());
    on_white(&picture).write_to(&mut bytes, ImageFormat::Jpeg).map_err(Failure::internal)?;
    Ok(bytes.into_inner())
}

/// JPEG knows no transparency.
fn on_white(picture: &image::RgbaImage) -> RgbImage {
    RgbImage::from_fn(picture.width(), picture.height(), |x, y| {
        let image::Rgba([r, g, b, a]) = *picture.get_pixel(x, y);
        let over =
            |c: u8| u8::try_from((u32::from(c) * u32::from(a) + 255 * (255 - u32::from(a))) / 255).unwrap_or(255);
        image::Rgb([over(r), over(g), over(b)])
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use focushive::fault::Refusal;

    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        image::RgbaImage::from_pixel(width, height, image::Rgba([0, 0, 0, 0]))
            .write_to(&mut bytes, ImageFormat::Png)
            .unwrap();
        bytes.into_inner()
    }

    #[test]
    fn any_picture_becomes_a_small_square() {
        let redrawn = image::load_from_memory(&redraw(&png(600, 40)).unwrap()).unwrap();
        assert_eq!((redrawn.width(), redrawn.height()), (SIDE, SIDE));
    }

    #[test]
    fn what_is_no_picture_is_refused_beside_its_field() {
        for file in [&b"<svg onload=alert(1)>"[..], b"", b"\x89PNG\r\n\x1a\n truncated"] {
            let Err(Failure::Fault(fault)) = redraw(file) else { panic!("refused") };
            assert!(Refusal::from(fault.clone()).problem("avatar").is_some());
        }
    }

    #[test]
    fn a_picture_larger_than_any_screen_is_refused_before_it_is_decoded() {
        assert!(redraw(&png(8_001, 1)).is_err());
    }
}
