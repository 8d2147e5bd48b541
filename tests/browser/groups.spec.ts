// Groups: their list, their members with ends, and the roles that members get by them.
import type { Browser, Page } from "@playwright/test";
import { call, entries, join, makeGroup } from "./support/api.ts";
import { choose } from "./support/bulk.ts";
import { checkA11y, expect, type Mailbox, test } from "./support/fixtures.ts";
import { checkBothThemes, row, setUp, undo } from "./support/people.ts";

/** Follows the navigation, as a person does. */
async function open(page: Page, name: string): Promise<void> {
  await entries(page).filter({ hasText: name }).click();
  await expect(page.getByRole("heading", { name, level: 1 })).toBeVisible();
}

/** A group with Ana and Ben, who are in. */
async function nightShift(page: Page, browser: Browser, mailbox: Mailbox): Promise<{ id: string; ana: string; ben: string }> {
  const ana = await join(page, browser, mailbox, "ana@example.com", "Ana");
  const ben = await join(page, browser, mailbox, "ben@example.com", "Ben");
  return { id: await makeGroup(page, "Night shift"), ana: ana.id, ben: ben.id };
}

test("group is created, found, renamed and deleted", async ({ page, roster, noConsoleErrors }) => {
  noConsoleErrors.expectFault(/status of 409/);
  await setUp(page, roster);
  await open(page, "Groups");
  await expect(row(page, "Everyone")).toContainText("Built-in");
  await page.getByRole("button", { name: "Create group" }).click();
  const create = page.getByRole("dialog", { name: "Create group" });
  await create.getByLabel("Name").fill("everyone");
  await create.getByRole("button", { name: "Create group" }).click();
  await expect(create.getByLabel("Name")).toHaveAttribute("aria-invalid", "true");
  await create.getByLabel("Name").fill("Interns");
  await create.getByLabel("Description").fill("Summer 2026");
  await checkBothThemes(page);
  await create.getByRole("button", { name: "Create group" }).click();
  await expect(page.getByRole("heading", { name: "Interns", level: 1 })).toBeVisible();
  await expect(page.getByText("Nobody is in this group yet")).toBeVisible();
  await checkBothThemes(page);

  await open(page, "Groups");
  await makeGroup(page, "Sales");
  await page.getByRole("searchbox", { name: "Search groups" }).fill("int");
  await expect(row(page, "Sales")).toHaveCount(0);
  await expect(row(page, "Interns")).toContainText("0");
  await expect.poll(() => new URL(page.url()).searchParams.get("q")).toBe("int");
  await checkBothThemes(page);
  await page.setViewportSize({ width: 390, height: 844 });
  await checkA11y(page);
  await page.setViewportSize({ width: 1280, height: 800 });

  await row(page, "Interns").getByRole("button", { name: "Actions for Interns" }).click();
  await page.getByRole("menuitem", { name: "Rename" }).click();
  await page.getByRole("dialog").getByLabel("Name").fill("Internships");
  await page.getByRole("dialog").getByRole("button", { name: "Save changes" }).click();
  await expect(row(page, "Internships")).toHaveCount(1);
  await row(page, "Internships").getByRole("button", { name: "Actions for Internships" }).click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  const remove = page.getByRole("dialog", { name: "Delete the group Internships?" });
  await expect(remove.getByText("Nobody gains or loses a permission.")).toBeVisible();
  await checkA11y(page);
  await remove.getByRole("button", { name: "Delete group" }).click();
  await expect(row(page, "Internships")).toHaveCount(0);
});

test("two admins rename a group: the second is told what changed, and what was typed is kept", async ({ page, roster, noConsoleErrors }) => {
  noConsoleErrors.expectFault(/status of 412/);
  await setUp(page, roster);
  const id = await makeGroup(page, "Interns");
  await page.goto(`${roster.url}/groups/${id}`);
  await page.getByRole("button", { name: "Rename" }).click();
  const dialog = page.getByRole("dialog", { name: "Rename group" });
  await dialog.getByLabel("Description").fill("Summer 2026");
  await call(page, "PATCH", `groups/${id}`, { name: "Internships" }, 1);
  await dialog.getByRole("button", { name: "Save changes" }).click();
  await expect(dialog.getByText("Name: Interns → Internships.", { exact: false })).toBeVisible();
  await expect(dialog.getByLabel("Name")).toHaveValue("Internships");
  await expect(dialog.getByLabel("Description")).toHaveValue("Summer 2026");
  await checkA11y(page);
  await dialog.getByRole("button", { name: "Save changes" }).click();
  await expect(dialog).toBeHidden();
  expect(await call(page, "GET", `groups/${id}`)).toMatchObject({ name: "Internships", description: "Summer 2026" });
  await expect(page.getByRole("heading", { name: "Internships", level: 1 })).toBeVisible();
});

test("many members are added at once until a day, with a preview and an undo", async ({ page, browser, roster, mailbox }) => {
  await setUp(page, roster);
  const { id } = await nightShift(page, browser, mailbox);
  await call(page, "PATCH", `groups/${id}`, { roles: ["trending"] }, 1);
  await page.goto(`${roster.url}/groups/${id}`);
  await page.getByRole("button", { name: "Add members" }).click();
  const dialog = page.getByRole("dialog", { name: "Add members to Night shift" });
  await expect(dialog.getByRole("button", { name: "Add members" })).toHaveAttribute("aria-disabled", "true");
  await choose(page, dialog, "Members", "ana@example.com");
  await choose(page, dialog, "Members", "ben@example.com");
  await dialog.getByLabel("Ends").fill("2020-01-01T00:00");
  await expect(dialog.getByText("Choose a time to come.").first()).toBeVisible();
  await dialog.getByLabel("Ends").fill("2099-12-01T18:00");
  await expect(dialog.getByText("Until 1 Dec 2099, 18:00, in your time zone.")).toBeVisible();
  await expect(dialog.getByText("2 people gain Change graphs and Change dashboards").or(dialog.getByText("2 people gain Change dashboards and Change graphs"))).toBeVisible();
  await checkBothThemes(page);
  await dialog.getByRole("button", { name: "Add 2 members" }).click();
  await expect(page.getByText("Ana and Ben are in Night shift now.").first()).toBeVisible();
  await expect(row(page, "ana@example.com")).toContainText("until 1 Dec 2099, 18:00");
  await expect(page.getByRole("navigation", { name: "Group" }).getByRole("link", { name: /^Members ?2$/ })).toBeVisible();
  await undo(page, "Ana and Ben are in Night shift now.");
  await expect(row(page, "ana@example.com")).toHaveCount(0);
});

test("members are selected, removed together, and brought back with their ends", async ({ page, browser, roster, mailbox }) => {
  await setUp(page, roster);
  const { id, ana, ben } = await nightShift(page, browser, mailbox);
  await call(page, "POST", `groups/${id}/members`, { add: [ana], valid_until: "2099-12-01T18:00:00Z" });
  await call(page, "POST", `groups/${id}/members`, { add: [ben] });
  await page.goto(`${roster.url}/groups/${id}`);
  await expect(row(page, "ben@example.com")).toContainText("No end");
  await page.getByRole("searchbox", { name: "Search members" }).fill("ana");
  await expect(row(page, "ben@example.com")).toHaveCount(0);
  await page.getByRole("searchbox", { name: "Search members" }).fill("");
  await expect(row(page, "ben@example.com")).toHaveCount(1);
  await page.getByRole("checkbox", { name: "Select all that are shown" }).check();
  await expect(page.getByText("2 members selected")).toBeVisible();
  await checkBothThemes(page);
  await page.getByRole("button", { name: "Remove from group" }).click();
  const dialog = page.getByRole("dialog", { name: "Remove 2 members?" });
  await expect(dialog.getByText("Nobody gains or loses a permission.")).toBeVisible();
  await checkA11y(page);
  await dialog.getByRole("button", { name: "Remove 2 members" }).click();
  await expect(row(page, "ana@example.com")).toHaveCount(0);
  await undo(page, "Ana and Ben have left Night shift.");
  await expect(row(page, "ana@example.com")).toContainText("until");
  await expect(row(page, "ben@example.com")).toContainText("No end");
});

test("end of a membership is set and taken away", async ({ page, browser, roster, mailbox }) => {
  await setUp(page, roster);
  const { id, ana } = await nightShift(page, browser, mailbox);
  await call(page, "POST", `groups/${id}/members`, { add: [ana] });
  await page.goto(`${roster.url}/groups/${id}`);
  await row(page, "ana@example.com").getByRole("button", { name: "Actions for Ana" }).click();
  await page.getByRole("menuitem", { name: "Set end" }).click();
  const dialog = page.getByRole("dialog", { name: "How long Ana is in Night shift" });
  await dialog.getByLabel("Ends").fill("2099-12-01T18:00");
  await checkA11y(page);
  await dialog.getByRole("button", { name: "Save changes" }).click();
  await expect(row(page, "ana@example.com")).toContainText("until 1 Dec 2099, 18:00");
  await row(page, "ana@example.com").getByRole("button", { name: "Actions for Ana" }).click();
  await page.getByRole("menuitem", { name: "Change end" }).click();
  await expect(dialog.getByLabel("Ends")).toHaveValue("2099-12-01T18:00");
  await dialog.getByLabel("Ends").fill("");
  await dialog.getByRole("button", { name: "Save changes" }).click();
  await expect(row(page, "ana@example.com")).toContainText("No end");
});

test("role put on a group says who gains what, and taken off who loses it", async ({ page, browser, roster, mailbox }) => {
  await setUp(page, roster);
  const { id, ana } = await nightShift(page, browser, mailbox);
  await call(page, "POST", `groups/${id}/members`, { add: [ana] });
  await page.goto(`${roster.url}/groups/${id}`);
  await page.getByRole("navigation", { name: "Group" }).getByRole("link", { name: /^Roles/ }).click();
  await expect.poll(() => new URL(page.url()).searchParams.get("tab")).toBe("roles");
  await expect(page.getByText("No roles yet")).toBeVisible();
  await page.getByRole("button", { name: "Add roles" }).click();
  const dialog = page.getByRole("dialog", { name: "Add roles to Night shift" });
  await dialog.getByRole("combobox", { name: "Roles" }).fill("a");
  await expect(page.getByRole("option", { name: /^Data/ })).toBeVisible();
  await expect(page.getByRole("option", { name: /^Admin/ })).toHaveCount(0);
  await dialog.getByRole("combobox", { name: "Roles" }).fill("trend");
  await page.getByRole("option", { name: /^Trending/ }).click();
  await expect(dialog.getByText(/^1 person gains/)).toBeVisible();
  await checkBothThemes(page);
  await dialog.getByRole("button", { name: "Add roles" }).click();
  await expect(page.getByText("Trending was put on Night shift.").first()).toBeVisible();
  await expect(row(page, "Trending")).toHaveCount(1);
  await checkBothThemes(page);
  await page.getByRole("button", { name: "Remove role Trending" }).click();
  const remove = page.getByRole("dialog", { name: "Take Trending off Night shift?" });
  await expect(remove.getByText(/^1 person loses Change/)).toBeVisible();
  await remove.getByRole("button", { name: "Remove role" }).click();
  await expect(page.getByText("No roles yet")).toBeVisible();
  await undo(page, "Trending was taken off Night shift.");
  await expect(row(page, "Trending")).toHaveCount(1);
  await page.goto(`${roster.url}/groups?role=trending`);
  await expect(row(page, "Night shift")).toHaveCount(1);
  await expect(row(page, "Everyone")).toHaveCount(0);
  await page.getByRole("button", { name: "Show all groups" }).click();
  await expect(row(page, "Everyone")).toHaveCount(1);
});

test("deleting a group says what else goes with it", async ({ page, roster }) => {
  await setUp(page, roster);
  const id = await makeGroup(page, "Platform");
  await call(page, "PUT", "objects/dashboard/latency", { name: "Latency", restricted: true });
  await call(page, "PUT", "objects/dashboard/latency/access", { group: id, level: "modify" }, 1);
  // Somebody is in it who could modify the object by it.
  const { account } = await call<{ account: { id: string } }>(page, "POST", "service-accounts", { account_id: "ci", owner: { group: id } });
  await call(page, "POST", `groups/${id}/members`, { add: [account.id] });
  const defaults = await call<{ version: number; level?: string }>(page, "GET", "organization/defaults");
  await call(page, "PUT", "organization/defaults", { groups: [id], level: defaults.level }, defaults.version);
  await page.goto(`${roster.url}/groups/${id}`);
  await page.getByRole("button", { name: "Delete" }).click();
  const dialog = page.getByRole("dialog", { name: "Delete the group Platform?" });
  const preview = dialog.getByRole("region", { name: "What will change" });
  for (const line of [
    "Nobody gains or loses a permission.",
    "1 object is no longer shared with it",
    "1 of them is left with nobody who can modify it",
    "New accounts no longer join it",
    "1 service account loses its owner",
  ]) {
    await expect(preview).toContainText(line);
  }
  await checkBothThemes(page);
  await dialog.getByRole("button", { name: "Delete group" }).click();
  await expect(page.getByRole("heading", { name: "Groups", level: 1 })).toBeVisible();
  await page.goto(`${roster.url}/objects?orphan=true`);
  await expect(row(page, "Latency")).toContainText("Orphan");
});

test("Everyone has all accounts, is never left, and warns of the machines that a role reaches", async ({ page, roster }) => {
  await setUp(page, roster);
  await open(page, "Groups");
  await page.getByRole("link", { name: "Everyone" }).click();
  await expect(row(page, "olivia@example.com")).toHaveCount(1);
  await expect(page.getByText("Nobody can be added or removed.", { exact: false })).toBeVisible();
  for (const name of ["Add members", "Rename", "Delete"]) {
    await expect(page.getByRole("button", { name })).toHaveCount(0);
  }
  await expect(page.getByRole("checkbox")).toHaveCount(0);
  await checkBothThemes(page);
  await page.getByRole("navigation", { name: "Group" }).getByRole("link", { name: /^Roles/ }).click();
  await page.getByRole("button", { name: "Add roles" }).click();
  const dialog = page.getByRole("dialog", { name: "Add roles to Everyone" });
  await expect(dialog.getByText("A role on Everyone reaches all accounts")).toBeVisible();
  await expect(dialog.getByText(/0 service accounts/)).toBeVisible();
  await checkA11y(page);
});

test("who may not change groups sees them, and no act", async ({ page, browser, roster, mailbox }) => {
  await setUp(page, roster);
  const { key } = await call<{ key: string }>(page, "POST", "roles", { name: "Lookers", permissions: ["accounts.view"] });
  const id = await makeGroup(page, "Night shift");
  const { page: vera } = await join(page, browser, mailbox, "vera@example.com", "Vera", { roles: [key], groups: [id] });
  await vera.goto(`${roster.url}/groups`);
  await expect(row(vera, "Night shift")).toHaveCount(1);
  await expect(vera.getByRole("button", { name: "Create group" })).toHaveCount(0);
  await expect(vera.getByRole("button", { name: /^Actions/ })).toHaveCount(0);
  await vera.goto(`${roster.url}/groups/${id}`);
  await expect(row(vera, "vera@example.com")).toHaveCount(1);
  await expect(vera.getByRole("checkbox")).toHaveCount(0);
  await expect(vera.getByRole("button", { name: "Add members" })).toHaveCount(0);
  await checkBothThemes(vera);
});
