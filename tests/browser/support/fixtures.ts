// What every browser test imports: `test` with a running Roster, its mailbox, and the guard against errors on the page.
import { expect, test as base } from "@playwright/test";
import { secretsOf } from "./canary.ts";
import { type Guard, guard } from "./guard.ts";
import { type Mailbox, startMailbox } from "./mailbox.ts";
import { makeDatabase } from "./postgres.ts";
import { fillDemo, type Roster, startRoster } from "./roster.ts";

export { expect };
export { checkA11y } from "./a11y.ts";
export { linkIn, type Mail, type Mailbox } from "./mailbox.ts";
export type { Roster } from "./roster.ts";

interface Options {
  /** `test.use({ mail: "none" })` starts the server without SMTP. */
  mail: "smtp" | "none";
  /** `test.use({ database: "postgresql" })` starts it on a database of its own in the cluster of the test step. */
  database: "sqlite" | "postgresql";
  /** `test.use({ demo: 10_000 })` starts it with an organization of so many accounts; by default it is not set up. */
  demo: number;
}

interface Fixtures {
  /** The messages that this test's Roster sent. */
  mailbox: Mailbox;
  /** A Roster of this test alone; it ends after the pages, which may still be loading. */
  roster: Roster;
  /** Always on: the test fails on any error on a page that it did not expect. */
  noConsoleErrors: Guard;
}

export const test = base.extend<Options & Fixtures>({
  mail: ["smtp", { option: true }],
  database: ["sqlite", { option: true }],
  demo: [0, { option: true }],

  mailbox: async ({}, use) => {
    const mailbox = await startMailbox();
    await use(mailbox);
    await mailbox.stop();
  },

  roster: async ({ mail, database, demo, mailbox }, use, testInfo) => {
    const databaseUrl = database === "postgresql" ? makeDatabase() : undefined;
    const filled = demo > 0 ? await fillDemo(demo) : {};
    const roster = await startRoster({ ...filled, databaseUrl, smtpUrl: mail === "smtp" ? mailbox.url : undefined });
    await use(roster);
    await roster.end();
    const found = await secretsOf(roster);
    await roster.stop();
    if (testInfo.status !== testInfo.expectedStatus) {
      await testInfo.attach("roster.log", { body: roster.log(), contentType: "text/plain" });
    }
    expect(found, "no secret stands in the log or in the database").toEqual([]);
  },

  baseURL: async ({ roster }, use) => use(roster.url),

  noConsoleErrors: [
    async ({ context }, use) => {
      const watch = guard(context);
      await use(watch);
      const unexpected = watch.unexpected();
      await watch.closeOthers();
      expect(unexpected, "errors on the page").toEqual([]);
    },
    { auto: true },
  ],
});
