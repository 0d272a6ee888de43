/** The camera, turned on and off by a person. */

export class Camera {
  readonly #video: HTMLVideoElement;
  #stream: MediaStream | null = null;

  constructor(video: HTMLVideoElement) {
    this.#video = video;
  }

  get on(): boolean {
    return this.#stream !== null;
  }

  /**
   * Turns it on; the browser shows its question first.
   *
   * @throws {Error} there is none, or the person does not allow it; the sentence names the other sources
   */
  async start(): Promise<void> {
    try {
      this.#stream = await navigator.mediaDevices.getUserMedia({ video: { width: 640, height: 480 }, audio: false });
    } catch (cause) {
      throw new Error(`${reasonOf(cause)} Drawing and picture files work without it.`, { cause });
    }
    this.#video.srcObject = this.#stream;
    await this.#video.play();
  }

  stop(): void {
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    this.#stream = null;
    this.#video.srcObject = null;
  }
}

function reasonOf(cause: unknown): string {
  // Pages that are served neither over https nor on this machine have no media devices.
  if (!navigator.mediaDevices) return "This page may not use a camera: it needs https, or localhost.";
  const { name, message } = cause as DOMException;
  if (name === "NotAllowedError")
    return "The camera was refused. To use it, allow it in the browser's settings of this page.";
  if (name === "NotFoundError") return "No camera was found.";
  if (name === "NotReadableError") return "The camera is in use by another program.";
  return `The camera cannot be used (${message}).`;
}
