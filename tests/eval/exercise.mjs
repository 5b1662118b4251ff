/**
 * Does with an app what it is there for, in a real browser and by its pages alone: the owner adds what others refer to,
 * strangers send the public forms and book free times. What isn't seen on the page afterwards does not count.
 */

/** Something to enter that every check of this kind lets pass. */
function example(kind, label, turn) {
  const words = `${label} ${turn}`.slice(0, 60);
  const values = {
    email: `person${turn}@example.org`, phone: `+44 20 7946 00${10 + turn}`, url: 'https://example.org/',
    date: `2031-05-${10 + turn}`, time: turn % 2 ? '09:00' : '17:00', dateTime: `2031-05-${10 + turn}T10:00`,
    integer: '5', money: '12', quantity: '3', percentage: '40', duration: '30', colour: '#336699',
  };
  return values[kind.type] ?? words;
}

/** Opening hours must open before they close. */
function times(fields) {
  const clocks = fields.filter(({ kind }) => kind.type === 'time').map(({ id }) => id);
  return Object.fromEntries(clocks.map((id, index) => [id, index === 0 ? '08:00' : '18:00']));
}

/** Fills in what a form asks for. */
export async function fill(form, fields, turn) {
  const clock = times(fields);
  for (const field of fields) {
    const { kind, label, id } = field;
    if (kind.type === 'picture') continue;
    const group = form.getByRole('group', { name: label, exact: false }).first();
    if (kind.type === 'rating' || (kind.type === 'yesNo' && (await group.count()))) {
      const radios = group.getByRole('radio');
      if (await radios.count()) await radios.last().check({ force: true });
      continue;
    }
    const box = form.getByLabel(label, { exact: false }).first();
    if (!(await box.count()) || !(await box.isVisible()) || !(await box.isEditable().catch(() => false))) continue;
    const tag = await box.evaluate((element) => `${element.tagName} ${element.type ?? ''}`);
    if (tag.startsWith('SELECT')) {
      const options = await box.locator('option').evaluateAll((all) => all.map((option) => option.value));
      const real = options.filter((value) => value !== '');
      if (real.length > 0) await box.selectOption(real[0]);
    } else if (tag.includes('checkbox') || tag.includes('radio')) {
      await box.check({ force: true });
    } else {
      await box.fill(clock[id] ?? example(kind, label, turn));
    }
  }
}

const live = (entity) => entity.fields.filter((field) => !field.archived);

/** Entities, what is referred to before what refers to it. */
export function inOrder(spec) {
  const done = [];
  const visit = (entity, path) => {
    if (!entity || done.includes(entity) || path.includes(entity.id) || entity.archived) return;
    for (const { kind } of live(entity)) {
      if (kind.type === 'ref') visit(spec.entities.find(({ id }) => id === kind.entity), [...path, entity.id]);
    }
    done.push(entity);
  };
  spec.entities.forEach((entity) => visit(entity, []));
  return done;
}

/** The owner adds a row of an entity by its page; gives what went wrong, if something did. */
async function add(app, spec, entity, turn) {
  const page = spec.pages.find((one) => one.entity === entity.id && one.kind === 'table' && one.roles.includes('owner'));
  if (!page) return undefined;
  const menu = app.getByRole('navigation').getByRole('link', { name: page.title, exact: true });
  // An app with one page has no menu.
  const shown = spec.pages.filter((one) => one.roles.includes('owner'));
  if (shown.length > 1) await menu.last().click();
  await app.getByRole('heading', { name: entity.plural }).first().waitFor();
  const button = app.getByRole('button', { name: /^Add|: / }).filter({ hasNotText: 'CSV' }).first();
  await button.click();
  const dialog = app.getByRole('dialog');
  await dialog.waitFor();
  await fill(dialog, live(entity), turn);
  await dialog.locator('button[type=submit]').click();
  const wrong = dialog.getByRole('alert').first();
  await dialog.waitFor({ state: 'hidden' }).catch(() => undefined);
  if (await dialog.isVisible()) {
    const said = (await wrong.count()) ? await wrong.textContent() : 'the form stays open';
    await app.locator('body').press('Escape');
    return `${entity.plural}: ${said}`;
  }
  return undefined;
}

/** A stranger sends a public form. */
async function send(page, entity) {
  const form = page.locator('form').first();
  await form.waitFor();
  await fill(form, live(entity), 3);
  await form.locator('button[type=submit]').click();
  await page.getByText('it has arrived').first().waitFor();
}

/** A stranger books the first free time. */
async function book(page, entity) {
  const main = page.getByRole('main');
  for (const field of live(entity).filter(({ kind, required }) => kind.type === 'ref' && required)) {
    const box = main.getByLabel(field.label, { exact: false }).first();
    await box.locator('option').nth(1).waitFor({ state: 'attached' });
    const options = await box.locator('option').evaluateAll((all) => all.map((option) => option.value).filter(Boolean));
    await box.selectOption(options[0]);
  }
  const time = main.getByRole('button', { name: /^\d{1,2}[:.]\d\d/ }).first();
  const next = main.getByRole('button', { name: /Next free/ }).first();
  await time.or(next).first().waitFor();
  if (!(await time.count())) await next.click();
  await time.click();
  const form = main.locator('form').first();
  await form.waitFor();
  await fill(form, live(entity), 4);
  await form.locator('button[type=submit]').click();
  await page.getByText('it has arrived').or(page.getByText('Thank you')).first().waitFor();
}

/**
 * Exercises an app. Gives `{ verb, works, why }`: the verb is the public one where there is one, else adding and seeing.
 */
export async function exercise({ owner, stranger, spec, address }) {
  const wrongs = [];
  const app = owner;
  let added = 0;
  for (const entity of inOrder(spec)) {
    for (const turn of [1]) {
      const wrong = await add(app, spec, entity, turn).catch((error) => `${entity.plural}: ${String(error.message).split('\n')[0]}`);
      if (wrong) wrongs.push(wrong);
      else added += 1;
    }
  }
  const open = spec.pages.filter((page) => page.roles.includes('visitor'));
  const form = open.find((page) => page.kind === 'slots') ?? open.find((page) => page.kind === 'form');
  if (form) {
    const entity = spec.entities.find(({ id }) => id === form.entity);
    try {
      await stranger.goto(`${address}/#${form.id}`);
      await (form.kind === 'slots' ? book(stranger, entity) : send(stranger, entity));
      return { verb: form.kind === 'slots' ? 'book' : 'send', works: true, added, wrongs };
    } catch (error) {
      const said = await stranger.getByRole('alert').first().textContent({ timeout: 500 }).catch(() => '');
      return { verb: form.kind === 'slots' ? 'book' : 'send', works: false, added, wrongs: [...wrongs, said || String(error.message).split('\n')[0]] };
    }
  }
  return { verb: 'add', works: added > 0 && added * 2 >= inOrder(spec).length, added, wrongs };
}
