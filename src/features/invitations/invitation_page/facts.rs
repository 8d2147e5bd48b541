//! What an invitation says: who invites whom into what, and until when.

use domain::invitations::InvitationPreview;
use leptos::prelude::*;

use crate::ui::absolute_time;

/// Inviter and organization in a sentence, the rest as a list.
#[component]
pub(super) fn Facts(preview: InvitationPreview) -> impl IntoView {
    let line = |name: &str, value: String| {
        let name = name.to_owned();
        view! { <dt>{name}</dt><dd>{value}</dd> }
    };
    let groups = (!preview.groups.is_empty()).then(|| line("Groups", preview.groups.join(", ")));
    let until = preview.expires_at.map(|end| {
        view! { <dt>"Valid until"</dt><dd>{absolute_time(end.millis())}</dd> }
    });
    view! {
        <p><strong>{preview.invited_by}</strong>" invites you to join "<strong>{preview.organization}</strong>"."</p>
        <dl class="facts">
            {line("For", preview.email)}
            {preview.level.map(|level| line(&preview.level_word, level))}
            {groups}
            {until}
        </dl>
    }
}
