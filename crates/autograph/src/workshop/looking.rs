//! Looking at apps: lists, histories, who may what, logs, and the few acts that change no code.

use execution::{
    Damage, Executor,
    registry::{
        App,
        calls::{AppArg, RenameArg},
    },
};
use serde_json::{Value, json};

use super::{Workshop, answer::Problem};

impl Workshop {
    pub(crate) async fn status(&self) -> Result<Value, Problem> {
        // A batch that becomes durable is the proof that the node can write.
        self.node.replica.tick().await?;
        let (apps, damaged) =
            self.node.replica.read(|executor| (executor.state().registry.apps().count(), damaged(executor))).await?;
        let scrub = self.node.replica.scrub_progress();
        Ok(json!({
            "ok": self.node.replica.is_healthy(),
            "version": env!("CARGO_PKG_VERSION"),
            "url": self.origin,
            "height": self.node.replica.durable_height(),
            "apps": apps,
            "damaged": damaged,
            "scrub": { "rounds": scrub.rounds, "canisters": scrub.canisters, "bytes": scrub.bytes },
            "writer": "offline",
            "data": self.node.data.display().to_string(),
            "browser": super::pages::browser().map(|program| program.display().to_string()),
            "confinement": self.toolchain.confinement(),
            "dirty_pages": if self.node.engine.tracks_with_kernel() { "kernel" } else { "compare" },
        }))
    }

    pub(crate) async fn list(&self) -> Result<Value, Problem> {
        let apps = self.node.replica.read(|executor| {
            let registry = &executor.state().registry;
            let status = |app: &App| {
                let canister = executor.state().canisters.get(&app.backend);
                let status = match canister {
                    Some(canister) if canister.damage().is_some() => "damaged",
                    Some(canister) if canister.system.frozen => "frozen",
                    _ => "live",
                };
                let at = registry.version(app.backend, app.version).map_or(app.created_at, |version| version.at);
                (app.clone(), status, at)
            };
            registry.apps().map(status).collect::<Vec<_>>()
        });
        let mut apps = apps.await?;
        apps.sort_by_key(|(_, _, at)| std::cmp::Reverse(*at));
        let apps: Vec<Value> = apps.iter().map(|(app, status, at)| self.app_line(app, status, *at)).collect();
        Ok(json!({ "apps": apps }))
    }

    fn app_line(&self, app: &App, status: &str, at: u64) -> Value {
        json!({
            "app": app.name,
            "title": app.title,
            "url": self.app_url(&app.name),
            "canister_id": app.backend.to_text(),
            "version": app.version,
            "status": status,
            "updated_at": iso(at),
            "watch": self.watched(app),
        })
    }

    pub(crate) async fn show(&self, label: &str) -> Result<Value, Problem> {
        let app = self.app(label).await?;
        let tree = self.live_tree(&app).await?;
        let spec: Value = tree
            .as_ref()
            .and_then(|tree| tree.0.get("spec.json"))
            .and_then(|bytes| serde_json::from_slice(bytes).ok())
            .unwrap_or(Value::Null);
        let description = serde_json::from_value(spec.clone()).map(|spec| writer::describe(&spec)).unwrap_or_default();
        let backend = app.backend;
        let damage = self
            .node
            .replica
            .read(move |executor| executor.state().canisters.get(&backend).and_then(|canister| canister.damage()));
        let files: Vec<&String> = tree.iter().flat_map(|tree| tree.0.keys()).collect();
        Ok(json!({
            "app": app.name,
            "title": app.title,
            "url": self.app_url(&app.name),
            "canister_id": app.backend.to_text(),
            "assets_canister_id": app.assets.to_text(),
            "version": app.version,
            "damage": damage.await?,
            "watch": self.watched(&app),
            "spec": spec,
            "description": description,
            "files": files,
        }))
    }

    pub(crate) async fn history(&self, label: &str) -> Result<Value, Problem> {
        let app = self.app(label).await?;
        let backend = app.backend;
        let (versions, points) = self
            .node
            .replica
            .read(move |executor| {
                let versions = executor.state().registry.versions(backend).cloned().collect::<Vec<_>>();
                (versions, executor.points_of(backend))
            })
            .await?;
        let (places, names) = (self.places(backend), self.names(backend));
        let versions: Vec<Value> = versions
            .iter()
            .map(|version| {
                let point = points.get(&version.number);
                json!({
                    "version": version.number,
                    "at": iso(version.at),
                    "outcome": "live",
                    "current": version.number == app.version,
                    "message": version.message,
                    "name": names.get(&version.number),
                    "restored_from": version.restored_from,
                    "approved": version.approved,
                    "restore_point": point.is_some(),
                    "own_bytes": point.copied().flatten(),
                    "conversation": places.get(&version.number),
                })
            })
            .collect();
        Ok(json!({ "versions": versions }))
    }

    pub(crate) async fn conversation(&self, label: &str) -> Result<Value, Problem> {
        let app = self.app(label).await?;
        let turns: Vec<Value> = self
            .turns(app.backend)
            .iter()
            .map(|turn| json!({ "at": iso(turn.at), "from": turn.from, "text": turn.text, "outcome": turn.outcome }))
            .collect();
        Ok(json!({ "messages": turns }))
    }

    pub(crate) async fn logs(&self, label: &str) -> Result<Value, Problem> {
        let app = self.app(label).await?;
        let backend = app.backend;
        let entries = self.node.replica.read(move |executor| {
            let canister = executor.state().canisters.get(&backend);
            canister.map(|canister| canister.system.logs.iter().cloned().collect::<Vec<_>>()).unwrap_or_default()
        });
        let entries: Vec<Value> = entries
            .await?
            .iter()
            .map(|entry| {
                json!({ "at": iso(entry.at), "text": entry.text, "level": if entry.trap { "error" } else { "info" } })
            })
            .collect();
        Ok(json!({ "entries": entries }))
    }

    pub(crate) async fn rename(&self, label: &str, name: &str) -> Result<Value, Problem> {
        let app = self.app(label).await?;
        self.registry::<()>("rename_app", (RenameArg { app: app.backend, name: name.into() },)).await?;
        Ok(json!({ "app": name, "url": self.app_url(name) }))
    }

    pub(crate) async fn app_switch(&self, verb: &str, label: &str) -> Result<Value, Problem> {
        let app = self.app(label).await?;
        let method = if verb == "delete" { "delete_app" } else { verb };
        self.registry::<()>(method, (AppArg { app: app.backend },)).await?;
        if verb == "delete" {
            self.looks.end_all_at(app.backend);
            self.ready.forget(app.backend);
            self.pictures.forget(app.backend)?;
            self.forget_names(app.backend)?;
            self.forget_calls(&app);
        }
        Ok(json!({ "app": app.name }))
    }
}

/// What was altered behind the program's back: apps (restore points by their version) and other canisters.
fn damaged(executor: &Executor) -> Vec<Value> {
    let registry = &executor.state().registry;
    let line = |damage: Damage| {
        let app = registry.app(damage.canister).map(|app| app.name.clone());
        json!({
            "app": app,
            "canister": damage.canister.to_text(),
            "version": (damage.point > 0).then_some(damage.point),
            "what": damage.to_string(),
        })
    };
    executor.damage().into_iter().map(line).collect()
}

/// A time in nanoseconds since 1970 as `2026-11-21T05:00:00Z`.
pub(crate) fn iso(ns: u64) -> String {
    let seconds = i64::try_from(ns / 1_000_000_000).unwrap_or(i64::MAX);
    let time = time::OffsetDateTime::from_unix_timestamp(seconds).ok();
    time.and_then(|time| time.format(&time::format_description::well_known::Rfc3339).ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::iso;

    #[test]
    fn times_are_written_as_the_calendar_has_them() {
        assert_eq!(iso(0), "1970-01-01T00:00:00Z");
        assert_eq!(iso(951_782_400_000_000_000), "2000-02-29T00:00:00Z");
        assert_eq!(iso(1_795_219_199_000_000_000), "2026-11-20T23:59:59Z");
    }
}
