// Acts on accounts by the API, for what a test needs to be there beforehand; and type-ahead fields.
import { expect, type Locator, type Page } from "@playwright/test";
import { call } from "./api.ts";

/** The id of an account, by its e-mail address. */
export async function accountId(page: Page, email: string): Promise<string> {
  const { items } = await call<{ items: { id: string }[] }>(page, "GET", `accounts?q=${encodeURIComponent(email)}`);
  expect(items, email).toHaveLength(1);
  return items[0]?.id ?? "";
}

/** Does one act of `POST accounts/bulk` to accounts, by their e-mail addresses. */
export async function bulk(page: Page, emails: string[], action: Record<string, unknown>): Promise<void> {
  const ids = await Promise.all(emails.map((email) => accountId(page, email)));
  const { results } = await call<{ results: { outcome: string; code?: string }[] }>(page, "POST", "accounts/bulk", { ids, action });
  expect(
    results.filter(({ outcome }) => outcome === "error"),
    JSON.stringify(results),
  ).toEqual([]);
}

/** Chooses in a type-ahead field by typing. */
export async function choose(page: Page, inside: Locator, field: string, text: string): Promise<void> {
  await inside.getByRole("combobox", { name: field }).fill(text);
  await page.getByRole("option", { name: text }).first().click();
}
