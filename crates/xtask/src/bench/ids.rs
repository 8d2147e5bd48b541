//! Finds ids in answers, by what stands right behind them: all that the benchmark reads of JSON.

const BEFORE: &str = "\"id\":\"";
const ID_CHARS: usize = 36;

/// Of the user accounts of a list.
pub(super) fn of_users(body: &[u8]) -> Vec<String> {
    before(body, "\",\"kind\":\"user\"")
}

/// Every id that is followed by this text.
pub(super) fn before(body: &[u8], text: &str) -> Vec<String> {
    let body = String::from_utf8_lossy(body);
    let after = body.match_indices(BEFORE).filter_map(|(at, found)| body.get(at + found.len()..));
    let ids = after.filter_map(|rest| rest.split_at_checked(ID_CHARS)).filter(|(_, rest)| rest.starts_with(text));
    ids.map(|(id, _)| id.to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::of_users;

    #[test]
    fn ids_of_groups_are_no_accounts() {
        let [account, group] = ["0190b9ac-0000-7000-8000-000000000001", "0190b9ac-0000-7000-8000-000000000002"];
        let body = format!(
            r#"{{"items":[{{"id":"{account}","kind":"user","groups":[{{"id":"{group}","name":"A"}}]}}],"total":1}}"#
        );
        assert_eq!(of_users(body.as_bytes()), [account]);
        assert!(of_users(b"{\"id\":\"short").is_empty());
    }
}
