/** What two people write to each other alone. */
import { log, message, say, two } from "../support/hive.js";
import { awake, expect, expectNoViolations, expectQuiet, lobby, test } from "../support/house.js";

test("two people write to each other alone, and find it again", async ({ browser, house }) => {
  const { ada, other: bob, hive } = await two(browser, house, "Around us", "Birgit");
  await ada.goto(`${hive}/members`);
  await awake(ada);
  await ada.getByRole("button", { name: "Message Birgit" }).focus();
  await ada.keyboard.press("Enter");
  await expect(ada.getByRole("heading", { level: 1, name: "Birgit" })).toBeVisible();
  await expect(log(ada)).toContainText("Only the two of you read what is written here.");
  await expect(ada.getByRole("link", { name: "Settings", exact: true })).toHaveCount(1); // One's own, in the rail.
  await say(ada, "Lunch at noon?");
  await expect(message(ada, "Lunch at noon?")).toBeVisible();

  // The other one is somewhere else: the bell says so, and the rail leads there.
  const place = bob.getByRole("navigation", { name: "FocusHive" }).getByRole("link", { name: "Ada Lovelace" });
  await expect(place).toContainText("1");
  const bell = bob.locator(".bell-button");
  await expect(bell.locator(".badge")).toHaveText("1", { timeout: 20_000 });
  await bell.click();
  await expect(bob.getByText("Ada Lovelace wrote to you")).toBeVisible();
  await bob.keyboard.press("Escape");
  await place.click();
  await expect(bob.getByRole("heading", { level: 1, name: "Ada Lovelace" })).toBeVisible();
  await expect(message(bob, "Lunch at noon?")).toBeVisible();
  await say(bob, "Gladly.");
  await expect(message(ada, "Gladly.")).toBeVisible();
  await expect(place).not.toContainText("1");

  // It is nobody else's, and stands in no lobby.
  const pair = bob.url();
  await bob.goto(lobby(house));
  await expect(bob.locator(".hive-cards")).toContainText("Around us");
  await expect(bob.locator(".hive-cards")).not.toContainText("Ada Lovelace");
  await bob.goto(pair);
  await awake(bob);
  await expectNoViolations(bob);
  for (const page of [ada, bob]) expectQuiet(page);
});

test("without a script a press leads to the same chat", async ({ browser, house }) => {
  const { ada, hive } = await two(browser, house, "Plainly", "Bastian");
  const plain = await browser.newContext({ javaScriptEnabled: false, storageState: await ada.context().storageState() });
  const page = await plain.newPage();
  await page.goto(`${hive}/members`);
  await page.getByRole("button", { name: "Message Bastian" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Bastian" })).toBeVisible();
  await plain.close();
});
