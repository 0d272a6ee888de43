# Records trajectories of PyTorch's optimizers and of wrappers around them, in float64, and by how much float32 differs.
# Run with Debian's python3-torch (1.13.1): /usr/bin/python3 conformance/record/optimizers.py
#
# 60 updates of five problems, 200 of the quadratic; after update 30 the learning rate is multiplied by 0.3, which separates
# rules that keep the rate inside their state from rules that do not.

import torch

from figures import recorded, write
from problems import START, losses, write_problems
from wrappers import CONVENTIONS, RULES, WRAPPERS, Written

torch.set_num_threads(1)

HYPER = [
    ("SGD", dict(lr=1e-3)),
    ("SGD", dict(lr=1e-3, momentum=0.9)),
    ("SGD", dict(lr=1e-3, momentum=0.9, dampening=0.3, weight_decay=0.1)),
    ("SGD", dict(lr=1e-3, momentum=0.9, weight_decay=0.01, nesterov=True)),
    ("Adagrad", dict(lr=0.1)),
    ("Adagrad", dict(lr=0.1, lr_decay=0.05, initial_accumulator_value=0.1, weight_decay=0.05)),
    ("Adadelta", dict(lr=1.0)),
    ("Adadelta", dict(lr=0.7, rho=0.8, eps=1e-4, weight_decay=0.1)),
    ("RMSprop", dict(lr=0.01)),
    ("RMSprop", dict(lr=0.01, momentum=0.8)),
    ("RMSprop", dict(lr=0.01, alpha=0.9, centered=True, eps=1e-3)),
    ("RMSprop", dict(lr=0.01, centered=True, momentum=0.9, eps=1e-2, weight_decay=0.1)),
    ("Adam", dict(lr=0.01)),
    ("Adam", dict(lr=0.01, betas=(0.8, 0.95), eps=1e-3, weight_decay=0.1)),
    ("Adam", dict(lr=0.01, amsgrad=True)),
    ("AdamW", dict(lr=0.01, weight_decay=0.1)),
    ("AdamW", dict(lr=0.01, weight_decay=0.3, amsgrad=True)),
    ("Adamax", dict(lr=0.01)),
    ("Adamax", dict(lr=0.01, eps=1e-2, weight_decay=0.1)),
    ("NAdam", dict(lr=0.01)),
    ("NAdam", dict(lr=0.01, momentum_decay=0.1, weight_decay=0.1)),
    ("RAdam", dict(lr=0.01)),
    ("RAdam", dict(lr=0.01, betas=(0.8, 0.9), eps=1e-4, weight_decay=0.1)),
    ("Rprop", dict(lr=0.01)),
    ("Rprop", dict(lr=0.01, etas=(0.4, 1.3), step_sizes=(1e-3, 0.1))),
    ("ASGD", dict(lr=1e-3, lambd=0.01)),
    ("ASGD", dict(lr=1e-3, lambd=0.01, alpha=0.9, t0=10)),
]
SLOW, FAST = ("SGD", dict(lr=1e-3, momentum=0.9)), ("Adam", dict(lr=0.01))
DECAYING = ("AdamW", dict(lr=0.01, weight_decay=0.1))


def wrapped(name, inner, **hyper):
    optimizer, inner_hyper = inner
    return (name, {**hyper, "lr": inner_hyper["lr"], "inner": {"optimizer": optimizer, "hyper": inner_hyper}})


WRAPPED = [
    wrapped("Lookahead", SLOW, period=5, alpha=0.5),
    wrapped("Lookahead", FAST, period=6, alpha=0.8),
    wrapped("SAM", SLOW, rho=0.05),
    wrapped("SAM", DECAYING, rho=0.1),
    wrapped("SAM", FAST, rho=0.2, adaptive=True),
    wrapped("Cautious", SLOW),
    wrapped("Cautious", DECAYING),
    wrapped("Lookahead", wrapped("Cautious", DECAYING), period=5, alpha=0.5),
    wrapped("SAM", wrapped("Cautious", FAST), rho=0.05),
]
WRITTEN = [("Adan", dict(lr=1e-3)), ("Adan", dict(lr=1e-3, betas=(0.9, 0.8, 0.95), eps=1e-4))]
# PyTorch's ASGD takes up a new learning rate one update later, and Rprop never.
CONSTANT = {"ASGD", "Rprop"}


def make(name, hyper, parameters):
    if name in RULES:
        return Written(RULES[name], parameters, hyper)
    if name not in WRAPPERS:
        return getattr(torch.optim, name)(parameters, **hyper)
    own = {key: value for key, value in hyper.items() if key not in ("lr", "inner")}
    inner = make(hyper["inner"]["optimizer"], hyper["inner"]["hyper"], parameters)
    return WRAPPERS[name](inner, parameters, **own)


def follow(problem, build, constant, dtype):
    # Some optimizers keep counters as tensors of the default type.
    torch.set_default_dtype(dtype)
    array = lambda values: torch.tensor(values, dtype=dtype)
    loss = losses(torch, array)[problem]
    parameters = {name: array(value).requires_grad_() for name, value in START[problem].items()}
    optimizer = build(list(parameters.values()))

    def closure():
        for p in parameters.values():
            p.grad = None
        with torch.enable_grad():
            value = loss(parameters)
            value.backward()
        return value

    trace = []
    for step in range(1, 201 if problem == "quadratic" else 61):
        optimizer.step(closure)
        if step in (1, 2, 20, 30, 31, 60, 200):
            weights = {name: p.detach().flatten().tolist() for name, p in parameters.items()}
            trace.append({"step": step, "weights": weights})
        if step == 30 and not constant:
            for group in optimizer.param_groups:
                group["lr"] *= 0.3
    return trace


def case(problem, name, hyper):
    def both(build):
        return recorded(*(follow(problem, build, name in CONSTANT, dtype) for dtype in (torch.float64, torch.float32)))

    trace = both(lambda parameters: make(name, hyper, parameters))
    others = [
        {"name": convention, "trace": both(lambda parameters: Written(rule, parameters, hyper))}
        for convention, rule in CONVENTIONS.get(name, {}).items()
        if hyper.get("momentum") or "momentum" not in convention
    ]
    rates = [[1, hyper["lr"]]] if name in CONSTANT else [[1, hyper["lr"]], [31, 0.3 * hyper["lr"]]]
    entry = {"optimizer": name, "problem": problem, "hyper": hyper, "rates": rates, "trace": trace}
    return {**entry, "conventions": others} if others else entry


write_problems()
for name, hypers in (("torch", HYPER), ("written", WRITTEN), ("wrappers", WRAPPED)):
    # Where a gradient is 0, a wrapper divides by its norm.
    chosen = [problem for problem in START if name != "wrappers" or problem not in ("quadratic", "sparse")]
    cases = [case(problem, *hyper) for problem in chosen for hyper in hypers]
    source = f"PyTorch {torch.__version__} (python3-torch of Debian), conformance/record/optimizers.py"
    write(f"optimizers/{name}.json", {"source": source}, cases)
    print(name, len(cases))
