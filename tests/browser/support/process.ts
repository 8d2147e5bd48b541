// Child processes that announce on standard output when they are ready.
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

const READY_TIMEOUT_MS = 20_000;

export interface Running {
  /** What follows each of the awaited beginnings on its line, in the order in which they were asked for. */
  announced: string[];
  /** Everything the process has written so far, for messages about failures. */
  log: () => string;
  stop: () => Promise<void>;
}

/** Starts the command and waits until a line with each of the beginnings was printed. */
export async function start(command: string, args: string[], beginnings: string[]): Promise<Running> {
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
  const written: string[] = [];
  child.stderr.on("data", (chunk: Buffer) => written.push(chunk.toString()));
  try {
    const announced = await announcements(child, beginnings, written);
    return { announced, log: () => written.join(""), stop: () => stop(child) };
  } catch (error) {
    await stop(child);
    throw new Error(`${command} ${args.join(" ")}: ${String(error)}\n${written.join("")}`);
  }
}

type Child = ChildProcessByStdio<null, Readable, Readable>;

function announcements(child: Child, beginnings: string[], written: string[]): Promise<string[]> {
  const found = new Map<string, string>();
  let timer: NodeJS.Timeout | undefined;
  const all = new Promise<string[]>((resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`not ready after ${READY_TIMEOUT_MS} ms`)), READY_TIMEOUT_MS);
    child.once("error", reject);
    child.once("exit", (code, signal) => reject(new Error(`ended with ${code ?? signal}`)));
    // The lines are read to the end even when all is found: a full pipe would stop the process.
    createInterface(child.stdout).on("line", (line) => {
      written.push(`${line}\n`);
      const beginning = beginnings.find((candidate) => line.startsWith(candidate));
      if (beginning !== undefined) {
        found.set(beginning, line.slice(beginning.length).trim());
      }
      if (found.size === beginnings.length) {
        resolve(beginnings.map((wanted) => found.get(wanted) ?? ""));
      }
    });
  });
  return all.finally(() => clearTimeout(timer));
}

async function stop(child: Child): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) {
    return;
  }
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  const force = setTimeout(() => child.kill("SIGKILL"), 5_000);
  await ended;
  clearTimeout(force);
}
