//! Transactions that are open: frames put aside until they are to happen, bounded in all.

use focushive::protocol::frame::MOST_BYTES;

use super::frame::Frame;

const MOST_OPEN: usize = 16;
const MOST_FRAMES: usize = 100;

#[derive(Default)]
pub struct Transactions {
    open: Vec<(String, Vec<Frame>)>,
}

impl Transactions {
    pub fn begin(&mut self, name: &str) -> Result<(), &'static str> {
        if self.open.iter().any(|(known, _)| known == name) {
            return Err("this transaction is open already");
        }
        if self.open.len() >= MOST_OPEN {
            return Err("too many transactions are open");
        }
        self.open.push((name.to_owned(), Vec::new()));
        Ok(())
    }

    /// Puts a frame aside.
    pub fn put(&mut self, name: &str, frame: Frame) -> Result<(), &'static str> {
        let waiting: usize = self.open.iter().flat_map(|(_, frames)| frames).map(Frame::size).sum();
        let (_, frames) =
            self.open.iter_mut().find(|(known, _)| known == name).ok_or("there is no such transaction")?;
        if frames.len() >= MOST_FRAMES || waiting + frame.size() > MOST_BYTES {
            return Err("too much waits in transactions");
        }
        frames.push(frame);
        Ok(())
    }

    /// It is over: what is to happen now, or was not to.
    pub fn end(&mut self, name: &str) -> Result<Vec<Frame>, &'static str> {
        let at = self.open.iter().position(|(known, _)| known == name).ok_or("there is no such transaction")?;
        Ok(self.open.remove(at).1)
    }
}
