// Roles: their list, the page of one, and what changing or deleting it does.
import type { Page } from "@playwright/test";
import { call, entries, join, makeGroup } from "./support/api.ts";
import { bulk } from "./support/bulk.ts";
import { checkA11y, expect, test } from "./support/fixtures.ts";
import { isAskedBeforeLeaving } from "./support/leave.ts";
import { checkBothThemes, row, setUp, undo } from "./support/people.ts";

/** Follows the navigation, as a person does. */
async function open(page: Page, name: string): Promise<void> {
  await entries(page).filter({ hasText: name }).click();
  await expect(page.getByRole("heading", { name, level: 1 })).toBeVisible();
}

/** A role of the organization's own, by the API. */
async function makeRole(page: Page, name: string, permissions: string[]): Promise<{ id: string; key: string }> {
  return call(page, "POST", "roles", { name, description: "", permissions });
}

test("roles are listed with kind, holders and risk, and found by search", async ({ page, roster }) => {
  await setUp(page, roster);
  await open(page, "Roles");
  await expect(row(page, "Admin")).toContainText("Level");
  await expect(row(page, "Trending")).toContainText("Built-in");
  await expect(row(page, "Owner")).toContainText("All");
  await expect(row(page, "Owner")).toContainText("High risk");
  await checkBothThemes(page);
  await page.setViewportSize({ width: 390, height: 844 });
  await checkA11y(page);
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.getByRole("searchbox", { name: "Search roles" }).fill("graphs");
  await expect(row(page, "Owner")).toHaveCount(0);
  await expect(row(page, "Trending")).toHaveCount(1);
  await expect.poll(() => new URL(page.url()).searchParams.get("q")).toBe("graphs");
  await page.getByRole("searchbox", { name: "Search roles" }).fill("nothing such");
  await expect(page.getByText("Nothing found")).toBeVisible();
  await page.getByRole("button", { name: "Clear search" }).last().click();
  await page.getByRole("link", { name: "1 account with the role Owner" }).click();
  await expect(page.getByRole("heading", { name: "Owner", level: 1 })).toBeVisible();
  await expect(page.getByRole("list", { name: "Users" }).getByRole("link", { name: "Olivia Owner" })).toBeVisible();
});

test("role is created with the permissions that were ticked", async ({ page, roster }) => {
  await setUp(page, roster);
  await open(page, "Roles");
  await page.getByRole("link", { name: "Create role" }).click();
  await expect(page.getByRole("heading", { name: "Create role", level: 1 })).toBeVisible();
  await page.getByRole("button", { name: "Create role" }).click();
  await expect(page.getByText("Enter a name.")).toBeVisible();
  await expect(page.getByLabel("Name")).toBeFocused();
  await page.getByLabel("Name").fill("On call");
  await page.getByRole("searchbox", { name: "Search permissions" }).fill("notif");
  await page.getByRole("checkbox", { name: "Change notifications" }).check();
  await expect(page.getByRole("checkbox", { name: "Change graphs" })).toBeHidden();
  await page.getByRole("searchbox", { name: "Search permissions" }).fill("");
  await page.getByRole("checkbox", { name: "Select all of Alerts" }).check();
  await expect(page.getByRole("checkbox", { name: "Change alerts" })).toBeChecked();
  await checkBothThemes(page);
  await page.getByRole("button", { name: "Create role" }).click();
  await expect(page.getByRole("heading", { name: "On call", level: 1 })).toBeVisible();
  await expect(page.getByRole("checkbox", { name: "Change notifications" })).toBeChecked();
  await expect(page.getByText("Nobody", { exact: true })).toBeVisible();
  await open(page, "Roles");
  await expect(row(page, "On call")).toContainText("Custom");
});

test("name that is taken is told at its field, and nothing typed is lost", async ({ page, roster, noConsoleErrors }) => {
  noConsoleErrors.expectFault(/status of 409/);
  await setUp(page, roster);
  await page.goto(`${roster.url}/roles/new`);
  await page.getByLabel("Name").fill("alerts");
  await page.getByRole("checkbox", { name: "Change graphs" }).check();
  await page.getByRole("button", { name: "Create role" }).click();
  await expect(page.getByLabel("Name")).toBeFocused();
  await expect(page.getByLabel("Name")).toHaveAttribute("aria-invalid", "true");
  await expect(page.getByRole("checkbox", { name: "Change graphs" })).toBeChecked();
});

test("change says who gains what before it is saved, and can be undone", async ({ page, browser, roster, mailbox }) => {
  await setUp(page, roster);
  const { id, key } = await makeRole(page, "On call", ["alerts"]);
  await join(page, browser, mailbox, "ana@example.com", "Ana", { roles: [key] });
  await page.goto(`${roster.url}/roles/${id}`);
  await expect(page.getByRole("link", { name: "1 account" })).toHaveAttribute("href", `/roles/${id}?tab=holders`);
  await page.getByRole("checkbox", { name: "Change graphs" }).check();
  await page.getByRole("checkbox", { name: "Change alerts" }).uncheck();
  await page.getByRole("button", { name: "Review changes" }).click();
  const dialog = page.getByRole("dialog", { name: "Review changes" });
  await expect(dialog.getByText("Added: Change graphs")).toBeVisible();
  await expect(dialog.getByText("1 person gains Change graphs")).toBeVisible();
  await expect(dialog.getByText("1 person loses Change alerts")).toBeVisible();
  await dialog.getByText("1 person gains Change graphs").click();
  await expect(dialog.getByText("Ana", { exact: true }).first()).toBeVisible();
  await checkBothThemes(page);
  await dialog.getByRole("button", { name: "Save changes" }).click();
  await expect(page.getByText("The role On call was saved.").first()).toBeVisible();
  await expect(dialog).toBeHidden();
  await undo(page, "The role On call was saved.");
  await expect(page.getByRole("checkbox", { name: "Change alerts" })).toBeChecked();
  await expect(page.getByRole("checkbox", { name: "Change graphs" })).not.toBeChecked();
});

test("who holds a role stands on its page, and what was typed stays meanwhile", async ({ page, browser, roster, mailbox }) => {
  await setUp(page, roster);
  const { id, key } = await makeRole(page, "On call", ["alerts"]);
  const ana = await join(page, browser, mailbox, "ana@example.com", "Ana", { roles: [key] });
  const group = await makeGroup(page, "Night shift");
  await call(page, "PATCH", `groups/${group}`, { roles: [key] }, 1);
  await page.goto(`${roster.url}/roles/${id}`);
  await page.getByLabel("Description").fill("For the night");
  await page.getByRole("link", { name: "1 account and 1 group" }).click();
  await expect.poll(() => new URL(page.url()).searchParams.get("tab")).toBe("holders");
  await expect(page.getByRole("list", { name: "Groups" }).getByRole("link", { name: "Night shift" })).toHaveAttribute("href", `/groups/${group}`);
  await expect(page.getByRole("list", { name: "Users" }).getByRole("link", { name: "Ana" })).toHaveAttribute("href", `/accounts/${ana.id}`);
  await expect(page.getByText("No service account holds it itself.")).toBeVisible();
  await checkBothThemes(page);
  await page.setViewportSize({ width: 390, height: 844 });
  await checkA11y(page);
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.getByRole("navigation", { name: "Role" }).getByRole("link", { name: "Permissions" }).click();
  await expect(page.getByLabel("Description")).toHaveValue("For the night");
  await page.getByRole("button", { name: "Discard" }).click();
  await page.getByRole("navigation", { name: "Role" }).getByRole("link", { name: /^Held by/ }).click();
  await page.getByRole("link", { name: "Show in the list: Users" }).click();
  await expect(row(page, "ana@example.com")).toHaveCount(1);
  await expect(row(page, "olivia@example.com")).toHaveCount(0);
});

test("changes of a role that are not saved are asked about before the page is left", async ({ page, roster }) => {
  await setUp(page, roster);
  await makeRole(page, "On call", ["alerts"]);
  await open(page, "Roles");
  await page.getByRole("link", { name: "On call", exact: true }).click();
  await page.getByRole("checkbox", { name: "Change graphs" }).check();
  await isAskedBeforeLeaving(page, "Groups", () => expect(page.getByRole("checkbox", { name: "Change graphs" })).toBeChecked());
  await page.goBack();
  await expect(page.getByRole("checkbox", { name: "Change graphs" })).not.toBeChecked();
});

test("new role that is not saved is asked about before the page is left, and no more once it is", async ({ page, roster }) => {
  await setUp(page, roster);
  await open(page, "Roles");
  await page.getByRole("link", { name: "Create role" }).click();
  await page.getByLabel("Name").fill("On call");
  await isAskedBeforeLeaving(page, "Groups", () => expect(page.getByLabel("Name")).toHaveValue("On call"));
  await page.goBack();
  await page.getByLabel("Name").fill("On call");
  await page.getByRole("button", { name: "Create role" }).click();
  await expect(page.getByRole("heading", { name: "On call", level: 1 })).toBeVisible();
  await open(page, "Groups");
});

test("two admins: the second is told what changed and loses nothing that was typed", async ({ page, context, roster, noConsoleErrors }) => {
  noConsoleErrors.expectFault(/status of 412/);
  await setUp(page, roster);
  const { id } = await makeRole(page, "On call", ["alerts"]);
  const other = await context.newPage();
  await other.goto(`${roster.url}/roles/${id}`);
  await other.getByLabel("Description").fill("For the night");
  await other.getByRole("checkbox", { name: "Change graphs" }).check();
  await page.goto(`${roster.url}/roles/${id}`);
  await page.getByLabel("Name").fill("First line");
  await page.getByRole("button", { name: "Review changes" }).click();
  await page.getByRole("button", { name: "Save changes" }).click();
  await expect(page.getByRole("heading", { name: "First line", level: 1 })).toBeVisible();
  await other.getByRole("button", { name: "Review changes" }).click();
  const dialog = other.getByRole("dialog");
  await dialog.getByRole("button", { name: "Save changes" }).click();
  await expect(dialog.getByText("Name: On call → First line", { exact: false })).toBeVisible();
  await expect(dialog.getByText("Added: Change graphs")).toBeVisible();
  await checkA11y(other);
  await dialog.getByRole("button", { name: "Save changes" }).click();
  await expect(dialog).toBeHidden();
  await expect(other.getByRole("heading", { name: "First line", level: 1 })).toBeVisible();
  await expect(other.getByLabel("Description")).toHaveValue("For the night");
});

test("rights that changed since the preview stop the apply until it was seen anew", async ({ page, roster, noConsoleErrors }) => {
  noConsoleErrors.expectFault(/status of 412/);
  await setUp(page, roster);
  const { id, key } = await makeRole(page, "On call", ["alerts"]);
  await page.goto(`${roster.url}/roles/${id}`);
  await page.getByRole("checkbox", { name: "Change graphs" }).check();
  await page.getByRole("button", { name: "Review changes" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByText("Nobody gains or loses a permission.")).toBeVisible();
  await bulk(page, ["olivia@example.com"], { type: "add_role", role: key });
  await dialog.getByRole("button", { name: "Save changes" }).click();
  await expect(dialog.getByText("Something was changed elsewhere", { exact: false })).toBeVisible();
  await dialog.getByRole("button", { name: "Save changes" }).click();
  await expect(dialog).toBeHidden();
});

test("built-in role is read only and is copied to be changed", async ({ page, roster }) => {
  await setUp(page, roster);
  await open(page, "Roles");
  await page.getByRole("link", { name: "Alerts", exact: true }).click();
  await expect(page.getByText("This role is built in")).toBeVisible();
  await expect(page.getByRole("button", { name: "Review changes" })).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Delete" })).toHaveCount(0);
  await expect(page.getByRole("checkbox")).toHaveCount(0);
  await checkBothThemes(page);
  await page.getByRole("link", { name: "Copy to change it" }).click();
  await expect(page.getByLabel("Name")).toHaveValue("Copy of Alerts");
  await expect(page.getByRole("checkbox", { name: "Change alerts" })).toBeChecked();
  await page.getByRole("button", { name: "Create role" }).click();
  await expect(page.getByRole("heading", { name: "Copy of Alerts", level: 1 })).toBeVisible();
});

test("role is renamed from its row", async ({ page, roster }) => {
  await setUp(page, roster);
  await makeRole(page, "On call", ["alerts"]);
  await open(page, "Roles");
  await row(page, "On call").getByRole("button", { name: "Actions for On call" }).click();
  await checkA11y(page);
  await page.getByRole("menuitem", { name: "Rename" }).click();
  const dialog = page.getByRole("dialog", { name: "Rename role" });
  await dialog.getByLabel("Name").fill("First line");
  await checkA11y(page);
  await dialog.getByRole("button", { name: "Save changes" }).click();
  await expect(row(page, "First line")).toHaveCount(1);
});

test("two admins rename: the second is told what changed, and what was typed is kept", async ({ page, roster, noConsoleErrors }) => {
  noConsoleErrors.expectFault(/status of 412/);
  await setUp(page, roster);
  const { id } = await makeRole(page, "On call", ["alerts"]);
  await open(page, "Roles");
  await row(page, "On call").getByRole("button", { name: "Actions for On call" }).click();
  await page.getByRole("menuitem", { name: "Rename" }).click();
  const dialog = page.getByRole("dialog", { name: "Rename role" });
  const save = dialog.getByRole("button", { name: "Save changes" });
  await expect(save, "nothing was changed").toHaveAttribute("aria-disabled", "true");
  await dialog.getByLabel("Name").fill("First line");
  await call(page, "PATCH", `roles/${id}`, { name: "Theirs", description: "For the night" }, 1);
  await save.click();
  await expect(dialog.getByText("Name: On call → Theirs; Description: none → For the night.", { exact: false })).toBeVisible();
  await expect(dialog.getByLabel("Name")).toHaveValue("First line");
  await expect(dialog.getByLabel("Description"), "theirs, where nothing was typed").toHaveValue("For the night");
  await checkBothThemes(page);
  await save.click();
  await expect(dialog).toBeHidden();
  const role = () => call<{ name: string; description: string; permissions: string[]; version: number }>(page, "GET", `roles/${id}`);
  expect(await role()).toMatchObject({ name: "First line", description: "For the night", permissions: ["alerts"] });

  await row(page, "First line").getByRole("button", { name: "Actions for First line" }).click();
  await page.getByRole("menuitem", { name: "Rename" }).click();
  await dialog.getByLabel("Description").fill("Day and night");
  await call(page, "PATCH", `roles/${id}`, { permissions: ["alerts", "runs"] }, (await role()).version);
  await save.click();
  await expect(dialog, "what they changed is none of these fields").toBeHidden();
  expect(await role()).toMatchObject({ description: "Day and night", permissions: ["alerts", "runs"] });
});

test("role in use is deleted once its holders have another", async ({ page, browser, roster, mailbox }) => {
  await setUp(page, roster);
  const { key } = await makeRole(page, "On call", ["alerts"]);
  await join(page, browser, mailbox, "ana@example.com", "Ana", { roles: [key] });
  await open(page, "Roles");
  await row(page, "On call").getByRole("button", { name: "Actions for On call" }).click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  const dialog = page.getByRole("dialog", { name: "Delete the role On call?" });
  await expect(dialog.getByText("The role is in use: 1 account holds it.")).toBeVisible();
  await expect(dialog.getByText("Ana", { exact: true })).toBeVisible();
  await expect(dialog.getByRole("button", { name: "Move and delete" })).toHaveAttribute("aria-disabled", "true");
  await dialog.getByLabel("Give them this role instead").selectOption("Trending");
  await expect(dialog.getByText("1 person loses Change alerts")).toBeVisible();
  await checkBothThemes(page);
  await dialog.getByRole("button", { name: "Move and delete" }).click();
  await expect(page.getByText("The role On call was deleted.").first()).toBeVisible();
  await expect(row(page, "On call")).toHaveCount(0);
  const { items } = await call<{ items: { roles: { name: string }[] }[] }>(page, "GET", "accounts?q=ana@example.com");
  expect(items[0]?.roles.map(({ name }) => name)).toEqual(["Trending"]);
});

test("who may not change roles sees them, and no act", async ({ page, browser, roster, mailbox }) => {
  await setUp(page, roster);
  const { id, key } = await makeRole(page, "Lookers", ["accounts.view"]);
  const { page: vera } = await join(page, browser, mailbox, "vera@example.com", "Vera", { roles: [key] });
  await vera.goto(`${roster.url}/roles`);
  await expect(row(vera, "Lookers")).toHaveCount(1);
  await expect(vera.getByRole("link", { name: "Create role" })).toHaveCount(0);
  await expect(vera.getByRole("button", { name: /^Actions/ })).toHaveCount(0);
  await vera.goto(`${roster.url}/roles/${id}`);
  await expect(vera.getByText("View accounts", { exact: true })).toBeVisible();
  await expect(vera.getByRole("checkbox")).toHaveCount(0);
  await expect(vera.getByRole("link", { name: "Copy" })).toHaveCount(0);
  await checkBothThemes(vera);
  await vera.goto(`${roster.url}/roles/new`);
  await expect(vera.getByText("You may not see this page")).toBeVisible();
});

test("list and role are used by keyboard alone", async ({ page, roster }) => {
  await setUp(page, roster);
  const { id } = await makeRole(page, "On call", ["alerts"]);
  await page.goto(`${roster.url}/roles`);
  await row(page, "On call").focus();
  await page.keyboard.press("Enter");
  await expect.poll(() => new URL(page.url()).pathname).toBe(`/roles/${id}`);
  await expect(page.getByRole("heading", { name: "On call", level: 1 })).toBeFocused();
  await page.getByRole("checkbox", { name: "Change graphs" }).focus();
  await page.keyboard.press("Space");
  await page.getByRole("button", { name: "Review changes" }).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog").getByRole("button", { name: "Cancel" })).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("button", { name: "Review changes" })).toBeFocused();
  await page.getByRole("button", { name: "Discard" }).click();
  await expect(page.getByRole("checkbox", { name: "Change graphs" })).not.toBeChecked();
});
