// The invite dialog and the page of the invited person.
import { checkA11y, expect, linkIn, test } from "./support/fixtures.ts";
import { accept, act, checkBothThemes, elsewhere, invite, OWNER, row, setUp } from "./support/people.ts";
import { call, makeGroup } from "./support/api.ts";
import { choose } from "./support/bulk.ts";
import { startMailbox } from "./support/mailbox.ts";

test("pasted list marks each bad and repeated entry, and invites the good ones", async ({ page, roster }) => {
  await setUp(page, roster);
  await page.getByRole("button", { name: "Invite users" }).first().click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByText("Everyone", { exact: true }).first()).toBeVisible();
  await expect(dialog.getByText("Manage permissions at group level", { exact: false })).toBeVisible();
  const field = dialog.getByRole("textbox", { name: "E-mail addresses" });
  await field.fill(`Ana Novak <ana@example.com>; oops, ANA@example.com\nolivia@example.com ben@example.com`);
  await field.press("Enter");
  await expect(dialog.getByText("oops").first()).toBeVisible();
  await expect(dialog.getByText("An address has one @", { exact: false }).first()).toBeAttached();
  await expect(dialog.getByText("in the list already", { exact: false }).first()).toBeAttached();
  await checkBothThemes(page);
  await dialog.getByRole("button", { name: /^Invite/ }).click();
  await expect(dialog.getByText("2 invited, 1 already a member", { exact: false })).toBeVisible();
  await checkA11y(page);
  await dialog.getByRole("button", { name: "Done" }).click();
  await expect(row(page, "ana@example.com")).toContainText("Pending");
});

test("empty form is refused with the focus on what is missing", async ({ page, roster }) => {
  await setUp(page, roster);
  await page.getByRole("button", { name: "Invite users" }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: /^Invite/ }).click();
  await expect(dialog.getByText("Enter at least one e-mail address.").first()).toBeVisible();
  await expect(dialog.getByRole("textbox", { name: "E-mail addresses" })).toBeFocused();
});

test("level and a new group are chosen, and hold after acceptance", async ({ page, browser, roster, mailbox }) => {
  await setUp(page, roster);
  await page.getByRole("button", { name: "Invite users" }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: "E-mail addresses" }).fill("ana@example.com");
  await dialog.getByRole("radio", { name: /Editor/ }).check();
  await dialog.getByRole("combobox", { name: "Groups" }).fill("Interns");
  await page.getByRole("option", { name: /Interns/ }).click();
  // At once: the invitation waits for the group that is being made.
  await dialog.getByRole("button", { name: /^Invite/ }).click();
  await dialog.getByRole("button", { name: "Done" }).click();
  await expect(row(page, "ana@example.com")).toContainText("Editor");
  await expect(row(page, "ana@example.com")).toContainText("Interns");
  const ana = await elsewhere(browser);
  await accept(ana.page, linkIn(await mailbox.waitForMail("ana@example.com")), "Ana");
  await ana.page.goto(`${roster.url}/profile`);
  await expect(ana.page.getByText("Interns").first()).toBeVisible();
  await checkBothThemes(ana.page);
});

test("level chosen for one invitation is not that of the next", async ({ page, roster }) => {
  await setUp(page, roster);
  const open = () => page.getByRole("button", { name: "Invite users" }).first().click();
  const dialog = page.getByRole("dialog");
  const level = (name: string) => dialog.getByRole("radio", { name });
  await open();
  await expect(level("Viewer")).toBeChecked();
  await level("Editor").check();
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await open();
  await expect(level("Editor"), "closed by a slip, nothing is lost").toBeChecked();
  await dialog.getByRole("textbox", { name: "E-mail addresses" }).fill("ana@example.com");
  await dialog.getByRole("button", { name: /^Invite/ }).click();
  await dialog.getByRole("button", { name: "Invite more" }).click();
  await expect(level("Viewer")).toBeChecked();
  await dialog.getByRole("button", { name: "Cancel" }).click();
  const told = page.waitForResponse(async (answer) => answer.url().endsWith("/api/v1/session") && answer.ok() && (await answer.json()).organization.default_level === "editor");
  await call(page, "PATCH", "organization", { default_level: "editor" }, (await call<{ version: number }>(page, "GET", "organization")).version);
  await told;
  await page.getByRole("link", { name: "Organization dashboard" }).click();
  await page.getByRole("link", { name: "Accounts", exact: true }).click();
  await open();
  await expect(level("Editor"), "the default, which nobody chose").toBeChecked();
});

test("refused entry is marked in its field, and the focus goes there", async ({ page, roster, noConsoleErrors }) => {
  noConsoleErrors.expectFault(/status of 422/);
  await setUp(page, roster);
  const [sales, interns] = [await makeGroup(page, "Sales"), await makeGroup(page, "Interns")];
  await page.getByRole("button", { name: "Invite users" }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: "E-mail addresses" }).fill("ana@example.com");
  await choose(page, dialog, "Groups", "Sales");
  await choose(page, dialog, "Groups", "Interns");
  const { version } = await call<{ version: number }>(page, "GET", `groups/${interns}`);
  await call(page, "DELETE", `groups/${interns}`, undefined, version);
  await dialog.getByRole("button", { name: /^Invite/ }).click();
  const marked = dialog.getByRole("button", { name: "Interns, There is no such group." });
  await expect(marked).toBeFocused();
  await expect(dialog.getByRole("button", { name: "Sales", exact: true }), sales).toBeVisible();
  await expect(dialog.getByRole("combobox", { name: "Groups" })).toHaveAttribute("aria-invalid", "true");
  await checkBothThemes(page);
  await page.keyboard.press("Delete");
  await expect(marked).toHaveCount(0);
  await dialog.getByRole("button", { name: /^Invite/ }).click();
  await expect(dialog.getByText("1 invited")).toBeVisible();
});

test("group is not made anew while nobody knows whether it is there", async ({ page, roster }) => {
  await setUp(page, roster);
  await makeGroup(page, "Sales");
  await page.getByRole("button", { name: "Invite users" }).first().click();
  const dialog = page.getByRole("dialog");
  const groups = dialog.getByRole("combobox", { name: "Groups" });
  await expect(groups).toBeVisible();
  let know = () => {};
  const known = new Promise<void>((resolve) => (know = resolve));
  await page.route("**/api/v1/groups?*", async (route) => {
    await known;
    await route.continue();
  });
  const asked = page.waitForRequest(/groups\?.*q=Sales/);
  await groups.fill("Sales");
  await asked;
  await expect(page.getByRole("option", { name: /Create/ })).toHaveCount(0);
  await groups.press("Enter");
  know();
  await expect(dialog.getByRole("button", { name: "Sales", exact: true }), "what was meant is chosen once it is known").toBeVisible();
  await groups.fill("Interns");
  await expect(page.getByRole("option", { name: /Create/ })).toBeVisible();
});

test("group is not made anew where nobody could be asked whether it is there, and is found once they can", async ({ page, roster, noConsoleErrors }) => {
  noConsoleErrors.expectFault(/ERR_FAILED/);
  await setUp(page, roster);
  await makeGroup(page, "Sales");
  await page.getByRole("button", { name: "Invite users" }).first().click();
  const dialog = page.getByRole("dialog");
  const groups = dialog.getByRole("combobox", { name: "Groups" });
  await expect(groups).toBeVisible();
  await page.route("**/api/v1/groups?*", (route) => route.abort());
  await groups.fill("Sales");
  await expect(page.getByRole("option", { name: "Could not be loaded" })).toBeVisible();
  await expect(groups).toHaveAccessibleDescription(/cannot be reached/);
  await expect(page.getByRole("option", { name: /Create/ })).toHaveCount(0);
  await page.unroute("**/api/v1/groups?*");
  await page.keyboard.press("Escape");
  await groups.press("ArrowDown");
  await expect(page.getByRole("option", { name: /^Sales/ }), "opening the list asks again").toBeVisible();
  await groups.press("Enter");
  await expect(dialog.getByRole("button", { name: "Sales", exact: true })).toBeVisible();
});

test("whoever is invited again keeps what they were given first, and the result says so", async ({ page, roster }) => {
  await setUp(page, roster);
  await makeGroup(page, "Sales");
  await invite(page, "ana@example.com");
  await page.getByRole("button", { name: "Invite users" }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: "E-mail addresses" }).fill("ana@example.com");
  await dialog.getByRole("radio", { name: "Editor" }).check();
  await choose(page, dialog, "Groups", "Sales");
  await dialog.getByRole("button", { name: /^Invite/ }).click();
  await expect(dialog.getByRole("listitem").filter({ hasText: "ana@example.com" })).toContainText("Invited again");
  await expect(dialog.getByText("keeps level Viewer, without Sales")).toBeVisible();
  await checkA11y(page);
});

test("text left in the field for groups is asked about, not lost", async ({ page, roster }) => {
  await setUp(page, roster);
  await page.getByRole("button", { name: "Invite users" }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: "E-mail addresses" }).fill("ana@example.com");
  const groups = dialog.getByRole("combobox", { name: "Groups" });
  await groups.fill("Interns");
  await groups.press("Tab");
  await dialog.getByRole("button", { name: /^Invite/ }).click();
  await expect(dialog.getByText("Choose “Interns” from the list, or clear the field.")).toBeVisible();
  await expect(groups).toBeFocused();
  await groups.fill("");
  await dialog.getByRole("button", { name: /^Invite/ }).click();
  await expect(dialog.getByText("1 invited")).toBeVisible();
});

test.describe("without a mail server", () => {
  test.use({ mail: "none" });

  test("links are offered to copy, and work", async ({ page, browser, context, roster }) => {
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    await setUp(page, roster);
    await page.getByRole("button", { name: "Invite users" }).first().click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("textbox", { name: "E-mail addresses" }).fill("ana@example.com");
    await dialog.getByRole("button", { name: /^Invite/ }).click();
    await expect(dialog.getByText("no mail server", { exact: false })).toBeVisible();
    await checkA11y(page);
    await dialog.getByRole("button", { name: "Copy link" }).first().click();
    const link = await page.evaluate(() => navigator.clipboard.readText());
    expect(link).toContain("/invitation#rsti_");
    await dialog.getByRole("button", { name: "Done" }).click();
    const ana = await elsewhere(browser);
    await accept(ana.page, link, "Ana");
    await expect(row(page, "ana@example.com")).toContainText("Active");
  });

  test("nothing is said to have been sent", async ({ page, browser, context, roster }) => {
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    await setUp(page, roster);
    await invite(page, "ana@example.com");
    await act(page, "ana@example.com", "Copy invitation link");
    await expect(page.getByText("was copied").first()).toBeVisible();
    const older = await page.evaluate(() => navigator.clipboard.readText());
    await act(page, "ana@example.com", "Resend invitation");
    await page.getByRole("dialog").getByRole("button", { name: "Resend" }).click();
    await expect(page.getByRole("dialog", { name: "Invitation link" })).toBeVisible();
    await expect(page.getByText("There is a new link for ana@example.com").first()).toBeAttached();
    await expect(page.getByText(/\bresent\b/i)).toHaveCount(0);
    const ana = await elsewhere(browser);
    await ana.page.goto(older);
    await expect(ana.page.getByText("Use the newest link you were given", { exact: false })).toBeVisible();
  });
});

test("mail server away: queued and retrying, then sent once when it is back", async ({ page, roster, mailbox }) => {
  await setUp(page, roster);
  const port = new URL(mailbox.url).port;
  await mailbox.stop();
  await invite(page, "ana@example.com");
  await expect(row(page, "ana@example.com")).toContainText("Queued, retrying", { timeout: 15_000 });
  const back = await startMailbox(["--port", port]);
  await back.waitForMail("ana@example.com");
  await expect(row(page, "ana@example.com")).not.toContainText("Queued", { timeout: 15_000 });
  expect((await back.all()).length).toBe(1);
  await back.stop();
});

test("someone else who is signed in is told, signs out and goes on", async ({ page, roster, mailbox }) => {
  await setUp(page, roster);
  await invite(page, "ana@example.com");
  const link = linkIn(await mailbox.waitForMail("ana@example.com"));
  await page.goto(link);
  await expect(page.getByText(OWNER.email, { exact: false }).first()).toBeVisible();
  await checkBothThemes(page);
  await page.getByRole("button", { name: "Sign out and continue" }).click();
  await expect(page.getByRole("button", { name: "Accept invitation" })).toBeVisible();
});

test("used and incomplete links say which they are", async ({ page, browser, roster, mailbox, noConsoleErrors }) => {
  noConsoleErrors.expectFault(/status of 404/);
  await setUp(page, roster);
  await invite(page, "ana@example.com");
  const link = linkIn(await mailbox.waitForMail("ana@example.com"));
  const ana = await elsewhere(browser);
  await accept(ana.page, link, "Ana");
  const again = await elsewhere(browser);
  await again.page.goto(link);
  await expect(again.page.getByRole("heading", { name: "Accepted already" })).toBeVisible();
  await again.page.goto(`${roster.url}/invitation`);
  await expect(again.page.getByRole("heading", { name: "This link is not complete" })).toBeVisible();
  await checkBothThemes(again.page);
});

test("replaced link asks the sender for a new one, who sees it in the list", async ({ page, browser, roster, mailbox }) => {
  await setUp(page, roster);
  await invite(page, "ana@example.com");
  const older = linkIn(await mailbox.waitForMail("ana@example.com"));
  await act(page, "ana@example.com", "Resend invitation");
  await page.getByRole("dialog").getByRole("button", { name: "Resend" }).click();
  await expect(page.getByRole("dialog")).toBeHidden();
  const ana = await elsewhere(browser);
  await ana.page.goto(older);
  await ana.page.getByRole("button", { name: "Ask for a new link" }).click();
  await expect(ana.page.getByText("A new link was asked for")).toBeVisible();
  await checkBothThemes(ana.page);
  await mailbox.waitForMail(OWNER.email, { subject: "asks for a new invitation link" });
  await expect(row(page, "ana@example.com")).toContainText(/asked for a new link/i);
});

test("two admins: who comes second is told that it was withdrawn", async ({ page, context, roster, noConsoleErrors }) => {
  noConsoleErrors.expectFault(/status of (409|412)/);
  await setUp(page, roster);
  await invite(page, "ana@example.com");
  const other = await context.newPage();
  await other.goto(roster.url);
  await act(other, "ana@example.com", "Resend invitation");
  await act(page, "ana@example.com", "Withdraw invitation");
  await page.getByRole("dialog").getByRole("button", { name: "Withdraw" }).click();
  await expect(row(page, "ana@example.com")).toHaveCount(0);
  await other.getByRole("dialog").getByRole("button", { name: "Resend" }).click();
  await expect(other.getByText(/withdrawn meanwhile|somebody|changed/i).first()).toBeVisible();
});
