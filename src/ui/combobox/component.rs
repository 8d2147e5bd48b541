//! The field with its chips and its input.

use leptos::{ev::KeyboardEvent, prelude::*};

use super::{
    list::{list, row_id},
    state::{Choice, OptionView, State, is_new, rows_to_show},
};
use crate::ui::{
    chips::{Chip, ChipAct, KEYS_HINT, chip_click, chip_key, chip_list},
    dom,
    message::use_messages,
};

/// A field whose chosen things stand as chips before the input, and whose list opens while typing.
#[component]
pub(crate) fn Combobox(
    /// The visible label.
    #[prop(into)]
    label: Signal<String>,
    /// What is chosen, in this order.
    #[prop(into)]
    selected: Signal<Vec<Choice>>,
    /// What can be chosen; those already chosen are left out by the field.
    #[prop(into)]
    options: Signal<Vec<OptionView>>,
    /// Runs with the value of an option that is chosen.
    #[prop(into)]
    on_add: Callback<String>,
    /// Runs with the value of a choice that is removed.
    #[prop(into)]
    on_remove: Callback<String>,
    /// Runs with what is typed; the caller then changes `options`. Default: the field filters by label itself.
    #[prop(optional, into)]
    on_query: Option<Callback<String>>,
    /// Runs with a name to create that no option has. Default: nothing can be created.
    #[prop(optional, into)]
    on_create: Option<Callback<String>>,
    /// What the row says that creates, before the name. Default: "Create".
    #[prop(default = "Create")]
    create_verb: &'static str,
    /// Whether options are on their way. Default: no.
    #[prop(optional, into)]
    loading: Signal<bool>,
    /// Why it is not known what can be chosen; opening the list runs `on_query` again. Default: it is known.
    #[prop(optional, into)]
    trouble: Signal<Option<String>>,
    /// A line below that helps to choose. Default: none.
    #[prop(optional, into)]
    hint: Option<Signal<String>>,
    /// What is wrong with it. Default: nothing.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
    /// An example shown while nothing is chosen. Default: none.
    #[prop(optional, into)]
    placeholder: Option<String>,
    /// The input's id. Default: a fresh one.
    #[prop(optional, into)]
    id: Option<String>,
) -> impl IntoView {
    let query = RwSignal::new(String::new());
    let filters = on_query.is_none();
    let rows = Memo::new(move |_| {
        let query = query.read();
        let query = filters.then_some(query.as_str());
        options.with(|options| selected.with(|selected| rows_to_show(options, selected, query)))
    });
    let offers_create = Memo::new(move |_| {
        let is_known = !loading.get() && trouble.with(Option::is_none);
        on_create.is_some() && is_known && options.with(|options| is_new(options, &query.read()))
    });
    let state = State {
        frame: NodeRef::new(),
        query,
        open: RwSignal::new(false),
        at: RwSignal::new(0),
        rows,
        loading,
        trouble,
        awaited: StoredValue::new(false),
        offers_create,
        on_add,
        on_query,
        on_create,
    };
    Effect::new(move |_| {
        if !loading.get() && state.awaited.try_update_value(std::mem::take) == Some(true) {
            // Once the options are drawn anew, the first of them is the one that was meant.
            request_animation_frame(move || state.choose_first());
        }
    });
    let id = id.unwrap_or_else(|| dom::unique_id("field"));
    let list_id = [&id, "-list"].concat();
    let about = ["-hint", "-error", "-keys"].map(|part| [&id, part].concat());
    let described_by = about.join(" ");
    let [hint_id, error_id, keys_id] = about;
    let messages = use_messages();
    let act = move |asked: Option<ChipAct>| {
        if let Some(ChipAct::Remove(at)) = asked
            && let Some(choice) = selected.with_untracked(|selected| selected.get(at).cloned())
        {
            match choice.fixed {
                Some(reason) => messages.announce(reason),
                None => {
                    messages.announce([&choice.label, " removed"].concat());
                    on_remove.run(choice.value);
                }
            }
        }
    };
    let draw = |choice: Choice| Chip {
        text: choice.label,
        error: choice.error,
        removable: choice.fixed.is_none(),
        note: choice.fixed,
    };
    // In words also below the field: a tooltip alone is not found by everybody.
    let told = Memo::new(move |_| {
        error.get().or_else(|| trouble.get()).or_else(|| selected.with(|selected| first_error(selected)))
    });
    let placeholder = move || selected.with(Vec::is_empty).then(|| placeholder.clone()).flatten();
    let (controlled, active) = (list_id.clone(), list_id.clone());
    view! {
        <div class="field">
            <label class="field-label" for=id.clone()>{label}</label>
            <div
                class="input chips-box"
                node_ref=state.frame
                on:click=move |event| {
                    act(chip_click(&event));
                }
                on:keydown=move |event| act(chip_key(&event))
            >
                {move || chip_list(label, selected.get().into_iter().map(draw).collect())}
                <input
                    id=id
                    class="chips-input"
                    type="text"
                    role="combobox"
                    autocomplete="off"
                    spellcheck="false"
                    placeholder=placeholder
                    aria-autocomplete="list"
                    aria-expanded=move || if state.open.get() { "true" } else { "false" }
                    aria-controls=move || state.open.get().then(|| controlled.clone())
                    aria-activedescendant=move || state.open.get().then(|| row_id(&active, state.at.get()))
                    aria-invalid=move || told.with(|told| told.is_some().then_some("true"))
                    aria-describedby=described_by
                    prop:value=query
                    on:input=move |event| state.type_text(event_target_value(&event))
                    on:click=move |_| state.show()
                    on:blur=move |_| {
                        state.open.try_set(false);
                    }
                    on:keydown=move |event| key(state, &event)
                />
            </div>
            {move || state.open.get().then(|| list(state, list_id.clone(), label, create_verb, selected))}
            <p class="field-hint" id=hint_id>{hint}</p>
            <p class="field-error" id=error_id>{told}</p>
            <span id=keys_id hidden>{KEYS_HINT}</span>
        </div>
    }
}

/// "Alerts: There is no such role."
fn first_error(selected: &[Choice]) -> Option<String> {
    selected.iter().find_map(|choice| choice.error.as_ref().map(|error| [&choice.label, ": ", error].concat()))
}

/// The keys of the ARIA combobox pattern.
fn key(state: State, event: &KeyboardEvent) {
    if event.is_composing() {
        return;
    }
    let open = state.open.get_untracked();
    let (at, count) = (state.at.get_untracked(), state.count());
    match event.key().as_str() {
        "ArrowDown" | "ArrowUp" if !open => state.show(),
        "ArrowDown" => state.at.set((at + 1) % count.max(1)),
        "ArrowUp" => state.at.set((at + count.saturating_sub(1)) % count.max(1)),
        "PageDown" if open => state.at.set((at + 10).min(count.saturating_sub(1))),
        "PageUp" if open => state.at.set(at.saturating_sub(10)),
        // What is listed may not be what was typed: the first is chosen when it is.
        "Enter" if open && at == 0 && state.loading.get_untracked() => state.awaited.set_value(true),
        "Enter" if open && count > 0 => state.choose(at),
        "Escape" if open => {
            state.open.set(false);
            event.stop_propagation();
        }
        _ => return,
    }
    event.prevent_default();
}
