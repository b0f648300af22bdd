/** Two people in one hive: they see each other, and what each writes. */
import { type Page } from "@playwright/test";
import { submit } from "../support/forms.js";
import { flood, join, log, openHive, say } from "../support/hive.js";
import { awake, expect, expectNoViolations, expectQuiet, lobby, setUp, signIn, test, visitor } from "../support/house.js";

test("two people see each other arrive, write, and lose nothing over a reload and a killed server", async ({ browser, bare: house }) => {
  test.setTimeout(120_000);
  const ada = await visitor(browser);
  await setUp(ada, house);
  const bob = await join(browser, ada, house, "Bob");
  await bob.goto(lobby(house));
  await awake(bob);
  await ada.getByLabel("Name").fill("Deep Work");
  await ada.getByLabel("What it is for").fill("Two hours, cameras off");
  await ada.getByRole("button", { name: "Make it" }).click();
  await expect(ada.getByRole("heading", { level: 1, name: "Deep Work" })).toBeVisible();
  const hive = ada.url();

  // The lobby shows it without a reload; a public hive is looked into, and joined.
  await bob.locator("main").getByRole("link", { name: "Deep Work" }).click();
  await bob.getByRole("button", { name: "Join this hive" }).click();
  await expect(ada.locator(".roster").getByText("Bob")).toBeVisible();
  await expect(bob.locator(".roster").getByText("Ada")).toBeVisible();

  await say(ada, "Hello **Bob**");
  await expect(log(bob).locator("strong", { hasText: "Bob" })).toBeVisible();
  await say(bob, "Hello Ada");
  await expect(log(ada).getByText("Hello Ada")).toBeVisible();

  // Quick: from one browser to the other in under half a second. The best of three: the machine may be busy.
  const took: number[] = [];
  for (const words of ["now!", "and now!", "and again!"]) {
    const seen = bob.evaluate((words) => new Promise<number>((seen) => {
      const rows = document.querySelector(".chat-rows")!;
      const look = () => rows.textContent!.includes(words) && seen(Date.now());
      new MutationObserver(look).observe(rows, { childList: true, subtree: true });
      look();
    }), words);
    const sent = Date.now();
    await say(ada, words);
    took.push((await seen) - sent);
  }
  expect(Math.min(...took)).toBeLessThan(500);

  // Somebody writes, and the other sees it.
  await bob.locator("#composer").pressSequentially("He");
  await expect(ada.getByText("Bob is writing")).toBeVisible();
  await bob.locator("#composer").fill("");

  // The server dies while Ada writes: what she wrote waits, and goes out once.
  await house.kill();
  await say(ada, "written in the dark");
  await expect(log(ada).getByText(/sending…|waiting to be sent/)).toBeVisible();
  await ada.reload().catch(() => {});
  await house.restart();
  // The browser's own page for a server that is away tries again by itself, which may come in between.
  await expect(() => ada.goto(hive)).toPass();
  await expect(log(ada).getByText("written in the dark")).toHaveCount(1);
  await expect(log(ada).locator("[data-pending]")).toHaveCount(0);
  await expect(log(bob).getByText("written in the dark")).toHaveCount(1, { timeout: 30_000 });
  for (const page of [ada, bob]) {
    const words = await log(page).locator(".message-body").allInnerTexts();
    expect(words).toEqual(["Hello Bob", "Hello Ada", "now!", "and now!", "and again!", "written in the dark"]);
  }
});

test("messages are edited, answered, put emoji under and deleted, by keyboard too", async ({ browser, house }) => {
  const ada = await visitor(browser);
  await signIn(ada, house);
  const hive = await openHive(ada, house, "Library");
  const bob = await join(browser, ada, house, "Berta");
  await ada.goto(hive);
  await bob.goto(hive);
  await bob.getByRole("button", { name: "Join this hive" }).click();
  await expect(bob.locator("#composer")).toBeVisible();
  await awake(bob);
  await awake(ada);
  await say(ada, "teh first");
  // Only what has arrived can be edited.
  await expect(log(bob).getByText("teh first")).toBeVisible();
  await ada.locator("#composer").press("ArrowUp");
  const edit = ada.getByLabel("Edit the message");
  await expect(edit).toBeFocused();
  await edit.fill("the first");
  await edit.press("Enter");
  await expect(log(bob).getByText("the first")).toBeVisible();
  await expect(log(bob).getByText("edited")).toBeVisible();

  const first = log(bob).locator(".message").first();
  await first.hover();
  await first.getByLabel("What to do with this message").click();
  await first.getByRole("button", { name: "React with 🐝" }).click();
  await expect(log(ada).getByRole("button", { name: "🐝 1" })).toBeVisible();
  await log(ada).getByRole("button", { name: "🐝 1" }).click();
  await expect(log(bob).getByRole("button", { name: "🐝 2" })).toBeVisible();

  await first.getByLabel("What to do with this message").click();
  await first.getByRole("button", { name: "Reply" }).click();
  await expect(bob.locator("#composer")).toBeFocused();
  await say(bob, "an answer");
  await expect(log(ada).locator(".message-quote", { hasText: "the first" })).toBeVisible();

  const own = log(ada).locator(".message").first();
  await own.hover();
  await own.getByLabel("What to do with this message").click();
  await own.getByRole("button", { name: "Delete" }).click();
  await expect(log(bob).getByText("the first")).toHaveCount(0);
  await expect(log(bob).getByText("a message that was deleted")).toBeVisible();
  expectQuiet(ada);
  expectQuiet(bob);
});

test("what is unread has a line above it that stays, and can be made unread again", async ({ browser, house }) => {
  const ada = await visitor(browser);
  await signIn(ada, house);
  const hive = await openHive(ada, house, "Reading room");
  const carl = await join(browser, ada, house, "Carl");
  await carl.goto(hive);
  await carl.getByRole("button", { name: "Join this hive" }).click();
  await expect(carl.locator("#composer")).toBeVisible();
  await carl.goto(lobby(house));
  await ada.goto(hive);
  await awake(ada);
  for (const words of ["one", "two", "three"]) await say(ada, words);
  await expect(log(ada).getByText("three")).toBeVisible();
  await expect(carl.locator(".rail").getByText("3", { exact: true })).toBeVisible();

  await carl.goto(hive);
  await expect(log(carl).locator(".chat-new")).toBeVisible();
  await expect(carl.locator(".rail .badge")).toHaveCount(0);
  await expect(log(carl).locator(".chat-new")).toBeVisible();

  const two = log(carl).locator(".message", { hasText: "two" });
  await two.hover();
  await two.getByLabel("What to do with this message").click();
  await two.getByRole("button", { name: "Mark unread from here" }).click();
  await expect(carl.locator(".rail").getByText("2", { exact: true })).toBeVisible();
});

/** Scrolls the log by so much, and says how far the message that is then at its upper edge moves while what it asked for comes in. */
async function moves(page: Page, by: number): Promise<number> {
  return page.evaluate(async (by) => {
    // After what is done before a frame: what counts is what is painted.
    const frame = () => new Promise((painted) => requestAnimationFrame(() => setTimeout(painted)));
    const box = document.querySelector(".chat-log")!;
    const ends = () => [...document.querySelectorAll(".chat-rows .message")].map(({ id }) => id).filter((_, at, all) => at === 0 || at === all.length - 1).join();
    box.scrollTop += by;
    await frame();
    const top = box.getBoundingClientRect().top;
    const first = [...document.querySelectorAll(".chat-rows .message")].find((row) => row.getBoundingClientRect().top >= top)!;
    const [was, held] = [first.getBoundingClientRect().top, ends()];
    let furthest = 0;
    for (let frames = 0; frames < 120 && (frames < 20 || ends() === held); frames++) {
      await frame();
      furthest = Math.max(furthest, Math.abs(first.getBoundingClientRect().top - was));
    }
    for (let frames = 0; frames < 5; frames++) await frame();
    return Math.max(furthest, Math.abs(first.getBoundingClientRect().top - was));
  }, by);
}

test("a long history opens at its end, and what is read stays in place while others come in on either side", async ({ browser, house }) => {
  test.setTimeout(120_000);
  const ada = await visitor(browser);
  await signIn(ada, house);
  const hive = await openHive(ada, house, "Archive");
  await flood(ada, hive, 420);
  await ada.goto(hive);
  await awake(ada);
  await expect(log(ada).getByText("line 419", { exact: true })).toBeInViewport();
  await expect(log(ada).getByText("line 5", { exact: true })).toHaveCount(0);
  const rows = log(ada).locator(".message");
  // Up, until the newest are not held any more; and down again.
  for (let page = 0; page < 40 && (await log(ada).getByText("line 0", { exact: true }).count()) === 0; page++) expect(await moves(ada, -3000)).toBeLessThanOrEqual(1);
  await expect(log(ada).getByText("line 0", { exact: true })).toHaveCount(1);
  await expect(log(ada).getByText("line 419", { exact: true })).toHaveCount(0);
  expect(await rows.count()).toBeLessThanOrEqual(300);
  for (let page = 0; page < 3; page++) expect(await moves(ada, 3000)).toBeLessThanOrEqual(1);
  // Somewhere in between, somebody writes.
  const other = await ada.context().newPage();
  await other.goto(hive);
  await awake(other);
  const writes = (async () => { for (let n = 0; n < 3; n++) await say(other, `while she reads ${n}`); })();
  expect(await moves(ada, -500)).toBeLessThanOrEqual(1);
  await writes;
  // What one writes oneself is always shown, wherever one was.
  await say(ada, "from far above");
  await expect(log(ada).getByText("from far above")).toBeInViewport();
  await expect(log(ada).getByText("while she reads 2")).toBeInViewport();
  expectQuiet(ada);
});

test("what is unread and far above is led to, and not read by coming in", async ({ browser, house }) => {
  test.setTimeout(120_000);
  const ada = await visitor(browser);
  await signIn(ada, house);
  const hive = await openHive(ada, house, "Far above");
  const cleo = await join(browser, ada, house, "Cleo");
  await submit(cleo, hive, "hive.join");
  await flood(ada, hive, 120);
  await cleo.goto(hive);
  await awake(cleo);
  await expect(log(cleo).getByText("line 119", { exact: true })).toBeInViewport();
  const far = cleo.getByRole("button", { name: "120 unread ↑" });
  await expect(far).toBeVisible();
  // Longer than what is seen takes to be read.
  await cleo.waitForTimeout(3500);
  await expect(far).toBeVisible();
  await far.click();
  await expect(log(cleo).locator(".chat-new + .message, .chat-new ~ .message").first()).toContainText("line 0");
  await expect(log(cleo).locator("#chat-new")).toBeInViewport();
  await expect(far).toHaveCount(0);
  await cleo.getByRole("button", { name: "To the newest" }).click();
  await expect(log(cleo).getByText("line 119", { exact: true })).toBeInViewport();
  expectQuiet(cleo);
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`nothing in a hive stands in anybody's way, ${colorScheme}`, async ({ browser, house }) => {
    const ada = await visitor(browser, { colorScheme });
    await signIn(ada, house);
    const hive = await openHive(ada, house, `Quiet ${colorScheme}`);
    await say(ada, "`code` and *words*");
    await expect(log(ada).locator("code")).toBeVisible();
    for (const path of ["", "/members", "/settings"]) {
      await ada.goto(hive + path);
      await awake(ada);
      await expectNoViolations(ada);
    }
    expectQuiet(ada);
  });
}

test("whoever opens the house is where they were last, or in the lobby", async ({ browser, house }) => {
  const ada = await visitor(browser);
  await signIn(ada, house);
  const hive = await openHive(ada, house, "Once more");
  await awake(ada);
  await ada.goto(house.url);
  await expect(ada).toHaveURL(hive);
  await awake(ada);
  // Within the house, the lobby is the lobby.
  await ada.getByRole("link", { name: "Lobby" }).click();
  await expect(ada.getByRole("heading", { name: "Hello, Ada" })).toBeVisible();
  await ada.goto(house.url);
  await expect(ada.getByRole("heading", { name: "Hello, Ada" })).toBeVisible();
  // What one may not see any more leads nowhere.
  await ada.context().addCookies([{ name: "place", value: crypto.randomUUID(), url: house.url }]);
  await ada.goto(house.url);
  await expect(ada.getByRole("heading", { name: "Hello, Ada" })).toBeVisible();
  expectQuiet(ada);
});

test("a hive works without a script, and on a phone", async ({ browser, house }) => {
  const ada = await visitor(browser, { javaScriptEnabled: false, viewport: { width: 390, height: 844 } });
  await signIn(ada, house);
  await ada.goto(lobby(house));
  await ada.getByLabel("Name").fill("By hand");
  await ada.getByRole("button", { name: "Make it" }).click();
  await ada.goto(lobby(house));
  await ada.getByRole("link", { name: "By hand" }).first().click();
  await expect(ada.getByRole("heading", { level: 1, name: "By hand" })).toBeVisible();
  await ada.locator("#composer").fill("no script here");
  await ada.getByRole("button", { name: "Send" }).click();
  await expect(log(ada).getByText("no script here")).toBeVisible();
  const over = await ada.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(over).toBeLessThanOrEqual(0);
});
