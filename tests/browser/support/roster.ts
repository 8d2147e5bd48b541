// One Roster of one test: the real binary with an empty data folder.
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
  log: () => string;
  stop: () => Promise<void>;
}

export interface RosterOptions {
  /** Without it the server writes its messages into a folder. */
  smtpUrl?: string;
  /** Further options of `roster serve`. */
  extra?: string[];
}

export async function startRoster({ smtpUrl, extra = [] }: RosterOptions = {}): Promise<Roster> {
  const binary = process.env.ROSTER_BIN;
  if (!binary) {
    throw new Error("ROSTER_BIN is not set: `cargo xtask test browser` builds the server and sets it");
  }
  const dataDir = await mkdtemp(join(tmpdir(), "roster-data-"));
  const mail = smtpUrl === undefined ? [] : ["--smtp-url", smtpUrl];
  const args = ["serve", "--listen", "127.0.0.1:0", "--data-dir", dataDir, ...mail, ...extra];
  const server = await start(binary, args, ["Listening on ", "Set up: "]);
  const [address = "", setUpLink = ""] = server.announced;
  return {
    url: (address.includes("://") ? address : `http://${address}`).replace(/\/$/, ""),
    setUpLink,
    dataDir,
    log: server.log,
    stop: async () => {
      await server.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
