// Service accounts and API tokens by the API, for what a test needs to be there beforehand; and a token in use.
import { expect, type Page } from "@playwright/test";
import { call } from "./api.ts";

export interface Service {
  id: string;
  handle: string;
  /** Of its first token. */
  secret: string;
}

/** Makes a service account with a token that never expires; `gifts` is what it may do. */
export async function makeService(page: Page, name: string, gifts: object = {}): Promise<Service> {
  const request = { account_id: name, token: { name: "first" }, ...gifts };
  const made = await call<{ account: { id: string; handle: string }; token: { secret: string } }>(page, "POST", "service-accounts", request);
  return { id: made.account.id, handle: made.account.handle, secret: made.token.secret };
}

/** Makes a token of an account; its secret. */
export async function makeToken(page: Page, account: string, name: string, limits: object = {}): Promise<string> {
  return (await call<{ secret: string }>(page, "POST", `accounts/${account}/tokens`, { name, ...limits })).secret;
}

/** Calls the API with a token, as a program does: without the browser; the status. */
export async function useToken(url: string, secret: string, path = "me"): Promise<number> {
  const answer = await fetch(`${url}/api/v1/${path}`, { headers: { authorization: `Bearer ${secret}`, "user-agent": "proxy/1.0" } });
  await answer.text();
  return answer.status;
}

/** What the clipboard holds, where the test's context may read it. */
export async function clipboard(page: Page): Promise<string> {
  return page.evaluate(() => navigator.clipboard.readText());
}

/** Nothing of a secret is in the address or in what the browser keeps. */
export async function expectKeptNowhere(page: Page, secret: string): Promise<void> {
  const kept = await page.evaluate(() => JSON.stringify([location.href, { ...localStorage }, { ...sessionStorage }, history.state, document.cookie]));
  expect(kept).not.toContain(secret);
}
