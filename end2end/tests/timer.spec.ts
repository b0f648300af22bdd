/** One clock for everybody in a hive, and what each makes of it. */
import { type Page } from "@playwright/test";
import { openHive, two } from "../support/hive.js";
import { ask, awake, expect, expectNoViolations, expectQuiet, signIn, test, visitor } from "../support/house.js";
import { notes, overhear } from "../support/sound.js";

const digits = (page: Page) => page.locator(".ring-digits");
const phase = (page: Page) => page.locator(".ring-phase");
const button = (page: Page, name: string) => page.locator("#timer").getByRole("button", { name, exact: true });

/** How many seconds a clock shows. */
async function seconds(page: Page): Promise<number> {
  const parts = (await digits(page).textContent())!.split(":").map(Number);
  return parts.reduce((sum, part) => sum * 60 + part, 0);
}

/** How far apart two pages see the end, in seconds. Each is read with its own moment: a busy machine looks at one later than at the other. */
async function apart(one: Page, other: Page): Promise<number> {
  const end = (page: Page) =>
    digits(page).evaluate((digits) => Date.now() / 1000 + digits.textContent!.split(":").reduce((sum, part) => sum * 60 + Number(part), 0));
  return Math.abs((await end(one)) - (await end(other)));
}

async function start(page: Page, goal: string): Promise<void> {
  await page.getByLabel("What are you working on?").fill(goal);
  await button(page, "Start").click();
  await expect(phase(page)).toHaveText("Focus · 1 of 4");
}

test("one starts, and both have the same time within a second, on every page and after a reload", async ({ browser, house }) => {
  const { ada, other: bob } = await two(browser, house, "Clockwork", "Bruno");
  // By the clocks of the pages: how long the test takes to look is not how long they take.
  const pressed = ada.evaluate(() => new Promise<number>((pressed) => document.addEventListener("click", () => pressed(Date.now()), { once: true, capture: true })));
  const seen = bob.evaluate(() => new Promise<number>((seen) => {
    const timer = document.querySelector("#timer")!;
    const look = () => timer.textContent!.includes("Focus · 1 of 4") && seen(Date.now());
    new MutationObserver(look).observe(timer, { childList: true, characterData: true, subtree: true });
  }));
  await start(ada, "Chapter 3");
  expect((await seen) - (await pressed)).toBeLessThan(1000);
  // Whole seconds are shown, so that two that agree may be almost one apart.
  expect(await apart(ada, bob)).toBeLessThan(1.2);
  await expect(bob.locator(".roster").getByText("Chapter 3")).toBeVisible();
  await expect(bob.locator(".roster h2")).toContainText("2 focusing");

  await expect(ada).toHaveTitle(/^2[45]:\d\d · Focus · Clockwork$/);
  await expect(ada.locator("link[rel=icon]")).toHaveAttribute("href", /^data:image\/svg\+xml/);
  await bob.reload();
  await awake(bob);
  expect(await apart(ada, bob)).toBeLessThan(1.2);
  // The clock goes along, and so does the seat.
  await ada.getByRole("link", { name: "Settings", exact: true }).first().click();
  await expect(ada.locator(".mini")).toContainText("Focus · Clockwork");
  await expect(ada).toHaveTitle(/^2[45]:\d\d · Focus · Clockwork$/);
  await expect(bob.locator(".roster h2")).toContainText("2 focusing");
  await ada.locator(".mini").click();
  await expect(phase(ada)).toHaveText("Focus · 1 of 4");
  await button(ada, "Stop").or(ada.locator("#timer .menu summary")).first().click();
  await button(ada, "Stop").click();
  await expect(phase(bob)).toHaveText("Ready");
  await expect(ada.locator("link[rel=icon]")).toHaveAttribute("href", "/favicon.svg");
  for (const page of [ada, bob]) expectQuiet(page);
});

test("before its program is there, the ring shows the right time already", async ({ browser, house }) => {
  const ada = await visitor(browser);
  await signIn(ada, house);
  const hive = await openHive(ada, house, "Early");
  await awake(ada);
  await start(ada, "");
  const slow = await ada.context().newPage();
  await slow.route("**/*.wasm", () => {});
  await slow.goto(hive, { waitUntil: "commit" });
  await expect(digits(slow)).toBeVisible();
  await expect(async () => expect(await apart(slow, ada)).toBeLessThan(1.2)).toPass({ timeout: 3000 });
  const before = await seconds(slow);
  await expect(async () => expect(await seconds(slow)).toBeLessThan(before)).toPass({ timeout: 3000 });
});

test("a member proposes, a host agrees, and what was done is taken back", async ({ browser, house }) => {
  const { ada, other: bob } = await two(browser, house, "Consent", "Bjarne");
  await start(ada, "Together");
  await expect(phase(bob)).toHaveText("Focus · 1 of 4");
  await bob.getByRole("button", { name: "Propose: Pause" }).click();
  await expect(ada.getByText("Bjarne proposes to pause.")).toBeVisible();
  await expect(bob.getByText("You propose to pause.")).toBeVisible();
  await button(ada, "Agree").click();
  await expect(phase(bob)).toHaveText("Focus · paused");
  await expect(ada.getByText("Bjarne paused just now.")).toBeVisible();
  await button(ada, "Undo").click();
  await expect(phase(bob)).toHaveText("Focus · 1 of 4");
  await button(ada, "Skip to break").click();
  await expect(phase(bob)).toHaveText("Break");
  await button(ada, "Undo").click();
  await expect(phase(bob)).toHaveText("Focus · 1 of 4");
  await button(bob, "Who did what").click();
  const acts = bob.getByRole("dialog", { name: "Who did what to the clock" });
  await expect(acts.getByRole("listitem")).toContainText([
    "Ada Lovelace took that back", "Ada Lovelace skipped ahead", "Ada Lovelace took that back", "Bjarne paused", "Ada Lovelace started",
  ]);
  await bob.keyboard.press("Escape");
  await expect(acts).toBeHidden();
  await expect(button(bob, "Who did what")).toBeFocused();
  for (const page of [ada, bob]) expectQuiet(page);
});

test("on a phone too little time left is said, and the title of every page tells it", async ({ browser, house }) => {
  const ada = await visitor(browser, { viewport: { width: 390, height: 844 } });
  await signIn(ada, house);
  const hive = await openHive(ada, house, "Milestones");
  await ada.goto(hive);
  await awake(ada);
  await start(ada, "Chapter 3");
  const less = (seconds: number) => ask(ada, "timer.extend", { hive: hive.split("/").pop(), seconds });
  await less((await seconds(ada)) * -1 + 304);
  await expect(ada.getByRole("status").filter({ hasText: "5 min of focus left" })).toBeAttached();
  await less(-241);
  await expect(ada.getByRole("status").filter({ hasText: "1 min of focus left" })).toBeAttached();
  expect(await ada.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  await expectNoViolations(ada);
  // A clock of one's own that is not running does not take the title from one that is.
  await ada.goto(`${house.url}/focus`);
  await awake(ada);
  await expect(ada).toHaveTitle(/^\d:\d\d · Focus · Milestones$/);
  await expect(ada.locator("link[rel=icon]")).toHaveAttribute("href", /^data:image/);
  expectQuiet(ada);
});

test("a pause for three minutes says when it is over", async ({ browser, house }) => {
  const { ada, other: bob } = await two(browser, house, "Breather", "Bea");
  await start(ada, "Chapter 3");
  await ada.locator("#timer").getByLabel("More for the timer").click();
  await button(ada, "Pause for 3 min").click();
  for (const page of [ada, bob]) {
    await expect(phase(page)).toHaveText("Focus · paused");
    await expect(page.locator(".stage-note")).toContainText(/Goes on by itself at \d/);
    await expect(page.locator(".stage-note")).toContainText("paused for 3 min");
  }
  await button(ada, "Go on").click();
  await expect(phase(bob)).toHaveText("Focus · 1 of 4");
  for (const page of [ada, bob]) expectQuiet(page);
});

test("a pause of one's own moves nobody else's clock, and keys do what buttons do", async ({ browser, house }) => {
  const { ada, other: bob } = await two(browser, house, "Lanes", "Birgit");
  await ada.locator("h1").click();
  await ada.keyboard.press("g");
  await expect(ada.getByLabel("What are you working on?")).toBeFocused();
  await ada.keyboard.type("By keys");
  await ada.keyboard.press("Enter");
  await expect(phase(bob)).toHaveText("Focus · 1 of 4");
  await expect(ada.locator(".roster").getByText("By keys")).toBeVisible();

  await bob.getByText("Just for me").click();
  await button(bob, "Pause just me").click();
  await expect(bob.getByText("You paused for yourself")).toBeVisible();
  await expect(ada.locator(".roster").getByText("paused", { exact: true })).toBeVisible();
  await expect(phase(ada)).toHaveText("Focus · 1 of 4");
  await button(bob, "Back in step").click();
  await expect(ada.locator(".roster h2")).toContainText("2 focusing");

  await ada.keyboard.press("t");
  await expect(ada.locator("#timer")).toBeFocused();
  await ada.keyboard.press(" ");
  await expect(phase(bob)).toHaveText("Focus · paused");
  await ada.keyboard.press(" ");
  await expect(phase(bob)).toHaveText("Focus · 1 of 4");
  await ada.keyboard.press("'");
  await expect(ada.getByText("Noted. On you go.")).toBeVisible();
  for (const page of [ada, bob]) expectQuiet(page);
});

test("at the end one tab of five chimes, the break begins, and a session is told about", async ({ browser, house }) => {
  test.setTimeout(150_000);
  const ada = await visitor(browser);
  await overhear(ada.context());
  await signIn(ada, house);
  const hive = await openHive(ada, house, "Chime");
  await ada.goto(`${hive}/settings`);
  await awake(ada);
  await ada.getByLabel("Focus, minutes").fill("1");
  const rhythm = ada.locator("form", { has: ada.getByLabel("Focus, minutes") });
  await rhythm.getByRole("button", { name: "Save" }).click();
  await expect(ada.getByText("Saved.")).toBeVisible();
  const tabs = [ada];
  for (let more = 0; more < 4; more++) tabs.push(await ada.context().newPage());
  for (const tab of tabs) {
    await tab.goto(hive);
    await awake(tab);
    await tab.locator("h1").click();
  }
  await ada.bringToFront();
  await start(ada, "One minute");
  await expect(ada.getByRole("status").filter({ hasText: "Focus has begun: 1 min" })).toBeAttached();
  await expect(phase(ada)).toHaveText("Break", { timeout: 75_000 });
  // One chime, of two notes, at the boundary and not later; the next one is set for the end of the break.
  const over = await ada.evaluate(() => Date.now());
  const played = (await Promise.all(tabs.map(notes))).map((begins) => begins.filter((at) => at <= over + 1_000));
  expect(played.filter((notes) => notes.length > 0)).toHaveLength(1);
  expect(played.flat()).toHaveLength(2);
  for (const at of played.flat()) expect(over - at).toBeLessThan(3_000);

  await expect(ada.getByText("1 min on “One minute”. How did it go?")).toBeVisible();
  await ada.locator("h1").click();
  await ada.keyboard.press("2");
  await expect(ada.getByText("How did it go?")).toBeHidden();
  await ada.goto(`${house.url}/focus`);
  await awake(ada);
  const session = ada.locator(".stint").filter({ hasText: "One minute" });
  await expect(session).toContainText("Partly");
  await session.getByText("Why so much?").click();
  await expect(session.getByText("you were there")).toBeVisible();
  expectQuiet(ada);
});

/** How many notes a page plays, now or at their time. */
const set = async (page: Page) => (await notes(page)).length;

test("the small clock chimes too, set anew when it is this tab's turn, and as one chose a moment ago", async ({ browser, house }) => {
  const ada = await visitor(browser);
  await overhear(ada.context());
  await signIn(ada, house);
  await openHive(ada, house, "Small chime");
  await awake(ada);
  await start(ada, "Small");
  await expect.poll(() => set(ada)).toBeGreaterThan(0);
  const settings = await ada.context().newPage();
  await settings.goto(`${house.url}/settings`);
  await awake(settings);
  await expect(settings.locator(".mini")).toContainText("Focus · Small chime");
  await settings.keyboard.press("Tab");
  await settings.waitForTimeout(1_000);
  expect(await set(settings)).toBe(0);
  await ada.close();
  await expect.poll(() => set(settings)).toBeGreaterThan(0);

  // A reload in the middle of it, and the keyboard alone.
  await settings.reload();
  await awake(settings);
  await expect(settings.locator(".mini")).toContainText("Focus · Small chime");
  expect(await set(settings)).toBe(0);
  await settings.keyboard.press("Tab");
  await expect.poll(() => set(settings)).toBeGreaterThan(0);

  await settings.goto(`${house.url}/focus`);
  await awake(settings);
  await settings.locator("h1").click();
  await expect.poll(() => set(settings)).toBeGreaterThan(0);
  await settings.waitForTimeout(1_000);
  const before = await set(settings);
  const signals = settings.locator("form", { has: settings.getByLabel("Volume, of a hundred") });
  const save = async () => {
    await signals.getByRole("button", { name: "Save" }).click();
    await settings.waitForTimeout(1_500);
    return set(settings);
  };
  await signals.getByLabel("A chime when focus ends").uncheck();
  expect(await save()).toBe(before - 2);
  await signals.getByLabel("A chime when focus ends").check();
  expect(await save()).toBe(before);
  // What one chose is kept, and can be heard beforehand.
  await settings.getByRole("button", { name: "Hear it" }).click();
  await expect.poll(() => set(settings)).toBe(before + 2);
  await signals.getByLabel("A tick every second of a break").check();
  await save();
  await settings.reload();
  await awake(settings);
  await expect(settings.getByLabel("A tick every second of a break")).toBeChecked();
  await expect(settings.getByLabel("A tick every second of focus")).not.toBeChecked();
  await settings.getByLabel("A tick every second of a break").uncheck();
  await settings.locator("form", { has: settings.getByLabel("Volume, of a hundred") }).getByRole("button", { name: "Save" }).click();
  await expect(settings.getByText("Saved.")).toBeVisible();
  expectQuiet(settings);
});

test("what one works on alone is offered again, can be taken back, and goes along into a hive", async ({ browser, house }) => {
  const ada = await visitor(browser);
  await signIn(ada, house);
  const hive = await openHive(ada, house, "Opened up");
  await ada.goto(`${house.url}/focus`);
  await awake(ada);
  await start(ada, "Alone first");
  await ada.locator("#timer .menu summary").first().click();
  await button(ada, "Stop").click();
  await expect(phase(ada)).toHaveText("Ready");
  await ada.reload();
  await awake(ada);
  await expect(ada.locator("#timer").getByLabel("What are you working on?")).toHaveValue("Alone first");
  await start(ada, "Then with others");
  await ada.getByText("Go on with others").click();
  await button(ada, "Open it up to Opened up").click();
  await expect(ada).toHaveURL(hive);
  await expect(phase(ada)).toHaveText(/^Focus/);
  await expect(ada.locator(".roster").getByText("Then with others")).toBeVisible();
  await ada.locator("#timer .menu summary").first().click();
  await button(ada, "Stop").click();
  await expect(phase(ada)).toHaveText("Ready");
  await ada.goto(`${house.url}/focus`);
  await awake(ada);
  await start(ada, "");
  await ada.reload();
  await awake(ada);
  await ada.locator("#timer .menu summary").first().click();
  await button(ada, "Stop").click();
  await expect(ada.locator("#timer").getByLabel("What are you working on?")).toHaveValue("");
  expectQuiet(ada);
});

test("one key says what pulled one away, and one how it went", async ({ browser, house }) => {
  test.setTimeout(240_000);
  const ada = await visitor(browser);
  await signIn(ada, house);
  const hive = await openHive(ada, house, "By one key");
  await ada.goto(`${hive}/settings`);
  await awake(ada);
  await ada.getByLabel("Focus, minutes").fill("1");
  const rhythm = ada.locator("form", { has: ada.getByLabel("Focus, minutes") });
  await rhythm.getByRole("button", { name: "Save" }).click();
  await expect(ada.getByText("Saved.")).toBeVisible();
  for (const [key, said] of [["1", "Done"], ["3", "Not this time"]] as const) {
    await ada.goto(hive);
    await awake(ada);
    await start(ada, `Key ${key}`);
    await ada.locator("h1").click();
    await ada.keyboard.press("-");
    await expect(ada.getByText("Noted. On you go.").first()).toBeVisible();
    await expect(phase(ada)).toHaveText("Break", { timeout: 75_000 });
    await expect(ada.getByText("How did it go?")).toBeVisible();
    await ada.locator("h1").click();
    await ada.keyboard.press(key);
    await expect(ada.getByText("How did it go?")).toBeHidden();
    await ada.locator("#timer .menu summary").first().click();
    await button(ada, "Stop").click();
    await ada.goto(`${house.url}/focus`);
    await awake(ada);
    await expect(ada.locator(".stint").filter({ hasText: `Key ${key}` })).toContainText(said);
  }
  expectQuiet(ada);
});

for (const scheme of ["light", "dark"] as const) {
  test(`nothing about the clock stands in anybody's way, ${scheme}`, async ({ browser, house }) => {
    const ada = await visitor(browser, { colorScheme: scheme, reducedMotion: "reduce" });
    await signIn(ada, house);
    await openHive(ada, house, `Looks ${scheme}`);
    await awake(ada);
    await expectNoViolations(ada);
    await start(ada, "Looking");
    await ada.getByText("Just for me").click();
    await expectNoViolations(ada);
    await ada.goto(`${house.url}/focus`);
    await awake(ada);
    await expectNoViolations(ada);
    await ada.setViewportSize({ width: 390, height: 844 });
    const wide = await ada.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
    expect(wide).toBe(false);
    expectQuiet(ada);
  });
}
