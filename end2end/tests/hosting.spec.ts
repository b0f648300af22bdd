/** Hosting a hive: what the lobby says of it, who is kept out, its links, its rhythms, and who leads it while nobody does. */
import { join, openHive, two } from "../support/hive.js";
import { awake, expect, expectNoViolations, expectQuiet, lobby, signIn, test, visitor } from "../support/house.js";

test("the lobby says how a session goes without anybody joining, and follows it within two seconds", async ({ browser, house }) => {
  test.setTimeout(120_000);
  const ada = await visitor(browser);
  await signIn(ada, house);
  const hive = await openHive(ada, house, "Seen from outside");
  const bob = await join(browser, ada, house, "Lookout");
  await ada.goto(hive);
  await awake(ada);
  await bob.setViewportSize({ width: 390, height: 844 });
  await bob.goto(lobby(house));
  await awake(bob);
  const card = bob.locator(".hive-card", { hasText: "Seen from outside" });
  await expect(card).toBeVisible();
  await expect(card.getByText("focusing")).toHaveCount(0);

  await ada.bringToFront();
  await ada.getByRole("button", { name: "Start", exact: true }).click();
  await expect(card.getByText("Focus, 25 min left")).toBeVisible({ timeout: 4_000 });
  await expect(card.getByText("1 focusing")).toBeVisible({ timeout: 4_000 });
  await expect(card.getByText(/next break \d?\d:\d\d/)).toBeVisible();
  const over = await bob.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(over).toBeLessThanOrEqual(0);
  await expectNoViolations(bob);

  await ada.getByRole("button", { name: "Skip to break" }).click();
  await expect(card.getByText("Break, 5 min left")).toBeVisible({ timeout: 4_000 });
  await expect(card.getByText("1 focusing")).toHaveCount(0);
  expectQuiet(bob);
});

test("who is banned is listed with why, and let in again; who is muted, until when", async ({ browser, house }) => {
  const { ada, other: bob, hive } = await two(browser, house, "In order", "Loud");
  await ada.goto(`${hive}/members`);
  await awake(ada);
  await expect(ada.getByRole("heading", { name: "Banned" })).toHaveCount(0);
  const row = ada.locator(".list-row", { hasText: "@loud" });
  await row.getByLabel("What to do").click();
  await row.getByRole("button", { name: "Mute" }).click();
  await expect(row.getByText(/muted until/)).toBeVisible();
  // The list is asked for again after the muting, and its forms are new then.
  await expect(async () => {
    if (!(await row.getByRole("button", { name: "Ban" }).isVisible())) await row.getByLabel("What to do").click();
    await row.getByLabel("Ban for").selectOption("open");
    await row.getByLabel("Why").fill("Shouts at the clock");
    await ada.waitForTimeout(500);
    await expect(row.getByLabel("Ban for")).toHaveValue("open", { timeout: 100 });
    await expect(row.getByLabel("Why")).toHaveValue("Shouts at the clock", { timeout: 100 });
  }).toPass();
  await row.getByRole("button", { name: "Ban" }).click();
  await expect(ada.getByRole("heading", { name: "Banned" })).toBeVisible();
  const banned = ada.locator(".list-row", { hasText: "Shouts at the clock" });
  await expect(banned.getByText(/until it is lifted/)).toBeVisible();
  await expect(banned.getByText(/by Ada/)).toBeVisible();
  await expectNoViolations(ada);
  await banned.getByRole("button", { name: "Lift" }).click();
  await expect(ada.getByRole("heading", { name: "Banned" })).toHaveCount(0);
  await bob.goto(hive);
  await expect(bob.getByRole("button", { name: "Join this hive" })).toBeVisible();
  expectQuiet(ada);
});

test("links are listed and withdrawn, and who may not invite sees none", async ({ browser, house }) => {
  const { ada, other: bob, hive } = await two(browser, house, "By link", "Newcomer");
  await ada.goto(`${hive}/members`);
  await awake(ada);
  await ada.getByLabel("Uses").fill("3");
  await ada.getByRole("button", { name: "Make a link" }).click();
  const link = await ada.getByLabel("Invite link").inputValue();
  const row = ada.locator(".list-row", { hasText: "3 uses left" });
  await expect(row.getByText(/made by Ada/)).toBeVisible();
  await row.getByRole("button", { name: "Withdraw" }).click();
  await expect(row).toHaveCount(0);
  await bob.goto(link);
  await awake(bob);
  await bob.getByRole("button", { name: "Come in" }).click();
  await expect(bob.getByRole("alert")).toBeVisible();
  const page = await bob.goto(`${hive}/members`);
  expect(page?.status()).toBe(200);
  await awake(bob);
  await expect(bob.getByRole("heading", { name: "Invite people" })).toHaveCount(0);
  expectQuiet(ada);
});

test("links and bans work without a script", async ({ browser, house }) => {
  const ada = await visitor(browser, { javaScriptEnabled: false });
  await signIn(ada, house);
  await ada.goto(lobby(house));
  await ada.getByLabel("Name").fill("All by hand");
  await ada.getByRole("button", { name: "Make it" }).click();
  await ada.goto(lobby(house));
  await ada.getByRole("link", { name: "All by hand" }).first().click();
  const hive = ada.url();
  await ada.goto(`${hive}/members`);
  await ada.getByRole("button", { name: "Make a link" }).click();
  await expect(ada.getByText("10 uses left")).toBeVisible();
  await ada.getByRole("button", { name: "Withdraw" }).click();
  await expect(ada.getByText("10 uses left")).toHaveCount(0);
  await ada.goto(`${hive}/settings`);
  await ada.getByLabel("Keep this rhythm as").fill("By hand");
  await ada.getByRole("button", { name: "Keep" }).click();
  await expect(ada.getByRole("list", { name: "Rhythms of this hive" }).getByText("By hand")).toBeVisible();
});

test("a hive keeps rhythms by name, and one that is picked counts from the next phase on", async ({ browser, house }) => {
  const ada = await visitor(browser);
  await signIn(ada, house);
  const hive = await openHive(ada, house, "In rhythm");
  await awake(ada);
  await ada.goto(`${hive}/settings`);
  await awake(ada);
  const form = ada.locator("form", { has: ada.getByLabel("Focus, minutes") });
  await form.getByLabel("Focus, minutes").fill("40");
  await form.getByLabel("Break, minutes", { exact: true }).fill("8");
  await form.getByRole("button", { name: "Save" }).click();
  await expect(ada.getByText("40 / 8, 4 rounds, then 15")).toBeVisible();
  await ada.getByLabel("Keep this rhythm as").fill("Deep");
  await ada.getByRole("button", { name: "Keep" }).click();
  const kept = ada.getByRole("list", { name: "Rhythms of this hive" }).getByRole("listitem");
  await expect(kept).toHaveText(/Deep/);
  await ada.getByRole("button", { name: "25 / 5, four rounds" }).click();
  await expect(ada.getByText(/^Now it is 25 \/ 5, 4 rounds/)).toBeVisible();

  await ada.goto(hive);
  await awake(ada);
  await ada.getByRole("button", { name: "Start", exact: true }).click();
  await expect(ada.getByRole("timer").first()).toHaveText(/2[45]:\d\d/);
  await ada.goto(`${hive}/settings`);
  await awake(ada);
  await ada.getByRole("button", { name: "Use Deep" }).click();
  await expect(ada.getByText(/^Now it is 40 \/ 8/)).toBeVisible();
  await ada.goto(hive);
  await awake(ada);
  await expect(ada.getByRole("timer").first()).toHaveText(/2[45]:\d\d/);
  // Now, by choice, and said twice.
  await ada.goto(`${hive}/settings`);
  await awake(ada);
  await expect(ada.getByRole("button", { name: "Yes, change it now" })).toBeHidden();
  await ada.getByText("Change the phase that is on as well").click();
  await ada.getByRole("button", { name: "Yes, change it now" }).click();
  await expect(ada.getByText("The phase that is on has changed.")).toBeVisible();
  await expectNoViolations(ada);
  await ada.goto(hive);
  await awake(ada);
  await expect(ada.getByRole("timer").first()).toHaveText(/(39|40):\d\d/);

  await ada.goto(`${hive}/settings`);
  await awake(ada);
  await kept.getByLabel("What to do with this rhythm").click();
  await kept.getByLabel("Name").fill("Deeper");
  await kept.getByRole("button", { name: "Rename" }).click();
  await expect(kept).toHaveText(/Deeper/);
  if (!(await kept.getByRole("button", { name: "Remove" }).isVisible())) await kept.getByLabel("What to do with this rhythm").click();
  await kept.getByRole("button", { name: "Remove" }).click();
  await expect(kept).toHaveCount(0);
  expectQuiet(ada);
});

test("a minute without a host and whoever is there is asked to be one, and the clock goes on", async ({ browser, house }) => {
  test.setTimeout(150_000);
  const { ada, other: bob, hive } = await two(browser, house, "Without a host", "Deputy");
  await ada.getByRole("button", { name: "Start", exact: true }).click();
  await expect(bob.getByRole("button", { name: "Propose: Pause" })).toBeVisible();
  // It takes a look at who is there until it is known that a host was.
  await bob.waitForTimeout(4000);
  await ada.context().close();
  const offer = bob.locator(".hive-offer");
  await expect(offer.getByRole("heading", { name: "No host is here" })).toBeVisible({ timeout: 100_000 });
  await expectNoViolations(bob);
  await offer.getByRole("button", { name: "Be a host" }).click();
  await expect(offer).toHaveCount(0);
  await expect(bob.getByRole("button", { name: "Pause", exact: true })).toBeVisible();
  await expect(bob.getByRole("timer").first()).toHaveText(/2[0-4]:\d\d/);
  await bob.goto(`${hive}/members`);
  await expect(bob.locator(".list-row", { hasText: "@deputy" }).getByText("host", { exact: true })).toBeVisible();
  expectQuiet(bob);
});
