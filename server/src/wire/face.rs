//! What two parties share of a session: its owner, who reads and answers, and the hub's rounds, which
//! let it speak. Whoever holds it writes, so that events leave in the order in which they came.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use focushive::protocol::Topic;

use super::{dialect::Dialect, line::Mouth};
use crate::hub::{Close, Connection, Published, Voice};

pub struct Face<D: Dialect> {
    inner: Mutex<Inner<D>>,
    mouth: Option<Arc<dyn Mouth<D::Told>>>,
}

struct Inner<D> {
    dialect: D,
    /// A topic that is being joined, and what happens there meanwhile.
    joining: Option<(Topic, Vec<Arc<Published>>)>,
}

impl<D: Dialect> Face<D> {
    pub fn new(dialect: D, mouth: Option<Arc<dyn Mouth<D::Told>>>) -> Self {
        Self { inner: Mutex::new(Inner { dialect, joining: None }), mouth }
    }

    pub fn has_mouth(&self) -> bool {
        self.mouth.is_some()
    }

    pub fn dialect<T>(&self, act: impl FnOnce(&mut D) -> T) -> T {
        act(&mut self.lock().dialect)
    }

    /// From now on what happens there is held back.
    pub fn join(&self, topic: Topic) {
        self.lock().joining = Some((topic, Vec::new()));
    }

    pub fn is_joining(&self) -> bool {
        self.lock().joining.is_some()
    }

    /// What was held back is told with what comes next, or handed back where there is no mouth.
    pub fn joined(&self, connection: &Connection) -> Result<Vec<D::Told>, Close> {
        let mut inner = self.lock();
        let (_, held) = inner.joining.take().unzip();
        let mut frames = Vec::new();
        for event in held.into_iter().flatten() {
            inner.turn(event, connection, &mut frames)?;
        }
        Ok(self.keep(frames))
    }

    /// Tells everything that waits; the same where there is no mouth.
    pub fn tell(&self, connection: &Connection) -> Result<Vec<D::Told>, Close> {
        let mut inner = self.lock();
        let mut frames = Vec::new();
        for event in connection.take()? {
            inner.turn(event, connection, &mut frames)?;
        }
        let frames = self.keep(frames);
        if let Some(mouth) = &self.mouth {
            mouth.speak();
        }
        Ok(frames)
    }

    /// What is to be told goes out with what comes next, in this order; or it is handed back.
    pub fn keep(&self, frames: Vec<D::Told>) -> Vec<D::Told> {
        let Some(mouth) = &self.mouth else { return frames };
        if !frames.is_empty() {
            mouth.keep(&frames);
        }
        Vec::new()
    }

    fn is_behind(&self) -> bool {
        self.mouth.as_ref().is_none_or(|mouth| mouth.is_behind())
    }

    /// What broke off in the middle left a dialect as it was before: nothing here can panic halfway
    /// through a change.
    fn lock(&self) -> MutexGuard<'_, Inner<D>> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<D: Dialect> Inner<D> {
    /// The frames of an event whose turn it is.
    fn turn(&mut self, event: Arc<Published>, connection: &Connection, frames: &mut Vec<D::Told>) -> Result<(), Close> {
        // What was waiting when somebody was put out is not for them any more.
        if !connection.listens_to(event.topic) {
            return Ok(());
        }
        if let Some((topic, held)) = &mut self.joining
            && *topic == event.topic
        {
            held.push(event);
            return Ok(());
        }
        self.dialect.tell(&event, frames)
    }
}

impl<D: Dialect> Voice for Face<D> {
    fn speak(&self, connection: &Connection) -> bool {
        if self.is_behind() {
            return false;
        }
        match self.tell(connection) {
            Ok(_) => !self.is_behind(),
            Err(why) => {
                connection.close(why);
                false
            }
        }
    }
}
