/** A running FocusHive with its own data, as people would start it, and the people in it. */
import { test as base, expect, type Browser, type BrowserContext, type Page } from "@playwright/test";
import axe from "axe-core";
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { submit } from "./forms.js";

export const PASSWORD = "seven blue herons";
const EXECUTABLE = process.env.FOCUSHIVE_EXECUTABLE ?? fileURLToPath(new URL("../../dist/focushive/focushive", import.meta.url));

export class House {
  /** Those that nobody has closed yet, by whatever a test broke off. */
  private static readonly standing = new Set<House>();

  private constructor(
    readonly url: string,
    readonly folder: string,
    private server: ChildProcess,
    private settings: Record<string, string>,
  ) {}

  /** An empty house on a free port. */
  static async open(settings: Record<string, string> = {}): Promise<House> {
    const folder = mkdtempSync(join(tmpdir(), "focushive-house-"));
    // The database may run as another user, who must reach its folder.
    chmodSync(folder, 0o755);
    const address = `127.0.0.1:${await freePort()}`;
    // One person of a test does what many do elsewhere.
    const free = Object.fromEntries(["SENDS", "JOINS", "INVITES", "HIVES", "UPLOADS"].map((what) => [`FOCUSHIVE_${what}_PER_MINUTE`, "6000"]));
    const all = { FOCUSHIVE_LISTEN: address, FOCUSHIVE_DATA: folder, FOCUSHIVE_METRICS_LISTEN: "off", FOCUSHIVE_UI_PAGE: "true", ...free, ...settings };
    const house = new House(`http://${address}`, folder, start(all), all);
    House.standing.add(house);
    await house.ready();
    return house;
  }

  static async closeAll(): Promise<void> {
    await Promise.all([...House.standing].map((house) => house.close()));
  }

  private async ready(): Promise<void> {
    await expect(async () => expect((await fetch(`${this.url}/readyz`)).status).toBe(200)).toPass({ timeout: 30_000 });
  }

  /** What the system does to a process when it is out of memory. */
  async kill(): Promise<void> {
    this.server.kill("SIGKILL");
    await new Promise((done) => this.server.once("exit", done));
  }

  async restart(): Promise<void> {
    this.server = start(this.settings);
    await this.ready();
  }

  /** What a new version does: the server is told to go, and another one comes. */
  async restartGently(): Promise<void> {
    this.server.kill("SIGTERM");
    await new Promise((done) => this.server.once("exit", done));
    await this.restart();
  }

  /** Does something to the database behind the server's back. */
  sql(statement: string): void {
    const socket = readFileSync(join(this.folder, "postgres", "postmaster.pid"), "utf8").split("\n")[4]!;
    execFileSync("psql", ["-qX", "-v", "ON_ERROR_STOP=1", "-U", "focushive", "-d", "focushive", "-h", socket, "-c", statement]);
  }

  async close(): Promise<void> {
    House.standing.delete(this);
    const ended = new Promise((done) => this.server.once("exit", done));
    if (this.server.kill("SIGTERM")) await ended;
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function start(settings: Record<string, string>): ChildProcess {
  return spawn(EXECUTABLE, { env: { ...process.env, ...settings }, stdio: "ignore" });
}

async function freePort(): Promise<number> {
  return new Promise((found) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => found(port));
    });
  });
}

/** Everything the console said that it should not have, and when. */
const said = new WeakMap<BrowserContext, { words: string; at: number }[]>();

/** A page that is left while a part of its program is on its way says so in its last moment; nobody is there to mind. */
const CUT_SHORT = /Failed to fetch|compilation aborted|SplitLoaderError|RuntimeError: unreachable/;

/** A page whose console is listened to. */
export async function visitor(browser: Browser, options: Parameters<Browser["newContext"]>[0] = {}): Promise<Page> {
  const context = await browser.newContext(options);
  said.set(context, []);
  const note = (words: string) => said.get(context)!.push({ words, at: Date.now() });
  context.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) note(`${message.text()} (${message.location().url})`);
  });
  context.on("weberror", (error) => note(String(error.error())));
  const page = await context.newPage();
  let begun = 0;
  page.on("framenavigated", async (frame) => {
    if (frame !== page.mainFrame()) return;
    const left = Date.now() - 1000;
    // Whoever goes from page to page within the program leaves nothing: what breaks there stays broken.
    const origin = await page.evaluate(() => performance.timeOrigin).catch(() => begun);
    if (origin === begun) return;
    begun = origin;
    said.set(context, said.get(context)!.filter(({ words, at }) => at < left || !CUT_SHORT.test(words)));
  });
  return page;
}

/** The console stayed empty. Pages that answer 4xx on purpose are named. */
export function expectQuiet(page: Page, except: RegExp = /$^/): void {
  const words = (said.get(page.context()) ?? []).map(({ words }) => words);
  expect(words.filter((words) => !except.test(words))).toEqual([]);
}

/** Nothing on the page stands in anybody's way: axe, by the rules of WCAG 2.2 AA and of good practice. */
export async function expectNoViolations(page: Page): Promise<void> {
  // Colours that are on their way to another theme's are nobody's.
  await page.evaluate(() => {
    const ends = (animation: Animation) => animation.effect?.getComputedTiming().endTime !== Infinity;
    return Promise.allSettled(document.getAnimations().filter(ends).map((animation) => animation.finished)).then(() => undefined);
  });
  await page.evaluate(axe.source);
  const found = await page.evaluate(async () => {
    const { axe } = window as unknown as { axe: typeof import("axe-core") };
    const { violations } = await axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] });
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target).join(" ")}`);
  });
  expect(found, new URL(page.url()).pathname).toEqual([]);
}

/** The script is there and has taken over. */
export async function awake(page: Page): Promise<void> {
  await expect(page.locator("body[data-awake]")).toBeAttached();
}

/** The lobby itself: whoever opens the house by its bare address comes back to where they were last. */
export const lobby = (house: House): string => `${house.url}/?lobby`;

/** Makes Ada the owner of an empty house, as she would. */
export async function setUp(page: Page, house: House): Promise<void> {
  await page.goto(house.url);
  await page.getByLabel("Your name").fill("Ada Lovelace");
  await page.getByLabel("Email").fill("ada@example.org");
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Open it" }).click();
  await expect(page.getByRole("heading", { name: "Hello, Ada" })).toBeVisible();
  await awake(page);
}

/** Signs in; which page comes first is the test's own matter. */
export async function signIn(page: Page, house: House, email = "ada@example.org"): Promise<void> {
  await submit(page, `${house.url}/sign-in`, "auth.sign_in", { email, password: PASSWORD });
}

/** A fresh invite link, made by somebody who may. */
export async function invite(page: Page, house: House): Promise<string> {
  const { html } = await submit(page, `${house.url}/admin/invites`, "invite.create");
  return html.match(/value="(http[^"]+\/invite\/[^"]+)"/)![1]!;
}

/** The house of the file whose tests run. What people did in one file is not there in the next. */
class Street {
  private stands?: { file: string; house: House };

  constructor(private browser: Browser) {}

  async house(file: string): Promise<House> {
    if (this.stands?.file !== file) {
      await this.close();
      const house = await House.open();
      this.stands = { file, house };
      const page = await this.browser.newPage();
      await submit(page, house.url, "house.set_up", { name: "Ada Lovelace", email: "ada@example.org", password: PASSWORD });
      await page.close();
    }
    return this.stands!.house;
  }

  async close(): Promise<void> {
    await this.stands?.house.close();
    this.stands = undefined;
  }
}

/** One house for all tests of a file, with Ada as its owner; and an empty one, for one test alone. */
export const test = base.extend<{ bare: House; house: House; goodbyes: void }, { street: Street }>({
  // Whoever came for a test leaves with it: pages that nobody looks at any more slow down the rest.
  goodbyes: [
    async ({ browser }, use) => {
      await use();
      await Promise.all(browser.contexts().map((context) => context.close()));
    },
    { auto: true },
  ],
  bare: async ({}, use) => {
    const house = await House.open();
    await use(house);
    await house.close();
  },
  house: async ({ street }, use, test) => use(await street.house(test.file)),
  street: [
    async ({ browser }, use) => {
      const street = new Street(browser);
      await use(street);
      await House.closeAll();
    },
    { scope: "worker" },
  ],
});

export { expect };

/** Asks as the page itself does. */
export const ask = (page: Page, does: string, fields: object): Promise<any> =>
  page.evaluate(
    async ([does, fields]) => {
      const token = document.querySelector<HTMLMetaElement>("meta[name=csrf-token]")!.content;
      const headers = { "content-type": "application/json", "x-csrf-token": token };
      const body = JSON.stringify({ request: { do: does, with: fields } });
      return (await fetch("/api/call", { method: "POST", headers, body })).json();
    },
    [does, fields] as const,
  );
