//! Pure helpers for what is written on screen.

/// The number with its thousands set apart: `12,480`.
pub(crate) fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Up to two capital letters for a name or an e-mail address: `AL` for `Ada Lovelace`, `A` for `ada@example.com`.
pub(crate) fn initials(name: &str) -> String {
    let local = name.split('@').next().unwrap_or_default();
    let mut words = local.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let first = words.next().and_then(|word| word.chars().next());
    let last = words.next_back().and_then(|word| word.chars().next());
    first.into_iter().chain(last).flat_map(char::to_uppercase).take(2).collect()
}

/// One of `count` colours, always the same for the same text.
pub(crate) fn colour_of(text: &str, count: u32) -> u32 {
    text.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)) % count
}

/// Whether `text` holds `part`, whatever the case.
pub(crate) fn contains_ignoring_case(text: &str, part: &str) -> bool {
    text.to_lowercase().contains(&part.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_set_apart() {
        for (number, text) in [(0, "0"), (999, "999"), (1000, "1,000"), (12_480, "12,480"), (1_000_000, "1,000,000")] {
            assert_eq!(grouped(number), text);
        }
    }

    #[test]
    fn initials_come_from_names_and_addresses() {
        for (name, text) in [
            ("Ada Lovelace", "AL"),
            ("ada@example.com", "A"),
            ("ada.lovelace@example.com", "AL"),
            ("Jean Luc Picard", "JP"),
            ("élan", "É"),
            ("", ""),
            ("sa::ci-runner", "SR"),
        ] {
            assert_eq!(initials(name), text);
        }
    }

    #[test]
    fn a_colour_is_stable_and_in_range() {
        assert_eq!(colour_of("ada", 8), colour_of("ada", 8));
        assert!((0..100).all(|n: u32| colour_of(&n.to_string(), 8) < 8));
    }
}
