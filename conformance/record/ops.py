# Records ops of PyTorch: values and vector-Jacobian products in float64, and by how much PyTorch's own float32 differs.
# Run with Debian's python3-torch (1.13.1): /usr/bin/python3 conformance/record/ops.py
#
# Where a derivative does not exist (kinks) or several are in use (ties), a case lists the others under "conventions".

import math

import torch
import torch.nn.functional as F

from figures import difference, numbers, rounded_up, write

torch.set_num_threads(1)
files = {}


def tensor(shape, seed, low=-2.0, high=2.0):
    return {"data": numbers(math.prod(shape), seed, low, high), "shape": list(shape)}


def given(values, shape=None):
    return {"data": [float(v) for v in values], "shape": list(shape) if shape else [len(values)]}


def run(function, inputs, args, dtype):
    leaves = {k: torch.tensor(v["data"], dtype=dtype).reshape(v["shape"]).requires_grad_() for k, v in inputs.items()}
    output = function(leaves, **args)
    outputs = list(output) if isinstance(output, (tuple, list)) else [output]
    count, total = 0, 0
    for y in outputs:
        upstream = torch.cos(torch.arange(1, y.numel() + 1, dtype=torch.float64) + count).reshape(y.shape).to(dtype)
        total = total + (y if y.ndim == 0 else (y * upstream).sum())
        count += y.numel()
    total.backward()
    grads = {k: (v.grad if v.grad is not None else torch.zeros_like(v)).tolist() for k, v in leaves.items()}
    return [y.tolist() for y in outputs], [list(y.shape) for y in outputs], grads


def case(file, op, function, inputs, args=None, note=None, conventions=None):
    args = args or {}
    outputs, shapes, grads = run(function, inputs, args, torch.float64)
    single, _, single_grads = run(function, inputs, args, torch.float32)
    deviation = max([difference(a, b) for a, b in zip(single, outputs)] + [difference(single_grads[k], grads[k]) for k in grads])
    entry = {"op": op, **({"note": note} if note else {}), "args": args}
    entry["inputs"] = {k: nested(v["data"], v["shape"]) for k, v in inputs.items()}
    entry["shapes"] = {k: v["shape"] for k, v in inputs.items()}
    if len(outputs) == 1:
        entry.update(output=outputs[0], outShape=shapes[0])
    else:
        entry.update(outputs=outputs, outShapes=shapes)
    entry["grads"] = grads
    if conventions:
        entry["conventions"] = [{"name": name, "grads": {**grads, **other}} for name, other in conventions.items()]
    if deviation > 1e-6:
        entry["float32"] = rounded_up(deviation)
    files.setdefault(file, []).append(entry)


def nested(data, shape):
    if not shape:
        return data[0]
    size = math.prod(shape[1:])
    return [nested(data[k * size : (k + 1) * size], shape[1:]) for k in range(shape[0])]


def upstream(count):
    return [math.cos(k + 1) for k in range(count)]


def kinks(op, function, points, args=None, **derivatives):
    """A case at points without a derivative; `derivatives` are other choices for all points, by name."""
    others = {name.replace("_", " "): {"x": [d * u for d, u in zip(values, upstream(len(points)))]} for name, values in derivatives.items()}
    case("elementwise", op, function, {"x": given(points)}, args, "at kinks", others)


# ---- Elementwise ----


def unary(op, function, low=-3.0, high=3.0, args=None, small=None, **edges):
    """Numbers of usual size; then small ones and others apart, as differences count relative to the largest number."""
    f = lambda t, **a: function(t["x"], **a)
    case("elementwise", op, f, {"x": tensor([2, 5], 7 + len(op), low, high)}, args)
    for name, values in {**({"small": small} if small else {}), **edges}.items():
        case("elementwise", op, f, {"x": given(values)}, args, name.replace("_", " "))


def elu(x, alpha):
    """PyTorch's own, exp(x) - 1, loses digits near 0."""
    return torch.where(x > 0, x, alpha * torch.expm1(torch.minimum(x, torch.zeros_like(x))))


def selu(x):
    return 1.0507009873554805 * elu(x, 1.6732632423543772)


small = [0.0, 1e-30, -1e-30, 1e-8, -1e-8]
nonzero = small[1:]
unary("neg", torch.neg, small=small, large=[1e30, -1e30])
unary("reciprocal", torch.reciprocal, 0.2, 4, small=[1e-6, -1e-6], large=[1e6, -1e6])
unary("square", torch.square, small=[0, 1e-10], large=[1e15, -1e15])
unary("sqrt", torch.sqrt, 0.1, 9, small=[1e-12, 1e-6], large=[1e12, 1e30])
unary("rsqrt", torch.rsqrt, 0.1, 9, small=[1e-6, 1e-5], large=[1e6, 1e12])
unary("abs", torch.abs, small=nonzero, large=[1e30, -1e30])
unary("sign", torch.sign, small=small, large=[1e30, -1e30])
unary("clamp", torch.clamp, args={"min": -1.0, "max": 2.0}, large=[-1e30, 1e30], beside_the_bounds=[-1.001, -0.999, 1.999, 2.001])
unary("exp", torch.exp, small=small, large_negative=[-80, -40], large=[40, 80])
unary("expm1", torch.expm1, small=small, large_negative=[-80, -40], large=[40, 80])
unary("log", torch.log, 0.05, 9, small=[1e-30, 1e-8], beside_one=[1 - 2**-10, 1, 1 + 2**-10], large=[1e8, 1e30])
unary("log1p", torch.log1p, -0.9, 9, small=small, beside_minus_one=[-1 + 2**-20], large=[1e8, 1e30])
unary("sin", torch.sin, -9, 9, small=small, large=[100, -100, 1000])
unary("cos", torch.cos, -9, 9, small=small, large=[100, -100, 1000])
unary("atan", torch.atan, small=small, large=[1e6, -1e6])
unary("tan", torch.tan, small=small, beside_a_pole=[1.5, -1.625])
unary("asin", torch.asin, -0.9, 0.9, small=small, beside_one=[1 - 2**-20, -1 + 2**-20])
unary("acos", torch.acos, -0.9, 0.9, small=small, beside_one=[1 - 2**-20, -1 + 2**-20])
unary("sinh", torch.sinh, small=small, large=[40, -40])
unary("cosh", torch.cosh, small=small, large=[40, -40])
unary("asinh", torch.asinh, small=small, large=[1e6, -1e6])
unary("acosh", torch.acosh, 1.1, 9, beside_one=[1 + 2**-20, 1 + 2**-10], large=[1e3, 1e6])
unary("atanh", torch.atanh, -0.9, 0.9, small=small, beside_one=[1 - 2**-20, -1 + 2**-20])
unary("erf", torch.erf, small=small, large=[4, -4, 30, -30])
unary("relu", F.relu, small=nonzero, large=[1e30, -1e30])
unary("leaky_relu", F.leaky_relu, args={"negative_slope": 0.1}, small=nonzero, large=[1e30, -1e30])
unary("elu", elu, args={"alpha": 0.7}, small=nonzero, large=[80, -80])
unary("sigmoid", torch.sigmoid, small=small, large_negative=[-40, -80], large=[40, 80])
unary("tanh", torch.tanh, small=small, large=[20, -20, 80, -80])
unary("softplus", lambda x: torch.logaddexp(x, torch.zeros_like(x)), small=small, large_negative=[-40, -80], large=[40, 80])
for form in ("none", "tanh"):
    unary("gelu", F.gelu, args={"approximate": form}, small=small, large=[6, -6, 40, -40])
unary("silu", F.silu, small=small, large_negative=[-20, -40], large=[40, 80])
unary("selu", selu, small=nonzero, large=[80, -80])
unary("mish", F.mish, small=small, large_negative=[-20, -40], large=[40, 80])
unary("hardswish", F.hardswish, -5, 5, small=small, large=[40, -40])

kinks("relu", lambda t: F.relu(t["x"]), [0, -0.0], right_derivative=[1, 1], mean_of_both=[0.5, 0.5])
kinks("abs", lambda t: torch.abs(t["x"]), [0, -0.0], right_derivative=[1, 1], left_derivative=[-1, -1])
kinks("leaky_relu", lambda t, **a: F.leaky_relu(t["x"], **a), [0], {"negative_slope": 0.1}, right_derivative=[1], mean_of_both=[0.55])
kinks("elu", lambda t, **a: F.elu(t["x"], **a), [0], {"alpha": 0.7}, right_derivative=[1], mean_of_both=[0.85])
kinks("hardswish", lambda t: F.hardswish(t["x"]), [-3, 3], left_derivative=[0, 1.5], right_derivative=[-0.5, 1], mean_of_both=[-0.25, 1.25])
kinks("clamp", lambda t, **a: torch.clamp(t["x"], **a), [-1, 2], {"min": -1.0, "max": 2.0}, derivative_outside=[0, 0], mean_of_both=[0.5, 0.5])


def binary(op, function, a, b, note=None, conventions=None):
    case("elementwise", op, lambda t: function(t["a"], t["b"]), {"a": a, "b": b}, None, note, conventions)


arithmetic = {"add": torch.add, "sub": torch.sub, "mul": torch.mul, "div": torch.div}
for k, (op, function) in enumerate(arithmetic.items()):
    low = 0.5 if op == "div" else -2
    binary(op, function, tensor([2, 3], 11 + k), tensor([2, 3], 31 + k, low))
    binary(op, function, tensor([3, 1, 2], 51 + k), tensor([4, 1], 71 + k, low), "broadcast")
    binary(op, function, tensor([], 91 + k), tensor([2, 3], 111 + k, low), "scalar")
binary("div", torch.div, given([1e-20, 1e20, 1]), given([1e-10, 1e10, -1e-15]), "edges")
binary("pow", torch.pow, tensor([2, 3], 15, 0.3, 3), tensor([3], 16), "broadcast")
binary("pow", torch.pow, given([0, 2, -1.5, 1e-10]), given([3, 0, 2, 2]), "edges")
files["elementwise"][-1]["grads"]["b"] = None  # log of a negative base
for op, function, share in (("minimum", torch.minimum, "smaller"), ("maximum", torch.maximum, "larger")):
    binary(op, function, tensor([3, 1, 2], 17), tensor([4, 1], 18), "broadcast")
    u = upstream(2)
    ties = {"all to the first": {"a": u, "b": [0, 0]}, "all to the second": {"a": [0, 0], "b": u}}
    binary(op, function, given([1, -2]), given([1, -2]), "ties", ties)
binary("logaddexp", torch.logaddexp, tensor([2, 3], 19), tensor([3], 20), "broadcast")
binary("logaddexp", torch.logaddexp, given([1000, -1000, 80]), given([999, -1001, -80]), "edges")
case(
    "elementwise",
    "where",
    lambda t, condition: torch.where(torch.tensor(condition, dtype=torch.bool), t["a"], t["b"]),
    {"a": tensor([2, 3], 21), "b": tensor([3], 22)},
    {"condition": [[1, 0, 1], [0, 0, 1]]},
    "broadcast",
)

# ---- Reductions ----


def reduction(op, function, x, args, note=None, conventions=None):
    case("reductions", op, lambda t, **a: function(t["x"], **a), {"x": x}, args, note, conventions)


cube = tensor([2, 3, 4], 23)
for args in ({"dim": [1], "keepdim": False}, {"dim": [0, 2], "keepdim": True}, {"dim": [0, 1, 2], "keepdim": False}):
    reduction("sum", torch.sum, cube, args)
    reduction("mean", torch.mean, cube, args)
    reduction("amax", torch.amax, cube, args)
    reduction("amin", torch.amin, cube, args)
for unbiased in (False, True):
    reduction("var", torch.var, cube, {"dim": [2], "unbiased": unbiased, "keepdim": False})
reduction("var", torch.var, given([1001, 1002, 1004]), {"dim": [0], "unbiased": False, "keepdim": False}, "large mean")
reduction("prod", torch.prod, tensor([2, 4], 24), {"dim": 1})
reduction("prod", torch.prod, given([2, 0, 3, 0, 0, 5], [2, 3]), {"dim": 1}, "one zero, two zeros")
whole, u = {"dim": [1], "keepdim": False}, upstream(2)
ties = {
    "all to the first": {"x": [[0, u[0], 0], [u[1], 0, 0]]},
    "all to the last": {"x": [[0, 0, u[0]], [0, 0, u[1]]]},
    "to each of the equal ones": {"x": [[0, u[0], u[0]], [u[1]] * 3]},
}
reduction("amax", torch.amax, given([1, 3, 3, 2, 2, 2], [2, 3]), whole, "ties", ties)
reduction("amin", torch.amin, given([3, 1, 1, 2, 2, 2], [2, 3]), whole, "ties", ties)
rows = tensor([2, 5], 25)
large = given([1000, 1001, 1002, -1000, -1001, -1002], [2, 3])
for op, function in (("softmax", torch.softmax), ("log_softmax", torch.log_softmax), ("logsumexp", torch.logsumexp)):
    reduction(op, function, rows, {"dim": 1})
    reduction(op, function, rows, {"dim": 0})
    reduction(op, function, large, {"dim": 1}, "edges")
reduction("cumsum", torch.cumsum, rows, {"dim": 1})
reduction("cumsum", torch.cumsum, rows, {"dim": 0})

# ---- Shapes ----


def shape(op, function, inputs, args, note=None):
    case("shapes", op, lambda t, **a: function(t, **a), inputs, args, note)


matrix = {"x": tensor([3, 4], 26)}
shape("reshape", lambda t, shape: t["x"].reshape(shape), matrix, {"shape": [2, 6]})
shape("permute", lambda t, dims: t["x"].permute(dims), {"x": tensor([2, 3, 4], 27)}, {"dims": [2, 0, 1]})
shape("expand", lambda t, size: t["x"].expand(size), {"x": tensor([2, 1], 28)}, {"size": [3, 2, 4]})
shape("narrow", lambda t, **a: t["x"].narrow(**a), matrix, {"dim": 1, "start": 1, "length": 2})
shape("pad", lambda t, pad, value: F.pad(t["x"], pad, value=value), matrix, {"pad": [1, 0, 0, 2], "value": 0.0}, "last axis first")
shape("index_select", lambda t, index: t["x"].index_select(0, torch.tensor(index)), matrix, {"index": [2, 0, 2, 2]}, "repeated rows")
shape("cat", lambda t, dim: torch.cat([t["a"], t["b"]], dim), {"a": tensor([2, 3], 29), "b": tensor([2, 1], 30)}, {"dim": 1})

# ---- Products ----


def product(op, function, inputs, args=None, note=None):
    case("products", op, lambda t, **a: function(t, **a), inputs, args, note)


for a, b, note in (([3, 4], [4, 2], None), ([2, 3, 4], [2, 4, 2], "batch"), ([2, 1, 3, 4], [3, 4, 2], "broadcast batch"), ([1, 1], [1, 1], None)):
    product("matmul", lambda t: t["a"] @ t["b"], {"a": tensor(a, 32), "b": tensor(b, 33)}, None, note)
product("linear", lambda t: F.linear(t["x"], t["w"], t["b"]), {"x": tensor([3, 4], 34), "w": tensor([2, 4], 35), "b": tensor([2], 36)})
product("embedding", lambda t, indices: F.embedding(torch.tensor(indices), t["w"]), {"w": tensor([4, 3], 37)}, {"indices": [[0, 2], [1, 2]]}, "repeated rows")

# ---- Normalization ----


def normalization(op, function, shape, extents, args, note=None, x=None):
    inputs = {"x": x or tensor(shape, 38), "w": tensor(extents, 39), "b": tensor(extents, 40)}
    case("normalization", op, lambda t, **a: function(t, **a), inputs, args, note)


def rms_norm(t, shape, eps):
    x = t["x"]
    dims = list(range(x.ndim - len(shape), x.ndim))
    return t["w"] * x / torch.sqrt((x * x).mean(dims, keepdim=True) + eps) + t["b"]


layer_norm = lambda t, normalized_shape, eps: F.layer_norm(t["x"], normalized_shape, t["w"], t["b"], eps)
normalization("layer_norm", layer_norm, [3, 4], [4], {"normalized_shape": [4], "eps": 1e-5})
normalization("layer_norm", layer_norm, [2, 3, 4], [3, 4], {"normalized_shape": [3, 4], "eps": 1e-5}, "two axes")
normalization("layer_norm", layer_norm, [2, 3], [3], {"normalized_shape": [3], "eps": 1e-5}, "constant row", given([2, 2, 2, 1, 5, 3], [2, 3]))
inputs = {"x": tensor([3, 4], 41), "w": tensor([4], 42)}
case("normalization", "rms_norm", lambda t, shape, eps: rms_norm({**t, "b": 0}, shape, eps), inputs, {"shape": [4], "eps": 1e-5}, "written out, Zhang and Sennrich 2019, eq. 4")
normalization("instance_norm", lambda t, eps: F.instance_norm(t["x"], weight=t["w"], bias=t["b"], eps=eps), [2, 3, 2, 4], [3], {"eps": 1e-5})

# ---- Losses ----


def loss(op, function, x, args, note=None, conventions=None):
    case("losses", op, lambda t, target, **a: function(t["x"], target, **a), {"x": x}, args, note, conventions)


def floats(function):
    return lambda x, target, **a: function(x, torch.tensor(target, dtype=x.dtype), **a)


def labels(function):
    def apply(x, target, weight=None, **a):
        return function(x, torch.tensor(target), weight=None if weight is None else torch.tensor(weight, dtype=x.dtype), **a)

    return apply


def positive(x, target, pos_weight=None, **a):
    weight = None if pos_weight is None else torch.tensor(pos_weight, dtype=x.dtype)
    return F.binary_cross_entropy_with_logits(x, torch.tensor(target, dtype=x.dtype), pos_weight=weight, **a)


values, target = tensor([4, 3], 43), nested(numbers(12, 44, -2, 2), [4, 3])
binary_target = [[1.0, 0.0, 0.0], [1.0, 1.0, 1.0], [0.0, 1.0, 0.0], [1.0, 1.0, 1.0]]
signs = [[1.0, -1.0, -1.0], [1.0, 1.0, 1.0], [-1.0, 1.0, -1.0], [1.0, 1.0, 1.0]]
classes, weight = [0, 2, 1, 2], [0.2, 0.5, 1.3]
for reduction_ in ("mean", "sum"):
    r = {"reduction": reduction_}
    for op, function, extra in (
        ("mse_loss", F.mse_loss, {}),
        ("l1_loss", F.l1_loss, {}),
        ("smooth_l1_loss", F.smooth_l1_loss, {"beta": 0.6}),
        ("huber_loss", F.huber_loss, {"delta": 0.6}),
    ):
        loss(op, floats(function), values, {"target": target, **r, **extra})
    loss("hinge_embedding_loss", floats(F.hinge_embedding_loss), values, {"target": signs, "margin": 1.5, **r})
    loss("cross_entropy", labels(F.cross_entropy), values, {"target": classes, **r})
    loss("cross_entropy", labels(F.cross_entropy), values, {"target": classes, "weight": weight, "label_smoothing": 0.2, **r})
    loss("nll_loss", labels(F.nll_loss), tensor([4, 3], 45, -3, 0), {"target": classes, "weight": weight, **r})
    loss("multi_margin_loss", labels(F.multi_margin_loss), values, {"target": classes, "margin": 0.7, "p": 2, **r})
    loss("binary_cross_entropy", floats(F.binary_cross_entropy), tensor([4, 3], 46, 0.05, 0.95), {"target": binary_target, **r})
    loss("binary_cross_entropy_with_logits", positive, values, {"target": binary_target, "pos_weight": [1.0, 2.0, 0.5], **r})
soft = torch.softmax(torch.tensor(target, dtype=torch.float64), 1).tolist()
loss("cross_entropy", floats(F.cross_entropy), values, {"target": soft, "reduction": "mean"}, "probabilities")
loss("cross_entropy", labels(F.cross_entropy), given([1000, 0, -1000, 5, -1000, 1000], [2, 3]), {"target": [0, 0], "reduction": "sum"}, "edges")
edges = {"target": [0.0, 1.0, 1.0, 0.0, 1.0], "reduction": "sum"}
loss("binary_cross_entropy_with_logits", positive, given([-100, 100, -100, 100, 0]), edges, "edges")
loss("l1_loss", floats(F.l1_loss), given([1, 2]), {"target": [1.0, 3.0], "reduction": "sum"}, "at kinks", {"right derivative": {"x": [1, -1]}, "left derivative": {"x": [-1, -1]}})

counts = [[0.0, 1.0, 2.0], [3.0, 5.0, 1.0], [0.0, 7.0, 2.0], [4.0, 1.0, 9.0]]
shares = [[0.5, 0.5, 0.0], [0.25, 0.25, 0.5], [0.0, 0.0, 1.0], [0.125, 0.375, 0.5]]
for reduction_ in ("mean", "sum"):
    loss("kl_div", floats(F.kl_div), tensor([4, 3], 56, -3, -0.1), {"target": shares, "reduction": {"mean": "batchmean"}.get(reduction_, "sum")})
    for form in ({"log_input": True, "full": False}, {"log_input": False, "full": True}):
        loss("poisson_nll_loss", floats(F.poisson_nll_loss), tensor([4, 3], 57, 0.1, 2), {"target": counts, **form, "reduction": reduction_})
    pairs = {"a": tensor([4, 3], 58), "b": tensor([4, 3], 59)}
    cosine = lambda t, target, **a: F.cosine_embedding_loss(t["a"], t["b"], torch.tensor(target, dtype=t["a"].dtype), **a)
    case("losses", "cosine_embedding_loss", cosine, pairs, {"target": [1.0, -1.0, 1.0, -1.0], "margin": -0.2, "reduction": reduction_})

# ---- Resizing ----

for size in ([5, 6], [2, 2]):
    bilinear = lambda t, size: F.interpolate(t["x"], size=size, mode="bilinear", align_corners=False)
    case("resizing", "interpolate_bilinear", bilinear, {"x": tensor([1, 2, 3, 4], 60)}, {"size": size})

# ---- Recurrent layers ----


def gru(t, gates):
    weights = [t["wih"], t["whh"], t["bih"], t["bhh"]]
    return torch._VF.gru(t["x"], t["h0"], weights, True, 1, 0.0, False, False, True)


sizes = {"x": [2, 4, 2], "wih": [9, 2], "whh": [9, 3], "bih": [9], "bhh": [9], "h0": [1, 2, 3]}
case("recurrent", "gru", gru, {k: tensor(s, 47 + n, -1, 1) for n, (k, s) in enumerate(sizes.items())}, {"gates": "r z n"})

for name, cases in files.items():
    head = {
        "source": f"PyTorch {torch.__version__} (python3-torch of Debian), conformance/record/ops.py",
        "upstream": "the gradient fed back into entry k (k = 1, 2, ...) of the flattened outputs is cos(k); a scalar takes 1",
    }
    write(f"ops/{name}.json", head, cases)
    print(name, len(cases), max((c.get("float32", 0) for c in cases), default=0))
