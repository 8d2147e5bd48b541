// Several selected cards of the board, moved together by mouse and by keyboard.
import type { Locator, Page } from "@playwright/test";
import { expect, test } from "./support/fixtures.ts";
import { invite, setUp, undo } from "./support/people.ts";

function column(page: Page, level: string): Locator {
  return page.getByRole("region", { name: level, exact: true });
}

function card(page: Page, level: string, name: string): Locator {
  return column(page, level).getByRole("row").filter({ hasText: `${name}@example.com` });
}

/** The board with three invited Viewers, of whom Ana and Ben are selected. */
async function selectTwo(page: Page): Promise<void> {
  await invite(page, "ana@example.com", "ben@example.com", "cleo@example.com");
  await page.getByRole("button", { name: "Board", exact: true }).click();
  await card(page, "Viewer", "ana").getByRole("checkbox").check();
  await card(page, "Viewer", "ben").getByRole("checkbox").check();
}

async function areIn(page: Page, level: string): Promise<void> {
  await expect(card(page, level, "ana")).toBeVisible();
  await expect(card(page, level, "ben")).toBeVisible();
  await expect(card(page, "Viewer", "cleo"), "was not selected").toBeVisible();
}

async function middle(locator: Locator): Promise<{ x: number; y: number }> {
  const box = await locator.boundingBox();
  expect(box).not.toBeNull();
  return { x: (box?.x ?? 0) + (box?.width ?? 0) / 2, y: (box?.y ?? 0) + (box?.height ?? 0) / 2 };
}

test("selected cards are dragged together, counted while they are carried, and saved", async ({ page, roster }) => {
  await setUp(page, roster);
  await selectTwo(page);
  const [start, end] = [await middle(card(page, "Viewer", "ana")), await middle(column(page, "Editor"))];
  await page.mouse.move(start.x, start.y);
  await page.mouse.down();
  await page.mouse.move((start.x + end.x) / 2, start.y + 10, { steps: 5 });
  await expect(page.getByText("2 accounts", { exact: true }), "what is carried is counted").toBeVisible();
  await page.mouse.move(end.x, end.y, { steps: 5 });
  await page.mouse.up();
  await areIn(page, "Editor");
  await expect(page.getByText("2 accounts are now Editor.").first()).toBeVisible();
  await page.reload();
  await areIn(page, "Editor");
});

test("one Undo takes back what was dragged together", async ({ page, roster }) => {
  await setUp(page, roster);
  await selectTwo(page);
  const [start, end] = [await middle(card(page, "Viewer", "ben")), await middle(column(page, "Admin"))];
  await page.mouse.move(start.x, start.y);
  await page.mouse.down();
  await page.mouse.move(end.x, end.y, { steps: 8 });
  await page.mouse.up();
  await areIn(page, "Admin");
  await undo(page, /are now Admin\./);
  await areIn(page, "Viewer");
  await expect(card(page, "Admin", "ana")).toHaveCount(0);
});

test("card that is not selected is dragged alone", async ({ page, roster }) => {
  await setUp(page, roster);
  await selectTwo(page);
  const [start, end] = [await middle(card(page, "Viewer", "cleo")), await middle(column(page, "Editor"))];
  await page.mouse.move(start.x, start.y);
  await page.mouse.down();
  await page.mouse.move(end.x, end.y, { steps: 8 });
  await page.mouse.up();
  await expect(card(page, "Editor", "cleo")).toBeVisible();
  await expect(card(page, "Viewer", "ana")).toBeVisible();
  await expect(card(page, "Viewer", "ben")).toBeVisible();
});

test("selected cards are grabbed, carried and dropped by keyboard, with each step said", async ({ page, roster }) => {
  await setUp(page, roster);
  await selectTwo(page);
  const said = (text: string | RegExp) => expect(page.getByRole("status").filter({ hasText: text })).toHaveCount(1);
  await card(page, "Viewer", "ben").focus();
  await page.keyboard.press("Space");
  await said(/2 accounts grabbed\. Viewer, column 3 of 3\./);
  await page.keyboard.press("Home");
  await said("Admin, column 1 of 3.");
  await page.keyboard.press("Escape");
  await said("2 accounts stay in Viewer.");
  await areIn(page, "Viewer");
  await page.keyboard.press("Space");
  await page.keyboard.press("ArrowLeft");
  await said("Editor, column 2 of 3.");
  await page.keyboard.press("Enter");
  await areIn(page, "Editor");
  await said("2 accounts are now Editor.");
  await expect(column(page, "Editor").getByRole("row").filter({ hasText: "@example.com" }).and(page.locator(":focus")), "the focus follows them").toHaveCount(1);
});
