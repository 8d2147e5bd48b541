// Working on the console: `trunk serve`, run by hand, builds anew on a change and reloads; the API is behind its proxy.
import { readdir, rm } from "node:fs/promises";
import { expect, test } from "./support/fixtures.ts";
import { OWNER, setUp, signIn } from "./support/people.ts";
import { BUILD_MS, copySource, FIRST_BUILD_MS, startTrunk, type Trunk } from "./support/trunk.ts";

const PAGE = "src/features/organization/settings_page.rs";
const TITLE = "Organization settings";

const served = test.extend<{ trunk: Trunk }>({
  trunk: [
    async ({ roster }, use, testInfo) => {
      const trunk = await startTrunk(await copySource(roster.url));
      await use(trunk);
      await trunk.stop();
      if (testInfo.status !== testInfo.expectedStatus) {
        await testInfo.attach("trunk.log", { body: trunk.log(), contentType: "text/plain" });
      }
    },
    { timeout: FIRST_BUILD_MS },
  ],
  // `trunk` stands between the browser and the Roster.
  baseURL: async ({ trunk }, use) => use(trunk.url),
});

served("change of the source is built and seen without a reload by hand, signed in, on a page in a file of its own", async ({ page, roster, trunk, noConsoleErrors }) => {
  served.setTimeout(4 * BUILD_MS);
  // The page asks for news at any time, also just when its session ends.
  noConsoleErrors.expectFault(/status of 401/);
  const heading = (name: string) => page.getByRole("heading", { name, level: 1, exact: true });
  // A file is written in more than one step, and Trunk builds twice where the second one comes after the build has begun. Builds
  // that started themselves would be more.
  const builtAfter = async (changes: number) =>
    expect
      .poll(
        () => {
          const { begun, done } = trunk.builds();
          return begun === done && done > changes && done <= 1 + 2 * changes ? "built" : `${begun} builds begun, ${done} done`;
        },
        { timeout: BUILD_MS },
      )
      .toBe("built");

  // The link that the server prints names the server; here one comes by way of Trunk.
  await setUp(page, { ...roster, setUpLink: roster.setUpLink.replace(roster.url, trunk.url) });
  await page.getByRole("button", { name: "Profile menu" }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
  await signIn(page, OWNER.email);
  await expect(heading("Accounts")).toBeVisible();
  const session = (await page.context().cookies(trunk.url)).find(({ name }) => name === "__Host-session");
  expect(session).toMatchObject({ httpOnly: true, secure: true, sameSite: "Strict" });
  expect((await page.request.get("/healthz")).ok(), "what else the server answers is behind the proxy, too").toBe(true);

  const part = page.waitForResponse(/\/assets\/part-[0-9a-f]+\.wasm$/);
  await page.goto("/settings");
  expect((await part).ok()).toBe(true);
  await expect(heading(TITLE)).toBeVisible();
  await builtAfter(0);

  await trunk.edit(PAGE, `title="${TITLE}"`, `title="${TITLE}, changed"`);
  await expect(heading(`${TITLE}, changed`)).toBeVisible({ timeout: BUILD_MS });
  await builtAfter(1);

  await trunk.edit("style/base.css", ":focus-visible {", ":focus-visible { --changed: 1;");
  await builtAfter(2);
  await expect(heading(`${TITLE}, changed`)).toBeVisible();

  noConsoleErrors.expectFault(/Build failed/);
  await trunk.edit(PAGE, `title="${TITLE}, changed"`, `title=nonsense`);
  await expect(page.getByText("Build failure")).toBeVisible({ timeout: BUILD_MS });
  await builtAfter(3);
  await trunk.edit(PAGE, "title=nonsense", `title="${TITLE}, repaired"`);
  await expect(heading(`${TITLE}, repaired`)).toBeVisible({ timeout: BUILD_MS });
  await builtAfter(4);

  // Trunk answers with the page where there is no file: that must not be taken for the file.
  noConsoleErrors.expectFault(/integrity|Failed to fetch/);
  const assets = trunk.folder("dist/assets");
  const parts = (await readdir(assets)).filter((name) => name.startsWith("part-"));
  await Promise.all(parts.map((name) => rm(`${assets}/${name}`)));
  await page.goto("/groups");
  await expect(heading("This could not be loaded")).toBeVisible();
});
