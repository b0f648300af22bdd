/** The line between a page and its house, which a test can cut as a tunnel does. */
import { type Page, type WebSocketRoute } from "@playwright/test";
import { awake } from "./house.js";

/** What a browser says by itself where nothing can be reached. */
export const CUT = /ERR_INTERNET_DISCONNECTED|WebSocket connection to|Failed to fetch|Failed to load resource: net::ERR_FAILED/;

export class Line {
  private open = new Set<WebSocketRoute>();

  private constructor(private page: Page) {}

  /** From the page's next load on. */
  static async of(page: Page): Promise<Line> {
    const line = new Line(page);
    await page.routeWebSocket(/\/ws$/, (socket) => {
      socket.connectToServer();
      line.open.add(socket);
    });
    return line;
  }

  /** Nothing comes through any more, and the page is told that its socket is gone. */
  async cut(): Promise<void> {
    await this.page.context().setOffline(true);
    await this.drop();
  }

  /** Its socket breaks once; another one can be had at once. */
  async drop(): Promise<void> {
    const sockets = [...this.open];
    this.open.clear();
    await Promise.all(sockets.map((socket) => socket.close({ code: 3000, reason: "cut" })));
  }

  async mend(): Promise<void> {
    await this.page.context().setOffline(false);
  }
}

/** Its next socket, once something is heard on it. */
export async function hears(page: Page): Promise<void> {
  const socket = await page.waitForEvent("websocket", (socket) => socket.url().endsWith("/ws"));
  await socket.waitForEvent("framereceived");
}

/** Opens a page, and waits until it hears what happens. */
export async function listens(page: Page, url: string): Promise<void> {
  const heard = hears(page);
  await page.goto(url);
  await awake(page);
  await heard;
}
