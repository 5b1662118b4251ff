//! Thousands of signed-in people on one app that the product wrote: each with a key and a connection of its own, most
//! reading, some writing.
//!
//! The load is open: every person has a schedule, and what is measured runs from the moment at which a request was due
//! to the last byte of its answer, so that a node (or a load generator) that falls behind shows. Requests are signed
//! before the minute and answers checked after it, all of them: the generator runs on the same cores.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use bytes::Bytes;
use candid::{CandidType, Deserialize, Principal, encode_args, encode_one};
use execution::{
    REGISTRY,
    registry::{
        Standing,
        calls::{InviteArg, Invited, Outcome},
    },
};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep_until};

use crate::{
    http::Connection,
    load::{Errors, closed, connect, percentile},
    process::Node,
    signed::{Asked, Checker, Identity, Kind, Signed},
};

const PEOPLE: usize = 5_000;
const TIME: Duration = Duration::from_secs(60);
/// How long each person waits from one request to the next: what two cores bear. A written app looks through all rows
/// for the caller's own, which is most of what a request costs here.
const EVERY: Duration = Duration::from_secs(15);
/// One request in so many writes.
const WRITES: usize = 5;
/// Connections over which the people are let in.
const CLIENTS: usize = 64;
const LONGEST: Duration = Duration::from_secs(600);

/// The wish from which the app is written, and what the writer calls things then.
const WISH: &str = "A garden party. Invited guests answer yes or no.";
const ROLE: &str = "invitedGuest";
const ADD: &str = "createInvitedGuest";
const ANSWER: &str = "answerInvitedGuest";
const MINE: &str = "myInvitedGuest";

/// What somebody enters: `null` leaves a value as it is.
#[derive(CandidType)]
struct Entered {
    name: Option<String>,
    attending: Option<Option<bool>>,
}

/// A row as the app shows it, as far as it is looked at.
#[derive(CandidType, Deserialize)]
struct Row {
    id: candid::Nat,
    member: Option<String>,
    attending: Option<bool>,
}

/// Lets everybody in and has them read and write for a minute.
pub(crate) async fn measure(node: &Node) -> Value {
    let app = node.live(&["new", WISH, "--name", "crowd"]);
    let checker = Arc::new(node.checker().await);
    let begun = Instant::now();
    let people = let_in(node, &checker, app).await;
    let letting_in = begun.elapsed().as_secs_f64();
    let requests = requests(&people, app);
    let begun = Instant::now();
    let answers = run(node, &requests).await;
    let taken = begun.elapsed().as_secs_f64();
    let figures = summary(&requests, answers, &checker);
    json!({
        "people": PEOPLE,
        "connections": PEOPLE,
        "seconds_between_requests_of_one": EVERY.as_secs(),
        "load": "open: each person has a schedule; latency from the moment a request was due; signed before, checked after",
        "requests": requests.iter().map(Vec::len).sum::<usize>(),
        "requests_per_second": (requests.iter().map(Vec::len).sum::<usize>() as f64 / taken).round(),
        "letting_in_seconds": letting_in.round(),
        "rss_mib": node.rss_mib(),
        "figures": figures,
    })
}

/// Rows for all, invitations for all, and everybody opens theirs.
async fn let_in(node: &Node, checker: &Arc<Checker>, app: Principal) -> Vec<Identity> {
    let owner = node.owner();
    let people: Vec<Identity> = (0..PEOPLE).map(|i| Identity::numbered(1_000 + i)).collect();
    let add = |i| encode_one(Entered { name: Some(format!("Guest {i}")), attending: None }).expect("encodes");
    let rows: Vec<Signed> = (0..PEOPLE).map(|i| owner.sign(Asked::update(app, ADD), add(i))).collect();
    let rows: Vec<Outcome<Row>> = all(node, checker, rows).await;
    let invitations = rows.into_iter().map(|row| {
        let Outcome::Ok(Row { member: Some(member), .. }) = row else { panic!("a row was not added") };
        let arg = InviteArg { app, role: ROLE.into(), name: String::new(), member: Some(member) };
        owner.sign(Asked::update(REGISTRY, "invite"), encode_one(arg).expect("encodes"))
    });
    let invited: Vec<Outcome<Invited>> = all(node, checker, invitations.collect()).await;
    let opened = invited.into_iter().zip(&people).map(|(invited, person)| match invited {
        Outcome::Ok(invited) => {
            person.sign(Asked::update(REGISTRY, "redeem"), encode_one(invited.token).expect("encodes"))
        }
        Outcome::Err(text) => panic!("not invited: {text}"),
    });
    let opened: Vec<Outcome<Standing>> = all(node, checker, opened.collect()).await;
    assert!(opened.iter().all(|who| matches!(who, Outcome::Ok(who) if who.role == ROLE)), "somebody was not let in");
    people
}

/// Sends all requests; their replies in the same order.
async fn all<T: CandidType + for<'a> Deserialize<'a> + Send + 'static>(
    node: &Node,
    checker: &Arc<Checker>,
    requests: Vec<Signed>,
) -> Vec<T> {
    let prepared = requests.iter().map(|request| request.prepared.clone()).collect();
    let replies: Arc<std::sync::Mutex<BTreeMap<usize, T>>> = Arc::default();
    let (kept, checker, count) = (replies.clone(), checker.clone(), requests.len());
    let check = move |i: usize, body: &Bytes| {
        let reply = checker.reply(&requests[i], body)?;
        let value = candid::decode_one(&reply).map_err(|error| format!("another type: {error}"))?;
        kept.lock().expect("not poisoned").insert(i, value);
        Ok(())
    };
    closed(&node.address, prepared, Arc::new(check), CLIENTS, LONGEST).await;
    let replies = std::mem::take(&mut *replies.lock().expect("not poisoned"));
    assert_eq!(replies.len(), count, "letting people in took too long");
    replies.into_values().collect()
}

/// Every person's requests in their order: mostly reads, the write at another place for each.
fn requests(people: &[Identity], app: Principal) -> Vec<Vec<Signed>> {
    let rounds = usize::try_from(TIME.as_secs() / EVERY.as_secs()).expect("few");
    let one = |person: &Identity, i: usize, round: usize| match (i + round) % WRITES {
        0 => {
            let entered = Entered { name: None, attending: Some(Some(round.is_multiple_of(2))) };
            person.sign(Asked::update(app, ANSWER), encode_one(entered).expect("encodes"))
        }
        _ => person.sign(Asked::query(app, MINE), encode_args(()).expect("encodes")),
    };
    people.iter().enumerate().map(|(i, person)| (0..rounds).map(|round| one(person, i, round)).collect()).collect()
}

/// Milliseconds, and the answer or the failure.
type Answer = (f64, Result<Bytes, String>);

async fn run(node: &Node, requests: &[Vec<Signed>]) -> Vec<Vec<Answer>> {
    let connections = connect(&node.address, requests.len()).await;
    let begun = Instant::now() + Duration::from_millis(200);
    let people = connections.into_iter().zip(requests).enumerate().map(|(i, (connection, requests))| {
        let prepared = requests.iter().map(|request| request.prepared.clone()).collect();
        // A stride that has no common factor with the number of people spreads neighbours over the whole interval.
        let phase = EVERY * u32::try_from(i * 1_597 % PEOPLE).expect("few") / u32::try_from(PEOPLE).expect("few");
        tokio::spawn(person(connection, prepared, begun + phase))
    });
    let people: Vec<_> = people.collect();
    let mut answers = Vec::with_capacity(people.len());
    for person in people {
        answers.push(person.await.expect("no panic"));
    }
    answers
}

async fn person(mut connection: Connection, requests: Vec<crate::http::Prepared>, mut due: Instant) -> Vec<Answer> {
    let mut answers = Vec::with_capacity(requests.len());
    for request in &requests {
        sleep_until(due).await;
        let answer = connection.post(request).await;
        answers.push((due.elapsed().as_secs_f64() * 1e3, answer));
        due += EVERY;
    }
    answers
}

fn summary(requests: &[Vec<Signed>], answers: Vec<Vec<Answer>>, checker: &Checker) -> Value {
    let (mut reads, mut writes, mut errors) = (Vec::new(), Vec::new(), Errors::new());
    for (request, (milliseconds, answer)) in requests.iter().flatten().zip(answers.into_iter().flatten()) {
        match request.kind {
            Kind::Query => reads.push(milliseconds),
            Kind::Update => writes.push(milliseconds),
        }
        if let Err(error) = answer.and_then(|body| holds(request, &checker.reply(request, &body)?)) {
            *errors.entry(error).or_default() += 1;
        }
    }
    let failed: usize = errors.values().sum();
    if failed > 0 {
        eprintln!("{failed} requests of the crowd failed: {errors:?}");
    }
    json!({ "reads": latencies(&mut reads), "writes": latencies(&mut writes), "errors": failed, "errors_by_kind": errors })
}

/// A read shows the person's own row, and a write has made it.
fn holds(request: &Signed, reply: &[u8]) -> Result<(), String> {
    let other = |error: candid::Error| format!("another type: {error}");
    match request.kind {
        Kind::Query => match candid::decode_one::<Option<Row>>(reply).map_err(other)? {
            Some(_) => Ok(()),
            None => Err("a person without a row".into()),
        },
        Kind::Update => match candid::decode_one::<Outcome<Row>>(reply).map_err(other)? {
            Outcome::Ok(row) if row.attending.is_some() && row.id > 0u8 => Ok(()),
            Outcome::Ok(_) => Err("an answer that was not kept".into()),
            Outcome::Err(text) => Err(format!("the app says: {text}")),
        },
    }
}

fn latencies(milliseconds: &mut [f64]) -> Value {
    let mut at = |share| (percentile(milliseconds, share) * 100.0).round() / 100.0;
    let (p50, p90, p99, most) = (at(0.5), at(0.9), at(0.99), at(1.0));
    json!({ "count": milliseconds.len(), "p50_ms": p50, "p90_ms": p90, "p99_ms": p99, "max_ms": most })
}
