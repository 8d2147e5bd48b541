//! A field for several keys, each shown by its name.

use leptos::prelude::*;

use super::{
    component::Combobox,
    state::{Choice, OptionView},
};

/// The field. What is chosen stands as chips, by name; by key until the names have arrived.
#[component]
pub(crate) fn KeysField(
    /// The visible label.
    #[prop(into)]
    label: Signal<String>,
    /// The chosen keys, read and written.
    chosen: RwSignal<Vec<String>>,
    /// What can be chosen.
    #[prop(into)]
    options: Signal<Vec<OptionView>>,
    /// Whether options are on their way. Default: no.
    #[prop(optional, into)]
    loading: Signal<bool>,
    /// A line below that helps to choose.
    #[prop(into)]
    hint: Signal<String>,
    /// What is wrong with it. Default: nothing.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
    /// The chosen keys that were refused: pairs of key and reason. Default: none.
    #[prop(optional, into)]
    refused: Signal<Vec<(String, String)>>,
) -> impl IntoView {
    let selected = Signal::derive(move || {
        options.with(|options| chosen.with(|keys| refused.with(|refused| choices(keys, options, refused))))
    });
    view! {
        <Combobox
            label=label
            selected=selected
            options=options
            on_add=move |key: String| chosen.update(|keys| keys.push(key))
            on_remove=move |key: String| chosen.update(|keys| keys.retain(|known| *known != key))
            loading=loading
            hint=hint
            error=error
        />
    }
}

fn choices(keys: &[String], options: &[OptionView], refused: &[(String, String)]) -> Vec<Choice> {
    let choice = |key: &String| {
        let label = options.iter().find(|option| option.value == *key).map_or(key, |option| &option.label);
        Choice::new(key.clone(), label.clone()).marked(refused)
    };
    keys.iter().map(choice).collect()
}
