/** What outside clients need before they open a socket: who they are, and a hive with a browser tab in it. */
import { type Browser, type Page } from "@playwright/test";
import { two } from "./hive.js";
import { House, PASSWORD, expect } from "./house.js";

/** An access token, as any client gets one. */
export async function token(house: House, email: string): Promise<string> {
  const answer = await fetch(`${house.url}/api/v1/auth/login`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email, password: PASSWORD }),
  });
  expect(answer.status).toBe(200);
  return ((await answer.json()) as { access_token: string }).access_token;
}

/** Stops a hive's clock as its host: whoever focuses there is left in peace in every other hive too. */
export async function stopClock(house: House, hive: string): Promise<void> {
  const headers = { "content-type": "application/json", authorization: `Bearer ${await token(house, "ada@example.org")}` };
  const answer = await fetch(`${house.url}/api/v1/hives/${hive}/timer/stop`, { method: "POST", headers, body: "{}" });
  expect(answer.ok).toBe(true);
}

/** Ada in a browser, and somebody else who has joined her hive and comes in by another door. */
export async function scene(browser: Browser, house: House, hiveName: string, name: string): Promise<{ ada: Page; id: string; token: string }> {
  const { ada, other, hive } = await two(browser, house, hiveName, name);
  await other.context().close();
  return { ada, id: hive.split("/").pop()!, token: await token(house, `${name.toLowerCase()}@example.org`) };
}

/** Everything that was heard so far, and the next thing that is meant. */
export class Ear<T> {
  readonly heard: T[] = [];
  private waiting: { meant: (one: T) => boolean; take: (one: T) => void }[] = [];

  hear(one: T): void {
    this.heard.push(one);
    this.waiting = this.waiting.filter(({ meant, take }) => !meant(one) || (take(one), false));
  }

  async next(meant: (one: T) => boolean, what = "what was waited for"): Promise<T> {
    const known = this.heard.find(meant);
    if (known) return known;
    return new Promise((take, give) => {
      const late = setTimeout(() => give(new Error(`${what} did not come; heard: ${JSON.stringify(this.heard).slice(0, 2000)}`)), 15_000);
      this.waiting.push({ meant, take: (one) => (clearTimeout(late), take(one)) });
    });
  }
}
