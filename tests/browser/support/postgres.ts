// Databases in the throw-away PostgreSQL cluster that the test step starts.
import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import type { Roster } from "./roster.ts";

/** Makes an empty database for one test; its address, for the server's option `--database-url`. */
export function makeDatabase(): string {
  const cluster = new URL(needed("ROSTER_TEST_POSTGRES_URL"));
  const name = `browser_${randomUUID().replaceAll("-", "")}`;
  execFileSync(needed("PSQL"), ["--quiet", "--dbname", cluster.href, "--command", `CREATE DATABASE ${name}`]);
  cluster.pathname = `/${name}`;
  return cluster.href;
}

/** Runs a statement in a database of `makeDatabase`, for what only time does otherwise. */
export function runSql(database: string, statement: string): void {
  execFileSync(needed("PSQL"), ["--quiet", "--set", "ON_ERROR_STOP=1", "--dbname", database, "--command", statement]);
}

/** Lets the proof of the password lapse, as five minutes do: the next sensitive act asks for it. The server runs on PostgreSQL. */
export function letProofLapse(roster: Roster): void {
  const earlier = "UPDATE sessions SET created_at = created_at - 360000, confirmed_at = NULL";
  runSql(roster.databaseUrl ?? "", `${earlier}; UPDATE organizations SET revision = revision + 1`);
}

/** What a query answers, as text. */
export function readSql(database: string, query: string): string {
  const options = ["--quiet", "--tuples-only", "--no-align", "--set", "ON_ERROR_STOP=1", "--dbname", database, "--command", query];
  return execFileSync(needed("PSQL"), options, { encoding: "utf8", maxBuffer: 256 * 1024 * 1024 });
}

function needed(name: string): string {
  const value = process.env[name];
  if (!value) {
    throw new Error(`${name} is not set: \`cargo xtask test browser\` starts PostgreSQL and sets it`);
  }
  return value;
}
