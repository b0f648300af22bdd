/** One shared rhythm and many lanes, on every page, with and without a line to the house. */
import { type Page } from "@playwright/test";
import { openHive, two } from "../support/hive.js";
import { ask, awake, expect, expectNoViolations, expectQuiet, lobby, signIn, test, visitor } from "../support/house.js";
import { CUT, Line } from "../support/line.js";
import { notes, overhear } from "../support/sound.js";

const timer = (page: Page) => page.locator("#timer");
const digits = (page: Page) => page.locator(".ring-digits");
const phase = (page: Page) => page.locator(".ring-phase");
const button = (page: Page, name: string) => timer(page).getByRole("button", { name, exact: true });
const told = (page: Page, words: string | RegExp) => page.locator(".roster").getByText(words);

async function begin(page: Page): Promise<void> {
  await button(page, "Start").click();
  await expect(phase(page)).toHaveText("Focus · 1 of 4");
}

/** How many seconds a clock shows. */
const seconds = (page: Page): Promise<number> =>
  digits(page).evaluate((digits) => digits.textContent!.split(":").reduce((sum, part) => sum * 60 + Number(part), 0));

test("time is added and taken off by what the house knows, also where a device's clock is ten minutes fast", async ({ browser, house }) => {
  const { ada, other: bob, hive } = await two(browser, house, "Elastic", "Balthasar");
  await begin(ada);
  // His device believes it is ten minutes later.
  await bob.addInitScript(() => {
    const now = Date.now;
    Date.now = () => now() + 600_000;
  });
  await bob.goto(hive);
  await awake(bob);
  for (const page of [ada, bob]) expect(await seconds(page)).toBeGreaterThan(24 * 60);
  const end = (await ask(ada, "timer.sync", { hive: hive.split("/").pop() })).timer.ends_at;
  const moved = async () => Math.round((Date.parse((await ask(ada, "timer.sync", { hive: hive.split("/").pop() })).timer.ends_at) - Date.parse(end)) / 1000);
  await button(ada, "+5 min").click();
  await expect.poll(moved).toBe(300);
  await timer(ada).getByLabel("More for the timer").click();
  await button(ada, "+1 min").click();
  await expect.poll(moved).toBe(360);
  await button(ada, "−1 min").click();
  await expect.poll(moved).toBe(300);
  await expect.poll(() => seconds(bob)).toBeGreaterThan(29 * 60);
  await ada.keyboard.press("Escape");
  await bob.getByRole("button", { name: "Propose: +5 min" }).click();
  await button(ada, "Agree").click();
  await expect.poll(moved).toBe(600);
  await expect.poll(async () => Math.abs((await seconds(ada)) - (await seconds(bob)))).toBeLessThan(2);
  await ask(ada, "timer.stop", { hive: hive.split("/").pop() });
  for (const page of [ada, bob]) expectQuiet(page);
});

test("each is in a lane of their own, says so in words, and nobody's clock moves", async ({ browser, house }) => {
  const { ada, other: bob, hive } = await two(browser, house, "Four lanes", "Bo");
  await begin(ada);
  const facts = async () => {
    const { timer } = await ask(ada, "timer.sync", { hive: hive.split("/").pop() });
    return [timer.ends_at, timer.revision];
  };
  const before = await facts();
  const lane = async (words: string) => {
    await timer(bob).getByText("Just for me").click();
    await button(bob, words).click();
  };
  const back = async () => {
    await button(bob, "Back in step").click();
    await expect(button(bob, "Back in step")).toBeHidden();
  };
  await lane("Sit this one out");
  await expect(timer(bob).getByText("You sit this one out, and join at the next start.")).toBeVisible();
  await expect(ada.locator(".roster h2")).toContainText("1 focusing");
  await back();
  await lane("Flow on my own");
  await expect(timer(bob).getByText(/In flow on your own, 0:\d\d/)).toBeVisible();
  await expect(told(ada, /in flow, 0 min/)).toBeVisible();
  // What pulls at one is noted there, too.
  await bob.locator("h1").click();
  await bob.keyboard.press("'");
  await expect(bob.getByText("Noted. On you go.")).toBeVisible();
  await back();
  await expect(phase(bob)).toHaveText("Focus · 1 of 4");
  expect(await facts()).toEqual(before);

  await button(ada, "Skip to break").click();
  await expect(phase(bob)).toHaveText("Break");
  const rest = await facts();
  await lane("Finish my thought");
  await expect(timer(bob).getByText(/Overtime \+0:\d\d: finish your thought/)).toBeVisible();
  await expect(told(ada, /overtime \+0/)).toBeVisible();
  await expect(phase(ada)).toHaveText("Break");
  expect(await facts()).toEqual(rest);
  await expectNoViolations(bob);
  await timer(ada).getByLabel("More for the timer").click();
  await button(ada, "Stop").click();
  for (const page of [ada, bob]) expectQuiet(page);
});

test("where nobody was, whoever comes first starts afresh, or joins where it would be", async ({ browser, house }) => {
  const ada = await visitor(browser);
  await signIn(ada, house);
  const hive = await openHive(ada, house, "Parked");
  await ada.goto(`${hive}/settings`);
  await awake(ada);
  await ada.goto(hive);
  await awake(ada);
  await begin(ada);
  // As though all had left twelve minutes before now, with the end of the first focus.
  await ada.goto(lobby(house));
  const id = hive.split("/").pop();
  const waiting = `jsonb_build_object('is', 'waiting', 'next', 'short_break', 'parked', true, 'earned_ms', null,
    'since', to_char(now() at time zone 'utc' - interval '12 min', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))`;
  house.sql(`update timer set wakes_at = null, revision = revision + 1, facts =
    (((facts::jsonb - '{is,phase,started_at,ends_at}'::text[]) || ${waiting}) || jsonb_build_object('revision', revision + 1))::text
    where place = '${id}'`);
  await ada.goto(hive);
  await awake(ada);
  await expect(button(ada, "Start afresh")).toBeVisible();
  await expect(button(ada, "Join where it would be")).toBeVisible();
  await button(ada, "Join where it would be").click();
  await expect(phase(ada)).toHaveText("Focus · 2 of 4");
  expect(await seconds(ada)).toBeLessThan(19 * 60);
  await button(ada, "Undo").click();
  await button(ada, "Start afresh").click();
  await expect(phase(ada)).toHaveText("Focus · 1 of 4");
  expect(await seconds(ada)).toBeGreaterThan(24 * 60);
  await timer(ada).getByLabel("More for the timer").click();
  await button(ada, "Stop").click();
  expectQuiet(ada);
});

test("with nobody to ask a clock goes on into its break, and says that it waits for the hive", async ({ browser, house }) => {
  const { ada, hive } = await two(browser, house, "Tunnel", "Tilda");
  const line = await Line.of(ada);
  await ada.goto(hive);
  await awake(ada);
  await begin(ada);
  await ask(ada, "timer.extend", { hive: hive.split("/").pop(), seconds: 5 - (await seconds(ada)) });
  await expect.poll(() => seconds(ada)).toBeLessThan(6);
  await line.cut();
  await expect(phase(ada)).toHaveText("Break", { timeout: 10_000 });
  await expect(timer(ada).getByText("Waiting for the hive.")).toBeVisible();
  await expect(timer(ada)).toHaveAttribute("data-waits", "");
  await line.mend();
  await expect(timer(ada).getByText("Waiting for the hive.")).toBeHidden({ timeout: 15_000 });
  await expect(phase(ada)).toHaveText("Break");
  expect(await seconds(ada)).toBeLessThanOrEqual(5 * 60);
  expectQuiet(ada, CUT);
});

test("phase and time left are on every page and in the title, and whoever comes to the clock hears them", async ({ browser, house }) => {
  const ada = await visitor(browser);
  await signIn(ada, house);
  const hive = await openHive(ada, house, "Everywhere");
  await awake(ada);
  await begin(ada);
  await ada.locator("h1").click();
  await ada.keyboard.press("t");
  await expect(timer(ada)).toBeFocused();
  await expect(timer(ada)).toHaveAttribute("aria-label", /^Focus timer: Focus · 1 of 4, 2[45]:\d\d left$/);
  await expect(ada.locator("svg.ring")).toHaveAttribute("aria-label", /^Focus · 1 of 4, 2[45]:\d\d left$/);
  const pages = ["/?lobby", "/focus", "/notifications", "/settings", "/settings/notifications", "/admin"];
  for (const path of [...pages.map((path) => house.url + path), `${hive}/members`, `${hive}/settings`]) {
    await ada.goto(path);
    await awake(ada);
    await expect(ada.locator(".mini [role=timer]"), path).toHaveText(/^2[45]:\d\d$/);
    await expect(ada, path).toHaveTitle(/^2[45]:\d\d · Focus · Everywhere$/);
  }
  // Without its program the small clock goes on as well.
  const slow = await ada.context().newPage();
  await slow.route("**/*.wasm", () => {});
  await slow.goto(`${house.url}/settings`, { waitUntil: "commit" });
  const small = slow.locator(".mini [role=timer]");
  const first = await small.textContent();
  await expect(small).not.toHaveText(first!, { timeout: 4_000 });
  await slow.close();
  await ada.goto(hive);
  await awake(ada);
  await timer(ada).getByLabel("More for the timer").click();
  await button(ada, "Stop").click();
  await expect(ada.locator("svg.ring")).toHaveAttribute("aria-label", "Ready, 25:00");
  expectQuiet(ada);
});

test("with less motion the ring moves by minutes, and its digits by seconds", async ({ browser, house }) => {
  const still = await visitor(browser, { reducedMotion: "reduce" });
  await signIn(still, house);
  const hive = await openHive(still, house, "Still");
  await awake(still);
  await begin(still);
  const moving = await still.context().newPage();
  await moving.emulateMedia({ reducedMotion: "no-preference" });
  await moving.goto(hive);
  await awake(moving);
  const sweep = (page: Page) => page.locator(".ring-sweep").getAttribute("stroke-dasharray");
  const [before, moved, at] = [await sweep(still), await sweep(moving), await seconds(still)];
  await expect.poll(() => seconds(still)).toBeLessThan(at - 2);
  expect(await sweep(still)).toBe(before);
  expect(await sweep(moving)).not.toBe(moved);
  expect(await still.evaluate(() => document.getAnimations().filter(({ playState }) => playState === "running").length)).toBe(0);
  await timer(still).getByLabel("More for the timer").click();
  await button(still, "Stop").click();
  for (const page of [still, moving]) expectQuiet(page);
});

test("what one chose to hear counts at once in the tab that plays, and the title says what is over", async ({ browser, house }) => {
  const ada = await visitor(browser);
  await overhear(ada.context());
  await signIn(ada, house);
  const hive = await openHive(ada, house, "Two tabs");
  await awake(ada);
  await begin(ada);
  await expect.poll(async () => (await notes(ada)).length).toBe(2);
  const other = await ada.context().newPage();
  await other.goto(`${house.url}/focus`);
  await awake(other);
  const choose = async (label: string, on: boolean) => {
    await other.getByLabel(label).setChecked(on);
    await other.locator("form", { has: other.getByLabel("Volume, of a hundred") }).getByRole("button", { name: "Save" }).click();
  };
  await choose("A chime when focus ends", false);
  await expect.poll(async () => (await notes(ada)).length).toBe(0);
  await choose("A chime when focus ends", true);
  await expect.poll(async () => (await notes(ada)).length).toBe(2);
  await choose("The tab's title says that focus is over", true);
  await other.waitForTimeout(500);
  await button(ada, "Skip to break").click();
  await expect(ada).toHaveTitle("Focus is over · Two tabs");
  await choose("The tab's title says that focus is over", false);
  await timer(ada).getByLabel("More for the timer").click();
  await button(ada, "Stop").click();
  expect(hive).toContain("/hive/");
  for (const page of [ada, other]) expectQuiet(page);
});

test("also over plain HTTP, where browsers know no locks, one tab of three chimes", async ({ browser, house }) => {
  const ada = await visitor(browser);
  await overhear(ada.context());
  await ada.context().addInitScript(() => Object.defineProperty(Navigator.prototype, "locks", { value: undefined }));
  await signIn(ada, house);
  const hive = await openHive(ada, house, "Plain");
  await awake(ada);
  const tabs = [ada, await ada.context().newPage(), await ada.context().newPage()];
  for (const tab of tabs.slice(1)) await tab.goto(hive);
  for (const tab of tabs) {
    await awake(tab);
    await tab.locator("h1").click();
  }
  await begin(ada);
  const set = async () => (await Promise.all(tabs.map(notes))).filter((notes) => notes.length > 0).length;
  await expect.poll(set).toBe(1);
  await ada.waitForTimeout(2_500);
  expect(await set()).toBe(1);
  // Whoever plays goes: the next one takes over.
  const playing = (await Promise.all(tabs.map(notes))).findIndex((notes) => notes.length > 0);
  await tabs.splice(playing, 1)[0]!.close({ runBeforeUnload: false });
  await expect.poll(set).toBe(1);
  await timer(tabs[0]!).getByLabel("More for the timer").click();
  await button(tabs[0]!, "Stop").click();
  for (const tab of tabs) expectQuiet(tab);
});
