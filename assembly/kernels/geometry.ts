// How the pixels of an image and those of a smaller or larger one belong together: along each axis a kernel of so many
// taps, `dilation` pixels apart, steps over the image, which has zeros `before` and `after` it.
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

/** True if a convolution is a product of the images as they are. */
export function isProduct(q: Geometry): bool {
  return (
    (q.heightKernel | q.widthKernel | q.heightStride | q.widthStride | q.groups) === 1 &&
    (q.top | q.bottom | q.left | q.right) === 0
  );
}

/** True if every channel has a kernel of its own, and one output. */
export function isDepthwise(q: Geometry, channels: u32, outChannels: u32): bool {
  return q.groups > 1 && q.groups === channels && channels === outChannels;
}

export function heightOf(q: Geometry): Axis {
  return changetype<Axis>(q);
}

export function widthOf(q: Geometry): Axis {
  return changetype<Axis>(changetype<usize>(q) + offsetof<Geometry>("widthKernel"));
}
