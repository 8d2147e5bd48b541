//! Fields of the organization's settings, with what is allowed in each.

use domain::organization::{INVITATION_TTL_HOURS_MAX, INVITATION_TTL_HOURS_MIN};
use domain::password::{PASSWORD_CHARS_MAX, PASSWORD_CHARS_MIN};
use domain::tokens::TTL_DAYS_MAX;
use leptos::prelude::*;

use super::settings_page::Desk;
use crate::ui::text::grouped;
use crate::ui::{Checkbox, InputKind, TextField};

/// How many accounts there may be.
#[component]
pub(super) fn SeatsField(desk: Desk) -> impl IntoView {
    let hint = move || {
        let taken = desk.stored.with(|stored| stored.seats_taken);
        let taken = grouped(usize::try_from(taken).unwrap_or(usize::MAX));
        ["How many user accounts may be active or invited together; empty for no limit. ", &taken, " taken now."]
            .concat()
    };
    view! {
        <TextField
            label="Seats"
            value=desk.seats
            kind=InputKind::Number
            min="1"
            placeholder="No limit"
            hint=Signal::derive(hint)
            error=desk.form.error("seats", desk.seats)
        />
    }
}

/// How long invitations hold.
#[component]
pub(super) fn InvitationFields(desk: Desk) -> impl IntoView {
    let has_mail = untrack(move || desk.session.with(|view| view.organization.has_mail));
    let begin = if has_mail { "the mail leaves" } else { "the link is made" };
    let hint = format!(
        "{INVITATION_TTL_HOURS_MIN} to {INVITATION_TTL_HOURS_MAX} hours, counted from when {begin}. Links that are out keep theirs."
    );
    view! {
        <TextField
            label="Invitation link lifetime (hours)"
            value=desk.invitation_ttl_hours
            kind=InputKind::Number
            min=INVITATION_TTL_HOURS_MIN.to_string()
            required=true
            hint=hint
            error=desk.form.error("invitation_ttl_hours", desk.invitation_ttl_hours)
        />
        <p class="muted">
            "The level chosen beforehand, and what else new accounts get, is among the "
            <a href="/settings/new-accounts">"defaults of new accounts"</a> "."
        </p>
    }
}

/// What the organization asks of new API tokens.
#[component]
pub(super) fn TokenFields(desk: Desk) -> impl IntoView {
    let hint = format!("1 to {TTL_DAYS_MAX} days, for tokens made from then on; empty for no limit.");
    let is_limited = move || desk.token_ttl_days_max.with(|days| !days.trim().is_empty());
    let expiry = Signal::derive(move || {
        if is_limited() { "Given by the longest lifetime." } else { "Tokens without one that exist already go on." }
            .to_owned()
    });
    view! {
        <div class="stack">
            <TextField
                label="Longest token lifetime (days)"
                value=desk.token_ttl_days_max
                kind=InputKind::Number
                min="1"
                placeholder="No limit"
                hint=hint
                error=desk.form.error("tokens.ttl_days_max", desk.token_ttl_days_max)
            />
            <Checkbox
                label="Every token needs an expiry"
                checked=desk.token_expiry_required
                on_change=move |on| desk.token_expiry_required.set(on)
                hint=expiry
            />
            <Checkbox
                label="People may have API tokens of their own"
                checked=desk.user_tokens
                on_change=move |on| desk.user_tokens.set(on)
                hint="Under Profile. Those that exist go on either way."
            />
        </div>
    }
}

/// The rule for new passwords.
#[component]
pub(super) fn PasswordLengthField(desk: Desk) -> impl IntoView {
    let hint = format!(
        "{PASSWORD_CHARS_MIN} to {PASSWORD_CHARS_MAX} characters, for passwords chosen from now on. It can't be lower while the password is the only factor to sign in with. Length matters more than symbols and digits."
    );
    view! {
        <TextField
            label="Minimum password length"
            value=desk.password_chars_min
            kind=InputKind::Number
            min=PASSWORD_CHARS_MIN.to_string()
            required=true
            hint=hint
            error=desk.form.error("password_chars_min", desk.password_chars_min)
        />
    }
}
