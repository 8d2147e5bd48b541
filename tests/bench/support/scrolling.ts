// Scrolling the list: the frames on the way, and a jump to its end.
import type { Page } from "@playwright/test";

/** A frame is late when it took more than one and a half of a frame's time at 60 a second. */
const LATE_MS = 25;

export interface Frames {
  longest_ms: number;
  late: number;
}

/** Scrolls down by so many pixels in each of so many frames; down to the end without a step. */
export async function scroll(page: Page, frames: number, step?: number): Promise<Frames> {
  const times = await page.evaluate(
    async ({ frames, step }) => {
      const list = window.benchList();
      const pixels = step ?? Math.ceil((list.scrollHeight - list.clientHeight) / frames);
      list.scrollTop = 0;
      return new Promise<number[]>((resolve) => {
        const took: number[] = [];
        let last: number | undefined;
        const frame = (now: number) => {
          if (last !== undefined) {
            took.push(now - last);
          }
          last = now;
          if (took.length === frames) {
            resolve(took);
          } else {
            list.scrollTop += pixels;
            requestAnimationFrame(frame);
          }
        };
        requestAnimationFrame(frame);
      });
    },
    { frames, step },
  );
  return { longest_ms: Math.max(...times), late: times.filter((time) => time > LATE_MS).length };
}

/** Jumps from the first row to the last one; gives the time until it is painted. */
export async function jumpToEnd(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const list = window.benchList();
    const table = document.querySelector("table");
    const count = table?.getAttribute("aria-rowcount") ?? "";
    const last = () => document.querySelector(`tbody tr[aria-rowindex="${count}"]`)?.textContent?.includes("@") ?? false;
    const begun = performance.now();
    list.scrollTop = list.scrollHeight;
    return new Promise<number>((resolve) => {
      const look = () => (last() ? window.bench.painted((at) => resolve(at - begun)) : requestAnimationFrame(look));
      look();
    });
  });
}

declare global {
  interface Window {
    benchList: () => Element;
  }
}

/** Puts into the page what the functions above need: the element that scrolls the table. */
export async function prepareScroll(page: Page): Promise<void> {
  await page.evaluate(() => {
    window.benchList = () => {
      for (let element = document.querySelector("table")?.parentElement; element; element = element.parentElement) {
        if (/auto|scroll/.test(getComputedStyle(element).overflowY)) {
          return element;
        }
      }
      throw new Error("nothing scrolls the table");
    };
  });
}
