// `trunk serve`, run by hand on a copy of the source, with a Roster behind it.
import { execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { cp, mkdir, readdir, readFile, rm, utimes, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, relative } from "node:path";
import { expect } from "@playwright/test";

/** The first build compiles the console and what it depends on; those after it only what changed. */
export const FIRST_BUILD_MS = 1_200_000;
export const BUILD_MS = 600_000;

export const ROOT = join(import.meta.dirname, "../../..");

export interface Trunk {
  /** Where it serves the console. */
  url: string;
  /** Replaces a text in a file of the copy's source, where it stands once. */
  edit: (path: string, from: string, to: string) => Promise<void>;
  /** A folder of the copy. */
  folder: (path: string) => string;
  /** How many builds it has begun, and how many of those are over, whatever came of them. */
  builds: () => { begun: number; done: number };
  log: () => string;
  stop: () => Promise<void>;
}

/**
 * A copy of what a clone has. It always lies in the same place, so that Cargo knows it again, and with the times of the originals, so
 * that it compiles only what is new to it.
 */
export async function copySource(backend: string): Promise<string> {
  const copy = join(tmpdir(), `roster-trunk-${process.getuid?.() ?? 0}`);
  await rm(copy, { recursive: true, force: true });
  const listed = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "-z"], { cwd: ROOT, encoding: "utf8" });
  for (const path of listed.split("\0").filter((name) => name !== "" && !name.startsWith("tests/"))) {
    const [from, to] = [join(ROOT, path), join(copy, path)];
    const known = await stat(from).catch(() => undefined);
    if (known !== undefined) {
      await mkdir(dirname(to), { recursive: true });
      await cp(from, to);
      // What the test changes has to look changed, also back to what it was.
      if (!path.startsWith("src/")) {
        await utimes(to, known.atime, known.mtime);
      }
    }
  }
  // The workspace names a test of the server that lies among the tests.
  await cp(join(ROOT, "tests/api"), join(copy, "tests/api"), { recursive: true });
  const config = join(copy, "Trunk.toml");
  await writeFile(config, (await readFile(config, "utf8")).replaceAll("http://127.0.0.1:8081", backend));
  return copy;
}

/** Starts it, and waits until the first build is served. */
export async function startTrunk(copy: string): Promise<Trunk> {
  const port = await freePort();
  const child = spawn(required("TRUNK"), ["serve", "--port", String(port)], { cwd: copy, env: environment(), stdio: ["ignore", "pipe", "pipe"] });
  const written: string[] = [];
  for (const output of [child.stdout, child.stderr]) {
    output.on("data", (chunk: Buffer) => written.push(chunk.toString()));
  }
  const url = `http://127.0.0.1:${port}`;
  const log = () => written.join("");
  const trunk: Trunk = {
    url,
    edit: async (path, from, to) => {
      const text = await readFile(join(copy, path), "utf8");
      expect(text.split(from).length, `${path} has "${from}" once`).toBe(2);
      await writeFile(join(copy, path), text.replace(from, to));
    },
    folder: (path) => join(copy, path),
    builds: () => ({ begun: count(log(), /INFO .*starting build$/gm), done: count(log(), /(?:INFO .*success|ERROR .*error)$/gm) }),
    log,
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) {
        const ended = once(child, "exit");
        child.kill("SIGINT");
        await ended;
      }
    },
  };
  try {
    await expect.poll(() => (child.exitCode === null ? isServed(url) : "ended"), { message: "first build", timeout: FIRST_BUILD_MS, intervals: [500] }).toBe("served");
  } catch (error) {
    await trunk.stop();
    throw new Error(`${String(error)}\n${log()}`);
  }
  return trunk;
}

/** Builds a release of the repository into the folder, and nothing of an earlier one is used again but Cargo's output. */
export function buildByHand(folder: string): void {
  rmSync(join(required("CARGO_TARGET_DIR"), "console-parts"), { recursive: true, force: true });
  execFileSync(required("TRUNK"), ["build", "--release", "--dist", folder], { cwd: ROOT, env: environment(), stdio: "pipe" });
}

/** The files of a folder, with a hash of what they hold. */
export async function contents(folder: string): Promise<Map<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const hashed = files.map(async (file) => [relative(folder, file), createHash("sha256").update(await readFile(file)).digest("hex")] as const);
  return new Map((await Promise.all(hashed)).sort());
}

/** As somebody has it who has put the tools of the set-up on the path. */
function environment(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => name !== "NO_COLOR" && name !== "FORCE_COLOR");
  return { ...Object.fromEntries(own), PATH: [dirname(required("TRUNK")), process.env.PATH].join(delimiter), TRUNK_SKIP_VERSION_CHECK: "true" };
}

async function isServed(url: string): Promise<string> {
  return await fetch(url).then(
    (answer) => (answer.ok ? "served" : `status ${answer.status}`),
    () => "nobody listens",
  );
}

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}

function required(name: string): string {
  const value = process.env[name];
  if (!value) {
    throw new Error(`${name} is not set: \`cargo xtask test browser\` sets it`);
  }
  return value;
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address !== null ? address.port : 0;
}
