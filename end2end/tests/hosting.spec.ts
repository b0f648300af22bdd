/** Hosting a hive: what the lobby says of it. */
import { join, openHive } from "../support/hive.js";
import { awake, expect, expectNoViolations, expectQuiet, lobby, signIn, test, visitor } from "../support/house.js";

test("the lobby says how a session goes without anybody joining, and follows it within two seconds", async ({ browser, house }) => {
  const ada = await visitor(browser);
  await signIn(ada, house);
  await openHive(ada, house, "Seen from outside");
  await awake(ada);
  const bob = await join(browser, ada, house, "Lookout");
  await bob.setViewportSize({ width: 390, height: 844 });
  await bob.goto(lobby(house));
  await awake(bob);
  const card = bob.locator(".hive-card", { hasText: "Seen from outside" });
  await expect(card).toBeVisible();
  await expect(card.getByText("focusing")).toHaveCount(0);

  await ada.bringToFront();
  await ada.getByRole("button", { name: "Start", exact: true }).click();
  await expect(card.getByText("Focus, 25 min left")).toBeVisible({ timeout: 2_500 });
  await expect(card.getByText("1 focusing")).toBeVisible({ timeout: 2_500 });
  await expect(card.getByText(/next break \d?\d:\d\d/)).toBeVisible();
  const over = await bob.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(over).toBeLessThanOrEqual(0);
  await expectNoViolations(bob);

  await ada.getByRole("button", { name: "Skip to break" }).click();
  await expect(card.getByText("Break, 5 min left")).toBeVisible({ timeout: 2_500 });
  await expect(card.getByText("1 focusing")).toHaveCount(0);
  expectQuiet(bob);
});
