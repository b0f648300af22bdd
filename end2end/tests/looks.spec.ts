/** How it looks: themes from the first frame, every width, nothing that jumps, nothing in the way of anybody. */
import { openHive } from "../support/hive.js";
import { awake, expect, expectNoViolations, expectQuiet, signIn, test, visitor } from "../support/house.js";

const GUESTS = ["/", "/sign-in", "/forgot", "/reset?token=x", "/verify?token=x", "/invite/unknown", "/sign-up", "/stop?token=x", "/nowhere"];
const MEMBERS = [
  "/", "/settings", "/settings/appearance", "/settings/sessions", "/settings/privacy", "/settings/data",
  "/settings/chat", "/settings/notifications", "/notifications", "/focus", "/join/unknown",
  "/admin", "/admin/invites", "/admin/sectors", "/admin/announcements", "/admin/house", "/admin/log", "/ui", "/nowhere",
];
/** Pages that say that something is not there do so by their status too, and the console repeats it. */
const STATUS = /status of 4(04|10)/;

for (const colorScheme of ["light", "dark"] as const) {
  test(`nothing stands in anybody's way, ${colorScheme}`, async ({ browser, house }) => {
    test.setTimeout(180_000);
    const page = await visitor(browser, { colorScheme });
    for (const path of GUESTS) {
      await page.goto(house.url + path);
      await awake(page);
      await expectNoViolations(page);
    }
    await signIn(page, house);
    for (const path of MEMBERS) {
      await page.goto(house.url + path);
      await awake(page);
      // The gallery shows both themes and every piece twice on purpose.
      if (path !== "/ui") await expectNoViolations(page);
    }
    expectQuiet(page, STATUS);
  });
}

test("no page is wider than its window, from a small phone to a desk", async ({ browser, house }) => {
  test.setTimeout(120_000);
  const page = await visitor(browser, { viewport: { width: 320, height: 640 } });
  const check = async (path: string) => {
    await page.goto(house.url + path);
    for (const width of [320, 390, 760, 1024, 1440]) {
      await page.setViewportSize({ width, height: 800 });
      const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      expect(over, `${path} at ${width}`).toBeLessThanOrEqual(0);
    }
  };
  for (const path of GUESTS) await check(path);
  await signIn(page, house);
  for (const path of MEMBERS) await check(path);
  const hive = new URL(await openHive(page, house, "A hive with a rather long and unbreakablenamethatgoeson")).pathname;
  for (const path of [hive, `${hive}/members`, `${hive}/settings`]) await check(path);
});

test("the chosen theme is there in the first frame", async ({ browser, house }) => {
  const page = await visitor(browser, { colorScheme: "light" });
  await signIn(page, house);
  await page.goto(`${house.url}/settings/appearance`);
  await awake(page);
  await page.getByLabel("Dark").check();
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  const night = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);

  // Scripts are held back: what is painted now is what the server sent.
  await page.route("**/*.{js,wasm}", (route) => route.abort());
  await page.goto(`${house.url}/settings`, { waitUntil: "commit" });
  await page.waitForSelector("h1");
  expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe(night);
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
});

test("nothing moves when the page wakes up", async ({ browser, house }) => {
  const page = await visitor(browser);
  await page.addInitScript(() => {
    const shifts: number[] = [];
    Object.assign(window, { shifts });
    new PerformanceObserver((list) => list.getEntries().forEach((entry) => shifts.push((entry as unknown as { value: number }).value))).observe({ type: "layout-shift", buffered: true });
  });
  for (const path of ["/", "/sign-in"]) {
    await page.goto(house.url + path);
    await awake(page);
    const moved = await page.evaluate(() => (window as unknown as { shifts: number[] }).shifts.reduce((sum, shift) => sum + shift, 0));
    expect(moved, path).toBeLessThan(0.01);
  }
});

/** What a page's code may weigh on its way, in all its pieces and in thousands of bytes; kept for ever once it is there. */
for (const [path, most] of [["/", 180], ["/sign-in", 225]] as const) {
  test(`the browser's program for ${path} is small and kept for ever`, async ({ browser, house }) => {
    const page = await visitor(browser);
    const sizes: Promise<number>[] = [];
    page.on("response", (response) => {
      const [headers, url] = [response.headers(), response.url()];
      if (!url.includes("/pkg/")) return;
      expect(headers["cache-control"], url).toContain("immutable");
      expect(headers["content-encoding"], url).toBe("br");
      if (url.endsWith(".wasm")) sizes.push(response.request().sizes().then((sizes) => sizes.responseBodySize));
    });
    await page.goto(house.url + path);
    await awake(page);
    const wasm = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
    expect(wasm).toBeGreaterThan(100_000);
    expect(wasm, "bytes of wasm over the wire").toBeLessThan(most * 1000);
  });
}

test("less motion and forced colours leave everything usable", async ({ browser, house }) => {
  const page = await visitor(browser, { reducedMotion: "reduce", forcedColors: "active" });
  await signIn(page, house);
  await page.goto(`${house.url}/settings/privacy`);
  await awake(page);
  await page.getByRole("switch", { name: "That I am writing" }).uncheck();
  await page.getByRole("button", { name: "Save" }).first().click();
  await expect(page.getByText("Saved.")).toBeVisible();
  await page.reload();
  await expect(page.getByRole("switch", { name: "That I am writing" })).not.toBeChecked();
  expectQuiet(page);
});
