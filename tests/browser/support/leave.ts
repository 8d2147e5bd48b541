// Leaving a page on which something is typed and not saved.
import { expect, type Page } from "@playwright/test";

/** Tries to leave by a link of the navigation and by Back, and stays each time; then leaves by the link. */
export async function isAskedBeforeLeaving(page: Page, link: string, isKept: () => Promise<void>): Promise<void> {
  const question = page.getByRole("dialog", { name: "Discard changes?" });
  const entry = page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: link, exact: true });
  await entry.click();
  await question.getByRole("button", { name: "Cancel" }).click();
  await isKept();
  const { pathname } = new URL(page.url());
  await page.evaluate(() => history.back());
  await expect(question).toBeVisible();
  expect(new URL(page.url()).pathname).toBe(pathname);
  await page.keyboard.press("Escape");
  await isKept();
  await entry.click();
  await question.getByRole("button", { name: "Discard changes" }).click();
  await expect(page.getByRole("heading", { name: link, level: 1 })).toBeVisible();
}
