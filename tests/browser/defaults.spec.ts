// New accounts: their defaults in the organization's settings, and the "Advanced" part of the invite dialog.
import { call, join, makeGroup } from "./support/api.ts";
import { expect, linkIn, test } from "./support/fixtures.ts";
import { isAskedBeforeLeaving } from "./support/leave.ts";
import { accept, checkBothThemes, elsewhere, setUp } from "./support/people.ts";
import type { Page } from "@playwright/test";

async function openDefaults(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Settings menu" }).click();
  await page.getByRole("menuitem", { name: "Organization settings" }).click();
  await page.getByRole("link", { name: "New accounts defaults" }).click();
  await expect(page.getByRole("combobox", { name: "Default groups" })).toBeVisible();
}

interface Held {
  grants: { permission?: string; source: string }[];
  memberships: { group: { name: string } }[];
}

test("groups and permissions are chosen, previewed and given to accounts made from then on, and to no others", async ({ page, browser, roster, mailbox }) => {
  await setUp(page, roster);
  await makeGroup(page, "Newcomers");
  const ben = await join(page, browser, mailbox, "ben@example.com", "Ben");
  await openDefaults(page);
  await expect(page.getByText("In many cases, it makes sense to create a group with permissions for new users, and to set that group as the default for new users.")).toBeVisible();
  await expect(page.getByText("We recommend managing permissions at the group level and not assigning permissions to individual users.")).toBeVisible();
  await checkBothThemes(page);
  await expect(page.getByRole("button", { name: "Save changes" })).toBeDisabled();

  await page.getByRole("combobox", { name: "Default groups" }).fill("newc");
  await page.getByRole("option", { name: /^Newcomers/ }).click();
  await expect(page.getByRole("button", { name: "Remove Newcomers" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Remove Everyone" }), "Everyone has no x").toHaveCount(0);
  await page.getByRole("searchbox", { name: "Search permissions" }).fill("runs");
  await expect(page.getByRole("checkbox", { name: /^Change alerts/ })).toBeHidden();
  await page.getByRole("checkbox", { name: /^Log runs/ }).check();
  const preview = page.getByRole("region", { name: "What will change" });
  await expect(preview).toContainText("Log runs");
  await expect(preview).toContainText("Accounts of today stay as they are.");
  await checkBothThemes(page);
  await page.getByRole("button", { name: "Save changes" }).click();
  await expect(page.getByText("Defaults saved.", { exact: false }).first()).toBeVisible();
  await page.reload();
  await expect(page.getByRole("button", { name: "Remove Newcomers" })).toBeVisible();
  await expect(page.getByRole("checkbox", { name: /^Log runs/ })).toBeChecked();

  const ana = await join(page, browser, mailbox, "ana@example.com", "Ana");
  const held = (id: string) => call<Held>(page, "GET", `accounts/${id}/permissions`);
  const hers = await held(ana.id);
  expect(hers.grants.map(({ permission, source }) => [permission, source])).toContainEqual(["runs", "default"]);
  expect(hers.memberships.map(({ group }) => group.name)).toContain("Newcomers");
  const his = await held(ben.id);
  expect(his.grants).toEqual([]);
  expect(his.memberships.map(({ group }) => group.name)).not.toContain("Newcomers");

  await page.getByRole("button", { name: "Remove Newcomers" }).click();
  await expect(page.getByRole("button", { name: "Save changes" })).toBeEnabled();
  await page.getByRole("button", { name: "Save changes" }).click();
  await expect(page.getByText("Defaults saved.", { exact: false }).first()).toBeVisible();
  expect((await held(ana.id)).memberships.map(({ group }) => group.name), "what was given stays").toContain("Newcomers");
});

test("level of new accounts is chosen here and stands in the invite dialog beforehand", async ({ page, roster }) => {
  await setUp(page, roster);
  await openDefaults(page);
  await page.getByRole("combobox", { name: "Level of new accounts" }).selectOption("Editor");
  await page.getByRole("button", { name: "Save changes" }).click();
  await expect(page.getByText("Defaults saved.", { exact: false }).first()).toBeVisible();
  await page.goto(`${roster.url}/accounts?invite=1`);
  await expect(page.getByRole("dialog").getByRole("radio", { name: /^Editor/ })).toBeChecked();
});

test("defaults that are not saved are asked about before the page is left", async ({ page, roster }) => {
  await setUp(page, roster);
  await openDefaults(page);
  const box = page.getByRole("checkbox", { name: /^Log runs/ });
  await box.check();
  await isAskedBeforeLeaving(page, "Groups", () => expect(box).toBeChecked());
  await page.goBack();
  await expect(box).not.toBeChecked();
});

test("change of somebody else is told, and what was chosen is kept", async ({ page, roster, noConsoleErrors }) => {
  noConsoleErrors.expectFault(/status of 412/);
  await setUp(page, roster);
  await openDefaults(page);
  await page.getByRole("checkbox", { name: /^Log runs/ }).check();
  const { version } = await call<{ version: number }>(page, "GET", "organization/defaults");
  await call(page, "PUT", "organization/defaults", { groups: [], permissions: ["reports"] }, version);
  await page.getByRole("button", { name: "Save changes" }).click();
  await expect(page.getByText("Somebody else changed these defaults a moment ago")).toBeVisible();
  await expect(page.getByText("Permission Write reports was added", { exact: false })).toBeVisible();
  await expect(page.getByRole("checkbox", { name: /^Log runs/ })).toBeChecked();
  await expect(page.getByRole("checkbox", { name: /^Write reports/ })).toBeChecked();
  await checkBothThemes(page);
  await page.getByRole("button", { name: "Save changes" }).click();
  await expect(page.getByText("Defaults saved.", { exact: false }).first()).toBeVisible();
  const saved = await call<{ permissions: string[] }>(page, "GET", "organization/defaults");
  expect(saved.permissions.sort()).toEqual(["reports", "runs"]);
});

test.describe("Advanced part of the invite dialog", () => {
  test("roles and permissions are given, and what comes of it stands there before", async ({ page, browser, roster, mailbox }) => {
    await setUp(page, roster);
    await page.getByRole("button", { name: "Invite users" }).first().click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("textbox", { name: "E-mail addresses" }).fill("ana@example.com");
    await dialog.getByText("Advanced", { exact: true }).click();
    const outlook = dialog.getByRole("region", { name: "They will be able to" });
    await expect(outlook).toContainText("things that every user can");
    await dialog.getByRole("combobox", { name: "Roles" }).fill("Aler");
    await page.getByRole("option", { name: /^Alerts/ }).click();
    await expect(outlook).toContainText("Change alerts, Change notifications");
    await dialog.getByRole("combobox", { name: "Permissions" }).fill("runs");
    await page.getByRole("option", { name: /^Log runs/ }).click();
    await expect(outlook).toContainText("Log runs");
    await checkBothThemes(page);
    await dialog.getByRole("button", { name: /^Invite/ }).click();
    await expect(dialog.getByText("1 invited")).toBeVisible();
    await dialog.getByRole("button", { name: "Done" }).click();

    const ana = await elsewhere(browser);
    await accept(ana.page, linkIn(await mailbox.waitForMail("ana@example.com")), "Ana");
    await ana.page.goto(`${roster.url}/profile`);
    await expect(ana.page.getByRole("listitem").filter({ hasText: "Change notifications" })).toContainText("Role Alerts");
    await expect(ana.page.getByRole("listitem").filter({ hasText: "Log runs" })).toContainText("Given directly");
  });

  test("what the inviter does not hold is not offered", async ({ page, browser, roster, mailbox }) => {
    await setUp(page, roster);
    const role = { name: "Hosts", permissions: ["accounts.view", "accounts.invite", "alerts", "notifications"] };
    const { key } = await call<{ key: string }>(page, "POST", "roles", role);
    const host = await join(page, browser, mailbox, "hugo@example.com", "Hugo Host", { roles: [key] });
    await host.page.goto(`${roster.url}/accounts?invite=1`);
    const dialog = host.page.getByRole("dialog");
    await dialog.getByText("Advanced", { exact: true }).click();
    await expect(dialog.getByRole("region", { name: "They will be able to" })).toContainText("things that every user can");
    const offered = host.page.getByRole("option");
    await dialog.getByRole("combobox", { name: "Roles" }).click();
    await expect(offered.filter({ hasText: "Alerts" })).toHaveCount(1);
    await expect(offered.filter({ hasText: "Trending" })).toHaveCount(0);
    await expect(offered.filter({ hasText: "Owner" })).toHaveCount(0);
    await host.page.keyboard.press("Escape");
    await dialog.getByRole("combobox", { name: "Permissions" }).click();
    await expect(offered.filter({ hasText: "Change alerts" })).toHaveCount(1);
    await expect(offered.filter({ hasText: "Manage deployments" })).toHaveCount(0);
    await host.page.keyboard.press("Escape");
    await checkBothThemes(host.page);
  });
});
