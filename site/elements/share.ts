// A program as part of an address: compressed, in the alphabet of addresses, behind "#code=".

const key = "#code=";

async function through(bytes: Uint8Array, transform: TransformStream): Promise<Uint8Array> {
  const stream = new Blob([bytes as BlobPart]).stream().pipeThrough(transform);
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** Fragment of an address that holds a program. */
export async function fragmentOf(program: string): Promise<string> {
  const packed = await through(new TextEncoder().encode(program), new CompressionStream("deflate-raw"));
  const letters = btoa(Array.from(packed, (byte) => String.fromCharCode(byte)).join(""));
  return key + letters.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** Program that a fragment holds; null if it holds none, or is damaged. */
export async function programOf(fragment: string): Promise<string | null> {
  if (!fragment.startsWith(key)) return null;
  try {
    const letters = atob(fragment.slice(key.length).replaceAll("-", "+").replaceAll("_", "/"));
    const packed = Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
    return new TextDecoder().decode(await through(packed, new DecompressionStream("deflate-raw")));
  } catch {
    return null;
  }
}
