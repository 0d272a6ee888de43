// Text of Python: values, modules inside modules, and the classes that PyTorch does not have.

/** A value as Python writes it. */
export function python(value: unknown): string {
  if (typeof value === "boolean") return value ? "True" : "False";
  if (value === Number.NEGATIVE_INFINITY) return 'float("-inf")';
  if (!Array.isArray(value)) return typeof value === "string" ? JSON.stringify(value) : String(value);
  return `(${value.map(python).join(", ")}${value.length === 1 ? "," : ""})`;
}

/** Numbers along axes: one if all are equal. */
export function extents(values: readonly number[]): string {
  return python(values.every((value) => value === values[0]) ? values[0] : values);
}

/** A call, with the arguments by name that are not undefined. */
export function call(
  name: string,
  given: readonly string[],
  options: Readonly<Record<string, string | undefined>> = {},
): string {
  // biome-ignore format: one line
  const named = Object.entries(options).flatMap(([key, value]) => (value === undefined ? [] : [`${key}=${value}`]));
  return `${name}(${[...given, ...named].join(", ")})`;
}

/** A text with every further line one step to the right. */
export const indented = (text: string, by = "    "): string => text.replace(/\n(?!\n)/g, `\n${by}`);

/** Modules in order, by name. */
export function ordered(modules: readonly (readonly [key: string, code: string])[]): string {
  const lines = modules.map(([key, code]) => `    (${python(key)}, ${indented(code)}),\n`);
  return `OrderedDict([\n${lines.join("")}])`;
}

/** Classes by name; the name must be that in the text. */
export const classes: Readonly<Record<string, string>> = {
  Permute: `class Permute(nn.Module):
    """Puts the axes in another order."""

    def __init__(self, *order):
        super().__init__()
        self.order = order

    def forward(self, x):
        return x.permute(self.order)`,
  Reorder: `class Reorder(nn.Module):
    """Features as a matrix of so many rows, transposed."""

    def __init__(self, rows):
        super().__init__()
        self.rows = rows

    def forward(self, x):
        return x.unflatten(1, (self.rows, -1)).transpose(1, 2).flatten(1)`,
  Standardize: `class Standardize(nn.Module):
    """(x - mean) / deviation."""

    def __init__(self, mean, deviation):
        super().__init__()
        self.register_buffer("mean", torch.tensor(mean), persistent=False)
        self.register_buffer("deviation", torch.tensor(deviation), persistent=False)

    def forward(self, x):
        return (x - self.mean) / self.deviation`,
  Scale: `class Scale(nn.Module):
    """x times a number."""

    def __init__(self, factor):
        super().__init__()
        self.factor = factor

    def forward(self, x):
        return x * self.factor`,
  Residual: `class Residual(nn.Module):
    """x + scale * block(x)."""

    def __init__(self, block, scale=1.0):
        super().__init__()
        self.block = block
        self.scale = scale

    def forward(self, x):
        return x + self.scale * self.block(x)`,
  Atan: `class Atan(nn.Module):
    """Arc tangent."""

    def forward(self, x):
        return torch.atan(x)`,
  Integers: `class Integers(nn.Module):
    """Numbers as indices."""

    def forward(self, x):
        return x.long()`,
  RMSNorm: `class RMSNorm(nn.Module):
    """weight * x / sqrt(mean of x^2 + eps), the mean over the last axes."""

    def __init__(self, shape, eps, affine=True):
        super().__init__()
        self.axes = tuple(range(-len(shape), 0))
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(shape)) if affine else 1.0

    def forward(self, x):
        return self.weight * x * torch.rsqrt(x.square().mean(self.axes, keepdim=True) + self.eps)`,
  Border: `class Border(nn.Module):
    """Padding of the last axes, (before, after) for each, the last one first."""

    def __init__(self, sides, mode, value=None):
        super().__init__()
        self.sides, self.mode, self.value = sides, mode, value

    def forward(self, x):
        return F.pad(x, self.sides, self.mode, self.value)`,
  Regions: `class Regions(nn.Module):
    """Largest values or means of regions (from, to), given for each axis behind the channels."""

    def __init__(self, reduce, *regions):
        super().__init__()
        self.reduce, self.regions = reduce, regions

    def forward(self, x):
        for axis, regions in enumerate(self.regions, 2):
            parts = [self.reduce(x.narrow(axis, a, b - a), axis) for a, b in regions]
            x = torch.stack(parts, axis)
        return x`,
  Steps: `class Steps(nn.Module):
    """The outputs of a recurrent layer at all steps."""

    def forward(self, result):
        return result[0]`,
  Last: `class Last(nn.Module):
    """The states of a recurrent layer behind its last step, those of both directions side by side."""

    def __init__(self, directions):
        super().__init__()
        self.directions = directions

    def forward(self, result):
        state = result[1][0] if isinstance(result[1], tuple) else result[1]
        return state[-self.directions:].transpose(0, 1).flatten(1)`,
};

/** Reads the weights. */
export const reader = `def read_safetensors(path):
    """Reads the tensors of a safetensors file, here all of 32-bit floats, for load_state_dict."""
    with open(path, "rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
        data = bytearray(file.read())
    header.pop("__metadata__", None)
    tensors = {}
    for name, entry in header.items():
        start, end = entry["data_offsets"]
        tensor = torch.frombuffer(data, dtype=torch.float32, count=(end - start) // 4, offset=start)
        tensors[name] = tensor.reshape(entry["shape"])
    return tensors`;
