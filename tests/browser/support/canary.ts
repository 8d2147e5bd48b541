// Looks for secrets where none may be: in the server's log and in its database (S15).
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { readSql } from "./postgres.ts";
import type { Roster } from "./roster.ts";

/** API tokens, and the secrets of links. A row has the beginning of a token, by which people know it, right before its hash. */
const SECRET = /rst[suiw]_(?!.{4}[0-9a-f]{64})[0-9A-Za-z]{20,}/g;
/** Whoever starts a server that is not set up is given the link. */
const SET_UP = /^Set up: .*$/m;

/** What of a Roster that has ended looks like a secret, each with where it stands. */
export async function secretsOf(roster: Roster): Promise<string[]> {
  const file = async (name: string) => await readFile(join(roster.dataDir, name), "latin1");
  // A server that ends has brought its log of writes into the file.
  const data =
    roster.databaseUrl === undefined
      ? await file("roster.db")
      : readSql(roster.databaseUrl, "SELECT schema_to_xml('public', true, false, '')");
  const places = [["log", roster.log().replace(SET_UP, "")], ["database", data]] as const;
  return places.flatMap(([place, text]) => (text.match(SECRET) ?? []).map((secret) => `${place}: ${secret}`));
}
