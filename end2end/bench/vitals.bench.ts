/** How a page comes to a slow phone on a slow line: a processor four times slower, 1.6 Mbit/s, 150 ms away. */
import { type Browser, type Page } from "@playwright/test";
import { openHive } from "../support/hive.js";
import { House, expect, lobby, signIn, test, visitor } from "../support/house.js";
import { figure, median, settle } from "./figures.js";

type Vitals = { blocked: number; shifted: number; painted: number };

const TIMES = 3;

/** Everything the browser notes from the first moment on. */
const NOTE = () => {
  const notes = { blocked: 0, shifted: 0, painted: 0 };
  Object.assign(window, { vitals: notes });
  const watch = (type: string, note: (entry: PerformanceEntry & { value?: number; hadRecentInput?: boolean }) => void) =>
    new PerformanceObserver((list) => list.getEntries().forEach(note)).observe({ type, buffered: true });
  watch("largest-contentful-paint", (entry) => (notes.painted = entry.startTime));
  watch("layout-shift", (entry) => (notes.shifted += entry.hadRecentInput ? 0 : (entry.value ?? 0)));
  watch("longtask", (entry) => (notes.blocked += Math.max(0, entry.duration - 50)));
  const awake = new Promise<void>((told) => {
    new MutationObserver(() => document.body?.hasAttribute("data-awake") && told()).observe(document, { attributes: true, subtree: true });
  });
  Object.assign(window, { awake });
};

async function vitals(page: Page, url: string): Promise<Vitals> {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("Network.enable");
  await cdp.send("Network.clearBrowserCache");
  await cdp.send("Network.emulateNetworkConditions", { offline: false, latency: 150, downloadThroughput: 1.6e6 / 8, uploadThroughput: 750e3 / 8 });
  await cdp.send("Emulation.setCPUThrottlingRate", { rate: 4 });
  await page.goto(url);
  // Asking again and again would itself stand in the way.
  await page.evaluate(() => (window as unknown as { awake: Promise<void> }).awake);
  await page.waitForTimeout(1500);
  const told = await page.evaluate(() => (window as unknown as { vitals: Vitals }).vitals);
  await cdp.detach();
  return told;
}

async function phone(browser: Browser): Promise<Page> {
  const page = await visitor(browser, { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true });
  await page.addInitScript(NOTE);
  return page;
}

async function places(browser: Browser, house: House): Promise<{ name: string; url: string; inside: boolean }[]> {
  const page = await visitor(browser);
  await signIn(page, house);
  const hive = await openHive(page, house, "Library");
  await page.context().close();
  return [
    { name: "landing", url: house.url, inside: false },
    { name: "sign-in", url: `${house.url}/sign-in`, inside: false },
    { name: "lobby", url: lobby(house), inside: true },
    { name: "hive", url: hive, inside: true },
  ];
}

test("pages come quickly and stand still", async ({ browser, house }) => {
  for (const { name, url, inside } of await places(browser, house)) {
    const all: Vitals[] = [];
    for (let time = 0; time < TIMES; time++) {
      const page = await phone(browser);
      if (inside) await signIn(page, house);
      all.push(await vitals(page, url));
      await page.context().close();
    }
    figure(`${name}: script stands in the way`, median(all.map(({ blocked }) => blocked)), "ms", { most: 150 });
    figure(`${name}: largest thing painted after`, median(all.map(({ painted }) => painted)), "ms", { most: 1800 });
    figure(`${name}: layout shift`, Math.max(...all.map(({ shifted }) => shifted)), "", { most: 0 });
    expect(all.every(({ painted }) => painted > 0)).toBe(true);
  }
  settle();
});
