// Convolution of images [batch, height, width, channels] with weights [kernel height, kernel width, channels / groups,
// out channels], and its gradients. With f = (x, w, g) ↦ Σ g · (x ∗ w), which is linear in each, the three are its partial
// derivatives. The kernel is not flipped (cross-correlation, as in all libraries of the field).
//
//     y[n, p, q, o] = Σ over taps i, j and channels c of x[n, p s − t + i d, q s' − l + j d', c] · w[i, j, c, o]
//
// Order of sums, on every path:
//   convolve: one chain over (i, j, c) ascending.
//   input gradient: one chain over the taps (i, j) that reach the pixel at all, descending, and o ascending.
//   weight gradient: the outputs of one sample are divided into blocks, see `blockWidth` and `blockLines`; one chain per
//     block, over its lines and their pixels, ascending; then the sums of the blocks are added in ascending order. In f32 one
//     chain over all pixels of a batch would have ten times the error.
// Padding is multiplied as 0: an infinite weight makes NaN there.

import { Geometry } from "./geometry";
import { multiplyAddScalar } from "./multiplyAdd";

/** Largest number of outputs in one chain of the weight gradient. */
function blockOf<T>(): u32 {
  return 2048 / sizeof<T>();
}

/** Pixels of a line in one block. */
export function blockWidth<T>(q: Geometry): u32 {
  return min(q.outWidth, blockOf<T>());
}

/** Lines of one block: as many as fit, or one if a line is divided. */
export function blockLines<T>(q: Geometry): u32 {
  return q.outWidth === 0 ? 1 : max<u32>(blockOf<T>() / q.outWidth, 1);
}

/** Address of pixel (y, x) of a sample, or 0 if it lies outside. */
function pixel<T>(sample: usize, q: Geometry, y: u32, x: u32): usize {
  if (y >= q.imageHeight || x >= q.imageWidth) return 0;
  return sample + (y * q.imageWidth + x) * q.channels * sizeof<T>();
}

/** The definition of `convolve`. */
export function convolveScalar<T>(out: usize, x: usize, w: usize, q: Geometry): void {
  const channels = q.channels / q.groups;
  const outs = q.outChannels / q.groups;
  const sample = q.imageHeight * q.imageWidth * q.channels * sizeof<T>();
  for (let n: u32 = 0; n < q.batch; n++) {
    for (let p: u32 = 0; p < q.outHeight; p++) {
      for (let r: u32 = 0; r < q.outWidth; r++) {
        for (let o: u32 = 0; o < q.outChannels; o++) {
          let s: T = 0;
          let weight = w + o * sizeof<T>();
          for (let i: u32 = 0; i < q.heightKernel; i++) {
            for (let j: u32 = 0; j < q.widthKernel; j++) {
              const y = p * q.heightStride - q.top + i * q.heightDilation;
              const from = pixel<T>(x, q, y, r * q.widthStride - q.left + j * q.widthDilation);
              const first = (o / outs) * channels;
              for (let c: u32 = 0; c < channels; c++) {
                const value: T = from === 0 ? 0 : load<T>(from + (first + c) * sizeof<T>());
                s = multiplyAddScalar<T>(value, load<T>(weight), s);
                weight += q.outChannels * sizeof<T>();
              }
            }
          }
          store<T>(out, s);
          out += sizeof<T>();
        }
      }
    }
    x += sample;
  }
}

/** The output that reads pixel `at` through a tap, if there is one: at + before = output · stride + offset. */
function reaching(at: u32, before: u32, offset: u32, stride: u32): i32 {
  const distance = <i32>(at + before) - <i32>offset;
  return distance % <i32>stride === 0 ? distance / <i32>stride : i32.MIN_VALUE;
}

/** The definition of `convolveInputGradient`. */
export function convolveInputGradientScalar<T>(out: usize, g: usize, w: usize, q: Geometry): void {
  const channels = q.channels / q.groups;
  const outs = q.outChannels / q.groups;
  const sample = q.outHeight * q.outWidth * q.outChannels * sizeof<T>();
  for (let n: u32 = 0; n < q.batch; n++) {
    for (let y: u32 = 0; y < q.imageHeight; y++) {
      for (let x: u32 = 0; x < q.imageWidth; x++) {
        for (let c: u32 = 0; c < q.channels; c++) {
          const group = c / channels;
          let s: T = 0;
          for (let i: i32 = <i32>q.heightKernel - 1; i >= 0; i--) {
            const p = reaching(y, q.top, i * q.heightDilation, q.heightStride);
            if (p === i32.MIN_VALUE) continue;
            for (let j: i32 = <i32>q.widthKernel - 1; j >= 0; j--) {
              const r = reaching(x, q.left, j * q.widthDilation, q.widthStride);
              if (r === i32.MIN_VALUE) continue;
              const inside = <u32>p < q.outHeight && <u32>r < q.outWidth;
              const from = g + ((p * q.outWidth + r) * q.outChannels + group * outs) * sizeof<T>();
              const tap = (i * q.widthKernel + j) * channels + (c - group * channels);
              const weight = w + (tap * q.outChannels + group * outs) * sizeof<T>();
              for (let o: u32 = 0; o < outs; o++) {
                const value: T = inside ? load<T>(from + o * sizeof<T>()) : 0;
                s = multiplyAddScalar<T>(value, load<T>(weight + o * sizeof<T>()), s);
              }
            }
          }
          store<T>(out, s);
          out += sizeof<T>();
        }
      }
    }
    g += sample;
  }
}

/** The definition of `convolveWeightGradient`. */
export function convolveWeightGradientScalar<T>(out: usize, x: usize, g: usize, q: Geometry): void {
  const channels = q.channels / q.groups;
  const outs = q.outChannels / q.groups;
  const lines = blockLines<T>(q);
  const width = blockWidth<T>(q);
  const sample = q.imageHeight * q.imageWidth * q.channels * sizeof<T>();
  const outSample = q.outHeight * q.outWidth * q.outChannels * sizeof<T>();
  for (let i: u32 = 0; i < q.heightKernel; i++) {
    for (let j: u32 = 0; j < q.widthKernel; j++) {
      for (let c: u32 = 0; c < channels; c++) {
        for (let o: u32 = 0; o < q.outChannels; o++) {
          const channel = (o / outs) * channels + c;
          let total: T = 0;
          for (let n: u32 = 0; n < q.batch; n++) {
            for (let line: u32 = 0; line < q.outHeight; line += lines) {
              for (let start: u32 = 0; start < q.outWidth; start += width) {
                let s: T = 0;
                for (let p = line; p < min(line + lines, q.outHeight); p++) {
                  for (let r = start; r < min(start + width, q.outWidth); r++) {
                    const y = p * q.heightStride - q.top + i * q.heightDilation;
                    const from = pixel<T>(x + n * sample, q, y, r * q.widthStride - q.left + j * q.widthDilation);
                    const value: T = from === 0 ? 0 : load<T>(from + channel * sizeof<T>());
                    const at = g + n * outSample + ((p * q.outWidth + r) * q.outChannels + o) * sizeof<T>();
                    s = multiplyAddScalar<T>(value, load<T>(at), s);
                  }
                }
                total = (total + s) as T;
              }
            }
          }
          store<T>(out, total);
          out += sizeof<T>();
        }
      }
    }
  }
}
