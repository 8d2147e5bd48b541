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
