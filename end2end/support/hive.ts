/** What people do in hives, for the tests about them. */
import { type Browser, type Locator, type Page } from "@playwright/test";
import { submit } from "./forms.js";
import { House, PASSWORD, awake, expect, invite, lobby, signIn, visitor } from "./house.js";

/** A hive of its own for the person of this page, who is signed in; the page shows it. */
export async function openHive(page: Page, house: House, name: string): Promise<string> {
  const { url } = await submit(page, lobby(house), "hive.create", { name, purpose: "Two hours, cameras off" });
  await page.goto(url);
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
  await expect(page.locator(".roster").getByText("Ada")).toBeVisible();
  return url;
}

/** Somebody new in the house, signed in. */
export async function join(browser: Browser, owner: Page, house: House, name: string): Promise<Page> {
  const link = await invite(owner, house);
  const page = await visitor(browser);
  await submit(page, link, "auth.sign_up", { name, email: `${name.toLowerCase()}@example.org`, password: PASSWORD });
  return page;
}

/** Ada, signed in, in a hive of her own; and somebody else in it, both awake. */
export async function two(browser: Browser, house: House, hiveName: string, name: string): Promise<{ ada: Page; other: Page; hive: string }> {
  const ada = await visitor(browser);
  await signIn(ada, house);
  const hive = await openHive(ada, house, hiveName);
  const other = await join(browser, ada, house, name);
  await submit(other, hive, "hive.join");
  await other.goto(hive);
  await expect(other.locator("#composer")).toBeVisible();
  await awake(ada);
  await awake(other);
  return { ada, other, hive };
}

export async function say(page: Page, words: string): Promise<void> {
  await page.locator("#composer").fill(words);
  await page.locator("#composer").press("Enter");
}

export const log = (page: Page): Locator => page.locator(".chat-rows");

export const message = (page: Page, words: string): Locator => log(page).locator(".message", { hasText: words });

/** Does something with a message, through its menu. */
export async function act(page: Page, words: string, button: string): Promise<void> {
  const row = message(page, words).first();
  await row.hover();
  await row.getByLabel("What to do with this message").click();
  await row.getByRole("button", { name: button }).click();
}

/** Many messages, written as a client of the same sign-in would: faster than a person. */
export async function flood(page: Page, hive: string, many: number): Promise<void> {
  await page.evaluate(async ([id, many]) => {
    const socket = new WebSocket(`ws://${location.host}/ws`);
    await new Promise((open) => (socket.onopen = open));
    for (let n = 0; n < Number(many); n++) {
      const answered = new Promise((done) => (socket.onmessage = done));
      socket.send(JSON.stringify({ id: `${n}`, do: "chat.send", with: { hive: id, key: crypto.randomUUID(), body: `line ${n}` } }));
      await answered;
    }
    socket.close();
  }, [hive.split("/").pop()!, String(many)]);
}
