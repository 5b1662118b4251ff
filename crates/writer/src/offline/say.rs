//! The sentences the writer answers with, by meaning; the words are in the lexicon's `[say]` tables.
//!
//! Invariant: English has every one of them (a test holds that), other languages fall back to it.

use serde::Deserialize;

macro_rules! phrases {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// A sentence with numbered blanks.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
        #[serde(rename_all = "camelCase")]
        pub(crate) enum Say { $($(#[$doc])* $name,)* }

        #[cfg(test)]
        impl Say {
            /// Every sentence.
            pub(crate) const ALL: &[Say] = &[$(Say::$name,)*];
        }
    };
}

phrases! {
    /// 0 entities, 1 fields.
    EntityHas,
    /// 0 entities.
    EntityKept,
    /// 0 people, 1 field.
    PeopleAnswerYesNo,
    /// 0 people, 1 field, 2 options.
    PeopleChoose,
    /// 0 people, 1 field.
    PeopleFillIn,
    /// 0 people, 1 thing.
    PeopleBring,
    /// 0 detail, 1 thing.
    DetailAsked,
    /// 0 people, 1 place, 2 limit.
    CapacityHeld,
    /// 0 field.
    CompanionCounts,
    /// 0 people.
    AnswersOnce,
    /// 0 entities, 1 field, 2 roles.
    OnlyRoles,
    /// 0 roles, 1 action, 2 entities.
    RoleMay,
    /// 0 roles, 1 action, 2 entities.
    RoleMayNot,
    /// 0 entities, 1 field.
    UniqueHeld,
    /// 0 field, 1 number.
    MaximumHeld,
    /// 0 old, 1 new.
    Renamed,
    /// 0 field.
    MadeRequired,
    /// 0 page.
    PageSays,
    /// 0 field.
    MadeOptional,
    /// 0 what, 1 from.
    Removed,
    /// 0 entities.
    RemovedEntity,
    /// 0 what.
    Archived,
    /// 0 what.
    Restored,
    /// 0 option, 1 field.
    OptionAdded,
    /// Nothing.
    Undo,
    /// 0 colour.
    Colour,
    /// 0 code.
    Currency,
    /// 0 title.
    Title,
    /// 0 people, 1 place.
    PeopleBelong,
    /// 0 thing.
    Occasion,
    /// 0 field.
    FieldPart,
    /// 0 code.
    AssumedCurrency,
    /// 0 entities, 1 fields.
    AssumedFields,
    /// 0 entity, 1 field.
    AssumedTitle,
    /// 0 what.
    AssumedBlueprint,
    /// 0 people.
    AssumedPerson,
    /// 0 role.
    AssumedManager,
    /// 0 people.
    AssumedOwnRow,
    /// 0 people, 1 entities.
    AssumedReads,
    /// 0 role, 1 entities.
    AssumedRoleReads,
    /// 0 field, 1 options.
    AssumedOptions,
    /// 0 written, 1 read.
    AssumedTyping,
    /// 0 people, 1 place.
    AssumedRef,
    /// 0 things, 1 shares.
    SharesKept,
    /// 0 quotation, 1 things, 2 shares.
    StaysPrivate,
    /// Nothing.
    NobodyNamed,
    /// Nothing.
    AssumedNoVisitors,
    /// 0 things.
    AssumedPublic,
    /// Nothing.
    AssumedAccounts,
    /// 0 field.
    AssumedUpload,
    /// 0 field.
    AssumedByMember,
    /// 0 words.
    AssumedNumbers,
    /// 0 rule's words.
    AssumedRuleGone,
    /// 0 field.
    AssumedTitleMoved,
    /// 0 what.
    AssumedAlready,
    /// 0 role.
    AssumedRole,
    /// 0 quotation.
    NotUnderstood,
    /// 0 word.
    WordUnused,
    /// 0 words around it.
    NumberUnused,
    /// 0 words around it.
    NumberNoted,
    /// 0 quotation, 1 reason.
    Beyond,
    /// 0 number.
    TooManyFields,
    /// 0 number.
    TooManyEntities,
    /// 0 what.
    NotFound,
    /// 0 words, 1 entity.
    NotFoundIn,
    /// 0 what, 1 candidates.
    Ambiguous,
    /// 0 words.
    CantCountMany,
    /// Nothing.
    MissingThing,
    /// 0 number.
    MissingShorter,
    /// Nothing.
    MissingChange,
    /// 0 what, 1 where.
    AlternativeArchive,
    /// 0 entities.
    QuestionReads,
    /// Nothing.
    AnswerYes,
    /// Nothing.
    AnswerNo,
    /// 0 code.
    QuestionCurrency,
    /// 0 code.
    ChangeCurrency,
    /// 0 people, 1 entities.
    ChangeHide,
    /// 0 options.
    QuestionOptions,
    /// "and".
    And,
    /// "or".
    Or,
    /// 0 things.
    TheirOwn,
    /// "each other".
    EachOther,
    /// "see".
    See,
    /// "change".
    Edit,
    /// "add".
    Create,
    /// "delete".
    Delete,
    /// All people.
    Everyone,
    /// All people, after "not".
    Anyone,
    /// The owner.
    You,
    /// Strangers.
    Visitors,
    /// 0 role, 1 entities.
    AssumedOwnThings,
    /// 0 entities.
    AssumedOnlyYou,
    /// 0 quotation.
    FieldHidden,
    /// 0 people, 1 field.
    FieldOwn,
    /// 0 role.
    RoleNamed,
    /// 0 entities.
    AssumedPart,
    /// 0 entities, 1 fields.
    AssumedFieldsToo,
    /// 0 people, 1 entities.
    AssumedFolded,
    /// 0 a rule as a sentence.
    Held,
    /// 0 a rule as a sentence.
    AssumedHeld,
    /// 0 people, 1 entities.
    Deed,
    /// 0 entities, 1 field.
    Ordered,
    /// 0 entities, 1 text.
    Alerted,
    /// 0 field, 1 entities, 2 quotation.
    SeenOnly,
    /// 0 page, 1 quotation.
    ViewMade,
    /// 0 colours.
    ColourScheme,
    /// Nothing.
    Searchable,
    /// Nothing.
    TablesTravel,
    /// Nothing.
    FitsScreens,
    /// 0 language.
    Translated,
    /// 0 entities, 1 other entities.
    Counted,
    /// 0 labels.
    NotTranslated,
    /// 0 entities, 1 field, 2 payments.
    Owed,
    /// 0 entities, 1 field, 2 payments.
    OwedMonth,
    /// 0 payments.
    MovesNoMoney,
}
