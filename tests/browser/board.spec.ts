// The board of accounts: a column for each level, and cards moved by mouse, finger, keyboard and menu.
import type { Locator, Page } from "@playwright/test";
import { join } from "./support/api.ts";
import { bulk } from "./support/bulk.ts";
import { checkA11y, expect, test } from "./support/fixtures.ts";
import { checkBothThemes, invite, openDemo, setUp, undo } from "./support/people.ts";

const PEOPLE = ["ana@example.com", "ben@example.com", "cleo@example.com"];

function column(page: Page, level: string): Locator {
  return page.getByRole("region", { name: level, exact: true });
}

function card(page: Page, level: string, email: string): Locator {
  return column(page, level).getByRole("row").filter({ hasText: email });
}

/** The board with three invited Viewers and the Owner. */
async function openBoard(page: Page): Promise<void> {
  await invite(page, ...PEOPLE);
  await page.getByRole("button", { name: "Board", exact: true }).click();
  await expect.poll(() => new URL(page.url()).searchParams.get("view")).toBe("board");
  await expect(card(page, "Viewer", "ana@example.com")).toBeVisible();
}

async function middle(locator: Locator): Promise<{ x: number; y: number }> {
  const box = await locator.boundingBox();
  expect(box).not.toBeNull();
  return { x: (box?.x ?? 0) + (box?.width ?? 0) / 2, y: (box?.y ?? 0) + (box?.height ?? 0) / 2 };
}

async function drag(page: Page, from: Locator, to: Locator): Promise<void> {
  const [start, end] = [await middle(from), await middle(to)];
  await page.mouse.move(start.x, start.y);
  await page.mouse.down();
  await page.mouse.move((start.x + end.x) / 2, start.y + 10, { steps: 5 });
  await page.mouse.move(end.x, end.y, { steps: 5 });
  await page.mouse.up();
}

test("columns are the levels with their counts, and the address holds the view", async ({ page, roster }) => {
  await setUp(page, roster);
  await openBoard(page);
  for (const level of ["Admin", "Editor", "Viewer"]) {
    await expect(column(page, level)).toBeVisible();
  }
  await expect(column(page, "Viewer")).toContainText("3");
  await expect(column(page, "No level")).toHaveCount(0);
  await checkBothThemes(page);
  await page.reload();
  await expect(card(page, "Viewer", "ben@example.com")).toBeVisible();
  await page.getByRole("searchbox", { name: "Search accounts" }).fill("ana");
  await expect(card(page, "Viewer", "ben@example.com")).toHaveCount(0);
  await page.getByRole("button", { name: "List", exact: true }).click();
  await expect(page.getByRole("columnheader", { name: "Status" })).toBeVisible();
});

test("card is dragged to another column, and Undo takes it back", async ({ page, roster }) => {
  await setUp(page, roster);
  await openBoard(page);
  await drag(page, card(page, "Viewer", "ana@example.com"), column(page, "Editor"));
  await expect(card(page, "Editor", "ana@example.com")).toBeVisible();
  await expect(card(page, "Viewer", "ana@example.com")).toHaveCount(0);
  await expect(page.getByText("is now Editor.").first()).toBeVisible();
  await page.reload();
  await expect(card(page, "Editor", "ana@example.com"), "it is saved").toBeVisible();
  await drag(page, card(page, "Editor", "ana@example.com"), column(page, "Admin"));
  await expect(card(page, "Admin", "ana@example.com")).toBeVisible();
  await undo(page, "is now Admin.");
  await expect(card(page, "Editor", "ana@example.com")).toBeVisible();
  await expect(card(page, "Admin", "ana@example.com")).toHaveCount(0);
});

test("card is dropped where it was by Escape, and a click after a drag opens nothing", async ({ page, roster }) => {
  await setUp(page, roster);
  await openBoard(page);
  const [start, end] = [await middle(card(page, "Viewer", "ana@example.com")), await middle(column(page, "Editor"))];
  await page.mouse.move(start.x, start.y);
  await page.mouse.down();
  await page.mouse.move(end.x, end.y, { steps: 8 });
  await page.keyboard.press("Escape");
  await page.mouse.up();
  await expect(card(page, "Viewer", "ana@example.com")).toBeVisible();
  await expect(card(page, "Editor", "ana@example.com")).toHaveCount(0);
  expect(new URL(page.url()).searchParams.get("account")).toBeNull();
});

test("card is moved by keyboard, with each step said", async ({ page, roster }) => {
  await setUp(page, roster);
  await openBoard(page);
  const said = (text: string | RegExp) => expect(page.getByRole("status").filter({ hasText: text })).toHaveCount(1);
  await card(page, "Viewer", "ana@example.com").focus();
  await page.keyboard.press("Space");
  await said(/ana@example\.com grabbed\. Viewer, column 3 of 3\./);
  await page.keyboard.press("ArrowLeft");
  await said("Editor, column 2 of 3.");
  await page.keyboard.press("Escape");
  await said("ana@example.com stays in Viewer.");
  await page.keyboard.press("Space");
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("Space");
  await expect(card(page, "Editor", "ana@example.com")).toBeVisible();
  await said(/is now Editor\./);
  await expect(card(page, "Editor", "ana@example.com"), "the focus follows the card").toBeFocused();
  await page.keyboard.press("ArrowRight");
  await expect(column(page, "Viewer").getByRole("row").filter({ hasText: /example/ }).first()).toBeFocused();
});

test("answer that was asked for during a move does not take it back", async ({ page, roster }) => {
  await setUp(page, roster);
  await openBoard(page);
  const frames = () => page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => requestAnimationFrame(done)))));
  const held: Promise<void>[] = [];
  let release = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  await page.route("**/api/v1/accounts/bulk", async (route) => {
    // Whatever the board asks for meanwhile is answered as it was before the move, and comes after it.
    await page.route("**/api/v1/accounts?**", async (asked) => {
      const response = await asked.fetch();
      const late = released.then(() => asked.fulfill({ response }));
      held.push(late);
      await late;
    });
    await frames();
    const moved = await route.fetch();
    await page.unroute("**/api/v1/accounts?**");
    await route.fulfill({ response: moved });
  });
  await card(page, "Viewer", "ana@example.com").focus();
  for (const key of ["Space", "ArrowLeft", "Space"]) {
    await page.keyboard.press(key);
  }
  await expect(page.getByText("ana@example.com is now Editor.").first()).toBeVisible();
  release();
  await Promise.all(held);
  await frames();
  await expect(card(page, "Editor", "ana@example.com")).toBeFocused();
  await expect(card(page, "Viewer", "ana@example.com")).toHaveCount(0);
});

test("several selected cards move together, by the menu of one", async ({ page, roster }) => {
  await setUp(page, roster);
  await openBoard(page);
  await card(page, "Viewer", "ana@example.com").getByRole("checkbox").check();
  await card(page, "Viewer", "ben@example.com").getByRole("checkbox").check();
  await card(page, "Viewer", "ana@example.com").getByRole("button", { name: /Actions/ }).click();
  await expect(page.getByRole("menu")).toContainText("Move 2 selected to…");
  await page.getByRole("menuitemradio", { name: "Editor" }).click();
  await expect(card(page, "Editor", "ana@example.com")).toBeVisible();
  await expect(card(page, "Editor", "ben@example.com")).toBeVisible();
  await expect(card(page, "Viewer", "cleo@example.com")).toBeVisible();
  await expect(page.getByText("2 accounts are now Editor.").first()).toBeVisible();
});

test("own card stays, and the server's refusal sends others back", async ({ page, roster, noConsoleErrors }) => {
  noConsoleErrors.expectFault(/status of (403|409|500)/);
  await setUp(page, roster);
  await openBoard(page);
  await card(page, "Admin", "olivia@example.com").focus();
  await page.keyboard.press("Space");
  await expect(page.getByRole("status").filter({ hasText: "Nobody changes their own level." })).toHaveCount(1);
  await page.route("**/api/v1/accounts/bulk", async (route) => {
    const { ids } = route.request().postDataJSON() as { ids: string[] };
    const results = ids.map((account_id) => ({ account_id, outcome: "error", code: "escalation" }));
    await route.fulfill({ json: { results } });
  });
  await drag(page, card(page, "Viewer", "ana@example.com"), column(page, "Editor"));
  await expect(page.getByText("ana@example.com: not allowed: it is beyond your own rights.").first()).toBeVisible();
  await expect(card(page, "Viewer", "ana@example.com")).toBeVisible();
  await expect(card(page, "Editor", "ana@example.com")).toHaveCount(0);
});

test("card that somebody else changed meanwhile is left to them", async ({ page, roster }) => {
  await setUp(page, roster);
  await openBoard(page);
  const quicker = async () => bulk(page, ["ana@example.com"], { type: "set_level", level: "admin" });
  await page.route(
    "**/api/v1/accounts/bulk",
    async (route) => {
      await quicker();
      await route.continue();
    },
    { times: 1 },
  );
  await drag(page, card(page, "Viewer", "ana@example.com"), column(page, "Editor"));
  await expect(page.getByText("ana@example.com: changed by somebody else since.").first()).toBeVisible();
  await expect(card(page, "Admin", "ana@example.com"), "as the other one has it").toBeVisible();
  await expect(card(page, "Editor", "ana@example.com")).toHaveCount(0);
});

test("level beyond one's own rights takes no cards and says why", async ({ page, browser, roster, mailbox }) => {
  await setUp(page, roster);
  await invite(page, "ben@example.com");
  const ana = await join(page, browser, mailbox, "ana@example.com", "Ana Novak");
  await bulk(page, ["ana@example.com"], { type: "set_level", level: "editor" });
  for (const permission of ["accounts.view", "accounts.manage"]) {
    await bulk(page, ["ana@example.com"], { type: "add_permission", permission });
  }
  await ana.page.goto(`${roster.url}/accounts?view=board`);
  await expect(column(ana.page, "Admin")).toContainText("It gives rights that you do not hold yourself.");
  await drag(ana.page, card(ana.page, "Viewer", "ben@example.com"), column(ana.page, "Admin"));
  await expect(ana.page.getByText("Admin: It gives rights that you do not hold yourself.").first()).toBeVisible();
  await expect(card(ana.page, "Viewer", "ben@example.com")).toBeVisible();
  await card(ana.page, "Viewer", "ben@example.com").getByRole("button", { name: /Actions/ }).click();
  await expect(ana.page.getByRole("menuitemradio", { name: /Admin/ })).toHaveAttribute("aria-disabled", "true");
});

test.describe("with 5,000 accounts", () => {
  test.use({ demo: 5_000 });

  test("thousands of cards keep the page small, and the last one is reached", async ({ page, roster }) => {
    await openDemo(page, roster);
    await expect(page.getByRole("heading", { name: "Accounts", level: 1 })).toBeVisible();
    await page.goto(`${roster.url}/accounts?view=board`);
    await expect(column(page, "Viewer").getByRole("row").filter({ hasText: "@" }).first()).toBeVisible();
    expect(await page.locator("*").count()).toBeLessThan(2_500);
    await column(page, "Viewer").getByRole("row").filter({ hasText: "@" }).first().focus();
    await page.keyboard.press("End");
    const rows = Number(await column(page, "Viewer").getByRole("table").getAttribute("aria-rowcount"));
    await expect(column(page, "Viewer").locator(`[aria-rowindex="${rows}"]`)).toContainText("@");
    await checkA11y(page);
  });
});

test.describe("by finger", () => {
  test.use({ hasTouch: true, viewport: { width: 390, height: 844 } });

  test("card is dragged by its grip, and swiping elsewhere scrolls", async ({ page, context, roster }) => {
    await setUp(page, roster);
    await openBoard(page);
    await checkA11y(page);
    const touch = await context.newCDPSession(page);
    const send = (type: string, x?: number, y?: number) =>
      touch.send("Input.dispatchTouchEvent", { type: type as "touchStart", touchPoints: x === undefined || y === undefined ? [] : [{ x, y }] });
    await column(page, "Viewer").scrollIntoViewIfNeeded();
    const grip = await middle(card(page, "Viewer", "ana@example.com").locator(".board-grip"));
    await send("touchStart", grip.x, grip.y);
    // At the left edge of the window the board scrolls under the finger, until Editor is there.
    for (let x = grip.x; x > 12; x -= 24) {
      await send("touchMove", x, grip.y);
    }
    await expect(column(page, "Editor")).toBeInViewport({ ratio: 0.5 });
    const editor = await middle(column(page, "Editor"));
    await send("touchMove", Math.max(editor.x, 60), grip.y);
    await send("touchEnd");
    await expect(card(page, "Editor", "ana@example.com")).toHaveCount(1);
  });
});
