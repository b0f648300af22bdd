//! The codec, clause by clause of the specification, and with anything at all.

use proptest::prelude::*;

use super::*;
use crate::wire::stomp::frame::Written;

fn all(version: Version, bytes: &[u8]) -> Result<Vec<Item>, Problem> {
    let mut reader = Reader { version: Some(version), ..Reader::default() };
    reader.push(bytes);
    let mut items = Vec::new();
    while let Some(item) = reader.next()? {
        items.push(item);
    }
    Ok(items)
}

fn one(version: Version, text: &str) -> Frame {
    match all(version, text.as_bytes()).unwrap().as_slice() {
        [Item::Frame(frame)] => frame.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_frame_is_a_command_headers_a_blank_line_a_body_and_a_nul() {
    let frame = one(Version::V12, "SEND\ndestination:/app/x\nfoo:bar\n\nhello\0");
    assert_eq!(frame.command, Command::Send);
    assert_eq!((frame.header("destination"), frame.header("foo")), (Some("/app/x"), Some("bar")));
    assert_eq!(frame.body, b"hello");
    assert_eq!(one(Version::V12, "SEND\r\ndestination:/app/x\r\n\r\nhello\0").header("destination"), Some("/app/x"));
    assert_eq!(one(Version::V12, "STOMP\n\n\0").command, Command::Connect);
}

#[test]
fn of_a_repeated_header_the_first_counts() {
    assert_eq!(one(Version::V12, "SEND\nfoo:World\nfoo:Hello\n\n\0").header("foo"), Some("World"));
}

#[test]
fn spaces_of_a_header_belong_to_it() {
    assert_eq!(one(Version::V12, "SEND\nfoo: a b \n\n\0").header("foo"), Some(" a b "));
}

#[test]
fn escapes_are_those_of_the_version() {
    let text = "SEND\na\\cb:1\\n2\\\\3\n\n\0";
    assert_eq!(one(Version::V12, text).header("a:b"), Some("1\n2\\3"));
    assert_eq!(one(Version::V11, text).header("a:b"), Some("1\n2\\3"));
    assert_eq!(one(Version::V10, text).header("a\\cb"), Some("1\\n2\\\\3"));
    assert_eq!(one(Version::V12, "SEND\na:\\r\n\n\0").header("a"), Some("\r"));
    for (version, text) in [(Version::V11, "SEND\na:\\r\n\n\0"), (Version::V12, "SEND\na:\\t\n\n\0")] {
        assert!(matches!(all(version, text.as_bytes()), Err(Problem::Malformed(_))));
    }
    // A value keeps the colons after its first one, and CONNECT escapes nothing.
    assert_eq!(one(Version::V12, "CONNECT\npasscode:a\\c:b\n\n\0").header("passcode"), Some("a\\c:b"));
}

#[test]
fn a_body_of_a_said_length_may_hold_nul() {
    let frame = one(Version::V12, "SEND\ncontent-length:3\n\na\0b\0");
    assert_eq!(frame.body, b"a\0b");
    let short = all(Version::V12, b"SEND\ncontent-length:2\n\nabc\0");
    assert!(matches!(short, Err(Problem::Malformed(_))));
    assert_eq!(all(Version::V12, b"SEND\ncontent-length:9\n\nabc\0"), Ok(vec![]));
    assert!(all(Version::V12, b"SEND\ncontent-length:-1\n\nabc\0").is_err());
}

#[test]
fn line_ends_between_frames_are_beats() {
    let items = all(Version::V12, b"\n\r\nSEND\n\n\0\n\nSEND\n\n\0").unwrap();
    assert!(matches!(items.as_slice(), [Item::Beat, Item::Frame(_), Item::Beat, Item::Frame(_)]));
}

#[test]
fn what_is_too_large_is_refused_before_it_is_there() {
    for text in [
        format!("SEND\ncontent-length:{}\n\n", MOST_BYTES + 1),
        "SEND\ncontent-length:99999999999999999999999\n\n".to_owned(),
        format!("SEND\na:{}", "x".repeat(MOST_HEAD + 1)),
        format!("SEND\n{}\n\0", "a:b\n".repeat(MOST_HEADERS + 1)),
        format!("SEND\n\n{}", "x".repeat(MOST_BYTES + 1)),
    ] {
        assert_eq!(all(Version::V12, text.as_bytes()), Err(Problem::TooLarge), "{text:.40}");
    }
}

#[test]
fn what_breaks_the_grammar_is_malformed() {
    for text in [
        "HELLO\n\n\0",
        "SEND\nno colon\n\n\0",
        "SEND\n:value\n\n\0",
        "SEND\0",
        "SEND\na:b\0c\n\nbody\0",
        "ACK\n\nbody\0",
    ] {
        assert!(matches!(all(Version::V12, text.as_bytes()), Err(Problem::Malformed(_))), "{text}");
    }
    assert!(all(Version::V12, b"SEND\na:\xff\n\n\0").is_err());
}

proptest! {
    #[test]
    fn what_was_written_is_read_again(name in "[^\0]{1,20}", value in "[^\0]{0,40}", body in ".{0,60}") {
        let text = Written::new("SEND", Version::V12).header(&name.replace([':', '\n', '\r', '\\'], "x"), &value).body(&body);
        let frame = one(Version::V12, &text);
        prop_assert_eq!(&frame.headers[0].1, &value);
        prop_assert_eq!(frame.body, body.as_bytes());
    }

    #[test]
    fn how_it_is_cut_makes_no_difference(body in proptest::collection::vec(any::<u8>(), 0..80), at in 0..100usize) {
        let mut bytes = format!("\nSEND\r\na:b\r\ncontent-length:{}\r\n\r\n", body.len()).into_bytes();
        bytes.extend(&body);
        bytes.extend(b"\0\n");
        let (first, second) = bytes.split_at(at.min(bytes.len()));
        let mut reader = Reader { version: Some(Version::V12), ..Reader::default() };
        let mut frames = Vec::new();
        for part in [first, second] {
            reader.push(part);
            while let Some(item) = reader.next().unwrap() {
                if let Item::Frame(frame) = item {
                    frames.push(frame);
                }
            }
        }
        prop_assert_eq!(frames.len(), 1);
        prop_assert_eq!(&frames[0].body, &body);
    }

    #[test]
    fn how_anything_is_cut_makes_no_difference(text in "(SEND|ACK|)(\n|\r\n)?[\n\r\0:a1\\\\-]{0,40}\0?", at in 0..60usize) {
        let read = |pieces: [&[u8]; 2]| {
            let mut reader = Reader { version: Some(Version::V12), ..Reader::default() };
            let mut frames = Vec::new();
            for piece in pieces {
                reader.push(piece);
                loop {
                    match reader.next() {
                        Ok(Some(Item::Frame(frame))) => frames.push(frame),
                        Ok(Some(Item::Beat)) => {}
                        Ok(None) => break,
                        Err(_) => return (frames, false),
                    }
                }
            }
            (frames, true)
        };
        let (first, second) = text.as_bytes().split_at(at.min(text.len()));
        prop_assert_eq!(read([text.as_bytes(), b""]), read([first, second]));
    }

    #[test]
    fn no_bytes_make_it_fall_over(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = all(Version::V12, &bytes);
    }

    #[test]
    fn no_frame_like_bytes_do_either(text in "(SEND|CONNECT|ACK)?[\n\r\0:a\\\\]{0,60}") {
        let _ = all(Version::V11, text.as_bytes());
    }
}
