// Data of a library object, such as a coding or a tokenizer, as an object or as its JSON text.

/** Returns the data, read from its text if it is one. @throws what `damaged` returns, if the text is not JSON */
export function fromText(data: unknown, damaged: (what: string) => Error): unknown {
  if (typeof data !== "string") return data;
  try {
    return JSON.parse(data);
  } catch {
    throw damaged("the text is not JSON");
  }
}
