//! Drag and drop by pointer events, which mouse, pen and finger send alike.

use domain::AccountId;
use leptos::ev::{MouseEvent, PointerEvent};
use leptos::html::Div;
use leptos::{ev, prelude::*};

use super::geometry::{Edges, column_at, edge_speed, is_drag};
use super::state::{Board, Carried, Hand};
use crate::ui::dom;

/// Where a pointer was pressed on a card.
#[derive(Clone, Copy)]
struct Press {
    pointer: i32,
    id: AccountId,
    from: usize,
    at: (f64, f64),
}

/// Follows the pointer.
#[derive(Clone, Copy)]
pub(super) struct Dragging {
    board: Board,
    frame: NodeRef<Div>,
    press: StoredValue<Option<Press>>,
    /// Where the columns are, measured when a drag begins.
    edges: StoredValue<Vec<Edges>>,
    /// Where the pointer is, in the window.
    pub(super) at: RwSignal<(f64, f64)>,
    /// Whether the click that ends a drag is still to come: it must open nothing.
    swallows_click: StoredValue<bool>,
}

impl Dragging {
    /// Listens to the whole window: a drag may leave the board and come back.
    pub(super) fn new(board: Board, frame: NodeRef<Div>) -> Self {
        let dragging = Self {
            board,
            frame,
            press: StoredValue::new(None),
            edges: StoredValue::new(Vec::new()),
            at: RwSignal::new((0.0, 0.0)),
            swallows_click: StoredValue::new(false),
        };
        let listeners = [
            window_event_listener(ev::pointermove, move |event| dragging.moved(&event)),
            window_event_listener(ev::pointerup, move |event| dragging.released(&event)),
            window_event_listener(ev::pointercancel, move |event| dragging.cancelled(&event)),
        ];
        on_cleanup(move || listeners.into_iter().for_each(|listener| listener.remove()));
        dragging
    }

    /// A finger drags by the grip, so that elsewhere it scrolls; mouse and pen drag by the whole card.
    pub(super) fn pressed(self, event: &PointerEvent) {
        self.board.followed.set(None);
        // Whoever takes the pointer has let go of what the keyboard carried.
        if self.board.carried.with_untracked(Option::is_some) {
            self.board.carried.set(None);
        }
        let is_on_control = dom::closest(event, "button, input, label").is_some();
        let is_free = event.pointer_type() != "touch" || dom::closest(event, ".board-grip").is_some();
        if event.button() != 0 || !event.is_primary() || is_on_control || !is_free {
            return;
        }
        let place = || {
            let id = dom::closest(event, "[data-account]")?.get_attribute("data-account")?.parse().ok()?;
            Some((id, dom::closest(event, "[data-column]")?.get_attribute("data-column")?.parse().ok()?))
        };
        let Some((id, from)): Option<(AccountId, usize)> = place() else { return };
        let is_movable = untrack(|| {
            let account = self.board.column(from, |column| column.list.find(id));
            account.is_some_and(|account| self.board.why_fixed(&account).is_none())
        });
        if is_movable {
            let at = (f64::from(event.client_x()), f64::from(event.client_y()));
            self.press.set_value(Some(Press { pointer: event.pointer_id(), id, from, at }));
        }
    }

    fn moved(self, event: &PointerEvent) {
        let Some(press) = self.pressed_by(event) else { return };
        let now = (f64::from(event.client_x()), f64::from(event.client_y()));
        if self.carries() {
            event.prevent_default();
        } else if is_drag(press.at, now) {
            self.begin(press);
        } else {
            return;
        }
        self.at.set(now);
        self.look_below();
    }

    fn begin(self, press: Press) {
        let Some(account) = untrack(|| self.board.column(press.from, |column| column.list.find(press.id))) else {
            return;
        };
        let Some(frame) = self.frame.get_untracked() else { return };
        let offset = f64::from(frame.scroll_left()) - frame.get_bounding_client_rect().left();
        let edges = dom::query_all(&frame, "[data-column]").into_iter().map(|column| {
            let place = column.get_bounding_client_rect();
            Edges { left: place.left() + offset, right: place.right() + offset }
        });
        self.edges.set_value(edges.collect());
        let accounts = self.board.moved_with(&account);
        let carried = Carried { accounts, from: press.from, over: press.from, hand: Hand::Pointer };
        self.board.carried.set(Some(carried));
        self.scroll_on();
    }

    /// Notes above which column the pointer is.
    fn look_below(self) {
        let Some(Some(frame)) = self.frame.try_get_untracked() else { return };
        let x = self.at.get_untracked().0 - frame.get_bounding_client_rect().left() + f64::from(frame.scroll_left());
        let found = self.edges.with_value(|edges| column_at(edges, x));
        let is_new = |carried: &Option<Carried>| {
            found.is_some() && carried.as_ref().is_some_and(|carried| Some(carried.over) != found)
        };
        if let Some(found) = found
            && self.board.carried.with_untracked(is_new)
        {
            self.board.carried.update(|carried| {
                if let Some(carried) = carried {
                    carried.over = found;
                }
            });
        }
    }

    /// Scrolls the board while the pointer is near one of its edges, frame by frame until the drag ends.
    fn scroll_on(self) {
        request_animation_frame(move || {
            let Some(Some(frame)) = self.frame.try_get_untracked() else { return };
            if !self.carries() {
                return;
            }
            let place = frame.get_bounding_client_rect();
            let speed = edge_speed(self.at.get_untracked().0 - place.left(), place.width());
            if speed != 0.0 {
                frame.set_scroll_left(frame.scroll_left() + speed as i32);
                self.look_below();
            }
            self.scroll_on();
        });
    }

    fn released(self, event: &PointerEvent) {
        if self.pressed_by(event).is_none() {
            return;
        }
        self.press.set_value(None);
        if !self.carries() {
            return;
        }
        self.swallows_click.set_value(true);
        set_timeout(
            move || {
                self.swallows_click.try_set_value(false);
            },
            std::time::Duration::ZERO,
        );
        if let Some(carried) = self.board.carried.try_update(Option::take).flatten()
            && carried.over != carried.from
        {
            self.board.drop_on(carried.accounts, carried.over);
        }
    }

    fn cancelled(self, event: &PointerEvent) {
        if self.pressed_by(event).is_some() {
            self.cancel();
        }
    }

    /// Leaves everything where it was.
    pub(super) fn cancel(self) {
        self.press.set_value(None);
        if self.carries() {
            self.board.carried.set(None);
        }
    }

    /// The click that comes with the end of a drag.
    pub(super) fn clicked(self, event: &MouseEvent) {
        if self.swallows_click.get_value() {
            self.swallows_click.set_value(false);
            event.prevent_default();
            event.stop_propagation();
        }
    }

    fn pressed_by(self, event: &PointerEvent) -> Option<Press> {
        self.press.try_get_value().flatten().filter(|press| press.pointer == event.pointer_id())
    }

    fn carries(self) -> bool {
        let is_pointer =
            |carried: &Option<Carried>| carried.as_ref().is_some_and(|carried| carried.hand == Hand::Pointer);
        self.board.carried.try_with_untracked(is_pointer).unwrap_or_default()
    }
}
