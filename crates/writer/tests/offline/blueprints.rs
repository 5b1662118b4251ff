//! Blueprints: what people do in an app brings the rules that such apps live by, whatever the things are called.

use writer::spec::{AppSpec, FieldKind, PageKind, Rule, Scope, VISITOR};

use crate::{changed, field, sees, written};

fn rule(spec: &AppSpec, test: impl Fn(&Rule) -> bool) -> &Rule {
    spec.rules.iter().find(|rule| test(rule)).unwrap_or_else(|| panic!("{:?}", spec.rules))
}

fn page(spec: &AppSpec, kind: PageKind) -> bool {
    spec.pages.iter().any(|page| page.kind == kind)
}

const BOOKING: &str = "{A} booking: three {B} with working hours, {C} with a duration and a price, customers book a free slot and can cancel until 24 hours before.";

fn booking(a: &str, b: &str, c: &str) -> AppSpec {
    written(&BOOKING.replace("{A}", a).replace("{B}", b).replace("{C}", c)).0
}

#[test]
fn bookings_do_not_overlap_and_keep_to_working_hours() {
    let spec = booking("Haircut", "stylists", "services");
    let held = rule(&spec, |rule| matches!(rule, Rule::NoOverlap { .. }));
    let Rule::NoOverlap { entity, per, only_if, .. } = held else { unreachable!("found above") };
    assert_eq!(per.len(), 1, "one customer at a time for each stylist");
    assert!(only_if.is_some(), "a cancelled booking takes no time");
    rule(&spec, |rule| matches!(rule, Rule::Within { .. }));
    rule(&spec, |rule| matches!(rule, Rule::Notice { hours: 24, .. }));
    assert_eq!(sees(&spec, entity, VISITOR), Some(Scope::Own));
    assert!(page(&spec, PageKind::Slots) && page(&spec, PageKind::Calendar));
}

#[test]
fn invented_things_are_booked_in_the_same_way() {
    let names = |spec: &AppSpec| {
        spec.rules
            .iter()
            .map(|rule| format!("{rule:?}").split_once(' ').map(|(kind, _)| kind.to_owned()))
            .collect::<Vec<_>>()
    };
    let (known, other) = (booking("Haircut", "stylists", "services"), booking("Zorb", "flimmers", "glibs"));
    assert_eq!(names(&known), names(&other));
    assert_eq!(known.entities.len(), other.entities.len());
    assert_eq!(known.pages.len(), other.pages.len());
}

#[test]
fn what_is_lent_is_lent_once_and_rated_afterwards() {
    let (spec, understanding) = written(
        "Neighbours lend each other tools. Everyone can list tools with a photo and a description, ask to borrow one for some days, the owner accepts or declines, and afterwards both rate each other from 1 to 5.",
    );
    rule(&spec, |rule| matches!(rule, Rule::NoOverlap { entity, .. } if entity == "loan"));
    let steps = rule(&spec, |rule| matches!(rule, Rule::Steps { entity, .. } if entity == "loan"));
    let Rule::Steps { steps, .. } = steps else { unreachable!("found above") };
    assert!(
        steps
            .iter()
            .filter(|step| step.to == "accepted")
            .all(|step| step.by.iter().all(|who| who.through() == Some("tool")))
    );
    rule(&spec, |rule| matches!(rule, Rule::Needs { entity, own: true, .. } if entity == "rating"));
    rule(&spec, |rule| matches!(rule, Rule::Once { entity, by_member: true, .. } if entity == "rating"));
    assert_eq!(field(&spec, "tool", "photo").kind, FieldKind::Picture);
    let counted = changed(&spec, "Show the most lent tools.").spec;
    assert_eq!(counted.entity("tool").expect("tools").totals[0].of, "loan");
    assert!(understanding.not_understood.is_empty(), "{understanding:?}");
}

#[test]
fn as_many_copies_are_lent_as_there_are() {
    let (spec, _) = written("Our library. Books have a title, an author and copies. Members borrow a book.");
    let held = rule(&spec, |rule| matches!(rule, Rule::Capacity { entity, .. } if entity == "loan"));
    let Rule::Capacity { parent, limit, only_if, .. } = held else { unreachable!("found above") };
    assert_eq!((parent.as_str(), field(&spec, "book", limit).label.as_str()), ("book", "Copies"));
    assert!(only_if.is_some(), "what came back can be lent again");
    assert!(!spec.rules.iter().any(|rule| matches!(rule, Rule::NoOverlap { .. })));
}

#[test]
fn a_survey_has_many_questions_and_one_answer_of_each_person() {
    let (spec, _) = written("A survey for our customers: satisfaction from 1 to 5, favourite colour, comment.");
    rule(
        &spec,
        |rule| matches!(rule, Rule::Once { entity, fields, by_member: true, .. } if entity == "survey" && fields.is_empty()),
    );
    assert_eq!(spec.entity("survey").expect("answers").fields.len(), 3, "nobody is asked for a title");
    assert_eq!(sees(&spec, "survey", VISITOR), Some(Scope::Own));
    assert!(page(&spec, PageKind::Form) && page(&spec, PageKind::Summary));
}

#[test]
fn deals_move_along_their_stages_and_remind() {
    let (spec, _) = written(
        "CRM for our sales team of 12. Companies, contacts, deals with stages lead, qualified, offer, won, lost, an amount and an expected close date, and notes on calls. Sales people see their own deals, the manager sees all. A board by stage and the sum per stage.",
    );
    let Rule::Steps { start, steps, .. } = rule(&spec, |rule| matches!(rule, Rule::Steps { .. })) else {
        unreachable!()
    };
    assert_eq!(start, "lead");
    assert!(steps.iter().any(|step| step.from == "offer" && step.to == "won"));
    assert!(!steps.iter().any(|step| step.from == "lead" && step.to == "won"), "no stage is jumped over");
    assert!(steps.iter().any(|step| step.from == "qualified" && step.to == "lost"));
    let reminded = changed(&spec, "Add a follow-up reminder 7 days after the last note.").spec;
    assert_eq!(reminded.alerts.len(), 1);
    assert_eq!(reminded.alerts[0].entity, "deal");
}

#[test]
fn a_personal_site_shows_what_is_published_and_nothing_else() {
    let (spec, _) = written(
        "A personal website for me, Ana, photographer in Lisbon: an about page, a portfolio of projects with pictures and a year, a blog, and a contact form. Only I can post.",
    );
    let post = spec.entity("post").and_then(|post| post.grant(VISITOR)).expect("visitors read posts");
    assert_eq!((post.read, post.create, post.update), (Some(Scope::All), false, None));
    assert!(post.read_if.is_some(), "drafts are nobody's to read");
    let message = spec.entity("message").and_then(|message| message.grant(VISITOR)).expect("visitors write");
    assert_eq!((message.read, message.create), (None, true));
    rule(&spec, |rule| matches!(rule, Rule::AtMost { entity, hours: Some(24), .. } if entity == "message"));
    assert!(
        [PageKind::Text, PageKind::Gallery, PageKind::Timeline, PageKind::Form]
            .into_iter()
            .all(|kind| page(&spec, kind))
    );
}

#[test]
fn hand_overs_form_a_chain_that_nobody_changes() {
    let (spec, _) = written(
        "I catch tuna. Every catch gets a batch with species, weight in kg, place, date and boat. A batch passes from fisher to cold store to transporter to shop; each hand-over has a temperature, a time and who. Buyers scan a code and see the whole journey. Nobody can change what was written.",
    );
    rule(&spec, |rule| matches!(rule, Rule::Baton { entity, .. } if entity == "handOver"));
    for kept in ["batch", "handOver"] {
        rule(&spec, |rule| matches!(rule, Rule::Fixed { entity, only_if: None, .. } if entity == kept));
        assert_eq!(sees(&spec, kept, VISITOR), Some(Scope::All));
    }
    let warned = changed(&spec, "Warn when the temperature was above -18.").spec;
    assert!(format!("{:?}", warned.alerts).contains("-18000"), "{:?}", warned.alerts);
    let split = changed(&spec, "Split a batch into several, weights must add up.").spec;
    rule(
        &split,
        |rule| matches!(rule, Rule::Capacity { entity, parent, weight: Some(_), .. } if entity == "batch" && parent == "batch"),
    );
}

#[test]
fn a_request_for_help_is_taken_by_one_and_its_phone_shown_to_that_one() {
    let (spec, _) = written(
        "Flood relief for our neighbourhood in Mumbai: people ask for help (what, where, how many people, how urgent), donors offer goods, volunteers take a delivery and mark it picked up and delivered. Most urgent first. Phone numbers only for the volunteer who took it.",
    );
    let phone = field(&spec, "request", "phone");
    assert!(phone.seen_by.iter().any(|who| who.through() == Some("volunteer")), "{:?}", phone.seen_by);
    assert!(!phone.seen_by.iter().any(|who| who.role == VISITOR && who.whose.is_any()));
    let order = &spec.entity("request").expect("requests").order;
    assert!(order[0].descending && field(&spec, "request", &order[0].field).label.contains("urgent"));
    let limited = changed(&spec, "Nobody may take more than three open deliveries.").spec;
    rule(&limited, |rule| matches!(rule, Rule::AtMost { most: 3, only_if: Some(_), .. }));
}

#[test]
fn what_is_no_list_at_heart_is_declined_by_name() {
    let declined =
        writer::write(&writer::Wish { text: "Please build a chess game where players move pieces.", name: None });
    let declined = declined.expect_err("a list called chess is no chess");
    assert!(declined.understanding().not_understood.iter().any(|statement| statement.text.contains("games")));
}

#[test]
fn a_brief_names_what_is_kept_and_how_it_looks() {
    let (spec, _) = written(
        "Please implement a website for a garden club. Users should be able to browse plants, search recipes and view charts. Apply mint cream as the background; style all components with teal.",
    );
    assert!(spec.entity("plant").is_some() && spec.entity("recipe").is_some());
    assert!(page(&spec, PageKind::Summary));
    assert_eq!((spec.theme.background.as_deref(), spec.theme.accent.as_str()), (Some("#f5fffa"), "#0f766e"));
    assert_eq!(sees(&spec, "plant", VISITOR), None, "users are whoever is let in");
}

#[test]
fn an_app_is_translated_without_touching_an_id() {
    let (spec, _) = written(
        "Guests have a name, an email and a phone number. Tables with seats. Tasks with a zorbel and a due date.",
    );
    let done = changed(&spec, "Translate the app into Portuguese.");
    assert_eq!(done.spec.language, "pt");
    let ids = |spec: &AppSpec| {
        spec.entities
            .iter()
            .map(|entity| (entity.id.clone(), entity.fields.iter().map(|field| field.id.clone()).collect::<Vec<_>>()))
            .collect::<Vec<_>>()
    };
    assert_eq!(ids(&done.spec), ids(&spec));
    assert_eq!(done.spec.entity("guest").expect("guests").plural, "Convidados");
    assert_eq!(field(&done.spec, "guest", "name").label, "Nome");
    assert!(
        done.understanding.not_understood.iter().any(|one| one.text.contains("Zorbel")),
        "{:?}",
        done.understanding
    );
}
