//! Candid -> what a page imports to talk to a backend.

use candid_parser::candid::types::{Type, TypeEnv};
use candid_parser::check_prog;
use candid_parser::syntax::{IDLMergedProg, IDLProg};

/// The bindings of one interface.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bindings {
    /// An ES module that exports `idlFactory` and `init`; it imports nothing.
    pub javascript: String,
    /// Its declarations: one type for each of the interface's, and `_SERVICE`.
    pub typescript: String,
    /// The names of the service's methods, sorted.
    pub methods: Vec<String>,
}

/// Makes the bindings of an interface; the error is the parser's sentence.
pub fn bindings(candid: &str) -> Result<Bindings, String> {
    let program: IDLProg = candid.parse().map_err(sentence)?;
    let mut env = TypeEnv::new();
    let service = check_prog(&mut env, &program).map_err(sentence)?.ok_or("the interface has no service")?;
    let methods = methods(&env, &service)?;
    let service = Some(service);
    Ok(Bindings {
        javascript: candid_parser::bindings::javascript::compile(&env, &service),
        typescript: candid_parser::bindings::typescript::compile(&env, &service, &IDLMergedProg::new(program)),
        methods,
    })
}

fn methods(env: &TypeEnv, service: &Type) -> Result<Vec<String>, String> {
    let methods = env.as_service(service).map_err(sentence)?;
    Ok(methods.iter().map(|(name, _)| name.clone()).collect())
}

fn sentence(error: impl std::fmt::Display) -> String {
    error.to_string()
}

#[cfg(test)]
mod tests {
    use super::bindings;

    #[test]
    fn a_service_gets_both_languages() {
        let made = bindings(
            "type Guest = record { name : text };\nservice : { add : (Guest) -> (nat); all : () -> (vec Guest) query }",
        )
        .unwrap();
        assert!(made.javascript.contains("export const idlFactory"), "{}", made.javascript);
        assert!(made.typescript.contains("export interface Guest"), "{}", made.typescript);
        assert!(!made.javascript.contains("import "), "{}", made.javascript);
        assert_eq!(made.methods, ["add", "all"]);
    }

    #[test]
    fn an_actor_class_is_a_service_too() {
        assert_eq!(bindings("service : (text) -> { f : () -> () }").unwrap().methods, ["f"]);
    }

    #[test]
    fn an_interface_without_a_service_is_refused() {
        assert!(bindings("type A = nat;").unwrap_err().contains("no service"));
        assert!(bindings("service : {").is_err());
    }
}
