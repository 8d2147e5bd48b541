//! The table's component.

use leptos::prelude::*;

use super::{keyboard::Keyboard, row::row_view, scroller::Scroller};
use crate::ui::dom;

/// Below this width of the window the rows of a table are cards.
pub(crate) const NARROW: &str = "(max-width: 719px)";

/// One column, as wide as its class says (`.col-check`, `.col-icon`, `.col-s`, `.col-m`, `.col-l`, `.col-xl`, or one of the caller's).
#[derive(Clone, Copy)]
pub(crate) struct Column(
    /// The class of the `<col>`.
    pub(crate) &'static str,
);

/// What every row needs from the table.
#[derive(Clone, Copy)]
pub(super) struct RowParts {
    pub(super) total: Signal<usize>,
    pub(super) cells: Callback<Signal<usize>, AnyView>,
    pub(super) is_loaded: Option<Callback<usize, bool>>,
    pub(super) is_selected: Option<Callback<usize, bool>>,
    pub(super) active: RwSignal<usize>,
}

/// A table of which only the visible rows exist, whatever their number. It fills the height that its parent leaves it.
///
/// Rows are drawn once and then shown other indices: everything in `cells` that depends on the row must read `index` reactively.
/// On a row: arrows, Page keys, Home and End move; Enter opens; Space selects; Tab goes through the row's controls and then out.
/// On a link or button of a row, arrows go to the same one of the next row.
#[component]
pub(crate) fn VirtualTable(
    /// The table's name for screen readers.
    #[prop(into)]
    label: Signal<String>,
    /// How many rows there are, up to 1,000,000.
    #[prop(into)]
    total: Signal<usize>,
    /// The columns' widths, in order.
    columns: Vec<Column>,
    /// The header cells, one `<th>` or `SortHeader` for each column.
    #[prop(into)]
    head: ViewFnOnce,
    /// The `<td>`s of a row. Run once for each row that exists, never while scrolling.
    #[prop(into)]
    cells: Callback<Signal<usize>, AnyView>,
    /// Whether a row's data is there; if not, grey bars show. Read reactively. Default: always.
    #[prop(optional, into)]
    is_loaded: Option<Callback<usize, bool>>,
    /// Whether a row is selected. Read reactively. Default: rows cannot be selected.
    #[prop(optional, into)]
    is_selected: Option<Callback<usize, bool>>,
    /// Runs with the first and one past the last visible row, at most once a frame, for loading what is missing.
    #[prop(optional, into)]
    on_window: Option<Callback<(usize, usize)>>,
    /// Runs on Enter on a row.
    #[prop(optional, into)]
    on_open: Option<Callback<usize>>,
    /// Runs on Space on a row, to select it.
    #[prop(optional, into)]
    on_toggle: Option<Callback<usize>>,
    /// Set it to bring a row into view, such as `Some(0)` after a new filter; the table sets it back to `None`.
    #[prop(optional, into)]
    scroll_to: Option<RwSignal<Option<usize>>>,
    /// What stands below the header while there are no rows. Default: nothing.
    #[prop(optional, into)]
    empty: ViewFn,
    /// A row's height in pixels; it must agree with the design of the cells. Default: 44.
    #[prop(default = 44)]
    row_height: u32,
    /// A row's height as a card, below 720 pixels of window. Default: 72.
    #[prop(default = 72)]
    card_height: u32,
) -> impl IntoView {
    let narrow = dom::media_query(NARROW);
    let height = Signal::derive(move || f64::from(if narrow.get() { card_height } else { row_height }));
    let scroller = Scroller::new(total, height, on_window);
    let active = RwSignal::new(0);
    let keyboard = Keyboard { scroller, active, on_open, on_toggle };
    let parts = RowParts { total, cells, is_loaded, is_selected, active };
    scroller.observe();
    stay_in_range(total, active);
    if let Some(scroll_to) = scroll_to {
        follow_requests(scroller, scroll_to);
    }
    let geometry = Memo::new(move |_| scroller.geometry());
    let columns: Vec<_> = columns.into_iter().map(|column| view! { <col class=column.0 /> }).collect();
    view! {
        <div
            class=move || if narrow.get() { "vtable vtable-cards" } else { "vtable" }
            node_ref=scroller.frame
            tabindex="-1"
            role="presentation"
            on:scroll=move |_| scroller.scrolled()
            on:keydown:capture=move |event| keyboard.leave_control(&event)
            on:keydown=move |event| keyboard.key(&event)
            on:focusin=move |event| keyboard.focus_in(&event)
        >
            <div class="vtable-space" style:height=move || dom::px(geometry.read().space() + scroller.head_height.get())>
                <table
                    role="table"
                    aria-label=label
                    aria-rowcount=move || (total.get() + 1).to_string()
                    style:top=move || dom::px(scroller.table_top.get())
                    style=("--row-height", move || dom::px(height.get()))
                >
                    <colgroup>{columns}</colgroup>
                    <thead role="rowgroup">
                        <tr role="row" aria-rowindex="1">
                            {head.run()}
                        </tr>
                    </thead>
                    <tbody role="rowgroup" node_ref=scroller.body>
                        {move || rows(scroller, parts)}
                    </tbody>
                </table>
            </div>
            {move || (total.get() == 0).then(|| empty.run())}
        </div>
        <span tabindex="-1"></span>
    }
}

/// All rows that exist. Runs when their number grows, and then draws them all anew.
fn rows(scroller: Scroller, parts: RowParts) -> impl IntoView + use<> {
    let slots = scroller.slots.get();
    let signals: Vec<RwSignal<usize>> = (0..slots).map(|at| scroller.new_slot(at)).collect();
    scroller.adopt(signals.clone());
    // The keys differ from those before, so no element that was moved about is reused.
    let keyed = signals.into_iter().enumerate().map(|(at, signal)| (slots, at, signal)).collect::<Vec<_>>();
    view! {
        <For each=move || keyed.clone() key=|(slots, at, _)| (*slots, *at) children=move |(_, _, index)| row_view(parts, index) />
    }
}

/// After a narrower filter, the active row is one that exists.
fn stay_in_range(total: Signal<usize>, active: RwSignal<usize>) {
    Effect::new(move |_| {
        let last = total.get().saturating_sub(1);
        if active.get_untracked() > last {
            active.set(last);
        }
    });
}

fn follow_requests(scroller: Scroller, scroll_to: RwSignal<Option<usize>>) {
    Effect::new(move |_| {
        if let Some(index) = scroll_to.get() {
            scroll_to.set(None);
            // What the request follows, such as a new total, must be drawn first.
            request_animation_frame(move || scroller.reveal(index));
        }
    });
}
