/** A hive in which far more is said than anybody reads. */
import { type Browser, type Page } from "@playwright/test";
import { readFileSync } from "node:fs";
import WebSocket from "ws";
import { log, openHive } from "../support/hive.js";
import { submit } from "../support/forms.js";
import { House, PASSWORD, awake, expect, lobby, test, visitor } from "../support/house.js";
import { figure, settle } from "./figures.js";

const SECONDS = 60;
const A_SECOND = 500;
const SPEAKERS = 20;

/** Says so much, in turns, a little of it every few milliseconds; how much of it was taken. */
async function speak(house: House, hive: string): Promise<{ done: Promise<number> }> {
  const login = await fetch(`${house.url}/api/v1/auth/login`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email: "ada@example.org", password: PASSWORD }),
  });
  const { access_token: token } = (await login.json()) as { access_token: string };
  let taken = 0;
  // What one connection asks is done one after another.
  const sockets = await Promise.all(
    Array.from({ length: SPEAKERS }, async () => {
      const socket = new WebSocket(`${house.url.replace("http", "ws")}/ws`, { headers: { authorization: `Bearer ${token}` } });
      await new Promise((open) => socket.once("open", open));
      socket.on("message", (words) => (taken += String(words).includes('"ok"') ? 1 : 0));
      return socket;
    }),
  );
  const begun = performance.now();
  let said = 0;
  const done = new Promise<number>((done) => {
    const timer = setInterval(() => {
      const due = Math.min(SECONDS, (performance.now() - begun) / 1000) * A_SECOND;
      for (; said < due; said++) {
        const ask = { hive, key: crypto.randomUUID(), body: `Line ${said}: the *third* chapter is done, and so is the ${said}th` };
        sockets[said % SPEAKERS]!.send(JSON.stringify({ id: `${said}`, do: "chat.send", with: ask }));
      }
      if (said >= SECONDS * A_SECOND) {
        clearInterval(timer);
        setTimeout(() => (sockets.forEach((socket) => socket.close()), done(taken)), 3000);
      }
    }, 10);
  });
  return { done };
}

/** The memory of whatever shows pages, in megabytes. */
async function memory(browser: Browser): Promise<number> {
  const cdp = await browser.newBrowserCDPSession();
  const { processInfo } = await cdp.send("SystemInfo.getProcessInfo");
  await cdp.detach();
  const resident = ({ id }: { id: number }) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${id}/status`, "utf8"))?.[1] ?? 0);
  return processInfo.filter(({ type }) => type === "renderer").reduce((sum, one) => sum + resident(one), 0) / 1024;
}

/** Frames a second from here on, and the most rows there were. */
async function count(page: Page): Promise<() => Promise<{ frames: number[]; rows: number }>> {
  await page.evaluate(() => {
    const seen = { frames: [] as number[], rows: 0, since: performance.now(), now: 0 };
    Object.assign(window, { seen });
    const frame = (at: number) => {
      seen.now += 1;
      if (at - seen.since >= 1000) {
        seen.frames.push((seen.now * 1000) / (at - seen.since));
        seen.rows = Math.max(seen.rows, document.querySelectorAll(".chat-rows .message").length);
        [seen.since, seen.now] = [at, 0];
      }
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  });
  return () => page.evaluate(() => (window as unknown as { seen: { frames: number[]; rows: number } }).seen);
}

test.afterEach(() => House.closeAll());

test("five hundred messages a second for a minute", async ({ browser }) => {
  const free = Object.fromEntries(["SENDS", "FRAMES"].map((what) => [`FOCUSHIVE_${what}_PER_MINUTE`, "10000000"]));
  const house = await House.open(free);
  const page = await visitor(browser);
  await submit(page, house.url, "house.set_up", { name: "Ada Lovelace", email: "ada@example.org", password: PASSWORD });
  await page.goto(lobby(house));
  const hive = await openHive(page, house, "Trading floor");
  await awake(page);
  const counted = await count(page);
  const { done } = await speak(house, hive.split("/").pop()!);
  await page.waitForTimeout(10_000);
  const early = await memory(browser);
  expect(await done).toBe(SECONDS * A_SECOND);
  const { frames, rows } = await counted();
  const late = await memory(browser);
  const sorted = [...frames].sort((a, b) => a - b);
  figure("frames a second, in the middle", sorted[Math.floor(sorted.length / 2)]!, "", { least: 50 });
  figure("frames a second, the worst twentieth", sorted[Math.floor(sorted.length / 20)]!, "");
  figure("rows in the page at most", rows, "", { most: 300 });
  figure("memory after ten seconds", early, "MB");
  figure("memory after a minute, times that", late / early, "", { most: 1.25 });
  await expect(log(page).locator(".message").last()).toContainText("Line 299");
  settle();
});
