/** Words that wait for the break: written while the others focus, told when they are free. */
import { type Page } from "@playwright/test";
import { log, message, two } from "../support/hive.js";
import { awake, expect, expectNoViolations, expectQuiet, test } from "../support/house.js";

const held = (page: Page) => page.getByRole("region", { name: "Waiting for the break" });
const offer = (page: Page) => page.getByRole("button", { name: /At the break/ });

async function write(page: Page, words: string, key = "Enter"): Promise<void> {
  await page.locator("#composer").fill(words);
  await page.locator("#composer").press(key);
}

async function focusOn(page: Page): Promise<void> {
  await page.locator("#timer").getByRole("button", { name: "Start", exact: true }).click();
  await expect(page.locator(".ring-phase")).toHaveText("Focus · 1 of 4");
}

async function skip(page: Page): Promise<void> {
  await page.locator("#timer").getByRole("button", { name: "Skip to break", exact: true }).click();
}

/** Ada wants to see what is written while she focuses. */
const lift = (page: Page) => page.getByRole("button", { name: "Quiet until the break" }).click();

test("what one writes waits for the break, and goes out when it comes", async ({ browser, house }) => {
  const { ada, other: bob, hive } = await two(browser, house, "Hush", "Benno");
  await expect(offer(bob)).toHaveCount(0);
  await focusOn(ada);
  await lift(ada);
  await expect(offer(bob)).toContainText("free in 25 min");
  await offer(bob).focus();
  await bob.keyboard.press("Space");
  await expect(offer(bob)).toHaveAttribute("aria-pressed", "true");
  await expect(bob.locator("#composer")).toHaveAttribute("placeholder", "Deliver at the break (free in 25 min)");
  await write(bob, "lunch?");
  await write(bob, "and coffee?");
  await expect(held(bob).locator(".held-words")).toHaveText(["lunch?", "and coffee?"]);
  await expect(log(bob).locator(".message")).toHaveCount(0);
  await expectNoViolations(bob);
  // One message may go the other way.
  await write(bob, "the house is on fire", "Alt+Enter");
  await expect(message(ada, "on fire")).toBeVisible();

  // They survive a reload, are on the other device, and can be thought about again.
  const phone = await bob.context().newPage();
  for (const page of [bob, phone]) {
    await page.goto(hive);
    await awake(page);
    await expect(held(page).locator(".held-words")).toHaveText(["lunch?", "and coffee?"]);
    await expect(offer(page)).toHaveAttribute("aria-pressed", "true");
  }
  await write(bob, "no, not this");
  await expect(held(phone).locator(".held-words")).toHaveCount(3);
  const row = (page: Page, words: string) => held(page).locator("li", { hasText: words });
  await row(phone, "not this").getByRole("button", { name: "Cancel" }).click();
  await expect(held(bob).locator(".held-words")).toHaveCount(2);
  await row(bob, "coffee").getByRole("button", { name: "Edit" }).click();
  await bob.getByLabel("Edit the message that waits").fill("and tea?");
  await bob.getByLabel("Edit the message that waits").press("Enter");
  await expect(held(phone).locator(".held-words")).toHaveText(["lunch?", "and tea?"]);
  await expect(log(ada).locator(".message-body")).toHaveText(["the house is on fire"]);

  await skip(ada);
  await expect(log(ada).locator(".message-body")).toHaveText(["the house is on fire", "lunch?", "and tea?"], { timeout: 1500 });
  for (const page of [bob, phone]) {
    await expect(held(page)).toHaveCount(0);
    await expect(offer(page)).toHaveCount(0);
  }
  // In the break nothing waits.
  await write(bob, "here I am");
  await expect(message(ada, "here I am")).toBeVisible();
  for (const page of [ada, bob, phone]) expectQuiet(page);
});

test("it goes out without whoever wrote it, and over a server that died", async ({ browser, house }) => {
  const { ada, other: bob } = await two(browser, house, "Errand", "Beata");
  await focusOn(ada);
  await lift(ada);
  await offer(bob).click();
  await write(bob, "I am off, see you at the break");
  await write(bob, "and this one now");
  await held(bob).locator("li", { hasText: "this one now" }).getByRole("button", { name: "Send now" }).click();
  await expect(message(ada, "this one now")).toBeVisible();
  await expect(held(bob).locator(".held-words")).toHaveCount(1);
  await bob.context().close();
  await house.kill();
  await house.restart();
  await ada.reload();
  await awake(ada);
  await expect(log(ada).locator(".message-body")).toHaveText(["and this one now"]);
  await skip(ada);
  await expect(log(ada).locator(".message-body")).toHaveText(["and this one now", "I am off, see you at the break"], { timeout: 1500 });
});
