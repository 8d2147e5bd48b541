//! The organization: its settings.

mod edit;
mod settings_fields;
mod settings_page;

pub(crate) use settings_page::SettingsPage;
