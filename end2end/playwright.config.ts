import { defineConfig } from "@playwright/test";
import { BROWSER } from "./support/browser.js";

export default defineConfig({
  testMatch: ["tests/**/*.spec.ts", "wire/**/*.spec.ts"],
  timeout: 60_000,
  expect: { timeout: 10_000 },
  // Each file has a house of its own, and two processors build no faster than two workers test.
  workers: 2,
  fullyParallel: false,
  forbidOnly: true,
  // A busy machine is late now and then; what fails twice has found something. What passed only at
  // the second try is listed as flaky.
  retries: 1,
  use: { viewport: { width: 1440, height: 900 }, launchOptions: BROWSER },
});
