// Takes jobs from the server of this page, one after the other, and posts their answers.

import { answer } from "./suite.js";

/** What a module prints while it runs. */
async function printed(file) {
  const lines = [];
  const { log } = console;
  console.log = (...values) => lines.push(values.join(" "));
  try {
    await import(file);
  } finally {
    console.log = log;
  }
  return lines.join("\n");
}

async function done(job) {
  try {
    return { answer: await (job.program ? printed(job.program) : answer(job)) };
  } catch (error) {
    return { error: `${error.name}: ${error.message}` };
  }
}

while (true) {
  const job = await (await fetch("/job")).json();
  await fetch("/answer", { method: "POST", body: JSON.stringify(await done(job)) });
}
