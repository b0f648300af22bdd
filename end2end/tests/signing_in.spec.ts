/** Signing out and in, and what is refused. */
import { PASSWORD, awake, expect, expectQuiet, signIn, test, visitor } from "../support/house.js";

test("sign out and in again, on to where one was going", async ({ browser, house }) => {
  const page = await visitor(browser);
  await page.goto(`${house.url}/settings/sessions`);
  await expect(page).toHaveURL(/sign-in\?next=/);
  await page.getByLabel("Email").fill("ada@example.org");
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL(`${house.url}/settings/sessions`);
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page.getByRole("heading", { name: "Quiet company for real work" })).toBeVisible();
  expectQuiet(page);
});

test("a wrong password and an unknown address are told the same", async ({ browser, house }) => {
  const page = await visitor(browser);
  await signIn(page, house, "ada@example.org", "wrong password");
  const wrong = await page.getByRole("alert").innerText();
  await expect(page.getByLabel("Email")).toHaveValue("ada@example.org");
  await expect(page.getByLabel("Password", { exact: true })).toHaveValue("");
  await signIn(page, house, "nobody@example.org", "wrong password");
  expect(await page.getByRole("alert").innerText()).toBe(wrong);
  expectQuiet(page, /status of 401/);
});

test("guessing gets slow, in the same words", async ({ browser, house }) => {
  const page = await visitor(browser);
  for (let n = 0; n < 5; n++) await signIn(page, house, "guess@example.org", "wrong password");
  const words = await page.getByRole("alert").innerText();
  const began = Date.now();
  await signIn(page, house, "guess@example.org", "wrong password");
  await expect(page.getByRole("alert")).toHaveText(words);
  expect(Date.now() - began).toBeGreaterThan(1000);
});

test("a session that is ended elsewhere loses its page", async ({ browser, house }) => {
  const [laptop, phone] = [await visitor(browser), await visitor(browser)];
  await signIn(phone, house);
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
