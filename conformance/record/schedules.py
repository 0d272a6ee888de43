# Records schedules of PyTorch: /usr/bin/python3 conformance/record/schedules.py
# The first value holds before the first update, the next after one update, and so on.

import torch
from torch.optim import lr_scheduler

from figures import write

COMPOSED = {"SequentialLR", "ChainedScheduler"}


def build(name, args, optimizer):
    args = dict(args)
    if name in COMPOSED:
        parts = [build(part["schedule"], part["args"], optimizer) for part in args.pop("schedulers")]
        return getattr(lr_scheduler, name)(*([optimizer] if name == "SequentialLR" else []), parts, **args)
    return getattr(lr_scheduler, name)(optimizer, **args)


def losses(count, seed):
    value, best, out = seed, 1.0, []
    for _ in range(count):
        value = 16807 * value % 2147483647
        best *= 0.97 if value % 3 == 0 else 1.0
        out.append(best + (value % 1000) / 4000)
    return out


cases = []


def record(name, args, count=41, metrics=None, momentum=None, lr=0.1):
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=lr, momentum=momentum or 0)
    schedule = build(name, args, optimizer)
    values = {"lr": [], "momentum": []}
    for k in range(len(metrics) + 1 if metrics else count):
        for quantity, kept in values.items():
            kept.append(optimizer.param_groups[0][quantity])
        optimizer.step()
        if not metrics:
            if k < count - 1:
                schedule.step()
        elif k < len(metrics):
            schedule.step(metrics[k])
    entry = {"schedule": name, "args": {"lr": lr, **args}, **({"metrics": metrics} if metrics else {})}
    for quantity in ["lr"] + (["momentum"] if momentum else []):
        cases.append({**entry, "quantity": quantity, "values": values[quantity]})


record("StepLR", {"step_size": 7, "gamma": 0.5})
record("MultiStepLR", {"milestones": [4, 9, 10, 31], "gamma": 0.3})
record("ConstantLR", {"factor": 0.25, "total_iters": 6})
record("LinearLR", {"start_factor": 1 / 3, "end_factor": 1.0, "total_iters": 5})
record("LinearLR", {"start_factor": 1.0, "end_factor": 0.1, "total_iters": 17})
record("ExponentialLR", {"gamma": 0.9})
record("PolynomialLR", {"total_iters": 23, "power": 2.5})
record("CosineAnnealingLR", {"T_max": 20, "eta_min": 0.001}, 21)
record("CosineAnnealingLR", {"T_max": 11, "eta_min": 0.004}, 71)
record("CosineAnnealingWarmRestarts", {"T_0": 7, "T_mult": 1, "eta_min": 0.003}, 61)
record("CosineAnnealingWarmRestarts", {"T_0": 3, "T_mult": 2, "eta_min": 0.001}, 121)
CYCLE = {"base_lr": 0.01, "max_lr": 0.1, "step_size_up": 4, "step_size_down": 6, "mode": "triangular"}
record("CyclicLR", {**CYCLE, "base_momentum": 0.8, "max_momentum": 0.9}, momentum=0.9)
for mode, gamma in (("triangular2", 1.0), ("exp_range", 0.97)):
    cycle = {"base_lr": 0.01, "max_lr": 0.2, "step_size_up": 5, "step_size_down": 3, "mode": mode}
    record("CyclicLR", {**cycle, "gamma": gamma, "cycle_momentum": False}, 61)
ONE = {"pct_start": 0.3, "anneal_strategy": "cos", "div_factor": 25.0, "final_div_factor": 10000.0, "three_phase": False}
ONE = {"total_steps": 41, **ONE, "base_momentum": 0.85, "max_momentum": 0.95}
record("OneCycleLR", {"max_lr": 0.5, **ONE}, momentum=0.9)
record("OneCycleLR", {"max_lr": 0.7, **ONE, "anneal_strategy": "linear"}, momentum=0.9)
phases = {"pct_start": 0.4, "div_factor": 10.0, "final_div_factor": 50.0, "three_phase": True}
record("OneCycleLR", {"max_lr": 0.7, **ONE, **phases}, momentum=0.9)
warm = {"schedule": "LinearLR", "args": {"start_factor": 0.01, "total_iters": 6}}
exponential = {"schedule": "ExponentialLR", "args": {"gamma": 0.8}}
record("SequentialLR", {"schedulers": [warm, exponential], "milestones": [6]})
constant = {"schedule": "ConstantLR", "args": {"factor": 0.1, "total_iters": 3}}
record("ChainedScheduler", {"schedulers": [constant, exponential]})
PLATEAU = {"mode": "min", "factor": 0.5, "patience": 2, "threshold": 1e-4, "threshold_mode": "rel", "cooldown": 0, "min_lr": 0.0}
record("ReduceLROnPlateau", {**PLATEAU, "cooldown": 1, "min_lr": 0.001}, metrics=losses(60, 3))
record("ReduceLROnPlateau", {**PLATEAU, "patience": 3, "cooldown": 2}, metrics=losses(80, 5))
absolute = {"patience": 1, "factor": 0.3, "threshold": 0.02, "threshold_mode": "abs", "min_lr": 0.004}
record("ReduceLROnPlateau", {**PLATEAU, **absolute}, metrics=losses(60, 11))
most = {"mode": "max", "patience": 0, "factor": 0.7, "threshold": 0.01, "cooldown": 3}
record("ReduceLROnPlateau", {**PLATEAU, **most}, metrics=losses(60, 23))
record("ReduceLROnPlateau", {**PLATEAU, "patience": 0, "factor": 0.1}, metrics=[1.0] * 12)

source = f"PyTorch {torch.__version__} (python3-torch of Debian), conformance/record/schedules.py"
write("schedules/torch.json", {"source": source}, cases)
print(len(cases))
