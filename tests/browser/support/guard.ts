// Fails a test when its pages log an error, throw one, or break the Content-Security-Policy.
import type { BrowserContext, ConsoleMessage, Page } from "@playwright/test";

export interface Guard {
  /** Everything that went wrong so far. */
  faults: string[];
  /** From here on, messages that fit are expected: a test that provokes a refusal names it here. */
  expectFault: (pattern: RegExp) => void;
  unexpected: () => string[];
}

/** Watches every page of the context, also those that open later. */
export function guard(context: BrowserContext): Guard {
  const faults: string[] = [];
  const expected: RegExp[] = [];
  context.on("console", (message) => {
    if (message.type() === "error") {
      faults.push(describe(message));
    }
  });
  context.on("weberror", (webError) => faults.push(`uncaught: ${webError.error().stack ?? webError.error().message}`));
  context.on("page", (page) => watchForCrash(page, faults));
  return {
    faults,
    expectFault: (pattern) => expected.push(pattern),
    unexpected: () => faults.filter((fault) => !expected.some((pattern) => pattern.test(fault))),
  };
}

// Chromium reports a breach of the Content-Security-Policy and of Trusted Types as a console error too.
function describe(message: ConsoleMessage): string {
  const { url, lineNumber } = message.location();
  return `console: ${message.text()}${url ? ` (${url}:${lineNumber + 1})` : ""}`;
}

function watchForCrash(page: Page, faults: string[]): void {
  page.on("crash", () => faults.push(`the page ${page.url()} crashed`));
}
