//! Sets of permissions as bits, so that a hundred thousand accounts are added up in moments.

use crate::permissions::Catalogue;
use crate::roles::RoleDefinition;

/// Permissions held at once inside one word.
const BITS: usize = 64;

/// The numbers that sets know permissions by: those of the catalogue first, in its order, then those that only roles name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PermissionIndex {
    keys: Vec<String>,
    /// Numbers in the order of their keys.
    by_key: Vec<usize>,
}

impl PermissionIndex {
    /// Numbers all permissions that a catalogue, roles and a baseline name.
    #[must_use]
    pub fn new<'a>(
        catalogue: &Catalogue,
        roles: impl Iterator<Item = &'a RoleDefinition>,
        baseline: &[String],
    ) -> Self {
        let mut keys: Vec<String> = catalogue.0.iter().map(|entry| entry.key.clone()).collect();
        let mut others: Vec<&String> = catalogue.0.iter().flat_map(|entry| &entry.includes).chain(baseline).collect();
        others.extend(roles.flat_map(|role| &role.permissions));
        others.sort_unstable();
        others.dedup();
        let known: std::collections::BTreeSet<String> = keys.iter().cloned().collect();
        keys.extend(
            others
                .into_iter()
                .filter(|key| *key != crate::permissions::ALL_PERMISSIONS && !known.contains(*key))
                .cloned(),
        );
        let mut by_key: Vec<usize> = (0..keys.len()).collect();
        by_key.sort_unstable_by(|one, other| keys[*one].cmp(&keys[*other]));
        Self { keys, by_key }
    }

    /// The number of a permission; none where nothing names it.
    #[must_use]
    pub fn find(&self, key: &str) -> Option<usize> {
        let place = self.by_key.binary_search_by(|number| self.keys[*number].as_str().cmp(key)).ok()?;
        Some(self.by_key[place])
    }

    /// The key of a number that `find` gave; empty for another.
    #[must_use]
    pub fn key(&self, number: usize) -> &str {
        self.keys.get(number).map_or("", String::as_str)
    }

    /// Numbers in the order of their keys.
    pub fn sorted(&self) -> impl Iterator<Item = usize> {
        self.by_key.iter().copied()
    }

    /// Words that a set of these permissions takes.
    #[must_use]
    pub const fn words(&self) -> usize {
        self.keys.len().div_ceil(BITS)
    }
}

/// Permissions by their numbers in one `PermissionIndex`. Sets of different indexes do not go together.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct PermissionSet(Vec<u64>);

impl PermissionSet {
    /// Nothing, with room for all permissions of an index.
    #[must_use]
    pub fn empty(index: &PermissionIndex) -> Self {
        Self(vec![0; index.words()])
    }

    /// Of words that `words` gave.
    #[must_use]
    pub fn of_words(words: &[u64]) -> Self {
        Self(words.to_vec())
    }

    #[must_use]
    pub fn words(&self) -> &[u64] {
        &self.0
    }

    pub fn insert(&mut self, number: usize) {
        if let Some(word) = self.0.get_mut(number / BITS) {
            *word |= 1 << (number % BITS);
        }
    }

    #[must_use]
    pub fn contains(&self, number: usize) -> bool {
        self.0.get(number / BITS).is_some_and(|word| word & (1 << (number % BITS)) != 0)
    }

    /// Adds all of another set.
    pub fn extend(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(word, other)| *word |= other);
    }

    /// This set without what another holds.
    #[must_use]
    pub fn without(&self, other: &Self) -> Self {
        let other = other.0.iter().chain(std::iter::repeat(&0));
        Self(self.0.iter().zip(other).map(|(word, other)| word & !other).collect())
    }

    /// How many of this set another does not hold.
    #[must_use]
    pub fn count_without(&self, other: &Self) -> usize {
        let other = other.0.iter().chain(std::iter::repeat(&0));
        self.0.iter().zip(other).map(|(word, other)| (word & !other).count_ones() as usize).sum()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|word| *word == 0)
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.0.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// Whether another set holds all of this one.
    #[must_use]
    pub fn is_within(&self, other: &Self) -> bool {
        self.without(other).is_empty()
    }

    /// The numbers, rising.
    pub fn iter(&self) -> impl Iterator<Item = usize> {
        self.0.iter().enumerate().flat_map(|(place, word)| {
            let mut rest = *word;
            std::iter::from_fn(move || {
                let bit = (rest != 0).then(|| rest.trailing_zeros() as usize)?;
                rest &= rest - 1;
                Some(place * BITS + bit)
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn set(numbers: &BTreeSet<usize>) -> PermissionSet {
        let mut set = PermissionSet(vec![0; 3]);
        numbers.iter().for_each(|number| set.insert(*number));
        set
    }

    proptest! {
        #[test]
        fn bits_behave_as_sets_do(one in prop::collection::btree_set(0_usize..150, 0..40), other in prop::collection::btree_set(0_usize..150, 0..40)) {
            let (a, b) = (set(&one), set(&other));
            prop_assert_eq!(a.iter().collect::<BTreeSet<_>>(), one.clone());
            prop_assert_eq!((a.len(), a.is_empty()), (one.len(), one.is_empty()));
            prop_assert_eq!(a.without(&b).iter().collect::<BTreeSet<_>>(), one.difference(&other).copied().collect());
            prop_assert_eq!(a.count_without(&b), one.difference(&other).count());
            prop_assert_eq!(a.is_within(&b), one.is_subset(&other));
            let mut both = a.clone();
            both.extend(&b);
            prop_assert_eq!(both.iter().collect::<BTreeSet<_>>(), one.union(&other).copied().collect());
            prop_assert!((0..150).all(|number| a.contains(number) == one.contains(&number)));
        }
    }
}
