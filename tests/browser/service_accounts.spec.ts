// Service accounts: made with an id, rights and a first token; listed, switched off and on, changed, deleted.
import type { Page } from "@playwright/test";
import { call, join, makeGroup } from "./support/api.ts";
import { choose } from "./support/bulk.ts";
import { expect, test } from "./support/fixtures.ts";
import { act, checkBothThemes, row, setUp } from "./support/people.ts";
import { clipboard, expectKeptNowhere, makeService, useToken } from "./support/tokens.ts";

test.use({ permissions: ["clipboard-read", "clipboard-write"] });

const TABS = ["User accounts", "Service accounts", /^Invitations/, "API tokens"];

/** Opens the tab "Service accounts". */
async function openServices(page: Page): Promise<void> {
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Accounts" }).click();
  await page.getByRole("navigation", { name: "Accounts" }).getByRole("link", { name: "Service accounts" }).click();
  await expect(page.getByRole("heading", { name: "Service accounts", level: 1 })).toBeVisible();
}

/** Opens the page of a service account from its row. */
async function openService(page: Page, name: string): Promise<void> {
  await openServices(page);
  await page.getByRole("link", { name, exact: true }).click();
  await expect(page.getByRole("heading", { name, level: 1 })).toBeVisible();
}

test("engineer makes a service account, and its token calls the API", async ({ page, roster }) => {
  await setUp(page, roster);
  await expect(page.getByRole("navigation", { name: "Accounts" }).getByRole("link")).toHaveText(TABS);
  await openServices(page);
  await expect(page.getByText("No service accounts yet")).toBeVisible();
  await checkBothThemes(page);
  await page.getByRole("link", { name: "Create new account" }).click();
  await expect(page.getByRole("heading", { name: "Create new account", level: 1 })).toBeVisible();

  await page.getByLabel("Account ID").fill("Ingest-EU");
  await expect(page.getByText("Will be sa::ingest-eu, which is free.")).toBeVisible();
  await choose(page, page.locator("form"), "Owner", "Olivia");
  await choose(page, page.locator("form"), "Roles", "Alerts");
  await expect(page.getByRole("region", { name: "It will be able to" })).toContainText("Change alerts");
  await checkBothThemes(page);
  await page.getByRole("button", { name: "Create", exact: true }).click();

  const dialog = page.getByRole("dialog", { name: "The token first" });
  await expect(dialog.getByText("This is the only time it is shown")).toBeVisible();
  await checkBothThemes(page);
  await dialog.getByRole("button", { name: "Copy to clipboard" }).click();
  await expect(dialog.getByText("Copied").first()).toBeVisible();
  const secret = await clipboard(page);
  expect(secret).toMatch(/^rsts_/);
  await dialog.getByRole("button", { name: "Copy curl command" }).click();
  expect(await clipboard(page)).toBe(`curl -H "Authorization: Bearer ${secret}" ${roster.url}/api/v1/me`);
  await dialog.getByRole("button", { name: "Done" }).click();
  await expect(dialog).toBeHidden();

  expect(await useToken(roster.url, secret)).toBe(200);
  await expect(page.getByRole("heading", { name: "ingest-eu", level: 1 })).toBeVisible();
  await expect(page.getByRole("list", { name: "Working tokens" }).getByRole("listitem")).toHaveCount(1);
  await expectKeptNowhere(page, secret);
  await expect(page.getByText("Sign-in")).toHaveCount(0);
  await checkBothThemes(page);
  await openServices(page);
  await expect(row(page, "sa::ingest-eu")).toContainText("Olivia Owner");
  await expect(row(page, "sa::ingest-eu")).toContainText("Alerts");
  await checkBothThemes(page);
});

test("id is judged while it is typed, in the words of the rule", async ({ page, roster, noConsoleErrors }) => {
  noConsoleErrors.expectFault(/409|422/);
  await setUp(page, roster);
  await makeService(page, "ingest-eu");
  await page.goto("/accounts/new");
  const field = page.getByLabel("Account ID");
  await field.fill("two words");
  await expect(page.getByText("Leave out spaces.")).toBeVisible();
  await expect(field).toHaveAttribute("aria-invalid", "true");
  await field.fill("-x");
  await expect(page.getByText("Begin with a letter a to z or a digit.")).toBeVisible();
  await field.fill("SA::Ingest-EU");
  await expect(page.getByText("sa::ingest-eu is taken, or was once.")).toBeVisible();
  await checkBothThemes(page);
  await page.getByRole("button", { name: "Create", exact: true }).click();
  await expect(field).toBeFocused();
  await field.fill("ingest-us");
  await expect(page.getByText("Will be sa::ingest-us, which is free.")).toBeVisible();
  await page.getByLabel("Generate a token at once").uncheck();
  await page.getByRole("button", { name: "Create", exact: true }).click();
  await expect(page.getByRole("heading", { name: "ingest-us", level: 1 })).toBeVisible();
  await expect(page.getByText("No API tokens")).toBeVisible();
});

test("what was typed is asked about before the page is left", async ({ page, roster }) => {
  await setUp(page, roster);
  await page.goto("/accounts/new");
  await page.getByLabel("Account ID").fill("ingest-eu");
  await page.getByRole("link", { name: "Cancel" }).click();
  const question = page.getByRole("dialog");
  await expect(question).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByLabel("Account ID")).toHaveValue("ingest-eu");
});

test("service account is switched off and on, and its token with it", async ({ page, roster }) => {
  await setUp(page, roster);
  const service = await makeService(page, "ingest-eu");
  expect(await useToken(roster.url, service.secret)).toBe(200);
  await openService(page, "ingest-eu");
  const active = page.getByRole("switch", { name: "Active" });
  await expect(active).toBeChecked();
  await active.click();
  await expect(page.getByText("ingest-eu was deactivated.").first()).toBeVisible();
  expect(await useToken(roster.url, service.secret)).toBe(401);
  await expect(page.getByText(/It may do nothing now/)).toBeVisible();
  await checkBothThemes(page);
  await active.click();
  await expect(page.getByText("ingest-eu was activated.").first()).toBeVisible();
  expect(await useToken(roster.url, service.secret)).toBe(200);

  await openServices(page);
  await act(page, "sa::ingest-eu", "Deactivate");
  await page.getByRole("dialog").getByRole("button", { name: "Deactivate" }).click();
  await expect(row(page, "sa::ingest-eu")).toContainText("Deactivated");
  await act(page, "sa::ingest-eu", "Activate");
  await page.getByRole("dialog").getByRole("button", { name: "Activate" }).click();
  await expect(row(page, "sa::ingest-eu")).toContainText("Active");
});

test("name, description and owner are changed", async ({ page, roster }) => {
  await setUp(page, roster);
  await makeService(page, "ingest-eu");
  await makeGroup(page, "On call");
  await openService(page, "ingest-eu");
  await expect(page.getByRole("button", { name: "Save changes" })).toHaveAttribute("aria-disabled", "true");
  await page.getByRole("textbox", { name: "Name", exact: true }).fill("Ingest Europe");
  await page.getByLabel("Description").fill("Takes in metrics in Frankfurt.");
  await choose(page, page.locator("form"), "Owner", "On call");
  await page.getByRole("button", { name: "Save changes" }).click();
  await expect(page.getByText("Changes saved.").first()).toBeVisible();
  await expect(page.getByRole("heading", { name: "Ingest Europe", level: 1 })).toBeVisible();
  await page.reload();
  await expect(page.getByLabel("Description")).toHaveValue("Takes in metrics in Frankfurt.");
  await openServices(page);
  await expect(row(page, "sa::ingest-eu")).toContainText("On call");
});

test("rights are given and taken as for users, without a level", async ({ page, roster }) => {
  await setUp(page, roster);
  await makeService(page, "ingest-eu");
  await openService(page, "ingest-eu");
  await expect(page.getByRole("heading", { name: "User role", exact: true })).toHaveCount(0);
  await page.getByRole("button", { name: "Add role" }).click();
  const dialog = page.getByRole("dialog", { name: "Add a role to ingest-eu" });
  await choose(page, dialog, "Role", "Alerts");
  await expect(dialog.getByRole("region", { name: "What will change" })).toContainText("Change alerts");
  await dialog.getByRole("button", { name: "Add role" }).click();
  await expect(page.getByText("ingest-eu has Alerts now.").first()).toBeVisible();
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByText("Undone.").first()).toBeVisible();
});

test("service accounts are selected and get a group at once", async ({ page, roster }) => {
  await setUp(page, roster);
  await makeService(page, "ingest-eu");
  await makeService(page, "ingest-us");
  await makeGroup(page, "Proxies");
  await openServices(page);
  await expect(page.getByRole("table")).toHaveAttribute("aria-rowcount", "3");
  await page.getByRole("checkbox", { name: "Select all" }).click();
  const bar = page.getByRole("group", { name: "Selection" });
  await expect(bar).toContainText("2 selected");
  await expect(bar.getByRole("button", { name: "Set level" })).toHaveCount(0);
  await expect(bar.getByRole("button", { name: "Resend" })).toHaveCount(0);
  await bar.getByRole("button", { name: "+Group" }).click();
  await choose(page, page.getByRole("dialog"), "Group", "Proxies");
  await page.getByRole("dialog").getByRole("button", { name: "Add to group" }).click();
  await expect(page.getByText("Proxies: 2 changed.").first()).toBeVisible();
  await expect(row(page, "sa::ingest-us")).toContainText("Proxies");
  await checkBothThemes(page);
});

test("service account is deleted with its id typed", async ({ page, roster }) => {
  await setUp(page, roster);
  const service = await makeService(page, "ingest-eu");
  await openService(page, "ingest-eu");
  await page.getByRole("button", { name: "Actions" }).click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  const dialog = page.getByRole("dialog", { name: "Delete ingest-eu?" });
  await expect(dialog.getByRole("button", { name: "Delete" })).toHaveAttribute("aria-disabled", "true");
  await dialog.getByLabel("Type sa::ingest-eu to confirm").fill("SA::ingest-eu ");
  await checkBothThemes(page);
  await dialog.getByRole("button", { name: "Delete" }).click();
  await expect(page.getByText("ingest-eu was deleted.").first()).toBeVisible();
  await expect(page.getByText("No service accounts yet")).toBeVisible();
  expect(await useToken(roster.url, service.secret)).toBe(401);
});

test("list is found by id, narrowed and put in another order", async ({ page, roster }) => {
  await setUp(page, roster);
  for (const name of ["ingest-eu", "ingest-us", "reports"]) {
    await makeService(page, name);
  }
  await openServices(page);
  await page.getByRole("searchbox", { name: "Search service accounts" }).fill("ingest");
  await expect(row(page, "sa::reports")).toHaveCount(0);
  await expect(row(page, "sa::ingest-eu")).toHaveCount(1);
  await page.getByRole("searchbox", { name: "Search service accounts" }).fill("no such");
  await expect(page.getByText("Nothing found")).toBeVisible();
  await page.getByRole("button", { name: "Clear filters" }).click();
  await page.getByRole("button", { name: "Name", exact: true }).click();
  await expect(page.getByRole("row").nth(1)).toContainText("sa::reports");
  await expect.poll(() => new URL(page.url()).searchParams.get("sort")).toBe("-name");
  await page.getByRole("group", { name: "Status" }).getByRole("button", { name: /Deactivated/ }).click();
  await expect(page.getByText("Nothing found")).toBeVisible();
});

test("whoever may not manage service accounts sees no button for it", async ({ page, browser, roster, mailbox }) => {
  await setUp(page, roster);
  const service = await makeService(page, "ingest-eu");
  const viewer = await join(page, browser, mailbox, "ana@example.com", "Ana Novak", { level: "viewer", permissions: ["accounts.view"] });
  await viewer.page.goto(`${roster.url}/accounts/services`);
  await expect(row(viewer.page, "sa::ingest-eu")).toBeVisible();
  await expect(viewer.page.getByRole("link", { name: "Create new account" })).toHaveCount(0);
  await expect(viewer.page.getByRole("link", { name: "API tokens" })).toHaveCount(0);
  await expect(viewer.page.getByRole("checkbox")).toHaveCount(0);
  await viewer.page.goto(`${roster.url}/accounts/${service.id}`);
  await expect(viewer.page.getByRole("heading", { name: "ingest-eu", level: 1 })).toBeVisible();
  await expect(viewer.page.getByRole("switch")).toHaveCount(0);
  await expect(viewer.page.getByRole("button", { name: "Generate" })).toHaveCount(0);
  await viewer.page.goto(`${roster.url}/accounts/new`);
  await expect(viewer.page.getByText("You may not see this page")).toBeVisible();
});

test("pages fit a phone", async ({ page, roster }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await setUp(page, roster);
  const service = await makeService(page, "ingest-eu", { description: "Takes in metrics." });
  for (const path of ["/accounts/services", "/accounts/new", `/accounts/${service.id}`]) {
    await page.goto(path);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await checkBothThemes(page);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(overflow, path).toBe(0);
  }
  const { items } = await call<{ items: unknown[] }>(page, "GET", "accounts?kind=service");
  expect(items).toHaveLength(1);
});
