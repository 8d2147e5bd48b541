// The console beside a page written by hand: each run in a new profile, both in turn.
import { test } from "@playwright/test";
import { clickToSee, prepareActs, searchFor } from "./support/acting.ts";
import { countElements, load, memoryMb } from "./support/loading.ts";
import { inNewProfile } from "./support/profile.ts";
import { jumpToEnd, prepareScroll, scroll } from "./support/scrolling.ts";
import { FLOOR, ROSTER, RUNS, record, type Subject, TYPED } from "./support/settings.ts";

/** A turn of the wheel, in pixels a frame. */
const WHEEL_PX = 40;
const WHEEL_FRAMES = 300;
/** From the first to the last row in ten seconds. */
const SWEEP_FRAMES = 600;

for (let run = 0; run <= RUNS; run += 1) {
  for (const subject of [FLOOR, ROSTER]) {
    test(`${subject.prefix} loading, run ${run}`, async () => {
      await inNewProfile(subject, async (context) => {
        const cold = await load(context, subject);
        const memory_mb = await memoryMb(context, cold.page);
        const elements = await countElements(cold.page);
        await cold.page.close();
        const warm = await load(context, subject);
        keep(run, `${subject.prefix}cold.`, { ...cold.loading });
        keep(run, `${subject.prefix}warm.`, { ...warm.loading });
        keep(run, subject.prefix, { memory_mb, elements });
      });
    });

    test(`${subject.prefix} acts, run ${run}`, async () => {
      await inNewProfile(subject, (context) => act(subject, run, context));
    });
  }
}

async function act(subject: Subject, run: number, context: Parameters<typeof load>[0]): Promise<void> {
  const { page } = await load(context, subject);
  await prepareActs(page);
  await prepareScroll(page);
  const wheel = await scroll(page, WHEEL_FRAMES, WHEEL_PX);
  keep(run, `${subject.prefix}wheel.`, { ...wheel });
  if (subject === ROSTER) {
    const jump_ms = await jumpToEnd(page);
    const sweep = await scroll(page, SWEEP_FRAMES);
    const scrolled_memory_mb = await memoryMb(context, page);
    await page.evaluate(() => (window.benchList().scrollTop = 0));
    await page.waitForTimeout(500);
    const menu_ms = await clickToSee(page, "Actions for", "menu");
    await page.keyboard.press("Escape");
    keep(run, `${subject.prefix}sweep.`, { ...sweep });
    keep(run, subject.prefix, { jump_ms, scrolled_memory_mb, menu_ms });
  }
  const search_ms = await searchFor(page, TYPED);
  const dialog_ms = await clickToSee(page, "Invite users", "dialog");
  keep(run, subject.prefix, { search_ms, dialog_ms });
}

/** The first run warms up. */
function keep(run: number, prefix: string, figures: Record<string, number>): void {
  if (run > 0) {
    record(prefix, figures);
  }
}
