//! A secret on its way from where it was made to the page that shows it once: in memory, for that page alone.

use std::cell::RefCell;

use domain::AccountId;
use domain::tokens::MintedToken;

thread_local! {
    static KEPT: RefCell<Option<MintedToken>> = const { RefCell::new(None) };
}

/// Keeps a new token for the page of its account, which is opened next.
pub(crate) fn hand_over(minted: MintedToken) {
    KEPT.with_borrow_mut(|kept| *kept = Some(minted));
}

/// The token that was kept for the page of an account, once. What was kept for another is forgotten.
pub(super) fn take(account: AccountId) -> Option<MintedToken> {
    KEPT.take().filter(|minted| minted.token.account.id == account)
}

#[cfg(test)]
mod tests {
    use domain::tokens::SecretText;

    use super::*;
    use crate::features::tokens::words::testing::token;

    #[test]
    fn secret_is_given_once_and_to_its_page_alone() {
        let minted = || MintedToken { token: token(1), secret: SecretText::new("rsts_x") };
        let (own, other) = (AccountId::from_u128(1), AccountId::from_u128(2));
        hand_over(minted());
        assert!(take(own).is_some_and(|minted| minted.secret.reveal() == "rsts_x"));
        assert!(take(own).is_none());
        hand_over(minted());
        assert!(take(other).is_none() && take(own).is_none());
    }
}
