// The list of accounts.
import { join } from "./support/api.ts";
import { checkA11y, expect, linkIn, test } from "./support/fixtures.ts";
import { accept, act, checkBothThemes, elsewhere, invite, openDemo, row, setUp, undo } from "./support/people.ts";

test("address holds search, status and sort, and Back works", async ({ page, roster }) => {
  await setUp(page, roster);
  await invite(page, "ana@example.com", "ben@example.com");
  const all = page.getByRole("group", { name: "Status" }).getByRole("button", { name: /^All/ });
  await expect(all).toHaveText(/^All\s*3$/);
  await page.getByRole("searchbox", { name: "Search accounts" }).fill("ana");
  await expect(all, "the counts are of what is found").toHaveText(/^All\s*1$/);
  await expect(page.getByRole("link", { name: /^Invitations/ }), "the tab's is of all").toHaveText(/^Invitations\s*2$/);
  await expect(row(page, "ben@example.com")).toHaveCount(0);
  await expect(row(page, "ana@example.com")).toHaveCount(1);
  await expect.poll(() => new URL(page.url()).searchParams.get("q")).toBe("ana");
  await page.getByRole("searchbox", { name: "Search accounts" }).fill("");
  await expect(all).toHaveText(/^All\s*3$/);
  await expect.poll(() => new URL(page.url()).searchParams.get("q")).toBeNull();
  await page.getByRole("button", { name: /^Pending invitation/ }).or(page.getByRole("radio", { name: /^Pending invitation/ })).first().click();
  await expect.poll(() => new URL(page.url()).searchParams.get("status")).toBe("pending");
  await expect(row(page, "olivia@example.com")).toHaveCount(0);
  await page.reload();
  await expect(row(page, "ana@example.com")).toHaveCount(1);
  await expect(row(page, "olivia@example.com")).toHaveCount(0);
  await page.goBack();
  await expect(row(page, "olivia@example.com")).toHaveCount(1);
});

test("search without a result says so and can be cleared", async ({ page, roster }) => {
  await setUp(page, roster);
  await page.getByRole("searchbox", { name: "Search accounts" }).fill("nobody has this name");
  await expect(page.getByText("Nothing found")).toBeVisible();
  await checkBothThemes(page);
  await page.getByRole("button", { name: "Clear filters" }).click();
  await expect(row(page, "olivia@example.com")).toHaveCount(1);
});

test("first page has one button to invite, and a pending account shows its address once", async ({ page, roster }) => {
  await setUp(page, roster);
  await expect(page.getByText("Invite your colleagues")).toBeVisible();
  await expect(page.getByRole("button", { name: "Invite users" })).toHaveCount(1);
  await invite(page, "ana@example.com");
  await expect(page.getByRole("button", { name: "Invite users" })).toHaveCount(1);
  await expect(row(page, "ana@example.com").getByText("ana@example.com", { exact: true })).toHaveCount(1);
});

test("arrows go from a control of a row to the same one of the next row", async ({ page, roster }) => {
  await setUp(page, roster);
  await invite(page, "ana@example.com", "ben@example.com");
  const link = (email: string) => row(page, email).getByRole("link", { name: email });
  const menu = (email: string) => row(page, email).getByRole("button", { name: /Actions/ });
  await link("ana@example.com").focus();
  await page.keyboard.press("ArrowDown");
  await expect(link("ben@example.com")).toBeFocused();
  await menu("ben@example.com").focus();
  await page.keyboard.press("ArrowUp");
  await expect(menu("ana@example.com")).toBeFocused();
  await expect(page.getByRole("menu")).toHaveCount(0);
  await page.keyboard.press("Enter");
  await page.keyboard.press("ArrowDown");
  await expect(page.getByRole("menuitem").nth(1)).toBeFocused();
});

test("on a phone the list is sorted by the menu, and of its header only the box for all stays", async ({ page, roster }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await setUp(page, roster);
  await invite(page, "ana@example.com");
  // Only the box that selects all of them.
  await expect(page.getByRole("columnheader")).toHaveCount(1);
  await expect(row(page, "ana@example.com")).toContainText("Not signed up yet");
  await page.getByRole("button", { name: "Sort: Name" }).click();
  await page.getByRole("menuitemradio", { name: "E-mail, Z to A" }).click();
  await expect(page.getByRole("button", { name: "Sort: E-mail" })).toBeVisible();
  await expect.poll(() => new URL(page.url()).searchParams.get("sort")).toBe("-email");
  await checkBothThemes(page);
});

test("on a phone the navigation is a drawer over the page", async ({ page, roster }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await setUp(page, roster);
  const toggle = page.getByRole("button", { name: "Navigation" });
  const accounts = page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Accounts" });
  const main = page.locator("main");
  await toggle.click();
  await expect(accounts).toBeFocused();
  await expect(main).toHaveAttribute("inert");
  await checkBothThemes(page);
  await page.keyboard.press("Escape");
  await expect(accounts).toBeHidden();
  await expect(toggle).toBeFocused();
  await toggle.click();
  await expect(accounts).toBeFocused();
  await page.mouse.click(380, 700);
  await expect(accounts).toBeHidden();
  await expect(main).not.toHaveAttribute("inert");
  await toggle.click();
  await page.getByRole("link", { name: "Organization settings" }).click();
  await expect(page.getByRole("heading", { name: "Organization settings", level: 1 })).toBeFocused();
  await expect(accounts).toBeHidden();
});

test("level is changed later, in the cell, with undo", async ({ page, browser, roster, mailbox }) => {
  await setUp(page, roster);
  await invite(page, "ana@example.com");
  await accept((await elsewhere(browser)).page, linkIn(await mailbox.waitForMail("ana@example.com")), "Ana");
  await expect(row(page, "ana@example.com")).toContainText("Active");
  await row(page, "ana@example.com").hover();
  await row(page, "ana@example.com").getByRole("button", { name: /level/i }).click();
  await page.getByRole("menuitemradio", { name: "Editor" }).click();
  await expect(row(page, "ana@example.com")).toContainText("Editor");
  await undo(page, "is now Editor.");
  await expect(row(page, "ana@example.com")).toContainText("Viewer");
});

test("level chosen from the menu is previewed before it is set, and undone", async ({ page, browser, roster, mailbox }) => {
  await setUp(page, roster);
  await join(page, browser, mailbox, "ana@example.com", "Ana");
  await expect(row(page, "ana@example.com")).toContainText("Active");
  await act(page, "ana@example.com", "Change level…");
  const dialog = page.getByRole("dialog", { name: "Level of Ana" });
  await expect(dialog.getByRole("radio", { name: /^Viewer/ })).toBeChecked();
  await expect(dialog.getByRole("button", { name: "Set level" })).toHaveAttribute("aria-disabled", "true");
  await dialog.getByRole("radio", { name: /^Editor/ }).check();
  await expect(dialog.getByRole("region", { name: "What will change" })).toContainText("Change alerts");
  await checkBothThemes(page);
  await dialog.getByRole("button", { name: "Set level" }).click();
  await expect(row(page, "ana@example.com")).toContainText("Editor");
  await undo(page, "is now Editor.");
  await expect(row(page, "ana@example.com")).toContainText("Viewer");
});

test("deactivated account says so in its level cell and is out at once", async ({ page, browser, roster, mailbox, noConsoleErrors }) => {
  noConsoleErrors.expectFault(/status of 401/);
  await setUp(page, roster);
  await invite(page, "ana@example.com");
  const ana = await elsewhere(browser);
  await accept(ana.page, linkIn(await mailbox.waitForMail("ana@example.com")), "Ana");
  await expect(row(page, "ana@example.com")).toContainText("Active");
  await act(page, "ana@example.com", "Deactivate");
  const dialog = page.getByRole("dialog", { name: "Deactivate Ana" });
  await expect(dialog.getByRole("region", { name: "What will change" })).toContainText("1 person loses");
  await checkBothThemes(page);
  await dialog.getByRole("button", { name: "Deactivate" }).click();
  // In the cell of the status, and in that of the level.
  await expect(row(page, "ana@example.com").getByText("Deactivated", { exact: true })).toHaveCount(2);
  await ana.page.reload();
  await expect(ana.page.getByRole("heading", { name: "Sign in" })).toBeVisible();
  await act(page, "ana@example.com", "Activate");
  const activate = page.getByRole("dialog", { name: "Activate Ana" });
  await expect(activate.getByRole("region", { name: "What will change" })).toContainText("1 person gains");
  await activate.getByRole("button", { name: "Activate" }).click();
  await expect(row(page, "ana@example.com")).toContainText("Active");
});

test("account opens beside the list and has its own address", async ({ page, roster }) => {
  await setUp(page, roster);
  await invite(page, "ana@example.com");
  await row(page, "ana@example.com").getByRole("link", { name: "ana@example.com" }).or(row(page, "ana@example.com").getByRole("button", { name: "ana@example.com" })).first().click();
  await expect.poll(() => new URL(page.url()).searchParams.get("account")).toMatch(/^[0-9a-f-]{36}$/);
  await expect(page.getByText("Account ID")).toBeVisible();
  await checkBothThemes(page);
  await page.reload();
  await expect(page.getByText("Account ID")).toBeVisible();
  await page.goBack();
});

test("viewer without the right sees neither the list nor its entries", async ({ page, browser, roster, mailbox }) => {
  await setUp(page, roster);
  await invite(page, "vera@example.com");
  const vera = await elsewhere(browser);
  await accept(vera.page, linkIn(await mailbox.waitForMail("vera@example.com")), "Vera");
  await expect(vera.page.getByRole("button", { name: "Invite users" })).toHaveCount(0);
  await expect(vera.page.getByRole("button", { name: "Settings menu" })).toHaveCount(0);
  const refused: string[] = [];
  vera.page.on("response", (response) => response.status() === 403 && refused.push(response.url()));
  await vera.page.goto(`${roster.url}/accounts`);
  await expect(vera.page.getByText(/View accounts|may not see|administrators/).first()).toBeVisible();
  await checkBothThemes(vera.page);
  await vera.page.goto(`${roster.url}/settings`);
  await expect(vera.page.getByText("You may not see this page")).toBeVisible();
  expect(refused, "the console asks for nothing that is refused").toEqual([]);
});

test.describe("with 10,000 accounts", () => {
  test.use({ demo: 10_000 });

  test("rows scroll to the last, with few of them in the page", async ({ page, roster }) => {
    await openDemo(page, roster);
    await expect(page.getByText("10,000").first()).toBeVisible();
    const [search, sort] = [page.getByRole("searchbox", { name: "Search accounts" }), page.getByRole("button", { name: /^Sort/ })];
    expect((await search.boundingBox())?.y, "however many chips there are").toBe((await sort.boundingBox())?.y);
    await checkBothThemes(page);
    const table = page.getByRole("table");
    await expect(table).toHaveAttribute("aria-rowcount", "10001");
    await page.getByRole("row").nth(3).focus();
    await page.keyboard.press("End");
    await expect(page.locator("[aria-rowindex='10001']")).toContainText("@");
    expect(await page.locator("*").count()).toBeLessThan(2_500);
    await page.setViewportSize({ width: 390, height: 844 });
    await checkA11y(page);
  });
});
