// Invitation links that time has overtaken, or that are opened by whoever is signed in already.
import { call } from "./support/api.ts";
import { checkA11y, expect, linkIn, test } from "./support/fixtures.ts";
import { checkBothThemes, elsewhere, invite, PASSWORD, row, setUp, signIn } from "./support/people.ts";
import { runSql } from "./support/postgres.ts";
import { createOwner } from "./support/roster.ts";

test.describe("on postgresql", () => {
  test.use({ database: "postgresql" });

  test("expired link says so, and the sender learns that a new one is wanted", async ({ page, browser, roster, mailbox }) => {
    await setUp(page, roster);
    await invite(page, "ana@example.com");
    const link = linkIn(await mailbox.waitForMail("ana@example.com"));
    const isSent = async () => (await call<{ items: { invitation?: { expires_at?: string } }[] }>(page, "GET", "accounts?q=ana")).items[0]?.invitation?.expires_at;
    await expect.poll(isSent, "the link's time counts from when the mail left").toBeDefined();
    runSql(roster.databaseUrl ?? "", "UPDATE invitations SET expires_at = 1");
    const ana = await elsewhere(browser);
    await ana.page.goto(link);
    await expect(ana.page.getByRole("heading", { name: "This link has expired" })).toBeVisible();
    await expect(ana.page.getByText("Olivia Owner invited ana@example.com to join Acme", { exact: false })).toBeVisible();
    await expect(ana.page.getByRole("button", { name: "Accept invitation" })).toHaveCount(0);
    await checkBothThemes(ana.page);
    await ana.page.getByRole("button", { name: "Ask for a new link" }).click();
    await expect(ana.page.getByText("A new link was asked for")).toBeVisible();
    await checkA11y(ana.page);
    await page.goto(`${roster.url}/accounts/invitations`);
    await expect(row(page, "ana@example.com")).toContainText("Expired");
    await expect(row(page, "ana@example.com")).toContainText("Asked for a new link");
    const chip = (name: RegExp) => page.getByRole("group", { name: "Invitations" }).getByRole("button", { name });
    for (const [name, rows] of [[/^Not delivered/, 0], [/^Pending/, 0], [/^Expired/, 1], [/^Asked for a new link/, 1]] as const) {
      await chip(name).click();
      await expect(chip(name)).toHaveAttribute("aria-pressed", "true");
      await expect(row(page, "ana@example.com")).toHaveCount(rows);
    }
    expect(new URL(page.url()).search).toBe("?invitation=asked");
    await checkBothThemes(page);
    await page.reload();
    await expect(chip(/^Asked for a new link/)).toHaveAttribute("aria-pressed", "true");
    await expect(row(page, "ana@example.com")).toHaveCount(1);
  });

  test("link that has expired is sent anew, not copied", async ({ page, roster, mailbox }) => {
    await setUp(page, roster);
    await invite(page, "ana@example.com");
    await mailbox.waitForMail("ana@example.com");
    await page.goto(`${roster.url}/accounts/invitations`);
    const invitation = row(page, "ana@example.com");
    await expect(invitation).toContainText("Sent");
    await expect(invitation.getByRole("button", { name: "Copy invitation link" })).toBeVisible();
    runSql(roster.databaseUrl ?? "", "UPDATE invitations SET expires_at = 1");
    await page.reload();
    await expect(invitation).toContainText("Expired");
    await expect(invitation.getByRole("button", { name: "Resend invitation" })).toBeVisible();
    await expect(invitation.getByRole("button", { name: "Copy invitation link" })).toHaveCount(0);
  });
});

test("whoever is signed in as the invited person accepts by one button", async ({ page, browser, roster, mailbox }) => {
  await setUp(page, roster);
  createOwner(roster, "Other", "otto@example.com", "Otto Other", PASSWORD);
  const otto = await elsewhere(browser);
  await otto.page.goto(`${roster.url}/sign-in`);
  await signIn(otto.page, "otto@example.com");
  await expect(otto.page.getByRole("heading", { name: "Accounts", level: 1 })).toBeVisible();
  await invite(page, "otto@example.com");
  await otto.page.goto(linkIn(await mailbox.waitForMail("otto@example.com")));
  await expect(otto.page.getByRole("heading", { name: "Join Acme" })).toBeVisible();
  await expect(otto.page.getByRole("textbox")).toHaveCount(0);
  await checkBothThemes(otto.page);
  await otto.page.getByRole("button", { name: "Accept invitation" }).click();
  await expect(otto.page.getByText("Welcome to Acme.").first()).toBeVisible();
  await expect(otto.page.getByRole("heading", { name: "Profile", level: 1 })).toBeVisible();
  await expect(row(page, "otto@example.com")).toContainText("Active");
});

test("invitation page calls a level as the profile does", async ({ page, browser, roster, mailbox }) => {
  await setUp(page, roster, "Monitoring with columns");
  await invite(page, "ana@example.com");
  const ana = await elsewhere(browser);
  await ana.page.goto(linkIn(await mailbox.waitForMail("ana@example.com")));
  await expect(ana.page.getByRole("term").filter({ hasText: "Privilege level" })).toBeVisible();
});

test("person of another organization signs in on the page to accept", async ({ page, browser, roster, mailbox }) => {
  await setUp(page, roster);
  createOwner(roster, "Other", "otto@example.com", "Otto Other", PASSWORD);
  await invite(page, "otto@example.com");
  const otto = await elsewhere(browser);
  await otto.page.goto(linkIn(await mailbox.waitForMail("otto@example.com")));
  await expect(otto.page.getByRole("textbox", { name: "Your name" })).toBeVisible();
  await otto.page.getByRole("button", { name: "I already have a password here" }).click();
  await expect(otto.page.getByRole("textbox", { name: "Your name" })).toHaveCount(0);
  await checkBothThemes(otto.page);
  await otto.page.getByRole("textbox", { name: "Password" }).fill(PASSWORD);
  await otto.page.getByRole("button", { name: "Sign in and accept" }).click();
  await expect(otto.page.getByText("Welcome to Acme.").first()).toBeVisible();
  await expect(row(page, "otto@example.com")).toContainText("Active");
});

test("account that gained access needs a new link, and gets one by a resend", async ({ page, browser, roster, mailbox }) => {
  await setUp(page, roster);
  await invite(page, "ana@example.com");
  const first = linkIn(await mailbox.waitForMail("ana@example.com"));
  await page.goto(`${roster.url}/accounts/invitations`);
  await expect(row(page, "ana@example.com")).toContainText("Sent");
  const accounts = await call<{ items: { id: string; version: number }[] }>(page, "GET", "accounts?q=ana");
  const { id } = accounts.items[0] ?? { id: "" };
  await call(page, "POST", "accounts/bulk", { ids: [id], action: { type: "set_level", level: "admin" } });
  await expect(row(page, "ana@example.com")).toContainText("New link needed");
  await expect(row(page, "ana@example.com").getByRole("button", { name: "Copy invitation link" })).toHaveCount(0);
  await checkBothThemes(page);
  const ana = await elsewhere(browser);
  await ana.page.goto(first);
  await expect(ana.page.getByRole("heading", { name: "You need a new link" })).toBeVisible();
  await expect(ana.page.getByRole("button", { name: "Accept invitation" })).toHaveCount(0);
  await checkBothThemes(ana.page);
  await ana.page.getByRole("button", { name: "Ask for a new link" }).click();
  await expect(ana.page.getByText("A new link was asked for")).toBeVisible();
  await row(page, "ana@example.com").getByRole("button", { name: "Resend invitation" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Resend", exact: false }).click();
  await expect(row(page, "ana@example.com")).not.toContainText("New link needed");
});
