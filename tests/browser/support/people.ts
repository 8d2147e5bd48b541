// What people do on their way into Roster, by the names on the screen.
import { expect, type Browser, type BrowserContext, type Page } from "@playwright/test";
import { checkA11y } from "./a11y.ts";
import { REFUSED, watch } from "./guard.ts";
import { DEMO_OWNER, type Roster } from "./roster.ts";

/** Within the password rule, for everybody. */
export const PASSWORD = "correct horse battery";
export const OWNER = { name: "Olivia Owner", email: "olivia@example.com" };

/** Opens the printed link and sets up "Acme"; ends on the list of accounts, signed in as its Owner. */
export async function setUp(page: Page, roster: Roster, profile = "Default"): Promise<void> {
  await page.goto(roster.setUpLink);
  await page.getByLabel("Organization").fill("Acme");
  await page.getByRole("radio", { name: profile }).check();
  await page.getByLabel("Your name").fill(OWNER.name);
  await page.getByLabel("Your e-mail").fill(OWNER.email);
  await page.getByRole("textbox", { name: "Password" }).fill(PASSWORD);
  await page.getByRole("button", { name: "Set up" }).click();
  await expect(page.getByRole("heading", { name: "Accounts", level: 1 })).toBeVisible();
}

/** Signs in as the Owner of the demonstration that the Roster was started with. */
export async function openDemo(page: Page, roster: Roster): Promise<void> {
  await page.goto("/sign-in");
  await signIn(page, DEMO_OWNER, roster.demoPassword);
}

/** Invites by the dialog, with the level that is chosen beforehand; ends with the results closed. */
export async function invite(page: Page, ...emails: string[]): Promise<void> {
  await page.getByRole("button", { name: "Invite users" }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: "E-mail addresses" }).fill(emails.join(", "));
  await dialog.getByRole("button", { name: /^Invite/ }).click();
  await expect(dialog.getByText(`${emails.length} invited`)).toBeVisible();
  await dialog.getByRole("button", { name: "Done" }).click();
  await expect(dialog).toBeHidden();
}

/** The row of an account in the list that is shown. */
export function row(page: Page, text: string | RegExp) {
  return page.getByRole("row").filter({ hasText: text });
}

/**
 * Another person's browser, with nothing of anybody else's, watched like the test's own, and closed with it. What
 * the test does to that person's rights may come between any two of its requests.
 */
export async function elsewhere(browser: Browser): Promise<{ context: BrowserContext; page: Page }> {
  const context = await browser.newContext();
  watch(context, REFUSED);
  return { context, page: await context.newPage() };
}

/** Accepts as a new person and ends inside. */
export async function accept(page: Page, link: string, name: string): Promise<void> {
  await page.goto(link);
  await page.getByLabel("Your name").fill(name);
  await page.getByRole("textbox", { name: "Password" }).fill(PASSWORD);
  await page.getByRole("button", { name: "Accept invitation" }).click();
  await expect(page.getByRole("button", { name: "Profile menu" })).toBeVisible();
}

/** Signs in on the page for it. */
export async function signIn(page: Page, name: string, password = PASSWORD): Promise<void> {
  await page.getByLabel("E-mail or user name").fill(name);
  await page.getByRole("textbox", { name: "Password" }).fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

/** Chooses an act from the menu of an account's row, as soon as the row is so that the menu has it. */
export async function act(page: Page, email: string, name: string): Promise<void> {
  const [button, item] = [row(page, email).getByRole("button", { name: /Actions/ }), page.getByRole("menuitem", { name })];
  await expect(async () => {
    await button.click();
    // A menu has what could be done when it was opened.
    try {
      await expect(item).toBeVisible({ timeout: 1_000 });
    } catch (error) {
      await page.keyboard.press("Escape");
      throw error;
    }
  }).toPass({ timeout: 10_000 });
  await item.click();
}

/** Takes back what a message tells of: there may be several, and the next may not be there yet. */
export async function undo(page: Page, told: string | RegExp): Promise<void> {
  await page.getByRole("group", { name: told }).getByRole("button", { name: "Undo" }).click();
}

/** Checks a page for accessibility in both themes. */
export async function checkBothThemes(page: Page): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await checkA11y(page);
  }
  await page.emulateMedia({ colorScheme: null });
}
