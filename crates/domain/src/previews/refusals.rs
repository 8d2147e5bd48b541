//! The sentences of a preview about what is refused, and about what a group takes along.

use super::{GroupTies, Preview, Refusal, grouped};
use crate::bulk::refused_words;
use crate::problem::Code;

impl Refusal {
    /// "2 accounts stay as they are: they go beyond your own rights", "The last Owner stays". Without a full stop.
    #[must_use]
    pub fn sentence(&self) -> String {
        let is_one = self.count == 1;
        let why = match self.code {
            Code::LastOwner => return "The last Owner stays".to_owned(),
            Code::OwnAccount => return "Your own account stays as it is".to_owned(),
            Code::Escalation if is_one => "it goes beyond your own rights",
            Code::Escalation => "they go beyond your own rights",
            Code::Forbidden if is_one => "you may not change accounts of its kind",
            Code::Forbidden => "you may not change accounts of their kind",
            Code::NotFound if is_one => "it is no longer there",
            Code::NotFound => "they are no longer there",
            code => refused_words(code),
        };
        let who = if is_one { " account stays as it is: " } else { " accounts stay as they are: " };
        [&grouped(self.count), who, why].concat()
    }

    /// Accounts beside the examples.
    #[must_use]
    pub fn others(&self) -> u64 {
        self.count.saturating_sub(self.examples.len() as u64)
    }
}

impl Preview {
    /// Why the change would do nothing at all: every account that it could change is refused. None where it does something.
    #[must_use]
    pub fn refusal(&self) -> Option<String> {
        match self.refused.as_slice() {
            _ if self.changed > 0 => None,
            [] => None,
            [only] => Some(["Nothing would change. ", &only.sentence(), "."].concat()),
            _ => Some("Nothing would change: all of them stay as they are, for the reasons above.".to_owned()),
        }
    }
}

impl GroupTies {
    /// What goes with the group, one sentence for each, without full stops; none where it has no such ties.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let counted = |count: u64, one: &str, many: &str| {
            (count > 0).then(|| [grouped(count).as_str(), if count == 1 { one } else { many }].concat())
        };
        let objects = counted(self.objects, " object is no longer shared", " objects are no longer shared");
        let orphans = counted(
            self.orphans,
            " of them is left with nobody who can modify it",
            " of them are left with nobody who can modify them",
        );
        let services = counted(self.services, " service account loses its owner", " service accounts lose their owner");
        [
            objects.map(|text: String| [&text, " with it"].concat()),
            orphans,
            self.is_default.then(|| "New accounts no longer join it".to_owned()),
            services,
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(code: Code, count: u64) -> Refusal {
        Refusal { code, count, examples: Vec::new() }
    }

    #[test]
    fn refusals_say_who_stays_and_why() {
        let cases = [
            (refusal(Code::Escalation, 2), "2 accounts stay as they are: they go beyond your own rights"),
            (refusal(Code::Escalation, 1), "1 account stays as it is: it goes beyond your own rights"),
            (refusal(Code::LastOwner, 1), "The last Owner stays"),
            (refusal(Code::OwnAccount, 1), "Your own account stays as it is"),
            (refusal(Code::NoSeat, 1_200), "1,200 accounts stay as they are: no seat is left"),
            (refusal(Code::Forbidden, 1), "1 account stays as it is: you may not change accounts of its kind"),
        ];
        for (refusal, expected) in cases {
            assert_eq!(refusal.sentence(), expected);
        }
    }

    #[test]
    fn only_what_changes_nothing_is_refused_as_a_whole() {
        let why = |changed, refused| Preview { changed, refused, ..Preview::default() }.refusal();
        assert_eq!(why(0, vec![]), None, "it is so already");
        assert_eq!(why(1, vec![refusal(Code::LastOwner, 1)]), None);
        assert_eq!(
            why(0, vec![refusal(Code::LastOwner, 1)]).as_deref(),
            Some("Nothing would change. The last Owner stays.")
        );
        let both = why(0, vec![refusal(Code::LastOwner, 1), refusal(Code::Escalation, 3)]);
        assert!(both.is_some_and(|why| why.contains("for the reasons above")));
    }

    #[test]
    fn what_goes_with_a_group_is_counted() {
        assert_eq!(GroupTies::default().lines(), Vec::<String>::new());
        let ties = GroupTies { objects: 3, orphans: 1, services: 2, is_default: true };
        assert_eq!(
            ties.lines(),
            [
                "3 objects are no longer shared with it",
                "1 of them is left with nobody who can modify it",
                "New accounts no longer join it",
                "2 service accounts lose their owner"
            ]
        );
        let one = GroupTies { objects: 1, ..GroupTies::default() };
        assert_eq!(one.lines(), ["1 object is no longer shared with it"]);
    }
}
