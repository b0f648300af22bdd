/** Changing what is one's own, and looking after the house. */
import { join } from "../support/hive.js";
import { PASSWORD, awake, expect, expectNoViolations, expectQuiet, invite, lobby, signIn, test, visitor } from "../support/house.js";

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
  await page.goto(lobby(house));
  await expect(page.getByRole("link", { name: "Settings" })).toBeHidden();
  await page.locator("summary", { hasText: "Menu" }).click();
  await page.getByRole("link", { name: "Settings" }).click();
  await expect(page.getByRole("heading", { name: "Settings" })).toBeVisible();
  expectQuiet(page);
});

test("another address is one's own once its link is opened, and an admin hands that over", async ({ browser, house }) => {
  const ada = await visitor(browser);
  await signIn(ada, house);
  const rosa = await join(browser, ada, house, "Rosa");
  await rosa.goto(`${house.url}/settings`);
  await awake(rosa);
  const form = rosa.locator("form", { has: rosa.getByLabel("New email") });
  await form.getByLabel("New email").fill("rosa@example.net");
  await form.getByLabel("Your password").fill("not my password");
  await form.getByRole("button", { name: "Ask for it" }).click();
  await expect(form.getByText("this is not your password")).toBeVisible();
  await form.getByLabel("Your password").fill(PASSWORD);
  await form.getByRole("button", { name: "Ask for it" }).click();
  await expect(rosa.getByText("rosa@example.net waits to be confirmed")).toBeVisible();
  await expectNoViolations(rosa);

  await ada.goto(`${house.url}/admin`);
  await awake(ada);
  await ada.getByText("Change Rosa").click();
  await expect(ada.getByText("They want to be rosa@example.net from now on.")).toBeVisible();
  await ada.getByRole("button", { name: "Make a link for the new address" }).click();
  const link = await ada.getByLabel("Link for the new address").inputValue();
  await expectNoViolations(ada);

  await rosa.goto(link);
  await rosa.getByRole("button", { name: "This address is mine" }).click();
  await expect(rosa.getByText("your address is confirmed")).toBeVisible();
  await rosa.goto(`${house.url}/settings`);
  await expect(rosa.locator(".facts")).toContainText("rosa@example.net confirmed");
  await expect(rosa.getByText("waits to be confirmed")).toHaveCount(0);
  const again = await visitor(browser);
  await signIn(again, house, "rosa@example.net");
  await again.goto(lobby(house));
  await expect(again.getByRole("heading", { name: "Hello, Rosa" })).toBeVisible();
  expectQuiet(ada);
  expectQuiet(rosa, /status of 422/);
});
