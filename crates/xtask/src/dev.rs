//! `dev`: the server behind `trunk serve`, which builds the console anew on each change and has the page reload.

use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;

use crate::console::{Serving, TrunkToml, trunk};
use crate::repo::Repo;
use crate::run::{Failure, Result, line, program};
use crate::{serve, setup};

/// What `Trunk.toml` says, and so is no option here.
const FIXED: [&str; 2] = ["--listen", "--public-url"];

/// Runs a command that ends when standard input is closed: also when this program was killed, and could not end it.
const SUPERVISED: &str = r#"exec 3<&0
"$@" 3<&- </dev/null &
child=$!
{ cat <&3; kill "$child"; } >/dev/null 2>&1 &
wait "$child""#;

pub(crate) fn dev(repo: &Repo, options: &[String]) -> Result {
    let Serving { address, backend } = TrunkToml::read(repo)?.serving()?;
    if let Some(option) = options.iter().find(|option| FIXED.iter().any(|fixed| option.starts_with(fixed))) {
        return Err(Failure::new(format!("{option}: with `dev`, Trunk.toml says who listens where")));
    }
    let trunk = setup::console(repo)?;
    serve::build_server(repo)?;
    trunk.finish()?;
    let url = format!("http://{address}");
    let mut server = program(repo, repo.server("debug"), &["serve", "--listen", &backend, "--public-url", &url])?;
    server.args(options);
    let mut trunk = trunk::command(repo)?;
    trunk.arg("serve");
    println!("dev: the console will be at {url}");
    until_one_ends([server, trunk])
}

/// Runs all, and ends them when the first ends.
fn until_one_ends(commands: [Command; 2]) -> Result {
    let (ended, first) = mpsc::channel();
    let mut inputs = Vec::new();
    for command in &commands {
        let mut child = supervised(command)?;
        inputs.push(child.stdin.take());
        let (ended, name) = (ended.clone(), line(command));
        thread::spawn(move || {
            let status = child.wait().map_or_else(|error| error.to_string(), |status| status.to_string());
            // Nobody hears of the second one.
            let _unheard = ended.send(format!("`{name}` ended with {status}"));
        });
    }
    let message = first.recv().map_err(|error| Failure::new(error.to_string()))?;
    Err(Failure::new(message))
}

fn supervised(command: &Command) -> Result<Child> {
    let mut shell = Command::new("sh");
    shell.args(["-c", SUPERVISED, "sh"]).arg(command.get_program()).args(command.get_args()).stdin(Stdio::piped());
    if let Some(folder) = command.get_current_dir() {
        shell.current_dir(folder);
    }
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => shell.env(name, value),
            None => shell.env_remove(name),
        };
    }
    shell.spawn().map_err(|error| Failure::new(format!("{}: {error}", line(command))))
}
