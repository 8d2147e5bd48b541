//! The fields of a new token: name, end, what it may do, and under "More limits" from where and for whom.

use domain::accounts::AccountKind;
use domain::text::NAME_CHARS_MAX;
use leptos::prelude::*;

use super::fields::{CHOSEN, EVERYTHING, TokenFields, network_chips};
use super::lifetime;
use crate::ui::{
    Checkbox, ChipInput, EndField, KeysField, OptionView, RadioGroup, RadioOption, Select, TextField, until,
};

/// What a token can be limited to; none while that is on its way.
pub(crate) type Offered = Signal<Option<Vec<OptionView>>>;

/// The fields.
#[component]
pub(crate) fn TokenForm(
    /// What is typed.
    fields: TokenFields,
    /// What the account may do.
    offered: Offered,
    /// Whose token it is going to be.
    kind: AccountKind,
    /// What the field for its name is called. Default: "Name".
    #[prop(default = "Name")]
    name_label: &'static str,
) -> impl IntoView {
    view! {
        <TextField
            label=name_label
            value=fields.name
            required=true
            max_length=NAME_CHARS_MAX
            placeholder="proxy-eu-1"
            hint="Where it is used, so that you know it again."
            error=fields.error("name")
        />
        <LifetimeField fields=fields />
        <ReachField fields=fields offered=offered />
        <details class="advanced">
            <summary>"More limits"</summary>
            <div class="form">
                <NetworksField fields=fields />
                {(kind == AccountKind::Service).then(|| view! {
                    <Checkbox
                        label="May act on behalf of people"
                        checked=fields.on_behalf
                        on_change=move |on| fields.on_behalf.set(on)
                        hint="A request may name a person by the header X-Roster-On-Behalf-Of. It never gets a right that either of them lacks."
                    />
                })}
            </div>
        </details>
    }
}

#[component]
fn LifetimeField(fields: TokenFields) -> impl IntoView {
    let options = fields.policy.with_value(lifetime::options);
    let is_date = Memo::new(move |_| fields.lifetime.with(|choice| choice == lifetime::DATE));
    let error = fields.error("expires_at");
    let hint = Signal::derive(move || {
        let now = fields.now.get();
        let at = domain::Timestamp::from_millis(now);
        match fields.lifetime.with(|choice| lifetime::end(choice, None, at)) {
            Ok(Some(end)) => ["It works ", &until(end.millis(), now), "."].concat(),
            Ok(None) => "It works until it is revoked. Whoever finds it can use it until then.".to_owned(),
            Err(_) => String::new(),
        }
    });
    let on_select = Signal::derive(move || error.get().filter(|_| !is_date.get()));
    view! {
        <Select label="Expires" value=fields.lifetime options=Signal::stored(options) hint=hint error=on_select />
        {move || is_date.get().then(|| view! { <EndField value=fields.date label="Last moment" error=error /> })}
    }
}

#[component]
fn ReachField(fields: TokenFields, offered: Offered) -> impl IntoView {
    let options = vec![
        RadioOption::new(EVERYTHING, "Everything the account may do", "Also what the account gets later."),
        RadioOption::new(CHOSEN, "Only what you choose", "And never more than the account itself may do."),
    ];
    let is_chosen = Memo::new(move |_| fields.reach.with(|reach| reach == CHOSEN));
    let choices = Signal::derive(move || offered.get().unwrap_or_default());
    let loading = Signal::derive(move || offered.with(Option::is_none));
    let hint = Signal::derive(move || match offered.with(|offered| offered.as_ref().map(Vec::len)) {
        Some(0) => "The account may do nothing yet. Give it a role, a group or a permission first.".to_owned(),
        _ => "Type a part of a name.".to_owned(),
    });
    view! {
        <RadioGroup label="What it may do" value=fields.reach options=Signal::stored(options) />
        {move || is_chosen.get().then(|| view! {
            <KeysField label="Scopes" chosen=fields.scopes options=choices loading=loading hint=hint error=fields.error("scopes") />
        })}
    }
}

#[component]
fn NetworksField(fields: TokenFields) -> impl IntoView {
    let chips = Signal::derive(move || fields.networks.with(|entries| network_chips(entries)));
    let remove = move |at: usize| {
        fields.networks.update(|entries| {
            if at < entries.len() {
                entries.remove(at);
            }
        });
    };
    let edit = move |at: usize| {
        fields.commit_networks();
        let entry = fields.networks.with_untracked(|entries| entries.get(at).cloned());
        if let Some(entry) = entry {
            remove(at);
            fields.network_text.set(entry);
        }
    };
    let commit = move |text: String| {
        fields.network_text.set(text);
        fields.commit_networks();
    };
    view! {
        <ChipInput
            label="Address ranges"
            chips=chips
            text=fields.network_text
            on_input=move |text| fields.network_text.set(text)
            on_commit=commit
            on_remove=remove
            on_edit=edit
            hint="It works from these alone; from anywhere while there is none."
            error=fields.error("networks")
            placeholder="192.0.2.7, 10.0.0.0/8"
        />
    }
}
