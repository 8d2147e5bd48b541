//! A new password, with the rule and a meter: for set-up and for people who join.

use domain::password::{Password, PasswordError, check_password, strength};
use leptos::prelude::*;

use crate::ui::{PasswordField, StrengthMeter};

/// The product's name, which no password may be made of.
const PRODUCT: &str = "Roster";

/// What a new password is checked against.
#[derive(Clone, Default, PartialEq)]
pub(crate) struct PasswordContext {
    /// The fewest code points.
    pub(crate) chars_min: usize,
    /// Names and addresses of the organization and the person.
    pub(crate) words: Vec<String>,
}

impl PasswordContext {
    fn words(&self) -> Vec<&str> {
        self.words.iter().map(String::as_str).chain([PRODUCT]).collect()
    }

    /// Checks what was typed.
    pub(crate) fn check(&self, typed: &str) -> Result<Password, PasswordError> {
        let password = Password::new(typed);
        check_password(&password, self.chars_min, &self.words()).map(|()| password)
    }

    /// 0 to 4 for the meter, and its word; nothing to judge before anything is typed.
    fn strength(&self, typed: &str) -> (u8, &'static str) {
        if typed.is_empty() {
            return (0, "");
        }
        let strength = strength(&Password::new(typed), self.chars_min, &self.words());
        (strength as u8, strength.label())
    }
}

/// The field for a new password.
#[component]
pub(crate) fn NewPassword(
    /// The password, read and written.
    value: RwSignal<String>,
    /// What it is checked against.
    #[prop(into)]
    context: Signal<PasswordContext>,
    /// What is wrong with it.
    #[prop(into)]
    error: Signal<Option<String>>,
) -> impl IntoView {
    // An error in its place says the same, or what matters more.
    let hint = move || match error.with(Option::is_some) {
        true => String::new(),
        false => PasswordError::TooShort(context.with(|context| context.chars_min)).to_string(),
    };
    let judged = Memo::new(move |_| context.with(|context| value.with(|value| context.strength(value))));
    let meter = move || {
        view! {
            <StrengthMeter
                value=Signal::derive(move || judged.get().0)
                label=Signal::derive(move || judged.get().1.to_owned())
            />
        }
        .into_any()
    };
    view! {
        <PasswordField
            label="Password"
            value=value
            autocomplete="new-password"
            hint=Signal::derive(hint)
            error=error
            meter=meter
        />
    }
}

#[cfg(test)]
mod tests {
    use super::PasswordContext;

    #[test]
    fn meter_says_nothing_before_anything_is_typed() {
        let context = PasswordContext { chars_min: 15, words: vec!["Acme".to_owned()] };
        assert_eq!(context.strength(""), (0, ""));
        assert_eq!(context.strength("correct horse battery staple").0, 4);
    }

    #[test]
    fn product_is_a_word_of_context_too() {
        let context = PasswordContext { chars_min: 8, words: Vec::new() };
        assert!(context.check("RosterRoster1").is_err());
        assert!(context.check("violet-kettle-window").is_ok());
    }
}
