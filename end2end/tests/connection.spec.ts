/** A line that breaks and comes back: what is said of it, what was missed, and what waits meanwhile. */
import { type Page } from "@playwright/test";
import { act, join, log, message, say, two } from "../support/hive.js";
import { submit } from "../support/forms.js";
import { CUT, Line, hears, listens } from "../support/line.js";
import { stopClock } from "../support/wire.js";
import { awake, expect, expectNoViolations, expectQuiet, test } from "../support/house.js";

const bar = (page: Page) => page.locator(".link-bar");
const waiting = (page: Page) => log(page).locator("[data-pending]");
const bodies = (page: Page) => log(page).locator(".message-body");

test("a lost line is told after five seconds, and after thirty what becomes of messages; back again, all is there once", async ({ browser, house }) => {
  const { ada, other, hive } = await two(browser, house, "Underground", "Tom");
  await ada.clock.install();
  const line = await Line.of(ada);
  await ada.goto(hive);
  await awake(ada);
  await say(other, "before");
  await expect(message(ada, "before")).toBeVisible();
  await ada.clock.pauseAt((await ada.evaluate(() => Date.now())) + 1_000);

  await line.cut();
  await ada.clock.runFor(4_500);
  await expect(bar(ada)).toHaveText("");
  await ada.clock.runFor(2_000);
  await expect(bar(ada)).toContainText("Reconnecting…");
  await expect(bar(ada)).not.toContainText("messages");
  for (const words of ["first", "second", "third"]) await say(other, words);
  await say(ada, "out of the dark");
  await say(ada, "and once more");
  await expect(waiting(ada)).toHaveCount(2);
  await expect(waiting(ada).first()).toContainText("waiting to be sent");
  await ada.clock.runFor(22_000);
  await expect(bar(ada)).not.toContainText("messages");
  await ada.clock.runFor(3_000);
  await expect(bar(ada)).toContainText(/messages will be sent/);
  await expect(message(ada, "first")).toHaveCount(0);
  // Nothing is in the way of writing: no dialog, and the field takes words.
  await expect(ada.getByRole("dialog")).toHaveCount(0);
  await expect(ada.locator("#composer")).toBeEditable();

  await line.mend();
  await ada.clock.resume();
  const all = ["before", "first", "second", "third", "out of the dark", "and once more"];
  await expect(bodies(ada)).toHaveText(all);
  await expect(waiting(ada)).toHaveCount(0);
  await expect(bar(ada)).toHaveText("");
  await expect(bodies(other)).toHaveText(all);
  await say(other, "welcome back");
  await expect(bodies(ada)).toHaveText([...all, "welcome back"]);
  expectQuiet(ada, CUT);
  expectQuiet(other);
});

test("whoever was away finds everything as it is now: what was edited, deleted, begun, and who came", async ({ browser, house }) => {
  const { ada, other, hive } = await two(browser, house, "Meanwhile", "Mona");
  const line = await Line.of(other);
  await listens(other, hive);
  for (const words of ["stays", "teh typo", "goes"]) await say(ada, words);
  await expect(bodies(other)).toHaveText(["stays", "teh typo", "goes"]);
  await line.cut();
  await act(ada, "teh typo", "Edit");
  await ada.getByLabel("Edit the message").fill("the typo");
  await ada.getByLabel("Edit the message").press("Enter");
  await act(ada, "goes", "Delete");
  await act(ada, "stays", "React with 🐝");
  await say(ada, "new");
  const third = await join(browser, ada, house, "Zelda");
  await submit(third, hive, "hive.join");
  await third.goto(hive);
  await awake(third);
  await ada.locator("#timer").getByRole("button", { name: "Start", exact: true }).click();
  await expect(ada.locator(".ring-phase")).toHaveText("Focus · 1 of 4");
  await expect(other.locator(".ring-phase")).toHaveText("Ready");
  await line.mend();
  await expect(bodies(other)).toHaveText(["stays", "the typo", "new"]);
  await expect(log(other).getByRole("button", { name: "🐝 1" })).toBeVisible();
  await expect(other.locator(".roster").getByText("Zelda")).toBeVisible();
  await expect(other.locator(".ring-phase")).toHaveText("Focus · 1 of 4");
  await stopClock(house, hive.split("/").pop()!);
  expectQuiet(other, CUT);
});

test("what waits survives a reload, is cancelled one by one, and goes out once and in order", async ({ browser, house }) => {
  const { ada, other } = await two(browser, house, "Outbox", "Otto");
  // Pages come, and nothing can be sent: neither on a socket nor past it.
  let closed = true;
  await ada.routeWebSocket(/\/ws$/, (socket) => (closed ? void socket.close({ code: 3000 }) : void socket.connectToServer()));
  await ada.route("**/api/call", (route) => (closed ? route.abort() : route.fallback()));
  await ada.reload();
  await awake(ada);
  const words = ["one", "two", "three", "four"];
  for (const each of words) await say(ada, each);
  await expect(waiting(ada).locator(".message-body")).toHaveText(words);
  await ada.reload();
  await awake(ada);
  await expect(waiting(ada).locator(".message-body")).toHaveText(words);
  for (const not of ["two", "four"]) {
    await waiting(ada).filter({ hasText: not }).getByRole("button", { name: "Cancel" }).click();
    await expect(waiting(ada).filter({ hasText: not })).toHaveCount(0);
  }
  await say(ada, "five");
  await ada.reload();
  await awake(ada);
  await expect(waiting(ada).locator(".message-body")).toHaveText(["one", "three", "five"]);
  await expect(bodies(other)).toHaveCount(0);
  closed = false;
  await expect(bodies(other)).toHaveText(["one", "three", "five"], { timeout: 20_000 });
  await expect(waiting(ada)).toHaveCount(0);
  await ada.reload();
  await expect(bodies(ada)).toHaveText(["one", "three", "five"]);
  expectQuiet(ada, CUT);
});

test("fifty messages wait, and the next one stays where it was written", async ({ browser, house }) => {
  const { ada, other, hive } = await two(browser, house, "Full", "Fay");
  const line = await Line.of(ada);
  await listens(ada, hive);
  await line.cut();
  await ada.locator("#composer").evaluate((area: HTMLTextAreaElement) => {
    for (let n = 0; n < 50; n++) {
      area.value = `line ${n}`;
      area.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", code: "Enter", bubbles: true, cancelable: true }));
    }
  });
  await say(ada, "one too many");
  await expect(ada.getByRole("alert").filter({ hasText: "Fifty messages wait" })).toBeVisible();
  await expect(ada.locator("#composer")).toHaveValue("one too many");
  await expect(waiting(ada)).toHaveCount(50);
  await line.mend();
  await expect(bodies(other)).toHaveText(Array.from({ length: 50 }, (_, n) => `line ${n}`), { timeout: 20_000 });
  await ada.locator("#composer").press("Enter");
  await expect(bodies(other).last()).toHaveText("one too many");
  expectQuiet(ada, CUT);
});

test("a message whose receipt was lost is there once", async ({ browser, house }) => {
  const { ada, other, hive } = await two(browser, house, "Receipts", "Rita");
  let lost = 0;
  await ada.routeWebSocket(/\/ws$/, (page) => {
    const server = page.connectToServer();
    const sent = new Set<string>();
    page.onMessage((frame) => {
      const said = JSON.parse(String(frame));
      if (said.do === "chat.send") sent.add(said.id);
      server.send(frame);
    });
    server.onMessage((frame) => {
      const told = JSON.parse(String(frame));
      // The first receipt never comes, nor the news of it: the line breaks first.
      const ours = sent.has(told.id) || told.event === "chat.created";
      if (lost > 1 || !ours) return page.send(frame);
      if (++lost === 2) setTimeout(() => void page.close({ code: 3000 }), 300);
    });
  });
  await listens(ada, hive);
  const again = hears(ada);
  await say(ada, "only once");
  await expect(message(other, "only once")).toBeVisible();
  await expect(waiting(ada)).toHaveCount(1);
  await expect(waiting(ada)).toHaveCount(0, { timeout: 15_000 });
  await again;
  await say(ada, "and this");
  for (const page of [ada, other]) await expect(bodies(page)).toHaveText(["only once", "and this"]);
  expect(lost).toBe(2);
  await ada.reload();
  await expect(bodies(ada)).toHaveText(["only once", "and this"]);
  expectQuiet(ada);
});

test("a network that is gone is told after five seconds, also where the socket was not closed", async ({ browser, house }) => {
  const { ada } = await two(browser, house, "No word", "Wim");
  await ada.context().setOffline(true);
  await say(ada, "into the void");
  await expect(ada.locator(".link-bar")).toContainText("Reconnecting…", { timeout: 9_000 });
  await expect(log(ada).locator("[data-pending]")).toContainText("waiting to be sent");
  await ada.context().setOffline(false);
  await expect(log(ada).locator("[data-pending]")).toHaveCount(0);
  expectQuiet(ada, CUT);
});

test("whoever types without a socket asks nothing that is refused", async ({ browser, house }) => {
  const { ada } = await two(browser, house, "Typing", "Tilda");
  await ada.routeWebSocket(/\/ws$/, (socket) => void socket.close({ code: 3000 }));
  await ada.reload();
  await awake(ada);
  const refused: string[] = [];
  ada.on("response", (answer) => void (answer.status() === 403 && refused.push(answer.request().postData() ?? "")));
  const typed = ada.waitForTimeout(1_500);
  await ada.locator("#composer").pressSequentially("hello");
  await typed;
  expect(refused).toEqual([]);
});

test("what waits to be sent can be read by everybody", async ({ browser, house }) => {
  const { ada, hive } = await two(browser, house, "Faint", "Finn");
  const line = await Line.of(ada);
  await ada.goto(hive);
  await awake(ada);
  await line.cut();
  await say(ada, "out of the dark");
  await expect(log(ada).locator("[data-pending]")).toContainText("waiting to be sent");
  await expectNoViolations(ada);
});
