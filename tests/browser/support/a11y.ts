// The accessibility check: axe's rules for WCAG 2.2 AA, no exceptions.
import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";

const STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** Fails with one paragraph per broken rule: which, where, and what to do. */
export async function checkA11y(page: Page): Promise<void> {
  // Halfway between two colours neither is judged.
  await page.evaluate(() => Promise.allSettled(document.getAnimations().filter((each) => each.effect?.getComputedTiming().endTime !== Infinity).map((each) => each.finished)));
  const { violations } = await new AxeBuilder({ page }).withTags(STANDARDS).analyze();
  const report = violations.map(({ id, impact, help, nodes }) => {
    const places = nodes.map(({ target, failureSummary }) => `  ${target.join(" ")}\n    ${failureSummary?.replaceAll("\n", "\n    ")}`);
    return `${id} (${impact}): ${help}\n${places.join("\n")}`;
  });
  expect(report.join("\n\n"), "accessibility violations").toBe("");
}
