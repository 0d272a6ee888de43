// Geometry of convolution and pooling. Along each axis a kernel of `kernel` taps, `dilation` pixels apart, moves over an image
// of `extent` pixels with `before` and `after` pixels of padding, by `stride` pixels from one output to the next:
//
//     pixel of the image = output · stride − before + tap · dilation

/** One axis of a geometry. */
@unmanaged
export class Axis {
  kernel: u32;
  stride: u32;
  before: u32;
  after: u32;
  dilation: u32;
  extent: u32; // of the image
  count: u32; // outputs
}

/** The words of an instruction: the attributes of its op, then what `prepare` adds. */
@unmanaged
export class Geometry {
  heightKernel: u32;
  heightStride: u32;
  top: u32;
  bottom: u32;
  heightDilation: u32;
  imageHeight: u32;
  outHeight: u32;
  widthKernel: u32;
  widthStride: u32;
  left: u32;
  right: u32;
  widthDilation: u32;
  imageWidth: u32;
  outWidth: u32;
  groups: u32; // or which windows
  batch: u32;
  channels: u32; // of the image
  outChannels: u32;
}

/** True if a convolution is a matrix product of the image as it is. */
export function isProduct(q: Geometry): bool {
  return (
    (q.heightKernel | q.widthKernel | q.heightStride | q.widthStride | q.groups) === 1 &&
    (q.top | q.bottom | q.left | q.right) === 0
  );
}

/** True if a convolution is depthwise with one output per channel. */
export function isDepthwise(q: Geometry, channels: u32, outChannels: u32): bool {
  return q.groups > 1 && q.groups === channels && channels === outChannels;
}

export function heightOf(q: Geometry): Axis {
  return changetype<Axis>(q);
}

export function widthOf(q: Geometry): Axis {
  return changetype<Axis>(changetype<usize>(q) + offsetof<Geometry>("widthKernel"));
}
