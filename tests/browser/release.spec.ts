// What ships: `trunk build --release`, run by hand, makes it again.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { buildByHand, contents, FIRST_BUILD_MS, ROOT } from "./support/trunk.ts";

test("release built by hand is byte for byte the one that `cargo xtask build` puts into the binary, built a second time", async () => {
  test.setTimeout(FIRST_BUILD_MS);
  const again = await mkdtemp(join(tmpdir(), "roster-dist-"));
  buildByHand(again);
  const [first, second] = [await contents(join(ROOT, "dist")), await contents(again)];
  await rm(again, { recursive: true });
  expect(first.size, "files").toBeGreaterThan(10);
  expect(second).toEqual(first);
});
