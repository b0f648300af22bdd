/** How long something takes to be seen, from one browser to another; both have the machine's clock. */
import { type Page } from "@playwright/test";

/** Looks from now on for what fits and says these words, or for that it is gone; what it gives waits for it, and says when that was. */
export async function watch(page: Page, selector: string, words: RegExp = /./, gone = false): Promise<() => Promise<number>> {
  const name = `seen-${Math.random()}`;
  await page.evaluate(
    ({ name, selector, source, gone }) => {
      const words = new RegExp(source);
      const seen = new Promise<number>((seen) => {
        const look = () => {
          const there = [...document.querySelectorAll(selector)].some((one) => words.test(one.textContent ?? ""));
          if (there !== gone) {
            observer.disconnect();
            seen(Date.now());
          }
        };
        const observer = new MutationObserver(look);
        observer.observe(document.documentElement, { subtree: true, childList: true, characterData: true, attributes: true });
        look();
      });
      Object.assign(window, { [name]: seen });
    },
    { name, selector, source: words.source, gone },
  );
  return () => page.evaluate((name) => (window as unknown as Record<string, Promise<number>>)[name]!, name);
}

export const median = (all: number[]): number => [...all].sort((a, b) => a - b)[Math.floor(all.length / 2)]!;

/** Does something that many times, each seen somewhere else; how long that took, in the middle. */
export async function took(times: number, once: (time: number) => Promise<() => Promise<number>>, act: (time: number) => Promise<unknown>): Promise<number> {
  const all: number[] = [];
  for (let time = 0; time < times; time++) {
    const seen = await once(time);
    const begun = Date.now();
    await act(time);
    all.push((await seen()) - begun);
  }
  if (process.env.FOCUSHIVE_TOOK) console.log(all);
  return median(all);
}
