// The API as the console calls it: from the page of whoever is signed in there, with their cookie and the browser's own headers.
import type { Browser, Page } from "@playwright/test";
import { linkIn, type Mailbox } from "./mailbox.ts";
import { accept, elsewhere } from "./people.ts";

/** Calls the API as whoever is signed in on the page; fails with what the server said unless it is done. */
export async function call<T = unknown>(page: Page, method: string, path: string, body?: unknown, version?: number): Promise<T> {
  const answer = await page.evaluate(
    async ({ method, path, body, version }) => {
      const headers: Record<string, string> = { accept: "application/json" };
      if (body !== undefined) {
        headers["content-type"] = "application/json";
      }
      if (version !== undefined) {
        headers["if-match"] = `"${version}"`;
      }
      const response = await fetch(`/api/v1/${path}`, { method, headers, body: body === undefined ? null : JSON.stringify(body) });
      return { ok: response.ok, status: response.status, text: await response.text() };
    },
    { method, path, body, version },
  );
  if (!answer.ok) {
    throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
  }
  return (answer.text === "" ? undefined : JSON.parse(answer.text)) as T;
}

/** Somebody who is in: their account, and the page they are signed in on. */
export interface Joined {
  id: string;
  page: Page;
}

/** Invites somebody with what `gifts` says, and lets them accept in a browser of their own. */
export async function join(page: Page, browser: Browser, mailbox: Mailbox, email: string, name: string, gifts: object = {}): Promise<Joined> {
  const { results } = await call<{ results: { account_id: string }[] }>(page, "POST", "invitations", { emails: [email], ...gifts });
  const other = await elsewhere(browser);
  await accept(other.page, linkIn(await mailbox.waitForMail(email)), name);
  return { id: results[0]?.account_id ?? "", page: other.page };
}

/** Makes a group; its id. */
export async function makeGroup(page: Page, name: string): Promise<string> {
  return (await call<{ id: string }>(page, "POST", "groups", { name })).id;
}

/** The links of the main navigation. */
export function entries(page: Page) {
  return page.getByRole("navigation", { name: "Main" }).getByRole("link");
}
