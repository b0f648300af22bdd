/** Hives and the people in them. */
import { type Browser, type Page } from "@playwright/test";
import { House, PASSWORD, awake, expect, invite, visitor } from "./house.js";

/** Ada's page, in a hive of her own. */
export async function openHive(page: Page, house: House, name: string): Promise<string> {
  await page.goto(house.url);
  await awake(page);
  await page.getByLabel("Name").fill(name);
  await page.getByLabel("What it is for").fill("Two hours, cameras off");
  await page.getByRole("button", { name: "Make it" }).click();
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
  await expect(page.locator(".roster").getByText("Ada")).toBeVisible();
  return page.url();
}

/** Somebody new in the house, signed in. */
export async function join(browser: Browser, owner: Page, house: House, name: string): Promise<Page> {
  const link = await invite(owner, house);
  const page = await visitor(browser);
  await page.goto(link);
  await page.getByLabel("Your name").fill(name);
  await page.getByLabel("Email").fill(`${name.toLowerCase()}@example.org`);
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Join" }).click();
  await expect(page.getByRole("heading", { name: `Hello, ${name}` })).toBeVisible();
  return page;
}

/** Somebody new, a member of that hive and in it. */
export async function bring(browser: Browser, owner: Page, house: House, hive: string, name: string): Promise<Page> {
  const page = await join(browser, owner, house, name);
  await page.goto(hive);
  await awake(page);
  await page.getByRole("button", { name: "Join this hive" }).click();
  await expect(page.locator("#composer")).toBeVisible();
  await awake(page);
  return page;
}
