//! Reads the objects that are asked about, with the accesses that can matter.

use std::collections::HashMap;

use domain::access::AccessHolding;
use domain::{AccountId, GroupId, OrganizationId, Timestamp};
use sqlx::AnyConnection;
use sqlx::any::AnyRow;

use crate::failure::Outcome;
use crate::objects::store::access::level;
use crate::store::{Columns, Value, placeholder_list, placeholders_from, query_with};

/// Objects that one statement names.
const OBJECTS_PER_STATEMENT: usize = 500;

/// An object with its accesses that have not ended: of the accounts asked about, and of all groups.
#[derive(Default)]
pub(super) struct ObjectFacts {
    pub(super) restricted: bool,
    pub(super) owner: Option<AccountId>,
    pub(super) of_accounts: HashMap<AccountId, Vec<AccessHolding>>,
    pub(super) of_groups: HashMap<GroupId, Vec<AccessHolding>>,
}

/// Objects by type and the id that the product gave them; those that are not registered are missing.
pub(super) async fn objects(
    connection: &mut AnyConnection,
    organization: OrganizationId,
    keys: &[(&str, &str)],
    accounts: &[AccountId],
    at: Timestamp,
) -> Outcome<HashMap<(String, String), ObjectFacts>> {
    let mut found: HashMap<(String, String), ObjectFacts> = HashMap::new();
    for chunk in keys.chunks(OBJECTS_PER_STATEMENT) {
        let accounts_from = 3;
        let keys_from = accounts_from + accounts.len();
        let sql = format!(
            "SELECT o.type, o.external_id, o.restricted, o.owner_id, x.account_id, x.group_id, x.level, x.valid_until
             FROM objects o LEFT JOIN object_access x ON x.object_id = o.id AND (x.valid_until IS NULL OR x.valid_until > $2)
                  AND (x.group_id IS NOT NULL OR x.account_id IN ({}))
             WHERE o.organization_id = $1 AND (o.type, o.external_id) IN (VALUES {})",
            placeholder_list(accounts_from, accounts.len()),
            placeholders_from(keys_from, chunk.len(), 2)
        );
        let mut values: Vec<Value> = vec![organization.into(), at.into()];
        values.extend(accounts.iter().map(|id| Value::from(*id)));
        values.extend(chunk.iter().flat_map(|(kind, external_id)| [Value::from(*kind), Value::from(*external_id)]));
        for row in &query_with(sql, values).fetch_all(&mut *connection).await? {
            let object = found.entry((row.text("type")?, row.text("external_id")?)).or_insert(ObjectFacts {
                restricted: row.number("restricted")? == 1,
                owner: row.maybe_id("owner_id")?,
                ..ObjectFacts::default()
            });
            object.add(row)?;
        }
    }
    Ok(found)
}

impl ObjectFacts {
    /// Adds the access of a row, where it has one.
    fn add(&mut self, row: &AnyRow) -> Outcome<()> {
        let Some(text) = row.maybe_text("level")? else { return Ok(()) };
        let group: Option<GroupId> = row.maybe_id("group_id")?;
        let access = AccessHolding { group, level: level(&text)?, valid_until: row.maybe_time("valid_until")? };
        let account: Option<AccountId> = row.maybe_id("account_id")?;
        match (group, account) {
            (Some(group), _) => self.of_groups.entry(group).or_default().push(access),
            (None, Some(account)) => self.of_accounts.entry(account).or_default().push(access),
            (None, None) => {}
        }
        Ok(())
    }
}
