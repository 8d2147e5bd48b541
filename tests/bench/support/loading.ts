// Loading the page with the list: times, bytes, and what the page then holds.
import type { BrowserContext, CDPSession, Page } from "@playwright/test";
import type { Subject } from "./settings.ts";
import { countWire } from "./wire.ts";

/** A task longer than this blocks: the rule of the Total Blocking Time. */
const TASK_MS_MAX = 50;
/** Late layout shifts and long tasks are waited for. */
const SETTLE_MS = 1_000;

export interface Loading {
  paint_ms: number;
  row_ms: number;
  blocked_ms: number;
  shift: number;
  requests: number;
  wire_kb: number;
}

/** Opens the page in a new tab, and measures until a moment after the first row. */
export async function load(context: BrowserContext, subject: Subject): Promise<{ page: Page; loading: Loading }> {
  const page = await context.newPage();
  const wire = await countWire(await context.newCDPSession(page));
  await page.goto(subject.url, { waitUntil: "commit" });
  const row_ms = await page.evaluate(() => window.bench.firstRow);
  const [requests, wire_kb] = [wire.requests(), wire.bytes() / 1_000];
  await page.waitForTimeout(SETTLE_MS);
  const told = await page.evaluate((tasksMax) => {
    const paint = performance.getEntriesByName("first-contentful-paint")[0];
    const blocked = window.bench.longTasks.map(({ duration }) => duration - tasksMax);
    return {
      paint_ms: paint?.startTime ?? Number.NaN,
      blocked_ms: blocked.reduce((sum, excess) => sum + Math.max(0, excess), 0),
      shift: window.bench.shift,
    };
  }, TASK_MS_MAX);
  return { page, loading: { ...told, row_ms, requests, wire_kb } };
}

/** JS heap after a collection, and Wasm memory, in MB. */
export async function memoryMb(context: BrowserContext, page: Page): Promise<number> {
  const session: CDPSession = await context.newCDPSession(page);
  await session.send("HeapProfiler.collectGarbage");
  const { usedSize } = await session.send("Runtime.getHeapUsage");
  const wasm = await page.evaluate(() => window.bench.wasmMemories.map(({ buffer }) => buffer.byteLength));
  await session.detach();
  return (usedSize + wasm.reduce((sum, bytes) => sum + bytes, 0)) / 1e6;
}

/** Every element of the document. */
export async function countElements(page: Page): Promise<number> {
  return page.evaluate(() => document.querySelectorAll("*").length);
}
