//! What an object is: type, id, owner, and how far it is open.

use leptos::prelude::*;

use super::access_words::state_text;
use super::desk::{ObjectDesk, Question};
use super::types::ObjectTypes;
use crate::ui::{Button, ButtonSize, Card, RelativeTime, Switch, Tip};

/// The card.
#[component]
pub(super) fn FactsCard(desk: ObjectDesk, types: ObjectTypes) -> impl IntoView {
    let may_share = Memo::new(move |_| desk.may_share());
    let restricted = Signal::derive(move || desk.with(|access| access.object.restricted));
    let text = Signal::derive(move || state_text(restricted.get()).to_owned());
    let owner = move || {
        let name = desk.with(|access| access.object.owner.as_ref().map(|owner| owner.name.clone()));
        name.unwrap_or_else(|| "Nobody".to_owned())
    };
    let created =
        Signal::derive(move || desk.with(|access| Some(access.object.created_at.millis())).unwrap_or_default());
    view! {
        <Card title="Object">
            <div class="stack">
                <dl class="facts">
                    <dt>"Type"</dt>
                    <dd>{move || desk.with(|access| types.label(&access.object.kind))}</dd>
                    <dt>"ID"</dt>
                    <dd><code>{move || desk.with(|access| access.object.external_id.clone())}</code></dd>
                    <dt>"Owner"</dt>
                    <dd>
                        <div class="row-of">
                            {owner}
                            {move || may_share.get().then(|| view! {
                                <Button label="Change owner" size=ButtonSize::Small on_click=move || desk.question.set(Some(Question::Owner)) />
                            })}
                        </div>
                    </dd>
                    <dt>"Registered"</dt>
                    <dd><RelativeTime at=created /></dd>
                </dl>
                {move || if may_share.get() {
                    view! {
                        <Switch label="Restricted" checked=restricted hint=text busy=desk.busy on_change=move |on| desk.set_restricted(on) />
                    }
                    .into_any()
                } else {
                    view! { <p class="muted">{text}</p> }.into_any()
                }}
                <Tip>"Access narrows, it gives no permission: to change an object one may need both the permission and modify access."</Tip>
            </div>
        </Card>
    }
}
