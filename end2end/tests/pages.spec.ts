/** A page is there whenever it is asked for, by many at once too. */
import { openHive } from "../support/hive.js";
import { expect, signIn, test, visitor } from "../support/house.js";

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
