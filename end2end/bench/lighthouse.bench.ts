/** What Lighthouse says of the pages that everybody sees, as a phone gets them. */
import { chromium } from "@playwright/test";
import lighthouse from "lighthouse";
import { openHive } from "../support/hive.js";
import { WHOLE_BROWSER } from "../support/browser.js";
import { lobby, signIn, test, visitor } from "../support/house.js";
import { figure, settle } from "./figures.js";

const PORT = 9333;
const AIMS = { performance: 95, accessibility: 100, "best-practices": 100 };

test("what Lighthouse says", async ({ browser, house }) => {
  const page = await visitor(browser);
  await signIn(page, house);
  const hive = await openHive(page, house, "Library");
  const cookies = (await page.context().cookies()).map(({ name, value }) => `${name}=${value}`).join("; ");
  const own = await chromium.launch({ ...WHOLE_BROWSER, args: [...WHOLE_BROWSER.args, `--remote-debugging-port=${PORT}`] });
  const places = { landing: house.url, "sign-in": `${house.url}/sign-in`, lobby: lobby(house), hive };
  for (const [name, url] of Object.entries(places)) {
    const extraHeaders: Record<string, string> = ["lobby", "hive"].includes(name) ? { Cookie: cookies } : {};
    const result = await lighthouse(url, { port: PORT, onlyCategories: Object.keys(AIMS), extraHeaders, logLevel: "silent" });
    for (const [category, least] of Object.entries(AIMS)) {
      figure(`${name}: ${category}`, (result!.lhr.categories[category]!.score ?? 0) * 100, "", { least });
      const lost = Object.values(result!.lhr.categories[category]!.auditRefs).filter(({ id, weight }) => weight > 0 && (result!.lhr.audits[id]!.score ?? 1) < 0.9);
      for (const { id } of lost) console.log(`        ${id}: ${result!.lhr.audits[id]!.displayValue ?? result!.lhr.audits[id]!.score}`);
    }
  }
  await own.close();
  settle();
});
