//! One line of text, and many.

use leptos::{html::Input, prelude::*};
use web_sys::HtmlInputElement;

use super::{FieldIds, frame, invalid};

/// What a text field takes; decides the keyboard on phones and the browser's own picker.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum InputKind {
    /// Any text; the default.
    #[default]
    Text,
    /// One e-mail address.
    Email,
    /// A number.
    Number,
    /// A day, as `2026-01-31`.
    Date,
    /// A day and time without a zone, as `2026-01-31T09:30`.
    DateTime,
    /// An address.
    Url,
    /// A name to sign in with: no spelling, no capitals.
    Name,
    /// A text that is typed exactly, such as a key: fixed-width letters, no spelling, no capitals.
    Code,
}

/// What a field for a day or a time holds while a part of it is missing: nothing that can be typed, and no end at all would be
/// something else.
const INCOMPLETE: &str = "\u{1a}";

impl InputKind {
    /// Whether it is filled in part by part, so that it can be incomplete.
    const fn has_parts(self) -> bool {
        matches!(self, Self::Date | Self::DateTime)
    }

    fn attribute(self) -> &'static str {
        match self {
            Self::Text | Self::Code | Self::Name => "text",
            Self::Email => "email",
            Self::Number => "number",
            Self::Date => "date",
            Self::DateTime => "datetime-local",
            Self::Url => "url",
        }
    }
}

/// A field for one line of text.
#[component]
pub(crate) fn TextField(
    /// The visible label.
    #[prop(into)]
    label: Signal<String>,
    /// The raw text, read and written.
    value: RwSignal<String>,
    /// What is typed. Default: any text.
    #[prop(optional)]
    kind: InputKind,
    /// A line below that helps to fill it in. Default: none.
    #[prop(optional, into)]
    hint: Option<Signal<String>>,
    /// What is wrong with it. Default: nothing.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
    /// Whether it must be filled in. Default: no.
    #[prop(optional)]
    required: bool,
    /// The browser's `autocomplete` word, such as `email` or `username`. Default: `off`.
    #[prop(default = "off")]
    autocomplete: &'static str,
    /// An example shown while it is empty. Default: none.
    #[prop(optional, into)]
    placeholder: Option<String>,
    /// The most characters that can be typed. Default: no limit.
    #[prop(optional, into)]
    max_length: Option<usize>,
    /// The `min` attribute of dates and numbers. Default: none.
    #[prop(optional, into)]
    min: Option<String>,
    /// The `name` attribute, for password managers. Default: none.
    #[prop(optional, into)]
    name: Option<String>,
    /// Whether it takes the focus when its dialog or page opens. Default: no.
    #[prop(optional)]
    autofocus: bool,
    /// Whether it can be read and copied but not changed. Default: no.
    #[prop(optional, into)]
    readonly: Signal<bool>,
    /// The control's id. Default: a fresh one.
    #[prop(optional, into)]
    id: Option<String>,
    /// What stands fixed before what is typed. Default: nothing.
    #[prop(optional, into)]
    prefix: Option<&'static str>,
    /// Runs when the focus leaves, for checks that would disturb while typing. Default: nothing.
    #[prop(optional, into)]
    on_blur: Option<Callback<()>>,
) -> impl IntoView {
    let ids = FieldIds::new(id);
    let code = kind == InputKind::Code;
    let exact = matches!(kind, InputKind::Code | InputKind::Email | InputKind::Name);
    let input = NodeRef::<Input>::new();
    // The parts that are there stay while another is missing.
    Effect::new(move |_| {
        let Some(input) = input.get() else { return };
        value.with(|text| {
            if text != INCOMPLETE && (input.value() != *text || input.validity().bad_input()) {
                input.set_value(text);
            }
        });
    });
    let take = move |event: &web_sys::Event| {
        let input: HtmlInputElement = event_target(event);
        let text = if input.validity().bad_input() { INCOMPLETE.to_owned() } else { input.value() };
        // The field may be on its way out of the page when it loses the focus.
        if value.try_with_untracked(|known| *known != text) == Some(true) {
            value.try_set(text);
        }
    };
    // The browser tells of no input while a part is missing; a key, or leaving the field, does.
    let take_part = move |event: &web_sys::Event| {
        if kind.has_parts() {
            take(event);
        }
    };
    let control = view! {
        <input
            node_ref=input
            id=ids.control.clone()
            class=if code { "input input-code" } else { "input" }
            type=kind.attribute()
            name=name
            autocomplete=autocomplete
            autocapitalize=exact.then_some("none")
            spellcheck=exact.then_some("false")
            placeholder=placeholder
            maxlength=max_length.map(|length| length.to_string())
            min=min
            required=required
            autofocus=autofocus
            readonly=readonly
            aria-invalid=invalid(error)
            aria-describedby=ids.described_by.clone()
            prop:value=value.get_untracked()
            on:input=move |event| take(&event)
            on:keyup=move |event| take_part(&event)
            on:blur=move |event| {
                take_part(&event);
                if let Some(on_blur) = on_blur {
                    on_blur.try_run(());
                }
            }
        />
    };
    let control = match prefix {
        Some(prefix) => view! {
            <div class="input-prefixed">
                <span class="input-prefix" aria-hidden="true">{prefix}</span>
                {control}
            </div>
        }
        .into_any(),
        None => control.into_any(),
    };
    frame(ids, label, required, hint, error, control)
}

/// A field for several lines of text.
#[component]
pub(crate) fn Textarea(
    /// The visible label.
    #[prop(into)]
    label: Signal<String>,
    /// The raw text, read and written.
    value: RwSignal<String>,
    /// How many lines are shown. Default: 3.
    #[prop(default = 3)]
    rows: u32,
    /// A line below that helps to fill it in. Default: none.
    #[prop(optional, into)]
    hint: Option<Signal<String>>,
    /// What is wrong with it. Default: nothing.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
    /// Whether it must be filled in. Default: no.
    #[prop(optional)]
    required: bool,
    /// An example shown while it is empty. Default: none.
    #[prop(optional, into)]
    placeholder: Option<String>,
    /// The most characters that can be typed. Default: no limit.
    #[prop(optional, into)]
    max_length: Option<usize>,
    /// The control's id. Default: a fresh one.
    #[prop(optional, into)]
    id: Option<String>,
) -> impl IntoView {
    let ids = FieldIds::new(id);
    let control = view! {
        <textarea
            id=ids.control.clone()
            class="input textarea"
            rows=rows.to_string()
            placeholder=placeholder
            maxlength=max_length.map(|length| length.to_string())
            required=required
            aria-invalid=invalid(error)
            aria-describedby=ids.described_by.clone()
            prop:value=value
            on:input=move |event| value.set(event_target_value(&event))
        ></textarea>
    };
    frame(ids, label, required, hint, error, control.into_any())
}
