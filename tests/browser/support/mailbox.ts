// The mail of one test: a real SMTP server, and the messages it received.
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { start } from "./process.ts";

const SERVER = join(import.meta.dirname, "../../mail/server.mjs");
const MAIL_TIMEOUT_MS = 15_000;
const LOOK_EVERY_MS = 50;

/** As the server of tests/mail writes it. */
export interface Mail {
  from: string;
  to: string[];
  subject: string;
  text: string;
  html: string;
  messageId: string;
  links: string[];
}

export interface Mailbox {
  /** For the server's option `--smtp-url`. */
  url: string;
  /** Every message so far, oldest first. */
  all: () => Promise<Mail[]>;
  /** The newest message to that address, waited for if need be. */
  waitForMail: (to: string, wanted?: { subject?: string | RegExp }) => Promise<Mail>;
  stop: () => Promise<void>;
}

/** Starts the server; `options` are those of tests/mail/server.mjs. */
export async function startMailbox(options: string[] = []): Promise<Mailbox> {
  const folder = await mkdtemp(join(tmpdir(), "roster-mail-"));
  const server = await start(process.execPath, [SERVER, "--dir", folder, ...options], ["Listening on "]);
  return {
    url: `smtp://127.0.0.1:${server.announced[0]}`,
    all: () => readAll(folder),
    waitForMail: (to, wanted = {}) => waitForMail(folder, to, wanted.subject),
    stop: async () => {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The one link of a message, or the first that fits the pattern. */
export function linkIn(mail: Mail, pattern?: RegExp): string {
  const link = mail.links.find((candidate) => pattern === undefined || pattern.test(candidate));
  if (link === undefined) {
    throw new Error(`"${mail.subject}" has no such link:\n${mail.text}`);
  }
  return link;
}

async function waitForMail(folder: string, to: string, subject: string | RegExp | undefined): Promise<Mail> {
  const deadline = Date.now() + MAIL_TIMEOUT_MS;
  for (;;) {
    const mails = await readAll(folder);
    const mail = mails.findLast((candidate) => candidate.to.includes(to) && fits(candidate.subject, subject));
    if (mail !== undefined) {
      return mail;
    }
    if (Date.now() > deadline) {
      const seen = mails.map((other) => `${other.to.join(", ")}: ${other.subject}`);
      throw new Error(`no mail to ${to} after ${MAIL_TIMEOUT_MS} ms; there is: ${seen.join("; ") || "none"}`);
    }
    await delay(LOOK_EVERY_MS);
  }
}

function fits(subject: string, wanted: string | RegExp | undefined): boolean {
  return wanted === undefined || (typeof wanted === "string" ? subject.includes(wanted) : wanted.test(subject));
}

async function readAll(folder: string): Promise<Mail[]> {
  const numbers = (await readdir(folder)).filter((name) => name.endsWith(".json")).map((name) => Number.parseInt(name, 10));
  numbers.sort((left, right) => left - right);
  return Promise.all(numbers.map(async (number) => JSON.parse(await readFile(join(folder, `${number}.json`), "utf8")) as Mail));
}
