/** What people do with words: name each other, think again, find things, and lose nothing. */
import { act, flood, log, message, openHive, say, two } from "../support/hive.js";
import { awake, expect, expectNoViolations, expectQuiet, lobby, signIn, test, visitor } from "../support/house.js";

test("one jumps to another place with a few letters, and comes back to where one was", async ({ browser, house }) => {
  const ada = await visitor(browser);
  await signIn(ada, house);
  await openHive(ada, house, "Quarry");
  await awake(ada);
  await ada.goto(lobby(house));
  await awake(ada);
  await openHive(ada, house, "Harbour");
  await awake(ada);
  await ada.locator("#composer").focus();
  await ada.keyboard.press("Control+k");
  const field = ada.getByRole("combobox", { name: "A hive, a person or a page" });
  await expect(field).toBeFocused();
  await expectNoViolations(ada);
  // The last places come first; this one comes last.
  await expect(ada.getByRole("option").first()).toHaveText(/Lobby/);
  await ada.keyboard.press("Escape");
  await expect(ada.locator("#composer")).toBeFocused();
  await ada.getByRole("button", { name: "Jump to" }).click();
  await field.fill("quar");
  await expect(ada.getByRole("option")).toHaveCount(1);
  await ada.keyboard.press("Enter");
  await expect(ada.getByRole("heading", { level: 1, name: "Quarry" })).toBeVisible();
  // Nobody wrote here yet: one may start at once.
  await expect(ada.locator("#timer [data-key=space] button")).toBeFocused();
  await ada.keyboard.press("Control+k");
  await field.fill("nothing like it");
  await expect(ada.getByText("Nothing you can see is called")).toBeVisible();
  expectQuiet(ada);
});

test("people are named by a few letters, and strangers are told apart", async ({ browser, house }) => {
  const { ada, other } = await two(browser, house, "Names", "Mentor");
  const composer = ada.locator("#composer");
  await composer.pressSequentially("hello @");
  await expect(ada.getByRole("option", { name: /Mentor/ })).toBeVisible();
  await composer.pressSequentially("ment");
  await expect(ada.getByRole("option")).toHaveCount(1);
  await expectNoViolations(ada);
  await composer.press("Tab");
  await expect(composer).toHaveValue("hello @mentor ");
  await expect(composer).toBeFocused();
  await composer.pressSequentially("and @nobody-here too");
  await expect(ada.getByText("Not in this hive, and not told: @nobody-here")).toBeVisible();
  await composer.press("Enter");
  await expect(log(other).locator(".mention", { hasText: "@mentor" })).toBeVisible();
  await expect(message(other, "hello").locator("[data-names-me]")).toContainText("hello");
  // Escape leaves the letters as they are; that they name nobody is said before they are sent.
  await composer.pressSequentially("@ment");
  await expect(ada.getByRole("option")).toHaveCount(1);
  await composer.press("Escape");
  await expect(ada.getByRole("option")).toHaveCount(0);
  await composer.press("Enter");
  await expect(ada.getByText("Not in this hive, and not told: @ment.")).toBeVisible();
  await composer.press("Enter");
  await expect(message(other, "@ment").last()).toBeVisible();
  expectQuiet(ada);
  expectQuiet(other);
});

test("what was said before an edit can be seen, and what is pinned is found", async ({ browser, house }) => {
  const { ada, other, hive } = await two(browser, house, "Second thoughts", "Edith");
  await say(ada, "teh first");
  await act(ada, "teh first", "Edit");
  const edit = ada.getByLabel("Edit the message");
  await edit.fill("the first");
  // What is half written is on the other device too, and in no composer.
  const desk = await visitor(browser);
  await signIn(desk, house);
  await expect(async () => {
    await desk.goto(hive);
    await awake(desk);
    await act(desk, "teh first", "Edit");
    await expect(desk.getByLabel("Edit the message")).toHaveValue("the first", { timeout: 1_000 });
  }).toPass();
  await expect(desk.locator("#composer")).toHaveValue("");
  await edit.press("Escape");
  await expect(ada.locator("#composer")).toBeFocused();
  await expect(message(ada, "teh first")).toBeVisible();
  await ada.locator("#composer").press("ArrowUp");
  await edit.fill("the first");
  await edit.press("Enter");
  await message(other, "the first").getByRole("button", { name: "edited" }).click();
  const dialog = other.getByRole("dialog", { name: "What it said before" });
  await expect(dialog.getByText("teh first")).toBeVisible();
  await expectNoViolations(other);
  await other.keyboard.press("Escape");
  await expect(message(other, "the first").getByRole("button", { name: "edited" })).toBeFocused();

  await act(ada, "the first", "Pin");
  await other.getByRole("button", { name: "Show what is pinned" }).click();
  await expect(other.locator(".pins").getByText("the first")).toBeVisible();
  await flood(ada, hive, 120);
  await other.goto(hive);
  await awake(other);
  await expect(message(other, "the first")).toHaveCount(0);
  await other.getByRole("button", { name: "Show what is pinned" }).click();
  await expectNoViolations(other);
  await other.locator(".pins").getByText("the first").click();
  await expect(message(other, "the first")).toBeInViewport();
  await expect(message(other, "the first")).toBeFocused();
  await act(other, "the first", "Unpin");
  await ada.getByRole("button", { name: "Show what is pinned" }).click();
  await expect(ada.getByText("Nothing is pinned.")).toBeVisible();
  expectQuiet(ada);
  expectQuiet(other);
});

test("what one deleted can be had again for a moment, by keyboard too", async ({ browser, house }) => {
  const { ada, other } = await two(browser, house, "Regrets", "Una");
  await say(ada, "an answer");
  await say(ada, "not meant");
  await act(ada, "not meant", "Delete");
  await expect(message(other, "not meant")).toHaveCount(0);
  await expect(ada.getByText("The message is deleted.")).toBeVisible();
  await expect(ada.locator(".chat-log")).toBeFocused();
  await expectNoViolations(ada);
  await ada.keyboard.press("Alt+t");
  await expect(ada.getByRole("button", { name: "Undo" })).toBeFocused();
  await ada.keyboard.press("Enter");
  await expect(message(other, "not meant")).toBeVisible();
  await expect(log(ada).locator(".message-body")).toHaveText(["an answer", "not meant"]);
  // Unless it is taken, the offer goes by itself, and the message stays gone.
  await act(ada, "not meant", "Delete");
  await ada.mouse.move(700, 20);
  await expect(ada.getByRole("button", { name: "Undo" })).toHaveCount(0, { timeout: 8_000 });
  await ada.reload();
  await expect(log(ada).locator(".message-body")).toHaveText(["an answer"]);
  expectQuiet(ada);
  expectQuiet(other);
});

test("one reads by hand if one wants to, and looks offline with a way back", async ({ browser, house }) => {
  const { ada, other, hive } = await two(browser, house, "By hand", "Hanna");
  await other.goto(`${house.url}/settings/chat`);
  await awake(other);
  await other.getByLabel("Only when I say so").check();
  await other.locator("form", { hasText: "A message is read" }).getByRole("button", { name: "Save" }).click();
  await expect(other.getByText("Saved.")).toBeVisible();
  await expectNoViolations(other);
  await say(ada, "unread");
  // It is stored, and not on its way only.
  await expect(log(ada).locator("li[id^=message-]", { hasText: "unread" })).toBeVisible();
  await other.goto(hive);
  await awake(other);
  await expect(log(other).locator(".chat-new")).toBeVisible();
  await other.waitForTimeout(2500);
  await expect(other.locator(".rail .badge")).toHaveText("1");
  await other.getByRole("button", { name: "Mark as read" }).click();
  await expect(other.locator(".rail .badge")).toHaveCount(0);

  await other.goto(`${house.url}/settings/privacy`);
  await awake(other);
  await other.getByLabel("I am", { exact: true }).selectOption("offline");
  await other.locator("form", { has: other.getByLabel("I am", { exact: true }) }).getByRole("button", { name: "Save" }).click();
  await expect(other.getByText("You look offline to everybody.")).toBeVisible();
  await expectNoViolations(other);
  await other.goto(hive);
  await expect(other.getByText("You look offline to everybody.")).toBeVisible();
  await expect(ada.locator(".roster").getByText("Hanna")).toHaveCount(0);
  await other.getByRole("button", { name: "Be seen again" }).click();
  await expect(other.getByText("You look offline to everybody.")).toHaveCount(0);
  await expect(ada.locator(".roster").getByText("Hanna")).toBeVisible();
  expectQuiet(ada);
  expectQuiet(other);
});

test("what one types goes to the composer, and what stands there is on the other device as well", async ({ browser, house }) => {
  const { ada, other, hive } = await two(browser, house, "Anywhere", "Ansel");
  await other.locator("h1").click();
  // A key that does something does that; every other one is written.
  await other.keyboard.press("t");
  await expect(other.locator("#timer")).toBeFocused();
  await other.keyboard.type("hello");
  await expect(other.locator("#composer")).toBeFocused();
  await expect(other.locator("#composer")).toHaveValue("hello");
  const phone = await other.context().newPage();
  await phone.goto(hive);
  await awake(phone);
  await expect(phone.locator("#composer")).toHaveValue("hello", { timeout: 15_000 });
  await other.locator("#composer").pressSequentially(" there");
  await expect(phone.locator("#composer")).toHaveValue("hello there", { timeout: 15_000 });
  await other.locator("#composer").press("Enter");
  await expect(message(ada, "hello there")).toBeVisible();
  await expect(phone.locator("#composer")).toHaveValue("", { timeout: 15_000 });
  // What is being written stays, whatever another device does.
  await phone.locator("#composer").fill("mine");
  await other.locator("#composer").fill("theirs");
  await other.waitForTimeout(3000);
  await expect(phone.locator("#composer")).toHaveValue("mine");
  for (const page of [ada, other, phone]) expectQuiet(page);
});

test("whoever has to wait is told until when, by their own clock", async ({ browser, house }) => {
  const { ada, other, hive } = await two(browser, house, "Slowly", "Sanna");
  await ada.goto(`${hive}/settings`);
  await awake(ada);
  await ada.getByLabel("Slow mode, seconds").fill("60");
  await ada.locator("form", { has: ada.getByLabel("Slow mode, seconds") }).getByRole("button", { name: "Save" }).click();
  await expect(ada.getByText("Saved.")).toBeVisible();
  await say(other, "one");
  await expect(message(other, "one")).toBeVisible();
  await say(other, "two");
  const refused = other.locator(".message[data-pending=refused]");
  await expect(refused).toContainText(/Slow mode is on here; you can write again at \w{3} \d\d:\d\d:\d\d/);
  await expect(refused).not.toContainText("UTC");
});
