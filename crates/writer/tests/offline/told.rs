//! What is told by a few words in any order: shares, absences, the questions of a survey.

use writer::spec::{FieldKind, Rule, Scope};

use crate::{changed, ids, written};

/// Albums that are shared, in each of the languages.
const ALBUMS: &[&str] = &[
    "I upload pictures into albums, share an album with named people or by a link that expires; for every picture I see where it is stored, who can see it and every time it was shared.",
    "Ich lade Bilder in Alben und teile ein Album mit bestimmten Personen oder über einen Link, der abläuft.",
    "Subo fotos a álbumes y comparto un álbum con personas concretas o por un enlace que caduca.",
    "Je mets en ligne des photos dans des albums, je partage un album avec certaines personnes ou par un lien qui expire.",
    "Carrego fotos em álbuns, partilho um álbum com certas pessoas ou por um link que expira.",
    "Saya mengunggah foto ke album, membagikan album kepada orang tertentu atau lewat tautan yang kedaluwarsa.",
    "Ninapakia picha kwenye albamu, ninashiriki albamu na watu maalum au kwa kiungo kinachoisha.",
    "मैं एल्बम में फ़ोटो अपलोड करता हूँ, एल्बम चुने हुए लोगों के साथ या लिंक से साझा करता हूँ।",
    "أرفع صورا في ألبومات وأشارك ألبوما مع أشخاص محددين أو عبر رابط تنتهي صلاحيته.",
    "我把照片上传到相册，把相册分享给指定的人，或通过会过期的链接分享。",
];

#[test]
fn what_is_shared_is_seen_by_whom_a_row_names_in_every_language() {
    for text in ALBUMS {
        let (spec, _) = written(text);
        let rule = spec.rules.iter().find(|rule| matches!(rule, Rule::Granted { .. }));
        let Some(Rule::Granted { entity, until, only_if, .. }) = rule else {
            panic!("{text}: {:?}", ids(&spec));
        };
        assert!(until.is_some() && only_if.is_some(), "{text}");
        let album = spec.entity("album").expect(text);
        let others = album.access.iter().filter(|grant| grant.role != "owner");
        assert!(others.clone().count() > 0 && others.clone().all(|grant| grant.read == Some(Scope::Own)), "{text}");
        let fixed = |rule: &Rule| matches!(rule, Rule::Fixed { entity: other, .. } if other == entity);
        assert!(spec.rules.iter().any(fixed), "{text}");
    }
    let (spec, understanding) = written(ALBUMS[0]);
    assert_eq!(understanding.not_understood, []);
    let Some(Rule::Granted { along, .. }) = spec.rules.iter().find(|rule| matches!(rule, Rule::Granted { .. })) else {
        panic!("nothing is shared");
    };
    assert_eq!(along.iter().map(|along| along.entity.as_str()).collect::<Vec<_>>(), ["picture"]);
}

#[test]
fn with_whom_it_is_shared_may_comment_and_nothing_is_opened_for_all() {
    let (spec, _) = written(ALBUMS[0]);
    let more = changed(&spec, "Let people I shared with comment").spec;
    let Some(Rule::Granted { along, .. }) = more.rules.iter().find(|rule| matches!(rule, Rule::Granted { .. })) else {
        panic!("nothing is shared");
    };
    assert!(along.iter().any(|along| along.entity == "comment" && along.field == "picture"), "{along:?}");
    let grant = more.entity("comment").and_then(|comment| comment.grant("recipient")).expect("they comment");
    assert!(grant.create && grant.read == Some(Scope::Own) && grant.update == Some(Scope::Own));
    assert!(writer::change(&more, "Make all albums public").is_err());
    let searched = changed(&more, "Find pictures by date and place");
    assert_eq!(searched.understanding.not_understood, []);
}

#[test]
fn any_thing_can_be_shared_and_shared_costs_are_not() {
    let (spec, _) = written("I keep recipes with ingredients. I share a recipe with named people until a date.");
    assert!(spec.rules.iter().any(|rule| matches!(rule, Rule::Granted { .. })), "{:?}", ids(&spec));
    let (spec, _) = written("Friends share costs with people: who paid, and who owes whom how much.");
    assert!(!spec.rules.iter().any(|rule| matches!(rule, Rule::Granted { .. })), "{:?}", ids(&spec));
}

#[test]
fn who_is_booked_may_be_away_in_every_language() {
    for text in [
        "Customers book a stylist. Stylists may block holidays.",
        "Kunden buchen einen Friseur. Friseure können Urlaub eintragen.",
        "Los clientes reservan un peluquero. Los peluqueros pueden registrar ausencias.",
        "Les clients réservent un coiffeur. Les coiffeurs peuvent saisir leurs congés.",
        "Clientes reservam um cabeleireiro. Os cabeleireiros podem registrar férias.",
        "Pelanggan memesan terapis. Terapis dapat memasukkan cuti.",
        "Wateja wanaweka miadi na kinyozi. Vinyozi wanaweza kuweka likizo.",
        "ग्राहक स्टाइलिस्ट बुक करते हैं। स्टाइलिस्ट छुट्टी दर्ज कर सकते हैं।",
        "العملاء يحجزون مصفف شعر. يمكن للمصففين تسجيل إجازاتهم.",
        "客户预约理发师。理发师可以登记休假。",
    ] {
        let (spec, _) = written(text);
        let rule = spec.rules.iter().find(|rule| matches!(rule, Rule::Away { .. }));
        let Some(Rule::Away { absence, .. }) = rule else { panic!("{text}: {:?}", ids(&spec)) };
        let seen = spec.entity(absence).and_then(|entity| entity.grant("visitor"));
        assert!(seen.is_some_and(|grant| grant.read == Some(Scope::All) && !grant.create), "{text}");
    }
}

#[test]
fn absences_come_later_too_and_whole_months_are_closed() {
    let (spec, _) = written("A tennis club where people book a court. The court is closed in August.");
    let closed = spec.rules.iter().find_map(|rule| match rule {
        Rule::Open { closed, .. } => Some(closed.clone()),
        _ => None,
    });
    let closed = closed.expect("it is closed in August");
    assert_eq!((closed[0].first.as_str(), closed[0].last.as_str()), ("08-01", "08-31"));
    let with = changed(&spec, "Trainers can enter absences");
    assert!(with.spec.rules.iter().any(|rule| matches!(rule, Rule::Away { .. })));
    let said: Vec<&str> = with.understanding.not_understood.iter().map(|one| one.text.as_str()).collect();
    assert!(said.iter().any(|text| text.contains("Trainers")), "{said:?}");
}

/// One survey in each of the languages: a scale, a text, yes or no.
const SURVEYS: &[&str] = &[
    "A survey with the questions: how satisfied are you (1–5), what did you like, would you come again?",
    "Eine Umfrage mit den Fragen: Wie zufrieden sind Sie (1 bis 5), was hat Ihnen gefallen, kommen Sie wieder?",
    "Una encuesta con las preguntas: ¿qué tan satisfecho está (1-5)?, ¿qué le gustó?, ¿volvería?",
    "Un sondage avec les questions : à quel point êtes-vous satisfait (1 à 5) ? Qu'avez-vous aimé ? Reviendriez-vous ?",
    "Um questionário com as perguntas: quão satisfeito está (1 a 5), o que gostou, voltaria?",
    "Survei dengan pertanyaan: seberapa puas Anda (1-5), apa yang Anda suka, apakah Anda akan datang lagi?",
    "Dodoso lenye maswali: umeridhika kiasi gani (1-5), ulipenda nini, utarudi tena?",
    "एक सर्वेक्षण, सवाल: आप कितने संतुष्ट हैं (1-5), आपको क्या पसंद आया, क्या आप फिर आएँगे?",
    "استبيان بالأسئلة: ما مدى رضاك (1-5)، ما الذي أعجبك، هل ستعود؟",
    "一份问卷，问题：您有多满意（1-5）、您喜欢什么、您会再来吗？",
];

#[test]
fn every_question_is_a_field_of_its_kind() {
    for text in SURVEYS {
        let (spec, understanding) = written(text);
        let kinds: Vec<&FieldKind> =
            spec.entity("survey").expect(text).fields.iter().map(|field| &field.kind).collect();
        assert_eq!(kinds, [&FieldKind::Rating { max: 5 }, &FieldKind::LongText, &FieldKind::YesNo], "{text}");
        assert_eq!(understanding.not_understood, [], "{text}");
        let once = |rule: &Rule| matches!(rule, Rule::Once { by_member: true, .. });
        assert!(spec.rules.iter().any(once), "{text}");
    }
}

#[test]
fn choices_are_read_and_answers_may_be_anonymous() {
    let (spec, understanding) = written(
        "An anonymous survey with these questions: which floor do you work on (ground, first, second)? How many coffees do you drink? Do you like the snorkle room (yes/no)? Anything else?",
    );
    let kinds: Vec<&FieldKind> =
        spec.entity("survey").expect("a survey").fields.iter().map(|field| &field.kind).collect();
    assert!(matches!(kinds[0], FieldKind::Choice { options } if options.len() == 3), "{kinds:?}");
    assert!(matches!(kinds[1], FieldKind::Integer { .. }) && *kinds[2] == FieldKind::YesNo, "{kinds:?}");
    assert!(understanding.understood.iter().any(|one| one.text.contains("anonymous")), "{understanding:?}");
    let (spec, _) = written("I make several surveys, each survey has questions that people answer.");
    assert_eq!(ids(&spec), ["survey", "question", "reply"]);
}

#[test]
fn a_free_week_is_noted_and_tips_are_declined() {
    let (spec, _) = written("I publish articles, readers pay to read them.");
    let week = changed(&spec, "Give new readers one free week");
    assert!(week.spec.entity("reader").is_some_and(|reader| reader.field("until").is_some()));
    assert!(!week.understanding.not_understood.is_empty(), "nothing ends by itself, and that is said");
    assert!(writer::change(&spec, "Let readers tip a writer").is_err());
}
