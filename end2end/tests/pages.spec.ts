/** A page is there whenever it is asked for, by many at once too; and where something broke, it says so. */
import { openHive } from "../support/hive.js";
import { expect, expectNoViolations, expectQuiet, lobby, setUp, signIn, test, visitor } from "../support/house.js";

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
