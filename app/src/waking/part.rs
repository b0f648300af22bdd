//! The parts of a page that wake by themselves, one after another.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    rc::{Rc, Weak},
};

use leptos::{
    attr::{Attribute, any_attribute::AnyAttribute},
    prelude::*,
    tachys::{
        hydration::Cursor,
        renderer::{CastFrom, types},
        view::{Mountable, Position, PositionState, any_view::AnyViewState},
    },
    task::spawn_local,
};

use super::{links::Followed, turns};

thread_local! {
    static IS_WAKING: Cell<bool> = const { Cell::new(false) };
    static ASLEEP: RefCell<VecDeque<Box<dyn FnOnce()>>> = RefCell::default();
}

/// Wakes a page: `first` its whole, without its parts; then those, then what is to be done, and `last`
/// it is awake.
pub async fn wake<F: Future<Output = ()>>(first: F, last: impl FnOnce() + 'static) {
    IS_WAKING.set(true);
    let followed = Followed::begin();
    pause().await;
    first.await;
    // What happens meanwhile finds a page that is awake everywhere.
    turns::hold();
    turns::next().await;
    while let Some(part) = ASLEEP.with_borrow_mut(VecDeque::pop_front) {
        part();
        if turns::is_over() {
            turns::next().await;
        }
    }
    IS_WAKING.set(false);
    turns::let_go();
    // After all that was held. Until then nobody may leave: what is done for a page must find it there.
    spawn_local(async move {
        drop(followed);
        turns::end();
        last();
    });
}

/// Lets the browser have its turn, while the page wakes.
pub async fn pause() {
    if IS_WAKING.get() {
        turns::next().await;
    }
}

/// A part of a page, one element whatever happens, that wakes by itself: a whole page at once would
/// keep a phone from hearing fingers. What the server sent along is numbered by the order in which a
/// page asks for it, so a part that `asks` is made at once, and then woken; what is drawn in it later
/// may not ask.
#[component]
pub fn Part(#[prop(optional)] asks: bool, children: Children) -> AnyView {
    if !IS_WAKING.get() {
        return children();
    }
    let make: Children = if asks {
        let made = children();
        Box::new(move || made)
    } else {
        children
    };
    Later { make, owner: Owner::current().unwrap_or_default() }.into_any()
}

struct Later {
    make: Children,
    owner: Owner,
}

impl Later {
    fn make(self) -> AnyView {
        self.owner.with(self.make)
    }

    /// Takes over what the server rendered.
    fn take_over(self, element: types::Element) -> AnyViewState {
        let (cursor, position) = (Cursor::new(element), PositionState::new(Position::Current));
        self.owner.with(|| (self.make)().hydrate::<true>(&cursor, &position))
    }
}

enum State {
    Asleep(types::Element),
    Awake(AnyViewState),
}

impl State {
    fn view(&self) -> &dyn Mountable {
        match self {
            State::Asleep(element) => element,
            State::Awake(view) => view,
        }
    }

    fn view_mut(&mut self) -> &mut dyn Mountable {
        match self {
            State::Asleep(element) => element,
            State::Awake(view) => view,
        }
    }
}

struct LaterState(Rc<RefCell<State>>);

impl Render for Later {
    type State = LaterState;

    fn build(self) -> LaterState {
        LaterState(Rc::new(RefCell::new(State::Awake(self.make().build()))))
    }

    fn rebuild(self, state: &mut LaterState) {
        let mut state = state.0.borrow_mut();
        if let State::Awake(view) = &mut *state {
            return self.make().rebuild(view);
        }
        let mut view = self.make().build();
        state.view().insert_before_this(&mut view);
        state.view_mut().unmount();
        *state = State::Awake(view);
    }
}

impl Mountable for LaterState {
    fn unmount(&mut self) {
        self.0.borrow_mut().view_mut().unmount();
    }

    fn mount(&mut self, parent: &types::Element, marker: Option<&types::Node>) {
        self.0.borrow_mut().view_mut().mount(parent, marker);
    }

    fn insert_before_this(&self, child: &mut dyn Mountable) -> bool {
        self.0.borrow().view().insert_before_this(child)
    }

    fn elements(&self) -> Vec<types::Element> {
        self.0.borrow().view().elements()
    }
}

impl AddAnyAttr for Later {
    type Output<SomeNewAttr: Attribute> = Later;

    fn add_any_attr<NewAttr: Attribute>(self, attr: NewAttr) -> Later {
        let Self { make, owner } = self;
        let attr = attr.into_cloneable_owned();
        Later { make: Box::new(move || make().add_any_attr(attr).into_any()), owner }
    }
}

impl RenderHtml for Later {
    type AsyncOutput = AnyView;
    type Owned = Self;

    const MIN_LENGTH: usize = 0;

    fn dry_resolve(&mut self) {}

    async fn resolve(self) -> AnyView {
        self.make().resolve().await
    }

    fn to_html_with_buf(
        self,
        buf: &mut String,
        position: &mut Position,
        escape: bool,
        mark_branches: bool,
        extra_attrs: Vec<AnyAttribute>,
    ) {
        self.make().to_html_with_buf(buf, position, escape, mark_branches, extra_attrs);
    }

    fn hydrate<const FROM_SERVER: bool>(self, cursor: &Cursor, position: &PositionState) -> LaterState {
        match position.get() {
            Position::Current => {}
            Position::FirstChild => cursor.child(),
            _ => cursor.sibling(),
        }
        position.set(Position::NextChild);
        let Some(element) = types::Element::cast_from(cursor.current()) else { return self.build() };
        let state = Rc::new(RefCell::new(State::Asleep(element.clone())));
        let asleep = Rc::downgrade(&state);
        ASLEEP.with_borrow_mut(|parts| parts.push_back(Box::new(move || wake_part(self, &asleep, element))));
        LaterState(state)
    }

    fn into_owned(self) -> Self {
        self
    }
}

/// Unless it was left meanwhile, or drawn anew.
fn wake_part(part: Later, asleep: &Weak<RefCell<State>>, element: types::Element) {
    let Some(state) = asleep.upgrade().filter(|state| matches!(*state.borrow(), State::Asleep(_))) else { return };
    let view = part.take_over(element);
    state.replace(State::Awake(view));
}
