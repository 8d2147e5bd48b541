// Object access: the product's objects, and who may view or modify each.
import { call, entries, join, makeGroup } from "./support/api.ts";
import { checkA11y, expect, test } from "./support/fixtures.ts";
import { checkBothThemes, row, setUp, undo } from "./support/people.ts";
import type { Page } from "@playwright/test";

async function register(page: Page, type: string, id: string, object: object): Promise<void> {
  await call(page, "PUT", `objects/${type}/${id}`, object);
}

async function open(page: Page, url: string, type: string, id: string, name: string): Promise<void> {
  await page.goto(`${url}/objects/${type}/${id}`);
  await expect(page.getByRole("heading", { name, level: 1 })).toBeVisible();
}

/** The row of whoever has access. */
function holder(page: Page, name: string) {
  return page.getByRole("table").getByRole("row").filter({ has: page.getByText(name, { exact: true }) });
}

test("empty list explains how the product registers an object, with a line to copy", async ({ page, roster }) => {
  await setUp(page, roster);
  await entries(page).filter({ hasText: "Object access" }).click();
  await expect(page.getByRole("heading", { name: "Object access", level: 1 })).toBeVisible();
  await expect(page.getByText("No objects yet")).toBeVisible();
  await expect(page.getByRole("textbox", { name: "Register one" })).toHaveValue(new RegExp(`^curl -X PUT ${roster.url}/api/v1/objects/dashboard/`));
  await checkBothThemes(page);
});

test("objects are found by search and type, and the address holds both", async ({ page, roster }) => {
  await setUp(page, roster);
  await register(page, "dashboard", "sales-q3", { name: "Sales Q3", restricted: true });
  await register(page, "dashboard", "latency", { name: "Latency" });
  await register(page, "alert", "disk", { name: "Disk full" });
  await page.goto(`${roster.url}/objects`);
  // Restricted, and nobody was given access yet.
  await expect(row(page, "Sales Q3")).toContainText("Orphan");
  await expect(row(page, "Latency")).toContainText("Open");
  await checkBothThemes(page);
  await page.getByRole("button", { name: "Alert", exact: true }).click();
  await expect(row(page, "Sales Q3")).toHaveCount(0);
  await expect(row(page, "Disk full")).toHaveCount(1);
  await expect.poll(() => new URL(page.url()).searchParams.get("type")).toBe("alert");
  await page.getByRole("button", { name: "All types" }).click();
  await page.getByRole("searchbox", { name: "Search objects" }).fill("sales");
  await expect(row(page, "Latency")).toHaveCount(0);
  await expect.poll(() => new URL(page.url()).searchParams.get("q")).toBe("sales");
  await page.reload();
  await expect(row(page, "Latency")).toHaveCount(0);
  await row(page, "Sales Q3").getByRole("link", { name: "Sales Q3" }).click();
  await expect(page.getByRole("heading", { name: "Sales Q3", level: 1 })).toBeVisible();
  await page.goBack();
  await page.getByRole("searchbox", { name: "Search objects" }).fill("nothing such");
  await expect(page.getByText("Nothing found")).toBeVisible();
  await page.getByRole("button", { name: "Clear filters" }).click();
  await expect(row(page, "Latency")).toHaveCount(1);
  await page.setViewportSize({ width: 390, height: 844 });
  await checkA11y(page);
});

test("object is restricted to a group and one person until Friday, changed and revoked with undo", async ({ page, browser, roster, mailbox }) => {
  await setUp(page, roster);
  await join(page, browser, mailbox, "ana@example.com", "Ana Novak");
  await makeGroup(page, "Finance");
  await register(page, "dashboard", "sales-q3", { name: "Sales Q3" });
  await open(page, roster.url, "dashboard", "sales-q3", "Sales Q3");
  await checkBothThemes(page);
  const restricted = page.getByRole("switch", { name: "Restricted" });
  await restricted.click();
  await undo(page, "Sales Q3 is restricted now");
  await expect(page.getByText("Undone: Sales Q3 is as before.").first()).toBeVisible();
  await expect(restricted).not.toBeChecked();
  await restricted.click();
  await expect(restricted).toBeChecked();

  await page.getByRole("button", { name: "Grant access" }).click();
  const dialog = page.getByRole("dialog", { name: "Grant access" });
  await dialog.getByRole("button", { name: "Grant access" }).click();
  await expect(dialog.getByText("Choose at least one.")).toBeVisible();
  const who = dialog.getByRole("combobox", { name: "People, services and groups" });
  await who.fill("Fin");
  await page.getByRole("option", { name: /^Finance/ }).click();
  await who.fill("ana@");
  await page.getByRole("option", { name: /^Ana Novak/ }).click();
  await dialog.getByRole("radio", { name: /^Modify/ }).check();
  await dialog.getByRole("textbox", { name: /^Ends/ }).or(dialog.getByLabel(/^Ends/)).first().fill("2020-01-01T10:00");
  await dialog.getByRole("button", { name: "Grant access" }).click();
  await expect(dialog.getByText("Choose a time to come.")).toBeVisible();
  await dialog.getByLabel(/^Ends/).first().fill("2099-12-04T18:00");
  await checkBothThemes(page);
  await dialog.getByRole("button", { name: "Grant access" }).click();
  await expect(dialog).toBeHidden();
  await expect(holder(page, "Finance")).toContainText("Modify");
  await expect(holder(page, "Ana Novak")).toContainText("until 4 Dec 2099, 18:00");

  await holder(page, "Ana Novak").getByRole("button", { name: /^Actions/ }).click();
  await page.getByRole("menuitemradio", { name: /^View/ }).click();
  await expect(holder(page, "Ana Novak")).toContainText("View");
  await holder(page, "Ana Novak").getByRole("button", { name: /^Actions/ }).click();
  await page.getByRole("menuitem", { name: "Revoke" }).click();
  await expect(holder(page, "Ana Novak")).toHaveCount(0);
  await undo(page, "Access of Ana Novak was revoked.");
  await expect(holder(page, "Ana Novak")).toContainText("View");
  await checkBothThemes(page);
});

test("whoever can modify shares without any permission; who can view only looks; others find nothing", async ({ page, browser, roster, mailbox, noConsoleErrors }) => {
  noConsoleErrors.expectFault(/status of 40[34]/);
  await setUp(page, roster);
  const ana = await join(page, browser, mailbox, "ana@example.com", "Ana Novak");
  const ben = await join(page, browser, mailbox, "ben@example.com", "Ben Adler");
  await register(page, "dashboard", "sales-q3", { name: "Sales Q3", restricted: true });
  await register(page, "dashboard", "secret", { name: "Secret", restricted: true });
  await expect(entries(ana.page)).toHaveText(["Profile"]);
  await call(page, "PUT", "objects/dashboard/sales-q3/access", { account: ana.id, level: "modify" }, 1);

  // The console of whoever gets access follows without a reload.
  await expect(entries(ana.page)).toHaveText(["Object access"]);
  await entries(ana.page).first().click();
  await expect(row(ana.page, "Sales Q3")).toContainText("Modify");
  await expect(row(ana.page, "Secret")).toHaveCount(0);
  await expect(ana.page.getByRole("button", { name: "Orphans" })).toHaveCount(0);
  await row(ana.page, "Sales Q3").getByRole("link", { name: "Sales Q3" }).click();
  await ana.page.getByRole("button", { name: "Grant access" }).click();
  const dialog = ana.page.getByRole("dialog", { name: "Grant access" });
  await dialog.getByRole("combobox", { name: "People, services and groups" }).fill("ben");
  await ana.page.getByRole("option", { name: /^Ben Adler/ }).click();
  await dialog.getByRole("button", { name: "Grant access" }).click();
  await expect(holder(ana.page, "Ben Adler")).toContainText("View");
  await checkBothThemes(ana.page);

  await open(ben.page, roster.url, "dashboard", "sales-q3", "Sales Q3");
  await expect(ben.page.getByRole("button", { name: "Grant access" })).toHaveCount(0);
  await expect(ben.page.getByRole("switch", { name: "Restricted" })).toHaveCount(0);
  await expect(holder(ben.page, "Ana Novak").getByRole("button")).toHaveCount(0);
  await ben.page.goto(`${roster.url}/objects/dashboard/secret`);
  await expect(ben.page.getByText("There is no such object here")).toBeVisible();
  await checkBothThemes(ben.page);

  const cleo = await join(page, browser, mailbox, "cleo@example.com", "Cleo");
  await cleo.page.goto(`${roster.url}/objects/dashboard/sales-q3`);
  await expect(cleo.page.getByText("You may not see this page")).toBeVisible();
  await expect(cleo.page.getByText("Whoever can modify an object can share it with you.", { exact: false })).toBeVisible();

  await ana.page.getByRole("button", { name: "Actions for Ana Novak" }).click();
  await ana.page.getByRole("menuitem", { name: "Revoke" }).click();
  await ana.page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
  await expect(ana.page.getByText(/There is no such object here|You may not see this page/)).toBeVisible();
});

test("right to share comes and goes within five seconds, without a reload", async ({ page, browser, roster, mailbox, noConsoleErrors }) => {
  noConsoleErrors.expectFault(/status of 40[34]/);
  await setUp(page, roster);
  const ana = await join(page, browser, mailbox, "ana@example.com", "Ana Novak");
  await register(page, "dashboard", "sales-q3", { name: "Sales Q3", restricted: true });
  const give = async (level: string) => {
    const { version } = await call<{ version: number }>(page, "GET", "objects/dashboard/sales-q3");
    await call(page, "PUT", "objects/dashboard/sales-q3/access", { account: ana.id, level }, version);
  };
  await give("view");
  await open(ana.page, roster.url, "dashboard", "sales-q3", "Sales Q3");
  const grant = ana.page.getByRole("button", { name: "Grant access" });
  await expect(ana.page.getByText("Who has access").first()).toBeVisible();
  await expect(grant).toHaveCount(0);
  await give("modify");
  await expect(grant).toBeVisible({ timeout: 5_000 });
  await expect(ana.page.getByRole("switch", { name: "Restricted" })).toBeVisible();
  await give("view");
  await expect(grant).toHaveCount(0, { timeout: 5_000 });
  await expect(ana.page.getByRole("switch", { name: "Restricted" })).toHaveCount(0);
  const { version } = await call<{ version: number }>(page, "GET", "objects/dashboard/sales-q3");
  await call(page, "DELETE", `objects/dashboard/sales-q3/access?account=${ana.id}`, undefined, version);
  await expect(ana.page.getByText(/There is no such object here|You may not see this page/)).toBeVisible({ timeout: 5_000 });
});

test("object that nobody can modify any more is listed as an orphan, and gets another owner", async ({ page, browser, roster, mailbox }) => {
  await setUp(page, roster);
  const ana = await join(page, browser, mailbox, "ana@example.com", "Ana Novak");
  await join(page, browser, mailbox, "ben@example.com", "Ben Adler");
  await register(page, "dashboard", "sales-q3", { name: "Sales Q3", owner: ana.id, restricted: true });
  await register(page, "dashboard", "latency", { name: "Latency" });
  const { version } = await call<{ version: number }>(page, "GET", `accounts/${ana.id}`);
  await call(page, "PATCH", `accounts/${ana.id}`, { status: "deactivated" }, version);
  await page.goto(`${roster.url}/objects`);
  await page.getByRole("button", { name: "Orphans" }).click();
  await expect(row(page, "Latency")).toHaveCount(0);
  await expect(row(page, "Sales Q3")).toContainText("Orphan");
  await checkBothThemes(page);
  await row(page, "Sales Q3").getByRole("link", { name: "Sales Q3" }).click();
  await expect(page.getByText("Nobody who is active can modify this any more")).toBeVisible();
  await page.getByRole("button", { name: "Change owner" }).click();
  const dialog = page.getByRole("dialog", { name: "Change owner" });
  await dialog.getByRole("combobox", { name: "Owner" }).fill("ben");
  await page.getByRole("option", { name: /^Ben Adler/ }).click();
  await checkBothThemes(page);
  await dialog.getByRole("button", { name: "Change owner" }).click();
  await expect(page.getByText(/Ben Adler owns .* now\./).first()).toBeVisible();
  await expect(page.getByText("Nobody who is active can modify this any more")).toHaveCount(0);
  await page.goto(`${roster.url}/objects?orphan=true`);
  await expect(page.getByText("No orphans")).toBeVisible();
});

test("ids of the product with signs in them lead to their page", async ({ page, roster }) => {
  await setUp(page, roster);
  await register(page, "dashboard", encodeURIComponent("half:a&b"), { name: "Half" });
  await page.goto(`${roster.url}/objects`);
  await row(page, "Half").getByRole("link", { name: "Half" }).click();
  await expect(page.getByText("half:a&b", { exact: true })).toBeVisible();
  await page.reload();
  await expect(page.getByText("half:a&b", { exact: true })).toBeVisible();
});
