//! `app.toml` and `spec.json`: what the platform and the next writer need to know of an app.

use crate::spec::{AppSpec, Role};

/// The app's name, texts and roles.
pub(super) fn app_toml(spec: &AppSpec) -> String {
    let head = format!(
        "# What the platform needs to know of this app.\nname = {}\ntitle = {}\nlanguage = {}\n",
        quoted(&spec.name),
        quoted(&spec.title),
        quoted(&spec.language)
    );
    spec.roles.iter().fold(head, |text, role| text + &role_toml(role))
}

fn role_toml(role: &Role) -> String {
    let inviters: Vec<_> = role.invited_by.iter().map(|id| quoted(id)).collect();
    let (id, label) = (quoted(&role.id), quoted(&role.label));
    format!("\n[[roles]]\nid = {id}\nlabel = {label}\ninvited_by = [{}]\n", inviters.join(", "))
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

/// The spec itself.
pub(super) fn spec_json(spec: &AppSpec) -> String {
    // A spec holds only text, numbers and lists, which always have a JSON form.
    let json = serde_json::to_string_pretty(spec).unwrap_or_default();
    json + "\n"
}
