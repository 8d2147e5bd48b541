//! What a product asks with a token on each of its requests, beside a constant answer.

use super::check;
use super::demo::Demo;
use super::figures::Figures;
use super::http::{self, Client};
use super::world::{CHECK, World};
use crate::run::{Failure, Result};

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";
/// Of the database whose lists are measured.
const TOKENS: u32 = 100_000;

pub(super) fn measure(world: &World, figures: &mut Figures) -> Result {
    let (roster, floor) = (world.demo.settled()?, world.floor()?);
    let mut client = Client::open(roster.address)?;
    let minted = client.ask(&world.demo.post("/api/v1/me/tokens", r#"{"name":"Benchmark"}"#))?;
    let secret = secret(&minted.body)?;
    let minted =
        client.ask(&world.demo.post("/api/v1/me/tokens", r#"{"name":"Product","scopes":["accounts.view"]}"#))?;
    let products = self::secret(&minted.body)?;
    let about = check::about(&check::others(world, &mut client)?[0]);
    let asks = |method, target, media_type, body: &str| http::with_token(method, target, &secret, media_type, body);
    let asked = [
        (&floor, "floor.constant.", asks("POST", "/constant", JSON, CHECK)),
        (&roster, "token.check.", asks("POST", "/api/v1/check", JSON, CHECK)),
        (&roster, "token.check_other.", http::with_token("POST", "/api/v1/check", &products, JSON, &about)),
        (&roster, "token.forward_auth.", asks("GET", "/api/v1/forward-auth", JSON, "")),
        (&roster, "token.introspect.", asks("POST", "/api/v1/introspect", FORM, &format!("token={secret}"))),
    ];
    for _ in 0..world.options.runs() {
        for (server, name, request) in &asked {
            let before = server.processor_ms()?;
            let lines = world.load(server, request)?;
            let spent = server.processor_ms()? - before;
            figures.add_lines(name, &lines)?;
            figures.add(&format!("{name}cost_us"), spent * 1e3 / answers(&lines));
        }
    }
    lists(world, figures)
}

/// Lists of many tokens.
fn lists(world: &World, figures: &mut Figures) -> Result {
    let options = ["--accounts", "1000", "--tokens", &TOKENS.to_string()];
    let demo = Demo::make(world.repo, &world.file("tokens"), None, &options)?;
    let roster = demo.settled()?;
    let asked = [
        ("token.list.", "/api/v1/tokens?limit=100&skip={n}"),
        ("token.search.", "/api/v1/tokens?limit=100&q=support&counts=true&skip={n}"),
    ];
    for _ in 0..world.options.runs() {
        for (name, target) in asked {
            figures.add_lines(name, &world.load(&roster, &demo.get(target))?)?;
        }
    }
    Ok(())
}

/// The answers of a load, those of the warm-up among them.
fn answers(lines: &str) -> f64 {
    let counted = lines.lines().find_map(|line| line.strip_prefix("answers ")?.parse().ok());
    counted.unwrap_or(f64::NAN)
}

/// The secret of a token that was just made.
fn secret(body: &[u8]) -> Result<String> {
    let body = String::from_utf8_lossy(body);
    let after = body.split_once("\"secret\":\"").and_then(|(_, after)| after.split_once('"'));
    after.map(|(secret, _)| secret.to_owned()).ok_or_else(|| Failure::new("no secret came with the token"))
}
