// How the browser tests run: the system's Chromium, two workers, no retries.
import { defineConfig } from "@playwright/test";

const CHROMIUM_ARGUMENTS = [
  "--no-sandbox", // Chromium refuses to start as root with its sandbox, and containers lack what the sandbox needs.
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

const [TRUNK, RELEASE] = ["trunk.spec.ts", "release.spec.ts"];

export default defineConfig({
  testDir: ".",
  outputDir: "results",
  fullyParallel: true,
  forbidOnly: Boolean(process.env.CI),
  workers: 2,
  retries: 0,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: "list",
  // What compiles would be in the way of the others: each project is run by itself.
  projects: [
    { name: "console", testIgnore: [TRUNK, RELEASE] },
    { name: "trunk", testMatch: TRUNK, workers: 1 },
    { name: "release", testMatch: RELEASE, workers: 1 },
  ],
  use: {
    browserName: "chromium",
    launchOptions: { executablePath: process.env.CHROMIUM || "/usr/bin/chromium", args: CHROMIUM_ARGUMENTS },
    locale: "en-GB",
    timezoneId: "UTC",
    screenshot: "only-on-failure",
    trace: "retain-on-failure",
  },
});
