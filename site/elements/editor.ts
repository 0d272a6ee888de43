// Editor, buttons and output of a sample, in a shadow root; loaded on demand.

import { closeBrackets, closeBracketsKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { javascript } from "@codemirror/lang-javascript";
import { bracketMatching, ensureSyntaxTree, indentOnInput, syntaxHighlighting, syntaxTree } from "@codemirror/language";
import { EditorState } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { colors, panel, theme } from "./appearance.ts";
import { firstFault, withAddresses } from "./imports.ts";
import { Output } from "./output.ts";
import { type Report, startProgram } from "./run.ts";
import { fragmentOf } from "./share.ts";
import type { Words } from "./words.ts";

export interface Editor {
  run(): void;
  focus(): void;
  end(): void;
}

/** Ends the program that runs; one runs at a time on a page. */
let endRunning: () => void = () => {};

function button(label: string, press: () => void): HTMLButtonElement {
  const element = document.createElement("button");
  element.type = "button";
  element.textContent = label;
  element.addEventListener("click", press);
  return element;
}

/** Puts an editor with a program into a shadow root. */
export function mountEditor(root: ShadowRoot, { code, words }: { code: string; words: Words }): Editor {
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, panel];
  const frame = document.createElement("div");
  frame.className = "frame";
  const place = document.createElement("div");
  place.className = "editor";
  const hint = document.createElement("p");
  hint.className = "hint";
  hint.id = "hint";
  hint.textContent = words.leave;
  const output = new Output(words);
  const run = (): void => runProgram(view, output, words, (isRunning) => (stop.disabled = !isRunning));
  const stop = button(words.stop, () => {
    endRunning();
    output.say(words.stopped);
  });
  stop.disabled = true;
  const reset = button(words.reset, () =>
    view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: code } }),
  );
  const copy = button(words.copy, () => void share(view, output, words));
  const start = button(words.run, run);
  start.className = "run";
  const bar = document.createElement("div");
  bar.className = "bar";
  bar.append(start, stop, reset, copy);
  frame.append(place, hint, bar, ...output.elements);
  root.append(frame);
  const view = new EditorView({ parent: place, root, state: stateOf(code, words, run) });
  return {
    run,
    focus: () => view.focus(),
    end() {
      if (!stop.disabled) endRunning();
      view.destroy();
      frame.remove();
    },
  };
}

function stateOf(code: string, words: Words, run: () => void): EditorState {
  const runKey = {
    key: "Mod-Enter",
    run: () => {
      run();
      return true;
    },
  };
  return EditorState.create({
    doc: code,
    extensions: [
      lineNumbers(),
      history(),
      drawSelection(),
      indentOnInput(),
      bracketMatching(),
      closeBrackets(),
      highlightActiveLine(),
      EditorView.lineWrapping,
      keymap.of([runKey, ...closeBracketsKeymap, ...defaultKeymap, ...historyKeymap, indentWithTab]),
      javascript(),
      theme,
      syntaxHighlighting(colors),
      EditorView.contentAttributes.of({ "aria-label": words.editor, "aria-describedby": "hint" }),
    ],
  });
}

/** Runs what the editor holds; `setRunning` is called with true, and with false once the program is ended. */
function runProgram(view: EditorView, output: Output, words: Words, setRunning: (isRunning: boolean) => void): void {
  endRunning();
  output.clear();
  const text = view.state.doc;
  const tree = ensureSyntaxTree(view.state, text.length, 5000) ?? syntaxTree(view.state);
  const made = withAddresses(text, tree, words.unknownModule);
  if ("problem" in made) {
    output.fail(made.problem.text, made.problem.line);
    return;
  }
  const begin = performance.now();
  output.say(words.running);
  setRunning(true);
  const terminate = startProgram(made.program, (report: Report) => {
    if (report.kind === "end") output.say(words.finished(((performance.now() - begin) / 1000).toFixed(2)));
    else if (report.kind === "unread") {
      endRunning();
      output.fail(words.syntax, firstFault(text, tree));
    } else if (report.kind === "failure") {
      const line = report.line !== null && report.line <= text.lines ? report.line : null;
      output.fail(report.text, line);
    } else if (!output.add(report)) endRunning();
  });
  endRunning = () => {
    terminate();
    setRunning(false);
    endRunning = () => {};
  };
}

/** Copies an address that opens the program in the page "try" of this language. */
async function share(view: EditorView, output: Output, words: Words): Promise<void> {
  const language = document.documentElement.lang.startsWith("zh") ? "zh/" : "";
  const page = new URL(`${import.meta.env.BASE_URL}${language}try.html`, location.href);
  page.hash = await fragmentOf(view.state.doc.toString());
  if (location.pathname.replace(/\.html$/, "") === page.pathname.replace(/\.html$/, ""))
    window.history.replaceState(window.history.state, "", page);
  try {
    await navigator.clipboard.writeText(page.href);
    output.say(words.copied);
  } catch {
    output.link(page.href); // a page without leave to write to the clipboard shows it
  }
}
