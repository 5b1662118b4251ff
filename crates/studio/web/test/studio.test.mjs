/**
 * The studio in a real browser, against a stand-in for the node: what a person does, screen by screen.
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { accessible, fits, launch, opened } from "./browser.mjs";

let browser;
before(async () => (browser = await launch()));
after(() => browser.close());

const box = (page) => page.getByRole("textbox", { name: "What should it do?" });
const composer = (page) => page.getByRole("textbox", { name: "What should change?" });
const heading = (page, name) => page.getByRole("heading", { name });
const button = (page, name) => page.getByRole("button", { name });

async function say(page, words) {
  await composer(page).fill(words);
  await composer(page).press("Enter");
}

async function inApp(node, page, screen = "") {
  node.addApp("wedding", "Our wedding guests");
  await page.goto(`${node.url}/apps/wedding${screen}`);
}

/** Every address of the studio. */
const SCREENS = ["/", "/about", "/nowhere", ...["", "/preview", "/history", "/people", "/access", "/data", "/logs", "/settings"].map((screen) => `/apps/wedding${screen}`)];

describe("the door", () => {
  test("a stranger is told how to get in, and a link is used up", async (t) => {
    const { node, page, context } = await opened(t, browser, { stranger: true });
    assert.equal(await page.getByLabel("Copy", { exact: true }).first().inputValue(), "autograph link");
    await accessible(page, "entry");
    await page.goto(node.link());
    await box(page).waitFor();
    assert.equal(await page.evaluate(() => location.href), `${node.url}/`);
    await page.reload();
    await box(page).waitFor();
    // Another browser with the same link stays outside and reads why.
    const other = await (await context.browser().newContext()).newPage();
    await other.goto(node.link());
    await other.getByText("That link was used already or is too old.").waitFor();
    await other.context().close();
  });

  test("a link opened in the tab of a stranger lets them in without a reload", async (t) => {
    const { node, page } = await opened(t, browser, { stranger: true });
    await page.evaluate((link) => (location.href = link), node.link());
    await box(page).waitFor();
  });

  test("who is no longer let in is told so at the next request", async (t) => {
    const { node, page } = await opened(t, browser);
    node.state.owners.clear();
    await page.getByRole("link", { name: "About" }).click();
    await heading(page, "This door has one key").waitFor();
  });

  test("the key can't be taken out of the browser", async (t) => {
    const { page } = await opened(t, browser);
    const extractable = await page.evaluate(async () => {
      const done = (request) => new Promise((resolve, reject) => Object.assign(request, { onsuccess: () => resolve(request.result), onerror: reject }));
      const database = await done(indexedDB.open("autograph-studio"));
      return (await done(database.transaction("keys").objectStore("keys").get("owner"))).privateKey.extractable;
    });
    assert.equal(extractable, false);
  });
});

describe("making an app", () => {
  test("by keyboard alone, from the first screen to a changed app", async (t) => {
    const { node, page } = await opened(t, browser);
    const release = node.hold();
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement.textContent), "Skip to the content");
    for (let tabs = 0; tabs < 10 && !(await box(page).evaluate((field) => field === document.activeElement)); tabs += 1) await page.keyboard.press("Tab");
    await page.keyboard.type("A guest list for our wedding");
    await page.keyboard.press("Enter");
    await page.getByRole("list", { name: "Working on it" }).getByText("Writing the app").waitFor();
    await page.locator("[aria-live=polite]").filter({ hasText: "writing the app" }).waitFor();
    await accessible(page, "making");
    release();
    await heading(page, "Your app is live").waitFor();
    await page.frameLocator("iframe").getByText("Version 1").waitFor();
    assert.equal(await page.evaluate(() => document.activeElement.matches("[data-heading]")), true);
    for (const part of ["Understood", "I assumed", "I did not understand"]) await heading(page, part).waitFor();
    // The ready answer to a question runs as a change.
    const answer = button(page, "Up to three");
    await answer.focus();
    await page.keyboard.press("Enter");
    await heading(page, "Version 2 is live").waitFor();
    await page.frameLocator("iframe").getByText("Version 2").waitFor();
    assert.deepEqual(node.calls.filter((call) => call.verb === "change").map((call) => call.argument), [{ app: "wedding", text: "Guests may bring at most 3 people", show: "weighty" }]);
  });

  test("an example fills the box and makes nothing by itself; an empty box says what is missing", async (t) => {
    const { node, page } = await opened(t, browser);
    await button(page, "Make it").click();
    await page.getByRole("alert").getByText("Say what it should do first.").waitFor();
    await button(page, "Reading list").click();
    assert.match(await box(page).inputValue(), /Books/);
    assert.equal(await box(page).evaluate((field) => field === document.activeElement), true);
    assert.equal(node.calls.some((call) => call.verb === "new"), false);
  });

  test("a wish that names nothing keeps its words and says what was not understood", async (t) => {
    const { page } = await opened(t, browser);
    await box(page).fill("something nice");
    await button(page, "Make it").click();
    await heading(page, "I could not do that").waitFor();
    await page.getByText("Nothing here names a thing").waitFor();
    assert.equal(await box(page).inputValue(), "something nice");
    await accessible(page, "failed wish");
  });

  test("a reload in the middle loses nothing", async (t) => {
    const { node, page } = await opened(t, browser);
    const release = node.hold();
    await box(page).fill("A guest list");
    await box(page).press("Enter");
    await page.getByText("Writing the app").first().waitFor();
    await page.reload();
    await page.getByText("Your app is still being made").waitFor();
    release();
    await heading(page, "Your app is live").waitFor();
    const again = node.hold();
    await say(page, "Add a notes field");
    await page.getByText("Writing the app").first().waitFor();
    await page.reload();
    await page.getByText("This is still being worked on").waitFor();
    again();
    await heading(page, "Version 2 is live").waitFor();
  });

  test("the work goes on while another screen is looked at", async (t) => {
    const { node, page } = await opened(t, browser);
    await inApp(node, page);
    const release = node.hold();
    await say(page, "Add a notes field");
    await page.getByText("Writing the app").first().waitFor();
    await page.getByRole("link", { name: "People" }).click();
    await heading(page, "Invite someone").waitFor();
    await page.getByRole("link", { name: "Build" }).click();
    await page.getByText("Writing the app").first().waitFor();
    release();
    await heading(page, "Version 2 is live").waitFor();
    assert.equal(await page.getByText("Add a notes field", { exact: true }).count(), 1);
  });
});

describe("a change that would lose something", () => {
  async function refused(t) {
    const { node, page } = await opened(t, browser);
    await inApp(node, page);
    await say(page, "Remove the phone numbers");
    await heading(page, "I stopped before doing this").waitFor();
    return { node, page };
  }
  const approvals = (node) => node.calls.filter((call) => call.verb === "change").map((call) => call.argument.approve);

  test("says what, how much and which, with the engineer's words folded", async (t) => {
    const { page } = await refused(t);
    await page.getByText("The phone numbers of 5 guests would be gone.").waitFor();
    await page.getByText("0151 555011").waitFor();
    const detail = page.getByText("guest.phone").last();
    assert.equal(await detail.isVisible(), false);
    await page.getByText("Details for engineers").first().click();
    await page.locator("code", { hasText: "values_removed" }).waitFor();
    await accessible(page, "refused");
  });

  test("says what was noted and what was passed, and how long the app paused when it is live", async (t) => {
    const { node, page } = await opened(t, browser);
    await inApp(node, page);
    await say(page, "Remove the phone numbers");
    await heading(page, "What pages and other programs use").waitFor();
    const fine = page.getByRole("list", { name: "Checks that were passed" });
    assert.deepEqual(await fine.getByRole("listitem").allTextContents(), [
      "It builds and starts", "Open pages go on working", "Nobody sees or changes more than before", "What worked still works",
    ]);
    await say(page, "Add a notes field");
    await heading(page, "Who gains or loses access").waitFor();
    await page.getByText("Nobody could change anything for 42 ms while it was put live.").waitFor();
    assert.equal(await page.getByText("access · method_added · setNotes").isVisible(), false);
  });

  test("offers the gentler way first", async (t) => {
    const { node, page } = await refused(t);
    await button(page, "Hide the phone numbers and keep them").click();
    await heading(page, "Version 2 is live").waitFor();
    assert.deepEqual(approvals(node), [undefined, "archive-1"]);
    assert.equal(await button(page, "Do exactly what I asked").count(), 0);
  });

  test("does literally what was asked only after a second yes; Escape is a no", async (t) => {
    const { node, page } = await refused(t);
    const literal = button(page, "Do exactly what I asked");
    await literal.click();
    const dialog = page.getByRole("dialog", { name: "Really do exactly that?" });
    await dialog.getByText("The phone numbers of 5 guests would be gone.").waitFor();
    assert.equal(await dialog.getByRole("button", { name: "Cancel" }).evaluate((one) => one === document.activeElement), true);
    await accessible(page, "confirm");
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    assert.equal(await literal.evaluate((one) => one === document.activeElement), true);
    assert.deepEqual(approvals(node), [undefined]);
    await literal.click();
    await button(page, "Yes, do exactly that").click();
    await heading(page, "Version 2 is live").waitFor();
    assert.deepEqual(approvals(node), [undefined, "literal-1"]);
  });

  test("can be left as it is, for good", async (t) => {
    const { node, page } = await refused(t);
    await button(page, "Leave everything as it is").click();
    await page.getByText("Left as it was.").waitFor();
    await page.reload();
    await page.getByText("Left as it was.").waitFor();
    assert.deepEqual(approvals(node), [undefined]);
  });
});

describe("when something fails", () => {
  test("the node's words and the next step are shown, and it can be tried again", async (t) => {
    const { node, page } = await opened(t, browser);
    await inApp(node, page);
    node.state.refuse.set("data", { message: "the app is being upgraded", hint: "try again in a few seconds" });
    await page.getByRole("link", { name: "Data" }).click();
    await page.getByText("The app is being upgraded.").waitFor();
    await page.getByText("Try again in a few seconds.").waitFor();
    await accessible(page, "failure");
    node.state.refuse.delete("data");
    await button(page, "Try again").click();
    await page.getByRole("table").waitFor();
  });

  test("a refused change keeps its words for another try", async (t) => {
    const { node, page } = await opened(t, browser);
    await inApp(node, page);
    node.state.refuse.set("change", { message: "`wedding` is frozen", hint: "thaw it first" });
    await say(page, "Add a notes field");
    await page.getByText("`wedding` is frozen.").waitFor();
    node.state.refuse.delete("change");
    await button(page, "Try again").click();
    await heading(page, "Version 2 is live").waitFor();
  });

  test("an answer that breaks off is not taken for a failure of the work", async (t) => {
    const { node, page } = await opened(t, browser);
    await inApp(node, page);
    await composer(page).waitFor();
    await page.route("**/_/api/change", async (route) => {
      // The node does all of the work; only its answer is cut.
      await route.fetch();
      await route.fulfill({ body: '{"progress":{"stage":"write","message":"writing the app","seconds":0}}\n' });
    });
    await say(page, "Add a notes field");
    await page.getByText("The connection broke off").waitFor();
    await page.getByText("may have happened all the same").waitFor();
    await button(page, "Try again").click();
    await heading(page, "Version 2 is live").waitFor();
    assert.equal(node.calls.filter((call) => call.verb === "change").length, 1);
  });

  test("a mistake on one screen leaves the others alone", async (t) => {
    const { node, page, wrongs } = await opened(t, browser);
    await inApp(node, page);
    await page.route("**/_/api/access", (route) => route.fulfill({ body: '{"result":{}}\n' }));
    await page.getByRole("link", { name: "Access" }).click();
    await page.getByText("Something unexpected happened in this page").waitFor();
    await page.getByRole("link", { name: "People" }).click();
    await heading(page, "Invite someone").waitFor();
    assert.notDeepEqual(wrongs.splice(0), []);
  });

  test("a node that does not answer is noticed, and so is its return", async (t) => {
    const { page, context } = await opened(t, browser);
    await context.setOffline(true);
    await page.getByRole("link", { name: "About" }).click();
    await page.getByText("Nothing is lost; this page goes on").waitFor();
    await context.setOffline(false);
    await page.getByText("Nothing is lost; this page goes on").waitFor({ state: "detached" });
    await button(page, "Try again").click();
    await page.getByText("Everything is running.").waitFor();
  });
});

describe("around an app", () => {
  test("an earlier version comes back after a yes; one that opens access asks once more", async (t) => {
    const { node, page } = await opened(t, browser);
    await inApp(node, page);
    await say(page, "Add a notes field");
    await heading(page, "Version 2 is live").waitFor();
    await page.getByRole("link", { name: "History" }).click();
    await button(page, "Bring back version 1").click();
    await page.getByRole("dialog").getByText("set aside and kept").waitFor();
    await button(page, "Bring it back").click();
    await page.getByText("Version 1 is back as version 3.").waitFor();
    await page.getByRole("region", { name: "Set aside and kept" }).getByText("2 of “guests” that version 1 does not have are set aside.").waitFor();
    await button(page, "Bring back version 1").click();
    await button(page, "Bring it back").click();
    await heading(page, "More people would see or change things").waitFor();
    await button(page, "Do exactly what I asked").click();
    await button(page, "Yes, do exactly that").click();
    await page.getByText("Version 1 is back as version 4.").waitFor();
    const restores = node.calls.filter((call) => call.verb === "restore").map((call) => call.argument.approve);
    // Each is looked at first; the first is done by the yes to what was shown.
    assert.deepEqual(restores, [undefined, "back-1", undefined, undefined, "widen"]);
  });

  test("the app is seen as somebody else, and as it was, under a strip that says so", async (t) => {
    const { node, page } = await opened(t, browser);
    await inApp(node, page, "/access");
    await button(page, "See it as Guest").click();
    await page.getByRole("dialog").getByText("You see the app as guest. Nothing here touches the app.").waitFor();
    await page.frameLocator("iframe.look-frame").locator("body").waitFor();
    await accessible(page, "look");
    await page.keyboard.press("Escape");
    await page.goto(`${node.url}/apps/wedding`);
    await say(page, "Add a notes field");
    await heading(page, "Version 2 is live").waitFor();
    await page.getByRole("link", { name: "History" }).click();
    await button(page, "Look at it: version 1 as it was").click();
    await page.getByText("Nothing can be changed here.").waitFor();
    const asked = node.calls.filter((call) => call.verb === "look").map((call) => call.argument);
    assert.deepEqual(asked, [{ app: "wedding", as: "guest" }, { app: "wedding", version: 1 }]);
  });

  test("people are invited, get new links and are removed", async (t) => {
    const { node, page } = await opened(t, browser);
    await inApp(node, page, "/people");
    await button(page, "Make a link").click();
    await page.getByText("Write the person’s name first.").waitFor();
    await page.getByLabel("Name").fill("Grandma Rosa");
    await page.getByLabel("As", { exact: true }).selectOption("guest");
    await button(page, "Make a link").click();
    const dialog = page.getByRole("dialog", { name: "The personal link of Grandma Rosa" });
    const link = await dialog.getByLabel("Personal link").inputValue();
    await accessible(page, "link");
    await dialog.getByRole("button", { name: "Copy" }).click();
    await dialog.getByRole("button", { name: "Copied" }).waitFor();
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), link);
    await page.keyboard.press("Escape");
    await button(page, "Make a new link for Ana Duarte").click();
    await page.getByRole("dialog").getByRole("button", { name: "Make a new link" }).click();
    await page.getByRole("dialog", { name: "The personal link of Ana Duarte" }).waitFor();
    await page.keyboard.press("Escape");
    await button(page, "Remove Ben Okoro").click();
    await button(page, "Take it away").click();
    await button(page, "Remove Ben Okoro").waitFor({ state: "detached" });
    const invites = node.calls.filter((call) => call.verb === "invite").map((call) => call.argument);
    assert.deepEqual(invites, [
      { app: "wedding", role: "guest", name: "Grandma Rosa" },
      { app: "wedding", role: "guest", name: "Ana Duarte", member: "guest:1" },
    ]);
  });

  test("its data can be searched and its problems handed over", async (t) => {
    const { node, page } = await opened(t, browser);
    await inApp(node, page, "/data");
    const box = page.getByRole("searchbox", { name: "Search in Guests" });
    await box.fill("chiara");
    await box.press("Enter");
    await page.getByRole("cell", { name: "Ben Okoro" }).waitFor({ state: "detached" });
    assert.equal(await page.getByRole("table").getByRole("row").count(), 2);
    await page.getByText("Found 1 of 8 entries.").first().waitFor();
    // A mistake says so and takes nothing away.
    await box.fill("colour=red");
    await button(page, "Search").click();
    await page.getByText("No data has a field `colour`.").waitFor();
    await page.getByRole("cell", { name: "Chiara Rossi" }).waitFor();
    await box.fill("");
    await page.getByRole("cell", { name: "Ben Okoro" }).waitFor();
    await page.getByRole("link", { name: "Logs" }).click();
    await button(page, "Ask for a repair").click();
    await heading(page, "Version 2 is live").waitFor();
  });

  test("its data are shown by their kinds", async (t) => {
    const { node, page } = await opened(t, browser);
    await inApp(node, page, "/data");
    const row = page.getByRole("row", { name: "Ana Duarte" });
    assert.equal(await page.getByRole("columnheader", { name: "Key" }).count(), 0);
    assert.equal(await row.locator("time").getAttribute("datetime"), "2026-03-04T04:53:20.000Z");
    await page.getByRole("row", { name: "Ben Okoro" }).getByRole("cell", { name: "1,234" }).waitFor();
    const side = await page.getByRole("cell", { name: "1,234" }).evaluate((cell) => getComputedStyle(cell).textAlign);
    assert.equal(side, "end");
    await row.getByRole("button", { name: "Copy the principal w7x7r…cai" }).click();
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), "w7x7r-cok77-xa5ya-aaaaa-cai");
    assert.equal(await page.getByText("no. 0").count(), 1);
    await row.locator("summary").focus();
    await page.keyboard.press("Enter");
    await row.getByText("no nuts, please").last().waitFor();
    await accessible(page, "nested data");
  });

  test("much data come page by page, and are saved whole as they are searched for", async (t) => {
    const { node, page } = await opened(t, browser);
    const app = node.addApp("wedding", "Our wedding guests");
    app.visits = Array.from({ length: 120 }, (_, index) => `visit ${index + 1}`);
    await page.goto(`${node.url}/apps/wedding/data`);
    const panel = page.getByRole("region", { name: "Store · Visits" });
    await panel.getByText("1–50 of 120").waitFor();
    assert.equal(await panel.getByRole("cell").count(), 50);
    await panel.getByRole("button", { name: "Next entries" }).click();
    await panel.getByRole("cell", { name: "visit 51" }).waitFor();
    await panel.getByRole("button", { name: "Next entries" }).click();
    await panel.getByText("101–120 of 120").waitFor();
    assert.ok(await panel.getByRole("button", { name: "Next entries" }).isDisabled());
    const box = panel.getByRole("searchbox");
    await box.fill("visit 11");
    await box.press("Enter");
    await panel.getByText("Found 11 of 120 entries.").waitFor();
    const saved = async (form) => {
      const [download] = await Promise.all([page.waitForEvent("download"), panel.getByRole("button", { name: `Save as ${form}` }).click()]);
      const chunks = [];
      for await (const chunk of await download.createReadStream()) chunks.push(chunk);
      return [download.suggestedFilename(), Buffer.concat(chunks).toString()];
    };
    const [csvName, csv] = await saved("CSV");
    assert.equal(csvName, "wedding-store-visits.csv");
    assert.match(csv, /^\ufeffvalue\r\nvisit 11\r\n/);
    assert.equal(csv.trimEnd().split("\r\n").length, 12);
    await panel.getByText("1 text in it would be taken for a formula").waitFor();
    const [jsonName, json] = await saved("JSON");
    assert.equal(jsonName, "wedding-store-visits.json");
    assert.equal(JSON.parse(json)["store.visits"].length, 11);
  });

  test("on a phone its data are cards", async (t) => {
    const { node, page } = await opened(t, browser, { width: 360, height: 740 });
    await inApp(node, page, "/data");
    const card = page.getByRole("listitem").filter({ hasText: "Ana Duarte" });
    await card.getByText("Phone").waitFor();
    assert.equal(await page.getByRole("table").count(), 0);
    await fits(page, "cards");
  });

  test("access is what was declared and what was seen", async (t) => {
    const { node, page } = await opened(t, browser);
    await inApp(node, page, "/access");
    const guest = page.getByRole("region", { name: "Guest", exact: true });
    await guest.getByText("See their own entry.").waitFor();
    await guest.getByText("can see “guests” (name) by “list guests”.").waitFor();
    // What they can't use is for engineers only.
    assert.equal(await guest.getByText("remove guest").count(), 0);
    await guest.getByText("Details for engineers").click();
    await guest.getByRole("row", { name: "setAnswer update yes – change their own rows" }).waitFor();
    await guest.getByRole("row", { name: "removeGuest update no – –" }).waitFor();
    const anyone = page.getByRole("region", { name: "Visitors who are not signed in" });
    await anyone.getByText("Nothing that was tried works for them.").waitFor();
    await accessible(page, "access");
  });

  test("it is renamed, frozen, thawed, and deleted only by its typed name", async (t) => {
    const { node, page } = await opened(t, browser);
    await inApp(node, page, "/settings");
    await page.getByRole("textbox", { name: "Name" }).fill("Not a Name");
    await button(page, "Rename").click();
    await page.getByText("Use lower-case letters").waitFor();
    await page.getByRole("textbox", { name: "Name" }).fill("party");
    await button(page, "Rename").click();
    await page.waitForURL("**/apps/party/settings");
    await button(page, "Freeze the app").click();
    await button(page, "Thaw the app").click();
    await button(page, "Freeze the app").waitFor();
    await button(page, "Delete the app…").click();
    const sure = button(page, "Delete for good");
    assert.equal(await sure.isDisabled(), true);
    await page.getByLabel("Type party to confirm").fill("wedding");
    assert.equal(await sure.isDisabled(), true);
    await page.getByLabel("Type party to confirm").fill("party");
    await accessible(page, "delete");
    await sure.click();
    await page.getByText("You have no apps yet").waitFor();
    assert.equal(node.state.apps.size, 0);
  });

  test("an app whose data was altered says so everywhere, and leads to its versions", async (t) => {
    const { node, page } = await opened(t, browser);
    await inApp(node, page, "/settings");
    const wedding = node.state.apps.get("wedding");
    Object.assign(wedding, { status: "damaged", damage: "main memory: page 7 does not match its fingerprint" });
    await page.reload();
    const banner = page.getByRole("alert", { name: "This app is stopped to protect its data" });
    await banner.waitFor();
    await accessible(page, "damaged");
    await banner.getByText("What was found").click();
    await banner.getByText("page 7 does not match").waitFor();
    await banner.getByRole("link", { name: "Choose a version to bring back" }).click();
    await page.waitForURL("**/apps/wedding/history");
    await page.goto(new URL("/", page.url()).href);
    await page.getByText("Damaged").waitFor();
  });

  test("an app that fails more often since its last change says so, and leads to its versions", async (t) => {
    const { node, page } = await opened(t, browser);
    await inApp(node, page, "/settings");
    node.state.apps.get("wedding").watch = { version: 2, calls: 9, failed: 6, before: { calls: 200, failed: 1 }, back_to: 1 };
    await page.reload();
    const banner = page.getByRole("alert", { name: "This app fails more often since its last change" });
    await banner.getByText("Of its last 9 calls, 6 failed. Before the change it was 1 of 200.").waitFor();
    await accessible(page, "failing");
    await banner.getByRole("link", { name: "Choose to go back to version 1" }).click();
    await page.waitForURL("**/apps/wedding/history");
  });

  test("one app is left for another, and Escape closes what was opened", async (t) => {
    const { node, page } = await opened(t, browser);
    node.addApp("bakery", "Bakery orders");
    await inApp(node, page);
    const switcher = button(page, /Switch to another app/);
    await switcher.click();
    await page.getByRole("link", { name: "Bakery orders" }).waitFor();
    await accessible(page, "switcher");
    await page.keyboard.press("Escape");
    await page.getByRole("link", { name: "Bakery orders" }).waitFor({ state: "detached" });
    assert.equal(await switcher.evaluate((one) => one === document.activeElement), true);
    await switcher.click();
    await page.getByRole("link", { name: "Bakery orders" }).click();
    await page.waitForURL("**/apps/bakery");
    await page.frameLocator("iframe").getByRole("heading", { name: "Bakery orders" }).waitFor();
  });

  test("the divider moves by keyboard and by mouse, and stays where it was put", async (t) => {
    const { node, page } = await opened(t, browser);
    await inApp(node, page);
    const divider = page.getByRole("separator", { name: "Width of the conversation" });
    const share = () => divider.getAttribute("aria-valuenow").then(Number);
    const first = await share();
    await divider.focus();
    await page.keyboard.press("ArrowRight");
    assert.equal(await share(), first + 2);
    const { x, y, height } = await divider.boundingBox();
    await page.mouse.move(x + 12, y + height / 2);
    await page.mouse.down();
    await page.mouse.move(x + 140, y + height / 2, { steps: 4 });
    await page.mouse.up();
    const dragged = await share();
    assert.ok(dragged > first + 6, `${dragged}`);
    await page.reload();
    await divider.waitFor();
    assert.equal(await share(), dragged);
  });
});

describe("languages", () => {
  const switcher = (page) => page.locator(".language select");
  const root = (page) => page.evaluate(() => [document.documentElement.lang, document.documentElement.dir]);

  test("the browser's language is spoken, another is picked by its own name and stays", async (t) => {
    const { page } = await opened(t, browser, { languages: ["it-IT", "sw-KE", "en"], title: "Ifanye nini?" });
    assert.deepEqual(await root(page), ["sw", "ltr"]);
    // Who reads neither finds the English word beside it, and each language by its own name.
    await page.getByLabel("Lugha (Language)").waitFor();
    const names = await switcher(page).locator("option").allTextContents();
    assert.deepEqual(names, ["English", "Español", "Português", "Français", "Deutsch", "Bahasa Indonesia", "Kiswahili", "हिन्दी", "العربية", "中文"]);
    await page.locator("textarea").fill("my own words");
    await switcher(page).focus();
    await switcher(page).selectOption({ label: "中文" });
    await heading(page, "它要做什么？").waitFor();
    assert.deepEqual(await root(page), ["zh", "ltr"]);
    assert.equal(await page.locator("textarea").inputValue(), "my own words", "nothing that was written is lost");
    await page.locator("[aria-live=polite]").filter({ hasText: "语言: 中文" }).waitFor();
    await page.waitForFunction(() => document.title === "Autograph");
    await page.reload();
    await heading(page, "它要做什么？").waitFor();
    await switcher(page).selectOption({ label: "English" });
    await heading(page, "What should it do?").waitFor();
  });

  test("a stranger can pick one before being let in", async (t) => {
    const { page } = await opened(t, browser, { stranger: true });
    await switcher(page).selectOption("es");
    await heading(page, "Esta puerta tiene una sola llave").waitFor();
    assert.equal(await page.getByLabel("Copiar", { exact: true }).first().inputValue(), "autograph link");
    await accessible(page, "the door in Spanish");
  });

  test("texts that don't come are English", async (t) => {
    const { node, page } = await opened(t, browser);
    await page.route(/assets\/fr-/, (route) => route.abort());
    await switcher(page).selectOption("fr");
    await page.reload();
    await heading(page, "What should it do?").waitFor();
    assert.deepEqual(await root(page), ["en", "ltr"]);
    assert.ok(node.url);
  });

  test("the first page loads no language but its own", async (t) => {
    const { page } = await opened(t, browser, { languages: ["de"], title: "Was soll sie können?" });
    const scripts = await page.evaluate(() => performance.getEntriesByType("resource").map((one) => new URL(one.name).pathname).filter((path) => path.endsWith(".js")));
    const languages = scripts.map((path) => path.match(/assets\/([a-z]{2})-/)?.[1]).filter(Boolean);
    assert.deepEqual(languages, ["de"]);
  });

  test("Arabic runs from the right: the rail, the divider and the words", async (t) => {
    const { node, page } = await opened(t, browser, { languages: ["ar-EG"], title: "ماذا ينبغي أن يفعل؟" });
    await inApp(node, page);
    await page.locator(".chat").waitFor();
    assert.deepEqual(await root(page), ["ar", "rtl"]);
    const x = async (selector) => (await page.locator(selector).first().boundingBox()).x;
    assert.ok((await x(".rail")) > (await x(".chat")) && (await x(".chat")) > (await x(".preview")), "the rail is at the right, then the chat, then the app");
    const divider = page.getByRole("separator");
    const share = () => divider.getAttribute("aria-valuenow").then(Number);
    const first = await share();
    await divider.focus();
    await page.keyboard.press("ArrowLeft");
    assert.equal(await share(), first + 2, "to the left is onwards");
    const { x: left, y, height } = await divider.boundingBox();
    await page.mouse.move(left + 12, y + height / 2);
    await page.mouse.down();
    await page.mouse.move(left - 100, y + height / 2, { steps: 4 });
    await page.mouse.up();
    assert.ok((await share()) > first + 6);
    // What somebody wrote in another writing keeps its own direction.
    const field = page.locator(".composer textarea");
    await field.fill("Add a notes field.");
    await field.press("Enter");
    await page.locator(".said").getByText("Add a notes field.").waitFor();
    await page.waitForFunction(() => [...document.querySelectorAll(".said")].some((one) => getComputedStyle(one).unicodeBidi === "plaintext"));
    await page.goto(`${node.url}/apps/wedding/settings`);
    assert.equal(await page.locator(".copy-field input").first().evaluate((one) => getComputedStyle(one).direction), "ltr");
  });

  const SPOKEN = [
    ["ar", "ماذا ينبغي أن يفعل؟", "لم يتغير شيء"],
    ["zh", "它要做什么？", "没有任何改变"],
    ["de", "Was soll sie können?", "Nichts hat sich geändert"],
    ["hi", "इसे क्या करना है?", "कुछ नहीं बदला"],
  ];
  for (const [code, title, refused] of SPOKEN) {
    for (const width of [360, 1280]) {
      test(`${code} at ${width} px: every screen fits, and axe has no objection`, async (t) => {
        const { node, page } = await opened(t, browser, { width, languages: [code], title });
        await inApp(node, page);
        await page.locator(".composer textarea").fill("Remove the phone numbers");
        await page.keyboard.press("Enter");
        await page.getByText(refused).first().waitFor();
        for (const screen of SCREENS) {
          await page.goto(`${node.url}${screen}`);
          await page.locator("h1").first().waitFor({ state: "attached" });
          await page.locator(".waiting").first().waitFor({ state: "detached" });
          await fits(page, `${code}: ${screen} at ${width}`);
          await accessible(page, `${code}: ${screen} at ${width}`);
        }
        await page.keyboard.press("?");
        await page.getByRole("dialog").getByRole("searchbox").waitFor();
        await fits(page, `${code}: help at ${width}`);
        await accessible(page, `${code}: help at ${width}`);
      });
    }
  }
});

describe("help", () => {
  test("a question finds its answer, and the answer leads to its screen", async (t) => {
    const { node, page } = await opened(t, browser);
    await inApp(node, page, "/settings");
    await heading(page, "Settings").waitFor();
    await page.keyboard.press("?");
    const dialog = page.getByRole("dialog", { name: "Help" });
    const box = dialog.getByRole("searchbox", { name: "What would you like to know?" });
    await box.waitFor();
    assert.equal(await box.evaluate((field) => field === document.activeElement), true);
    await box.fill("How can I send my grandma an invitation?");
    await dialog.getByRole("status").getByText("These topics fit best:").waitFor();
    const first = dialog.locator("details").first();
    assert.equal(await first.locator("summary").textContent(), "Invite people");
    assert.equal(await first.evaluate((one) => one.open), true);
    await accessible(page, "an answer");
    await first.getByRole("link", { name: "Go to “People”" }).click();
    await page.waitForURL("**/apps/wedding/people");
    await dialog.waitFor({ state: "detached" });
    await heading(page, "Invite someone").waitFor();
  });

  test("a topic is picked by keyboard, names its command, and Escape gives the focus back", async (t) => {
    const { page } = await opened(t, browser);
    const help = button(page, "Help");
    await help.focus();
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog", { name: "Help" });
    const topic = dialog.locator("summary").filter({ hasText: "Use another browser" });
    await topic.focus();
    await page.keyboard.press("Enter");
    await dialog.locator('input[value="autograph link"]').waitFor();
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    assert.equal(await help.evaluate((one) => one === document.activeElement), true);
  });

  test("a question mark in a text stays in the text, and words that nothing fits say so", async (t) => {
    const { page } = await opened(t, browser);
    await box(page).press("?");
    assert.equal(await box(page).inputValue(), "?");
    assert.equal(await page.getByRole("dialog").count(), 0);
    await button(page, "Help").click();
    const dialog = page.getByRole("dialog", { name: "Help" });
    await dialog.getByRole("searchbox").fill("zzzz");
    await dialog.getByText("No topic fits these words.").waitFor();
    assert.ok((await dialog.locator("details").count()) > 10, "all topics are still there");
  });
});

describe("every screen, at every width, in light and dark", () => {
  for (const width of [360, 768, 1280]) {
    test(`${width} px: nothing sticks out and axe has no objection`, async (t) => {
      const { node, page } = await opened(t, browser, { width });
      await box(page).fill("A guest list with a_very_long_word_that_nobody_would_ever_write_but_somebody_will_paste_some_day");
      await box(page).press("Enter");
      await page.waitForURL("**/apps/wedding");
      await heading(page, "Your app is live").waitFor();
      await say(page, "Remove the phone numbers");
      await heading(page, "I stopped before doing this").waitFor();
      for (const screen of SCREENS) {
        await page.goto(`${node.url}${screen}`);
        await page.locator("h1").first().waitFor({ state: "attached" });
        await page.locator(".waiting").first().waitFor({ state: "detached" });
        await fits(page, `${screen} at ${width}`);
        for (const colorScheme of ["light", "dark"]) {
          await page.emulateMedia({ colorScheme });
          await accessible(page, `${screen} at ${width}, ${colorScheme}`);
        }
      }
    });
  }

  test("on a phone the chat, the preview and the rest are tabs", async (t) => {
    const { node, page } = await opened(t, browser, { width: 360, height: 740 });
    await inApp(node, page);
    await composer(page).waitFor();
    assert.equal(await page.locator("iframe").count(), 0);
    await page.getByRole("link", { name: "Preview" }).click();
    await page.frameLocator("iframe").getByText("Version 1").waitFor();
    assert.equal(await composer(page).count(), 0);
    await button(page, "More").click();
    await fits(page, "more");
    await accessible(page, "more");
    await page.getByRole("link", { name: "Access" }).click();
    await heading(page, "You, the owner").waitFor();
  });
});
