// Words of the editor, in the language of the page.

const en = {
  edit: "Edit and run",
  editor: "Program",
  leave: "Escape, then Tab leaves the editor. Ctrl+Enter runs the program.",
  run: "Run",
  stop: "Stop",
  reset: "Reset",
  copy: "Copy link",
  copied: "The link is copied.",
  output: "Output",
  picture: "Picture made by the program",
  running: "Running …",
  finished: (seconds: string) => `Finished in ${seconds} s.`,
  stopped: "Stopped.",
  failed: "The program ended with an error.",
  atLine: (line: number, text: string) => `Line ${line}: ${text}`,
  syntax: "this is not JavaScript.",
  unknownModule: (name: string, known: string) => `There is no module "${name}" here. Import from ${known}.`,
  tooMuch: "The program logs without end; the rest is not shown.",
};

export type Words = typeof en;

const zh: Words = {
  edit: "编辑并运行",
  editor: "程序",
  leave: "先按 Esc 再按 Tab 可离开编辑器；Ctrl+Enter 运行程序。",
  run: "运行",
  stop: "停止",
  reset: "还原",
  copy: "复制链接",
  copied: "链接已复制。",
  output: "输出",
  picture: "程序绘制的图",
  running: "正在运行……",
  finished: (seconds) => `已完成，用时 ${seconds} 秒。`,
  stopped: "已停止。",
  failed: "程序因错误而结束。",
  atLine: (line, text) => `第 ${line} 行：${text}`,
  syntax: "这里不是合法的 JavaScript。",
  unknownModule: (name, known) => `这里没有模块“${name}”。请从 ${known} 导入。`,
  tooMuch: "程序不停地输出，其余内容不再显示。",
};

/** Words in the language that an element stands in. */
export const wordsOf = (element: Element): Words =>
  element.closest("[lang]")?.getAttribute("lang")?.startsWith("zh") ? zh : en;
