// One account's permissions: given and taken, explained and questioned; Owners; rights that follow.
import type { Browser, Page } from "@playwright/test";
import { call, join, makeGroup } from "./support/api.ts";
import { accountId, bulk, choose } from "./support/bulk.ts";
import { expect, type Mailbox, test } from "./support/fixtures.ts";
import { act, checkBothThemes, invite, row, setUp, signIn, undo } from "./support/people.ts";

/** Ana, who has accepted her invitation in a browser of her own. */
async function anaJoins(page: Page, browser: Browser, mailbox: Mailbox): Promise<Page> {
  const ana = await join(page, browser, mailbox, "ana@example.com", "Ana Novak");
  await expect(row(page, "ana@example.com")).toContainText("Active");
  return ana.page;
}

async function openAna(page: Page): Promise<void> {
  await act(page, "ana@example.com", "Permissions");
  await expect(page.getByRole("heading", { name: "Ana Novak", level: 1 })).toBeVisible();
}

function part(page: Page, heading: string) {
  return page.locator("section, .card").filter({ has: page.getByRole("heading", { name: heading, exact: true }) }).last();
}

test("role is given until a day with a preview, explained, and taken back by Undo", async ({ page, browser, roster, mailbox }) => {
  await setUp(page, roster);
  await anaJoins(page, browser, mailbox);
  await openAna(page);
  await expect(part(page, "Groups")).toContainText("Everyone is in this group");
  await checkBothThemes(page);

  await page.getByRole("button", { name: "Add role" }).click();
  const dialog = page.getByRole("dialog", { name: "Add a role to Ana Novak" });
  await expect(dialog.getByRole("button", { name: "Add role" })).toHaveAttribute("aria-disabled", "true");
  await choose(page, dialog, "Role", "Alerts");
  await dialog.getByLabel("Until").focus();
  await page.keyboard.type("31012099");
  await expect(dialog.getByText("Enter a day and a time, or leave both empty.").first(), "a day without a time is not no end").toBeVisible();
  await expect(dialog.getByRole("button", { name: "Add role" })).toHaveAttribute("aria-disabled", "true");
  await dialog.getByLabel("Until").fill("2099-01-31T18:00");
  await expect(dialog.getByText(/Until 31 Jan 2099, 18:00/)).toBeVisible();
  await expect(dialog.getByRole("region", { name: "What will change" })).toContainText("Change alerts");
  await checkBothThemes(page);
  await dialog.getByRole("button", { name: "Add role" }).click();
  await expect(dialog).toBeHidden();

  await expect(part(page, "Roles")).toContainText("Alerts");
  await expect(part(page, "Roles")).toContainText("Given by Olivia Owner");
  await expect(part(page, "Roles")).toContainText("until 31 Jan 2099, 18:00");
  const held = part(page, "Effective permissions");
  await held.getByRole("searchbox", { name: "Search permissions" }).fill("change alerts");
  await expect(held).toContainText("Role Alerts, until 31 Jan 2099, 18:00");

  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByText("Undone.").first()).toBeVisible();
  await expect(part(page, "Roles")).toContainText("No roles of its own.");
  await expect(held).toContainText("No permission it holds fits the search.");
});

test("single permission is given another end and then removed", async ({ page, browser, roster, mailbox }) => {
  await setUp(page, roster);
  await anaJoins(page, browser, mailbox);
  await bulk(page, ["ana@example.com"], { type: "add_permission", permission: "reports" });
  await openAna(page);
  const permissions = part(page, "Single permissions");
  await permissions.getByRole("button", { name: "Change the end of Write reports" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Until").fill("2099-12-24T09:30");
  await dialog.getByRole("button", { name: "Add permission" }).or(dialog.getByRole("button", { name: "Save changes" })).click();
  await expect(permissions).toContainText("until 24 Dec 2099, 09:30");
  await permissions.getByRole("button", { name: "Remove Write reports" }).click();
  await expect(dialog.getByRole("region", { name: "What will change" })).toContainText("Write reports");
  await dialog.getByRole("button", { name: "Remove permission" }).click();
  await expect(permissions.getByRole("button", { name: "Remove Write reports" })).toHaveCount(0);
});

test("each step of a reason leads to its page", async ({ page, browser, roster, mailbox }) => {
  await setUp(page, roster);
  await anaJoins(page, browser, mailbox);
  await bulk(page, ["ana@example.com"], { type: "add_role", role: "alerts" });
  await openAna(page);
  const held = part(page, "Effective permissions");
  await held.getByRole("link", { name: "Alerts" }).first().click();
  await expect(page).toHaveURL(/\/roles\/[0-9a-f-]{36}$/);
  await page.goBack();
  await part(page, "Groups").getByRole("link", { name: "Everyone" }).click();
  await expect(page).toHaveURL(/\/groups\/[0-9a-f-]{36}$/);
});

test("reasons on the page itself lead to their place on it, also where the search left it out", async ({ page, browser, roster, mailbox }) => {
  await setUp(page, roster, "Observability with roles and groups");
  await anaJoins(page, browser, mailbox);
  await bulk(page, ["ana@example.com"], { type: "add_permission", permission: "accounts" });
  await openAna(page);
  const held = part(page, "Effective permissions");
  const search = held.getByRole("searchbox", { name: "Search permissions" });
  await search.fill("invite");
  const line = held.getByRole("listitem").filter({ hasText: "comes with" }).first();
  await line.getByRole("link", { name: "Given directly" }).click();
  await expect(page.locator(":focus")).toContainText("Single permissions");
  await search.fill("invite");
  await line.getByRole("link").last().click();
  await expect(page.locator(":focus")).toHaveAttribute("id", "permission-accounts");
  await checkBothThemes(page);
});

test("question is answered with the reason and the fixes, and a fix is applied", async ({ page, browser, roster, mailbox }) => {
  await setUp(page, roster);
  await anaJoins(page, browser, mailbox);
  await openAna(page);
  const card = part(page, "Why, and why not");
  await card.getByRole("button", { name: "Ask" }).click();
  await expect(card.getByText("Choose a permission first.")).toBeVisible();
  await choose(page, card, "Permission", "Change alerts");
  await card.getByRole("button", { name: "Ask" }).click();
  await expect(card).toContainText("No: the account does not hold the permission.");
  await checkBothThemes(page);
  const fix = card.getByRole("listitem").filter({ hasText: 'Give the role "Alerts"' });
  await fix.getByRole("button", { name: "Apply" }).click();
  const dialog = page.getByRole("dialog", { name: "Add the role Alerts to Ana Novak" });
  await expect(dialog.getByRole("region", { name: "What will change" })).toContainText("1 person gains");
  await dialog.getByRole("button", { name: "Add role" }).click();
  await expect(card).toContainText("Yes: Change alerts");
  await expect(card).toContainText("Role Alerts");
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(card, "it asks again by itself").toContainText("No: the account does not hold the permission.");
});

test("restricted dashboard is denied for lack of access, which a fix gives", async ({ page, browser, roster, mailbox }) => {
  await setUp(page, roster);
  await anaJoins(page, browser, mailbox);
  await call(page, "PUT", "objects/dashboard/sales-q3", { name: "Sales Q3", restricted: true });
  await openAna(page);
  const card = part(page, "Why, and why not");
  await choose(page, card, "Permission", "View dashboards");
  await card.getByLabel("Object", { exact: true }).selectOption({ label: "Dashboard" });
  await card.getByRole("button", { name: "Ask" }).click();
  await expect(card.getByText("Choose the object first.")).toBeVisible();
  await choose(page, card, "Object name or ID", "Sales Q3");
  await checkBothThemes(page);
  await card.getByRole("button", { name: "Ask" }).click();
  await expect(card).toContainText("No: the account holds the permission, but has no such access to the object.");
  await card.getByRole("listitem").filter({ hasText: "Give view access to this object" }).getByRole("button", { name: "Apply" }).click();
  await expect(card).toContainText("Yes: View dashboards, View \u201cSales Q3\u201d");
  await card.getByRole("link", { name: "Access to view it" }).click();
  await expect(page.getByRole("heading", { name: "Sales Q3", level: 1 })).toBeVisible();
});

test("object that is not listed is asked about by its ID", async ({ page, browser, roster, mailbox }) => {
  await setUp(page, roster);
  await anaJoins(page, browser, mailbox);
  await openAna(page);
  const card = part(page, "Why, and why not");
  await choose(page, card, "Permission", "View dashboards");
  await card.getByLabel("Object", { exact: true }).selectOption({ label: "Dashboard" });
  await card.getByRole("combobox", { name: "Object name or ID" }).fill("latency");
  await page.getByRole("option", { name: "Ask about the ID “latency”" }).click();
  await card.getByRole("button", { name: "Ask" }).click();
  await expect(card).toContainText("No: no such object is registered");
});

test("who manages groups alone adds to groups from the account's page, and applies such a fix", async ({ page, browser, roster, mailbox }) => {
  await setUp(page, roster);
  const permissions = ["accounts.view", "groups.manage", "alerts", "notifications", "dashboards.view"];
  const { key } = await call<{ key: string }>(page, "POST", "roles", { name: "Group keepers", permissions });
  const ana = await join(page, browser, mailbox, "ana@example.com", "Ana Novak");
  const greta = await join(page, browser, mailbox, "greta@example.com", "Greta Groups", { roles: [key] });
  const group = await makeGroup(page, "Night shift");
  await call(page, "PATCH", `groups/${group}`, { roles: ["alerts"] }, 1);
  await greta.page.goto(`${roster.url}/accounts/${ana.id}`);
  await expect(greta.page.getByRole("button", { name: "Add to group" })).toBeVisible();
  await expect(greta.page.getByRole("button", { name: "Add role" })).toHaveCount(0);
  const card = part(greta.page, "Why, and why not");
  await choose(greta.page, card, "Permission", "Change alerts");
  await card.getByRole("button", { name: "Ask" }).click();
  await card.getByRole("listitem").filter({ hasText: 'Add to the group "Night shift"' }).getByRole("button", { name: "Apply" }).click();
  const dialog = greta.page.getByRole("dialog", { name: "Add Ana Novak to the group Night shift" });
  await expect(dialog.getByRole("region", { name: "What will change" })).toContainText("1 person gains");
  await dialog.getByRole("button", { name: "Add to group" }).click();
  await expect(card).toContainText("Yes: Change alerts");
  await part(greta.page, "Groups").getByRole("button", { name: "Remove Night shift" }).click();
  await greta.page.getByRole("dialog").getByRole("button", { name: "Remove from group" }).click();
  await expect(card).toContainText("No: the account does not hold the permission.");
  await undo(greta.page, "is no longer in Night shift.");
  await expect(card).toContainText("Yes: Change alerts");
});

test("deactivated account holds nothing, and it is said what it would hold", async ({ page, browser, roster, mailbox }) => {
  await setUp(page, roster);
  await anaJoins(page, browser, mailbox);
  await bulk(page, ["ana@example.com"], { type: "add_role", role: "alerts" });
  await bulk(page, ["ana@example.com"], { type: "deactivate" });
  await openAna(page);
  const held = part(page, "Effective permissions");
  await expect(held).toContainText("It may do nothing now");
  await expect(held).toContainText("Change alerts");
});

test("Owner makes and unmakes another, and the last one stays", async ({ page, browser, roster, mailbox }) => {
  await setUp(page, roster);
  await anaJoins(page, browser, mailbox);
  await act(page, "ana@example.com", "Make owner");
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText("An Owner holds every permission");
  await dialog.getByRole("button", { name: "Make owner" }).click();
  await expect(page.getByText("Ana Novak has Owner now.").first()).toBeVisible();
  await act(page, "ana@example.com", "Remove owner");
  await dialog.getByRole("button", { name: "Remove owner" }).click();
  await expect(page.getByText("Ana Novak no longer has Owner.").first()).toBeVisible();
  await act(page, "olivia@example.com", "Remove owner");
  await expect(dialog.getByRole("region", { name: "What will change" })).toContainText("The last Owner stays");
  await expect(dialog.getByText("Nobody gains or loses a permission")).toHaveCount(0);
  await expect(dialog.getByRole("button", { name: "Remove owner" })).toHaveAttribute("aria-disabled", "true");
  await checkBothThemes(page);
});

test("preview says until when permissions are held, and who stays as they are", async ({ page, browser, roster, mailbox }) => {
  await setUp(page, roster);
  await anaJoins(page, browser, mailbox);
  await bulk(page, ["ana@example.com"], { type: "add_role", role: "alerts" });
  await openAna(page);
  await part(page, "Permissions").getByRole("button", { name: "Change the end of Alerts" }).click();
  const dialog = page.getByRole("dialog");
  const preview = dialog.getByRole("region", { name: "What will change" });
  await dialog.getByLabel("Until").fill("2099-12-04T18:00");
  await expect(preview).toContainText(/1 person loses .* from 4 Dec 2099, 18:00/);
  await checkBothThemes(page);
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await part(page, "Permissions").getByRole("button", { name: "Add permission" }).click();
  await choose(page, dialog, "Permission", "View billing");
  await dialog.getByLabel("Until").fill("2099-12-04T18:00");
  await expect(preview).toContainText("1 person gains View billing until 4 Dec 2099, 18:00");
});

test("what an admin may not change is not offered: Owners, higher roles, groups that carry them", async ({ page, browser, roster, mailbox }) => {
  await setUp(page, roster);
  await invite(page, "ben@example.com");
  const high = await call<{ id: string; key: string }>(page, "POST", "roles", { name: "Biller", permissions: ["billing.view"] });
  const group = await makeGroup(page, "Finance");
  await makeGroup(page, "Finders");
  await call(page, "PATCH", `groups/${group}`, { roles: [high.key] }, 1);
  const permissions = ["accounts.view", "accounts.manage", "roles.manage", "groups.manage"];
  const ana = await join(page, browser, mailbox, "ana@example.com", "Ana Novak", { permissions });

  await ana.page.goto(`${roster.url}/accounts`);
  await expect(row(ana.page, "ben@example.com").getByRole("button", { name: /^Change level of/ })).toHaveCount(1);
  await expect(row(ana.page, "olivia@example.com")).toHaveCount(1);
  await expect(row(ana.page, "olivia@example.com").getByRole("button", { name: /^Change level of/ })).toHaveCount(0);
  await row(ana.page, "olivia@example.com").getByRole("button", { name: /Actions/ }).click();
  await expect(ana.page.getByRole("menuitem", { name: "Copy e-mail" })).toBeVisible();
  await expect(ana.page.getByRole("menuitem", { name: "Deactivate" })).toHaveCount(0);
  await ana.page.keyboard.press("Escape");

  await ana.page.goto(`${roster.url}/accounts/${await accountId(page, "olivia@example.com")}`);
  await expect(part(ana.page, "Permissions").getByText("Owner").first()).toBeVisible();
  await expect(ana.page.getByRole("button", { name: "Add role" })).toHaveCount(0);

  await ana.page.goto(`${roster.url}/roles/${high.id}`);
  await expect(ana.page.getByText("This role gives more than you hold")).toBeVisible();
  await expect(ana.page.getByRole("button", { name: "Delete" })).toHaveCount(0);
  await expect(ana.page.getByRole("button", { name: "Review changes" })).toHaveCount(0);
  await checkBothThemes(ana.page);

  await ana.page.goto(`${roster.url}/groups/${group}`);
  await expect(ana.page.getByRole("button", { name: "Rename" })).toBeVisible();
  await expect(ana.page.getByRole("button", { name: "Delete" })).toHaveCount(0);

  await ana.page.goto(`${roster.url}/accounts/${await accountId(page, "ben@example.com")}`);
  await ana.page.getByRole("button", { name: "Add to group" }).click();
  const dialog = ana.page.getByRole("dialog");
  await dialog.getByRole("combobox", { name: "Group" }).fill("Fin");
  await expect(ana.page.getByRole("option", { name: "Finders" })).toBeVisible();
  await expect(ana.page.getByRole("option", { name: "Finance" })).toHaveCount(0);
});

test("person is signed out everywhere at once", async ({ page, browser, roster, mailbox, noConsoleErrors }) => {
  noConsoleErrors.expectFault(/status of 401/);
  await setUp(page, roster);
  const ana = await anaJoins(page, browser, mailbox);
  await act(page, "ana@example.com", "Sign out everywhere");
  await page.getByRole("dialog").getByRole("button", { name: "Sign out everywhere" }).click();
  await expect(page.getByText("Ana Novak was signed out everywhere.").first()).toBeVisible();
  await expect(ana.getByRole("heading", { name: "Sign in" }), "without a reload").toBeVisible();
  await signIn(ana, "ana@example.com");
  await expect(ana.getByRole("button", { name: "Profile menu" })).toBeVisible();
});

test("rights given and taken elsewhere show within five seconds", async ({ page, browser, roster, mailbox, noConsoleErrors }) => {
  noConsoleErrors.expectFault(/status of 40[13]/);
  await setUp(page, roster);
  const ana = await anaJoins(page, browser, mailbox);
  const entry = ana.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Accounts" });
  await expect(entry).toHaveCount(0);
  await bulk(page, ["ana@example.com"], { type: "set_level", level: "admin" });
  await expect(entry).toBeVisible({ timeout: 5_000 });
  await entry.click();
  await expect(ana.getByRole("button", { name: "Invite users" }).first()).toBeVisible();
  await ana.goto(`${roster.url}/accounts/${await accountId(page, "olivia@example.com")}`);
  await expect(ana.getByRole("heading", { name: "Olivia Owner", level: 1 })).toBeVisible();
  await bulk(page, ["ana@example.com"], { type: "set_level", level: "viewer" });
  await expect(ana.getByText("You may not see this page")).toBeVisible({ timeout: 5_000 });
  await expect(ana.getByText('It needs the permission "View accounts".')).toBeVisible();
  await expect(entry).toHaveCount(0);
});
