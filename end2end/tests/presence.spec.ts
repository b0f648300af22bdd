/** Who is here, and what they are doing: in words and shapes, at once, and without a flicker. */
import { type Page } from "@playwright/test";
import { submit } from "../support/forms.js";
import { join, message, openHive, say, two } from "../support/hive.js";
import { CUT, Line, hears, listens } from "../support/line.js";
import { took, watch } from "../support/measure.js";
import { stopClock } from "../support/wire.js";
import { ask, awake, expect, expectNoViolations, expectQuiet, signIn, test, visitor } from "../support/house.js";

const idOf = (hive: string): string => hive.split("/").pop()!;
const cell = (page: Page, name: string) => page.locator(".roster .hexagon", { hasText: name });
const names = (page: Page) => page.locator(".roster .hexagon strong");
/** What stands beside the colour. */
const mark = (page: Page, name: string) => cell(page, name).evaluate((cell) => getComputedStyle(cell).getPropertyValue("--mark"));

test("what somebody does is said in words as well: around, focusing, on break, away, not to be disturbed, offline", async ({ browser, house }) => {
  const { ada, other, hive } = await two(browser, house, "States", "Pim");
  const me = (choice: string) => ask(other, "presence.set", { choice: choice || null });
  const marks = new Map<string, string>();
  const looks = async (state: string, words: string) => {
    await expect(cell(ada, "Pim")).toHaveAttribute("data-state", state);
    // Once: in the note, or where that says something else, with the name.
    await expect.poll(async () => ((await cell(ada, "Pim").textContent()) ?? "").split(words).length - 1).toBe(1);
    marks.set(state, await mark(ada, "Pim"));
  };
  await looks("online", "around");
  for (const [choice, state, words] of [["away", "away", "away"], ["do_not_disturb", "do-not-disturb", "do not disturb"]] as const) {
    await me(choice);
    await looks(state, words);
    // Another device that is looked at does not change what was chosen.
    if (choice === "do_not_disturb") {
      const phone = await visitor(browser);
      await signIn(phone, house, "pim@example.org");
      await listens(phone, other.url());
      await phone.locator("h1").click();
      await looks(state, words);
    }
  }
  await expectNoViolations(ada);
  await me("");
  await looks("online", "around");
  await ada.locator("#timer").getByRole("button", { name: "Start", exact: true }).click();
  await looks("focus", "focusing");
  await expect(cell(ada, "Pim").locator("small")).toHaveText("focusing, 25 min left");
  await ada.locator("#timer").getByRole("button", { name: "Skip to break" }).click();
  await looks("break", "on break");
  await expect(cell(ada, "Pim").locator("small")).toHaveText("on break, 5 min left");
  expect(new Set(marks.values()).size).toBe(5);
  await me("offline");
  await expect(cell(ada, "Pim")).toHaveCount(0);
  await expect(ada.locator(".roster")).toContainText("1 here");
  // Who looks offline is not left out.
  await other.reload();
  await awake(other);
  await say(ada, "are you there?");
  await expect(message(other, "are you there?")).toBeVisible();
  await stopClock(house, idOf(hive));
  for (const page of [ada, other]) expectQuiet(page);
});

test("a tab that nobody looks at is away, but not out of its session", async ({ browser, house }) => {
  const ada = await visitor(browser);
  await signIn(ada, house);
  const hive = await openHive(ada, house, "Hidden");
  await awake(ada);
  const other = await join(browser, ada, house, "Hilda");
  await other.clock.install();
  await submit(other, hive, "hive.join");
  await listens(other, hive);
  const hide = async (hidden: boolean) => {
    await other.evaluate((hidden) => {
      Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
      document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
    }, hidden);
    await other.clock.runFor(6_000);
  };
  await expect(cell(ada, "Hilda")).toHaveAttribute("data-state", "online");
  await hide(true);
  await expect(cell(ada, "Hilda")).toHaveAttribute("data-state", "away");
  await hide(false);
  await expect(cell(ada, "Hilda")).toHaveAttribute("data-state", "online");
  await ada.locator("#timer").getByRole("button", { name: "Start", exact: true }).click();
  await expect(cell(ada, "Hilda")).toHaveAttribute("data-state", "focus");
  await states(ada, "Hilda");
  await hide(true);
  // A beat and more, all of it hidden.
  await other.clock.runFor(30_000);
  await say(other, "still here");
  await expect(cell(ada, "Hilda")).toHaveAttribute("data-state", "focus");
  expect(await seenStates(ada)).toEqual(["focus"]);
  await stopClock(house, idOf(hive));
});

/** Notes each state in which somebody is seen from now on. */
async function states(page: Page, name: string): Promise<void> {
  await page.evaluate((name) => {
    const seen: string[] = [];
    const look = () => {
      const cell = [...document.querySelectorAll<HTMLElement>(".roster .hexagon")].find((cell) => cell.textContent!.includes(name));
      const state = cell?.dataset.state ?? "gone";
      if (seen.at(-1) !== state) seen.push(state);
    };
    look();
    new MutationObserver(look).observe(document.querySelector(".roster")!, { subtree: true, childList: true, attributes: true, characterData: true });
    Object.assign(window, { states: seen });
  }, name);
}

const seenStates = (page: Page) => page.evaluate(() => (window as unknown as { states: string[] }).states);

test("a reload, a line that breaks for a moment and one tab less of three are nothing others see", async ({ browser, house }) => {
  const { ada, other, hive } = await two(browser, house, "Steady", "Fleck");
  const line = await Line.of(other);
  const tabs = [await other.context().newPage(), await other.context().newPage()];
  for (const tab of tabs) await listens(tab, hive);
  await states(ada, "Fleck");
  const proves = async (words: string) => {
    await say(other, words);
    await expect(message(ada, words)).toBeVisible();
  };
  await listens(other, hive);
  await proves("after a reload");
  for (const tab of tabs) await tab.close();
  await proves("alone again");
  await listens(other, hive);
  await proves("with one tab alone, too");
  const back = hears(other);
  await line.cut();
  await line.mend();
  await back;
  await proves("after a tunnel");
  expect(await seenStates(ada)).toEqual(["online"]);
  // That they are watched at all: whoever leaves is seen to.
  await other.locator("h1").click();
  await submit(other, `${hive}/members`, "hive.leave");
  await expect.poll(async () => (await seenStates(ada)).length).toBeGreaterThan(1);
  expectQuiet(other, CUT);
});

test("who comes and goes is seen within half a second, and nobody moves under a pointer", async ({ browser, house }) => {
  const { ada, other, hive } = await two(browser, house, "Doorway", "Milo");
  const count = (many: number) => watch(ada, ".roster h2", new RegExp(`${many} here`));
  const goals = await took(5, (n) => watch(ada, ".roster .hexagon", new RegExp(`Chapter ${n}`)), (n) => ask(other, "hive.set_goal", { hive: idOf(hive), goal: `Chapter ${n}` }));
  expect(goals).toBeLessThan(500);
  const rooms = await took(
    6,
    (n) => count(n % 2 ? 2 : 1),
    async (n) => {
      // By the rail, and back; the seat is given up and taken by the page itself.
      if (n % 2) await other.goBack();
      else await other.locator("nav").getByRole("link", { name: "Lobby" }).click();
    },
  );
  expect(rooms).toBeLessThan(500);
  await expect(names(ada)).toHaveText([/^Ada/, /^Milo/]);

  await cell(ada, "Milo").hover();
  const aaron = await join(browser, ada, house, "Aaron");
  await submit(aaron, hive, "hive.join");
  await aaron.goto(hive);
  await expect(names(ada)).toHaveText([/^Ada/, /^Milo/, /^Aaron/]);
  // Longer than a list takes to settle.
  await ada.waitForTimeout(2_800);
  await expect(names(ada)).toHaveText([/^Ada/, /^Milo/, /^Aaron/]);
  await ada.mouse.move(700, 20);
  await expect(names(ada)).toHaveText([/^Aaron/, /^Ada/, /^Milo/]);
  for (const page of [ada, other]) expectQuiet(page);
});

test("who reloaded a hive and then went to the lobby is seen to be gone", async ({ browser, house }) => {
  const { ada, other } = await two(browser, house, "Ghosts", "Gero");
  await other.reload();
  await awake(other);
  await expect(ada.locator(".roster")).toContainText("2 here");
  await other.waitForTimeout(1_500);
  await other.locator("nav").getByRole("link", { name: "Lobby" }).click();
  await expect(ada.locator(".roster")).toContainText("1 here");
});
