/** A page is there whenever it is asked for, by many at once too; and where something broke, it says so. */
import { openHive } from "../support/hive.js";
import { awake, expect, expectNoViolations, expectQuiet, lobby, setUp, signIn, test, visitor } from "../support/house.js";

test("pages asked for by many at once all come", async ({ browser, house }) => {
  test.setTimeout(120_000);
  const ada = await visitor(browser);
  await signIn(ada, house);
  const hive = await openHive(ada, house, "Crowded");
  const cookie = (await ada.context().cookies()).map(({ name, value }) => `${name}=${value}`).join("; ");
  const ask = async (url: string) => {
    const page = await fetch(url, { headers: { cookie, accept: "text/html" } });
    return (await page.text()).includes("</html>") ? page.status : 0;
  };
  const reader = async () => {
    const seen: number[] = [];
    for (let n = 0; n < 12; n++) for (const url of [hive, house.url, `${house.url}/settings`]) seen.push(await ask(url).catch(() => 0));
    return seen;
  };
  const seen = (await Promise.all(Array.from({ length: 8 }, reader))).flat();
  expect(seen.filter((status) => status !== 200)).toEqual([]);
});

test("a page that wakes asks for nothing that came with it", async ({ browser, house }) => {
  test.setTimeout(120_000);
  const page = await visitor(browser);
  await signIn(page, house);
  const hive = new URL(await openHive(page, house, "Brought along")).pathname;
  const asked: string[] = [];
  page.on("request", (request) => {
    if (request.url().endsWith("/api/call")) asked.push(`${new URL(page.url()).pathname}: ${request.postDataJSON().request.do}`);
  });
  const paths = ["/?lobby", "/?find=brought", hive, `${hive}/members`, `${hive}/settings`, "/focus", "/notifications", "/settings", "/settings/sessions", "/admin"];
  for (const path of paths) {
    await page.goto(house.url + path);
    await awake(page);
    await page.waitForLoadState("networkidle");
  }
  // What to hear is asked for by nobody but the browser; the hives once more, for what happened since.
  expect(asked.filter((what) => !/: (focus\.signals|hive\.list)$/.test(what))).toEqual([]);
  expectQuiet(page);
});

test("whoever goes on before a page is awake gets there", async ({ browser, house }) => {
  test.setTimeout(120_000);
  const page = await visitor(browser);
  await signIn(page, house);
  const hive = await openHive(page, house, "Passing through");
  const slow = await page.context().newCDPSession(page);
  await slow.send("Emulation.setCPUThrottlingRate", { rate: 10 });
  for (const wait of [0, 100, 300, 600, 1000]) {
    await page.goto(hive, { waitUntil: "domcontentloaded" });
    await page.waitForTimeout(wait);
    await page.evaluate(() => document.querySelector<HTMLAnchorElement>('.rail a[href="/focus"]')?.click());
    await expect(page.getByRole("heading", { name: "My focus" }), `after ${wait} ms`).toBeVisible();
    await expect(page.locator(".chat")).toHaveCount(0);
  }
  expectQuiet(page);
});

test("what breaks on our side is said in words, within the page or instead of it", async ({ browser, bare }) => {
  const page = await visitor(browser);
  await setUp(page, bare);
  const broken = async (table: string, says: string) => {
    bare.sql(`alter table ${table} rename to gone`);
    const answer = await page.goto(lobby(bare));
    expect(answer?.status()).toBe(500);
    await expect(page.getByText(says)).toBeVisible();
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      await expectNoViolations(page);
    }
    expect(await page.content()).not.toMatch(/relation|does not exist/);
    bare.sql(`alter table gone rename to ${table}`);
  };
  await broken("hive", "Something broke on our side");
  await broken("cookie_session", "Something broke on our side");
  await page.goto(lobby(bare));
  await expect(page.getByRole("heading", { name: "Hello, Ada" })).toBeVisible();
  expectQuiet(page, /status of 500/);
});
