//! `test wide`: slow checks that a release needs, and that no other step waits for.

use crate::repo::Repo;
use crate::run::{Result, program, run};
use crate::{serve, setup};

/// Requests made up from the OpenAPI document, good and bad ones, for each operation and each way to be signed in.
const EXAMPLES: &str = "25";

/// Generated requests against the OpenAPI document: no answer that it does not describe, and none of 5xx.
pub(crate) fn wide(repo: &Repo) -> Result {
    let python = setup::schemathesis(repo)?;
    serve::build_server(repo)?;
    let script = repo.root.join("tests/openapi/wide.py");
    run(program(repo, &python, &[])?.arg(script).arg(repo.server("debug")).arg(EXAMPLES))
}
