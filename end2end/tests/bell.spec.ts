/** The bell: what waits, what is withheld while one focuses, and what is told at the break. */
import { type Page } from "@playwright/test";
import { ask, awake, expect, expectNoViolations, expectQuiet, lobby, signIn, test, visitor } from "../support/house.js";
import { join, log, message, openHive, say, two } from "../support/hive.js";

const bell = (page: Page) => page.locator(".bell-button");
const panel = (page: Page) => page.getByRole("dialog", { name: "Notifications" });

test("the bell says how much waits, by mouse and by keyboard, and reading is the same everywhere", async ({ browser, house }) => {
  test.setTimeout(120_000);
  const { ada, other, hive } = await two(browser, house, "Ringing", "Rita");
  await ada.goto(lobby(house));
  await awake(ada);
  const phone = await visitor(browser, { viewport: { width: 390, height: 844 } });
  await signIn(phone, house);
  await phone.goto(`${house.url}/focus`);
  await awake(phone);
  await say(other, "@ada-lovelace one");
  await say(other, "@ada-lovelace two");
  await expect(bell(ada).locator(".badge")).toHaveText("2", { timeout: 20_000 });
  await expect(bell(phone).locator(".badge")).toHaveText("2");
  await expect(ada).toHaveTitle(/^\(2\) /);
  await expect(ada.locator("link[rel=icon]")).toHaveAttribute("href", /waiting/);

  await ada.locator("h1").click();
  await ada.keyboard.press("b");
  await expect(panel(ada).getByRole("heading", { name: "Notifications" })).toBeFocused();
  await expect(panel(ada).getByText("Rita mentioned you in Ringing")).toHaveCount(2);
  await expectNoViolations(ada);
  await ada.keyboard.press("j");
  await expect(panel(ada).locator(".note-link").first()).toBeFocused();
  await ada.keyboard.press("e");
  await expect(bell(ada).locator(".badge")).toHaveText("1");
  await expect(bell(phone).locator(".badge")).toHaveText("1", { timeout: 1_000 });
  await ada.keyboard.press("Escape");
  await expect(bell(ada)).toBeFocused();

  await bell(phone).click();
  await expect(panel(phone).getByText("Today")).toBeVisible();
  await expectNoViolations(phone);
  await panel(phone).locator(".note[data-unread] a").first().click();
  await expect(phone).toHaveURL(new RegExp(`${hive.split("/").pop()}\\?at=`));
  await expect(message(phone, "@ada-lovelace one")).toBeInViewport();
  await expect(bell(ada).locator(".badge")).toHaveCount(0);
  await expect(ada).not.toHaveTitle(/^\(/);

  await ada.goto(lobby(house));
  await awake(ada);
  await phone.goto(`${house.url}/focus`);
  await awake(phone);
  await say(other, "@ada-lovelace three");
  await expect(bell(ada).locator(".badge")).toHaveText("1", { timeout: 20_000 });
  await bell(ada).click();
  await panel(ada).getByRole("button", { name: "Mark all read" }).click();
  await expect(bell(phone).locator(".badge")).toHaveCount(0);
  await ada.getByRole("button", { name: "Undo" }).click();
  await expect(bell(phone).locator(".badge")).toHaveText("1");

  await phone.goto(`${house.url}/notifications`);
  await awake(phone);
  const row = phone.locator(".notes-page .note");
  const before = await row.count();
  await say(other, "@ada-lovelace four");
  await phone.getByRole("button", { name: "1 new" }).click();
  await expect(row).toHaveCount(before + 1);
  await expect(phone.getByRole("button", { name: "1 new" })).toHaveCount(0);
  for (const page of [ada, other, phone]) expectQuiet(page);
});

test("in focus nothing moves, sounds or counts, and its end tells everything in one card", async ({ browser, house }) => {
  test.setTimeout(150_000);
  const ada = await visitor(browser);
  await ada.context().addInitScript(() => {
    const start = AudioScheduledSourceNode.prototype.start;
    const noted = window as unknown as { sounds: number; notices: number; shifts: number; watch: () => void };
    noted.sounds = 0;
    noted.notices = 0;
    AudioScheduledSourceNode.prototype.start = function (...when) {
      if ((when[0] ?? 0) <= this.context.currentTime + 1) noted.sounds += 1;
      return start.apply(this, when);
    };
    const Shown = window.Notification;
    window.Notification = new Proxy(Shown, { construct: (made, given) => ((noted.notices += 1), Reflect.construct(made, given)) });
    noted.watch = () => {
      noted.shifts = 0;
      const seen = (list: PerformanceObserverEntryList) => {
        for (const entry of list.getEntries()) noted.shifts += (entry as unknown as { value: number }).value;
      };
      new PerformanceObserver(seen).observe({ type: "layout-shift" });
    };
  });
  await signIn(ada, house);
  const hive = await openHive(ada, house, "Silence");
  const sam = await join(browser, ada, house, "Sam");
  await sam.goto(hive);
  await sam.getByRole("button", { name: "Join this hive" }).click();
  await expect(sam.locator("#composer")).toBeVisible();
  await ada.goto(hive);
  await awake(ada);
  const id = hive.split("/").pop()!;
  await ask(ada, "timer.start", { hive: id });
  await expect(bell(ada).locator("use")).toHaveAttribute("href", "#icon-moon");
  await expect(bell(ada)).toContainText("25 min");
  await expect(ada.getByRole("button", { name: "Quiet until the break" })).toBeVisible();
  await ada.waitForTimeout(1500);
  await ada.evaluate(() => (window as unknown as { watch: () => void }).watch());
  const before = await ada.evaluate(() => document.querySelector(".bell")!.textContent!.replace(/\d+ min/, ""));

  for (let n = 0; n < 40; n++) {
    const body = n % 15 === 0 ? `@ada-lovelace ${n}` : `word ${n}`;
    await ask(sam, "chat.send", { hive: id, key: crypto.randomUUID(), body });
  }
  const members = await ask(ada, "hive.members", { hive: id });
  const person = (name: string) => members.find((member: any) => member.person.name.startsWith(name)).person.id;
  await ask(ada, "hive.set_rank", { hive: id, user: person("Sam"), rank: "owner" });
  await ask(sam, "hive.set_rank", { hive: id, user: person("Ada"), rank: "host" });
  await ada.waitForTimeout(8_000);

  const noted = await ada.evaluate(() => {
    const { sounds, notices, shifts } = window as unknown as { sounds: number; notices: number; shifts: number };
    return { sounds, notices, shifts };
  });
  expect(noted).toEqual({ sounds: 0, notices: 0, shifts: 0 });
  await expect(ada).toHaveTitle(/^\d+:\d\d · Focus · Silence/);
  await expect(ada.locator(".rail .badge, .toast, .digest")).toHaveCount(0);
  expect(await ada.evaluate(() => document.querySelector(".bell")!.textContent!.replace(/\d+ min/, ""))).toBe(before);
  await expect(log(ada).getByText("word 39")).toHaveCount(0);

  const began = Date.now();
  await ask(ada, "timer.skip", { hive: id });
  const card = ada.locator(".digest");
  await expect(card).toBeVisible({ timeout: 1_000 });
  expect(Date.now() - began).toBeLessThan(1_000);
  await expect(card).toHaveCount(1);
  await expect(card.getByRole("heading")).toHaveText("While you focused, 41 things waited");
  await expect(card.locator("li").first()).toContainText("Sam mentioned you in Silence, and 2 more");
  await expect(card.locator("li").last()).toContainText("37 messages in Silence");
  await expect(log(ada).getByText("word 39")).toBeVisible();
  await expectNoViolations(ada);
  await card.getByRole("button", { name: "Enough" }).click();
  await expect(card).toHaveCount(0);
  await ada.reload();
  await awake(ada);
  await expect(card).toHaveCount(0);
  // The account of the session says the same: FocusHive interrupted it not once.
  const { stints } = await ask(ada, "focus.history", {});
  expect((await ask(ada, "focus.explain", { stint: stints[0].id })).ours).toEqual([]);
  for (const page of [ada, sam]) expectQuiet(page);
});

test("what one is told is chosen for all, for one hive, and by the hour", async ({ browser, house }) => {
  const { ada, other } = await two(browser, house, "Choices", "Cleo");
  await ask(ada, "notification.read_all", { to: 1_000_000, key: crypto.randomUUID() });
  await ada.goto(`${house.url}/settings/notifications`);
  await awake(ada);
  const row = (words: string) => ada.locator(".level", { hasText: words });
  await row("Somebody mentions me").getByRole("radio", { name: "In the bell" }).check();
  await expect(ada.getByText("Saved.")).toBeVisible();
  await ada.getByRole("link", { name: "Choices" }).last().click();
  await expect(row("Every message in my hives").getByRole("radio", { name: "As everywhere" })).toBeVisible();
  await row("Every message in my hives").getByRole("radio", { name: "In the bell" }).check();
  await expect(ada.getByText("Saved.")).toBeVisible();
  await expectNoViolations(ada);
  await say(other, "not for anybody");
  await expect(bell(ada).locator(".badge")).toHaveText("1", { timeout: 20_000 });
  await ada.goto(`${house.url}/notifications`);
  await awake(ada);
  await expect(ada.getByText("Cleo wrote in Choices")).toBeVisible();
  await ada.locator(".note").first().getByLabel("What to do with this").click();
  await expect(ada.getByText("“Every message in my hives” waits in the bell, as you chose for this hive.")).toBeVisible();
  await ada.getByRole("button", { name: "Less of this" }).click();
  await expect(ada.getByText("“Every message in my hives”: off from now on.")).toBeVisible();
  await ada.waitForTimeout(500);
  await expectNoViolations(ada);

  await ada.goto(`${house.url}/settings/notifications`);
  await awake(ada);
  for (const field of await ada.locator("input[name=from]").all()) await field.fill("00:00");
  for (const field of await ada.locator("input[name=to]").all()) await field.fill("00:00");
  await ada.getByRole("button", { name: "Save" }).click();
  await expect(bell(ada).locator("use")).toHaveAttribute("href", "#icon-moon");
  await bell(ada).click();
  await expect(panel(ada).getByText(/^Your quiet hours until .*nothing is held/)).toBeVisible();
  await ada.keyboard.press("Escape");
  for (const field of await ada.locator("input[type=time]").all()) await field.fill("");
  await ada.getByRole("button", { name: "Save" }).click();
  await expect(bell(ada).locator("use")).toHaveAttribute("href", "#icon-bell");
  for (const page of [ada, other]) expectQuiet(page);
});

test("one notification makes one sound in five tabs, whatever they show, also after the one that plays is closed", async ({ browser, house }) => {
  test.setTimeout(120_000);
  const { ada, other } = await two(browser, house, "Ping", "Pia");
  await ask(ada, "notification.choose", { kind: "mention", level: "interrupt" });
  await ada.context().addInitScript(() => {
    const start = AudioScheduledSourceNode.prototype.start;
    AudioScheduledSourceNode.prototype.start = function (...when) {
      // What is set for later is the chime of some clock.
      if ((when[0] ?? 0) <= this.context.currentTime + 1) document.documentElement.dataset.notes = String(Number(document.documentElement.dataset.notes ?? 0) + 1);
      return start.apply(this, when);
    };
  });
  const tabs = [ada];
  for (let more = 0; more < 4; more++) tabs.push(await ada.context().newPage());
  const places = ["/?lobby", "/settings/notifications", "/focus", "/notifications", "/?lobby"];
  for (const [n, tab] of tabs.entries()) {
    await tab.goto(`${house.url}${places[n]}`);
    await awake(tab);
    if (n % 2) await tab.keyboard.press("Tab");
    else await tab.locator("h1").click();
  }
  const notes = (of: Page[]) => Promise.all(of.map((tab) => tab.evaluate(() => Number(document.documentElement.dataset.notes ?? 0))));
  await say(other, "@ada-lovelace one");
  await expect.poll(async () => (await notes(tabs)).reduce((sum, count) => sum + count, 0), { timeout: 20_000 }).toBe(1);
  const plays = (await notes(tabs)).indexOf(1);
  await tabs[plays]!.close();
  const left = tabs.filter((_, n) => n !== plays);
  await say(other, "@ada-lovelace two");
  await expect.poll(async () => (await notes(left)).reduce((sum, count) => sum + count, 0), { timeout: 20_000 }).toBe(1);
  await left[0]!.waitForTimeout(1_000);
  expect((await notes(left)).reduce((sum, count) => sum + count, 0)).toBe(1);
  for (const page of [...left, other]) expectQuiet(page);
});

test("a row about the hive one is in leads to its message, and counts as read there", async ({ browser, house }) => {
  test.setTimeout(120_000);
  const { ada, other, hive } = await two(browser, house, "Within", "Wanda");
  const id = hive.split("/").pop()!;
  await ask(ada, "account.set_read_policy", { policy: "by_hand" });
  await ask(ada, "notification.read_all", { to: 1_000_000, key: crypto.randomUUID() });
  // Where she looked on, she would read it.
  await ada.goto(`${house.url}/focus`);
  await awake(ada);
  for (const words of ["@ada-lovelace first", "@ada-lovelace second"]) {
    await ask(other, "chat.send", { hive: id, key: crypto.randomUUID(), body: words });
    for (let n = 0; n < 80; n++) await ask(other, "chat.send", { hive: id, key: crypto.randomUUID(), body: `between ${n}` });
  }
  await ada.goto(hive);
  await awake(ada);
  await expect(bell(ada).locator(".badge")).toHaveText("2", { timeout: 20_000 });
  for (const [words, left] of [["first", "1"], ["second", ""]] as const) {
    await bell(ada).click();
    await panel(ada).locator(".note[data-unread] a.note-link").last().click();
    await expect(ada).toHaveURL(/\?at=/);
    await expect(message(ada, `@ada-lovelace ${words}`)).toBeInViewport();
    // Until it is read, the panel still leads to it.
    await expect(bell(ada).locator(".badge")).toHaveText(left ? [left] : []);
  }
  await ask(ada, "account.set_read_policy", { policy: "seen" });
  for (const page of [ada, other]) expectQuiet(page);
});

test("an open tab is quiet no more once the hours are over, though nothing waited", async ({ browser, house }) => {
  test.setTimeout(180_000);
  const ada = await visitor(browser);
  await signIn(ada, house);
  await ada.goto(`${house.url}/focus`);
  await awake(ada);
  const { zone } = await ask(ada, "account.look", {});
  const wall = (ahead: number) =>
    new Date(Date.now() + ahead * 60_000).toLocaleTimeString("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit" });
  const hours = { from: Array(7).fill(wall(-1)), to: Array(7).fill(wall(1)) };
  await ask(ada, "quiet.set", hours);
  await expect(bell(ada).locator("use")).toHaveAttribute("href", "#icon-moon");
  await expect(bell(ada).locator("use")).toHaveAttribute("href", "#icon-bell", { timeout: 75_000 });
  await ask(ada, "quiet.set", { from: [], to: [] });
  expectQuiet(ada);
});

test("what is opened from a card, or by a way from outside, is read", async ({ browser, house }) => {
  const { ada, other, hive } = await two(browser, house, "Opening", "Olga");
  await other.goto(`${house.url}/focus`);
  await awake(other);
  await ask(other, "timer.start", {});
  await expect(bell(other).locator("use")).toHaveAttribute("href", "#icon-moon");
  await ask(ada, "announcement.send", { key: crypto.randomUUID(), title: "Tea", text: "It is ready.", audience: "everybody" });
  await ask(other, "timer.stop", {});
  await other.locator(".digest").getByRole("link", { name: /Tea/ }).click();
  await expect(other).toHaveURL(`${house.url}/notifications`);
  await expect(other.locator(".note", { hasText: "Tea" }).first()).not.toHaveAttribute("data-unread", "");
  await expect(bell(other).locator(".badge")).toHaveCount(0);

  const id = hive.split("/").pop()!;
  const members = await ask(ada, "hive.members", { hive: id });
  const olga = members.find((member: any) => member.person.name.startsWith("Olga")).person.id;
  await ask(ada, "hive.set_rank", { hive: id, user: olga, rank: "host" });
  await expect(bell(other).locator(".badge")).toHaveText("1", { timeout: 20_000 });
  const { rows } = await ask(other, "notification.list", {});
  await other.goto(`${hive}#told=${rows[0].notification.id}`);
  await expect(bell(other).locator(".badge")).toHaveCount(0);
  await expect(other).toHaveURL(hive);
  for (const page of [ada, other]) expectQuiet(page);
});

test("of a narrowed list only what it shows is marked", async ({ browser, house }) => {
  const { ada, other, hive } = await two(browser, house, "Narrow", "Nora");
  await other.goto(`${house.url}/focus`);
  await awake(other);
  await ask(ada, "announcement.send", { key: crypto.randomUUID(), title: "Cake", text: "It is ready.", audience: "everybody" });
  const handle = (await ask(ada, "hive.members", { hive: hive.split("/").pop()! })).find((member: any) => member.person.name.startsWith("Nora")).person.handle;
  await ask(ada, "chat.send", { hive: hive.split("/").pop()!, key: crypto.randomUUID(), body: `@${handle} look` });
  await expect(bell(other).locator(".badge")).toHaveText("2", { timeout: 20_000 });
  await bell(other).click();
  await panel(other).getByRole("button", { name: "Mentions" }).click();
  await expect(panel(other).locator(".note")).toHaveCount(1);
  await panel(other).getByRole("button", { name: "Mark all read" }).click();
  await expect(bell(other).locator(".badge")).toHaveText("1");
  for (const page of [ada, other]) expectQuiet(page);
});
