//! The command line: what can be typed, and what comes back.
//!
//! With `--json` exactly one JSON object on one line goes to standard output, for errors too; words for people go to
//! standard error. Exit codes: 0 done, 1 the node failed or the writer declined, 2 wrong usage or input, 3 refused by
//! the gate. Invariant: no command here reads standard input.

mod output;
mod progress;
mod run;
mod tables;
mod tree;
mod words;

use std::{
    ffi::OsString,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{Args, CommandFactory as _, FromArgMatches as _, Parser, Subcommand, error::ErrorKind};
use serde_json::json;

use crate::client::{Exit, Problem, discover::Choice};

pub(crate) use self::run::run;

/// Say what you want; an app is written, checked, put live and kept running.
#[derive(Clone, Debug, Parser)]
#[command(name = "autograph", version, max_term_width = 100)]
pub(crate) struct Cli {
    /// What counts for every command.
    #[command(flatten)]
    pub(crate) global: Global,
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Flags of every command.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Global {
    /// Print exactly one JSON object on standard output
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// The node's address; otherwise the newest running node of this user
    #[arg(long, global = true, value_name = "URL", env = "AUTOGRAPH_NODE", hide_env_values = true)]
    pub(crate) node: Option<String>,
    /// The node's data folder, which has the owner's key
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// The owner's key file (Ed25519, PEM)
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) key: Option<PathBuf>,
}

impl Global {
    /// What was said about node and key.
    pub(crate) fn choice(&self) -> Choice {
        Choice { node: self.node.clone(), data: self.data.clone(), key: self.key.clone() }
    }
}

/// The commands.
#[derive(Clone, Debug, Subcommand)]
pub(crate) enum Command {
    /// Run a node in the foreground: studio, gateway and interface
    Up(Up),
    /// Ask whether the node can serve and write
    Status,
    /// Print a new one-time link to the studio
    Link,
    /// Write an app and put it live
    New(New),
    /// Change an app
    Change(Change),
    /// List the apps
    List,
    /// Show an app
    Show(App),
    /// Show an app's versions
    History(App),
    /// Show who may do what in an app
    Access(App),
    /// Show an app's data
    Data(Data),
    /// Open an app as somebody else, or as it was, without touching it
    Look(Look),
    /// Show what an app logged
    Logs(App),
    /// Give an app another name
    Rename(Rename),
    /// Let an app be read but not changed until it is thawed
    Freeze(App),
    /// Let a frozen app go on
    Thaw(App),
    /// Delete an app with all its data
    Delete(App),
    /// Bring a version back, with its data, as a new one
    Restore(Restore),
    /// Erase a person's data for good: rows, membership, restore points, history
    Erase(Erase),
    /// Write an app with its data and history into one file
    Export(Export),
    /// Make an app from an exported file
    Import(Import),
    /// Judge a source tree without putting it live
    Check(Check),
    /// Judge a source tree and put it live
    Deploy(Deploy),
    /// Call a method of an app
    Call(Call),
    /// Serve the Model Context Protocol over standard input and output
    Mcp,
    /// Make and look after a network of several nodes
    Network(Network),
    /// Runs a worker of the toolchain with nothing but its own files.
    #[command(name = "__toolchain-jail", hide = true)]
    ToolchainJail(ToolchainJail),
}

/// `autograph up`. The data folder is `--data`.
#[derive(Args, Clone, Debug)]
pub(crate) struct Up {
    /// Address and port
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:4943")]
    pub(crate) listen: SocketAddr,
    /// Who may create canisters and cycles from nothing [default: anyone if only this machine can connect, else owner]
    #[arg(long, value_name = "WHO")]
    pub(crate) provisional: Option<OpenTo>,
}

/// Whom the methods `provisional_*` of the management canister are open to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum OpenTo {
    /// Whoever reaches the node
    Anyone,
    /// The node's owner
    Owner,
}

impl Up {
    /// Whom they are open to: tools that deploy to a local network expect that they may, strangers must not.
    pub(crate) fn open_to(&self) -> OpenTo {
        let usual = if self.listen.ip().is_loopback() { OpenTo::Anyone } else { OpenTo::Owner };
        self.provisional.unwrap_or(usual)
    }
}

/// An app by name or canister id.
#[derive(Args, Clone, Debug)]
pub(crate) struct App {
    /// Name or canister id
    pub(crate) app: String,
}

/// `autograph new`.
#[derive(Args, Clone, Debug)]
pub(crate) struct New {
    /// What you want, in your own words
    pub(crate) text: String,
    /// The app's name, which becomes part of its address
    #[arg(long)]
    pub(crate) name: Option<String>,
}

/// `autograph change`.
#[derive(Args, Clone, Debug)]
pub(crate) struct Change {
    /// Name or canister id
    pub(crate) app: String,
    /// What should be different, in your own words
    pub(crate) text: String,
    /// The token that a refusal gave, or what was shown with --show
    #[arg(long, value_name = "TOKEN")]
    pub(crate) approve: Option<String>,
    /// Build and check it, and say what it would do; it goes live with --approve
    #[arg(long)]
    pub(crate) show: bool,
}

/// `autograph data`.
#[derive(Args, Clone, Debug)]
pub(crate) struct Data {
    /// Name or canister id
    pub(crate) app: String,
    /// The most entries to show of each collection
    #[arg(long, value_name = "COUNT")]
    pub(crate) limit: Option<u64>,
    /// Entries of each collection to pass over first
    #[arg(long, value_name = "COUNT", default_value_t = 0, hide_default_value = true)]
    pub(crate) offset: u64,
    /// Only entries with these words and fields, as in 'bread pieces>2 state=open at<2026-05-01'
    #[arg(long = "where", value_name = "TEXT")]
    pub(crate) wanted: Option<String>,
    /// Only this variable, or this table within one
    #[arg(long, value_name = "NAME")]
    pub(crate) variable: Option<String>,
    /// Print one table as CSV (UTF-8); texts that begin like a formula get an apostrophe in front
    #[arg(long)]
    pub(crate) csv: bool,
}

/// `autograph look`.
#[derive(Args, Clone, Debug)]
#[group(skip)]
pub(crate) struct Look {
    /// Name or canister id
    pub(crate) app: String,
    /// As whom: owner, stranger, anonymous, a role, or a member by name
    #[arg(long = "as", value_name = "WHO", required_unless_present = "version")]
    pub(crate) who: Option<String>,
    /// The version to look at, as `autograph history` numbers it; nothing can be changed there
    #[arg(long, value_name = "VERSION", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) version: Option<u64>,
}

/// `autograph rename`.
#[derive(Args, Clone, Debug)]
pub(crate) struct Rename {
    /// Name or canister id
    pub(crate) app: String,
    /// The new name
    pub(crate) name: String,
}

/// `autograph restore`.
#[derive(Args, Clone, Debug)]
pub(crate) struct Restore {
    /// Name or canister id
    pub(crate) app: String,
    /// The version to bring back, as `autograph history` numbers it
    #[arg(value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) version: u64,
    /// The token that a refusal gave, or what was shown with --show
    #[arg(long, value_name = "TOKEN")]
    pub(crate) approve: Option<String>,
    /// Say what would come back and what would be set aside; it is done with --approve
    #[arg(long)]
    pub(crate) show: bool,
}

/// `autograph erase`.
#[derive(Args, Clone, Debug)]
pub(crate) struct Erase {
    /// Name or canister id
    pub(crate) app: String,
    /// A member's id or name, or a value exactly as rows hold it (a telephone number, an address)
    pub(crate) who: String,
    /// The token that the question gave
    #[arg(long, value_name = "TOKEN")]
    pub(crate) approve: Option<String>,
}

/// `autograph export`.
#[derive(Args, Clone, Debug)]
pub(crate) struct Export {
    /// Name or canister id
    pub(crate) app: String,
    /// The file to write
    pub(crate) file: PathBuf,
}

/// `autograph import`.
#[derive(Args, Clone, Debug)]
pub(crate) struct Import {
    /// An exported file
    pub(crate) file: PathBuf,
}

/// `autograph check`.
#[derive(Args, Clone, Debug)]
pub(crate) struct Check {
    /// The source tree
    pub(crate) dir: PathBuf,
    /// The app it is meant for; otherwise what app.toml or the folder says
    #[arg(long)]
    pub(crate) app: Option<String>,
    /// What the change means to touch, as in orders,"list orders"; the gate asks about whatever else changes
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub(crate) touches: Option<Vec<String>>,
}

/// `autograph deploy`.
#[derive(Args, Clone, Debug)]
pub(crate) struct Deploy {
    /// The source tree
    pub(crate) dir: PathBuf,
    /// The app it is meant for; otherwise what app.toml or the folder says
    #[arg(long)]
    pub(crate) app: Option<String>,
    /// The token that a refusal gave
    #[arg(long, value_name = "TOKEN")]
    pub(crate) approve: Option<String>,
    /// What the change means to touch, as in orders,"list orders"; the gate asks about whatever else changes
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub(crate) touches: Option<Vec<String>>,
}

/// `autograph call`.
#[derive(Args, Clone, Debug)]
pub(crate) struct Call {
    /// Name or canister id
    pub(crate) app: String,
    /// The method
    pub(crate) method: String,
    /// Its arguments as Candid text, as in '("Anna", 3)'
    #[arg(default_value = "", hide_default_value = true)]
    pub(crate) candid: String,
    /// Ask without changing anything, whatever the method is declared as
    #[arg(long)]
    pub(crate) query: bool,
    /// Who calls: owner, anonymous, or any name, which is a key made on first use
    #[arg(long = "as", value_name = "NAME", default_value = "owner")]
    pub(crate) caller: String,
}

/// `autograph network`.
#[derive(Args, Clone, Debug)]
pub(crate) struct Network {
    /// As in `network demo --nodes 4`
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "COMMAND")]
    pub(crate) args: Vec<OsString>,
}

/// The hidden launcher of the toolchain's workers.
#[derive(Args, Clone, Debug)]
pub(crate) struct ToolchainJail {
    /// The worker's command line.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    pub(crate) args: Vec<OsString>,
}

impl Cli {
    /// Reads this process's arguments; on wrong usage or a wish for help it has said so, and gives the exit code.
    pub(crate) fn from_process() -> Result<Cli, ExitCode> {
        let args: Vec<OsString> = std::env::args_os().collect();
        Cli::from_args(&args).map_err(|error| said(&error, wants_json(&args)))
    }

    fn from_args(args: &[OsString]) -> Result<Cli, clap::Error> {
        let matches = Cli::command().try_get_matches_from(args)?;
        Cli::from_arg_matches(&matches)
    }

    /// The data folder of `up`: `--data`, or `$XDG_DATA_HOME/autograph`, or `~/.local/share/autograph`.
    pub(crate) fn data_folder(&self) -> Result<PathBuf, Problem> {
        let absolute = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
        let usual = || absolute("XDG_DATA_HOME").or_else(|| absolute("HOME").map(|home| home.join(".local/share")));
        let folder = self.global.data.clone().or_else(|| usual().map(|base| base.join(Path::new("autograph"))));
        folder.ok_or_else(|| Problem::usage("can't tell where to keep the data", "name a folder with --data DIR"))
    }

    /// Ends a command that did not work: says it as the flags want, and gives the exit code.
    pub(crate) fn failed(&self, problem: &Problem) -> ExitCode {
        output::problem(problem, self.global.json).into()
    }
}

/// Whether the person asked for JSON, although the rest could not be understood.
fn wants_json(args: &[OsString]) -> bool {
    args.iter().skip(1).take_while(|arg| *arg != "--").any(|arg| arg == "--json")
}

/// Help and version are no errors; everything else here is wrong usage.
fn said(error: &clap::Error, json: bool) -> ExitCode {
    let text = error.render().to_string();
    match (error.kind(), json) {
        (ErrorKind::DisplayHelp | ErrorKind::DisplayVersion, false) => output::text(&text, Exit::Done),
        (ErrorKind::DisplayHelp, true) => output::json(&json!({ "help": text }), Exit::Done),
        (ErrorKind::DisplayVersion, true) => output::json(&json!({ "version": env!("CARGO_PKG_VERSION") }), Exit::Done),
        _ => output::problem(&usage_problem(&text), json),
    }
    .into()
}

/// Clap's words as one sentence and one next step.
fn usage_problem(text: &str) -> Problem {
    let first = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or("wrong usage");
    let message = first.strip_prefix("error: ").unwrap_or(first);
    let details = text.lines().skip(1).map(str::trim).take_while(|line| !line.starts_with("Usage:"));
    let details: Vec<&str> = details.filter(|line| !line.is_empty()).collect();
    let usage = text.lines().find_map(|line| line.trim().strip_prefix("Usage: "));
    let mut message = message.to_owned();
    let tip = details.iter().find_map(|line| line.strip_prefix("tip: "));
    let names: Vec<&str> = details.iter().filter(|line| !line.starts_with("tip: ")).copied().collect();
    if message.ends_with(':') && !names.is_empty() {
        message = format!("{message} {}", names.join(", "));
    }
    let hint = match (tip, usage) {
        (Some(tip), _) => tip.to_owned(),
        (None, Some(usage)) => format!("write it as: {usage}"),
        (None, None) => "`autograph help` lists what there is".to_owned(),
    };
    if text.trim_start().starts_with("error:") { Problem::usage(message, hint) } else { no_command() }
}

fn no_command() -> Problem {
    Problem::usage("no command was given", "`autograph help` lists what there is; `autograph up` starts a node")
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that panics has failed")]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Cli, clap::Error> {
        let args: Vec<OsString> = line.split('|').map(OsString::from).collect();
        Cli::from_args(&args)
    }

    fn wrong(line: &str) -> Problem {
        usage_problem(&parse(line).unwrap_err().render().to_string())
    }

    #[test]
    fn the_definitions_hold_together() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_command_of_the_contract_is_understood() {
        let lines = [
            "autograph|up|--data|d|--listen|127.0.0.1:0",
            "autograph|up|--provisional|owner",
            "autograph|status",
            "autograph|link",
            "autograph|new|a shop|--name|shop",
            "autograph|change|shop|add prices|--approve|t",
            "autograph|change|shop|add prices|--show",
            "autograph|list",
            "autograph|show|shop",
            "autograph|history|shop",
            "autograph|access|shop",
            "autograph|data|shop|--limit|10",
            "autograph|data|shop|--where|pieces>2|--variable|orders|--offset|5|--csv",
            "autograph|logs|shop",
            "autograph|rename|shop|store",
            "autograph|freeze|shop",
            "autograph|thaw|shop",
            "autograph|delete|shop",
            "autograph|restore|shop|2|--approve|t|--show",
            "autograph|export|shop|f",
            "autograph|import|f",
            "autograph|check|d|--app|shop",
            "autograph|deploy|d|--app|shop|--approve|t|--touches|orders,list orders",
            "autograph|call|shop|add|(1)|--query|--as|alice",
            "autograph|mcp",
            "autograph|network|demo|--nodes|4|--data|d",
            "autograph|__toolchain-jail|node|--x|y",
        ];
        for line in lines {
            let cli = parse(line).unwrap_or_else(|error| panic!("{line}: {error}"));
            assert!(!cli.global.json, "{line}");
            let flags = format!("autograph|--json|--node|http://n|--key|k|{}", line.split_once('|').unwrap().1);
            let cli = parse(&flags).unwrap_or_else(|error| panic!("{flags}: {error}"));
            assert_eq!((cli.global.json, cli.global.node.as_deref()), (true, Some("http://n")), "{flags}");
        }
    }

    #[test]
    fn flags_may_stand_behind_the_command() {
        let cli = parse("autograph|list|--json|--data|/d").unwrap();
        assert_eq!((cli.global.json, cli.data_folder().unwrap()), (true, "/d".into()));
    }

    #[test]
    fn canisters_come_from_nothing_for_anyone_only_where_strangers_can_not_connect() {
        let open_to = |line: &str| {
            let Command::Up(up) = parse(line).unwrap().command else { panic!("up") };
            up.open_to()
        };
        assert_eq!(open_to("autograph|up"), OpenTo::Anyone);
        assert_eq!(open_to("autograph|up|--listen|[::1]:1"), OpenTo::Anyone);
        assert_eq!(open_to("autograph|up|--listen|0.0.0.0:1"), OpenTo::Owner);
        assert_eq!(open_to("autograph|up|--listen|[::]:1|--provisional|anyone"), OpenTo::Anyone);
        assert_eq!(open_to("autograph|up|--provisional|owner"), OpenTo::Owner);
    }

    #[test]
    fn a_call_defaults_to_the_owner_without_an_argument() {
        let Command::Call(call) = parse("autograph|call|shop|all").unwrap().command else { panic!("a call") };
        assert_eq!((call.candid.as_str(), call.caller.as_str(), call.query), ("", "owner", false));
    }

    #[test]
    fn wrong_usage_is_one_sentence_and_a_next_step() {
        assert!(wrong("autograph|new").message.contains("<TEXT>"), "{:?}", wrong("autograph|new"));
        assert!(wrong("autograph|nwe|x").message.contains("nwe"), "{:?}", wrong("autograph|nwe|x"));
        assert!(wrong("autograph|statu").hint.contains("status"), "{:?}", wrong("autograph|statu"));
        assert!(wrong("autograph|restore|a|0").message.contains('0'));
        assert!(wrong("autograph|restore|a|two").message.contains("two"));
        assert!(wrong("autograph|list|extra").hint.starts_with("write it as: autograph list"));
        assert!(wrong("autograph|up|--listen|x").message.contains("--listen"));
        assert!(wrong("autograph").message.contains("no command"), "{:?}", wrong("autograph"));
        for line in ["autograph", "autograph|new", "autograph|--node"] {
            assert!(!wrong(line).message.contains('\n') && !wrong(line).hint.contains('\n'));
            assert_eq!(wrong(line).exit, Exit::Usage);
        }
    }

    #[test]
    fn json_is_seen_even_where_nothing_else_is() {
        let args = |line: &str| line.split('|').map(OsString::from).collect::<Vec<_>>();
        assert!(wants_json(&args("autograph|--nonsense|--json")));
        assert!(!wants_json(&args("autograph|new|--|--json")));
    }
}
