// What `cargo xtask bench` tells by the environment, and where the figures go.
import { appendFileSync } from "node:fs";

function setting(name: string): string {
  const value = process.env[name];
  if (!value) {
    throw new Error(`${name} is not set: \`cargo xtask bench console\` sets it`);
  }
  return value;
}

export const RUNS = Number.parseInt(setting("BENCH_RUNS"), 10);

/** What is typed into the search field, letter by letter. */
export const TYPED = setting("BENCH_TYPED");

/** One of the two servers whose page is measured. */
export interface Subject {
  /** The beginning of its figures' names. */
  prefix: "console." | "floor.";
  /** The page with the list. */
  url: string;
  /** Who signs in; nobody on the floor. */
  signIn: { email: string; password: string } | undefined;
}

export const ROSTER: Subject = {
  prefix: "console.",
  url: `${setting("BENCH_ROSTER")}/accounts`,
  signIn: { email: setting("BENCH_EMAIL"), password: setting("BENCH_PASSWORD") },
};

export const FLOOR: Subject = { prefix: "floor.", url: `${setting("BENCH_FLOOR")}/`, signIn: undefined };

/** Writes figures down, each as one sample. */
export function record(prefix: string, figures: Record<string, number>): void {
  const lines = Object.entries(figures).map(([name, value]) => `${prefix}${name} ${value}\n`);
  appendFileSync(setting("BENCH_FIGURES"), lines.join(""));
  console.log(lines.join("").trimEnd());
}
