/** The page that describes the REST door: for everybody's eyes, hands and devices, and without a script. */
import { expect, expectNoViolations, expectQuiet, test, visitor } from "../support/house.js";

for (const colorScheme of ["light", "dark"] as const) {
  test(`the page about scripts stands in nobody's way, ${colorScheme}`, async ({ browser, bare }) => {
    const page = await visitor(browser, { colorScheme });
    await page.goto(`${bare.url}/api`);
    await expect(page.getByRole("heading", { name: "FocusHive for scripts" })).toBeVisible();
    await page.locator("#chat\\.send summary").click();
    await expect(page.locator("#chat\\.send pre")).toContainText("curl -X POST");
    await expectNoViolations(page);
    expectQuiet(page);
  });
}

test("the page about scripts fits a phone, and works by keyboard and without a script", async ({ browser, bare }) => {
  const page = await visitor(browser, { viewport: { width: 390, height: 800 }, javaScriptEnabled: false });
  await page.goto(`${bare.url}/api`);
  const width = await page.locator("html").evaluate((root) => root.scrollWidth);
  expect(width).toBeLessThanOrEqual(390);
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "To the operations" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/#main$/);
  await page.getByRole("link", { name: "Problems" }).press("Enter");
  await expect(page.getByRole("heading", { name: "Problems" })).toBeInViewport();
});
