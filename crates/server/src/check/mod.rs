//! `POST check`: may this account do that, why, and what would change the answer. The product asks it on every request.

mod facts;
mod offers;
mod store;

use std::sync::Arc;

use axum::extract::State;
use domain::check::{Asked, CheckAnswer, CheckAnswers, CheckBody, CheckReply, CheckRequest};
use domain::permissions::ConsolePermission;

use crate::app::App;
use crate::caller::Caller;
use crate::failure::{Failure, Outcome};
use crate::http::body::LargeBody;
use crate::http::gate::Pass;
use crate::http::respond::Json;
use crate::http::route::{Needs, OTHERS, Route};
use facts::Facts;
use offers::Offers;

#[must_use]
pub fn routes() -> Vec<Route> {
    vec![
        Route::post("/api/v1/check", Needs::SignedIn, "Whether an account may do something, and why", check)
            .refuses(OTHERS)
            .also("accounts.view to ask about others")
            .takes::<CheckBody>()
            .gives::<CheckReply>(),
    ]
}

async fn check(
    State(app): State<App>,
    caller: Caller,
    LargeBody(body): LargeBody<CheckBody>,
) -> Outcome<Json<CheckReply>> {
    let asked = body.asked().map_err(|fault| Failure::Invalid(vec![fault]))?;
    let reply = match asked {
        Asked::One(question) => {
            let mut answers = answers(&app, &caller, vec![question]).await?;
            let answer = answers.pop().ok_or_else(|| Failure::Internal("a question without an answer".to_owned()))?;
            CheckReply::One(answer)
        }
        Asked::Many(questions) => CheckReply::Many(CheckAnswers { results: answers(&app, &caller, questions).await? }),
    };
    Ok(Json(reply))
}

/// Where a product asks with the token it was shown, what it is told to allow is what the token is used for.
fn note_uses(caller: &Caller, questions: &[CheckRequest], answers: &[CheckAnswer]) {
    let is_own = |question: &CheckRequest| question.account.is_none_or(|account| account == caller.account_id);
    let allowed = questions.iter().zip(answers).filter(|(question, answer)| answer.allowed && is_own(question));
    allowed.for_each(|(question, _)| caller.uses.add(question.permission.clone()));
}

/// As many questions as are answered at once without waiting for a place at the gate: a product asks one or a few for
/// each of its own requests.
const FREE_MAX: usize = 32;

async fn answers(app: &App, caller: &Caller, questions: Vec<CheckRequest>) -> Outcome<Vec<CheckAnswer>> {
    let is_of_others = |question: &CheckRequest| question.account.is_some_and(|account| account != caller.account_id);
    if questions.iter().any(is_of_others) {
        caller.require(ConsolePermission::AccountsView)?;
    }
    let is_free = questions.len() <= FREE_MAX;
    let pass = if is_free { None } else { Some(app.gate.enter(caller.account_id).await?) };
    let mut facts = Facts::of_accounts(app, caller, &questions).await?;
    if questions.iter().any(|question| question.object.is_some()) {
        let mut connection = app.db.reader().acquire().await?;
        facts.read_objects(&mut connection, &questions).await?;
    }
    let answer = move || {
        facts.work_out();
        let answers: Vec<_> = questions.iter().map(|question| facts.answer(question)).collect();
        (Arc::new(facts), Arc::new(questions), answers)
    };
    let (facts, questions, answers) = match &pass {
        Some(pass) => pass.work(answer).await?,
        None => answer(),
    };
    note_uses(caller, &questions, &answers);
    // Most questions are allowed: then nothing more is read than for any request.
    if answers.iter().all(|answer| answer.allowed) || !facts.may_fix() {
        return Ok(answers);
    }
    let pass = match pass {
        Some(pass) => pass,
        None => app.gate.enter(caller.account_id).await?,
    };
    add_fixes(app, caller, (&facts, &questions), answers, &pass).await
}

/// How often groups that turn out to be beyond the caller's reach are replaced by the next best ones.
const OFFERS_MAX: usize = 4;

/// Adds to refusals what would turn them round.
async fn add_fixes(
    app: &App,
    caller: &Caller,
    (facts, questions): (&Arc<Facts>, &Arc<Vec<CheckRequest>>),
    mut answers: Vec<CheckAnswer>,
    pass: &Pass,
) -> Outcome<Vec<CheckAnswer>> {
    let mut connection = app.db.reader().acquire().await?;
    let mut offers = Offers::read(&mut connection, caller, pass).await?;
    for _ in 0..OFFERS_MAX {
        let (facts, questions) = (facts.clone(), questions.clone());
        let add = move || {
            facts.add_fixes(&questions, &mut answers, &offers);
            (answers, offers)
        };
        (answers, offers) = pass.work(add).await?;
        if !offers.take_back(&mut connection, caller, &answers).await? {
            return Ok(answers);
        }
    }
    answers.iter_mut().for_each(|answer| offers.strip(answer));
    Ok(answers)
}
