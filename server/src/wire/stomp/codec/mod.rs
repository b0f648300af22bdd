//! Bytes into frames, however they are cut into messages: nothing is set aside for what is larger
//! than it may be, and what cannot be read is named by the clause it breaks.

use focushive::protocol::frame::MOST_BYTES;

use super::frame::{Command, Frame, Version};

/// More headers than any client sends, and more bytes of them than a token needs.
const MOST_HEADERS: usize = 64;
const MOST_HEAD: usize = 16 * 1024;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// An end of line between frames: the peer is there.
    Beat,
    Frame(Frame),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    TooLarge,
    Malformed(&'static str),
}

const CUT_SHORT: Problem = Problem::Malformed("a frame ends before its headers do");

#[derive(Default)]
pub struct Reader {
    waiting: Vec<u8>,
    /// How far was looked for the end of the head, and of the body, without finding it.
    looked: usize,
    /// Said by the first frame; none is known before.
    pub version: Option<Version>,
}

impl Reader {
    /// Takes what came; what it is, `next` tells.
    pub fn push(&mut self, bytes: &[u8]) {
        self.waiting.extend_from_slice(bytes);
    }

    /// The next thing that is whole. After a problem nothing can be read any more.
    pub fn next(&mut self) -> Result<Option<Item>, Problem> {
        if let Some(ends) = line_ends(&self.waiting) {
            self.waiting.drain(..ends);
            return Ok(Some(Item::Beat));
        }
        let item = self.frame();
        if matches!(item, Ok(None)) && self.waiting.len() > MOST_BYTES {
            return Err(Problem::TooLarge);
        }
        if self.waiting.is_empty() {
            // A quiet connection keeps no room for what was once large.
            self.waiting = Vec::new();
        }
        item
    }

    fn frame(&mut self) -> Result<Option<Item>, Problem> {
        let Some((head, body_at)) = self.head()? else { return Ok(None) };
        let (command, headers) = self.read_head(&head)?;
        let rest = self.waiting.get(body_at..).unwrap_or_default();
        let length = match content_length(&headers)? {
            Some(length) if length > MOST_BYTES => return Err(Problem::TooLarge),
            Some(length) => match rest.get(length) {
                None => return Ok(None),
                Some(0) => length,
                Some(_) => return Err(Problem::Malformed("no NUL after as many bytes as content-length says")),
            },
            None => match rest.iter().position(|byte| *byte == 0) {
                None => return Ok(None),
                Some(length) => length,
            },
        };
        if body_at + length > MOST_BYTES {
            return Err(Problem::TooLarge);
        }
        let body = rest.get(..length).unwrap_or_default().to_vec();
        self.waiting.drain(..=body_at + length);
        self.looked = 0;
        if command != Command::Send && !body.is_empty() {
            return Err(Problem::Malformed("only SEND may have a body"));
        }
        Ok(Some(Item::Frame(Frame { command, headers, body })))
    }

    /// The head, once it is there, and where the body begins.
    fn head(&mut self) -> Result<Option<(String, usize)>, Problem> {
        let from = self.looked.saturating_sub(3);
        let found = self.waiting.get(from..).unwrap_or_default().iter().enumerate().find_map(|(n, byte)| {
            let at = from + n;
            (*byte == b'\n').then(|| blank_line(&self.waiting, at)).flatten().map(|body_at| (at, body_at))
        });
        let Some((head_ends, body_at)) = found else {
            self.looked = self.waiting.len();
            if self.looked > MOST_HEAD {
                return Err(Problem::TooLarge);
            }
            return if self.waiting.contains(&0) { Err(CUT_SHORT) } else { Ok(None) };
        };
        if head_ends > MOST_HEAD {
            return Err(Problem::TooLarge);
        }
        self.looked = head_ends;
        let head = self.waiting.get(..head_ends).unwrap_or_default();
        // Whether the blank line was there already when the NUL came makes no difference.
        if head.contains(&0) {
            return Err(CUT_SHORT);
        }
        let head = std::str::from_utf8(head).map_err(|_| Problem::Malformed("headers are not UTF-8"))?;
        Ok(Some((head.to_owned(), body_at)))
    }

    fn read_head(&self, head: &str) -> Result<(Command, Vec<(String, String)>), Problem> {
        let mut lines = head.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line));
        let command = Command::read(lines.next().unwrap_or_default());
        let command = command.ok_or(Problem::Malformed("there is no such command"))?;
        let escapes = if command == Command::Connect { Version::V10 } else { self.version.unwrap_or_default() };
        let mut headers = Vec::new();
        for line in lines {
            if headers.len() == MOST_HEADERS {
                return Err(Problem::TooLarge);
            }
            let (name, value) = line.split_once(':').ok_or(Problem::Malformed("a header without a colon"))?;
            if name.is_empty() {
                return Err(Problem::Malformed("a header without a name"));
            }
            headers.push((plain(name, escapes)?, plain(value, escapes)?));
        }
        Ok((command, headers))
    }
}

/// How many bytes of line ends come before the next frame.
fn line_ends(bytes: &[u8]) -> Option<usize> {
    let whole = |at: usize| match (bytes.get(at), bytes.get(at + 1)) {
        (Some(b'\n'), _) => 1,
        (Some(b'\r'), Some(b'\n')) => 2,
        _ => 0,
    };
    let mut ends = 0;
    while whole(ends) > 0 {
        ends += whole(ends);
    }
    (ends > 0).then_some(ends)
}

/// Where the body begins, if the line that ends at `at` is followed by a blank one.
fn blank_line(bytes: &[u8], at: usize) -> Option<usize> {
    match (bytes.get(at + 1), bytes.get(at + 2)) {
        (Some(b'\n'), _) => Some(at + 2),
        (Some(b'\r'), Some(b'\n')) => Some(at + 3),
        _ => None,
    }
}

fn content_length(headers: &[(String, String)]) -> Result<Option<usize>, Problem> {
    let Some((_, value)) = headers.iter().find(|(name, _)| name == "content-length") else { return Ok(None) };
    let digits = !value.trim().is_empty() && value.trim().bytes().all(|byte| byte.is_ascii_digit());
    if !digits {
        return Err(Problem::Malformed("content-length is not a number"));
    }
    // A number that does not fit is a length that does not either.
    value.trim().parse().map(Some).map_err(|_| Problem::TooLarge)
}

/// Takes the escapes out of a name or a value.
fn plain(text: &str, version: Version) -> Result<String, Problem> {
    if version == Version::V10 || !text.contains('\\') {
        return Ok(text.to_owned());
    }
    let mut plain = String::with_capacity(text.len());
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        if letter != '\\' {
            plain.push(letter);
            continue;
        }
        plain.push(match (letters.next(), version) {
            (Some('n'), _) => '\n',
            (Some('c'), _) => ':',
            (Some('\\'), _) => '\\',
            (Some('r'), Version::V12) => '\r',
            _ => return Err(Problem::Malformed("an escape that this version does not have")),
        });
    }
    Ok(plain)
}

#[cfg(test)]
mod tests;
