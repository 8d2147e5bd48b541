// Parts of the console that lie in files of their own: while they are on their way, and when they do not arrive.
import type { Page, Route } from "@playwright/test";
import { checkA11y, expect, test } from "./support/fixtures.ts";
import { checkBothThemes, row, setUp } from "./support/people.ts";

const PARTS = "**/assets/part-*.wasm";
const NOT_LOADED = "This could not be loaded";
/** What the browser, and the script that asks for the files, say of a request that fails. */
const FAILED = /ERR_FAILED|Failed to fetch/;

/** Opens the list of accounts in a page that has none of the files. */
async function openWithoutParts(page: Page, url: string, handle: (route: Route) => Promise<void> | void): Promise<void> {
  await page.route(PARTS, handle);
  await page.goto(`${url}/accounts`);
  await expect(page.getByRole("heading", { name: "Accounts", level: 1 })).toBeVisible();
}

test("page whose file does not arrive says so, and comes with the focus on its heading after Retry", async ({ page, roster, noConsoleErrors }) => {
  noConsoleErrors.expectFault(FAILED);
  await setUp(page, roster);
  await openWithoutParts(page, roster.url, (route) => route.abort());
  await page.getByRole("link", { name: "Organization settings" }).click();
  await expect(page.getByRole("heading", { name: NOT_LOADED, level: 1 })).toBeFocused();
  await checkBothThemes(page);
  const retry = page.getByRole("button", { name: "Retry" });
  const failed = page.waitForEvent("requestfailed", (request) => /\/part-.*\.wasm$/.test(request.url()));
  await retry.click();
  await failed;
  await expect(retry).toBeFocused();
  await page.unroute(PARTS);
  await retry.click();
  await expect(page.getByRole("heading", { name: "Organization settings", level: 1 })).toBeFocused();
});

test("page whose file is late shows that it comes, and gets the focus on its heading then", async ({ page, roster }) => {
  await setUp(page, roster);
  const held: Route[] = [];
  let isHeld = true;
  await openWithoutParts(page, roster.url, async (route) => {
    if (isHeld) {
      held.push(route);
    } else {
      await route.continue();
    }
  });
  await page.getByRole("link", { name: "Organization settings" }).click();
  await expect(page.getByRole("main").getByText("Loading…")).toBeAttached();
  await checkA11y(page);
  isHeld = false;
  await Promise.all(held.map((route) => route.continue()));
  await expect(page.getByRole("heading", { name: "Organization settings", level: 1 })).toBeFocused();
});

test("dialog whose file does not arrive can be closed, and opens by Retry", async ({ page, roster, noConsoleErrors }) => {
  noConsoleErrors.expectFault(FAILED);
  await setUp(page, roster);
  await openWithoutParts(page, roster.url, (route) => route.abort());
  const opener = page.getByRole("button", { name: "Invite users" });
  const lost = page.getByRole("dialog", { name: NOT_LOADED });
  await opener.click();
  await expect(lost).toBeVisible();
  await checkBothThemes(page);
  await lost.getByRole("button", { name: "Close" }).first().click();
  await expect(lost).toBeHidden();
  await expect(opener).toBeFocused();
  await opener.click();
  await expect(lost).toBeVisible();
  await page.unroute(PARTS);
  await lost.getByRole("button", { name: "Retry" }).click();
  const dialog = page.getByRole("dialog", { name: "Invite users" });
  await expect(dialog.getByRole("textbox", { name: "E-mail addresses" })).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await expect(opener, "where the first of both dialogs had the focus from").toBeFocused();
});

test("account beside the list whose file does not arrive can be closed, and comes by Retry", async ({ page, roster, noConsoleErrors }) => {
  noConsoleErrors.expectFault(FAILED);
  await setUp(page, roster);
  await openWithoutParts(page, roster.url, (route) => route.abort());
  const link = row(page, "olivia@example.com").getByRole("link", { name: "Olivia Owner" });
  const panel = page.getByRole("complementary", { name: "Account" });
  await link.click();
  await expect(panel.getByText(NOT_LOADED)).toBeVisible();
  await panel.getByRole("button", { name: "Close" }).click();
  await expect(panel).toBeHidden();
  await expect(link).toBeFocused();
  await link.click();
  // Else the file could still arrive, and there would be nothing to retry.
  await expect(panel.getByText(NOT_LOADED)).toBeVisible();
  await page.unroute(PARTS);
  await panel.getByRole("button", { name: "Retry" }).click();
  await expect(page.getByText("Account ID")).toBeVisible();
});

test("a file is the same however it is packed, and is kept for ever", async ({ roster, request }) => {
  const page = await (await request.get(roster.url)).text();
  const files = [...page.matchAll(/"(\/assets\/[^"]+)"/g)].map(([, path]) => path);
  expect(files.length, "script, style and WebAssembly").toBeGreaterThan(3);
  for (const path of files) {
    const answers = await Promise.all(
      ["br", "gzip", "identity"].map(async (encoding) => {
        const answer = await request.get(roster.url + path, { headers: { "accept-encoding": encoding } });
        expect(answer.headers()["content-encoding"] ?? "identity", path).toBe(encoding);
        expect(answer.headers()["cache-control"]).toContain("immutable");
        return { body: await answer.body(), tag: answer.headers().etag };
      }),
    );
    expect(new Set(answers.map(({ tag }) => tag)).size, "each has a tag of its own").toBe(3);
    expect(answers.every(({ body }) => body.equals(answers[0]?.body ?? Buffer.alloc(0))), path).toBe(true);
  }
});

test.describe("start", () => {
  const FAILED_TO_START = "Roster could not be started.";

  for (const [what, path] of [["WebAssembly", "**/assets/console-*.wasm"], ["script", "**/assets/app-*.js"]] as const) {
    test(`without the ${what} it says so`, async ({ page, roster, noConsoleErrors }) => {
      noConsoleErrors.expectFault(FAILED);
      await page.route(path, (route) => route.abort());
      await page.goto(roster.url);
      await expect(page.getByRole("alert").filter({ hasText: FAILED_TO_START })).toBeVisible();
    });
  }

  test("browser without WebAssembly is told so", async ({ page, roster, noConsoleErrors }) => {
    noConsoleErrors.expectFault(/WebAssembly is not defined/);
    await page.addInitScript("delete globalThis.WebAssembly");
    await page.goto(roster.url);
    await expect(page.getByRole("alert").filter({ hasText: FAILED_TO_START })).toBeVisible();
  });

  test("browser that cannot compile while it reads starts it, too", async ({ page, roster }) => {
    await page.addInitScript("delete WebAssembly.compileStreaming");
    await page.goto(roster.setUpLink);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  });

  test("page that nobody sees yet starts, and so does one that is hidden before it was drawn", async ({ page, roster }) => {
    await page.addInitScript("Object.defineProperty(document, 'hidden', { get: () => true }); globalThis.requestAnimationFrame = () => 0;");
    await page.goto(roster.setUpLink);
    await expect(page.getByLabel("Organization")).toBeAttached();
    const other = await page.context().newPage();
    await other.addInitScript(
      "globalThis.requestAnimationFrame = () => setTimeout(() => document.dispatchEvent(new Event('visibilitychange', { bubbles: true })), 50);",
    );
    await other.goto(roster.setUpLink);
    await expect(other.getByLabel("Organization")).toBeAttached();
  });
});
