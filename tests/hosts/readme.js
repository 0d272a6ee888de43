// The README's program for each host: the fence after a comment <!-- host: NAME -->.

/** Programs with the host that runs them. */
export function programsOf(readme) {
  const found = readme.matchAll(/<!-- host: ([\w-]+) -->\n+```(?:js|ts)\n([\s\S]*?)^```$/gm);
  return Array.from(found, ([, host, text]) => ({ host, text }));
}

/** What a program prints or answers, by the comments behind those lines. */
export function promisedBy(program) {
  const lines = program.matchAll(/^.*(?:console\.log|Response)\(.*; *\/\/ (.*)$/gm);
  return Array.from(lines, ([, promised]) => promised.trim()).join("\n");
}
