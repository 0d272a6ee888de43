# Records rules and schedules of Optax that PyTorch 1.13 lacks, in float64 and, for trajectories, in float32.
# Run with Optax 0.2.8 and JAX 0.10.2 on one CPU: python3 conformance/record/optax_rules.py

import jax

jax.config.update("jax_enable_x64", True)
import jax.numpy as jnp
import optax
from optax import contrib

from figures import recorded, write
from problems import START, losses

HYPER = [
    ("amsgrad", dict(learning_rate=0.01, eps=1e-3)),
    ("nadam", dict(learning_rate=0.01)),
    ("nadamw", dict(learning_rate=0.01, b1=0.8, weight_decay=0.1)),
    ("adabelief", dict(learning_rate=0.01, eps=1e-8, eps_root=1e-8)),
    ("lion", dict(learning_rate=0.01, weight_decay=0.0)),
    ("lion", dict(learning_rate=0.01, b1=0.95, b2=0.98, weight_decay=0.1)),
    ("muon", dict(learning_rate=0.01)),
    ("schedule_free_sgd", dict(learning_rate=0.001)),
    ("schedule_free_adamw", dict(learning_rate=0.01)),
]


def follow(problem, name, hyper, dtype):
    array = lambda values: jnp.array(values, dtype=dtype)
    gradient = jax.jit(jax.grad(losses(jnp, array)[problem]))
    parameters = {key: array(value) for key, value in START[problem].items()}
    constant = name.startswith("schedule_free")
    learning_rate = hyper["learning_rate"]
    schedule = learning_rate if constant else lambda count: jnp.where(count < 30, learning_rate, 0.3 * learning_rate).astype(dtype)
    rule = getattr(contrib if constant or name == "muon" else optax, name)(**{**hyper, "learning_rate": schedule})
    state = rule.init(parameters)
    update = jax.jit(rule.update)
    trace = []
    for step in range(1, 61):
        updates, state = update(gradient(parameters), state, parameters)
        parameters = optax.apply_updates(parameters, updates)
        if step in (1, 2, 20, 30, 31, 60):
            weights = contrib.schedule_free_eval_params(state, parameters) if constant else parameters
            trace.append({"step": step, "weights": {key: value.ravel().tolist() for key, value in weights.items()}})
    return trace


def case(problem, name, hyper):
    trace = recorded(*(follow(problem, name, hyper, dtype) for dtype in (jnp.float64, jnp.float32)))
    rate = hyper["learning_rate"]
    rates = [[1, rate]] if name.startswith("schedule_free") else [[1, rate], [31, 0.3 * rate]]
    return {"optimizer": name, "problem": problem, "hyper": hyper, "rates": rates, "trace": trace}


source = f"Optax {optax.__version__} with JAX {jax.__version__}, conformance/record/optax_rules.py"
cases = [case(problem, *hyper) for problem in START for hyper in HYPER]
write("optimizers/optax.json", {"source": source}, cases)
print(len(cases))

SCHEDULES = [
    ("exponential_decay", dict(init_value=0.1, transition_steps=7, decay_rate=0.5)),
    ("exponential_decay", dict(init_value=0.1, transition_steps=7, decay_rate=0.96, staircase=True)),
    ("exponential_decay", dict(init_value=0.1, transition_steps=7, decay_rate=0.5, end_value=0.02)),
    ("polynomial_schedule", dict(init_value=0.1, end_value=0.001, power=2.5, transition_steps=30)),
    ("linear_schedule", dict(init_value=0.0, end_value=0.1, transition_steps=12)),
    ("cosine_decay_schedule", dict(init_value=0.1, decay_steps=30, alpha=0.2)),
    ("cosine_decay_schedule", dict(init_value=0.1, decay_steps=30, alpha=0.2, exponent=2.0)),
    ("cosine_onecycle_schedule", dict(transition_steps=40, peak_value=0.5)),
    ("warmup_constant_schedule", dict(init_value=0.0, peak_value=0.1, warmup_steps=10)),
    ("warmup_cosine_decay_schedule", dict(init_value=0.0, peak_value=0.1, warmup_steps=10, decay_steps=40, end_value=0.01)),
]
cases = []
for name, args in SCHEDULES:
    schedule = getattr(optax, name)(**args)
    values = [float(schedule(jnp.array(t, dtype=jnp.float64))) for t in range(60)]
    cases.append({"schedule": name, "args": args, "quantity": "lr", "values": values})
write("schedules/optax.json", {"source": source}, cases)
print(len(cases))
