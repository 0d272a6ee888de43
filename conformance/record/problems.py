# Problems that optimizers solve, written once for PyTorch and JAX: `xp` is torch or jax.numpy, `array` makes its arrays.
#
#   quadratic   ½ Σ aᵢ (xᵢ − cᵢ)², a = (1, 3, 10, 0.1), c = (1, −2, 0.5, 3), from 0
#   sparse      the same with a = (2, 0, 50, 1e-9), c = (1, 1, −1, 2): a gradient that is 0 and one that is near 0
#   rosenbrock  (1 − x₁)² + 100 (x₂ − x₁²)² from (−1.2, 1)
#   logistic    mean softplus(−tᵢ uᵢ·x) of 6 points, from (0.1, −0.2, 0.3)
#   mlp         mean (tanh(X W₁ + b₁) W₂ + b₂ − Y)², 3 → 4 → 2, 5 points

import json
import os


def random(count, seed):
    """Park and Miller's generator, uniform on -1 .. 1."""
    state, out = seed, []
    for _ in range(count):
        state = 16807 * state % 2147483647
        out.append(2 * state / 2147483647 - 1)
    return out


def rows(values, width):
    return [values[k : k + width] for k in range(0, len(values), width)]


DATA = {
    "quadratic": {"a": [1, 3, 10, 0.1], "c": [1, -2, 0.5, 3]},
    "sparse": {"a": [2, 0, 50, 1e-9], "c": [1, 1, -1, 2]},
    "rosenbrock": {},
    "logistic": {"u": rows(random(18, 11), 3), "t": [1, -1, 1, 1, -1, -1]},
    "mlp": {"x": rows(random(15, 12), 3), "y": rows(random(10, 13), 2)},
}
START = {
    "quadratic": {"x": [0, 0, 0, 0]},
    "sparse": {"x": [0, 0, 0, 0]},
    "rosenbrock": {"x": [-1.2, 1]},
    "logistic": {"x": [0.1, -0.2, 0.3]},
    "mlp": {"w1": rows(random(12, 14), 4), "b1": random(4, 15), "w2": rows(random(8, 16), 2), "b2": random(2, 17)},
}


def losses(xp, array):
    """Losses by name, of a dictionary of parameters."""

    def quadratic(name):
        a, c = array(DATA[name]["a"]), array(DATA[name]["c"])
        return lambda p: 0.5 * (a * (p["x"] - c) ** 2).sum()

    u, t = array(DATA["logistic"]["u"]), array(DATA["logistic"]["t"])
    x, y = array(DATA["mlp"]["x"]), array(DATA["mlp"]["y"])
    return {
        "quadratic": quadratic("quadratic"),
        "sparse": quadratic("sparse"),
        "rosenbrock": lambda p: (1 - p["x"][0]) ** 2 + 100 * (p["x"][1] - p["x"][0] ** 2) ** 2,
        "logistic": lambda p: xp.log1p(xp.exp(-t * (u @ p["x"]))).mean(),
        "mlp": lambda p: ((xp.tanh(x @ p["w1"] + p["b1"]) @ p["w2"] + p["b2"] - y) ** 2).mean(),
    }


def write_problems():
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "cases", "problems.json")
    with open(path, "w") as file:
        json.dump({"data": DATA, "start": START}, file, indent=1)
        file.write("\n")
