/** Reading: what counts as read and where, what is counted at all, and the ways through what was said. */
import { type Page } from "@playwright/test";
import { act, flood, log, message, openHive, say, two } from "../support/hive.js";
import { listens } from "../support/line.js";
import { watch } from "../support/measure.js";
import { ask, awake, expect, expectQuiet, lobby, signIn, test, visitor } from "../support/house.js";

const bodies = (page: Page) => log(page).locator(".message-body");
const badge = (page: Page) => page.locator(".rail .badge");
const divider = (page: Page) => log(page).locator(".chat-new");

/** The window is open, and somebody looks elsewhere, or looks at it again. */
const lookAway = (page: Page, away: boolean) => page.evaluate((away) => { document.hasFocus = () => !away; }, away);

test("nothing is read in a window that nobody looks at, nor above its end where one chose so, and the line goes at the next entry", async ({ browser, house }) => {
  const { ada, other, hive } = await two(browser, house, "Glance", "Gerda");
  await say(ada, "seen");
  await expect(message(other, "seen")).toHaveAttribute("id", /message-/);
  await expect.poll(async () => (await ask(other, "chat.read_state", { hive: hive.split("/").pop() })).unread).toBe(0);
  await lookAway(other, true);
  await say(ada, "one");
  await expect(message(other, "one")).toBeVisible();
  await expect(badge(other)).toHaveText("1");
  // Longer than what is looked at takes to be read.
  await other.waitForTimeout(2_200);
  await expect(badge(other)).toHaveText("1");
  await lookAway(other, false);
  await expect(badge(other)).toHaveCount(0);
  await expect(divider(other)).toHaveCount(1);
  await other.reload();
  await awake(other);
  await expect(message(other, "one")).toBeVisible();
  await expect(divider(other)).toHaveCount(0);

  await ask(other, "account.set_read_policy", { policy: "bottom" });
  await other.goto(lobby(house));
  await flood(ada, hive, 40);
  await other.goto(hive);
  await awake(other);
  // One is led to what is new, and the end is further down.
  await expect(message(other, "line 0")).toBeInViewport();
  await expect(badge(other)).toHaveText("40");
  await other.waitForTimeout(2_200);
  await expect(badge(other)).toHaveText("40");
  await other.getByRole("button", { name: "To the newest" }).click();
  await expect(message(other, "line 39")).toBeInViewport();
  await expect(badge(other)).toHaveCount(0);
  expectQuiet(other);
});

test("what is marked unread is unread on every device within a second", async ({ browser, house }) => {
  const { ada, other, hive } = await two(browser, house, "Again", "Anke");
  for (const words of ["one", "two", "three"]) await say(ada, words);
  await expect(message(other, "three")).toHaveAttribute("id", /message-/);
  await expect(badge(other)).toHaveCount(0);
  const desk = await visitor(browser);
  await signIn(desk, house, "anke@example.org");
  await listens(desk, lobby(house));
  await expect(desk.locator(".hive-card", { hasText: "Again" })).toBeVisible();
  await message(other, "two").hover();
  await message(other, "two").getByLabel("What to do with this message").click();
  // What came a moment ago is not asked about in the same breath.
  await other.waitForTimeout(1_600);
  const seen = [await watch(desk, ".rail .badge", /^2$/), await watch(other, ".rail .badge", /^2$/)];
  const begun = Date.now();
  await message(other, "two").getByRole("button", { name: "Mark unread from here" }).click();
  const late = Math.max(...(await Promise.all(seen.map((seen) => seen())))) - begun;
  if (process.env.FOCUSHIVE_TOOK) console.log("unread", late);
  expect(late).toBeLessThanOrEqual(1_000);
  await expect(desk.locator(".hive-card", { hasText: "Again" })).toContainText("2");
  await other.goto(hive);
  await expect(divider(other).locator("~ .message .message-body")).toHaveText(["two", "three"]);
  for (const page of [ada, other, desk]) expectQuiet(page);
});

test("only what others say counts, and what they take back counts no more", async ({ browser, house }) => {
  const { ada, other, hive } = await two(browser, house, "Counting", "Cora");
  await say(other, "my own");
  await say(ada, "known");
  await expect(message(other, "known")).toHaveAttribute("id", /message-/);
  await expect.poll(async () => (await ask(other, "chat.read_state", { hive: hive.split("/").pop() })).unread).toBe(0);
  await other.goto(lobby(house));
  await awake(other);
  const card = other.locator(".hive-card", { hasText: "Counting" });
  await expect(card).toBeVisible();
  await say(ada, "first");
  await say(ada, "second");
  await expect(badge(other)).toHaveText("2");
  await act(ada, "known", "React with 🐝");
  await act(ada, "my own", "React with 🐝");
  await act(ada, "known", "Edit");
  await ada.getByLabel("Edit the message").fill("known anew");
  await ada.getByLabel("Edit the message").press("Enter");
  await expect(message(ada, "known anew")).toBeVisible();
  await act(ada, "first", "Delete");
  await expect(badge(other)).toHaveText("1");
  await ada.getByRole("button", { name: "Undo" }).click();
  await expect(badge(other)).toHaveText("2");
  await other.goto(hive);
  await expect(divider(other).locator("~ .message .message-body")).toHaveText(["first", "second"]);
  for (const page of [ada, other]) expectQuiet(page);
});

test("the way to the newest shows once one has left it, and goes when one is there again", async ({ browser, house }) => {
  const { ada, other, hive } = await two(browser, house, "Stairs", "Stella");
  await flood(ada, hive, 60);
  await other.reload();
  await awake(other);
  const down = other.getByRole("button", { name: "To the newest" });
  const at = (pixels: number) => other.locator(".chat-log").evaluate((box, pixels) => { box.scrollTop = -pixels; }, pixels);
  await other.getByRole("button", { name: "To the newest" }).or(message(other, "line 59")).first().waitFor();
  await at(0);
  await expect(down).toHaveCount(0);
  await at(400);
  await expect(down).toBeVisible();
  await at(40);
  await expect(down).toHaveCount(0);
  // Whoever is near the end goes along with it; whoever reads further up is left in peace.
  await say(ada, "followed");
  await expect(message(other, "followed")).toBeInViewport();
  await at(600);
  await expect(down).toBeVisible();
  await say(ada, "not followed");
  await expect(message(other, "not followed")).toBeAttached();
  await expect(message(other, "not followed")).not.toBeInViewport();
  await down.click();
  await expect(message(other, "not followed")).toBeInViewport();
  await expect(down).toHaveCount(0);
  expectQuiet(other);
});

test("a message stands under the day it has where it is read, and whose clock is wrong changes no order", async ({ browser, house }) => {
  const { ada, hive } = await two(browser, house, "Days", "Dora");
  for (const words of ["late", "early"]) await say(ada, words);
  await expect(message(ada, "early")).toHaveAttribute("id", /message-/);
  const when = (words: string, at: string) => house.sql(`update message set at = '${at}' where body = '${words}' and hive_id = '${hive.split("/").pop()}'`);
  when("late", "2026-03-10T23:30:00Z");
  when("early", "2026-03-11T00:30:00Z");
  const days: [string, number, RegExp][] = [["UTC", 2, /11:30/], ["America/New_York", 1, /0?7:30/]];
  for (const [timezoneId, many, clock] of days) {
    const page = await visitor(browser, { timezoneId });
    await signIn(page, house);
    await page.goto(hive);
    await awake(page);
    await expect(log(page).locator(".chat-day")).toHaveCount(many);
    await expect(message(page, "late")).toContainText(clock);
    // Within five minutes and a day it is one breath; an hour later it is another.
    await expect(message(page, "early")).not.toHaveAttribute("data-follows", "");
    expectQuiet(page);
  }
  // Two years ahead, and two behind.
  const [ahead, behind] = [await visitor(browser), await visitor(browser)];
  for (const [page, off] of [[ahead, 730], [behind, -730]] as const) {
    await page.clock.install({ time: Date.now() + off * 86_400_000 });
    await signIn(page, house);
    await listens(page, hive);
  }
  for (const [page, words] of [[ahead, "by the fast clock"], [behind, "by the slow clock"], [ahead, "and again"]] as const) {
    await say(page, words);
    await expect(message(page, words)).toHaveAttribute("id", /message-/);
  }
  for (const page of [ada, ahead, behind]) {
    await page.reload();
    await awake(page);
    await expect(bodies(page)).toHaveText(["late", "early", "by the fast clock", "by the slow clock", "and again"]);
  }
});

test("a link to a message gives it the focus, and without motion where less is wanted", async ({ browser, house }) => {
  const ada = await visitor(browser, { reducedMotion: "reduce" });
  await signIn(ada, house);
  const hive = await openHive(ada, house, "Landmark");
  await awake(ada);
  await say(ada, "the landmark");
  await expect(message(ada, "the landmark")).toHaveAttribute("id", /message-/);
  const seq = (await message(ada, "the landmark").getAttribute("id"))!.split("-").pop();
  await flood(ada, hive, 70);
  await ada.goto(`${hive}?at=${seq}`);
  await expect(message(ada, "the landmark")).toBeInViewport();
  await expect(message(ada, "the landmark")).toBeFocused();
  await expect(message(ada, "the landmark")).toHaveAttribute("data-flash", "");
  expect(await message(ada, "the landmark").evaluate((row) => getComputedStyle(row).animationName)).toBe("none");
  // Another link of the same hive leads on, and back leads back.
  const far = Number(seq) + 60;
  await ada.evaluate((to) => {
    const link = Object.assign(document.createElement("a"), { href: to, textContent: "on" });
    document.querySelector("main")!.append(link);
    link.click();
  }, `${new URL(hive).pathname}?at=${far}`);
  await expect(message(ada, "line 59")).toBeInViewport();
  await expect(message(ada, "line 59")).toBeFocused();
  await ada.goBack();
  await expect(message(ada, "the landmark")).toBeInViewport();
  expectQuiet(ada);
});
