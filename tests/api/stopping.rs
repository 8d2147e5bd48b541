//! Facts about the server's end: asked to stop, it finishes what it was given; killed at any moment, it keeps its word.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::timeout;

use crate::support::{Client, Mailbox, PASSWORD, Process, roster, text, token_of};

/// Sends the head of an invitation, and waits until the server asks for its body: from then on it is in flight.
async fn begin(process: &Process, owner: &Client, body: &str) -> BufReader<TcpStream> {
    let address = process.base.strip_prefix("http://").unwrap();
    let mut stream = BufReader::new(TcpStream::connect(address).await.unwrap());
    let cookie = owner.session.as_ref().unwrap();
    let head = format!(
        "POST /api/v1/invitations HTTP/1.1\r\nHost: {address}\r\nCookie: __Host-session={cookie}\r\nSec-Fetch-Site: same-origin\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut line = String::new();
    stream.read_line(&mut line).await.unwrap();
    assert!(line.contains("100 Continue"), "{line}");
    stream
}

#[tokio::test(flavor = "multi_thread")]
async fn request_in_flight_is_finished_when_the_server_is_asked_to_stop() {
    const REQUESTS: usize = 30;
    let (folder, mailbox) = (TempDir::new().unwrap(), Mailbox::start(&[]));
    let process = Process::start(folder.path(), &mailbox.url());
    let owner = process.owner().await;
    let mut begun = Vec::new();
    for number in 0..REQUESTS {
        let body = json!({ "emails": [format!("u{number}@example.com")] }).to_string();
        begun.push((begin(&process, &owner, &body).await, body));
    }
    process.terminate();
    // It takes no more connections: from here on it is stopping.
    let address = process.base.strip_prefix("http://").unwrap();
    crate::support::eventually("the listener's end", async || TcpStream::connect(address).await.is_err().then_some(()))
        .await;
    for (mut stream, body) in begun {
        stream.write_all(body.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.contains("HTTP/1.1 200") && answer.contains("\"outcome\":\"invited\""), "{answer}");
    }
    assert!(process.ended_well());
    let process = Process::start(folder.path(), &mailbox.url());
    let mut owner = Client::new(&process.base);
    owner.sign_in("olivia@example.com", PASSWORD).await.good();
    assert_eq!(owner.get("/api/v1/accounts?invitation=open&limit=1").await.good()["total"], REQUESTS);
}

/// What the server has acknowledged of one invited address.
#[derive(Debug, Clone)]
struct Promise {
    id: String,
    version: i64,
    is_withdrawn: bool,
    /// A request about it was never answered: it may have been done or not.
    is_in_doubt: bool,
    /// The round of the newest acknowledgement.
    round: usize,
}

#[derive(Default)]
struct Ledger {
    promises: Mutex<HashMap<String, Promise>>,
}

impl Ledger {
    fn pick(&self, number: usize) -> Option<(String, Promise)> {
        let promises = self.promises.lock().unwrap();
        let mut open: Vec<_> = promises.iter().filter(|(_, it)| !it.is_withdrawn && !it.is_in_doubt).collect();
        open.sort_by_key(|(email, _)| *email);
        let (email, promise) = open.get(number % open.len().max(1))?;
        Some(((*email).clone(), (*promise).clone()))
    }

    fn change(&self, email: &str, change: impl FnOnce(&mut Promise)) {
        self.promises.lock().unwrap().get_mut(email).map(change);
    }
}

/// Sends a request to a server that may die meanwhile; its status and body if it answered.
async fn ask(request: reqwest::RequestBuilder) -> Option<(u16, Value)> {
    let response = request.send().await.ok()?;
    let status = response.status().as_u16();
    let text = response.text().await.ok()?;
    Some((status, serde_json::from_str(&text).unwrap_or_default()))
}

/// Invites two at a time until the server is gone.
async fn invite_on(owner: Client, ledger: Arc<Ledger>, round: usize, lane: usize, done: Arc<watch::Sender<usize>>) {
    for number in 0.. {
        let emails = [0, 1].map(|part| format!("r{round}l{lane}n{number}p{part}@example.com"));
        let request = owner.request(Method::POST, "/api/v1/invitations").json(&json!({ "emails": emails }));
        let Some((status, body)) = ask(request).await else { return };
        // Of a disk that is busy with other tests: what is not acknowledged, is not promised.
        if status == 503 {
            continue;
        }
        assert_eq!(status, 200, "{body}");
        for result in body["results"].as_array().unwrap() {
            let id = result["account_id"].as_str().unwrap().to_owned();
            let promise = Promise { id, version: 1, is_withdrawn: false, is_in_doubt: false, round };
            ledger.promises.lock().unwrap().insert(result["input"].as_str().unwrap().to_owned(), promise);
        }
        done.send_modify(|count| *count += 1);
    }
}

/// Resends and withdraws in turn until the server is gone.
async fn change_on(owner: Client, ledger: Arc<Ledger>, round: usize, done: Arc<watch::Sender<usize>>) {
    for number in 0.. {
        let Some((email, promise)) = ledger.pick(number * 7 + round) else {
            tokio::task::yield_now().await;
            continue;
        };
        let is_withdrawal = number % 3 == 2;
        let path = format!("/api/v1/accounts/{}/invitation", promise.id);
        let request = match is_withdrawal {
            true => owner.request(Method::DELETE, &path),
            false => owner.request(Method::POST, &format!("{path}/resend")),
        };
        let answer = ask(request.header("if-match", promise.version.to_string())).await;
        match answer {
            None => return ledger.change(&email, |it| it.is_in_doubt = true),
            // An address gets three mails at once, then one an hour.
            Some((429, _)) => {}
            Some((503, _)) => ledger.change(&email, |it| it.is_in_doubt = true),
            Some((status, body)) => {
                assert!((200..300).contains(&status), "{status} {body}");
                ledger.change(&email, |it| {
                    it.is_withdrawn = is_withdrawal;
                    it.version = body["version"].as_i64().unwrap_or(it.version);
                    it.round = round;
                });
            }
        }
        done.send_modify(|count| *count += 1);
    }
}

/// Runs one server until it was killed, after so many acknowledgements and in the middle of other requests.
async fn round(folder: &TempDir, mailbox: &Mailbox, ledger: &Arc<Ledger>, round: usize) {
    let process = Process::start(folder.path(), &mailbox.url());
    let mut owner = match process.setup {
        Some(_) => process.owner().await,
        None => Client::new(&process.base),
    };
    crate::support::eventually("the sign-in", async || {
        let answer = owner.sign_in("olivia@example.com", PASSWORD).await;
        assert!([200, 503].contains(&answer.status), "{}", answer.text);
        (answer.status == 200).then_some(())
    })
    .await;
    let (done, mut acknowledged) = watch::channel(0);
    let done = Arc::new(done);
    let lanes = (0..2).map(|lane| tokio::spawn(invite_on(owner.clone(), ledger.clone(), round, lane, done.clone())));
    let mut tasks: Vec<_> = lanes.collect();
    tasks.push(tokio::spawn(change_on(owner, ledger.clone(), round, done)));
    let [random] = server::random::bytes::<1>().unwrap();
    let wanted = 3 + usize::from(random) % 20;
    timeout(Duration::from_secs(60), acknowledged.wait_for(|count| *count >= wanted)).await.unwrap().unwrap();
    process.kill();
    for task in tasks {
        task.await.unwrap();
    }
    let check = roster(&["check"], folder.path()).output().unwrap();
    assert!(check.status.success(), "round {round}: {}", text(&check));
}

fn message_ids(mails: &[Value]) -> HashSet<String> {
    mails.iter().filter_map(|mail| mail["messageId"].as_str().map(str::to_owned)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_moment_the_server_keeps_its_word() {
    const ROUNDS: usize = 20;
    let (folder, mailbox, ledger) = (TempDir::new().unwrap(), Mailbox::start(&[]), Arc::new(Ledger::default()));
    let mut sent = Vec::new();
    for number in 0..ROUNDS {
        round(&folder, &mailbox, &ledger, number).await;
        sent.push(message_ids(&mailbox.all()));
    }
    let process = Process::start_with(folder.path(), &mailbox.url(), &["--trusted-proxies", "127.0.0.1"]);
    let mut owner = Client::new(&process.base);
    owner.sign_in("olivia@example.com", PASSWORD).await.good();
    let promises = ledger.promises.lock().unwrap().clone();
    assert!(promises.len() >= ROUNDS * 2, "{}", promises.len());
    let certain: Vec<_> = promises.iter().filter(|(_, promise)| !promise.is_in_doubt).collect();
    for (email, promise) in &certain {
        let account = owner.account(&promise.id).await;
        let is_open = account["deleted_at"].is_null();
        assert_eq!((is_open, &account["email"]), (!promise.is_withdrawn, &json!(email)), "{promise:?}");
        assert!(account["version"].as_i64() >= Some(promise.version), "{account} {promise:?}");
    }
    // The newest link of everybody who is invited arrives; nobody is mailed a link that was dead before its server began.
    let mut links = Links { nobody: Client::new(&process.base), known: HashMap::new() };
    let mails = crate::support::eventually("a mail with a live link to everybody who is invited", async || {
        let mails = by_address(mailbox.all());
        for (email, _) in certain.iter().filter(|(_, promise)| !promise.is_withdrawn) {
            let mut is_reached = false;
            for mail in mails.get(*email).into_iter().flatten() {
                is_reached |= links.state(mail).await == "open";
            }
            if !is_reached {
                return None;
            }
        }
        Some(mails)
    })
    .await;
    for (email, promise) in certain {
        for mail in mails.get(email).into_iter().flatten() {
            let is_later = !sent[promise.round].contains(mail["messageId"].as_str().unwrap());
            assert!(!is_later || links.state(mail).await == "open", "{email} {promise:?} {mail}");
        }
    }
}

fn by_address(mails: Vec<Value>) -> HashMap<String, Vec<Value>> {
    let mut found: HashMap<String, Vec<Value>> = HashMap::new();
    for mail in mails {
        found.entry(mail["to"][0].as_str().unwrap().to_owned()).or_default().push(mail);
    }
    found
}

/// What links open, asked once for each.
struct Links {
    nobody: Client,
    known: HashMap<String, String>,
}

impl Links {
    async fn state(&mut self, mail: &Value) -> String {
        let token = token_of(mail);
        if let Some(state) = self.known.get(&token) {
            return state.clone();
        }
        // Many questions from one address would be slowed down.
        let place = u8::try_from(self.known.len() % 250).unwrap();
        let question = json!({ "token": token });
        let answer = self.nobody.post_from(place, "/api/v1/invitations/preview", question).await;
        let state = answer.good()["state"].as_str().unwrap().to_owned();
        self.known.insert(token, state.clone());
        state
    }
}
