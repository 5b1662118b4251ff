use super::*;

fn kept(text: &str) -> String {
    let signature = Signature::parse(text).unwrap();
    let fields = signature.kept.iter().map(|f| format!("{}:{}", f.name, shown(&f.ty).unwrap()));
    fields.collect::<Vec<_>>().join(" ")
}

#[test]
fn reads_each_form_of_type() {
    let types = [
        ("Nat", "Nat"),
        ("??Nat", "??Nat"),
        ("[var (Nat, ?Text)]", "[(Nat,?Text,)]"),
        ("{var a : Nat; b : ()}", "{a:Nat;b:();}"),
        ("{#a; #b : {x : Nat}}", "{#a();#b{x:Nat;};}"),
        ("{#}", "{}"),
        ("(old : Nat, size : M.X<Nat, Text>)", "(Nat,M.X<Nat,Text,>,)"),
        ("(one : Nat)", "Nat"),
        ("shared query Nat -> async Text", "shared query Nat -> async Text"),
        ("actor {foo : shared Nat__12 -> async ()}", "actor { foo : shared Nat -> async ( ) }"),
        ("<T>(T, Nat) -> T", "< T > ( T , Nat ) -> T"),
    ];
    for (ty, expected) in types {
        assert_eq!(kept(&format!("actor {{ stable x : {ty} }};")), format!("x:{expected}"), "{ty}");
    }
}

#[test]
fn reads_each_header() {
    assert_eq!(kept("// Version: 1.0.0\nactor {\n\n};\n"), "");
    let signature = Signature::parse(
        "// Version: 3.0.0\nactor ({ stable var extra : Text; in var next : Nat }, { stable var extra : Text });",
    )
    .unwrap();
    assert_eq!(signature.kept.iter().map(|f| f.name.as_str()).collect::<Vec<_>>(), ["extra"]);
    assert_eq!(signature.converted.iter().map(|f| f.name.as_str()).collect::<Vec<_>>(), ["next"]);
    let signature = Signature::parse(
        "{ \"1_Init\" : {} -> {var a : Nat}; \"2_Two\" : (old : {var a : Nat}) -> {var a : Int} }\nactor  { stable var a : Int };",
    )
    .unwrap();
    assert_eq!(signature.steps, [("1_Init".to_owned(), vec![]), ("2_Two".into(), vec!["a".to_owned()])]);
}

#[test]
fn resolves_parameters_and_aliases() {
    let text = "type A<T> = B<T>; type B<T> = {x : ?T; next : ?B<T>}; actor { stable a : A<Text> };";
    let signature = Signature::parse(text).unwrap();
    let ty = signature.resolve(&signature.kept[0].ty).unwrap();
    assert_eq!(shown(&ty).unwrap(), "{next:?B<Text,>;x:?Text;}");
}

#[test]
fn refuses_what_is_no_signature() {
    for text in [
        "",
        "actor",
        "actor {",
        "actor { stable x }",
        "type = Nat; actor {}",
        "actor {} rest",
        "actor { stable x : \"a }",
        "\u{0}",
        "actor { stable x : [Nat };",
        "actor ({}, {};",
    ] {
        assert!(Signature::parse(text).is_err(), "{text}");
    }
}

#[test]
fn refuses_what_is_too_deep_or_never_ends() {
    for open in ["?", "[", "(Nat, ", "{a : ", "X<", "Nat -> ", "{#a : "] {
        let text = format!("actor {{ stable x : {} }}", open.repeat(100_000));
        assert!(matches!(Signature::parse(&text), Err(MostError::TooLarge(_))), "{open}");
    }
    let circle = Signature::parse("type A = B; type B = A; actor { stable x : A };").unwrap();
    assert!(matches!(circle.resolve(&circle.kept[0].ty), Err(MostError::TooLarge(_))));
    let unbound = Signature::parse("actor { stable x : Guest__12 };").unwrap();
    assert_eq!(unbound.resolve(&unbound.kept[0].ty), Err(MostError::Unbound("Guest__12".into())));
}
