//! Light, dark, or as the system has it; remembered in this browser.

use leptos::prelude::*;

const KEY: &str = "theme";

/// Which of the two sets of colours is used.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Theme {
    /// Always light.
    Light,
    /// Always dark.
    Dark,
    /// What the system prefers; the default.
    #[default]
    System,
}

impl Theme {
    /// `light`, `dark` or `system`: the value in storage and in `data-theme`.
    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
            Self::System => "system",
        }
    }

    fn from_key(key: &str) -> Self {
        match key {
            "light" => Self::Light,
            "dark" => Self::Dark,
            _ => Self::System,
        }
    }
}

/// The chosen theme, read and written; a change is drawn and remembered at once.
pub(crate) fn use_theme() -> RwSignal<Theme> {
    use_context().unwrap_or_else(|| RwSignal::new(Theme::System))
}

pub(super) fn provide_theme() {
    let stored = window().local_storage().ok().flatten().and_then(|storage| storage.get_item(KEY).ok().flatten());
    let theme = RwSignal::new(stored.map_or(Theme::System, |key| Theme::from_key(&key)));
    provide_context(theme);
    Effect::new(move |before: Option<()>| {
        let key = theme.get().key();
        if let Some(root) = document().document_element() {
            root.set_attribute("data-theme", key).ok();
        }
        // The first run only repeats what the storage says.
        if before.is_some()
            && let Ok(Some(storage)) = window().local_storage()
        {
            storage.set_item(KEY, key).ok();
        }
    });
}
