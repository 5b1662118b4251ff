//! Blueprints: what people do in an app brings the rules that such apps live by, whatever the things are called.

use writer::spec::{AppSpec, Days, FieldKind, Hours, PageKind, Rule, Scope, VISITOR};

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

/// The week and the closed days of what is booked.
fn opening(spec: &AppSpec) -> (Vec<Hours>, Vec<Days>) {
    match rule(spec, |rule| matches!(rule, Rule::Open { .. })) {
        Rule::Open { week, closed, .. } => (week.clone(), closed.clone()),
        _ => unreachable!("found above"),
    }
}

fn hours(days: &[u8], opens: &str, closes: &str) -> Hours {
    Hours { days: days.to_vec(), opens: Some(opens.into()), closes: Some(closes.into()) }
}

#[test]
fn bookings_are_taken_only_while_it_is_open() {
    let christmas = [Days { first: "12-24".into(), last: "12-26".into() }];
    for (text, sundays, back, nothing) in [
        (
            "Haircut booking: three stylists, services with a duration, customers book a free slot. We are open Tuesday to Saturday from 9 to 18 and closed from 24 to 26 December.",
            "We are also closed on Saturdays.",
            "We are open on Mondays from 10 to 14 too.",
            "We are closed every day.",
        ),
        (
            "Friseurtermine: drei Friseure, Leistungen mit einer Dauer, Kunden buchen einen freien Termin. Geöffnet Dienstag bis Samstag von 9 bis 18 Uhr, vom 24. bis 26. Dezember geschlossen.",
            "Samstags ist auch geschlossen.",
            "Montags haben wir auch von 10 bis 14 Uhr offen.",
            "Wir haben jeden Tag geschlossen.",
        ),
    ] {
        let (spec, understanding) = written(text);
        assert_eq!(opening(&spec), (vec![hours(&[2, 3, 4, 5, 6], "09:00", "18:00")], christmas.to_vec()), "{text}");
        assert!(understanding.not_understood.is_empty(), "{:?}", understanding.not_understood);
        assert!(understanding.understood.iter().any(|one| one.text.contains("09:00–18:00")), "{understanding:?}");
        let spec = changed(&spec, sundays).spec;
        assert_eq!(opening(&spec).0, [hours(&[2, 3, 4, 5], "09:00", "18:00")], "{sundays}");
        let more = changed(&spec, back).spec;
        assert_eq!(opening(&more).0, [hours(&[2, 3, 4, 5], "09:00", "18:00"), hours(&[1], "10:00", "14:00")], "{back}");
        assert!(writer::change(&more, nothing).is_err(), "closed for ever is no opening");
    }
    let (spec, _) = written("Haircut booking: stylists, customers book a free slot. We are closed on Mondays.");
    let week = changed(&spec, "Open Wednesday to Friday, 8:30 to 12 and 14 to 17:15.").spec;
    assert_eq!(opening(&week).0, [hours(&[3, 4, 5], "08:30", "12:00"), hours(&[3, 4, 5], "14:00", "17:15")]);
}

#[test]
fn opening_hours_of_what_takes_no_bookings_are_not_held() {
    let (spec, understanding) = written("A list of books with a title and an author. We are closed on Mondays.");
    assert!(!spec.rules.iter().any(|rule| matches!(rule, Rule::Open { .. })));
    assert!(understanding.not_understood.iter().any(|one| one.text.contains("Mondays")), "{understanding:?}");
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
fn what_people_owe_each_other_adds_up() {
    for text in [
        "Flatmates enter expenses with an amount and who paid, and see who owes whom.",
        "Mitbewohner tragen Ausgaben mit Betrag ein und wer bezahlt hat. Man sieht, wer wem wie viel schuldet.",
        "Glorps enter expenses with an amount and who paid, and see who owes whom.",
    ] {
        let (spec, understanding) = written(text);
        let held = rule(&spec, |rule| matches!(rule, Rule::Shared { among: None, .. }));
        let Rule::Shared { entity, payer, .. } = held else { unreachable!("found above") };
        let FieldKind::Ref { entity: people } = &field(&spec, entity, payer).kind else { panic!("{text}") };
        assert!(spec.entity(people).is_some_and(|people| people.person.is_some()), "{text}");
        assert_eq!(spec.entities.len(), 2, "{text}: {:?}", spec.entities);
        assert!(understanding.not_understood.is_empty(), "{text}: {:?}", understanding.not_understood);
    }
    let (spec, _) = written("Friends add expenses and who paid, shared by chosen people. Show who owes whom.");
    let named = rule(&spec, |rule| matches!(rule, Rule::Shared { among: Some(_), .. }));
    let Rule::Shared { among: Some(among), .. } = named else { unreachable!("found above") };
    rule(&spec, |rule| matches!(rule, Rule::Once { entity, .. } if *entity == among.entity));
}

#[test]
fn a_contract_is_signed_by_two_and_stays_as_it_was_sent() {
    for text in [
        "Contracts have a title, a text and a price. Both parties sign.",
        "Contracts have a title, a text and a price. Zorbs sign.",
        "Verträge mit Titel und Preis. Kunden müssen unterschreiben.",
    ] {
        let (spec, understanding) = written(text);
        rule(&spec, |rule| matches!(rule, Rule::Quorum { entity, least: 2, .. } if entity == "contract"));
        let needs = |rule: &Rule| matches!(rule, Rule::Needs { entity, own: true, condition: Some(_), .. } if entity == "signature");
        rule(&spec, needs);
        rule(&spec, |rule| matches!(rule, Rule::Once { entity, by_member: true, .. } if entity == "signature"));
        rule(&spec, |rule| matches!(rule, Rule::Fixed { entity, only_if: None, .. } if entity == "signature"));
        let fixed = rule(&spec, |rule| matches!(rule, Rule::Fixed { entity, .. } if entity == "contract"));
        assert!(matches!(fixed, Rule::Fixed { only_if: Some(only), .. } if only.values == ["sent", "signed"]));
        let contract = spec.entity("contract").expect("contracts");
        assert_eq!(contract.owned_through.len(), 1, "the other party sees its own contracts only: {text}");
        assert!(understanding.not_understood.is_empty(), "{text}: {:?}", understanding.not_understood);
    }
}

#[test]
fn what_was_learned_stays_learned() {
    for text in ["Students mark courses as done.", "Schüler markieren Kurse als erledigt."] {
        let (spec, understanding) = written(text);
        rule(&spec, |rule| matches!(rule, Rule::Once { entity, by_member: true, .. } if entity == "completion"));
        rule(&spec, |rule| matches!(rule, Rule::Fixed { entity, only_if: None, .. } if entity == "completion"));
        assert_eq!(sees(&spec, "completion", "student"), Some(Scope::Own), "{text}");
        let may = spec.entity("completion").and_then(|entity| entity.grant("student")).expect("students");
        assert_eq!((may.create, may.update, may.delete), (true, None, None), "{text}");
        assert!(understanding.not_understood.is_empty(), "{text}: {:?}", understanding.not_understood);
    }
}

#[test]
fn a_campaign_shows_what_its_donations_come_to() {
    for text in [
        "A fundraising site: campaigns have a goal and a description. People donate.",
        "Kampagnen haben ein Ziel und eine Beschreibung. Leute spenden.",
    ] {
        let (spec, _) = written(text);
        let total = &spec.entity("campaign").expect("campaigns").totals[0];
        assert_eq!((total.of.as_str(), total.sum.as_deref()), ("donation", Some("amount")), "{text}");
        rule(&spec, |rule| matches!(rule, Rule::Fixed { entity, only_if: None, .. } if entity == "donation"));
        let donation = spec.entity("donation").expect("donations");
        let hidden = donation.fields.iter().filter(|field| field.kind == FieldKind::Text && !field.seen_by.is_empty());
        assert!(hidden.count() > 0, "who gave is not everybody's to see");
        assert!(donation.grant(VISITOR).is_some_and(|grant| !grant.create && grant.read == Some(Scope::All)));
    }
}

#[test]
fn payments_say_until_when_a_member_is_paid_up() {
    for text in [
        "A club membership app: members have a name and an email. Members pay.",
        "Mitgliedschaften: Mitglieder haben einen Namen und eine E-Mail. Zahlungen haben einen Betrag und gültig bis.",
    ] {
        let (spec, _) = written(text);
        let extends =
            |rule: &Rule| matches!(rule, Rule::Extends { entity, to, .. } if entity == "payment" && to == "until");
        rule(&spec, extends);
        rule(&spec, |rule| matches!(rule, Rule::Fixed { entity, only_if: None, .. } if entity == "payment"));
        assert_eq!(spec.alerts.len(), 1, "who runs out is pointed to: {text}");
    }
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
