// Organization settings, the dashboard and the own profile.
import { checkA11y, expect, test } from "./support/fixtures.ts";
import { checkBothThemes, invite, setUp } from "./support/people.ts";

test("settings are reached by the gear, saved, and used for the next invitation", async ({ page, roster, mailbox }) => {
  await setUp(page, roster);
  await page.getByRole("button", { name: "Settings menu" }).click();
  await checkA11y(page);
  await page.getByRole("menuitem", { name: "Organization settings" }).click();
  await expect(page.getByRole("heading", { name: "Organization settings", level: 1 })).toBeVisible();
  await checkBothThemes(page);
  await page.getByLabel("Invitation link lifetime (hours)").fill("1000");
  await page.getByRole("button", { name: "Save changes" }).first().click();
  await expect(page.getByText("Enter a number from 1 to 720.")).toBeVisible();
  await page.getByLabel("Invitation link lifetime (hours)").fill("36");
  await page.getByRole("button", { name: "Save changes" }).first().click();
  await expect(page.getByText(/saved/i).first()).toBeVisible();
  await page.getByRole("link", { name: "Accounts" }).first().click();
  await invite(page, "ana@example.com");
  expect((await mailbox.waitForMail("ana@example.com")).text).toContain("36 hours");
});

test("changes that are not saved are asked about before the page is left", async ({ page, roster }) => {
  await setUp(page, roster);
  await page.getByRole("link", { name: "Organization settings" }).click();
  const name = page.getByRole("textbox", { name: /^Name/ });
  const question = page.getByRole("dialog", { name: "Discard changes?" });
  await name.fill("Acme Metrics");
  await page.getByRole("link", { name: "Organization dashboard" }).click();
  await checkA11y(page);
  await question.getByRole("button", { name: "Cancel" }).click();
  await expect(name).toHaveValue("Acme Metrics");
  await page.evaluate(() => history.back());
  await expect(question).toBeVisible();
  expect(new URL(page.url()).pathname).toBe("/settings");
  await page.keyboard.press("Escape");
  await expect(name).toHaveValue("Acme Metrics");
  await page.evaluate(() => history.back());
  await question.getByRole("button", { name: "Discard changes" }).click();
  await expect(page.getByRole("heading", { name: "Accounts", level: 1 })).toBeVisible();
  await page.getByRole("link", { name: "Organization settings" }).click();
  await expect(name).toHaveValue("Acme");
  await page.getByRole("link", { name: "Organization dashboard" }).click();
  await expect(page.getByRole("heading", { name: "Organization dashboard", level: 1 })).toBeVisible();
});

test("two admins change the settings: who comes second chooses whose stay", async ({ page, context, roster, noConsoleErrors }) => {
  noConsoleErrors.expectFault(/status of 412/);
  await setUp(page, roster);
  await page.getByRole("link", { name: "Organization settings" }).click();
  const other = await context.newPage();
  await other.goto(`${roster.url}/settings`);
  const name = (of: typeof page) => of.getByRole("textbox", { name: /^Name/ });
  const save = (of: typeof page) => of.getByRole("button", { name: "Save changes" });
  await name(other).fill("Acme Two");
  await save(other).click();
  await expect(other.getByText("Settings saved.").first()).toBeVisible();

  await name(page).fill("Acme Mine");
  await save(page).click();
  await expect(page.getByText("Name: Acme → Acme Two. You typed: Acme Mine.")).toBeVisible();
  await expect(name(page)).toHaveValue("Acme Mine");
  await checkBothThemes(page);
  await page.getByRole("button", { name: "Keep mine" }).click();
  await expect(page.getByText("Settings saved.").first()).toBeVisible();
  await expect(name(page)).toHaveValue("Acme Mine");

  await name(other).fill("Acme Three");
  await save(other).click();
  await expect(other.getByText("Name: Acme Two → Acme Mine. You typed: Acme Three.")).toBeVisible();
  await other.getByRole("button", { name: "Take theirs" }).click();
  await expect(name(other)).toHaveValue("Acme Mine");
  await expect(save(other)).toBeFocused();
});

test("profile shows what I hold and why, and my name can be changed", async ({ page, roster }) => {
  await setUp(page, roster);
  await page.getByRole("button", { name: "Profile menu" }).click();
  await page.getByRole("menuitem", { name: "Profile" }).click();
  await expect(page.getByText("My access")).toBeVisible();
  await checkBothThemes(page);
  await page.getByRole("textbox", { name: /^Name/ }).fill("Olivia O.");
  await page.getByRole("button", { name: "Save changes" }).first().click();
  await expect(page.getByText(/saved/i).first()).toBeVisible();
  await page.reload();
  await expect(page.getByRole("textbox", { name: /^Name/ })).toHaveValue("Olivia O.");
});

test("dashboard counts what is there", async ({ page, roster }) => {
  await setUp(page, roster);
  await invite(page, "ana@example.com");
  await page.getByRole("button", { name: "Profile menu" }).click();
  await page.getByRole("menuitem", { name: "Organization dashboard" }).click();
  await expect(page.getByRole("heading", { name: "Organization dashboard", level: 1 })).toBeVisible();
  await expect(page.getByText("Open invitations")).toBeVisible();
  await checkBothThemes(page);
});

test("search by Ctrl-K finds a page and a person; the question mark lists the keys", async ({ page, roster }) => {
  await setUp(page, roster);
  await invite(page, "ana@example.com");
  await page.keyboard.press("Control+k");
  const palette = page.getByRole("dialog", { name: "Search" });
  await palette.getByRole("combobox").or(palette.getByRole("searchbox")).first().fill("ana@");
  await expect(palette.getByText("ana@example.com").first()).toBeVisible();
  await checkA11y(page);
  await page.keyboard.press("Escape");
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: "Keyboard shortcuts" })).toBeVisible();
  await checkA11y(page);
});
