// How `cargo xtask bench` runs the browser: one at a time, the same Chromium as the tests, nothing recorded.
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineConfig } from "@playwright/test";
import browser from "../browser/playwright.config.ts";

export default defineConfig({
  testDir: ".",
  testMatch: "*.bench.ts",
  outputDir: join(tmpdir(), "roster-bench-results"),
  maxFailures: 1,
  workers: 1,
  retries: 0,
  timeout: 60_000,
  reporter: "list",
  use: { launchOptions: { ...browser.use?.launchOptions } },
});
