//! The turns in which tasks are worked on while a page wakes. What is to be done after a turn is over
//! waits for the next one, and between two of them the browser paints, scrolls and hears keys. On a page
//! that is awake tasks wait for nothing: somebody may leave, and what is done for it must find it there.

use std::{
    cell::{Cell, RefCell},
    pin::Pin,
    task::{Context, Poll, Waker},
};

use any_spawner::{CustomExecutor, PinnedFuture, PinnedLocalFuture};
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue, prelude::Closure};
use web_sys::{MessageChannel, MessagePort};

/// How long a turn is, in milliseconds: about a frame.
const TURN: f64 = 16.0;

thread_local! {
    static TURNS: Turns = Turns::new();
}

struct Turns {
    /// When this turn is over; nothing while nothing is to be done.
    ends: Cell<Option<f64>>,
    /// What waits for the next turn, in order.
    waiting: RefCell<Vec<Waker>>,
    /// The page is awake.
    ended: Cell<bool>,
    /// Tasks that wait until they are let go; nothing where none has to.
    held: RefCell<Option<Vec<Waker>>>,
    /// A message to oneself comes when the browser has had its own turn; timers would come late.
    bell: Option<MessagePort>,
}

impl Turns {
    fn new() -> Self {
        Self {
            ends: Cell::default(),
            ended: Cell::default(),
            waiting: RefCell::default(),
            held: RefCell::default(),
            bell: MessageChannel::new().ok().map(|channel| {
                let ring = Closure::<dyn Fn()>::new(|| TURNS.with(Turns::begin));
                channel.port1().set_onmessage(Some(ring.as_ref().unchecked_ref()));
                ring.forget();
                channel.port2()
            }),
        }
    }

    fn begin(&self) {
        self.ends.set(None);
        self.waiting.take().into_iter().for_each(Waker::wake);
    }

    /// When this turn ends, after which there will be another. The first to ask begins it.
    fn ends(&self, now: f64) -> f64 {
        self.ends.get().unwrap_or_else(|| {
            let ends = now + TURN;
            self.ends.set(Some(ends));
            if let Some(bell) = &self.bell {
                let _ = bell.post_message(&JsValue::NULL);
            }
            ends
        })
    }

    /// Whether what is to be done now must wait.
    fn is_over(&self) -> bool {
        let now = now();
        now > self.ends(now) && self.bell.is_some()
    }
}

fn now() -> f64 {
    window().performance().map_or(0.0, |clock| clock.now())
}

/// Ends this turn and waits for the next.
pub async fn next() {
    let mut has_waited = false;
    std::future::poll_fn(|context| {
        TURNS.with(|turns| {
            if has_waited || turns.bell.is_none() {
                return Poll::Ready(());
            }
            has_waited = true;
            turns.ends(now());
            turns.waiting.borrow_mut().push(context.waker().clone());
            Poll::Pending
        })
    })
    .await;
}

/// Whether this turn is over.
pub fn is_over() -> bool {
    TURNS.with(Turns::is_over)
}

/// From now on no task is worked on, until they are let go.
pub fn hold() {
    TURNS.with(|turns| turns.held.replace(Some(Vec::new())));
}

/// From now on no task waits for a turn.
pub fn end() {
    TURNS.with(|turns| turns.ended.set(true));
}

pub fn let_go() {
    let held = TURNS.with(|turns| turns.held.take());
    held.into_iter().flatten().for_each(Waker::wake);
}

/// A task that is worked on in turns.
struct Task(PinnedLocalFuture<()>);

impl Future for Task {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let may_work = TURNS.with(|turns| {
            if let Some(held) = turns.held.borrow_mut().as_mut() {
                held.push(context.waker().clone());
                return false;
            }
            let is_over = !turns.ended.get() && turns.is_over();
            if is_over {
                turns.waiting.borrow_mut().push(context.waker().clone());
            }
            !is_over
        });
        if may_work { self.0.as_mut().poll(context) } else { Poll::Pending }
    }
}

/// Works on the tasks of the page in turns.
pub struct InTurns;

impl InTurns {
    /// From now on, and for good.
    pub fn begin() {
        let _ = any_spawner::Executor::init_custom_executor(Self);
    }
}

impl CustomExecutor for InTurns {
    fn spawn(&self, task: PinnedFuture<()>) {
        self.spawn_local(task);
    }

    fn spawn_local(&self, task: PinnedLocalFuture<()>) {
        wasm_bindgen_futures::spawn_local(Task(task));
    }

    fn poll_local(&self) {}
}
