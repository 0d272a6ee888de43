/** The prediction as a bar for each class. */

export interface Bars {
  /** @param probabilities of the classes; null shows none */
  show(probabilities: readonly number[] | null, names: readonly string[]): void;
}

/** Whole percents; a probability that only rounding would make 1 is not called so. */
export const percent = (share: number): string =>
  share >= 0.995 && share < 1 ? "> 99 %" : `${Math.round(100 * share)} %`;

/** createBars: bars in a list, as many as there are names. */
export function createBars(list: HTMLElement): Bars {
  const create = () => {
    const row = document.createElement("li");
    const [name, track, value] = ["b", "i", "span"].map((tag) => row.appendChild(document.createElement(tag))) as [
      HTMLElement,
      HTMLElement,
      HTMLElement,
    ];
    track.className = "bar";
    track.setAttribute("aria-hidden", "true");
    list.append(row);
    return { row, name, track, value };
  };
  const rows: ReturnType<typeof create>[] = [];
  return {
    show(probabilities, names) {
      while (rows.length < names.length) rows.push(create());
      for (const { row } of rows.splice(names.length)) row.remove();
      const largest = Math.max(...(probabilities ?? []));
      for (const [k, { row, name, track, value }] of rows.entries()) {
        const share = probabilities?.[k] ?? 0;
        if (name.textContent !== names[k]) name.textContent = names[k] as string;
        track.style.setProperty("--share", String(share));
        value.textContent = probabilities ? percent(share) : "–";
        row.classList.toggle("most", probabilities !== null && share === largest);
      }
    },
  };
}
