// Signing in and out.
import type { Request } from "@playwright/test";
import { join } from "./support/api.ts";
import { accountId } from "./support/bulk.ts";
import { expect, test } from "./support/fixtures.ts";
import { REFUSED } from "./support/guard.ts";
import { act, checkBothThemes, elsewhere, invite, OWNER, PASSWORD, row, setUp, signIn } from "./support/people.ts";
import { letProofLapse } from "./support/postgres.ts";

test("signed-out visitor signs in and lands where they wanted to go", async ({ page, browser, roster }) => {
  await setUp(page, roster);
  const visitor = await elsewhere(browser);
  await visitor.page.goto(`${roster.url}/accounts?sort=-email`);
  await expect(visitor.page.getByRole("heading", { name: "Sign in" })).toBeVisible();
  await checkBothThemes(visitor.page);
  await signIn(visitor.page, OWNER.email.toUpperCase());
  await expect(visitor.page.getByRole("heading", { name: "Accounts", level: 1 })).toBeVisible();
  expect(new URL(visitor.page.url()).search).toBe("?sort=-email");
});

test("whoever may not see the accounts begins at the first page they may see", async ({ page, browser, roster, mailbox }) => {
  await setUp(page, roster);
  const { page: viewer } = await join(page, browser, mailbox, "viv@example.com", "Viv Viewer");
  for (const path of ["/", "/sign-in"]) {
    await viewer.goto(`${roster.url}${path}`);
    await expect(viewer.getByRole("heading", { name: "Profile", level: 1 })).toBeVisible();
  }
  await viewer.goto(`${roster.url}/accounts`);
  await expect(viewer.getByText("You may not see this page")).toBeVisible();
  await viewer.getByRole("link", { name: "Roster" }).first().click();
  await expect(viewer.getByRole("heading", { name: "Profile", level: 1 })).toBeVisible();
});

test("whoever is signed out elsewhere is told so, and goes on where they were", async ({ page, roster, noConsoleErrors }) => {
  noConsoleErrors.expectFault(/status of 401/);
  await setUp(page, roster);
  await page.goto(`${roster.url}/sign-in`);
  await page.goto(`${roster.url}/groups`);
  await expect(page.getByRole("heading", { name: "Groups", level: 1 })).toBeVisible();
  await page.context().clearCookies();
  await page.getByRole("link", { name: "Roles" }).click();
  await expect(page.getByText("You have been signed out")).toBeVisible();
  await checkBothThemes(page);
  await signIn(page, OWNER.email);
  await expect(page.getByRole("heading", { name: "Roles", level: 1 })).toBeVisible();
});

test("wrong password and unknown name say the same, and keep the name", async ({ page, browser, roster, noConsoleErrors }) => {
  noConsoleErrors.expectFault(/status of 401/);
  await setUp(page, roster);
  const { page: visitor } = await elsewhere(browser);
  const texts: (string | null)[] = [];
  for (const name of [OWNER.email, "nobody@example.com"]) {
    await visitor.goto(`${roster.url}/sign-in`);
    await signIn(visitor, name, "wrong horse battery");
    const alert = visitor.getByRole("alert").filter({ hasText: /./ }).first();
    await expect(alert).toBeVisible();
    texts.push(await alert.textContent());
    await expect(visitor.getByLabel("E-mail or user name")).toHaveValue(name);
  }
  expect(texts[0]).toBe(texts[1]);
});

test("sign out ends the session, also for Back and for another tab", async ({ page, context, roster, noConsoleErrors }) => {
  noConsoleErrors.expectFault(/status of 401/);
  await setUp(page, roster);
  const tab = await context.newPage();
  await tab.goto(`${roster.url}/profile`);
  await expect(tab.getByRole("heading", { name: "Profile", level: 1 })).toBeVisible();
  await page.getByRole("button", { name: "Profile menu" }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
  await page.goBack();
  await expect(page.getByText("olivia@example.com")).toHaveCount(0);
  await tab.reload();
  await expect(tab.getByRole("heading", { name: "Sign in" })).toBeVisible();
});

test("what was typed when the session ended is there after signing in again", async ({ page, context, roster, noConsoleErrors }) => {
  noConsoleErrors.expectFault(/status of 401/);
  await setUp(page, roster);
  await page.getByRole("link", { name: "Organization settings" }).click();
  const name = page.getByRole("textbox", { name: /^Name/ });
  const notice = page.getByText("What you typed before signing in again is here, not yet saved.");
  await name.fill("Acme Metrics");
  await context.clearCookies();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
  await signIn(page, OWNER.email);
  await expect(notice).toBeVisible();
  await expect(name).toHaveValue("Acme Metrics");
  await checkBothThemes(page);
  await page.getByRole("button", { name: "Save changes" }).click();
  await expect(page.getByText("Settings saved.").first()).toBeVisible();
  await expect(notice).toHaveCount(0);
  await expect(name).toHaveValue("Acme Metrics");
});

test("sign-out that fails leaves the page as it was, and guarded; one that works leaves nothing of it", async ({ page, roster, noConsoleErrors }) => {
  // The page asks for news at any time, also just when its session ends.
  noConsoleErrors.expectFault(/ERR_FAILED|status of 401/);
  await setUp(page, roster);
  await page.getByRole("link", { name: "Organization settings" }).click();
  const name = page.getByRole("textbox", { name: /^Name/ });
  const question = page.getByRole("dialog", { name: "Discard changes?" });
  const signOut = async () => {
    await page.getByRole("button", { name: "Profile menu" }).click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await question.getByRole("button", { name: "Discard changes" }).click();
  };
  await name.fill("Acme Metrics");
  await page.route("**/api/v1/session", (route) => (route.request().method() === "DELETE" ? route.abort() : route.fallback()));
  await signOut();
  await expect(page.getByText(/cannot be reached/).first()).toBeVisible();
  await expect(name).toHaveValue("Acme Metrics");
  await page.getByRole("link", { name: "Organization dashboard" }).click();
  await question.getByRole("button", { name: "Cancel" }).click();
  await page.unroute("**/api/v1/session");
  await signOut();
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
  await signIn(page, OWNER.email);
  await page.getByRole("link", { name: "Organization settings" }).click();
  await expect(name).toHaveValue("Acme");
});

test("theme is chosen in the profile menu and kept", async ({ page, roster }) => {
  await setUp(page, roster);
  await page.getByRole("button", { name: "Profile menu" }).click();
  await page.getByRole("menuitemradio", { name: "Dark" }).click();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await page.reload();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
});

test("password is never in the address or in the browser's storage", async ({ page, roster }) => {
  await setUp(page, roster);
  const stored = await page.evaluate(() => JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage), document.cookie]));
  expect(stored).not.toContain(PASSWORD);
  expect(stored).not.toContain("__Host-session");
  expect(page.url()).not.toContain("horse");
});

test("page that nobody is at asks for news in a way that keeps no session alive", async ({ page, roster }) => {
  await page.clock.install();
  await setUp(page, roster);
  await invite(page, "ana@example.com", "ben@example.com");
  await page.goto(`${roster.url}/accounts?q=ana&account=${await accountId(page, "ben@example.com")}`);
  await expect(page.getByRole("complementary")).toContainText("ben@example.com");
  await expect(row(page, "ana@example.com")).toHaveCount(1);
  await page.clock.runFor("02:00");
  const asked: Request[] = [];
  // Files of the console may still be on their way.
  page.on("request", (request) => {
    if (request.url().includes("/api/")) {
      asked.push(request);
    }
  });
  await page.clock.runFor(10_000);
  await expect.poll(() => new Set(asked.map((request) => new URL(request.url()).pathname)).size, "list, account and session").toBeGreaterThanOrEqual(3);
  for (const request of asked) {
    expect(await request.headerValue("if-none-match"), request.url()).not.toBeNull();
  }
  asked.length = 0;
  await page.getByRole("searchbox", { name: "Search accounts" }).fill("be");
  await page.keyboard.press("n");
  await page.clock.runFor(1_000);
  const first = () => asked.find((request) => request.url().includes("q=ben"));
  await expect.poll(first).toBeDefined();
  expect(await first()?.headerValue("if-none-match"), "somebody is there").toBeNull();
});

test.describe("on postgresql", () => {
  test.use({ database: "postgresql" });

  test("making an Owner and changing the own user name ask for the password again", async ({ page, browser, roster, mailbox, noConsoleErrors }) => {
    noConsoleErrors.expectFault(REFUSED);
    await setUp(page, roster);
    await join(page, browser, mailbox, "ana@example.com", "Ana Novak");
    const question = page.getByRole("dialog", { name: "Confirm that it is you" });
    const password = question.getByRole("textbox", { name: "Your password", exact: true });
    await act(page, "ana@example.com", "Make owner");
    const dialog = page.getByRole("dialog");
    await expect(dialog).toContainText("An Owner holds every permission");
    const make = dialog.getByRole("button", { name: "Make owner" });
    await expect(make).toBeEnabled();
    letProofLapse(roster);
    await make.click();
    await expect(password).toBeFocused();
    await page.keyboard.press("Escape");
    await expect(question).toBeHidden();
    await expect(dialog.getByText("Enter your password once more; then this goes on.")).toBeVisible();
    await make.click();
    await password.fill(PASSWORD);
    await question.getByRole("button", { name: "Confirm" }).click();
    await expect(page.getByText("Ana Novak has Owner now.").first()).toBeVisible();

    await page.goto(`${roster.url}/profile`);
    await page.getByRole("textbox", { name: "User name" }).fill("olivia");
    letProofLapse(roster);
    await page.getByRole("button", { name: "Save changes" }).click();
    await password.fill(PASSWORD);
    await page.keyboard.press("Enter");
    await expect(question).toBeHidden();
    await expect(page.getByRole("button", { name: "Save changes" })).toBeDisabled();
    await page.reload();
    await expect(page.getByRole("textbox", { name: "User name" })).toHaveValue("olivia");
  });
});
