// Layer normalization over rows and its derivative, as loops over typed arrays.

/** y = γ (x − μ) / √(σ² + ε) + β of every row; `means` and `inverses` keep μ and 1 / √(σ² + ε). */
export function normalizeRows(y, means, inverses, x, gamma, beta, epsilon) {
  const width = gamma.length;
  for (let row = 0, start = 0; row < means.length; row++, start += width) {
    let sum = 0;
    for (let k = 0; k < width; k++) sum += x[start + k];
    const mean = sum / width;
    let squares = 0;
    for (let k = 0; k < width; k++) squares += (x[start + k] - mean) ** 2;
    const inverse = 1 / Math.sqrt(squares / width + epsilon);
    for (let k = 0; k < width; k++) y[start + k] = (x[start + k] - mean) * inverse * gamma[k] + beta[k];
    means[row] = mean;
    inverses[row] = inverse;
  }
}

/** Gradients of x, γ and β from that of y, `g`. */
export function normalizeRowsBack(xGradient, gammaGradient, betaGradient, g, means, inverses, x, gamma) {
  const width = gamma.length;
  gammaGradient.fill(0);
  betaGradient.fill(0);
  for (let row = 0, start = 0; row < means.length; row++, start += width) {
    const mean = means[row];
    const inverse = inverses[row];
    let sum = 0;
    let products = 0;
    for (let k = 0; k < width; k++) {
      const normal = (x[start + k] - mean) * inverse;
      const scaled = g[start + k] * gamma[k];
      sum += scaled;
      products += scaled * normal;
      gammaGradient[k] += g[start + k] * normal;
      betaGradient[k] += g[start + k];
    }
    const shift = sum / width;
    const slope = products / width;
    for (let k = 0; k < width; k++) {
      const normal = (x[start + k] - mean) * inverse;
      xGradient[start + k] = (g[start + k] * gamma[k] - shift - normal * slope) * inverse;
    }
  }
}
