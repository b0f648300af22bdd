/** Changing what is one's own, and looking after the house. */
import { PASSWORD, awake, expect, expectQuiet, invite, signIn, test, visitor } from "../support/house.js";

test("a new name is in the rail at once", async ({ browser, house }) => {
  const page = await visitor(browser);
  await signIn(page, house);
  await page.goto(`${house.url}/settings`);
  await awake(page);
  const name = page.getByLabel("Your name");
  await name.fill("");
  await page.getByRole("button", { name: "Save" }).first().click();
  await expect(page.getByText("this is needed")).toBeVisible();
  await name.fill("Ada King");
  await page.getByRole("button", { name: "Save" }).first().click();
  await expect(page.getByRole("navigation", { name: "FocusHive" }).getByText("Ada King")).toBeVisible();
  await name.fill("Ada Lovelace");
  await page.getByRole("button", { name: "Save" }).first().click();
  await expect(page.getByRole("navigation", { name: "FocusHive" }).getByText("Ada Lovelace")).toBeVisible();
  expectQuiet(page, /status of 422/);
});

test("an owner suspends somebody, who is out at once", async ({ browser, house }) => {
  const ada = await visitor(browser);
  await signIn(ada, house);
  const link = await invite(ada, house);
  const bob = await visitor(browser);
  await bob.goto(link);
  await bob.getByLabel("Your name").fill("Bob");
  await bob.getByLabel("Email").fill("bob@example.org");
  await bob.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await bob.getByRole("button", { name: "Join" }).click();
  await expect(bob.getByRole("heading", { name: "Hello, Bob" })).toBeVisible();

  await ada.goto(`${house.url}/admin`);
  await awake(ada);
  await ada.getByText("Change Bob").click();
  await ada.getByRole("button", { name: "Suspend" }).click();
  await expect(ada.getByText("suspended", { exact: true })).toBeVisible();
  await bob.goto(`${house.url}/settings`);
  await expect(bob.getByRole("heading", { name: "Sign in" })).toBeVisible();
  expectQuiet(ada);
});

test("on a phone the menu opens by touch and by keyboard", async ({ browser, house }) => {
  const page = await visitor(browser, { viewport: { width: 390, height: 844 } });
  await signIn(page, house);
  await expect(page.getByRole("link", { name: "Settings" })).toBeHidden();
  await page.locator("summary", { hasText: "Menu" }).click();
  await page.getByRole("link", { name: "Settings" }).click();
  await expect(page.getByRole("heading", { name: "Settings" })).toBeVisible();
  expectQuiet(page);
});
