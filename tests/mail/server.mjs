// A real SMTP server for the tests: every message it accepts becomes two files, the message itself and what it says.
//
//   node server.mjs --dir DIR [--port N] [--starttls | --tls] [--auth USER:PASSWORD] [--fail-rcpt PATTERN] [--defer PATTERN]
//
// It prints `Listening on PORT`. Message n is DIR/n.eml and DIR/n.json {from, to, subject, text, html, messageId, links}; the
// .json comes last, so where it is, both are whole. With TLS, DIR/cert.pem is the certificate to trust.
import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import PostalMime from "postal-mime";
import { generate } from "selfsigned";
import { SMTPServer } from "smtp-server";

const { values: options } = parseArgs({
  options: {
    port: { type: "string", default: "0" },
    dir: { type: "string" },
    starttls: { type: "boolean", default: false },
    tls: { type: "boolean", default: false },
    auth: { type: "string" },
    "fail-rcpt": { type: "string" },
    defer: { type: "string" },
  },
});
if (!options.dir) {
  throw new Error("--dir is missing: the folder that the messages are written to");
}
await mkdir(options.dir, { recursive: true });

/** Links of the text first, then those that only the HTML has. */
function linksIn({ text = "", html = "" }) {
  const inText = text.match(/https?:\/\/[^\s<>"')\]]+/g) ?? [];
  const inHtml = [...html.matchAll(/href="(https?:[^"]+)"/g)].map(([, link]) => link.replaceAll("&amp;", "&"));
  return [...new Set([...inText, ...inHtml])];
}

async function writeWhole(name, content) {
  const target = join(options.dir, name);
  await writeFile(`${target}.part`, content);
  await rename(`${target}.part`, target);
}

let received = 0;
async function keep(raw, envelope) {
  received += 1;
  const number = received;
  const mail = await PostalMime.parse(raw);
  const summary = {
    from: envelope.mailFrom ? envelope.mailFrom.address : "",
    to: envelope.rcptTo.map(({ address }) => address),
    subject: mail.subject ?? "",
    text: mail.text ?? "",
    html: mail.html ?? "",
    messageId: mail.messageId ?? "",
    links: linksIn(mail),
  };
  await writeWhole(`${number}.eml`, raw);
  await writeWhole(`${number}.json`, JSON.stringify(summary, null, 2));
}

function refusal(message, responseCode) {
  return Object.assign(new Error(message), { responseCode });
}

function matches(pattern, address) {
  return pattern !== undefined && new RegExp(pattern, "i").test(address);
}

async function certificate() {
  const altNames = [{ type: 2, value: "localhost" }, { type: 7, ip: "127.0.0.1" }];
  const pair = await generate([{ name: "commonName", value: "localhost" }], {
    keyType: "ec",
    algorithm: "sha256",
    extensions: [
      { name: "basicConstraints", cA: false, critical: true },
      { name: "keyUsage", digitalSignature: true, critical: true },
      { name: "extKeyUsage", serverAuth: true },
      { name: "subjectAltName", altNames },
    ],
  });
  await writeWhole("cert.pem", pair.cert);
  return { key: pair.private, cert: pair.cert };
}

const isSecure = options.starttls || options.tls;
const unused = [isSecure ? "" : "STARTTLS", options.auth ? "" : "AUTH"].filter((command) => command !== "");

const server = new SMTPServer({
  ...(isSecure ? await certificate() : {}),
  secure: options.tls,
  disabledCommands: unused,
  authOptional: !options.auth,
  allowInsecureAuth: !isSecure,
  disableReverseLookup: true,
  closeTimeout: 1000,
  onAuth({ username, password }, _session, answer) {
    const isRight = `${username}:${password}` === options.auth;
    answer(isRight ? null : refusal("wrong user name or password", 535), isRight ? { user: username } : undefined);
  },
  onRcptTo({ address }, _session, answer) {
    if (matches(options["fail-rcpt"], address)) {
      answer(refusal("no such mailbox", 550));
    } else if (matches(options.defer, address)) {
      answer(refusal("try again later", 451));
    } else {
      answer();
    }
  },
  onData(stream, { envelope }, answer) {
    const chunks = [];
    stream.on("data", (chunk) => chunks.push(chunk));
    stream.on("end", () => keep(Buffer.concat(chunks), envelope).then(() => answer(), answer));
  },
});
// A client that goes away in the middle is its own affair: some tests do that on purpose.
server.on("error", (error) => console.error(`smtp: ${error.message}`));
server.listen(Number(options.port), "127.0.0.1", () => console.log(`Listening on ${server.server.address().port}`));
process.on("SIGTERM", () => server.close(() => process.exit(0)));
