//! The strength meter under a new password.

use leptos::prelude::*;

/// Four segments that fill as a password gets stronger, and a word for it.
#[component]
pub(crate) fn StrengthMeter(
    /// 0 (nothing to judge) to 4 (strong).
    #[prop(into)]
    value: Signal<u8>,
    /// The word for the value, such as "Weak" or "Strong".
    #[prop(into)]
    label: Signal<String>,
) -> impl IntoView {
    let class = move || match value.get() {
        0 => "meter",
        1 => "meter meter-1",
        2 => "meter meter-2",
        3 => "meter meter-3",
        _ => "meter meter-4",
    };
    view! {
        <div
            class=class
            role="meter"
            aria-label="Password strength"
            aria-valuemin="0"
            aria-valuemax="4"
            aria-valuenow=move || value.get().to_string()
            aria-valuetext=label
        >
            <span class="meter-bar" aria-hidden="true"><i></i><i></i><i></i><i></i></span>
            <span class="meter-label" aria-hidden="true">{label}</span>
        </div>
    }
}
