// From the first page to the answer: why does this service account have Alerts, and what if the role comes off that group?
import { call, makeGroup } from "./support/api.ts";
import { expect, test } from "./support/fixtures.ts";
import { checkBothThemes, setUp } from "./support/people.ts";

test("why a service account has Alerts, and what happens if the role comes off that group", async ({ page, roster }) => {
  await setUp(page, roster);
  const group = await makeGroup(page, "Pipelines");
  await call(page, "PATCH", `groups/${group}`, { roles: ["alerts"] }, 1);
  await call(page, "POST", "service-accounts", { account_id: "sa::ci", display_name: "Deploy robot", groups: [group] });
  await page.goto(roster.url);
  await expect(page.getByRole("heading", { name: "Accounts", level: 1 })).toBeVisible();

  await page.keyboard.press("Control+k");
  const palette = page.getByRole("dialog", { name: "Search" });
  await palette.getByRole("combobox").fill("robot");
  const found = palette.getByRole("group", { name: "Service accounts" }).getByRole("option", { name: /Deploy robot/ });
  await expect(found).toContainText("sa::ci");
  await found.click();
  await expect(page.getByRole("heading", { name: "Deploy robot", level: 1 })).toBeVisible();

  const held = page.locator(".card").filter({ has: page.getByRole("heading", { name: "Effective permissions" }) });
  const alerts = held.getByRole("listitem").filter({ hasText: "Change alerts" });
  await expect(alerts).toContainText("Role Alerts, through group Pipelines");
  await checkBothThemes(page);
  await alerts.getByRole("link", { name: "Pipelines" }).click();
  await page.getByRole("navigation", { name: "Group" }).getByRole("link", { name: /^Roles/ }).click();
  await page.getByRole("button", { name: "Remove role Alerts" }).click();
  const dialog = page.getByRole("dialog", { name: "Take Alerts off Pipelines?" });
  await expect(dialog.getByRole("region", { name: "What will change" })).toContainText("1 service account loses");
  await expect(dialog).toContainText("1 service account loses its last permission");
  await dialog.getByText(/^1 service account loses Change/).click();
  await expect(dialog.getByText("Deploy robot")).toBeVisible();
  await checkBothThemes(page);
});
