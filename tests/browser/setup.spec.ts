// Set-up, by whoever opens the printed link.
import { checkA11y, expect, test } from "./support/fixtures.ts";
import { checkBothThemes, elsewhere, PASSWORD, setUp, signIn } from "./support/people.ts";

test("each mandatory field says what is missing, keeps the rest and gets the focus", async ({ page, roster }) => {
  await page.goto(roster.setUpLink);
  await checkBothThemes(page);
  expect(page.url(), "the token leaves the address bar").not.toContain("rstw_");
  await page.getByLabel("Your name").fill("Olivia");
  await page.getByRole("button", { name: "Set up" }).click();
  const organization = page.getByLabel("Organization");
  await expect(organization).toBeFocused();
  await expect(organization).toHaveAttribute("aria-invalid", "true");
  await expect(page.getByLabel("Your name")).toHaveValue("Olivia");
  await organization.fill("Acme");
  await page.getByLabel("Your e-mail").fill("olivia@example");
  await page.getByRole("textbox", { name: "Password" }).fill("short");
  await page.getByRole("button", { name: "Set up" }).click();
  await expect(page.getByLabel("Your e-mail")).toBeFocused();
  await expect(page.getByText("is not a domain", { exact: false })).toBeVisible();
  await expect(page.getByText("Use at least 15 characters", { exact: false })).toBeVisible();
  await checkA11y(page);
  await page.reload();
  await expect(page.getByText("Open the set-up link once more", { exact: false })).toBeVisible();
  await checkBothThemes(page);
  await page.goto(roster.setUpLink);
  await expect(page.getByLabel("Organization")).toBeVisible();
});

test("strength is shown while the password is typed", async ({ page, roster }) => {
  await page.goto(roster.setUpLink);
  const password = page.getByRole("textbox", { name: "Password" });
  await password.fill("aaaaaaaaaaaaaaaaaa");
  await expect(page.getByText("Too easy to guess")).toBeVisible();
  await password.fill("correct horse battery staple");
  await expect(page.getByText("Strong", { exact: true })).toBeVisible();
  await page.getByRole("button", { name: "Show password" }).click();
  await expect(page.getByRole("textbox", { name: "Password" })).toHaveAttribute("type", "text");
});

test("link used twice says so and leads to signing in", async ({ page, browser, roster }) => {
  await setUp(page, roster);
  const other = await elsewhere(browser);
  await other.page.goto(roster.setUpLink);
  await expect(other.page.getByRole("link", { name: "Sign in" })).toBeVisible();
  await checkBothThemes(other.page);
  await other.page.getByRole("link", { name: "Sign in" }).click();
  await signIn(other.page, "olivia@example.com", PASSWORD);
  await expect(other.page.getByRole("heading", { name: "Accounts", level: 1 })).toBeVisible();
});

test("before set-up the first page explains the printed link", async ({ page, roster }) => {
  await page.goto(roster.url);
  await expect(page.getByText(/set.?up/i).first()).toBeVisible();
  await checkBothThemes(page);
});
