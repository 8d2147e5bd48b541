// A new browser with a new profile, signed in, that has loaded nothing of the console.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrowserContext, chromium } from "@playwright/test";
import config from "../playwright.config.ts";
import { probe } from "./probe.ts";
import type { Subject } from "./settings.ts";

const VIEWPORT = { width: 1280, height: 800 };

/** Lets the browser do what it does right after its start. */
const SETTLE_MS = 500;

/** Runs `use` in a profile that is deleted afterwards. */
export async function inNewProfile(subject: Subject, use: (context: BrowserContext) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "roster-bench-profile-"));
  const options = { serviceWorkers: "block", viewport: VIEWPORT, locale: "en-GB", timezoneId: "UTC" } as const;
  const context = await chromium.launchPersistentContext(folder, { ...config.use?.launchOptions, ...options });
  try {
    await prepare(context, subject);
    await context.addInitScript(probe);
    await use(context);
  } finally {
    await context.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

// The page of /healthz is of the same origin, and no part of the console.
async function prepare(context: BrowserContext, subject: Subject): Promise<void> {
  const page = context.pages()[0] ?? (await context.newPage());
  await page.goto(new URL("/healthz", subject.url).href);
  if (subject.signIn !== undefined) {
    const status = await page.evaluate(async (credentials) => {
      const headers = { "content-type": "application/json" };
      const response = await fetch("/api/v1/session", { method: "POST", headers, body: JSON.stringify(credentials) });
      return response.status;
    }, subject.signIn);
    if (status !== 200) {
      throw new Error(`signing in was answered with ${status}`);
    }
  }
  await page.waitForTimeout(SETTLE_MS);
}
