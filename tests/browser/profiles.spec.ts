// Each product's document, played in its profile.
import { call, entries, join } from "./support/api.ts";
import { expect, test } from "./support/fixtures.ts";
import { checkBothThemes, row, setUp, undo } from "./support/people.ts";

test.describe("Wavefront: roles and groups", () => {
  test("role Interns on Everyone gives Dashboards to all, and says so", async ({ page, browser, roster, mailbox }) => {
    await setUp(page, roster, "Observability with roles and groups");
    const ana = await join(page, browser, mailbox, "ana@example.com", "Ana");

    await entries(page).filter({ hasText: "Roles" }).click();
    await page.getByRole("link", { name: "Create role" }).click();
    await page.getByRole("textbox", { name: "Name" }).fill("Interns");
    await page.getByRole("checkbox", { name: /^Dashboards / }).check();
    await checkBothThemes(page);
    await page.getByRole("button", { name: "Create role" }).click();
    await expect(page.getByRole("heading", { name: "Interns", level: 1 })).toBeVisible();

    await entries(page).filter({ hasText: "Groups" }).click();
    await page.getByRole("link", { name: "Everyone" }).click();
    await page.getByRole("navigation", { name: "Group", exact: true }).getByRole("link", { name: /^Roles/ }).click();
    await page.getByRole("button", { name: "Add roles" }).click();
    const dialog = page.getByRole("dialog");
    await expect(dialog.getByText("A role on Everyone reaches all accounts")).toBeVisible();
    await dialog.getByRole("combobox", { name: "Roles" }).fill("Interns");
    await page.getByRole("option", { name: /^Interns/ }).click();
    await expect(dialog.getByRole("region", { name: "What will change" })).toContainText("Dashboards");
    await checkBothThemes(page);
    await dialog.getByRole("button", { name: "Add roles" }).click();
    await expect(row(page, "Interns")).toHaveCount(1);

    await ana.page.goto(`${roster.url}/profile`);
    const line = ana.page.getByRole("listitem").filter({ hasText: "Role Interns" });
    await expect(line).toContainText("Dashboards");
    await expect(line).toContainText("Everyone has it");
    await page.goto(`${roster.url}/accounts/${ana.id}`);
    await expect(page.getByRole("listitem").filter({ hasText: "Interns" }).filter({ hasText: "Dashboards" }).first()).toContainText("Everyone");
    await checkBothThemes(page);
  });

  test("every user has the baseline; without Accounts the administration is not there", async ({ page, browser, roster, mailbox }) => {
    await setUp(page, roster, "Observability with roles and groups");
    const ana = await join(page, browser, mailbox, "ana@example.com", "Ana");
    await expect(entries(ana.page)).toHaveText(["Profile"]);
    await expect(ana.page.getByRole("button", { name: "Settings menu" })).toHaveCount(0);
    await ana.page.goto(`${roster.url}/profile`);
    for (const label of ["View dashboards", "View alerts", "View metrics", "View events", "Favourite dashboards", "Explore charts", "Share links", "Open own profile"]) {
      await expect(ana.page.getByText(label, { exact: true })).toBeVisible();
    }
    const ben = await join(page, browser, mailbox, "ben@example.com", "Ben", { permissions: ["accounts"] });
    await expect(entries(ben.page)).toHaveText(["Accounts", "Groups", "Roles", "Organization settings"]);
  });
});

test.describe("Circonus: columns and functional roles", () => {
  test("user is dragged from the Admin column to the Normal column, and further by keyboard", async ({ page, browser, roster, mailbox }) => {
    await setUp(page, roster, "Monitoring with columns");
    const service = await join(page, browser, mailbox, "customerservice@example.com", "Customer Service", { level: "admin" });
    await expect(entries(service.page).first()).toHaveText("Accounts");
    await page.goto(`${roster.url}/accounts`);
    await page.getByRole("button", { name: "Board" }).click();
    const column = (name: string) => page.getByRole("region", { name, exact: true });
    for (const name of ["Admin", "Normal", "Limited", "Read-only"]) {
      await expect(column(name)).toBeVisible();
    }
    await checkBothThemes(page);
    await column("Admin").getByText("customerservice@example.com").dragTo(column("Normal"));
    await expect(column("Normal").getByText("customerservice@example.com")).toBeVisible();
    await expect(column("Admin").getByText("customerservice@example.com")).toHaveCount(0);
    // The console of the moved person follows without a reload.
    await expect(entries(service.page)).toHaveText(["Profile"]);

    await column("Normal").getByRole("row").filter({ hasText: "customerservice@example.com" }).focus();
    await page.keyboard.press("Space");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Space");
    await expect(column("Limited").getByText("customerservice@example.com")).toBeVisible();
    await undo(page, "is now Limited.");
    await expect(column("Normal").getByText("customerservice@example.com")).toBeVisible();
    await expect(page.getByText("Undone.").first(), "what the server has answered outlives a reload").toBeVisible();
    await page.reload();
    await expect(column("Normal").getByText("customerservice@example.com")).toBeVisible();
  });

  test("functional role narrows a Normal user to its own options, and takes nothing from view", async ({ page, browser, roster, mailbox }) => {
    await setUp(page, roster, "Monitoring with columns");
    const ana = await join(page, browser, mailbox, "ana@example.com", "Ana", { level: "normal" });
    await page.goto(`${roster.url}/accounts`);
    await row(page, "ana@example.com").getByRole("checkbox", { name: "Select Ana" }).check();
    await page.getByRole("button", { name: "+Role" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("combobox", { name: "Role" }).fill("Alerts");
    await page.getByRole("option", { name: /^Alerts/ }).click();
    await checkBothThemes(page);
    await dialog.getByRole("button", { name: "Add role" }).click();
    await expect(row(page, "ana@example.com")).toContainText("Limited");
    await ana.page.goto(`${roster.url}/profile`);
    for (const [label, count] of [["Respond to alerts", 1], ["Modify alert rules", 1], ["View all pages", 1], ["Modify checks", 0], ["Change graphs", 0]] as const) {
      await expect(ana.page.getByText(label, { exact: true }), label).toHaveCount(count);
    }
  });
});

test.describe("Managed VictoriaMetrics: the matrix", () => {
  const MATRIX: [label: string, admin: boolean, editor: boolean, viewer: boolean][] = [
    ["Manage deployments", true, true, false],
    ["View all deployment tabs", true, true, false],
    ["View deployments", true, true, true],
    ["Check billing", true, false, false],
    ["Manage notifications", true, true, false],
    ["Check audit logs", true, true, false],
    ["Manage users", true, false, false],
  ];
  const ENTRIES = {
    admin: ["Accounts", "Groups", "Roles", "Object access", "Organization dashboard", "Organization settings"],
    editor: ["Profile"],
    viewer: ["Profile"],
  };

  test("Admin, Editor and Viewer hold and see exactly what the document says", async ({ page, browser, roster, mailbox }) => {
    await setUp(page, roster, "Managed service");
    for (const [at, level] of (["admin", "editor", "viewer"] as const).entries()) {
      const person = await join(page, browser, mailbox, `${level}@example.com`, `Some ${level}`, { level });
      await expect(entries(person.page)).toHaveText(ENTRIES[level]);
      await person.page.goto(`${roster.url}/profile`);
      await expect(person.page.getByText("View deployments", { exact: true })).toBeVisible();
      for (const [label, ...held] of MATRIX) {
        await expect(person.page.getByText(label, { exact: true }), `${level}: ${label}`).toHaveCount(held[at] ? 1 : 0);
      }
    }
  });

  test("hidden page says what is missing and who can give it, at every address", async ({ page, browser, roster, mailbox, noConsoleErrors }) => {
    noConsoleErrors.expectFault(/status of 40[34]/);
    await setUp(page, roster, "Managed service");
    const editor = await join(page, browser, mailbox, "editor@example.com", "Edda", { level: "editor" });
    for (const path of ["/accounts", "/accounts/invitations", "/groups", "/roles", "/roles/new", "/objects", "/objects/deployment/x", "/organization", "/settings", "/settings/new-accounts"]) {
      await editor.page.goto(roster.url + path);
      await expect(editor.page.getByText("You may not see this page"), path).toBeVisible();
      await expect(editor.page.getByText(/It needs the permission/), path).toBeVisible();
      await expect(editor.page.getByText(/An Owner can give it.*It comes with the user role Admin\./), path).toBeVisible();
      await expect(editor.page.getByText("You are signed in as editor@example.com."), path).toBeVisible();
    }
    await checkBothThemes(editor.page);
    await editor.page.goto(roster.url);
    await expect(editor.page.getByRole("heading", { name: "Profile", level: 1 }), "nobody is refused at the door").toBeVisible();
  });

  test("deactivated account is called Inactive", async ({ page, browser, roster, mailbox }) => {
    await setUp(page, roster, "Managed service");
    const ana = await join(page, browser, mailbox, "ana@example.com", "Ana", { level: "viewer" });
    const { version } = await call<{ version: number }>(page, "GET", `accounts/${ana.id}`);
    await call(page, "PATCH", `accounts/${ana.id}`, { status: "deactivated" }, version);
    await page.goto(`${roster.url}/accounts`);
    await expect(row(page, "ana@example.com")).toContainText("Inactive");
  });
});

test.describe("Weights & Biases: admins and members", () => {
  test("new user is a Member by default, becomes Admin by the pencil, and then manages others", async ({ page, browser, roster, mailbox }) => {
    await setUp(page, roster, "Machine learning");
    await page.getByRole("button", { name: "Invite users" }).first().click();
    const dialog = page.getByRole("dialog");
    await expect(dialog.getByRole("radio", { name: /^Member/ })).toBeChecked();
    await checkBothThemes(page);
    await dialog.getByRole("button", { name: "Close" }).click();
    const ana = await join(page, browser, mailbox, "ana@example.com", "Ana");
    await expect(entries(ana.page)).toHaveText(["Profile"]);
    // The list has followed: a change carries the version of what is seen.
    await expect(row(page, "ana@example.com")).toContainText("Active");
    await expect(row(page, "ana@example.com")).toContainText("Member");
    await row(page, "ana@example.com").hover();
    await row(page, "ana@example.com").getByRole("button", { name: /^Change level/ }).click();
    await page.getByRole("menuitemradio", { name: /^Admin/ }).click();
    await expect(row(page, "ana@example.com")).toContainText("Admin");
    await expect(entries(ana.page).first()).toHaveText("Accounts");
    await entries(ana.page).first().click();
    await expect(ana.page.getByRole("button", { name: "Invite users" }).first()).toBeVisible();
  });

  test("without a seat the invitation is greyed out, and says why", async ({ page, roster }) => {
    await setUp(page, roster, "Machine learning");
    await call(page, "PATCH", "organization", { seats: 1 }, 1);
    await page.reload();
    const invite = page.getByRole("button", { name: "Invite users" }).first();
    await expect(invite).toBeDisabled();
    await expect(invite).toHaveAccessibleDescription(/No seats are left/);
    await checkBothThemes(page);
  });
});
