/** The composer: what each Enter means, how soon words are there, and what happens to those that are refused. */
import { type Locator, type Page } from "@playwright/test";
import { act, join, log, message, openHive, say, two } from "../support/hive.js";
import { submit } from "../support/forms.js";
import { listens } from "../support/line.js";
import { median, took, watch } from "../support/measure.js";
import { stopClock } from "../support/wire.js";
import { PASSWORD, ask, awake, expect, expectQuiet, invite, signIn, test, visitor } from "../support/house.js";

const bodies = (page: Page) => log(page).locator(".message-body");

/** An Enter as input methods send it, and what comes with it in the same task. */
async function enter(field: Locator, how: { composing?: boolean; code?: number; after?: "compositionend" }): Promise<void> {
  await field.evaluate((field, { composing = false, code = 13, after }) => {
    if (after) field.dispatchEvent(new CompositionEvent(after, { bubbles: true, data: "" }));
    const key = { key: "Enter", code: "Enter", keyCode: code, isComposing: composing, bubbles: true, cancelable: true };
    field.dispatchEvent(new KeyboardEvent("keydown", key));
    field.dispatchEvent(new KeyboardEvent("keyup", key));
  }, how);
}

test("the Enter of an input method writes nothing off, in no field", async ({ browser, house }) => {
  const ada = await visitor(browser);
  await signIn(ada, house);
  await openHive(ada, house, "Kana");
  await awake(ada);
  const composer = ada.locator("#composer");
  await composer.focus();
  // As the browser itself has it while something is composed.
  const browserItself = await ada.context().newCDPSession(ada);
  await browserItself.send("Input.imeSetComposition", { text: "にほん", selectionStart: 3, selectionEnd: 3 });
  await expect(composer).toHaveValue("にほん");
  await browserItself.send("Input.dispatchKeyEvent", { type: "rawKeyDown", key: "Enter", code: "Enter", windowsVirtualKeyCode: 13 });
  await enter(composer, { composing: true });
  await enter(composer, { code: 229 });
  await enter(composer, { code: 229, after: "compositionend" });
  await browserItself.send("Input.insertText", { text: "日本" });
  await expect(composer).toHaveValue("日本");
  await expect(log(ada).locator(".message")).toHaveCount(0);
  await composer.press("Enter");
  await expect(bodies(ada)).toHaveText(["日本"]);
  await expect(composer).toHaveValue("");
  await expect(message(ada, "日本")).toHaveAttribute("id", /message-/);

  await composer.press("ArrowUp");
  const edit = ada.getByLabel("Edit the message");
  await edit.fill("東京");
  for (const how of [{ composing: true }, { code: 229 }]) await enter(edit, how);
  await expect(edit).toBeVisible();
  await edit.press("Enter");
  await expect(bodies(ada)).toHaveText([/東京/]);

  await ada.locator("h1").click();
  await ada.keyboard.press("Control+k");
  const field = ada.getByRole("combobox", { name: /^A hive/ });
  await field.fill("Lob");
  await expect(ada.getByRole("option").first()).toHaveText(/Lobby/);
  for (const how of [{ composing: true }, { code: 229 }]) await enter(field, how);
  await expect(field).toBeVisible();
  await field.press("Enter");
  await expect(ada.getByRole("heading", { name: "Hello, Ada" })).toBeVisible();
  expectQuiet(ada);
});

test("an Enter sends at a desk and breaks the line under a finger, and the field grows to two fifths of the window", async ({ browser, house }) => {
  const ada = await visitor(browser);
  await signIn(ada, house);
  const hive = await openHive(ada, house, "Lines");
  await awake(ada);
  const composer = ada.locator("#composer");
  await composer.focus();
  await ada.keyboard.type("one");
  await ada.keyboard.press("Shift+Enter");
  await ada.keyboard.type("two");
  await expect(composer).toHaveValue("one\ntwo");
  await ada.keyboard.press("Control+Enter");
  await expect(message(ada, "one")).toContainText("two");
  const low = (await composer.boundingBox())!.height;
  await composer.fill(Array.from({ length: 80 }, (_, n) => `line ${n}`).join("\n"));
  await expect.poll(async () => (await composer.boundingBox())!.height).toBeGreaterThan(low * 3);
  expect((await composer.boundingBox())!.height).toBeLessThanOrEqual(0.4 * 900 + 2);
  await expect(bodies(ada).first()).toBeInViewport();

  const phone = await visitor(browser, { hasTouch: true, isMobile: true, viewport: { width: 390, height: 844 } });
  await join(browser, ada, house, "Fingal");
  await signIn(phone, house, "fingal@example.org");
  await submit(phone, hive, "hive.join");
  await phone.goto(hive);
  await awake(phone);
  await phone.locator("#composer").focus();
  await phone.keyboard.type("three");
  await phone.keyboard.press("Enter");
  await phone.keyboard.type("four");
  await expect(phone.locator("#composer")).toHaveValue("three\nfour");
  await expect(message(phone, "three")).toHaveCount(0);
  await phone.getByRole("button", { name: "Send" }).tap();
  await expect(message(phone, "three")).toContainText("four");
  expectQuiet(ada);
  expectQuiet(phone);
});

test("what one writes stands there within fifty milliseconds, and at the other within half a second", async ({ browser, house }) => {
  const { ada, other } = await two(browser, house, "At once", "Otis");
  const own: number[] = [];
  const composer = ada.locator("#composer");
  const far = await took(
    7,
    (time) => watch(other, ".chat-rows .message", new RegExp(`swift ${time}!`)),
    async (time) => {
      await composer.fill(`swift ${time}!`);
      // From the key to the frame that shows the words.
      const shown = await composer.evaluateHandle((area, words) => ({
        at: new Promise<number>((shown) => {
          area.addEventListener(
            "keydown",
            () => {
              const pressed = performance.now();
              const rows = document.querySelector(".chat-rows")!;
              const looks = new MutationObserver(() => {
                if (!rows.textContent!.includes(words)) return;
                looks.disconnect();
                requestAnimationFrame(() => shown(performance.now() - pressed));
              });
              looks.observe(rows, { childList: true, subtree: true });
            },
            { capture: true, once: true },
          );
        }),
      }), `swift ${time}!`);
      await composer.press("Enter");
      own.push(await shown.evaluate(({ at }) => at));
    },
  );
  if (process.env.FOCUSHIVE_TOOK) console.log(own);
  expect(median(own)).toBeLessThanOrEqual(50);
  expect(far).toBeLessThan(500);
  expectQuiet(ada);
  expectQuiet(other);
});

test("what is on its way stands below what others say meanwhile, and takes its place without a word", async ({ browser, house }) => {
  const { ada, other, hive } = await two(browser, house, "On its way", "Odo");
  const held: (() => void)[] = [];
  let holds = false;
  await ada.routeWebSocket(/\/ws$/, (page) => {
    const server = page.connectToServer();
    page.onMessage((frame) => {
      const send = () => server.send(frame);
      if (holds && JSON.parse(String(frame)).do === "chat.send") held.push(send);
      else send();
    });
  });
  await listens(ada, hive);
  await say(ada, "stored");
  await expect(message(ada, "stored")).toHaveAttribute("id", /message-/);
  holds = true;
  // Whether it says at once that it is being sent: what goes out quickly need not.
  const atOnce = ada.evaluate(() => new Promise<string>((said) => {
    const looks = new MutationObserver(() => {
      const wait = document.querySelector(".message-wait");
      if (wait) (looks.disconnect(), said(getComputedStyle(wait).visibility));
    });
    looks.observe(document.querySelector(".chat-rows")!, { childList: true, subtree: true });
  }));
  await say(ada, "mine");
  expect(await atOnce).toBe("hidden");
  await expect(message(ada, "mine").getByText("sending…")).toBeVisible();
  await say(other, "theirs");
  await expect(bodies(ada)).toHaveText(["stored", "theirs", "mine"]);
  await say(other, "theirs again");
  await expect(bodies(ada)).toHaveText(["stored", "theirs", "theirs again", "mine"]);
  holds = false;
  held.forEach((send) => send());
  await expect(message(ada, "mine")).toHaveAttribute("id", /message-/);
  for (const page of [ada, other]) await expect(bodies(page)).toHaveText(["stored", "theirs", "theirs again", "mine"]);
  expectQuiet(ada);
});

test("an emoji is there at once, and one that is refused takes only itself away", async ({ browser, house }) => {
  const { ada, other, hive } = await two(browser, house, "Toggles", "Tove");
  let refuse = () => {};
  await ada.routeWebSocket(/\/ws$/, (page) => {
    const server = page.connectToServer();
    page.onMessage((frame) => {
      const said = JSON.parse(String(frame));
      const refused = said.do === "chat.react" && said.with.emoji === "🎉";
      if (!refused) return server.send(frame);
      refuse = () => page.send(JSON.stringify({ id: said.id, fault: { code: "forbidden", message: "you may not do that" } }));
    });
  });
  await listens(ada, hive);
  await say(other, "done!");
  const under = (page: Page, emoji: string) => message(page, "done!").getByRole("button", { name: emoji, exact: true });
  await act(ada, "done!", "React with 🎉");
  await act(ada, "done!", "React with 🐝");
  await expect(under(other, "🐝 1")).toBeVisible();
  await under(other, "🐝 1").click();
  await expect(under(ada, "🐝 2")).toBeVisible();
  // Nobody has answered for it yet, and it stands there.
  await expect(under(ada, "🎉 1")).toBeVisible();
  refuse();
  await expect(under(ada, "🎉 1")).toHaveCount(0);
  await expect(under(ada, "🐝 2")).toHaveAttribute("aria-pressed", "true");
  await under(ada, "🐝 2").click();
  await expect(under(other, "🐝 1")).toBeVisible();
  expectQuiet(ada);
  expectQuiet(other);
});

test("what slow mode refused is there after a reload, with when it may go, and goes then", async ({ browser, house }) => {
  const { ada, other, hive } = await two(browser, house, "Slow", "Sol");
  await ask(ada, "hive.set", { hive: hive.split("/").pop(), name: "Slow", access: "public", slow_seconds: 4 });
  await say(other, "first");
  await expect(message(other, "first")).toHaveAttribute("id", /message-/);
  await say(other, "second");
  const refused = log(other).locator("[data-pending=refused]");
  await expect(refused).toContainText(/you can write again at .*\d\d:\d\d:\d\d/);
  // The field takes words all the while, and what stands there is another matter.
  await other.locator("#composer").fill("third");
  await other.reload();
  await awake(other);
  await expect(refused).toContainText("second");
  await expect(other.locator("#composer")).toHaveValue("third");
  const waits = log(other).locator("[data-pending]");
  await expect(async () => {
    await refused.getByRole("button", { name: "Retry" }).click({ timeout: 500 });
    await expect(waits).toHaveCount(0, { timeout: 1_000 });
  }).toPass();
  for (const page of [ada, other]) await expect(bodies(page)).toHaveText(["first", "second"]);
  expectQuiet(other);
});

test("who is here is named first, and nobody calls more than twenty without being asked", async ({ browser, house, playwright }) => {
  const { ada, other, hive } = await two(browser, house, "Full house", "Quirin");
  await Promise.all(
    Array.from({ length: 20 }, async (_, n) => {
      const request = await playwright.request.newContext();
      const person = { request } as unknown as Page;
      const fields = { name: `Quella ${"abcdefghijklmnopqrst"[n]}`, email: `q${n}@example.org`, password: PASSWORD };
      await submit(person, await invite(ada, house), "auth.sign_up", fields);
      await submit(person, hive, "hive.join");
      await request.dispose();
    }),
  );
  const composer = ada.locator("#composer");
  await composer.focus();
  await ada.keyboard.type("@qu");
  await expect(ada.getByRole("option").first()).toContainText("Quirin");
  await expect(ada.getByRole("option").nth(1)).toContainText("Quella");
  await ada.keyboard.press("Escape");
  await composer.fill("");
  await ada.keyboard.type("@hive tea?");
  await ada.keyboard.press("Enter");
  const asks = ada.getByRole("alertdialog", { name: "Tell everybody?" });
  await expect(asks).toContainText("21");
  await ada.keyboard.press("Escape");
  await expect(asks).toHaveCount(0);
  await expect(composer).toHaveValue("@hive tea?");
  await expect(log(ada).locator(".message")).toHaveCount(0);
  await ada.keyboard.press("Enter");
  await expect(asks.getByRole("button", { name: "Send it" })).toBeFocused();
  await ada.keyboard.press("Enter");
  await expect(message(other, "tea?")).toBeVisible();
  expectQuiet(ada);
});

test("that somebody writes is told while they do, gone with the message, and kept from those who focus", async ({ browser, house }) => {
  const { ada, other, hive } = await two(browser, house, "Pens", "Pia");
  const writes = ada.locator(".chat-typing");
  const composer = other.locator("#composer");
  // Who is not connected yet tells nobody.
  await expect(ada.locator(".roster").getByText("Pia")).toBeVisible();
  await composer.pressSequentially("a thought");
  await expect(writes).toHaveText("Pia is writing");
  // Gone with the message, long before it would go by itself.
  const gone = await watch(ada, ".chat-typing", /Pia/, true);
  const sent = Date.now();
  await composer.press("Enter");
  expect((await gone()) - sent).toBeLessThan(2_000);
  await expect(message(ada, "a thought")).toBeVisible();
  await composer.pressSequentially("and");
  await expect(writes).toHaveText("Pia is writing");
  const last = Date.now();
  await expect(writes).toHaveText("", { timeout: 12_000 });
  expect(Date.now() - last).toBeGreaterThan(3_000);
  expect(Date.now() - last).toBeLessThan(8_000);

  await ada.locator("#timer").getByRole("button", { name: "Start", exact: true }).click();
  await expect(other.locator(".ring-phase")).toHaveText("Focus · 1 of 4");
  await composer.pressSequentially(" another");
  // What happens after it is heard, and it is not.
  await other.getByText("Just for me").click();
  await other.locator("#timer").getByRole("button", { name: "Pause just me" }).click();
  await expect(ada.locator(".roster").getByText("paused", { exact: true })).toBeVisible();
  await expect(writes).toHaveText("");
  await stopClock(house, hive.split("/").pop()!);
  for (const page of [ada, other]) expectQuiet(page);
});

test("what looks like a page within a message is words, before it is stored and after", async ({ browser, house }) => {
  const { ada, other } = await two(browser, house, "Harmless", "Hal");
  const words = `<img src=x onerror="document.title='had'"><script>document.title='had'</script><b style="position:fixed">bold</b> [go](javascript:alert(1))`;
  await say(ada, words);
  for (const page of [ada, other]) {
    await expect(log(page).locator("li[id^=message-]")).toContainText("<img src=x onerror=");
    await expect(log(page).locator(".message-body").locator("img, script, [style], a[href^=javascript]")).toHaveCount(0);
    await expect(page).not.toHaveTitle(/had/);
    expectQuiet(page);
  }
});

test("the Enter in the same task as the end of a composition sends nothing", async ({ browser, house }) => {
  const ada = await visitor(browser);
  await signIn(ada, house);
  await openHive(ada, house, "Kana");
  await awake(ada);
  await ada.locator("#composer").fill("日本");
  await ada.locator("#composer").evaluate((area) => {
    area.dispatchEvent(new CompositionEvent("compositionend", { bubbles: true, data: "日本" }));
    area.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", code: "Enter", keyCode: 13, bubbles: true, cancelable: true }));
  });
  await ada.waitForTimeout(500);
  await expect(log(ada).locator(".message")).toHaveCount(0);
});
