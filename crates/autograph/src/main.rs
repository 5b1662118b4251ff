//! The program: one binary for the node, its command line and the launcher of the toolchain's jail.

mod adapter;
mod browser;
mod cli;
mod client;
mod files;
mod node;
mod recorder;
mod up;
mod watch;
mod workshop;

use std::process::ExitCode;

use cli::{Cli, Command};

fn main() -> ExitCode {
    let cli = match Cli::from_process() {
        Ok(cli) => cli,
        Err(code) => return code,
    };
    if let Command::ToolchainJail(jail) = &cli.command {
        toolchain::jail_main(jail.args.clone().into_iter());
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("autograph: this machine has no threads to spare: {error}");
            return ExitCode::FAILURE;
        }
    };
    let code = runtime.block_on(run(cli));
    // What still waits for a peer is not waited for.
    runtime.shutdown_background();
    code
}

async fn run(cli: Cli) -> ExitCode {
    let Command::Up(arguments) = &cli.command else { return cli::run(cli).await };
    start_log();
    end_with_any_thread();
    let data = match cli.data_folder() {
        Ok(data) => data,
        Err(problem) => return cli.failed(&problem),
    };
    match up::up(&data, arguments.listen, arguments.open_to()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let causes: Vec<String> = error.chain().map(ToString::to_string).collect();
            cli.failed(&client::Problem::failed(causes.join(": "), "nothing was lost; mend this and start it again"))
        }
    }
}

fn start_log() {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "warn".into());
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
}

/// A node whose executor, log or fold thread is gone must not go on as if it were whole: recovery is the way back.
fn end_with_any_thread() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        usual(panic);
        let vital = ["executor", "log", "fold"];
        if std::thread::current().name().is_some_and(|name| vital.contains(&name)) {
            eprintln!("autograph: a vital thread failed, so the node stops; start it again to recover");
            std::process::exit(1);
        }
    }));
}
