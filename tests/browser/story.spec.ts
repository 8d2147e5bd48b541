// The first invitation, the whole way, on both databases: set up, invite three; one accepts, one declines, one is resent and withdrawn.
import { expect, linkIn, test } from "./support/fixtures.ts";
import { accept, checkBothThemes, elsewhere, invite, row, setUp } from "./support/people.ts";

for (const database of ["sqlite", "postgresql"] as const) {
  test.describe(`on ${database}`, () => {
    test.use({ database });

    test("owner invites three colleagues: one joins, one declines, one is resent and withdrawn", async ({ page, browser, roster, mailbox }) => {
      await setUp(page, roster);
      await invite(page, "ana@example.com", "ben@example.com", "cleo@example.com");
      for (const email of ["ana@example.com", "ben@example.com", "cleo@example.com"]) {
        await expect(row(page, email)).toContainText("Pending invitation");
      }
      await checkBothThemes(page);

      const ana = await elsewhere(browser);
      const mail = await mailbox.waitForMail("ana@example.com", { subject: "Olivia Owner invites you to Acme" });
      await ana.page.goto(linkIn(mail));
      await expect(ana.page.getByText("Olivia Owner", { exact: false }).first()).toBeVisible();
      await checkBothThemes(ana.page);
      await accept(ana.page, linkIn(mail), "Ana Novak");
      await expect(row(page, "ana@example.com"), "without a reload").toContainText("Active");
      await expect(row(page, "ana@example.com")).toContainText("Ana Novak");

      const ben = await elsewhere(browser);
      await ben.page.goto(linkIn(await mailbox.waitForMail("ben@example.com")));
      await ben.page.getByRole("button", { name: "Decline" }).click();
      await ben.page.getByRole("dialog").getByRole("button", { name: "Decline" }).click();
      await expect(ben.page.getByRole("heading", { name: "Invitation declined" })).toBeVisible();
      await checkBothThemes(ben.page);
      await expect(row(page, "ben@example.com")).toHaveCount(0);

      const first = linkIn(await mailbox.waitForMail("cleo@example.com"));
      await page.getByRole("link", { name: /^Invitations/ }).click();
      await expect(page.getByRole("heading", { name: "Invitations", level: 1 })).toBeVisible();
      await row(page, "cleo@example.com").getByRole("button", { name: /Resend invitation/ }).click();
      await page.getByRole("dialog").getByRole("button", { name: "Resend" }).click();
      await expect(page.getByText(/resent/i).first()).toBeVisible();
      await expect.poll(async () => (await mailbox.all()).filter((sent) => sent.to.includes("cleo@example.com")).length).toBe(2);
      const second = (await mailbox.all()).filter((sent) => sent.to.includes("cleo@example.com")).map((sent) => linkIn(sent)).find((link) => link !== first);
      expect(second).toBeDefined();
      const cleo = await elsewhere(browser);
      await cleo.page.goto(first);
      await expect(cleo.page.getByRole("heading", { name: "There is a newer link" })).toBeVisible();

      await row(page, "cleo@example.com").getByRole("button", { name: /Withdraw invitation/ }).first().click();
      await page.getByRole("dialog").getByRole("button", { name: "Withdraw" }).click();
      await expect(row(page, "cleo@example.com")).toHaveCount(0);
      await cleo.page.goto("about:blank");
      await cleo.page.goto(second as string);
      await expect(cleo.page.getByRole("heading", { name: "Invitation withdrawn" })).toBeVisible();
      await checkBothThemes(page);
    });
  });
}
