/** The browsers of the system; Playwright's own would have to be downloaded. */
import { existsSync } from "node:fs";

const ARGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

const WITH_WINDOWS = ["/usr/bin/chromium", "/usr/bin/google-chrome"];

/** The one that was asked for, or else the first that is there. */
const options = (known: string[]) => ({ executablePath: [process.env.CHROMIUM, ...known].find((path) => path && existsSync(path)), args: ARGS });

/** With everything that a browser has. */
export const WHOLE_BROWSER = options(WITH_WINDOWS);

/** Made to have no window, where there is such a one: about half the work for the machine, and no notices. */
export const BROWSER = options(["/usr/bin/chromium-headless-shell", ...WITH_WINDOWS]);
