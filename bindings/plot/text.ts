// Texts in SVG.

/** Height of a line of text. */
export const lineHeight = 21;

/** Estimated width of a text; there is no font to measure. */
export function textWidth(text: string): number {
  const widthOf = (sign: string): number =>
    /[mwMW@]/.test(sign)
      ? 14
      : /[iljft.,:;|'()! ·⁻⁰¹²³⁴⁵⁶⁷⁸⁹]/.test(sign)
        ? 5.5
        : /[\u2e80-\uffdc]/.test(sign)
          ? 15.5
          : 9.2;
  return [...text].reduce((sum, sign) => sum + widthOf(sign), 0);
}

/** Lines of a text that are at most this wide, where its words allow. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const longer = lines.length > 0 ? `${lines.at(-1)} ${word}` : word;
    if (lines.length > 0 && textWidth(longer) <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

/** Text element; `how` are further attributes. */
export function label(text: string, x: number, y: number, how = ""): string {
  return `<text x="${round(x)}" y="${round(y)}"${how ? ` ${how}` : ""}>${escaped(text)}</text>`;
}

/** Rounds to a number of decimals; default 2. */
export function round(x: number, decimals = 2): number {
  const scale = decimals === 2 ? 100 : 10 ** decimals;
  return Math.round(x * scale) / scale;
}

/** Text that is safe inside SVG and HTML, attributes included. */
export function escaped(text: string): string {
  const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
  // SVG does not allow control characters, even as entities.
  return text.replace(/[&<>"]|\p{Cc}/gu, (sign) => entities[sign] ?? " ");
}
