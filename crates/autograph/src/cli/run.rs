//! Runs a command against a node and prints what came back.

use std::process::ExitCode;

use candid::Principal;
use serde_json::{Value, json};

use super::{
    App, Call, Change, Check, Cli, Command, Data, Deploy, Erase, Look, New, Rename, Restore, output,
    progress::Teller,
    tables, tree,
    words::{self, quoted},
};
use crate::client::{
    Client, Exit, Problem,
    call::{self, call},
    discover::{self, Choice, Target},
    interface::Reply,
    keys::{self, Signer},
    say,
    state_file::StateFolder,
};

/// What to ask a node, and how to show its answer.
struct Request {
    verb: &'static str,
    arg: Value,
    show: Show,
}

/// How an answer is shown to people.
enum Show {
    /// An outcome; the text is the command that asked for it.
    Outcome(String),
    /// Something to look at.
    Words(fn(&Value) -> String),
    /// One text of the answer exactly as it is, for files and other programs; what is to be said beside it.
    Raw(&'static str, fn(&Value) -> String),
    /// Nothing but that it was done.
    Done(String),
}

/// What is printed for people.
enum Said {
    Words(String),
    /// Exactly this, and a note beside it.
    Raw(String, String),
}

/// Runs every command but `up` and the toolchain's launcher, which the program itself runs.
pub(crate) async fn run(cli: Cli) -> ExitCode {
    let json = cli.global.json;
    let exit = match answer(&cli).await {
        Ok((answer, _, exit)) if json => output::json(&answer, exit),
        Ok((_, Said::Words(words), exit)) => output::text(&words, exit),
        Ok((_, Said::Raw(text, note), exit)) => {
            note.lines().for_each(say);
            output::raw(&text, exit)
        }
        Err(problem) => output::problem(&problem, json),
    };
    exit.into()
}

/// The answer as JSON and in words, and how the process ends.
async fn answer(cli: &Cli) -> Result<(Value, Said, Exit), Problem> {
    if let Command::Call(what) = &cli.command {
        let reply = call_app(&cli.global.choice(), what).await?;
        let answer = json!({ "candid": reply.candid, "value": reply.value });
        return Ok((answer, Said::Words(reply.candid), Exit::Done));
    }
    let request = request(&cli.command, cli.global.json)?;
    let answer = ask(&cli.global.choice(), &request).await?;
    judge(request, answer)
}

/// What a command asks of the node.
fn request(command: &Command, json: bool) -> Result<Request, Problem> {
    let look = |verb, app: &App, words| Ok(Request { verb, arg: json!({ "app": app.app }), show: Show::Words(words) });
    let act = |verb, app: &App, done: &str| {
        Ok(Request { verb, arg: json!({ "app": app.app }), show: Show::Done(format!("{} {done}", app.app)) })
    };
    match command {
        Command::Status => Ok(Request { verb: "status", arg: json!({}), show: Show::Words(words::status) }),
        Command::Link => Ok(Request { verb: "link", arg: json!({}), show: Show::Words(link) }),
        Command::List => Ok(Request { verb: "list", arg: json!({}), show: Show::Words(words::apps) }),
        Command::New(new) => Ok(write(new)),
        Command::Change(change) => Ok(amend(change)),
        Command::Restore(restore) => Ok(bring_back(restore)),
        Command::Erase(erase) => Ok(wipe(erase)),
        Command::Check(check) => judge_tree(check),
        Command::Deploy(deploy) => put_live(deploy),
        Command::Data(data) => Ok(look_at_data(data, json)),
        Command::Look(look) => Ok(look_through(look)),
        Command::Rename(rename) => Ok(name_anew(rename)),
        Command::Show(app) => look("show", app, words::show),
        Command::History(app) => look("history", app, words::history),
        Command::Access(app) => look("access", app, words::access),
        Command::Logs(app) => look("logs", app, words::logs),
        Command::Freeze(app) => act("freeze", app, "can be read but not changed until `autograph thaw`"),
        Command::Thaw(app) => act("thaw", app, "goes on"),
        Command::Delete(app) => act("delete", app, "is deleted"),
        Command::Export(_) => Err(not_yet("export")),
        Command::Import(_) => Err(not_yet("import")),
        Command::Mcp => Err(not_yet("mcp")),
        Command::Network(_) => Err(not_yet("network")),
        Command::Up(_) | Command::ToolchainJail(_) | Command::Call(_) => {
            Err(Problem::failed("this command does not ask a node", "report this"))
        }
    }
}

fn write(new: &New) -> Request {
    let mut arg = json!({ "text": new.text });
    put(&mut arg, "name", new.name.as_deref());
    Request { verb: "new", arg, show: Show::Outcome(String::new()) }
}

fn amend(change: &Change) -> Request {
    let mut arg = json!({ "app": change.app, "text": change.text });
    put(&mut arg, "approve", change.approve.as_deref());
    put(&mut arg, "show", change.show.then_some("always"));
    let again = format!("autograph change {} {}", quoted(&change.app), quoted(&change.text));
    Request { verb: "change", arg, show: Show::Outcome(again) }
}

fn bring_back(restore: &Restore) -> Request {
    let mut arg = json!({ "app": restore.app, "version": restore.version });
    put(&mut arg, "approve", restore.approve.as_deref());
    put(&mut arg, "show", restore.show.then_some("always"));
    let again = format!("autograph restore {} {}", quoted(&restore.app), restore.version);
    Request { verb: "restore", arg, show: Show::Outcome(again) }
}

fn wipe(erase: &Erase) -> Request {
    let mut arg = json!({ "app": erase.app, "who": erase.who });
    put(&mut arg, "approve", erase.approve.as_deref());
    let again = format!("autograph erase {} {}", quoted(&erase.app), quoted(&erase.who));
    Request { verb: "erase", arg, show: Show::Outcome(again) }
}

fn judge_tree(check: &Check) -> Result<Request, Problem> {
    let (arg, app) = tree_of(&check.dir, check.app.as_deref(), check.touches.as_deref())?;
    let again = format!("autograph deploy {} --app {}", quoted(&check.dir.to_string_lossy()), quoted(&app));
    Ok(Request { verb: "check", arg, show: Show::Outcome(again) })
}

fn put_live(deploy: &Deploy) -> Result<Request, Problem> {
    let (mut arg, app) = tree_of(&deploy.dir, deploy.app.as_deref(), deploy.touches.as_deref())?;
    put(&mut arg, "approve", deploy.approve.as_deref());
    let again = format!("autograph deploy {} --app {}", quoted(&deploy.dir.to_string_lossy()), quoted(&app));
    Ok(Request { verb: "deploy", arg, show: Show::Outcome(again) })
}

/// A source tree as an argument, and the app it is for.
fn tree_of(dir: &std::path::Path, app: Option<&str>, touches: Option<&[String]>) -> Result<(Value, String), Problem> {
    let tree = tree::read(dir)?;
    let app = app.map(str::to_owned).or(tree.name).ok_or_else(|| {
        Problem::usage(format!("{} says no app's name", dir.display()), "say it with --app, or in app.toml")
    })?;
    let mut arg = json!({ "app": app, "files": tree.files });
    if let Some(names) = touches {
        arg["touches"] = json!(names);
    }
    Ok((arg, app))
}

/// People get tables; a program the contract's form, or the CSV as it asked.
fn look_at_data(data: &Data, json: bool) -> Request {
    let (format, show) = match (data.csv, json) {
        (true, _) => ("csv", Show::Raw("csv", tables::csv_note)),
        (false, true) => ("json", Show::Words(words::anything)),
        (false, false) => ("tables", Show::Words(tables::data)),
    };
    let mut arg = json!({ "app": data.app, "offset": data.offset, "format": format });
    if let Some(limit) = data.limit.or((format == "tables").then_some(tables::ROWS)) {
        arg["limit"] = json!(limit);
    }
    put(&mut arg, "where", data.wanted.as_deref());
    put(&mut arg, "variable", data.variable.as_deref());
    Request { verb: "data", arg, show }
}

fn look_through(look: &Look) -> Request {
    let mut arg = json!({ "app": look.app });
    put(&mut arg, "as", look.who.as_deref());
    if let Some(version) = look.version {
        arg["version"] = json!(version);
    }
    Request { verb: "look", arg, show: Show::Words(words::look) }
}

fn name_anew(rename: &Rename) -> Request {
    let arg = json!({ "app": rename.app, "name": rename.name });
    Request { verb: "rename", arg, show: Show::Done(format!("{} is now called {}", rename.app, rename.name)) }
}

fn put(arg: &mut Value, name: &str, value: Option<&str>) {
    if let Some(value) = value {
        arg[name] = json!(value);
    }
}

fn link(answer: &Value) -> String {
    answer["url"].as_str().unwrap_or_default().to_owned()
}

fn not_yet(command: &str) -> Problem {
    Problem::failed(
        format!("`autograph {command}` is not in this version"),
        "it is planned; `autograph help` lists what there is",
    )
}

/// Finds the node and asks it.
async fn ask(choice: &Choice, request: &Request) -> Result<Value, Problem> {
    let target = find(choice)?;
    // Anybody may ask whether a node is well.
    let signer = match (request.verb, discover::owner_key(choice, &target)?) {
        ("status", None) => keys::anonymous(),
        (_, Some(key)) => key,
        (_, None) => discover::need_owner_key(choice, &target)?,
    };
    let teller = Teller::start();
    Client::new(&target, signer)?.ask(request.verb, &request.arg, &mut |progress| teller.tell(progress)).await
}

fn find(choice: &Choice) -> Result<Target, Problem> {
    let target = discover::find(choice, &StateFolder::of_user()?)?;
    target.notes.iter().for_each(|note| say(note));
    Ok(target)
}

/// What an answer means for the exit code.
fn judge(request: Request, answer: Value) -> Result<(Value, Said, Exit), Problem> {
    match request.show {
        Show::Words(words) => {
            let well = request.verb != "status" || answer["ok"] == true;
            let words = words(&answer);
            Ok((answer, Said::Words(words), if well { Exit::Done } else { Exit::Failed }))
        }
        Show::Done(words) => Ok((answer, Said::Words(words), Exit::Done)),
        Show::Raw(part, note) => {
            let said = Said::Raw(answer[part].as_str().unwrap_or_default().to_owned(), note(&answer));
            Ok((answer, said, Exit::Done))
        }
        Show::Outcome(again) => {
            let exit = match answer["outcome"].as_str() {
                Some("live" | "ok") => Exit::Done,
                Some("refused") => Exit::Refused,
                Some("failed") => Exit::Failed,
                _ => {
                    let hint = "is it a node of this program's version?";
                    return Err(Problem::failed("the node's answer says no outcome that is known", hint));
                }
            };
            let words = words::outcome(&answer, &again);
            Ok((answer, Said::Words(words), exit))
        }
    }
}

/// `autograph call`.
async fn call_app(choice: &Choice, what: &Call) -> Result<Reply, Problem> {
    let target = find(choice)?;
    let owner = discover::owner_key(choice, &target)?;
    let caller = match what.caller.as_str() {
        "owner" => discover::need_owner_key(choice, &target)?,
        "anonymous" => keys::anonymous(),
        name => keys::named(&StateFolder::of_user()?, name)?,
    };
    let canister = canister_of(&target, owner, &what.app).await?;
    let client = Client::new(&target, caller)?;
    let what = call::Call { canister, method: &what.method, argument: &what.candid, query: what.query };
    call(&client, target.root_key.clone(), what).await
}

/// The app's backend: the owner asks the node; others learn it as a browser does, from the app's address.
async fn canister_of(target: &Target, owner: Option<Signer>, app: &str) -> Result<Principal, Problem> {
    if let Some(id) = Principal::from_text(app).ok().filter(|_| app.contains('-')) {
        return Ok(id);
    }
    let Some(owner) = owner else {
        return Client::new(target, keys::anonymous())?.backend_of(app).await;
    };
    let shown = Client::new(target, owner)?.ask("show", &json!({ "app": app }), &mut |_| {}).await?;
    let id = shown["canister_id"].as_str().and_then(|text| Principal::from_text(text).ok());
    id.ok_or_else(|| {
        Problem::failed("the node does not say which canister the app is", "is it of this program's version?")
    })
}
