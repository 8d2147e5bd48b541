// API tokens: generated, copied once, renamed, rotated, revoked; one's own, and all of the organization's.
import type { Page } from "@playwright/test";
import { call, join } from "./support/api.ts";
import { choose } from "./support/bulk.ts";
import { expect, test } from "./support/fixtures.ts";
import { checkBothThemes, PASSWORD, row, setUp } from "./support/people.ts";
import { letProofLapse } from "./support/postgres.ts";
import { clipboard, expectKeptNowhere, makeService, makeToken, useToken } from "./support/tokens.ts";

test.use({ permissions: ["clipboard-read", "clipboard-write"] });

/** The line of a token in the card of its account. */
function line(page: Page, name: string) {
  return page.getByRole("list", { name: "Working tokens" }).getByRole("listitem").filter({ hasText: name });
}

async function openAll(page: Page): Promise<void> {
  await page.goto("/accounts/tokens");
  await expect(page.getByRole("heading", { name: "API tokens", level: 1 })).toBeVisible();
}

/** Copies what the dialog shows and closes it. */
async function takeSecret(page: Page): Promise<string> {
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Copy to clipboard" }).click();
  await expect(dialog.getByText("Copied").first()).toBeVisible();
  const secret = await clipboard(page);
  await dialog.getByRole("button", { name: "Done" }).click();
  await expect(dialog).toBeHidden();
  return secret;
}

test("token is generated with limits, which hold", async ({ page, roster }) => {
  await setUp(page, roster);
  const service = await makeService(page, "ingest-eu", { roles: ["alerts"] });
  await page.goto(`/accounts/${service.id}`);
  await page.getByRole("button", { name: "Generate" }).click();
  const dialog = page.getByRole("dialog", { name: "Generate API token" });
  await dialog.getByRole("textbox", { name: "Name" }).fill("proxy-eu");
  await dialog.getByLabel("Expires").selectOption({ label: "In 30 days" });
  await dialog.getByRole("radio", { name: "Only what you choose" }).check();
  await dialog.getByRole("button", { name: "Generate" }).click();
  await expect(dialog.getByText("Choose one permission or more, or no limit.")).toBeVisible();
  await choose(page, dialog, "Scopes", "Change alerts");
  await dialog.getByText("More limits").click();
  await dialog.getByRole("textbox", { name: "Address ranges" }).fill("192.0.2.0/24, nonsense");
  await dialog.getByRole("button", { name: "Generate" }).click();
  await expect(dialog.getByText("Enter an address or a range").first()).toBeVisible();
  await checkBothThemes(page);
  await dialog.getByRole("button", { name: "Remove nonsense" }).click();
  await dialog.getByRole("button", { name: "Generate" }).click();
  const secret = await takeSecret(page);
  await expect(line(page, "proxy-eu")).toContainText("Change alerts");
  await expect(line(page, "proxy-eu")).toContainText("from 192.0.2.0/24 only");
  await expect(line(page, "proxy-eu")).toContainText(/Expires (next month|in \d+ days)/);
  expect(await useToken(roster.url, secret), "used from elsewhere").toBe(401);
  await checkBothThemes(page);
});

test("secret is not lost by a slip: closing it uncopied warns first", async ({ page, roster }) => {
  await setUp(page, roster);
  const service = await makeService(page, "ingest-eu");
  await page.goto(`/accounts/${service.id}`);
  await page.getByRole("button", { name: "Generate" }).click();
  await page.getByRole("dialog").getByRole("textbox", { name: "Name" }).fill("proxy-eu");
  await page.getByRole("dialog").getByRole("button", { name: "Generate" }).click();
  const dialog = page.getByRole("dialog", { name: "The token proxy-eu" });
  await expect(dialog).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(dialog.getByText("You have not copied it")).toBeVisible();
  await checkBothThemes(page);
  await dialog.getByRole("button", { name: "Back" }).click();
  const shown = await dialog.getByLabel("Token", { exact: true }).inputValue();
  await expectKeptNowhere(page, shown);
  await page.keyboard.press("Escape");
  await dialog.getByRole("button", { name: "Close without copying" }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByText(shown)).toHaveCount(0);
});

test.describe("on postgresql", () => {
  test.use({ database: "postgresql" });

  test("password is asked for when the confirmation has lapsed, and nothing typed is lost", async ({ page, roster, noConsoleErrors }) => {
    noConsoleErrors.expectFault(/40[13]/);
    await setUp(page, roster);
    const service = await makeService(page, "ingest-eu");
    await page.goto(`/accounts/${service.id}`);
    await page.getByRole("button", { name: "Generate" }).click();
    const form = page.getByRole("dialog", { name: "Generate API token" });
    await form.getByRole("textbox", { name: "Name" }).fill("proxy-eu");
    letProofLapse(roster);
    await form.getByRole("button", { name: "Generate" }).click();
    const question = page.getByRole("dialog", { name: "Confirm that it is you" });
    await expect(question.getByRole("textbox", { name: "Your password", exact: true })).toBeFocused();
    await checkBothThemes(page);
    await question.getByRole("textbox", { name: "Your password", exact: true }).fill("not the password");
    await question.getByRole("button", { name: "Confirm" }).click();
    await expect(question.getByText("This is not your password.")).toBeVisible();
    await question.getByRole("button", { name: "Cancel" }).click();
    await expect(form.getByText("Enter your password once more; then this goes on.")).toBeVisible();
    await expect(form.getByRole("textbox", { name: "Name" })).toHaveValue("proxy-eu");
    await form.getByRole("button", { name: "Generate" }).click();
    await question.getByRole("textbox", { name: "Your password", exact: true }).fill(PASSWORD);
    await question.getByRole("button", { name: "Confirm" }).click();
    await expect(page.getByRole("dialog", { name: "The token proxy-eu" })).toBeVisible();
  });
});

test("token is renamed in its place, by keyboard too", async ({ page, roster }) => {
  await setUp(page, roster);
  const service = await makeService(page, "ingest-eu");
  await page.goto(`/accounts/${service.id}`);
  await page.getByRole("button", { name: "Rename first" }).click();
  const field = page.getByLabel("Name of the token");
  await expect(field).toBeFocused();
  await field.fill("frankfurt");
  await page.keyboard.press("Escape");
  await expect(line(page, "first")).toBeVisible();
  await expect(page.getByRole("button", { name: "Rename first" })).toBeFocused();
  await page.keyboard.press("Enter");
  await field.fill("frankfurt");
  await page.keyboard.press("Enter");
  await expect(page.getByText("first is now frankfurt.").first()).toBeVisible();
  await expect(page.getByRole("button", { name: "Rename frankfurt" })).toBeFocused();
});

test("token is rotated without downtime, and the old one says when it ends", async ({ page, roster }) => {
  await setUp(page, roster);
  const service = await makeService(page, "ingest-eu");
  expect(await useToken(roster.url, service.secret)).toBe(200);
  await page.goto(`/accounts/${service.id}`);
  await expect(line(page, "first")).toContainText("by proxy/1.0");
  await line(page, "first").getByRole("button", { name: "Rotate" }).click();
  const dialog = page.getByRole("dialog", { name: "Rotate first" });
  await expect(dialog).toContainText("The old one: last used");
  await dialog.getByRole("radio", { name: "1 hour" }).check();
  await expect(dialog).toContainText("The old token works until");
  await checkBothThemes(page);
  await dialog.getByRole("button", { name: "Rotate" }).click();
  const successor = await takeSecret(page);
  expect(await useToken(roster.url, service.secret), "the old one, beside its successor").toBe(200);
  expect(await useToken(roster.url, successor)).toBe(200);
  const old = line(page, "first").filter({ hasText: "Replaced, ends in 1 hour" });
  await expect(old).toHaveCount(1);
  await expect(old.getByRole("button", { name: "Rotate" })).toHaveCount(0);
  await line(page, "first").filter({ hasNotText: "Replaced" }).getByRole("button", { name: "Rotate" }).click();
  await page.getByRole("dialog").getByRole("radio", { name: "It ends at once" }).check();
  await page.getByRole("dialog").getByRole("button", { name: "Rotate" }).click();
  await takeSecret(page);
  expect(await useToken(roster.url, successor), "ended at once").toBe(401);
});

test("token is revoked with a reason, which is told among the ended ones", async ({ page, roster }) => {
  await setUp(page, roster);
  const service = await makeService(page, "ingest-eu");
  await page.goto(`/accounts/${service.id}`);
  await line(page, "first").getByRole("button", { name: "Revoke" }).click();
  const dialog = page.getByRole("dialog", { name: "Revoke first?" });
  await expect(dialog).toContainText("Never used.");
  await dialog.getByLabel("Reason").fill("machine retired");
  await checkBothThemes(page);
  await dialog.getByRole("button", { name: "Revoke" }).click();
  await expect(page.getByText("first was revoked.").first()).toBeVisible();
  await expect(page.getByText("No API tokens")).toBeVisible();
  expect(await useToken(roster.url, service.secret)).toBe(401);
  await page.getByText("Ended tokens").click();
  await expect(page.getByRole("list", { name: "Ended tokens" })).toContainText(/Revoked .* by Olivia Owner: machine retired/);
  await checkBothThemes(page);
});

test("own tokens are under Profile, where the organization lets people have some", async ({ page, browser, roster, mailbox }) => {
  await setUp(page, roster);
  const ana = await join(page, browser, mailbox, "ana@example.com", "Ana Novak");
  await ana.page.goto(`${roster.url}/profile`);
  await ana.page.getByRole("button", { name: "Generate" }).click();
  const dialog = ana.page.getByRole("dialog", { name: "Generate API token" });
  await dialog.getByRole("textbox", { name: "Name" }).fill("laptop");
  await dialog.getByText("More limits").click();
  await expect(dialog.getByLabel("May act on behalf of people")).toHaveCount(0);
  await dialog.getByRole("button", { name: "Generate" }).click();
  const secret = await ana.page.getByRole("dialog").getByLabel("Token", { exact: true }).inputValue();
  expect(secret).toMatch(/^rstu_/);
  expect(await useToken(roster.url, secret)).toBe(200);

  await page.goto("/settings");
  await page.getByLabel("People may have API tokens of their own").uncheck();
  await page.getByLabel("Longest token lifetime (days)").fill("30");
  await page.getByRole("button", { name: "Save changes" }).click();
  await expect(page.getByText("Settings saved.").first()).toBeVisible();
  await checkBothThemes(page);
  await page.goto("/profile");
  await expect(page.getByText("Your organization does not let people make API tokens of their own.").filter({ visible: true }).first()).toBeVisible();
  await expect(page.getByRole("button", { name: "Generate" })).toHaveAttribute("aria-disabled", "true");
  await checkBothThemes(page);
  expect(await useToken(roster.url, secret), "what exists goes on").toBe(200);
});

test("organization's longest lifetime is the longest that is offered", async ({ page, roster }) => {
  await setUp(page, roster);
  const service = await makeService(page, "ingest-eu");
  const { version } = await call<{ version: number }>(page, "GET", "organization");
  await call(page, "PATCH", "organization", { tokens: { ttl_days_max: 60 } }, version);
  await page.goto(`/accounts/${service.id}`);
  await page.getByRole("button", { name: "Generate" }).click();
  const options = page.getByRole("dialog").getByLabel("Expires").getByRole("option");
  await expect(options).toHaveText(["In 30 days", "In 60 days", "On a day you choose"]);
  await page.getByRole("dialog").getByLabel("Expires").selectOption({ label: "On a day you choose" });
  await page.getByRole("dialog").getByLabel("Last moment").fill("2099-01-31T18:00");
  await page.getByRole("dialog").getByRole("textbox", { name: "Name" }).fill("long");
  await page.getByRole("dialog").getByRole("button", { name: "Generate" }).click();
  await expect(page.getByText("The organization lets tokens live for 60 days at most.")).toBeVisible();
});

test("all tokens are listed, narrowed by chip, kind and search, and the address keeps it", async ({ page, roster }) => {
  await setUp(page, roster);
  const [eu, us] = [await makeService(page, "ingest-eu"), await makeService(page, "ingest-us")];
  await makeToken(page, us.id, "soon", { expires_at: new Date(Date.now() + 864e5).toISOString() });
  await call(page, "POST", "me/tokens", { name: "laptop" });
  await useToken(roster.url, eu.secret);
  await openAll(page);
  const state = page.getByRole("group", { name: "State" });
  await expect(state.getByRole("button", { name: /^Working/ })).toContainText("4");
  await expect(state.getByRole("button", { name: /^Never used/ })).toContainText("3");
  await expect(row(page, "laptop")).toContainText("Olivia Owner");
  await checkBothThemes(page);
  await state.getByRole("button", { name: /^Expiring in 30 days/ }).click();
  await expect(row(page, "soon")).toHaveCount(1);
  await expect(row(page, "laptop")).toHaveCount(0);
  await expect.poll(() => new URL(page.url()).searchParams.get("filter")).toBe("expiring");
  await page.reload();
  await expect(row(page, "soon")).toHaveCount(1);
  await state.getByRole("button", { name: /^Working/ }).click();
  await page.getByRole("group", { name: "Kind of account" }).getByRole("button", { name: "User accounts" }).click();
  await expect(row(page, "laptop")).toHaveCount(1);
  await expect(row(page, "soon")).toHaveCount(0);
  await page.getByRole("searchbox", { name: "Search API tokens" }).fill("nothing such");
  await expect(page.getByText("Nothing found")).toBeVisible();
  await page.getByRole("button", { name: "Clear filters" }).click();
  await expect(row(page, "soon")).toHaveCount(1);
});

test("many tokens are revoked at once, after a look at what stops working", async ({ page, roster }) => {
  await setUp(page, roster);
  const [eu, us] = [await makeService(page, "ingest-eu"), await makeService(page, "ingest-us")];
  await makeToken(page, us.id, "second");
  expect(await useToken(roster.url, eu.secret)).toBe(200);
  await openAll(page);
  await row(page, "sa::ingest-eu").getByRole("checkbox").check();
  await row(page, "second").getByRole("checkbox").check();
  await expect(page.getByRole("group", { name: "Selection" })).toContainText("2 selected");
  await page.getByRole("group", { name: "Selection" }).getByRole("button", { name: "Revoke" }).click();
  const dialog = page.getByRole("dialog", { name: "Revoke 2 tokens" });
  const preview = dialog.getByRole("region", { name: "What will change" });
  await expect(preview).toContainText("2 tokens of 2 accounts will be revoked.");
  await expect(preview).toContainText("1 token was used within the last seven days");
  await expect(preview).toContainText("1 account is left without any token that works.");
  await dialog.getByLabel("Reason").fill("clean-up");
  await checkBothThemes(page);
  await dialog.getByRole("button", { name: "Revoke" }).click();
  await expect(page.getByText("2 tokens were revoked.").first()).toBeVisible();
  expect(await useToken(roster.url, eu.secret)).toBe(401);
  await expect(row(page, "second")).toHaveCount(0);
  await expect(row(page, "sa::ingest-us")).toHaveCount(1);
});

test("token pasted into the search is looked up, and does not get into the address", async ({ page, roster }) => {
  await setUp(page, roster);
  const service = await makeService(page, "ingest-eu");
  await openAll(page);
  const asked: string[] = [];
  page.on("request", (request) => asked.push(request.url()));
  await page.getByRole("searchbox", { name: "Search API tokens" }).fill(service.secret);
  const dialog = page.getByRole("dialog", { name: "Find a leaked token" });
  await expect(dialog.getByRole("textbox", { name: "Token", exact: true })).toHaveValue(service.secret);
  await expect(page.getByRole("searchbox", { name: "Search API tokens", includeHidden: true })).toHaveValue("");
  await dialog.getByRole("button", { name: "Look up" }).click();
  await expect(dialog.getByText("It is a token of ingest-eu")).toBeVisible();
  await page.keyboard.press("Escape");
  for (const [path, field] of [
    ["/accounts", page.getByRole("searchbox", { name: "Search accounts" })],
    ["/accounts/services", page.getByRole("searchbox", { name: "Search service accounts" })],
    ["/groups", page.getByRole("searchbox", { name: "Search groups" })],
  ] as const) {
    await page.goto(`${roster.url}${path}`);
    await field.fill(`Bearer ${service.secret}`);
    await expect(page.getByText("which is not searched for", { exact: false }).first()).toBeVisible();
    await expect(field).toHaveValue("");
  }
  await page.keyboard.press("Control+k");
  const search = page.getByRole("combobox", { name: /^Search pages/ });
  await search.fill(service.secret.toLowerCase());
  await expect(search).toHaveValue("");
  await page.keyboard.press("Escape");
  await page.goto(`${roster.url}/accounts/new`);
  const id = page.getByRole("textbox", { name: "Account ID" });
  await id.fill(service.secret);
  await expect(id).toHaveAccessibleDescription(/Leave out the token or link/);
  expect(page.url()).not.toContain("rsts_");
  expect(asked.filter((address) => /rsts_/i.test(address))).toEqual([]);
});

test("leaked token is pasted, found and revoked, and kept nowhere", async ({ page, roster, noConsoleErrors }) => {
  noConsoleErrors.expectFault(/404|422/);
  await setUp(page, roster);
  const service = await makeService(page, "ingest-eu");
  await openAll(page);
  await page.getByRole("button", { name: "Find a leaked token" }).click();
  const dialog = page.getByRole("dialog", { name: "Find a leaked token" });
  await dialog.getByRole("textbox", { name: "Token", exact: true }).fill("rsts_nonsense");
  await dialog.getByRole("button", { name: "Look up" }).click();
  await expect(dialog.getByText("There is no complete API token in this", { exact: false }).first()).toBeVisible();
  await checkBothThemes(page);
  await dialog.getByRole("textbox", { name: "Token", exact: true }).fill(` ${service.secret}\n`);
  await dialog.getByRole("button", { name: "Look up" }).click();
  await expect(dialog.getByText("It is a token of ingest-eu")).toBeVisible();
  await expect(dialog.getByRole("link", { name: "ingest-eu" })).toHaveAttribute("href", `/accounts/${service.id}`);
  await expectKeptNowhere(page, service.secret);
  expect(await page.content()).not.toContain(service.secret);
  await checkBothThemes(page);
  await dialog.getByRole("button", { name: "Revoke" }).click();
  await expect(dialog.getByText("It was revoked")).toBeVisible();
  expect(await useToken(roster.url, service.secret)).toBe(401);
  await dialog.getByRole("button", { name: "Close" }).first().click();
  await expect(row(page, "first")).toHaveCount(0);
});

test("token is narrowed to what it used, and never made wider", async ({ page, roster }) => {
  await setUp(page, roster);
  const service = await makeService(page, "ingest-eu", { permissions: ["accounts.view", "usage.view", "audit.view"] });
  expect(await useToken(roster.url, service.secret, "accounts")).toBe(200);
  await page.goto(`/accounts/${service.id}`);
  await line(page, "first").getByRole("button", { name: "Narrow scopes" }).click();
  const dialog = page.getByRole("dialog", { name: "Narrow the scopes of first" });
  const preview = dialog.getByRole("region", { name: "What will change" });
  await expect(dialog.getByRole("checkbox", { name: "View accounts" })).toBeChecked();
  await expect(preview).toContainText("Nothing is taken away yet.");
  await dialog.getByRole("checkbox", { name: "View accounts" }).uncheck();
  await expect(preview).toContainText("It was used for this, which no longer works: View accounts.");
  await checkBothThemes(page);
  await dialog.getByRole("button", { name: "Only what it used" }).click();
  await expect(dialog.getByRole("checkbox", { name: "View accounts" })).toBeChecked();
  await expect(preview).toContainText("No longer works: ");
  await expect(preview).not.toContainText("It was used for this");
  await dialog.getByRole("button", { name: "Narrow scopes" }).click();
  await expect(dialog).toBeHidden();
  await expect(line(page, "first")).toContainText("View accounts");
  await expect(line(page, "first")).not.toContainText("Everything the account may do");
  expect(await useToken(roster.url, service.secret, "accounts")).toBe(200);
  expect(await useToken(roster.url, service.secret, "usage/summary")).toBe(403);
  // From the page of all tokens, too; there is nothing left to take away but all.
  await openAll(page);
  await row(page, "first").getByRole("button", { name: "Actions for first" }).click();
  await page.getByRole("menuitem", { name: "Narrow scopes" }).click();
  await expect(dialog.getByRole("checkbox")).toHaveCount(1);
  await expect(dialog.getByRole("button", { name: "Narrow scopes" })).toHaveAttribute("aria-disabled", "true");
  await dialog.getByRole("checkbox", { name: "View accounts" }).uncheck();
  await expect(dialog.getByRole("button", { name: "Narrow scopes" })).toHaveAttribute("aria-disabled", "true");
});

test("another person's tokens are revoked on their page, and none is made there", async ({ page, browser, roster, mailbox }) => {
  await setUp(page, roster);
  const ana = await join(page, browser, mailbox, "ana@example.com", "Ana Novak");
  const { secret } = await call<{ secret: string }>(ana.page, "POST", "me/tokens", { name: "laptop" });
  expect(await useToken(roster.url, secret)).toBe(200);
  await page.goto(`/accounts/${ana.id}`);
  await expect(line(page, "laptop").getByRole("button", { name: "Narrow scopes" })).toBeVisible();
  for (const name of ["Generate", "Rotate", "Rename laptop"]) {
    await expect(page.getByRole("button", { name })).toHaveCount(0);
  }
  await checkBothThemes(page);
  await line(page, "laptop").getByRole("button", { name: "Revoke" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
  await expect(page.getByText("laptop was revoked.").first()).toBeVisible();
  expect(await useToken(roster.url, secret)).toBe(401);
  await expect(page.getByText("No API tokens").first()).toBeVisible();
});

test("token pages fit a phone", async ({ page, roster }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await setUp(page, roster);
  await makeService(page, "ingest-eu");
  for (const path of ["/accounts/tokens", "/profile", "/settings"]) {
    await page.goto(path);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await checkBothThemes(page);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(overflow, path).toBe(0);
  }
});
