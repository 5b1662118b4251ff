//! `frontend/src`: the entry, typed descriptions of the entities, and one small file per page, on top of the kit.
//!
//! Invariant: pages hold no rule of their own. What a person may see or do is decided by the backend; the
//! descriptions only keep the pages from offering what it would refuse.

use super::Tree;
use super::balance;
use super::capacity;
use super::entity;
use super::granted;
use super::migration::minor_digits;
use super::shape::{Model, Shape};
use super::text::{capital, comment, indent, script};
use crate::spec::{Choice, Condition, Field, FieldKind, Grant, Page, PageKind, Role, Scope};

mod behaviour;
#[cfg(test)]
mod tests;

/// How long an element's properties may be on one line, in bytes.
const LINE: usize = 90;

/// Adds the files to `tree`.
pub(super) fn files(model: &Model<'_>, tree: &mut Tree) {
    let pages: Vec<(&Page, Option<&Shape<'_>>)> =
        model.spec.pages.iter().filter_map(|page| Some((page, shape_of(model, page)?))).collect();
    tree.insert("frontend/src/main.tsx".into(), main(model, &pages));
    tree.insert("frontend/src/entities.ts".into(), entities(model));
    for (page, shape) in pages {
        tree.insert(format!("frontend/src/pages/{}.tsx", capital(&page.id)), page_file(page, shape));
    }
}

/// The entity that a page shows, where it shows one; nothing for a page that can't be.
fn shape_of<'m, 'a>(model: &'m Model<'a>, page: &Page) -> Option<Option<&'m Shape<'a>>> {
    match page.kind {
        PageKind::Text => Some(None),
        PageKind::Summary => Some(model.shape(&page.entity)),
        _ => model.shape(&page.entity).map(Some),
    }
}

fn main(model: &Model<'_>, pages: &[(&Page, Option<&Shape<'_>>)]) -> String {
    let imports: String = pages
        .iter()
        .map(|(page, _)| format!("import {{ {}Page }} from \"./pages/{}\";\n", page.id, capital(&page.id)))
        .collect();
    let names: Vec<_> = pages.iter().map(|(page, _)| format!("{}Page", page.id)).collect();
    let theme = &model.spec.theme;
    let (title, language, accent) = (script(&model.spec.title), script(&model.spec.language), script(&theme.accent));
    let background =
        theme.background.as_ref().map_or(String::new(), |colour| format!("  background: {},\n", script(colour)));
    format!(
        "\
/** {about}: the entry of the app. */
import {{ mountApp }} from \"@autograph/kit\";
import {{ allEntities, allRoles }} from \"./entities\";
{imports}
mountApp({{
  title: {title},
  language: {language},
  accent: {accent},
{background}  entities: allEntities,
  roles: allRoles,
  pages: [{pages}],
}});
",
        about = comment(&model.spec.title),
        pages = names.join(", ")
    )
}

fn page_file(page: &Page, shape: Option<&Shape<'_>>) -> String {
    let (component, id) = (component(page, shape), &page.id);
    let import =
        shape.map_or(String::new(), |shape| format!("import {{ {} }} from \"../entities\";\n", shape.names.rows));
    format!(
        "\
/** The page \u{201c}{about}\u{201d}. */
import {{ {component}, type Page }} from \"@autograph/kit\";
{import}
export const {id}Page: Page = {{
  id: {address},
  title: {title},
  roles: [{roles}],
{adds}  view: () => {view},
}};
",
        about = comment(&page.title),
        address = script(id),
        title = script(&page.title),
        roles = strings(&page.roles),
        adds = adds(page, shape),
        view = element(component, &properties(page, shape)),
    )
}

/// Of which entity people add a row on this page, where that is what it is for.
fn adds(page: &Page, shape: Option<&Shape<'_>>) -> String {
    let shape = shape.filter(|_| matches!(page.kind, PageKind::Form | PageKind::Slots));
    shape.map_or(String::new(), |shape| format!("  adds: {},\n", script(&shape.entity.id)))
}

/// The kit's component for a page. A page by a field that isn't there shows its rows plainly.
fn component(page: &Page, shape: Option<&Shape<'_>>) -> &'static str {
    let by = by(page, shape).is_some();
    match page.kind {
        PageKind::Board if by => "BoardPage",
        PageKind::Calendar if by => "CalendarPage",
        PageKind::Table | PageKind::Board | PageKind::Calendar => "TablePage",
        PageKind::Answer => "AnswerPage",
        PageKind::Cards => "CardsPage",
        PageKind::Gallery => "GalleryPage",
        PageKind::Timeline => "TimelinePage",
        PageKind::Form => "FormPage",
        PageKind::Slots => "SlotsPage",
        PageKind::Summary => "SummaryPage",
        PageKind::Text => "TextPage",
    }
}

/// The field by which a page is arranged, where it is of a kind that can do that.
fn by<'p>(page: &'p Page, shape: Option<&Shape<'_>>) -> Option<&'p str> {
    let by = page.by.as_deref()?;
    let kind = shape?.field(by).map(|field| &field.kind);
    let dated = matches!(kind, Some(FieldKind::Date | FieldKind::DateTime));
    let chosen = matches!(kind, Some(FieldKind::Choice { .. }));
    let fits = match page.kind {
        PageKind::Board => chosen,
        PageKind::Calendar => dated,
        PageKind::Timeline => dated || behaviour::is_moment(by),
        PageKind::Summary => dated || chosen || matches!(kind, Some(FieldKind::YesNo)) || by == "createdAt",
        _ => false,
    };
    fits.then_some(by)
}

/// What a page's component is told.
fn properties(page: &Page, shape: Option<&Shape<'_>>) -> Vec<String> {
    let entity = shape.map(|shape| format!("entity={{{}}}", shape.names.rows));
    let by = by(page, shape).map(|field| attribute("by", field));
    let says = !page.text.is_empty() || page.kind == PageKind::Text;
    let text = says.then(|| attribute("text", &page.text));
    let narrowed = !matches!(page.kind, PageKind::Answer | PageKind::Form | PageKind::Slots | PageKind::Text);
    let condition = page
        .only_if
        .as_ref()
        .filter(|condition| narrowed && shape.is_some_and(|shape| shape.holds(condition, "row").is_some()));
    let condition = condition.map(|condition| format!("onlyIf={{{}}}", condition_text(condition)));
    [entity, by, text, condition].into_iter().flatten().collect()
}

/// A property with a text; where the text would be read as markup, it stands in braces.
fn attribute(name: &str, text: &str) -> String {
    let plain = text.chars().all(|sign| !sign.is_control() && !"\"\\&{}<>\u{2028}\u{2029}".contains(sign));
    if plain { format!("{name}=\"{text}\"") } else { format!("{name}={{{}}}", script(text)) }
}

fn element(component: &str, properties: &[String]) -> String {
    let line = properties.iter().map(|property| format!(" {property}")).collect::<String>();
    if line.len() <= LINE {
        return format!("<{component}{line} />");
    }
    format!("(\n    <{component}\n{}\n    />\n  )", indent(&properties.join("\n"), 3))
}

fn entities(model: &Model<'_>) -> String {
    let tables: String = model.live().map(|shape| entity(model, shape)).collect();
    let names: Vec<&str> = model.live().map(|shape| shape.names.rows.as_str()).collect();
    let roles: String = model.spec.roles.iter().map(role).collect();
    format!(
        "\
/** What the app keeps and for whom, as its pages need to know it. The backend decides; this only describes. */
import type {{ Entity, Role }} from \"@autograph/kit\";
{tables}
export const allEntities: Entity[] = [{names}];

export const allRoles: Role[] = [{roles}{end}];
",
        names = names.join(", "),
        end = if roles.is_empty() { "" } else { "\n" }
    )
}

fn role(role: &Role) -> String {
    format!(
        "\n  {{ id: {}, label: {}, invitedBy: [{}] }},",
        script(&role.id),
        script(&role.label),
        strings(&role.invited_by)
    )
}

fn entity(model: &Model<'_>, shape: &Shape<'_>) -> String {
    let entity = shape.entity;
    let mut lines = vec![
        format!("id: {},", script(&entity.id)),
        format!("label: {},", script(&entity.label)),
        format!("plural: {},", script(&entity.plural)),
    ];
    lines.extend(shape.title().map(|field| format!("title: {},", script(&field.id))));
    lines.extend(entity.person.as_ref().map(|role| format!("person: {},", script(role))));
    lines.extend(behaviour::lines(model, shape));
    lines.extend(capacity::shown_rule(model, shape).map(|rule| format!("places: {},", script(&rule.limit.id))));
    lines.extend(granted::description(model, shape));
    let owed = balance::shown_rule(model, shape);
    lines.extend(owed.map(|shared| format!("balance: {},", kind(&shared.amount().kind))));
    lines.push(format!("pageSize: {},", entity::page(shape)));
    lines.push(methods(model, shape));
    let fields: Vec<_> = shape.shown().iter().map(|field| format!("{},", field_text(model, shape, field))).collect();
    lines.push(format!("fields: [\n{}\n],", indent(&fields.join("\n"), 1)));
    let grants: Vec<_> = entity.access.iter().map(grant).collect();
    lines.push(format!("access: {{\n{}\n}},", indent(&grants.join("\n"), 1)));
    format!("\nexport const {}: Entity = {{\n{}\n}};\n", shape.names.rows, indent(&lines.join("\n"), 1))
}

fn methods(model: &Model<'_>, shape: &Shape<'_>) -> String {
    let (module, title) = (&shape.names.module, &shape.names.title);
    let own =
        if model.answered(shape) { format!(", my: \"my{title}\", answer: \"answer{title}\"") } else { String::new() };
    format!(
        "methods: {{ list: \"list{module}\", create: \"create{title}\", update: \"update{title}\", delete: \"delete{title}\"{own} }},"
    )
}

fn field_text(model: &Model<'_>, shape: &Shape<'_>, field: &Field) -> String {
    let mut parts = vec![
        format!("id: {}", script(&field.id)),
        format!("label: {}", script(&field.label)),
        format!("kind: {}", kind(&field.kind)),
    ];
    if field.required {
        parts.push("required: true".into());
    }
    if field.by_member {
        parts.push("byMember: true".into());
    }
    // The same conditions that the backend holds: one on a field that isn't shown always holds.
    let condition = field.only_if.as_ref().filter(|condition| shape.holds(condition, "row").is_some());
    parts.extend(condition.map(only_if));
    if behaviour::is_made(model, shape, field) {
        parts.push("made: true".into());
    }
    if behaviour::is_each(model, shape, field) {
        parts.push("each: true".into());
    }
    if !field.seen_by.is_empty() {
        parts.push(format!("seenBy: [{}]", behaviour::people(shape, &field.seen_by)));
    }
    format!("{{ {} }}", parts.join(", "))
}

fn only_if(condition: &Condition) -> String {
    format!("onlyIf: {}", condition_text(condition))
}

fn condition_text(condition: &Condition) -> String {
    format!("{{ field: {}, values: [{}] }}", script(&condition.field), strings(&condition.values))
}

fn kind(kind: &FieldKind) -> String {
    use FieldKind::*;
    let plain = |name: &str| format!("{{ type: \"{name}\" }}");
    match kind {
        Text => plain("text"),
        LongText => plain("longText"),
        Email => plain("email"),
        Phone => plain("phone"),
        Url => plain("url"),
        Place => plain("place"),
        Percentage => plain("percentage"),
        YesNo => plain("yesNo"),
        Date => plain("date"),
        Time => plain("time"),
        DateTime => plain("dateTime"),
        Picture => plain("picture"),
        Colour => plain("colour"),
        Duration => plain("duration"),
        Integer { min, max } => {
            let max = max.map_or(String::new(), |max| format!(", max: {max}"));
            format!("{{ type: \"integer\", min: {min}{max} }}")
        }
        Money { currency } => {
            format!("{{ type: \"money\", currency: {}, digits: {} }}", script(currency), minor_digits(currency))
        }
        Quantity { unit } => format!("{{ type: \"quantity\", unit: {} }}", script(unit)),
        Rating { max } => format!("{{ type: \"rating\", max: {max} }}"),
        Choice { options } => {
            format!("{{ type: \"choice\", options: [{}] }}", options.iter().map(option).collect::<Vec<_>>().join(", "))
        }
        Ref { entity } => format!("{{ type: \"ref\", entity: {} }}", script(entity)),
    }
}

fn option(option: &Choice) -> String {
    format!("{{ id: {}, label: {} }}", script(&option.id), script(&option.label))
}

fn grant(grant: &Grant) -> String {
    let scope = |name: &str, scope: Option<Scope>| {
        scope.map(|scope| format!("{name}: {}", if scope == Scope::All { "\"all\"" } else { "\"own\"" }))
    };
    let create = grant.create.then(|| "create: true".to_owned());
    let parts = [scope("read", grant.read), create, scope("update", grant.update), scope("delete", grant.delete)];
    let rights: Vec<String> = parts.into_iter().flatten().collect();
    let rights = if rights.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", rights.join(", ")) };
    format!("{}: {rights},", grant.role)
}

fn strings(texts: &[String]) -> String {
    texts.iter().map(|text| script(text)).collect::<Vec<_>>().join(", ")
}
