# Numbers that every recording starts from, and the form in which figures are kept.

import json
import math
import os

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "cases")


def numbers(count, seed, low=-1.0, high=1.0):
    """Park and Miller's generator, uniform on low .. high, with three decimals. The first numbers of small seeds are alike."""
    state, out = seed, []
    for _ in range(count + 3):
        state = 16807 * state % 2147483647
        out.append(round(low + (high - low) * state / 2147483647, 3))
    return out[3:]


def flat(value):
    return [x for part in value for x in flat(part)] if isinstance(value, list) else [value]


def difference(got, expected):
    """Largest difference relative to the largest expected number."""
    got, expected = flat(got), flat(expected)
    scale = max((abs(x) for x in expected), default=0) or 1
    return worst(abs(a - b) / scale for a, b in zip(got, expected))


def worst(values):
    """The largest; NaN if one is."""
    values = list(values)
    return math.nan if any(map(math.isnan, values)) else max(values, default=0)


def rounded_up(x):
    """Two significant digits, upwards; None of what is not a number."""
    if x == 0 or math.isnan(x):
        return 0 if x == 0 else None
    unit = 10.0 ** (math.floor(math.log10(x)) - 1)
    return float(f"{math.ceil(x / unit) * unit:.1e}")


def significant(values):
    """Numbers with 14 significant digits, which is what trajectories are compared with."""
    return [float(f"{x:.14g}") for x in flat(values)]


def recorded(trace, single):
    """A trajectory with the difference of that in float32; None where that is not finite. Points that are not are left out."""
    finite = [all(math.isfinite(x) for values in point["weights"].values() for x in flat(values)) for point in trace]
    trace = [point for point, kept in zip(trace, finite) if kept]
    for exact, rough in zip(trace, single):
        apart = [difference(rough["weights"][name], values) for name, values in exact["weights"].items()]
        exact["float32"] = rounded_up(worst(apart))
        exact["weights"] = {name: significant(values) for name, values in exact["weights"].items()}
    return trace


def write(name, head, cases, list_name="cases"):
    """A JSON file with one case a line."""
    lines = ",\n".join("  " + json.dumps(case, separators=(",", ":"), allow_nan=False) for case in cases)
    with open(os.path.join(FOLDER, name), "w") as file:
        fields = "".join(f"{json.dumps(key)}: {json.dumps(value)},\n" for key, value in head.items())
        file.write("{\n" + fields + f'"{list_name}": [\n{lines}\n]\n}}\n')
