// Runs tests one by one, prints a line for each, and counts them, for programs of tests that end with "N passed, N failed".

let passed = 0;
let failed = 0;

/** Runs one test. */
export async function test(name, body) {
  try {
    await body();
    passed++;
    console.log(`✔ ${name}`);
  } catch (error) {
    failed++;
    console.log(`✖ ${name}\n${error.stack}`);
  }
}

/** Says why tests are skipped; counts them as one that failed if they are required. */
export function skip(sentence, required) {
  if (required) failed++;
  console.log(`${required ? "✖" : "-"} ${sentence}`);
}

/** Prints the counts, and sets the exit code of the process. */
export function conclude() {
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}
