//! Who may view and who may modify an object, directly or by a group, and until when.

use leptos::prelude::*;

use super::access_rows::{OwnerRow, SubjectRow};
use super::access_words::counted;
use super::desk::{ObjectDesk, Question};
use crate::ui::{Button, ButtonSize, Card, Icon};

/// The card.
#[component]
pub(super) fn AccessCard(desk: ObjectDesk) -> impl IntoView {
    let may_share = Memo::new(move |_| desk.may_share());
    let has_owner = Memo::new(move |_| desk.with(|access| access.object.owner.is_some()));
    let is_empty = Memo::new(move |_| !has_owner.get() && desk.with(|access| access.items.is_empty()));
    let actions = move || {
        view! {
            {move || may_share.get().then(|| view! {
                <Button label="Grant access" icon=Icon::Plus size=ButtonSize::Small on_click=move || desk.question.set(Some(Question::Grant)) />
            })}
        }
    };
    let rows = move || {
        let items = desk.with(|access| access.items.clone());
        items.into_iter().map(|access| view! { <SubjectRow desk=desk access=access /> }).collect::<Vec<_>>()
    };
    view! {
        <Card title="Who has access" actions=actions>
            <p class="muted">"Shared with " {move || desk.with(counted)} "."</p>
            {move || (!is_empty.get()).then(|| view! {
                <div class="table-frame">
                    <table class="table" aria-label="Who has access">
                        <thead>
                            <tr>
                                <th scope="col">"Who"</th>
                                <th scope="col">"Access"</th>
                                <th scope="col" class="cell-ends">"Ends"</th>
                                <th scope="col" class="cell-by">"Given by"</th>
                                <th scope="col"><span class="sr-only">"Actions"</span></th>
                            </tr>
                        </thead>
                        <tbody>
                            {move || has_owner.get().then(|| view! { <OwnerRow desk=desk /> })}
                            {rows}
                        </tbody>
                    </table>
                </div>
            })}
        </Card>
    }
}
