// One act and its visible answer: from the event that the act is to the frame that shows the answer.
import type { Page } from "@playwright/test";

/** Long enough for the page to have nothing left to do. */
const PAUSE_MS = 400;

/** Types all but the last letter at the pace of a quick typist; gives the time from the last key to its rows. */
export async function searchFor(page: Page, text: string): Promise<number> {
  await page.getByRole("searchbox", { name: "Search accounts" }).click();
  await page.keyboard.type(text.slice(0, -1), { delay: 120 });
  await page.waitForTimeout(PAUSE_MS);
  await page.evaluate((wanted) => {
    const rows = () => document.querySelector("tbody")?.textContent?.toLowerCase() ?? "";
    const before = rows();
    const isThere = () => rows() !== before && (document.querySelector("tbody tr")?.textContent?.toLowerCase().includes(wanted) ?? false);
    window.benchAnswer = window.benchAct("keydown", isThere);
  }, text);
  await page.keyboard.press(text.slice(-1));
  return page.evaluate(() => window.benchAnswer);
}

/** Clicks a button; gives the time to the frame with the element of that role in it. */
export async function clickToSee(page: Page, button: string, role: "dialog" | "menu"): Promise<number> {
  const target = page.getByRole("button", { name: button }).first();
  await target.hover();
  await page.waitForTimeout(PAUSE_MS);
  await page.evaluate((wanted) => {
    const isThere = () => [...document.querySelectorAll(wanted)].some((found) => found.checkVisibility());
    window.benchAnswer = window.benchAct("click", isThere);
  }, role === "dialog" ? "dialog[open], [role=dialog]" : "[role=menu]");
  await page.mouse.down();
  await page.mouse.up();
  return page.evaluate(() => window.benchAnswer);
}

declare global {
  interface Window {
    benchAct: (event: string, isThere: () => boolean) => Promise<number>;
    benchAnswer: Promise<number>;
  }
}

/** Puts into the page what the acts above need. */
export async function prepareActs(page: Page): Promise<void> {
  await page.evaluate(() => {
    window.benchAct = (event, isThere) => {
      let begun = Number.NaN;
      addEventListener(event, ({ timeStamp }) => (begun = timeStamp), { capture: true, once: true });
      return new Promise((resolve) => {
        const observer = new MutationObserver(() => {
          if (!Number.isNaN(begun) && isThere()) {
            observer.disconnect();
            window.bench.painted((at) => resolve(at - begun));
          }
        });
        observer.observe(document, { attributes: true, characterData: true, childList: true, subtree: true });
      });
    };
  });
}
