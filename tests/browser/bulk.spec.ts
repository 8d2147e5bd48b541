// Selecting accounts in the list, and acting on all of them at once.
import type { Page } from "@playwright/test";
import { call, makeGroup } from "./support/api.ts";
import { bulk, choose } from "./support/bulk.ts";
import { expect, test } from "./support/fixtures.ts";
import { checkBothThemes, invite, openDemo, row, setUp } from "./support/people.ts";

const PEOPLE = ["ana@example.com", "ben@example.com", "cleo@example.com", "dora@example.com"];

function box(page: Page, email: string) {
  return row(page, email).getByRole("checkbox");
}

test("rows are selected one by one, in a range, all at once, and by keyboard", async ({ page, roster }) => {
  await setUp(page, roster);
  await invite(page, ...PEOPLE);
  const bar = page.getByRole("group", { name: "Selection" });
  await expect(bar).toHaveCount(0);
  await box(page, "ana@example.com").check();
  await expect(bar).toContainText("1 selected");
  await box(page, "cleo@example.com").click({ modifiers: ["Shift"] });
  await expect(bar).toContainText("3 selected");
  await expect(page.getByRole("checkbox", { name: "Select all" })).toHaveJSProperty("indeterminate", true);
  await checkBothThemes(page);
  await page.getByRole("checkbox", { name: "Select all" }).click();
  await expect(bar).toContainText("5 selected");
  await page.getByRole("checkbox", { name: "Select all" }).click();
  await expect(bar).toHaveCount(0);
  await row(page, "ben@example.com").focus();
  await page.keyboard.press("Space");
  await expect(box(page, "ben@example.com")).toBeChecked();
  await expect(row(page, "ben@example.com")).toHaveAttribute("aria-selected", "true");
  await page.getByRole("searchbox", { name: "Search accounts" }).fill("ana");
  await expect(bar, "what is not shown any more is not selected").toHaveCount(0);
});

test("role is added to a selection with a preview, told and undone", async ({ page, roster }) => {
  await setUp(page, roster);
  await invite(page, ...PEOPLE);
  await bulk(page, ["ana@example.com"], { type: "add_role", role: "alerts" });
  for (const email of PEOPLE.slice(0, 3)) {
    await box(page, email).check();
  }
  await page.getByRole("button", { name: "+Role" }).click();
  const dialog = page.getByRole("dialog", { name: "Add a role to 3 accounts" });
  await choose(page, page.getByRole("dialog"), "Role", "Alerts");
  await expect(dialog.getByRole("region", { name: "What will change" })).toContainText("2 invited accounts are concerned, too, once their invitations are accepted.");
  await checkBothThemes(page);
  await dialog.getByRole("button", { name: "Add role" }).click();
  await expect(page.getByText("Alerts: 2 changed, 1 already had it.").first()).toBeVisible();
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByText("Undone.").first()).toBeVisible();
  const { items } = await call<{ items: { email: string; roles: { key: string }[] }[] }>(page, "GET", "accounts?role=alerts");
  expect(items.map(({ email }) => email)).toEqual(["ana@example.com"]);
});

test("those who are left as they are stand in a list, with the reason", async ({ page, roster }) => {
  await setUp(page, roster);
  await invite(page, ...PEOPLE);
  await expect(page.getByRole("table")).toHaveAttribute("aria-rowcount", "6");
  await page.getByRole("checkbox", { name: "Select all" }).click();
  await page.getByRole("button", { name: "Set level" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("radio", { name: "Editor" }).check();
  await dialog.getByRole("button", { name: "Set level" }).click();
  await expect(dialog).toContainText("Editor: 4 changed, 1 not allowed on your own account.");
  await expect(dialog.getByRole("listitem").filter({ hasText: "Olivia Owner" })).toBeVisible();
  await checkBothThemes(page);
  await dialog.getByRole("button", { name: "Done" }).click();
  await expect(row(page, "ana@example.com")).toContainText("Editor");
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(row(page, "ana@example.com")).toContainText("Viewer");
});

test("several accounts are never deleted together, and it is said why", async ({ page, roster }) => {
  await setUp(page, roster);
  await invite(page, ...PEOPLE);
  await box(page, "ana@example.com").check();
  await box(page, "ben@example.com").check();
  const button = page.getByRole("group", { name: "Selection" }).getByRole("button", { name: "Delete" });
  await expect(button).toHaveAttribute("aria-disabled", "true");
  await expect(button).toHaveAccessibleDescription("Accounts are deleted one at a time.");
});

test("group is added to a selection, and the list is narrowed to it", async ({ page, roster }) => {
  await setUp(page, roster);
  await invite(page, ...PEOPLE);
  await makeGroup(page, "On call");
  await box(page, "ana@example.com").check();
  await box(page, "ben@example.com").check();
  await page.getByRole("button", { name: "+Group" }).click();
  await choose(page, page.getByRole("dialog"), "Group", "On call");
  await page.getByRole("dialog").getByRole("button", { name: "Add to group" }).click();
  await expect(page.getByText("On call: 2 changed.").first()).toBeVisible();
  await page.getByRole("button", { name: "Filter", exact: true }).click();
  await page.getByRole("menuitem", { name: "By group…" }).click();
  await choose(page, page.getByRole("dialog"), "Group", "On call");
  await page.getByRole("dialog").getByRole("button", { name: "Filter" }).click();
  await expect(row(page, "cleo@example.com")).toHaveCount(0);
  await expect(row(page, "ana@example.com")).toHaveCount(1);
  await expect.poll(() => new URL(page.url()).searchParams.get("group")).toMatch(/^[0-9a-f-]{36}$/);
  await page.reload();
  await expect(row(page, "cleo@example.com")).toHaveCount(0);
  await page.getByRole("button", { name: "Remove filter Group: On call" }).click();
  await expect(row(page, "cleo@example.com")).toHaveCount(1);
  await expect.poll(() => new URL(page.url()).searchParams.get("group")).toBeNull();
});

test.describe("with 3,000 accounts", () => {
  test.use({ demo: 3_000 });

  test("thousands are selected in one go, also those that are not loaded", async ({ page, roster }) => {
    await openDemo(page, roster);
    await expect(page.getByText("3,000").first()).toBeVisible();
    await page.getByRole("checkbox", { name: "Select all" }).click();
    await expect(page.getByRole("group", { name: "Selection" })).toContainText("3,000 selected");
    await page.getByRole("button", { name: "+Permission" }).click();
    await choose(page, page.getByRole("dialog"), "Permission", "Write reports");
    await expect(page.getByRole("dialog").getByRole("region", { name: "What will change" })).toContainText("Write reports");
    await page.getByRole("dialog").getByRole("button", { name: "Add permission" }).click();
    await expect(page.getByText(/changed/).first()).toBeVisible({ timeout: 20_000 });
  });

  test("box for all waits for rows, and says nothing of rows that could not be read", async ({ page, roster, noConsoleErrors }) => {
    noConsoleErrors.expectFault(/net::ERR_FAILED/);
    await openDemo(page, roster);
    await expect(page.getByText("3,000").first()).toBeVisible();
    const [lists, all] = ["**/api/v1/accounts?*", page.getByRole("checkbox", { name: "Select all" })];
    await page.route(lists, () => {});
    await page.goto("/accounts");
    await expect(all).toBeDisabled();
    await page.unroute(lists);
    await page.goto("/accounts");
    await expect(all).toBeEnabled();
    await page.route(lists, (route) => route.abort());
    await all.click();
    await expect(page.getByText(/^Not all rows could be selected/).first()).toBeVisible();
    await expect(all).not.toBeChecked();
    await expect(page.getByRole("group", { name: "Selection" })).toHaveCount(0);
  });
});
