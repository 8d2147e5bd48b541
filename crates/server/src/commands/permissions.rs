//! `roster permissions`: the page of the documentation about what needs what, made from the code.

use std::fmt::Write;

use domain::permissions::ConsolePermission;

use crate::http::route::{self, Needs};

const OPENING: &str = "\
# Permissions

What one may do in the console and over the API. The permissions of the product come from the organization's profile and
are not listed here; `GET /api/v1/permissions` has all of them. This page is made from the code: a test holds it to that.
To make it anew: `cargo run -p roster-server -- permissions > docs/PERMISSIONS.md`

An Owner holds every permission, and nothing of the below refuses one. For everybody else, beside the permission named:
- nobody gives, in whatever way, what they do not hold themselves;
- nobody changes, deactivates, signs out or takes anything from an account that holds what they lack;
- nobody prolongs or raises their own rights, and nobody changes their own level or deactivates themselves;
- the last Owner who can sign in stays one.
";

/// The whole page.
#[must_use]
pub fn document() -> String {
    let mut text = OPENING.to_owned();
    text.push_str(
        "\n## The console's permissions\n\n| Permission | Key | Risk | What it lets one do |\n|---|---|---|---|\n",
    );
    for permission in ConsolePermission::ALL {
        let entry = permission.entry();
        let risk = format!("{:?}", entry.risk).to_lowercase();
        let _ = writeln!(text, "| {} | `{}` | {risk} | {} |", entry.label, entry.key, entry.description);
    }
    text.push_str(
        "\n## What each route needs\n\n`nobody`: nobody has to be signed in. `signed in`: any account, by a session or a token. `session`: a person who is signed in to the console. Behind a semicolon stands what is asked beside that, by what the request is about.\n\n| Method | Address | What it does | Needs |\n|---|---|---|---|\n",
    );
    for route in route::all() {
        let needs = match route.needs {
            Needs::Nobody | Needs::SignedIn | Needs::Session => route.needs.to_string(),
            Needs::Permission(permission) => format!("`{permission}`"),
            Needs::AnyOf(permissions) => {
                permissions.iter().map(|permission| format!("`{permission}`")).collect::<Vec<_>>().join(" or ")
            }
        };
        let needs = route.also.map_or_else(|| needs.clone(), |also| format!("{needs}; {also}"));
        let _ = writeln!(text, "| {} | `{}` | {} | {needs} |", route.method, route.path, route.summary);
    }
    text
}
