// Fences that run in the page: the program of each goes into an element that offers an editor. Whatever imports something else
// than the package, exports, or is marked for another host stays text.

import { transform } from "sucrase";
import { modules } from "./library.mjs";

/** Other programs than modules for a page: those marked for hosts and bundlers of their own. */
const marked = /<!-- (host|package): (?!.*chromium)/;

/** JavaScript of a sample that runs in the page; null if it does not. */
export function programOf(language, text) {
  if (language !== "js" && language !== "ts") return null;
  if (/^export /m.test(text) || /\b(document|window|process|Deno|Bun)\./.test(text)) return null;
  const imports = [...text.matchAll(/\b(?:from|import)\s*\(?\s*"([^"]+)"/g)].map(([, name]) => name);
  if (imports.length === 0 || !imports.every((name) => Object.hasOwn(modules, name))) return null;
  if (language === "js") return text;
  // Types go, comments and lines stay.
  return transform(text, { transforms: ["typescript"], disableESTransforms: true }).code;
}

/** Wraps the fences of markdown-it that run in `<thalweg-sample>`; "js try" is open as an editor from the beginning. */
export function samples(md) {
  const fence = md.renderer.rules.fence;
  md.renderer.rules.fence = (tokens, index, options, env, self) => {
    const rendered = fence(tokens, index, options, env, self);
    const { info, content } = tokens[index];
    const before = tokens[index - 1];
    if (before?.type === "html_block" && marked.test(before.content)) return rendered;
    const [language, isOpen] = info.trim().split(" ");
    const program = programOf(language, content);
    if (program === null) return rendered;
    const element = isOpen === "try" ? "thalweg-try" : "thalweg-sample";
    return `<${element} program="${md.utils.escapeHtml(program)}">${rendered}</${element}>`;
  };
}
