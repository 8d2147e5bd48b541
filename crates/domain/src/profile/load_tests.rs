//! Facts about reading profile files.

use proptest::prelude::*;

use super::*;

const SMALL: &str = r#"key = "p"
name = "P"
default_level = "viewer"
[[permissions]]
key = "alerts"
category = "A"
label = "Alerts"
[[levels]]
key = "viewer"
name = "Viewer"
permissions = ["alerts"]
"#;

/// What becomes of the small profile with one text in it replaced by another: its file, line and key.
fn refusal(old: &str, new: &str) -> Option<(String, usize, String)> {
    assert!(SMALL.contains(old), "{old}");
    load("p.toml", &SMALL.replace(old, new)).err().map(|error| (error.file, error.line, error.key))
}

#[test]
fn all_shipped_profiles_load() {
    let profiles = shipped()
        .map(|profiles| profiles.into_iter().map(|profile| (profile.key, profile.levels.len())).collect::<Vec<_>>());
    let expected = [("default", 3), ("wavefront", 0), ("circonus", 4), ("victoriametrics", 3), ("wandb", 2)]
        .map(|(key, count)| (key.to_owned(), count));
    assert_eq!(profiles, Ok(expected.to_vec()));
}

#[test]
fn error_names_file_line_and_key() {
    assert_eq!(load("p.toml", SMALL).map(|profile| profile.key), Ok("p".to_owned()));
    let term = |key: &str, label: &str| format!("[[object_types]]\nkey = \"{key}\"\nlabel = \"{label}\"\n");
    let cases = [
        ("key = \"p\"", "key = \"P!\"".to_owned(), 1, "P!"),
        ("permissions = [\"alerts\"]", "permissions = [\n\"alerts\",\n\"alarms\"]".to_owned(), 13, "alarms"),
        ("default_level = \"viewer\"", "default_level = \"boss\"".to_owned(), 3, "boss"),
        ("default_level = \"viewer\"\n", String::new(), 1, "default_level"),
        ("label = \"Alerts\"", "label = \"Alerts\"\nrisk = \"huge\"".to_owned(), 8, "risk"),
        ("label = \"Alerts\"", "label = \" \"".to_owned(), 5, "alerts"),
        ("label = \"Alerts\"\n", String::new(), 4, "permissions"),
        ("name = \"P\"", "name = ".to_owned(), 2, "name"),
        ("name = \"P\"", "name = \"\"".to_owned(), 1, "p"),
        ("category = \"A\"", "colour = \"A\"".to_owned(), 6, "colour"),
        ("[[levels]]\nkey = \"viewer\"", "[[levels]]\nkey = \"owner\"".to_owned(), 9, "owner"),
        ("name = \"Viewer\"", "name = \"OWNER\"".to_owned(), 9, "viewer"),
        ("[[levels]]", format!("{}[[levels]]", term("Dash Board", "x")), 9, "Dash Board"),
        ("[[levels]]", format!("{}[[levels]]", term("dashboard", "")), 9, "dashboard"),
        ("[[levels]]", format!("{}{}[[levels]]", term("a", "x"), term("a", "y")), 12, "a"),
    ];
    for (old, new, line, key) in cases {
        assert_eq!(refusal(old, &new), Some(("p.toml".to_owned(), line, key.to_owned())), "{new}");
    }
}

#[test]
fn error_reads_as_a_sentence() {
    let error = load("p.toml", &SMALL.replace("[\"alerts\"]", "[\"alarms\"]")).map_err(|error| error.to_string());
    assert_eq!(error.err().as_deref(), Some("p.toml, line 11, key alarms: there is no such permission"));
}

#[test]
fn nothing_but_a_role_holds_everything() {
    for (old, new) in [
        ("name = \"P\"", "name = \"P\"\nbaseline = [\"*\"]"),
        ("category = \"A\"", "category = \"A\"\nincludes = [\"*\"]"),
    ] {
        assert_eq!(refusal(old, new).map(|(_, _, key)| key).as_deref(), Some("*"));
    }
    assert_eq!(refusal("[\"alerts\"]", "[\"*\"]"), None);
}

#[test]
fn what_comes_with_what_comes_with_a_permission_comes_too() {
    let permission = |key: &str, includes: &str| {
        format!("[[permissions]]\nkey = \"{key}\"\ncategory = \"A\"\nlabel = \"L\"\nincludes = [{includes}]\n")
    };
    let text = [
        SMALL,
        &permission("a", "\"audit.view\", \"b\""),
        &permission("b", "\"c\""),
        &permission("c", "\"alerts\", \"a\""),
    ]
    .concat();
    let found = load("p.toml", &text).map(|profile| {
        let entries = profile.permissions.into_iter().filter(|entry| !entry.includes.is_empty());
        entries.map(|entry| [entry.key, entry.includes.join(" ")].join(": ")).collect::<Vec<_>>()
    });
    let expected = ["a: audit.view b c alerts", "b: c alerts a audit.view", "c: alerts a audit.view b"];
    assert_eq!(found, Ok(expected.map(str::to_owned).to_vec()));
}

#[test]
fn repeated_permission_is_refused() {
    let twice = format!("{SMALL}[[permissions]]\nkey = \"alerts\"\ncategory = \"A\"\nlabel = \"Again\"\n");
    assert_eq!(load("p.toml", &twice).map_err(|error| error.line), Err(13));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_text_is_a_profile_or_an_error_with_a_line(text in any::<String>()) {
        if let Err(error) = load("any.toml", &text) {
            prop_assert!((1..=text.lines().count() + 1).contains(&error.line), "{error}");
        }
    }

    #[test]
    fn profile_damaged_anywhere_is_a_profile_or_an_error(from in 0..20_000_usize, length in 0..200_usize, put in "[\\PC\n]{0,20}") {
        let text: Vec<char> = include_str!("../../profiles/circonus.toml").chars().collect();
        let from = from % text.len();
        let until = text.len().min(from + length);
        let damaged: String = text[..from].iter().copied().chain(put.chars()).chain(text[until..].iter().copied()).collect();
        if let Err(error) = load("circonus.toml", &damaged) {
            prop_assert!((1..=damaged.lines().count() + 1).contains(&error.line), "{error}");
        }
    }
}
