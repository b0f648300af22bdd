import { defineConfig } from "@playwright/test";
import { BROWSER } from "./support/browser.js";

/** What a browser measures; one thing at a time, and once. */
export default defineConfig({
  testMatch: ["bench/**/*.bench.ts"],
  timeout: 240_000,
  expect: { timeout: 30_000 },
  workers: 1,
  forbidOnly: true,
  use: { viewport: { width: 1440, height: 900 }, launchOptions: BROWSER },
});
