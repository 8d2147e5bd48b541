// Pages at the widths of a phone and of a wide screen: nothing of them is out of reach to the side.
import type { Page } from "@playwright/test";
import { checkA11y, expect, linkIn, test } from "./support/fixtures.ts";
import { elsewhere, invite, openDemo, row, setUp } from "./support/people.ts";

const PHONE = { width: 390, height: 844 };

/** Nothing scrolls the page to the side, and no text of a button, link, heading or field is beyond its edge. */
async function checkFits(page: Page): Promise<void> {
  const beyond = await page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    const scrolls = document.documentElement.scrollWidth > width ? [`the page is ${document.documentElement.scrollWidth} wide`] : [];
    const isInScroller = (element: Element) => {
      for (let around = element.parentElement; around !== null; around = around.parentElement) {
        if (["auto", "scroll"].includes(getComputedStyle(around).overflowX)) {
          return true;
        }
      }
      return false;
    };
    const outside = [...document.querySelectorAll("button, a, input, h1, h2")].filter((element) => {
      const { left, right, width: own } = element.getBoundingClientRect();
      return own > 1 && (right > width + 1 || left < -1) && element.checkVisibility({ visibilityProperty: true }) && !isInScroller(element);
    });
    return [...scrolls, ...outside.map((element) => element.outerHTML.slice(0, 120))];
  });
  expect(beyond).toEqual([]);
}

async function check(page: Page): Promise<void> {
  await checkFits(page);
  await checkA11y(page);
}

test.describe("on a phone", () => {
  test.use({ viewport: PHONE });

  test("set-up, sign-in and the invitation page fit", async ({ page, browser, roster, mailbox }) => {
    await page.goto(roster.setUpLink);
    await expect(page.getByRole("button", { name: "Set up" })).toBeVisible();
    await check(page);
    await setUp(page, roster);
    await invite(page, "a.person.with.quite.a.long.address@subsidiary.example.com");
    const visitor = (await elsewhere(browser)).page;
    await visitor.setViewportSize(PHONE);
    await visitor.goto(`${roster.url}/sign-in`);
    await expect(visitor.getByRole("button", { name: "Sign in" })).toBeVisible();
    await check(visitor);
    await visitor.goto(linkIn(await mailbox.waitForMail("a.person.with.quite.a.long.address@subsidiary.example.com")));
    await expect(visitor.getByRole("button", { name: "Accept invitation" })).toBeVisible();
    await check(visitor);
  });

  test("invite dialog fits, filled in and with its results", async ({ page, roster }) => {
    await setUp(page, roster);
    await page.getByRole("button", { name: "Invite users" }).first().click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("textbox", { name: "E-mail addresses" }).fill("a.person.with.quite.a.long.address@subsidiary.example.com, oops, ben@example.com");
    await page.keyboard.press("Enter");
    await dialog.getByText("Advanced", { exact: true }).click();
    await expect(dialog.getByRole("combobox", { name: "Roles" })).toBeVisible();
    await check(page);
    await dialog.getByRole("button", { name: /^Invite/ }).click();
    await expect(dialog.getByText("2 invited", { exact: false })).toBeVisible();
    await check(page);
  });

  test("accounts, invitations, settings, dashboard and profile fit", async ({ page, roster }) => {
    await setUp(page, roster);
    await invite(page, "a.person.with.quite.a.long.address@subsidiary.example.com", "ben@example.com");
    await check(page);
    for (const [path, heading] of [
      ["/accounts/invitations", "Invitations"],
      ["/settings", "Organization settings"],
      ["/settings/new-accounts", "Organization settings"],
      ["/organization", "Organization dashboard"],
      ["/profile", "Profile"],
      ["/groups", "Groups"],
      ["/roles", "Roles"],
    ] as const) {
      await page.goto(`${roster.url}${path}`);
      await expect(page.getByRole("heading", { name: heading, level: 1 })).toBeVisible();
      await expect(page.locator("[aria-busy=true]")).toHaveCount(0);
      await check(page);
    }
  });

  test("card says the level and when the account was last active", async ({ page, roster }) => {
    await setUp(page, roster);
    await invite(page, "ana@example.com");
    await expect(row(page, "ana@example.com").getByText("Viewer")).toBeInViewport();
    await expect(row(page, "ana@example.com").getByRole("link", { name: "ana@example.com" }), "her address has a line of its own").toBeInViewport({ ratio: 1 });
    await expect(row(page, "ana@example.com").getByText("Not signed up yet")).toBeInViewport();
    await expect(row(page, "olivia@example.com").getByText("Admin")).toBeInViewport();
    await expect(row(page, "olivia@example.com").getByRole("cell", { name: /now|seconds ago/ })).toBeInViewport();
    await check(page);
  });
});

test.describe("with 500 accounts", () => {
  test.use({ demo: 500 });

  test("at 2,560 pixels the accounts show every column", async ({ page, roster }) => {
    await page.setViewportSize({ width: 2560, height: 1440 });
    await openDemo(page, roster);
    for (const name of ["E-mail", "Status", "Level", "Roles", "Groups", "Teams", "Last active", "Auth methods", "Created"]) {
      await expect(page.getByRole("columnheader", { name })).toBeInViewport();
    }
    await check(page);
  });

  test("rows that become taller or shorter leave the same person on top", async ({ page, roster }) => {
    await page.setViewportSize({ width: 1280, height: 800 });
    await openDemo(page, roster);
    const frame = page.locator(".vtable");
    const top = async () => {
      const { x, y, width } = (await frame.locator("tbody").first().evaluate((body) => body.closest(".vtable")?.getBoundingClientRect().toJSON())) as DOMRect;
      return page.evaluate(([left, above]) => {
        const head = document.querySelector(".vtable thead")?.getBoundingClientRect();
        const under = document.elementFromPoint(left, Math.max(above, head?.bottom ?? 0) + 4);
        return under?.closest("[aria-rowindex]")?.getAttribute("aria-rowindex");
      }, [x + width / 2, y] as const);
    };
    await frame.evaluate((element) => element.scrollTo(0, 9_000));
    await expect.poll(top).not.toBe("2");
    const before = await top();
    await page.setViewportSize(PHONE);
    await expect(page.getByRole("columnheader", { name: "Status" })).toBeHidden();
    await expect.poll(top).toBe(before);
    await page.setViewportSize({ width: 1280, height: 800 });
    await expect(page.getByRole("columnheader", { name: "Status" })).toBeVisible();
    await expect.poll(top).toBe(before);
  });

  test("columns are chosen, scroll within the table where there is no room, and are remembered", async ({ page, roster }) => {
    await page.setViewportSize({ width: 1280, height: 800 });
    await openDemo(page, roster);
    const header = (name: string) => page.getByRole("columnheader", { name });
    await expect(header("Status")).toBeVisible();
    await expect(header("Teams")).toBeHidden();
    await page.getByRole("button", { name: "Columns" }).click();
    await expect(page.getByRole("menuitemcheckbox", { name: "Status" })).toBeChecked();
    for (const name of ["Teams", "Auth methods", "Created"]) {
      await expect(page.getByRole("menuitemcheckbox", { name })).not.toBeChecked();
      await page.getByRole("menuitemcheckbox", { name }).click();
      await expect(page.getByRole("menuitemcheckbox", { name })).toBeChecked();
    }
    await page.getByRole("menuitemcheckbox", { name: "Groups" }).click();
    await page.keyboard.press("Escape");
    await expect(header("Groups")).toBeHidden();
    await check(page);
    const first = page.getByRole("row").nth(1);
    const menu = first.getByRole("button", { name: /^Actions/ });
    await header("Created").scrollIntoViewIfNeeded();
    await expect(header("Created")).toBeInViewport({ ratio: 1 });
    await expect(first.getByRole("checkbox"), "who it is stays in view").toBeInViewport({ ratio: 1 });
    await expect(menu, "and what can be done").toBeInViewport({ ratio: 1 });
    await page.reload();
    await expect(header("Teams")).toBeVisible();
    await expect(header("Groups")).toBeHidden();
    await page.getByRole("button", { name: "Columns" }).click();
    await page.getByRole("menuitemradio", { name: "As many as fit" }).click();
    await expect(header("Teams")).toBeHidden();
    await expect(header("Groups")).toBeVisible();
  });
});
