// One Roster of one test: the real binary with an empty data folder.
import { execFileSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { start } from "./process.ts";

export interface Roster {
  /** Where it listens, without a slash at the end. */
  url: string;
  /** The one-time link that creates the first organization. */
  setUpLink: string;
  dataDir: string;
  /** The password of `DEMO_OWNER`; empty where no demonstration was made. */
  demoPassword: string;
  /** Where its PostgreSQL database is, if it has one. */
  databaseUrl: string | undefined;
  log: () => string;
  /** Ends the server and leaves its data. */
  end: () => Promise<void>;
  /** Ends the server and removes its data. */
  stop: () => Promise<void>;
}

export interface RosterOptions {
  /** Without it the server writes its messages into a folder. */
  smtpUrl?: string | undefined;
  /** A folder with data; a new one by default. */
  dataDir?: string;
  /** The password of the demonstration in that folder. */
  demoPassword?: string;
  /** A PostgreSQL database; SQLite in the data folder by default. */
  databaseUrl?: string | undefined;
  /** Further options of `roster serve`. */
  extra?: string[];
}

export async function startRoster({ smtpUrl, dataDir: given, demoPassword = "", databaseUrl, extra = [] }: RosterOptions = {}): Promise<Roster> {
  const dataDir = given ?? (await mkdtemp(join(tmpdir(), "roster-data-")));
  const mail = smtpUrl === undefined ? [] : ["--smtp-url", smtpUrl];
  const database = databaseUrl === undefined ? [] : ["--database-url", databaseUrl];
  const args = ["serve", "--listen", "127.0.0.1:0", "--data-dir", dataDir, ...mail, ...database, ...extra];
  const server = await start(binary(), args, ["Listening on "]);
  const [address = ""] = server.announced;
  // Printed before it listens, and only while nothing is set up.
  const setUpLink = /^Set up: (\S+)$/m.exec(server.log())?.[1] ?? "";
  return {
    url: (address.includes("://") ? address : `http://${address}`).replace(/\/$/, ""),
    setUpLink,
    dataDir,
    demoPassword,
    databaseUrl,
    log: server.log,
    end: server.stop,
    stop: async () => {
      await server.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** The Owner of the demonstration's organization. */
export const DEMO_OWNER = "owner@demo.example";

/** A data folder with a demonstration of so many accounts, and the password of its Owner. */
export async function fillDemo(accounts: number): Promise<{ dataDir: string; demoPassword: string }> {
  const dataDir = await mkdtemp(join(tmpdir(), "roster-data-"));
  const told = execFileSync(binary(), ["demo", "--accounts", String(accounts), "--data-dir", dataDir], { encoding: "utf8" });
  return { dataDir, demoPassword: told.trim().split(" ").at(-1) ?? "" };
}

/** Makes a further organization with its Owner in a Roster that runs. */
export function createOwner(roster: Roster, organization: string, email: string, name: string, password: string): void {
  const options = ["--organization", organization, "--email", email, "--name", name, "--data-dir", roster.dataDir];
  execFileSync(binary(), ["owner", "create", ...options], { input: `${password}\n` });
}

function binary(): string {
  const path = process.env.ROSTER_BIN;
  if (!path) {
    throw new Error("ROSTER_BIN is not set: `cargo xtask test browser` builds the server and sets it");
  }
  return path;
}
