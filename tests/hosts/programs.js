// The programs for hosts in docs/hosts.md: the fence after a comment <!-- host: NAMES -->, of a page its script.

/** Programs, each with one host that runs it. */
export function programsOf(page) {
  const found = page.matchAll(/<!-- host: ([\w -]+) -->\n+```(\w+)\n([\s\S]*?)^```$/gm);
  return Array.from(found).flatMap(([, hosts, language, text]) => {
    const program = language === "html" ? /<script type="module">([\s\S]*)<\/script>/.exec(text)[1] : text;
    return hosts.split(" ").map((host) => ({ host, text: program }));
  });
}

/** What a program prints or answers, by the comments behind those lines. */
export function promisedBy(program) {
  const lines = program.matchAll(/^.*(?:console\.log|new Response)\(.*; \/\/ (.*)$/gm);
  return Array.from(lines, ([, promised]) => promised).join("\n");
}
