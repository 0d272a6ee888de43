// Look of the editor and its output. Colors are the theme's custom properties, so that light and dark follow the page.

import { HighlightStyle } from "@codemirror/language";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";

export const theme = EditorView.theme({
  "&": { backgroundColor: "var(--vp-code-block-bg)", color: "var(--vp-c-text-1)", fontSize: "0.875rem" },
  "&.cm-focused": { outline: "2px solid var(--vp-c-brand-1)", outlineOffset: "-2px" },
  ".cm-content": { fontFamily: "var(--vp-font-family-mono)", padding: "1rem 0", caretColor: "var(--vp-c-text-1)" },
  ".cm-line": { padding: "0 1rem 0 0.5rem" },
  ".cm-scroller": { lineHeight: "1.6" },
  ".cm-gutters": { backgroundColor: "transparent", color: "var(--vp-c-text-2)", border: "none" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "var(--vp-c-default-soft)" },
  ".cm-cursor": { borderLeftColor: "var(--vp-c-text-1)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "var(--thalweg-selection)",
  },
  "&.cm-focused .cm-matchingBracket": { backgroundColor: "var(--vp-c-brand-soft)" },
});

export const colors = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.modifier], color: "var(--thalweg-keyword)" },
  { tag: [tags.string, tags.regexp, tags.special(tags.string)], color: "var(--thalweg-string)" },
  { tag: [tags.number, tags.bool, tags.null, tags.atom], color: "var(--thalweg-number)" },
  { tag: tags.comment, color: "var(--thalweg-comment)" },
  { tag: tags.function(tags.variableName), color: "var(--thalweg-function)" },
  { tag: tags.function(tags.propertyName), color: "var(--thalweg-function)" },
]);

export const panel = new CSSStyleSheet();
panel.replaceSync(`
  :host { display: block; margin: 1rem 0; }
  .frame { border: 1px solid var(--vp-c-divider); border-radius: 8px; overflow: hidden; background: var(--vp-code-block-bg); }
  .hint { margin: 0; padding: 0.25rem 1rem; font-size: 0.75rem; color: var(--vp-c-text-2); }
  .bar { display: flex; flex-wrap: wrap; gap: 0.5rem; padding: 0.5rem 1rem; border-block: 1px solid var(--vp-c-divider); }
  .bar button {
    margin: 0; padding: 0.25rem 0.75rem; border: 1px solid var(--vp-c-divider); border-radius: 6px; background: var(--vp-c-bg);
    color: var(--vp-c-text-1); font: inherit; font-size: 0.875rem; cursor: pointer;
  }
  .bar button.run { border-color: var(--vp-c-brand-1); color: var(--vp-c-brand-1); }
  .bar button:disabled { color: var(--vp-c-text-3); cursor: default; }
  .bar button:focus-visible, .log:focus-visible { outline: 2px solid var(--vp-c-brand-1); outline-offset: -2px; }
  .status { margin: 0; min-height: 1.6rem; padding: 0.25rem 1rem; font-size: 0.875rem; color: var(--vp-c-text-2); }
  .status input { width: 100%; font: inherit; color: inherit; background: transparent; border: 1px solid var(--vp-c-divider); }
  .log { max-height: 30rem; overflow: auto; padding: 0 1rem 0.75rem; }
  .log pre {
    margin: 0; font-family: var(--vp-font-family-mono); font-size: 0.875rem; line-height: 1.5; white-space: pre-wrap;
    overflow-wrap: anywhere; color: var(--vp-c-text-1);
  }
  .log pre.warn { color: var(--vp-c-warning-1); }
  .log pre.error { color: var(--vp-c-danger-1); }
  .log img { display: block; max-width: 100%; margin: 0.5rem 0; background: #fff; border-radius: 6px; }
`);
