// Fails a test when its pages log an error, throw one, or break the Content-Security-Policy.
import type { BrowserContext, ConsoleMessage, Page } from "@playwright/test";

export interface Guard {
  /** Everything that went wrong so far. */
  faults: string[];
  /** From here on, messages that fit are expected: a test that provokes a refusal names it here. */
  expectFault: (pattern: RegExp) => void;
  unexpected: () => string[];
  /** Closes the contexts that `watch` added: their pages would go on asking a server that ends. */
  closeOthers: () => Promise<void>;
}

/** What went wrong in the contexts of the test that runs, and those beside its own: a worker runs one test at a time. */
let faults: string[] = [];
let others: BrowserContext[] = [];

/** Begins to watch for a test, in its own context; `watch` adds others. */
export function guard(context: BrowserContext): Guard {
  const own: string[] = [];
  const expected: RegExp[] = [];
  const added: BrowserContext[] = [];
  faults = own;
  others = added;
  listen(context);
  return {
    faults: own,
    expectFault: (pattern) => expected.push(pattern),
    unexpected: () => own.filter((fault) => !expected.some((pattern) => pattern.test(fault))),
    closeOthers: async () => {
      await Promise.all(added.map((each) => each.close()));
    },
  };
}

/** What Chromium logs when a page asks for something that its person has just lost. */
export const REFUSED = /status of 40[13]/;

/** Watches every page of a further context, also those that open later, for the test that runs, and closes it in the end. */
export function watch(context: BrowserContext, expected?: RegExp): void {
  others.push(context);
  listen(context, expected);
}

function listen(context: BrowserContext, expected?: RegExp): void {
  const found = faults;
  context.on("console", (message) => {
    if (message.type() === "error" && !expected?.test(message.text())) {
      found.push(describe(message));
    }
  });
  context.on("weberror", (webError) => found.push(`uncaught: ${webError.error().stack ?? webError.error().message}`));
  context.on("page", (page) => watchForCrash(page, found));
}

// Chromium reports a breach of the Content-Security-Policy and of Trusted Types as a console error too.
function describe(message: ConsoleMessage): string {
  const { url, lineNumber } = message.location();
  return `console: ${message.text()}${url ? ` (${url}:${lineNumber + 1})` : ""}`;
}

function watchForCrash(page: Page, faults: string[]): void {
  page.on("crash", () => faults.push(`the page ${page.url()} crashed`));
}
