//! The organization: its settings, and what new accounts get.

mod defaults_desk;
mod defaults_draft;
mod defaults_groups;
mod defaults_page;
mod edit;
mod settings_fields;
mod settings_page;
mod settings_tabs;

pub(crate) use defaults_page::DefaultsPage;
pub(crate) use settings_page::SettingsPage;
