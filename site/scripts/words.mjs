// Text for the search index. Search finds words by their beginnings; Chinese is written without spaces, so every end of a run of
// characters is added as a word, and any word is found.

const runs = /\p{Script=Han}{2,}/gu;
const longest = 8;

/** Ends of the runs of Chinese characters in a text, at most eight characters long, each once. */
export function endsOfRuns(text) {
  const ends = new Set();
  for (const [run] of text.matchAll(runs)) {
    const characters = [...run];
    for (let start = 1; start < characters.length - 1; start++)
      ends.add(characters.slice(start, start + longest).join(""));
  }
  return [...ends];
}

/** HTML of a page for the index: pages of the reference as one entry each, Chinese with the ends of its runs, no list of pages. */
export function searchable(html, file) {
  if (file.endsWith("contents.md")) return "";
  const isReference = file.startsWith("reference/");
  const whole = isReference ? html.replace(/<h[2-6]([^>]*)>([\s\S]*?)<\/h[2-6]>/g, "<p>$2</p>") : html;
  if (!file.startsWith("zh/")) return whole;
  // Section by section, as the index has an entry for each.
  return whole
    .split(/(?=<h[1-6][ >])/)
    .map((section) => {
      const ends = endsOfRuns(section.replace(/<[^>]*>/g, " "));
      return ends.length > 0 ? `${section}<p>${ends.join(" ")}</p>` : section;
    })
    .join("");
}
