//! A canister's settings: read from arguments within the interface's bounds, kept, and told.

use candid::{Nat, Principal};
use ic_management_canister_types::{
    CanisterSettings, DefiniteCanisterSettings, EnvironmentVariable, LogVisibility, SnapshotVisibility,
    StatusVisibility, UpdateSettingsArgs,
};
use protocol::hash::{HashValue, hash_of_map};
use state::replicated::{Reject, Settings, SystemState, Visibility, canister::LOG_BYTES_MAX, managed::ChangeDetails};
use std::collections::{BTreeMap, BTreeSet};

use super::{
    super::{Native, NativeCall, decode},
    done, history, invalid,
};
use crate::executor::Executor;

/// Controllers, and viewers of anything (interface spec, "`create_canister`").
const PRINCIPALS_MAX: usize = 10;
/// Environment variables; their number and length are the implementation's choice.
const VARIABLES_MAX: usize = 20;
/// Bytes of a variable's name, and of its value.
const VARIABLE_BYTES_MAX: usize = 128;
/// Bounds of WebAssembly memory settings, bytes.
const WASM_MEMORY_MAX: u128 = 1 << 48;

/// All settings of one canister.
pub(super) struct All {
    controllers: BTreeSet<Principal>,
    environment: BTreeMap<String, String>,
    wasm_memory_limit: u64,
    settings: Settings,
}

impl Executor {
    pub(super) fn update_settings(&mut self, call: &NativeCall<'_>) -> Result<Native, Reject> {
        let arg: UpdateSettingsArgs = decode(call.method, call.arg)?;
        let id = arg.canister_id;
        let canister = self.accessible(id, call)?;
        let given = arg.settings.controllers.is_some();
        let all = All::of(&canister.system).with(arg.settings)?;
        let controllers = all.controllers.clone();
        self.change(id, |system| all.put(system));
        if given {
            self.directory_changed = true;
            let origin = history::origin(call, arg.sender_canister_version);
            self.record(id, origin, ChangeDetails::ControllersChange(controllers));
        }
        done()
    }
}

impl All {
    pub(super) fn of(system: &SystemState) -> All {
        All {
            controllers: system.controllers.clone(),
            environment: system.environment.clone(),
            wasm_memory_limit: system.wasm_memory_limit,
            settings: system.settings.clone(),
        }
    }

    /// These settings with those that are given in place of what was.
    pub(super) fn with(mut self, given: CanisterSettings) -> Result<All, Reject> {
        let now = &mut self.settings;
        if let Some(list) = given.controllers {
            self.controllers = principals("controllers", list)?;
        }
        if let Some(list) = given.environment_variables {
            self.environment = environment(list)?;
        }
        set("compute_allocation", &mut now.compute_allocation, given.compute_allocation, 100)?;
        set("memory_allocation", &mut now.memory_allocation, given.memory_allocation, u64::MAX.into())?;
        set("freezing_threshold", &mut now.freezing_threshold, given.freezing_threshold, u64::MAX.into())?;
        set("reserved_cycles_limit", &mut now.reserved_cycles_limit, given.reserved_cycles_limit, u128::MAX)?;
        set(
            "minimum_incoming_canister_call_cycles",
            &mut now.minimum_incoming_canister_call_cycles,
            given.minimum_incoming_canister_call_cycles,
            u128::MAX,
        )?;
        set("log_memory_limit", &mut now.log_memory_limit, given.log_memory_limit, LOG_BYTES_MAX as u128)?;
        set("wasm_memory_limit", &mut self.wasm_memory_limit, given.wasm_memory_limit, WASM_MEMORY_MAX)?;
        set("wasm_memory_threshold", &mut now.wasm_memory_threshold, given.wasm_memory_threshold, WASM_MEMORY_MAX)?;
        if let Some(visibility) = given.log_visibility {
            now.log_visibility = visibility.read()?;
        }
        if let Some(visibility) = given.snapshot_visibility {
            now.snapshot_visibility = visibility.read()?;
        }
        if let Some(visibility) = given.status_visibility {
            now.status_visibility = visibility.read()?;
        }
        Ok(self)
    }

    pub(super) fn put(self, system: &mut SystemState) {
        system.controllers = self.controllers;
        system.environment = self.environment;
        system.wasm_memory_limit = self.wasm_memory_limit;
        system.settings = self.settings;
        system.trim_logs();
    }
}

/// The settings as `canister_status` tells them.
pub(super) fn told(system: &SystemState) -> DefiniteCanisterSettings {
    let settings = &system.settings;
    let variable = |(name, value): (&String, &String)| EnvironmentVariable { name: name.clone(), value: value.clone() };
    DefiniteCanisterSettings {
        controllers: system.controllers.iter().copied().collect(),
        compute_allocation: Nat::from(settings.compute_allocation),
        memory_allocation: Nat::from(settings.memory_allocation),
        freezing_threshold: Nat::from(settings.freezing_threshold),
        reserved_cycles_limit: Nat::from(settings.reserved_cycles_limit),
        minimum_incoming_canister_call_cycles: Nat::from(settings.minimum_incoming_canister_call_cycles),
        log_visibility: LogVisibility::told(&settings.log_visibility),
        log_memory_limit: Nat::from(settings.log_memory_limit),
        snapshot_visibility: SnapshotVisibility::told(&settings.snapshot_visibility),
        status_visibility: StatusVisibility::told(&settings.status_visibility),
        wasm_memory_limit: Nat::from(system.wasm_memory_limit),
        wasm_memory_threshold: Nat::from(settings.wasm_memory_threshold),
        environment_variables: system.environment.iter().map(variable).collect(),
    }
}

/// A number of an argument, if it is within bounds.
pub(super) fn number(name: &str, given: &Nat, max: u128) -> Result<u128, Reject> {
    match u128::try_from(&given.0) {
        Ok(number) if number <= max => Ok(number),
        _ => invalid(format!("`{name}` must be between 0 and {max}")),
    }
}

fn set<T: TryFrom<u128>>(name: &str, place: &mut T, given: Option<Nat>, max: u128) -> Result<(), Reject> {
    let Some(given) = given else { return Ok(()) };
    match T::try_from(number(name, &given, max)?) {
        Ok(number) => *place = number,
        Err(_) => return invalid(format!("`{name}` must be between 0 and {max}")),
    }
    Ok(())
}

fn principals(name: &str, list: Vec<Principal>) -> Result<BTreeSet<Principal>, Reject> {
    if list.len() > PRINCIPALS_MAX {
        return invalid(format!("`{name}` takes at most {PRINCIPALS_MAX} principals"));
    }
    Ok(list.into_iter().collect())
}

fn environment(list: Vec<EnvironmentVariable>) -> Result<BTreeMap<String, String>, Reject> {
    if list.len() > VARIABLES_MAX {
        return invalid(format!("a canister has at most {VARIABLES_MAX} environment variables"));
    }
    let mut variables = BTreeMap::new();
    for EnvironmentVariable { name, value } in list {
        if name.len().max(value.len()) > VARIABLE_BYTES_MAX {
            return invalid(format!(
                "an environment variable's name and value have at most {VARIABLE_BYTES_MAX} bytes"
            ));
        }
        if variables.contains_key(&name) {
            return invalid(format!("the environment variable `{name}` is given twice"));
        }
        variables.insert(name, value);
    }
    Ok(variables)
}

/// The hash of a canister's environment that its history keeps (interface spec, "Hash of map").
pub(super) fn environment_hash(environment: &BTreeMap<String, String>) -> [u8; 32] {
    let fields: Vec<_> = environment.iter().map(|(name, value)| (name.as_str(), HashValue::Text(value))).collect();
    hash_of_map(&fields)
}

/// The interface has a type for each kind of visibility, all alike.
trait AsVisibility: Sized {
    fn read(self) -> Result<Visibility, Reject>;
    fn told(visibility: &Visibility) -> Self;
}

macro_rules! as_visibility {
    ($($type:ident)*) => {$(
        impl AsVisibility for $type {
            fn read(self) -> Result<Visibility, Reject> {
                Ok(match self {
                    $type::Controllers => Visibility::Controllers,
                    $type::Public => Visibility::Public,
                    $type::AllowedViewers(list) => Visibility::AllowedViewers(principals("allowed_viewers", list)?),
                })
            }

            fn told(visibility: &Visibility) -> $type {
                match visibility {
                    Visibility::Controllers => $type::Controllers,
                    Visibility::Public => $type::Public,
                    Visibility::AllowedViewers(viewers) => $type::AllowedViewers(viewers.iter().copied().collect()),
                }
            }
        }
    )*};
}

as_visibility!(LogVisibility SnapshotVisibility StatusVisibility);
