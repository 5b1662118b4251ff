/**
 * Correcting what was understood, seeing a change before it goes live, taking it back, and versions side by side: in a
 * real browser, against a stand-in for the node.
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { accessible, fits, launch, opened } from "./browser.mjs";

let browser;
before(async () => (browser = await launch()));
after(() => browser.close());

const composer = (page) => page.getByRole("textbox", { name: "What should change?" });
const heading = (page, name) => page.getByRole("heading", { name });
const button = (page, name) => page.getByRole("button", { name });
const focused = (locator) => locator.evaluate((element) => element === document.activeElement);
const changes = (node) => node.calls.filter((call) => call.verb === "change").map((call) => call.argument);

async function say(page, words) {
  await composer(page).fill(words);
  await composer(page).press("Enter");
}

async function inApp(node, page, screen = "") {
  node.addApp("wedding", "Our wedding guests");
  await page.goto(`${node.url}/apps/wedding${screen}`);
}

describe("what was understood", () => {
  async function made(t, size = {}) {
    const { node, page } = await opened(t, browser, size);
    await page.getByRole("textbox", { name: "What should it do?" }).fill("A guest list for our wedding");
    await button(page, "Make it").click();
    await heading(page, "Your app is live").waitFor();
    return { node, page };
  }

  test("opens by keyboard, gives the focus back, and is taken out by a sentence that is shown first", async (t) => {
    const { node, page } = await made(t);
    const chip = button(page, "Guests say whether they come");
    assert.equal(await chip.getAttribute("aria-expanded"), "false");
    await chip.focus();
    await page.keyboard.press("Enter");
    assert.equal(await focused(button(page, "Not like that…")), true);
    await accessible(page, "an open chip");
    await page.keyboard.press("Escape");
    assert.equal(await focused(chip), true);
    assert.equal(await button(page, "Not like that…").count(), 0);
    await page.keyboard.press("Enter");
    await button(page, "Take it out Remove the menu from guests.").press("Enter");
    await heading(page, "I stopped before doing this").waitFor();
    assert.equal(changes(node)[0].text, "Remove the menu from guests.");
    // The conversation has moved on: what was said before is plain text.
    assert.equal(await chip.count(), 0);
    await page.getByText("Guests say whether they come, whom they bring and what they eat.").waitFor();
  });

  test("goes into the composer to be said otherwise, behind what was begun there", async (t) => {
    const { page } = await made(t);
    await composer(page).fill("And one thing:");
    await button(page, "A list of guests, each with a name").click();
    await button(page, "Not like that…").click();
    assert.equal(await composer(page).inputValue(), "And one thing:\nA list of guests, each with a name and a phone number");
    assert.equal(await focused(composer(page)), true);
  });

  test("what was assumed has other answers that run", async (t) => {
    const { node, page } = await made(t);
    await button(page, "A guest brings at most one person").click();
    await page.getByRole("group", { name: "Say it otherwise" }).getByRole("button", { name: "Up to three" }).click();
    await heading(page, "Version 2 is live").waitFor();
    assert.equal(changes(node)[0].text, "Guests may bring at most 3 people");
  });

  test("what was not understood is said differently in its own words, or left", async (t) => {
    const { page } = await made(t);
    const chip = button(page, "“the table by the window”");
    await chip.click();
    await button(page, "Leave it").click();
    await page.getByText("(left as it is)").waitFor();
    assert.equal(await focused(chip), true);
    await chip.click();
    await button(page, "Say it differently…").click();
    assert.equal(await composer(page).inputValue(), "the table by the window");
  });

  test("a long list is folded, and the focus goes on where it was cut", async (t) => {
    const { node, page } = await opened(t, browser, { width: 390, height: 800 });
    const app = node.addApp("wedding", "Our wedding guests");
    const understood = Array.from({ length: 12 }, (_, at) => `sentence number ${at + 1}`);
    const outcome = { outcome: "live", version: 1, seconds: { total: 1 }, understood, assumed: [], not_understood: [], questions: [], verdict: {} };
    app.messages.push({ at: new Date().toISOString(), from: "you", text: "make it" }, { at: new Date().toISOString(), from: "autograph", text: "", outcome });
    await page.goto(`${node.url}/apps/wedding`);
    await button(page, "Show 6 more").click();
    assert.equal(await focused(button(page, "Sentence number 7.")), true);
    assert.equal(await button(page, /Sentence number/).count(), 12);
    await button(page, "Sentence number 12.").click();
    await fits(page, "chips on a phone");
  });
});

describe("a change before it goes live", () => {
  const wish = "Guests may see all guests";

  async function shown(t, size = {}) {
    const { node, page } = await opened(t, browser, size);
    await inApp(node, page);
    await say(page, wish);
    await heading(page, "This is what would change").waitFor();
    return { node, page };
  }

  test("says what changes, what becomes of the data and of access, and goes live by one yes", async (t) => {
    const { node, page } = await shown(t);
    await page.frameLocator("iframe").getByText("Version 1").waitFor();
    const lines = await page.locator(".differences li").allInnerTexts();
    assert.deepEqual(lines.map((line) => line.split("\n")[0]), ["New", "Gone", "Different"]);
    await page.getByText("8 of “guests” get an empty field “wishes”.").waitFor();
    await page.getByText("It was: Guests: the role “Guest” may see their own.").waitFor();
    await page.getByRole("list", { name: "Checks that were passed" }).getByText("It builds and starts").waitFor();
    assert.equal(await page.getByText("data · field_added · guests.wishes · 8").isVisible(), false);
    await page.getByText("Details for engineers").click();
    await page.getByText("data · field_added · guests.wishes · 8").waitFor();
    await accessible(page, "a change before it goes live");
    await button(page, "Put it live").click();
    await heading(page, "Version 2 is live").waitFor();
    assert.deepEqual(changes(node), [
      { app: "wedding", text: wish, show: "weighty" },
      { app: "wedding", text: wish, approve: "yes-1", show: "weighty" },
    ]);
    // The same words are not said twice: the second time they were a yes.
    assert.equal(await page.getByText(wish, { exact: true }).count(), 1);
    await page.getByText("Yes, do that.").waitFor();
  });

  test("can be adjusted or left, and is then as it was", async (t) => {
    const { node, page } = await shown(t);
    await button(page, "Adjust it…").click();
    assert.equal(await composer(page).inputValue(), wish);
    await composer(page).fill("");
    await button(page, "Leave it").click();
    await page.getByText("Left as it was.").waitFor();
    assert.equal(changes(node).length, 1);
    assert.equal(node.state.apps.get("wedding").versions.length, 1);
  });

  test("goes live at once for whoever wants it so, in this browser", async (t) => {
    const { node, page } = await shown(t, { width: 390, height: 800 });
    await fits(page, "the card on a phone");
    await page.getByLabel("Show me first").selectOption("never");
    await page.reload();
    await say(page, wish);
    await heading(page, "Version 2 is live").waitFor();
    assert.deepEqual(changes(node).at(-1), { app: "wedding", text: wish });
    await page.goto(`${node.url}/apps/wedding/settings`);
    assert.equal(await page.getByLabel("Show me first").inputValue(), "never");
    await accessible(page, "settings with the choice");
  });

  test("that went live at once is taken back after what that sets aside was said", async (t) => {
    const { node, page } = await opened(t, browser);
    await inApp(node, page);
    await say(page, "Add a notes field");
    await heading(page, "Version 2 is live").waitFor();
    await button(page, "Undo").click();
    await heading(page, "This is what going back would do").waitFor();
    await page.getByText("2 of “guests” that version 1 does not have are set aside.").waitFor();
    await accessible(page, "before going back");
    await button(page, "Leave it").click();
    await heading(page, "This is what going back would do").waitFor({ state: "detached" });
    await button(page, "Undo").click();
    await button(page, "Put it live").click();
    await heading(page, "Version 3 is live").waitFor();
    const restores = node.calls.filter((call) => call.verb === "restore").map((call) => call.argument.approve);
    assert.deepEqual(restores, [undefined, undefined, "back-1"]);
  });
});

describe("the history", () => {
  async function changed(t, size = {}) {
    const { node, page } = await opened(t, browser, size);
    await inApp(node, page);
    for (const [at, words] of ["Add a notes field", "Add a page"].entries()) {
      await say(page, words);
      await heading(page, `Version ${at + 2} is live`).waitFor();
    }
    await page.getByRole("link", { name: "History" }).click();
    await heading(page, "Version 3").waitFor();
    return { node, page };
  }

  test("has a picture of a version where there is one, and a drawn page where not", async (t) => {
    const { page } = await changed(t);
    await page.getByRole("img", { name: "The first page of version 3" }).waitFor();
    await page.getByRole("img", { name: "The first page of version 1" }).waitFor();
    assert.equal(await page.locator(".version-picture svg").count(), 1);
    assert.equal(await page.getByText("Restore point").count(), 2);
    await accessible(page, "history with pictures");
  });

  test("compares a version with the one before it, and with any other", async (t) => {
    const { node, page } = await changed(t, { width: 390, height: 800 });
    await button(page, "Compare version 3 with another").click();
    await heading(page, "From version 2 to version 3").waitFor();
    assert.equal(await focused(page.getByLabel("Compare version 3 with version")), true);
    await page.getByText("Guests: Notes.").waitFor();
    await page.getByText("Files for engineers (2 differences)").click();
    await page.getByText("backend/main.mo").click();
    await page.getByText("+ new").waitFor();
    await accessible(page, "two versions");
    await fits(page, "two versions on a phone");
    await page.getByLabel("Compare version 3 with version").selectOption("1");
    await heading(page, "From version 1 to version 3").waitFor();
    await button(page, "Close the comparison").click();
    assert.equal(await focused(button(page, "Compare version 3 with another")), true);
    const asked = node.calls.filter((call) => call.verb === "compare").map(({ argument }) => [argument.from, argument.to]);
    assert.deepEqual(asked, [[2, 3], [1, 3]]);
  });

  test("keeps a name for a version, and gives the focus back", async (t) => {
    const { page } = await changed(t);
    const opener = button(page, "Name version 2");
    await opener.click();
    const field = page.getByLabel("A name for version 2");
    assert.equal(await focused(field), true);
    await accessible(page, "naming a version");
    await field.fill("before the party");
    await field.press("Enter");
    await page.getByText("before the party", { exact: true }).waitFor();
    assert.equal(await focused(opener), true);
    await opener.click();
    await field.fill("");
    await button(page, "Keep it").click();
    await page.getByText("before the party", { exact: true }).waitFor({ state: "detached" });
  });

  test("says what would be set aside before a version comes back", async (t) => {
    const { page } = await changed(t);
    await button(page, "Bring back version 2").click();
    const dialog = page.getByRole("dialog", { name: "Bring version 2 back?" });
    await dialog.getByText("2 of “guests” that version 2 does not have are set aside.").waitFor();
    await accessible(page, "before a version comes back");
    await dialog.getByRole("button", { name: "Bring it back" }).click();
    await page.getByText("Version 2 is back as version 4.").waitFor();
  });
});
