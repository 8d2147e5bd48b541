//! What was typed into forms while the session ended: it waits, in memory alone, until the same person has signed in again.

use std::any::Any;
use std::cell::RefCell;

use domain::AccountId;
use leptos::prelude::*;

use crate::features::session::use_session;
use crate::ui::{Banner, Button, Tone, dom};

/// Forms whose contents are kept; the oldest go first.
const KEPT_MAX: usize = 20;

struct Kept {
    form: String,
    /// Whose it is, in which organization: nobody else at the same window sees it.
    owner: AccountId,
    typed: Box<dyn Any>,
}

thread_local! {
    static KEPT: RefCell<Vec<Kept>> = const { RefCell::new(Vec::new()) };
}

fn keep(form: &str, owner: AccountId, typed: Box<dyn Any>) {
    KEPT.with_borrow_mut(|kept| {
        kept.retain(|known| known.form != form || known.owner != owner);
        if kept.len() >= KEPT_MAX {
            kept.remove(0);
        }
        kept.push(Kept { form: form.to_owned(), owner, typed });
    });
}

fn take<T: 'static>(form: &str, owner: AccountId) -> Option<T> {
    let kept = KEPT.with_borrow_mut(|kept| {
        let at = kept.iter().position(|known| known.form == form && known.owner == owner)?;
        Some(kept.remove(at))
    });
    kept?.typed.downcast().ok().map(|typed| *typed)
}

/// Forgets everything: whoever signs out by hand leaves nothing behind.
pub(crate) fn forget() {
    KEPT.with_borrow_mut(Vec::clear);
}

/// Whether a form shows what was typed into it before its person signed in again.
#[derive(Clone, Copy)]
pub(crate) struct Restored(RwSignal<bool>);

/// Lets what is unsaved in a form outlive the session. `form` names it among all forms of the console; `restore` puts back
/// what `unsaved` gave when the session ended. Both run where the form's signals are alive, not reactively.
pub(crate) fn outlive_session<T: 'static>(
    form: impl Into<String>,
    restore: impl FnOnce(T),
    unsaved: impl Fn() -> Option<T> + Send + Sync + 'static,
) -> Restored {
    let (form, session) = (form.into(), use_session());
    let owner = untrack(|| session.view()).map(|view| view.account.id);
    let before = owner.and_then(|owner| take::<T>(&form, owner));
    let restored = Restored(RwSignal::new(before.is_some()));
    if let Some(typed) = before {
        untrack(|| restore(typed));
    }
    on_cleanup(move || {
        if let Some(owner) = owner.filter(|_| session.has_lapsed())
            && let Some(typed) = untrack(unsaved)
        {
            keep(&form, owner, Box::new(typed));
        }
    });
    restored
}

/// Says that what is typed there is from before, as long as it is neither saved nor discarded.
#[component]
pub(crate) fn RestoredNotice(
    /// What `outlive_session` gave.
    restored: Restored,
    /// Whether anything in the form is unsaved.
    #[prop(into)]
    is_changed: Signal<bool>,
    /// Puts what is stored into the form.
    #[prop(into)]
    on_discard: Callback<()>,
) -> impl IntoView {
    let Restored(restored) = restored;
    let discard = move || {
        on_discard.run(());
        // The button goes with what it discards.
        request_animation_frame(|| {
            if dom::is_focus_lost() {
                dom::focus_page();
            }
        });
    };
    Effect::new(move |_| {
        if restored.get() && !is_changed.get() {
            restored.set(false);
        }
    });
    move || {
        restored.get().then(|| {
            view! {
                <Banner tone=Tone::Info title="What you typed before signing in again is here, not yet saved." announce=true>
                    <Button label="Discard it" on_click=discard />
                </Banner>
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_is_given_once_and_to_its_owner_alone() {
        let (ana, ben) = (AccountId::from_u128(1), AccountId::from_u128(2));
        keep("settings", ana, Box::new("Acme".to_owned()));
        keep("settings", ana, Box::new("Acme Metrics".to_owned()));
        assert_eq!(take::<String>("settings", ben), None);
        assert_eq!(take::<String>("profile", ana), None);
        assert_eq!(take::<String>("settings", ana).as_deref(), Some("Acme Metrics"));
        assert_eq!(take::<String>("settings", ana), None);
    }

    #[test]
    fn drafts_are_few_and_can_be_forgotten() {
        let ana = AccountId::from_u128(1);
        for number in 0..=KEPT_MAX {
            keep(&number.to_string(), ana, Box::new(number));
        }
        assert_eq!((take::<usize>("0", ana), take::<usize>("1", ana)), (None, Some(1)));
        forget();
        assert_eq!(take::<usize>("2", ana), None);
    }
}
