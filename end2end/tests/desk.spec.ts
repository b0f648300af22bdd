/** What it is like to sit down and write: where the keyboard is, what Enter does, and what becomes of words while there is no connection. */
import { flood, join, log, message, openHive, say, two } from "../support/hive.js";
import { stopClock } from "../support/wire.js";
import { ask, awake, expect, expectNoViolations, expectQuiet, lobby, signIn, test, visitor } from "../support/house.js";

test("whoever comes in may start where nobody wrote, write where somebody did, and is left alone while they focus", async ({ browser, house }) => {
  const { ada, other, hive } = await two(browser, house, "Desk", "Dora");
  const start = ada.locator("#timer [data-key=space] button");
  await ada.goto(hive);
  await awake(ada);
  await expect(start).toBeFocused();
  await say(other, "good morning");
  await expect(message(ada, "good morning")).toBeVisible();
  await ada.goto(hive);
  await awake(ada);
  await expect(ada.locator("#composer")).toBeFocused();
  expect(await ada.evaluate(() => window.scrollY)).toBe(0);
  // Out of the field, keys do what they do elsewhere.
  await ada.keyboard.press("Escape");
  await ada.keyboard.press("t");
  await expect(ada.locator("#timer")).toBeFocused();
  await ada.keyboard.press(" ");
  await expect(other.locator("#timer .ring-phase")).toHaveText("Focus · 1 of 4");
  await ada.goto(hive);
  await awake(ada);
  await expect(ada.locator("#composer")).toBeVisible();
  await expect(ada.locator("#composer")).not.toBeFocused();
  await stopClock(house, hive.split("/").pop()!);
  for (const page of [ada, other]) expectQuiet(page);
});

test("Enter begins a line for those who want that, and with Ctrl it always sends", async ({ browser, house }) => {
  const { ada, other, hive } = await two(browser, house, "Lines", "Lino");
  await ada.goto(`${new URL(hive).origin}/settings/chat`);
  await awake(ada);
  await ada.getByText("Begins another line", { exact: true }).click();
  await ada.locator("form:has(input[value='account.set_enter_key'])").getByRole("button", { name: "Save" }).click();
  await expect(ada.getByText("Saved.")).toBeVisible();
  await expectNoViolations(ada);
  await ada.goto(hive);
  await awake(ada);
  const composer = ada.locator("#composer");
  await composer.fill("first");
  await composer.press("Enter");
  await composer.pressSequentially("second");
  await expect(composer).toHaveValue("first\nsecond");
  await composer.press("Control+Enter");
  await expect(composer).toHaveValue("");
  await expect(message(other, "second")).toContainText("first");
  await expect(log(other).locator(".message")).toHaveCount(1);
  await ask(ada, "account.set_enter_key", { key: "sends" });
  expectQuiet(ada);
});

test("what waits goes out when there is a connection again, although its page was left", async ({ browser, house }) => {
  const { ada, other } = await two(browser, house, "Carried", "Cara");
  // The lobby's part of the program is here from then on.
  await ada.goto(lobby(house));
  await awake(ada);
  await ada.locator("main").getByRole("link", { name: "Carried" }).click();
  await expect(ada.locator("#composer")).toBeVisible();
  await house.kill();
  await say(ada, "one");
  await say(ada, "two");
  await expect(ada.getByText("waiting to be sent")).toHaveCount(2);
  // Within the page: without a server there is no other way to leave it.
  await ada.locator("nav").getByRole("link", { name: "Lobby" }).click();
  await expect(ada.getByRole("heading", { level: 1, name: "Hello, Ada" })).toBeVisible();
  await house.restart();
  await expect(log(other).locator(".message-body")).toHaveText(["one", "two"], { timeout: 30_000 });
  await expect.poll(() => ada.evaluate(() => Object.keys(localStorage).filter((name) => name.startsWith("outbox:")))).toEqual([]);
});

test("people are found who sit nowhere, and the numbers behind a badge are shown on request", async ({ browser, house }) => {
  const ada = await visitor(browser);
  await signIn(ada, house);
  const hive = await openHive(ada, house, "Found");
  const zoe = await join(browser, ada, house, "Zoe");
  await zoe.goto(lobby(house));
  await ask(zoe, "hive.join", { hive: hive.split("/").pop() });
  await flood(zoe, hive, 2);
  await zoe.close();
  await ada.goto(lobby(house));
  await awake(ada);
  await ada.keyboard.press("Control+k");
  await ada.getByRole("combobox", { name: "A hive, a person or a page" }).fill("zo");
  await expect(ada.getByRole("option", { name: /Zoe.*belongs to Found/ })).toBeVisible();
  await ada.keyboard.press("Enter");
  await expect(ada.locator("#member-zoe[data-meant]")).toBeInViewport();
  await ada.goto(`${hive}?unread`);
  await awake(ada);
  const numbers = ada.getByLabel("The numbers behind the badge");
  await expect(numbers).toContainText("FocusHive says");
  await expect(numbers).toContainText(/read to \d+, unread \d, naming me 0, revision \d+/);
  await expectNoViolations(ada);
  expectQuiet(ada);
});

test("among many hives one is found by its name, with or without a script", async ({ browser, house }) => {
  const ada = await visitor(browser);
  await signIn(ada, house);
  await ada.goto(lobby(house));
  // Few are found by looking.
  await expect(ada.getByLabel("Find a hive")).toBeHidden();
  for (let n = 0; n < 12; n++) {
    await ask(ada, "hive.create", { key: crypto.randomUUID(), name: `Reading room ${n}`, purpose: n === 7 ? "Only novels" : undefined });
  }
  await ada.goto(lobby(house));
  await awake(ada);
  await ada.getByLabel("Find a hive").fill("NOVELS");
  await ada.getByRole("button", { name: "Find" }).click();
  await expect(ada.locator(".hive-card")).toHaveCount(1);
  await expect(ada.getByRole("link", { name: "Reading room 7", exact: true }).first()).toBeVisible();
  await expectNoViolations(ada);
  await ada.goto(`${lobby(house)}&find=nothing+like+it`);
  await expect(ada.getByText("Nothing you can see is called “nothing like it”")).toBeVisible();
  expectQuiet(ada);
});
