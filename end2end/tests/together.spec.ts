/** People in one hive: who is seen where, who keeps order, and what a bad connection cannot take. */
import { act, flood, log, message, openHive, say, two } from "../support/hive.js";
import { PASSWORD, awake, expect, expectNoViolations, expectQuiet, signIn, test, visitor } from "../support/house.js";

/** The window is open, and somebody looks elsewhere. */
const lookAway = (page: import("@playwright/test").Page, away: boolean) =>
  page.evaluate((away) => { document.hasFocus = () => !away; }, away);

test("two tabs are one seat, and closing one of them is no leaving", async ({ browser, house }) => {
  const { ada, other, hive } = await two(browser, house, "Seats", "Tabea");
  const second = await ada.context().newPage();
  await second.goto(hive);
  await awake(second);
  await expect(second.locator(".roster").getByText("2 here")).toBeVisible();
  await expect(other.locator(".roster .hexagon", { hasText: "Ada" })).toHaveCount(1);
  await second.close();
  await other.waitForTimeout(2500);
  await expect(other.locator(".roster .hexagon", { hasText: "Ada" })).toHaveAttribute("data-state", "online");
  expectQuiet(other);
});

test("slow mode keeps the words, and says when they can be sent", async ({ browser, house }) => {
  const { ada, other, hive } = await two(browser, house, "Slowly", "Sloane");
  await ada.goto(`${hive}/settings`);
  await awake(ada);
  await ada.getByLabel("Slow mode").fill("3");
  const saved = ada.waitForResponse((response) => response.request().method() === "POST");
  await ada.locator("form", { has: ada.getByLabel("Slow mode") }).getByRole("button", { name: "Save" }).click();
  expect((await saved).ok()).toBe(true);
  await say(other, "first");
  await expect(message(other, "first")).toHaveAttribute("id", /message-/);
  await say(other, "second");
  const refused = log(other).locator("[data-pending=refused]");
  await expect(refused).toContainText("Slow mode is on here");
  await expectNoViolations(other);
  await other.waitForTimeout(3200);
  await refused.getByRole("button", { name: "Retry" }).click();
  await expect(log(other).locator("[data-pending]")).toHaveCount(0);
  await expect(log(other).locator(".message-body")).toHaveText(["first", "second"]);
  expectQuiet(other);
});

test("who is muted keeps what they wrote, and who is removed is out at once", async ({ browser, house }) => {
  const { ada, other, hive } = await two(browser, house, "In order", "Rowan");
  await ada.goto(`${hive}/members`);
  await awake(ada);
  const menu = ada.locator(".list-row", { hasText: "Rowan" });
  await menu.getByLabel("What to do").click();
  await menu.getByRole("button", { name: "Mute", exact: true }).click();
  await expect(menu.getByText("muted", { exact: true })).toBeVisible();
  await say(other, "can you hear me");
  await expect(log(other).locator("[data-pending=refused]")).toContainText("You are muted here");
  await other.getByRole("button", { name: "Remove" }).click();
  await expect(log(other).locator("[data-pending]")).toHaveCount(0);
  // The list is drawn anew when somebody in it changes, and its menu is closed by that.
  const remove = menu.getByRole("button", { name: "Remove", exact: true });
  await expect(async () => {
    if (!(await remove.isVisible())) await menu.getByLabel("What to do").click();
    await remove.click({ timeout: 1_000 });
  }).toPass();
  await expect(other.getByText("Join this hive to write.")).toBeVisible();
  await expect(other.locator("#composer")).toHaveCount(0);
  expectQuiet(ada);
  expectQuiet(other);
});

test("what is written without a connection waits in order, can be cancelled, and goes out once", async ({ browser, house }) => {
  test.setTimeout(120_000);
  const { ada, other, hive } = await two(browser, house, "Tunnel", "Olive");
  await say(ada, "before");
  await expect(message(other, "before")).toBeVisible();
  await house.kill();
  for (const words of ["one", "not this", "two"]) await say(ada, words);
  await expect(log(ada).getByText("waiting to be sent").first()).toBeVisible({ timeout: 30_000 });
  await log(ada).locator("[data-pending]", { hasText: "not this" }).getByRole("button", { name: "Cancel" }).click();
  await ada.locator("#composer").fill("a thought, unfinished");
  await house.restart();
  await expect(log(other).locator(".message-body")).toHaveText(["before", "one", "two"], { timeout: 60_000 });
  await expect(log(ada).locator("[data-pending]")).toHaveCount(0);
  // What stood in the composer is there after a reload, and on another device.
  await ada.reload();
  await expect(ada.locator("#composer")).toHaveValue("a thought, unfinished");
  await ada.waitForTimeout(2500);
  const phone = await visitor(browser);
  await signIn(phone, house);
  await phone.goto(hive);
  await expect(phone.locator("#composer")).toHaveValue("a thought, unfinished");
  expectQuiet(ada, /Failed to load resource|WebSocket connection|ERR_CONNECTION/);
});

test("what comes while one looks elsewhere has a line above it, and a way back to it", async ({ browser, house }) => {
  const { ada, other, hive } = await two(browser, house, "Elsewhere", "Nora");
  await say(ada, "seen");
  await expect(message(other, "seen")).toBeVisible();
  await expect(other.locator(".rail .badge")).toHaveCount(0);
  await other.waitForTimeout(2500);
  await lookAway(other, true);
  await flood(ada, hive, 40);
  await expect(message(other, "line 39")).toBeVisible();
  await expect(log(other).locator(".chat-new")).toHaveCount(1);
  const back = other.getByRole("button", { name: /^40 new since/ });
  await expect(back).toBeVisible();
  await lookAway(other, false);
  await expectNoViolations(other);
  await back.click();
  await expect(log(other).locator(".chat-new")).toBeInViewport();
  await expect(back).toHaveCount(0);
  await expect(message(other, "line 0")).toBeInViewport();
  expectQuiet(other);
});

test("a link to a message leads there, also by way of the sign-in page", async ({ browser, house }) => {
  const { ada, hive } = await two(browser, house, "Links", "Lina");
  await say(ada, "the place");
  await expect(message(ada, "the place")).toHaveAttribute("id", /message-/);
  const seq = (await message(ada, "the place").getAttribute("id"))!.split("-").pop();
  await flood(ada, hive, 80);
  const late = await visitor(browser);
  await late.goto(`${hive}?at=${seq}`);
  await late.getByLabel("Email").fill("ada@example.org");
  await late.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await late.getByRole("button", { name: "Sign in" }).click();
  await expect(message(late, "the place")).toBeInViewport();
  await expect(message(late, "the place")).toHaveAttribute("data-flash", "");
  await late.getByRole("button", { name: "To the newest" }).click();
  await expect(message(late, "line 79")).toBeInViewport();
  expectQuiet(late);
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`a chat is used by keyboard alone on a phone, ${colorScheme}`, async ({ browser, house }) => {
    const ada = await visitor(browser, { colorScheme, viewport: { width: 390, height: 844 }, reducedMotion: "reduce" });
    await signIn(ada, house);
    await openHive(ada, house, `Pocket ${colorScheme}`);
    await ada.locator("#composer").focus();
    await ada.keyboard.type("hello");
    await ada.keyboard.press("Enter");
    await expect(message(ada, "hello")).toHaveAttribute("id", /message-/);
    // Backwards from the composer one comes to the message’s menu.
    for (let n = 0; n < 6 && !(await ada.evaluate(() => document.activeElement?.matches(".message-menu > summary"))); n++) {
      await ada.keyboard.press("Shift+Tab");
    }
    await ada.keyboard.press("Enter");
    await ada.keyboard.press("Tab");
    await ada.keyboard.press("Enter");
    await expect(log(ada).locator(".message-reactions button")).toHaveText("👍 1");
    await act(ada, "hello", "Pin");
    await ada.getByRole("button", { name: "Show what is pinned" }).click();
    await expectNoViolations(ada);
    const over = await ada.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(over).toBeLessThanOrEqual(0);
    expectQuiet(ada);
  });
}
