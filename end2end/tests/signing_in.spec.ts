/** Signing out and in, and what is refused. */
import { type Page } from "@playwright/test";
import { House, PASSWORD, awake, expect, expectQuiet, lobby, signIn, test, visitor } from "../support/house.js";

/** Types a wrong password, and gives what is said about it. */
async function guess(page: Page, house: House, email: string): Promise<string> {
  await page.goto(`${house.url}/sign-in`);
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password", { exact: true }).fill("wrong password");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForLoadState("networkidle");
  return page.getByRole("alert").innerText();
}

test("sign out and in again, on to where one was going", async ({ browser, house }) => {
  const page = await visitor(browser);
  await page.goto(`${house.url}/settings/sessions`);
  await expect(page).toHaveURL(/sign-in\?next=/);
  await page.getByLabel("Email").fill("ada@example.org");
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL(`${house.url}/settings/sessions`);
  // What the page asks as it wakes up is answered before its sign-in ends.
  await awake(page);
  await page.waitForLoadState("networkidle");
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page.getByRole("heading", { name: "Quiet company for real work" })).toBeVisible();
  expectQuiet(page);
});

test("a wrong password and an unknown address are told the same", async ({ browser, house }) => {
  const page = await visitor(browser);
  const wrong = await guess(page, house, "ada@example.org");
  await expect(page.getByLabel("Email")).toHaveValue("ada@example.org");
  await expect(page.getByLabel("Password", { exact: true })).toHaveValue("");
  expect(await guess(page, house, "nobody@example.org")).toBe(wrong);
  expectQuiet(page, /status of 401/);
});

test("guessing gets slow, in the same words", async ({ browser, house }) => {
  const page = await visitor(browser);
  const words = [];
  for (let n = 0; n < 5; n++) words.push(await guess(page, house, "guess@example.org"));
  const began = Date.now();
  expect(await guess(page, house, "guess@example.org")).toBe(words.at(-1));
  expect(Date.now() - began).toBeGreaterThan(1000);
});

test("a session that is ended elsewhere loses its page", async ({ browser, house }) => {
  const [laptop, phone] = [await visitor(browser), await visitor(browser)];
  await signIn(phone, house);
  await phone.goto(lobby(house));
  await expect(phone.getByRole("heading", { name: "Hello, Ada" })).toBeVisible();
  await signIn(laptop, house);
  await laptop.goto(`${house.url}/settings/sessions`);
  await awake(laptop);
  const others = laptop.getByRole("listitem").filter({ hasNotText: "this device" }).getByRole("button", { name: /^End/ });
  await others.first().click();
  await expect(laptop.getByText("That sign-in is ended.")).toBeVisible();
  await laptop.getByRole("button", { name: "End all others" }).click({ timeout: 2_000 }).catch(() => {});
  // The page that was open goes by itself; what it shows is nobody's to look at any more.
  await expect(phone.getByRole("heading", { name: "Sign in" }).or(phone.getByRole("link", { name: "Sign in" }).first())).toBeVisible();
  await phone.goto(`${house.url}/settings`);
  await expect(phone.getByRole("heading", { name: "Sign in" })).toBeVisible();
  expectQuiet(laptop);
});
