/** The prediction as ten bars. */

export interface Bars {
  show(probabilities: readonly number[] | null): void;
}

/** Whole percents; a probability that only rounding would make 1 is not called so. */
export const percent = (share: number): string =>
  share >= 0.995 && share < 1 ? "> 99 %" : `${Math.round(100 * share)} %`;

export function createBars(list: HTMLElement): Bars {
  const rows = Array.from({ length: 10 }, (_, digit) => {
    const row = document.createElement("li");
    const [name, track, value] = ["b", "i", "span"].map((tag) => row.appendChild(document.createElement(tag))) as [
      HTMLElement,
      HTMLElement,
      HTMLElement,
    ];
    name.textContent = String(digit);
    track.className = "bar";
    track.setAttribute("aria-hidden", "true");
    list.append(row);
    return { row, track, value };
  });
  return {
    show(probabilities) {
      const largest = Math.max(...(probabilities ?? []));
      for (const [digit, { row, track, value }] of rows.entries()) {
        const share = probabilities?.[digit] ?? 0;
        track.style.setProperty("--share", String(share));
        value.textContent = probabilities ? percent(share) : "–";
        row.classList.toggle("most", probabilities !== null && share === largest);
      }
    },
  };
}
