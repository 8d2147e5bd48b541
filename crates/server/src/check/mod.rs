//! `POST check`: may this account do that, why, and what would change the answer. The product asks it on every request.

mod facts;
mod offers;
mod store;

use axum::extract::State;
use domain::check::{Asked, CheckAnswer, CheckAnswers, CheckBody, CheckReply, CheckRequest};
use domain::permissions::ConsolePermission;
use sqlx::AnyConnection;

use crate::app::App;
use crate::caller::Caller;
use crate::failure::{Failure, Outcome};
use crate::http::body::LargeBody;
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
            let mut answers = answers(&app, &caller, std::slice::from_ref(&question)).await?;
            note_uses(&caller, std::slice::from_ref(&question), &answers);
            let answer = answers.pop().ok_or_else(|| Failure::Internal("a question without an answer".to_owned()))?;
            CheckReply::One(answer)
        }
        Asked::Many(questions) => {
            let answers = answers(&app, &caller, &questions).await?;
            note_uses(&caller, &questions, &answers);
            CheckReply::Many(CheckAnswers { results: answers })
        }
    };
    Ok(Json(reply))
}

/// Where a product asks with the token it was shown, what it is told to allow is what the token is used for.
fn note_uses(caller: &Caller, questions: &[CheckRequest], answers: &[CheckAnswer]) {
    let is_own = |question: &CheckRequest| question.account.is_none_or(|account| account == caller.account_id);
    let allowed = questions.iter().zip(answers).filter(|(question, answer)| answer.allowed && is_own(question));
    allowed.for_each(|(question, _)| caller.uses.add(question.permission.clone()));
}

async fn answers(app: &App, caller: &Caller, questions: &[CheckRequest]) -> Outcome<Vec<CheckAnswer>> {
    let is_of_others = |question: &CheckRequest| question.account.is_some_and(|account| account != caller.account_id);
    if questions.iter().any(is_of_others) {
        caller.require(ConsolePermission::AccountsView)?;
    }
    let mut facts = Facts::of_accounts(app, caller, questions).await?;
    // Most questions are about no object, and are allowed: then nothing more is read than for any request.
    if questions.iter().all(|question| question.object.is_none()) {
        let answers: Vec<_> = questions.iter().map(|question| facts.answer(question)).collect();
        if answers.iter().all(|answer| answer.allowed) || !facts.may_fix() {
            return Ok(answers);
        }
    }
    let mut connection = app.db.reader().acquire().await?;
    facts.read_objects(&mut connection, questions).await?;
    let mut answers: Vec<_> = questions.iter().map(|question| facts.answer(question)).collect();
    if facts.may_fix() && answers.iter().any(|answer| !answer.allowed) {
        offer(&mut connection, caller, &facts, questions, &mut answers).await?;
    }
    Ok(answers)
}

/// How often groups that turn out to be beyond the caller's reach are replaced by the next best ones.
const OFFERS_MAX: usize = 4;

/// Adds to each refusal what would turn it round.
async fn offer(
    connection: &mut AnyConnection,
    caller: &Caller,
    facts: &Facts<'_>,
    questions: &[CheckRequest],
    answers: &mut [CheckAnswer],
) -> Outcome<()> {
    let mut offers = Offers::read(connection, caller).await?;
    for _ in 0..OFFERS_MAX {
        for (question, answer) in questions.iter().zip(&mut *answers).filter(|(_, answer)| !answer.allowed) {
            answer.fixes = facts.fixes(question, &offers);
        }
        if !offers.take_back(connection, caller, answers).await? {
            return Ok(());
        }
    }
    answers.iter_mut().for_each(|answer| offers.strip(answer));
    Ok(())
}
