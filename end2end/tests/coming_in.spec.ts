/** From an empty house to two people in it. */
import { PASSWORD, awake, expect, expectNoViolations, expectQuiet, invite, setUp, signIn, test, visitor } from "../support/house.js";

test("the first visitor becomes owner, invites a second person, and both are in", async ({ browser, bare: house }) => {
  const ada = await visitor(browser);
  await setUp(ada, house);
  await ada.goto(`${house.url}/admin/invites`);
  await awake(ada);
  await ada.getByRole("button", { name: "Make a link" }).click();
  const link = await ada.getByLabel("Invite link").inputValue();

  const bob = await visitor(browser);
  await bob.goto(link);
  await expect(bob.getByText("Ada Lovelace invites you")).toBeVisible();
  await expectNoViolations(bob);
  await bob.getByLabel("Your name").fill("Bob");
  await bob.getByLabel("Email").fill("bob@example.org");
  await bob.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await bob.getByRole("button", { name: "Join" }).click();
  await expect(bob.getByRole("heading", { name: "Hello, Bob" })).toBeVisible();
  await awake(bob);

  await ada.goto(`${house.url}/admin`);
  await expect(ada.getByText("@bob · bob@example.org")).toBeVisible();
  expectQuiet(ada);
  expectQuiet(bob);
});

test("what people did survives a killed server", async ({ browser, bare: house }) => {
  const ada = await visitor(browser);
  await setUp(ada, house);
  await house.kill();
  await house.restart();
  await ada.reload();
  await expect(ada.getByRole("heading", { name: "Hello, Ada" })).toBeVisible();
});

test("the plain forms work without a script", async ({ browser, bare: house }) => {
  const ada = await visitor(browser, { javaScriptEnabled: false });
  await ada.goto(house.url);
  await ada.getByLabel("Your name").fill("Ada");
  await ada.getByLabel("Email").fill("no address");
  await ada.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await ada.getByRole("button", { name: "Open it" }).click();
  await expect(ada.getByText("This does not look like an email address").or(ada.getByText("this does not look like an email address"))).toBeVisible();
  await expect(ada.getByLabel("Your name")).toHaveValue("Ada");
  await ada.getByLabel("Email").fill("ada@example.org");
  await ada.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await ada.getByRole("button", { name: "Open it" }).click();
  await expect(ada.getByRole("heading", { name: "Hello, Ada" })).toBeVisible();

  await ada.goto(`${house.url}/settings`);
  await ada.getByLabel("What are you up to?").fill("Reading");
  await ada.getByRole("button", { name: "Set status" }).click();
  await expect(ada.getByLabel("What are you up to?")).toHaveValue("Reading");

  const link = await invite(ada, house);
  await ada.getByRole("button", { name: "Sign out" }).click();
  await expect(ada.getByRole("heading", { name: "Quiet company for real work" })).toBeVisible();

  await ada.goto(link);
  await ada.getByLabel("Your name").fill("Bob");
  await ada.getByLabel("Email").fill("bob@example.org");
  await ada.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await ada.getByRole("button", { name: "Join" }).click();
  await expect(ada.getByRole("heading", { name: "Hello, Bob" })).toBeVisible();
  await ada.getByRole("button", { name: "Sign out" }).click();
  await ada.getByRole("link", { name: "Sign in" }).first().click();
  await ada.getByLabel("Email").fill("ada@example.org");
  await ada.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await ada.getByRole("button", { name: "Sign in" }).click();
  await expect(ada.getByRole("heading", { name: "Hello, Ada" })).toBeVisible();
});

test("setup and sign-in need no mouse", async ({ browser, bare: house }) => {
  const ada = await visitor(browser);
  await ada.goto(house.url);
  await expectNoViolations(ada);
  await ada.getByLabel("What is this place called?").focus();
  for (const words of ["The quiet house", "Ada", "ada@example.org", PASSWORD]) {
    await ada.keyboard.press("ControlOrMeta+a");
    await ada.keyboard.type(words);
    await ada.keyboard.press("Tab");
  }
  await ada.keyboard.press("Enter");
  if (await ada.getByLabel("Password", { exact: true }).isVisible().catch(() => false)) {
    // The key pressed "Show": it stands between the password and the button.
    await ada.keyboard.press("Tab");
    await ada.keyboard.press("Enter");
  }
  await expect(ada.getByRole("heading", { name: "Hello, Ada" })).toBeVisible();
  await expect(ada).toHaveTitle(/The quiet house/);

  await ada.keyboard.press("Tab");
  await expect(ada.getByRole("link", { name: "Skip to the page" })).toBeFocused();
  await ada.keyboard.press("Enter");
  await expect(ada.locator("#main")).toBeFocused();

  // Out, and in again, once the page has asked for all that it shows.
  await ada.waitForLoadState("networkidle");
  await ada.getByRole("button", { name: "Sign out" }).focus();
  await ada.keyboard.press("Enter");
  await expect(ada.getByRole("link", { name: "Sign in" }).first()).toBeVisible();
  await ada.goto(`${house.url}/sign-in`);
  await awake(ada);
  await expect(ada.getByLabel("Email")).toBeFocused();
  await ada.keyboard.type("ada@example.org");
  await ada.keyboard.press("Tab");
  await ada.keyboard.type(PASSWORD);
  await ada.keyboard.press("Enter");
  await expect(ada.getByRole("heading", { name: "Hello, Ada" })).toBeVisible();
  expectQuiet(ada);
});
