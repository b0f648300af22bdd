//! The codec of STOMP, given anything in any two pieces: it never falls over, reads the same however
//! it was cut, hands out nothing larger than one message may be, and reads again what it wrote. It
//! takes the two files of the codec as they are, so that nothing else is built with it.

#![no_main]

#[path = "../src/wire/stomp/codec/mod.rs"]
mod codec;
#[path = "../src/wire/stomp/frame.rs"]
mod frame;

use codec::{Item, Problem, Reader};
use focushive::protocol::frame::MOST_BYTES;
use frame::{Command, Frame, Version, Written};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some((choice, bytes)) = bytes.split_first() else { return };
    let version = Version::ALL[usize::from(choice % 3)];
    let at = bytes.len() * usize::from(*choice) / 256;
    let (first, second) = bytes.split_at(at);
    let (frames, ends) = read(version, &[bytes]);
    let (cut, cut_ends) = read(version, &[first, second]);
    assert_eq!((&frames, ends.is_some()), (&cut, cut_ends.is_some()), "the cut at {at} makes a difference");
    for frame in &frames {
        assert!(frame.size() <= MOST_BYTES, "a frame is larger than a message");
        assert!(frame.command == Command::Send || frame.body.is_empty());
        if frame.command == Command::Connect {
            Version::agree(frame.header("accept-version"));
        }
        again(frame);
    }
});

/// Every frame of what came in these pieces, and what broke it off, if something did.
fn read(version: Version, pieces: &[&[u8]]) -> (Vec<Frame>, Option<Problem>) {
    let mut reader = Reader::default();
    reader.version = Some(version);
    let mut frames = Vec::new();
    for piece in pieces {
        reader.push(piece);
        loop {
            match reader.next() {
                Ok(Some(Item::Frame(frame))) => frames.push(frame),
                Ok(Some(Item::Beat)) => {}
                Ok(None) => break,
                Err(problem) => return (frames, Some(problem)),
            }
        }
    }
    (frames, None)
}

/// What it says, written as we write, says the same.
fn again(frame: &Frame) {
    let (Ok(body), Some((_, value))) = (std::str::from_utf8(&frame.body), frame.headers.first()) else { return };
    if value.contains('\0') || body.len() + value.len() > MOST_BYTES / 8 {
        return;
    }
    let text = Written::new("SEND", Version::V12).header("first", value).maybe("none", None::<&str>).body(body);
    let (frames, problem) = read(Version::V12, &[text.as_bytes()]);
    assert_eq!((frames.len(), problem), (1, None), "{text}");
    assert_eq!((frames[0].header("first"), frames[0].body.as_slice()), (Some(value.as_str()), body.as_bytes()));
    let closed = Written::new("SEND", Version::V12).header("first", value).end();
    assert_eq!(read(Version::V12, &[closed.as_bytes()]).0.len(), 1, "{closed}");
}
