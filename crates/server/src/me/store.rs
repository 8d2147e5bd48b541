//! Writes what a person says of themselves.

use domain::PersonId;

use crate::failure::Outcome;
use crate::store::Tx;

/// Writes the person's names, which all their accounts' lists show from now on.
pub(super) async fn set_names(tx: &mut Tx, person: PersonId, name: &str, user_name: Option<&str>) -> Outcome<()> {
    sqlx::query("UPDATE persons SET display_name = $1, user_name = $2 WHERE id = $3")
        .bind(name.to_owned())
        .bind(user_name.map(str::to_owned))
        .bind(person.to_string())
        .execute(&mut **tx)
        .await?;
    Ok(())
}
