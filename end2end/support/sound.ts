/** What a page plays: every note that is set on its audio clock, and is not taken back before it sounds. */
import { type BrowserContext, type Page } from "@playwright/test";

declare global {
  interface Window {
    notes: { begins: number; out: () => AudioNode | undefined }[];
    silenced: WeakSet<AudioNode>;
  }
}

/** Before the first page of this context is opened. */
export async function overhear(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    window.notes = [];
    window.silenced = new WeakSet();
    const leadsTo = new WeakMap<AudioNode, AudioNode>();
    const { connect, disconnect } = AudioNode.prototype;
    AudioNode.prototype.connect = function (this: AudioNode, to: AudioNode, ...more: number[]) {
      if (to instanceof GainNode) leadsTo.set(this, to);
      return (connect as (...all: unknown[]) => AudioNode).call(this, to, ...more);
    } as typeof connect;
    AudioNode.prototype.disconnect = function (this: AudioNode) {
      window.silenced.add(this);
      (disconnect as () => void).call(this);
    } as typeof disconnect;
    const { start } = AudioScheduledSourceNode.prototype;
    AudioScheduledSourceNode.prototype.start = function (when = 0) {
      const swell = leadsTo.get(this);
      const begins = Date.now() + (when - this.context.currentTime) * 1000;
      window.notes.push({ begins, out: () => swell && leadsTo.get(swell) });
      return start.call(this, when);
    };
  });
}

/** When each note began or is to begin that nobody took back, by the page's own clock. */
export const notes = (page: Page): Promise<number[]> =>
  page.evaluate(() => window.notes.filter(({ out }) => !window.silenced.has(out()!)).map(({ begins }) => begins));
