//! The profile (F17): everyone's own names, theme, and what they may do and why.

use domain::me::Me;
use leptos::prelude::*;

use super::access::AccessCard;
use super::names::NamesCard;
use super::own_tokens::OwnTokensCard;
use crate::load::Loader;
use crate::ui::{Card, PageHeader, RadioGroup, RadioOption, Theme, use_theme};

/// The page.
#[component]
pub(crate) fn ProfilePage() -> impl IntoView {
    let me = Loader::<Me>::new("/api/v1/me");
    view! {
        <div class="page page-narrow">
            <PageHeader title="Profile" />
            {me.draw(|me| {
                view! {
                    <NamesCard account=me.account.clone() />
                    <OwnTokensCard permissions=me.permissions.clone() />
                    <AppearanceCard />
                    <AccessCard me=me />
                }
            })}
        </div>
    }
}

#[component]
fn AppearanceCard() -> impl IntoView {
    let theme = use_theme();
    let chosen = RwSignal::new(theme.get_untracked().key().to_owned());
    let themes = [
        (Theme::Light, "Light", ""),
        (Theme::Dark, "Dark", ""),
        (Theme::System, "System", "As this device has it, also when that changes."),
    ];
    let options = themes.map(|(theme, label, hint)| RadioOption::new(theme.key(), label, hint));
    // The menu at the upper right changes it too.
    Effect::new(move |_| chosen.set(theme.get().key().to_owned()));
    Effect::watch(
        move || chosen.get(),
        move |key, _, _| {
            if let Some((choice, ..)) = themes.iter().find(|(choice, ..)| choice.key() == key)
                && theme.get_untracked() != *choice
            {
                theme.set(*choice);
            }
        },
        false,
    );
    view! {
        <Card title="Appearance">
            <RadioGroup label="Theme" value=chosen options=Signal::stored(options.to_vec()) />
        </Card>
    }
}
