//! A box for many short texts, such as e-mail addresses, each of which becomes a chip.

use leptos::{
    ev::{ClipboardEvent, KeyboardEvent},
    prelude::*,
};

use super::{
    chips::{Chip, ChipAct, KEYS_HINT, chip_click, chip_key, chip_list},
    dom,
    icon::Icon,
    message::use_messages,
};

/// How many errors are listed below the box.
const ERRORS_SHOWN_MAX: usize = 5;

/// One chip, as the caller judges it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct ChipView {
    /// What was entered.
    pub(crate) text: String,
    /// What is wrong with it.
    pub(crate) error: Option<String>,
    /// What is worth knowing about it, such as "already a member".
    pub(crate) note: Option<String>,
}

/// The box. It knows nothing about what is entered: the caller splits texts into chips and judges them.
#[component]
pub(crate) fn ChipInput(
    /// The visible label.
    #[prop(into)]
    label: Signal<String>,
    /// The chips, in the order of entry.
    #[prop(into)]
    chips: Signal<Vec<ChipView>>,
    /// What is being typed and is no chip yet.
    #[prop(into)]
    text: Signal<String>,
    /// Runs with what is being typed, at each key.
    #[prop(into)]
    on_input: Callback<String>,
    /// Runs with a raw text to be split into chips: on comma, semicolon, Enter, Tab, a space after an `@`, leaving the box, and pasting a
    /// list. The caller also empties `text`.
    #[prop(into)]
    on_commit: Callback<String>,
    /// Runs with the place of the chip to remove.
    #[prop(into)]
    on_remove: Callback<usize>,
    /// Runs with the place of the chip to put back into `text`.
    #[prop(into)]
    on_edit: Callback<usize>,
    /// A line below that helps to fill it in. Default: none.
    #[prop(optional, into)]
    hint: Option<Signal<String>>,
    /// What is wrong with the field as a whole. Default: nothing.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
    /// An example shown while it is empty. Default: none.
    #[prop(optional, into)]
    placeholder: Option<String>,
    /// Whether it must be filled in. Default: no.
    #[prop(optional)]
    required: bool,
    /// The input's id. Default: a fresh one.
    #[prop(optional, into)]
    id: Option<String>,
) -> impl IntoView {
    let id = id.unwrap_or_else(|| dom::unique_id("field"));
    let about = ["-hint", "-error", "-keys", "-bad"].map(|part| [&id, part].concat());
    let described_by = about.join(" ");
    let [hint_id, error_id, keys_id, bad_id] = about;
    let input_id = id.clone();
    let act = move |asked: Option<ChipAct>| match asked {
        Some(ChipAct::Remove(at)) => on_remove.run(at),
        Some(ChipAct::Edit(at)) => {
            on_edit.run(at);
            dom::focus(input_id.clone());
        }
        None => {}
    };
    let act_on_key = act.clone();
    announce_additions(chips);
    let bad = Memo::new(move |_| chips.with(|chips| chips.iter().any(|chip| chip.error.is_some())));
    let placeholder = move || chips.with(Vec::is_empty).then(|| placeholder.clone()).flatten();
    let draw = |chip: ChipView| Chip { text: chip.text, error: chip.error, note: chip.note, removable: true };
    view! {
        <div class="field">
            <label class="field-label" for=id.clone()>
                {label}
                {required.then(|| view! { <span class="field-required" aria-hidden="true">"*"</span> })}
            </label>
            <div class="input chips-box" on:click=move |event| act(chip_click(&event)) on:keydown=move |event| act_on_key(chip_key(&event))>
                {move || chip_list(label, chips.get().into_iter().map(draw).collect())}
                <input
                    id=id
                    class="chips-input"
                    type="text"
                    inputmode="email"
                    autocomplete="off"
                    autocapitalize="none"
                    spellcheck="false"
                    placeholder=placeholder
                    required=required
                    aria-invalid=move || (bad.get() || error.with(Option::is_some)).then_some("true")
                    aria-describedby=described_by
                    prop:value=text
                    on:input=move |event| on_input.run(event_target_value(&event))
                    on:keydown=move |event| typed(&event, text, on_commit)
                    on:paste=move |event| pasted(&event, text, on_commit)
                    on:blur=move |_| {
                        commit(text, on_commit);
                    }
                />
            </div>
            <p class="field-hint" id=hint_id>{hint}</p>
            <p class="field-error" id=error_id>{move || error.get()}</p>
            <span id=keys_id hidden>{KEYS_HINT}</span>
            <div id=bad_id>{move || chips.with(|chips| bad_list(chips))}</div>
        </div>
    }
}

/// Hands the pending text over, if there is any. The box may be on its way out of the page when it loses the focus.
fn commit(text: Signal<String>, on_commit: Callback<String>) -> bool {
    let pending = text.try_get_untracked().unwrap_or_default();
    let some = !pending.trim().is_empty();
    if some {
        on_commit.try_run(pending);
    }
    some
}

fn typed(event: &KeyboardEvent, text: Signal<String>, on_commit: Callback<String>) {
    if event.is_composing() {
        return;
    }
    match event.key().as_str() {
        "," | ";" => {
            event.prevent_default();
            commit(text, on_commit);
        }
        // With nothing pending, Enter is for the form.
        "Enter" if commit(text, on_commit) => event.prevent_default(),
        // "Ada Lovelace <ada@example.com>" has spaces before its address.
        " " if text.with_untracked(|text| text.contains('@') && !text.contains('<')) => {
            event.prevent_default();
            commit(text, on_commit);
        }
        _ => {}
    }
}

fn pasted(event: &ClipboardEvent, text: Signal<String>, on_commit: Callback<String>) {
    let pasted = event.clipboard_data().and_then(|data| data.get_data("text").ok()).unwrap_or_default();
    let is_list = pasted.trim().contains([',', ';', '\n', '\r', '\t', ' ']);
    if is_list {
        event.prevent_default();
        on_commit.run([text.get_untracked(), pasted].concat());
    }
}

fn announce_additions(chips: Signal<Vec<ChipView>>) {
    let messages = use_messages();
    Effect::new(move |before: Option<usize>| {
        let (now, last_error) = chips.with(|chips| (chips.len(), chips.last().and_then(|chip| chip.error.clone())));
        let before = before.unwrap_or(now);
        if now > before {
            let added = [&(now - before).to_string(), " added, ", &now.to_string(), " in all. "].concat();
            messages.announce(added + &last_error.unwrap_or_default());
        } else if now < before {
            messages.announce(["Removed, ", &now.to_string(), " left."].concat());
        }
        now
    });
}

fn bad_list(chips: &[ChipView]) -> impl IntoView + use<> {
    let lines: Vec<String> =
        chips.iter().filter_map(|chip| chip.error.as_ref().map(|error| [&chip.text, ": ", error].concat())).collect();
    let more = lines.len().saturating_sub(ERRORS_SHOWN_MAX);
    (!lines.is_empty()).then(|| {
        let lines: Vec<_> = lines
            .into_iter()
            .take(ERRORS_SHOWN_MAX)
            .map(|line| view! { <li><Icon icon=Icon::Warning />{line}</li> })
            .collect();
        let more = (more > 0).then(|| view! { <li>{["and ", &more.to_string(), " more"].concat()}</li> });
        view! { <ul class="chips-errors">{lines}{more}</ul> }
    })
}
