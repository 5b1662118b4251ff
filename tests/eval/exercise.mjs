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

/** The smallest picture there is: one grey dot. */
const PICTURE = {
  name: 'dot.png',
  mimeType: 'image/png',
  buffer: Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==', 'base64'),
};

/** Opening hours must open before they close. */
function times(fields) {
  const clocks = fields.filter(({ kind }) => kind.type === 'time').map(({ id }) => id);
  return Object.fromEntries(clocks.map((id, index) => [id, index === 0 ? '08:00' : '18:00']));
}

/** Fills in what a form asks for. */
export async function fill(form, fields, turn) {
  const clock = times(fields);
  // Few are ordered of what there is, so that some are left for others.
  const orders = fields.some(({ kind }) => kind.type === 'ref');
  for (const field of fields) {
    const { kind, label, id } = field;
    if (kind.type === 'picture') {
      if (field.required) await form.locator('input[type=file]').first().setInputFiles(PICTURE);
      continue;
    }
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
      // What can be chosen comes after the form.
      if (kind.type === 'ref' && field.required) await box.locator('option').nth(1).waitFor({ state: 'attached' });
      const options = await box.locator('option').evaluateAll((all) => all.map((option) => option.value));
      const real = options.filter((value) => value !== '');
      if (real.length > 0) await box.selectOption(real[0]);
    } else if (tag.includes('checkbox') || tag.includes('radio')) {
      await box.check({ force: true });
    } else {
      const few = orders && id === 'quantity' ? '1' : undefined;
      await box.fill(clock[id] ?? few ?? example(kind, label, turn));
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

/** What strangers see only in a state is brought there, as its owner would: an article is published. */
async function publish(app, entity) {
  const shown = entity.access.find(({ role, read_if }) => role === 'visitor' && read_if)?.read_if;
  const field = live(entity).find(({ id }) => id === shown?.field);
  const option = field?.kind.options?.find(({ id }) => shown.values.includes(id));
  if (!option) return;
  const step = app.getByRole('main').getByRole('button', { name: option.label }).first();
  await step.waitFor();
  await step.click();
  await step.waitFor({ state: 'hidden' });
}

/** The page where the owner has the rows of an entity, brought up by the menu; whether the app has one. */
async function table(app, spec, entity) {
  const page = spec.pages.find((one) => one.entity === entity.id && one.kind === 'table' && one.roles.includes('owner'));
  if (!page) return false;
  const menu = app.getByRole('navigation').getByRole('link', { name: page.title, exact: true });
  // An app with one page has no menu.
  const shown = spec.pages.filter((one) => one.roles.includes('owner'));
  if (shown.length > 1) await menu.last().click();
  await app.getByRole('heading', { name: entity.plural }).first().waitFor();
  return true;
}

/** The owner adds a row of an entity by its page; gives what went wrong, if something did. */
async function add(app, spec, entity, turn) {
  if (!(await table(app, spec, entity))) return undefined;
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
  await publish(app, entity);
  return undefined;
}

/** A stranger sends a public form, with something in the cart where it has one. */
async function send(page, entity) {
  const form = page.locator('form').first();
  await form.waitFor();
  const cart = page.getByRole('region', { name: 'Cart' });
  if (await cart.count()) {
    const goods = page.getByRole('main').locator('select').last();
    await goods.locator('option').nth(1).waitFor({ state: 'attached' });
    await goods.selectOption({ index: 1 });
    await page.getByRole('button', { name: 'Add to cart' }).last().click();
  }
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

/** A stranger adds a row on a public page, and it is there. */
async function post(page, entity) {
  const main = page.getByRole('main');
  await main.getByRole('heading', { name: entity.plural }).first().waitFor();
  await main.getByRole('button', { name: /^Add|: / }).filter({ hasNotText: 'CSV' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.waitFor();
  await fill(dialog, live(entity), 5);
  await dialog.locator('button[type=submit]').click();
  await dialog.waitFor({ state: 'hidden' });
}

/** A stranger sees the words the owner entered. */
async function browse(page, entity) {
  const named = live(entity).find(({ kind }) => kind.type === 'text') ?? live(entity)[0];
  await page.getByRole('main').getByText(example(named.kind, named.label, 1)).first().waitFor();
}

/** Invites the person of the first row, as the owner does it: the link that they are sent. */
async function invitation(app, spec, entity) {
  await table(app, spec, entity);
  await app.getByRole('main').getByRole('button', { name: /^Invite/ }).first().click();
  const dialog = app.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Make the link' }).click();
  const link = await dialog.getByLabel('Invitation link').inputValue();
  await dialog.getByRole('button', { name: 'Close' }).first().click();
  return link;
}

/** An invited person fills in what is theirs. */
async function answer(page, entity) {
  const form = page.getByRole('main').locator('form').first();
  // What the owner has filled in already is an answer that can be changed.
  const again = page.getByRole('button', { name: 'Change my answer' });
  await form.or(again).first().waitFor();
  if (await again.count()) await again.click();
  await fill(form, live(entity).filter((field) => field.by_member), 6);
  await form.locator('button[type=submit]').click();
  await form.waitFor({ state: 'hidden' });
}

const mayAdd = (entity) => entity.access.some(({ role, create }) => role === 'visitor' && create);

/** What strangers and members can do with an app: each with the page it is done on, as the spec says. */
function deeds(spec) {
  const by = (id) => spec.entities.find((entity) => entity.id === id);
  const open = spec.pages.filter(({ roles, entity }) => roles.includes('visitor') && by(entity));
  const found = [];
  for (const page of open) {
    const entity = by(page.entity);
    if (page.kind === 'slots') found.push({ verb: 'book', page, entity, act: book });
    else if (page.kind === 'form') found.push({ verb: entity.id === 'message' ? 'contact' : 'send', page, entity, act: send });
    else if (mayAdd(entity)) found.push({ verb: 'post', page, entity, act: post });
  }
  for (const page of open.filter(({ kind }) => ['cards', 'gallery', 'timeline', 'table'].includes(kind))) {
    found.push({ verb: 'browse', page, entity: by(page.entity), act: browse });
  }
  for (const page of spec.pages.filter(({ kind }) => kind === 'answer')) {
    found.push({ verb: 'answer', page, entity: by(page.entity), act: answer });
  }
  return found;
}

/** The owner enters one row of everything that needs nothing to have happened before, as a rating needs a loan's return. */
async function addAll(owner, spec) {
  const wrongs = [];
  const later = new Set(spec.rules.filter(({ type }) => type === 'needs').map(({ entity }) => entity));
  for (const entity of inOrder(spec).filter(({ id }) => !later.has(id))) {
    const wrong = await add(owner, spec, entity, 1).catch((error) => `${entity.plural}: ${String(error.message).split('\n')[0]}`);
    if (wrong) wrongs.push(wrong);
  }
  return wrongs;
}

/**
 * Exercises an app: the owner enters one row of everything, then each thing that strangers and members can do is done
 * once. `wanted` names the main verb of the request; without it, it is the first that the spec offers, in the order of
 * `deeds`, and the owner's own adding where there is none. Gives `{ verb, works, done, wrongs }`.
 */
export async function exercise({ owner, stranger, spec, address, wanted }) {
  const wrongs = await addAll(owner, spec);
  const done = { add: wrongs.length === 0 };
  for (const { verb, page, entity, act } of deeds(spec)) {
    if (done[verb]) continue;
    try {
      const begins = verb === 'answer' ? await invitation(owner, spec, entity) : `${address}#${page.id}`;
      await stranger.goto('about:blank');
      await stranger.goto(begins);
      await act(stranger, entity);
      done[verb] = true;
    } catch (error) {
      const said = await stranger.getByRole('alert').first().textContent({ timeout: 500 }).catch(() => '');
      wrongs.push(`${verb} ${entity.plural}: ${said || String(error.message).split('\n')[0]}`);
      done[verb] = false;
    }
  }
  const wish = wanted?.split('|');
  const verb = wish?.find((one) => done[one]) ?? wish?.[0] ?? Object.keys(done)[1] ?? 'add';
  return { verb, works: done[verb] === true, done, wrongs };
}
