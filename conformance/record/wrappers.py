# Wrappers of optimizers, and update rules in other conventions than PyTorch's, written by hand around or beside its optimizers.

import torch


class Lookahead:
    """Zhang et al. 2019, algorithm 1."""

    def __init__(self, inner, parameters, period, alpha):
        self.inner, self.parameters, self.period, self.alpha = inner, parameters, period, alpha
        self.slow = [p.detach().clone() for p in parameters]
        self.param_groups = inner.param_groups
        self.steps = 0

    def step(self, closure):
        self.inner.step(closure)
        self.steps += 1
        if self.steps % self.period == 0:
            with torch.no_grad():
                for slow, p in zip(self.slow, self.parameters):
                    slow += self.alpha * (p - slow)
                    p.copy_(slow)


class SAM:
    """Foret et al. 2021, equation 2; if adaptive, Kwon et al. 2021, equation 7."""

    def __init__(self, inner, parameters, rho, adaptive=False):
        self.inner, self.parameters, self.rho, self.adaptive = inner, parameters, rho, adaptive
        self.param_groups = inner.param_groups

    def step(self, closure):
        loss = closure()
        with torch.no_grad():
            scaled = [(p.abs() if self.adaptive else 1) * p.grad for p in self.parameters]
            norm = torch.sqrt(sum((s**2).sum() for s in scaled))
            old = [p.detach().clone() for p in self.parameters]
            for p in self.parameters:
                p += (p**2 if self.adaptive else 1) * p.grad * self.rho / norm
        closure()
        with torch.no_grad():
            for p, value in zip(self.parameters, old):
                p.copy_(value)
        self.inner.step(lambda: loss)


class Cautious:
    """Liang et al. 2024, algorithm 1, with the bound of the mean of their code. Decoupled decay is not masked."""

    def __init__(self, inner, parameters):
        self.inner, self.parameters = inner, parameters
        self.param_groups = inner.param_groups

    def step(self, closure):
        old = [p.detach().clone() for p in self.parameters]
        self.inner.step(closure)
        with torch.no_grad():
            group = self.param_groups[0]
            shrink = group["lr"] * group["weight_decay"] if isinstance(self.inner, torch.optim.AdamW) else 0
            for p, value in zip(self.parameters, old):
                kept = (1 - shrink) * value
                update = kept - p
                mask = (update * p.grad > 0).to(update.dtype)
                mask /= mask.mean().clamp(min=1e-3)
                p.copy_(kept - update * mask)


WRAPPERS = {"Lookahead": Lookahead, "SAM": SAM, "Cautious": Cautious}


class Written:
    """A rule (p, g, state, t, lr, hyper) -> step, for each parameter, with PyTorch's weight decay added to the gradient."""

    def __init__(self, rule, parameters, hyper):
        self.rule, self.parameters, self.hyper = rule, parameters, hyper
        self.param_groups = [{"lr": hyper["lr"]}]
        self.states = [{} for _ in parameters]
        self.t = 0

    def step(self, closure):
        closure()
        self.t += 1
        with torch.no_grad():
            for p, state in zip(self.parameters, self.states):
                g = p.grad + self.hyper.get("weight_decay", 0) * p
                p -= self.rule(g, state, self.t, self.param_groups[0]["lr"], self.hyper)


def mean_of(state, name, new, beta):
    state[name] = beta * state.get(name, torch.zeros_like(new)) + (1 - beta) * new
    return state[name]


def adam_hat(g, state, t, lr, hyper):
    beta1, beta2 = hyper.get("betas", (0.9, 0.999))
    m, v = mean_of(state, "m", g, beta1), mean_of(state, "v", g * g, beta2)
    if hyper.get("amsgrad"):
        v = state["top"] = torch.maximum(state.get("top", v), v)
    return lr * (1 - beta2**t) ** 0.5 / (1 - beta1**t) * m / (v.sqrt() + hyper.get("eps", 1e-8))


def adamax_after(g, state, t, lr, hyper):
    beta1, beta2 = hyper.get("betas", (0.9, 0.999))
    m = mean_of(state, "m", g, beta1)
    state["u"] = torch.maximum(beta2 * state.get("u", torch.zeros_like(g)), g.abs())
    return lr / (1 - beta1**t) * m / (state["u"] + hyper.get("eps", 1e-8))


def adagrad_inside(g, state, t, lr, hyper):
    state["s"] = state.get("s", hyper.get("initial_accumulator_value", 0)) + g * g
    return lr / (1 + (t - 1) * hyper.get("lr_decay", 0)) * g / (state["s"] + hyper.get("eps", 1e-10)).sqrt()


def adagrad_keras(g, state, t, lr, hyper):
    return adagrad_inside(g, state, t, lr, {**hyper, "eps": 1e-7})


def adadelta_before(g, state, t, lr, hyper):
    rho, eps = hyper.get("rho", 0.9), hyper.get("eps", 1e-6)
    before, steps = state.get("v", torch.zeros_like(g)), state.get("d", torch.zeros_like(g))
    step = (steps + eps).sqrt() / (before + eps).sqrt() * g
    mean_of(state, "v", g * g, rho)
    mean_of(state, "d", step * step, rho)
    return lr * step


def rmsprop_inside(rate_within):
    def rule(g, state, t, lr, hyper):
        alpha = hyper.get("alpha", 0.99)
        v = mean_of(state, "v", g * g, alpha)
        if hyper.get("centered"):
            v = v - mean_of(state, "m", g, alpha) ** 2
        step = g / (v + hyper.get("eps", 1e-8)).sqrt()
        if not hyper.get("momentum"):
            return lr * step
        state["b"] = hyper["momentum"] * state.get("b", torch.zeros_like(g)) + (lr if rate_within else 1) * step
        return state["b"] if rate_within else lr * state["b"]

    return rule


def adan(weight_of):
    """Xie et al. 2024, algorithm 1, with betas as PyTorch writes them; `weight_of` is the weight of the differences."""

    def rule(g, state, t, lr, hyper):
        beta1, beta2, beta3 = hyper.get("betas", (0.98, 0.92, 0.99))
        weight, d = weight_of(beta2), g - state.get("g", g)
        state["g"] = g.clone()
        m, v, n = mean_of(state, "m", g, beta1), mean_of(state, "v", d, beta2), mean_of(state, "n", (g + weight * d) ** 2, beta3)
        mean, change = m / (1 - beta1**t), v / (1 - beta2**t)
        return lr * (mean + weight * change) / ((n / (1 - beta3**t)).sqrt() + hyper.get("eps", 1e-8))

    return rule


RULES = {"Adan": adan(lambda beta2: beta2)}
CONVENTIONS = {
    "Adan": {"differences weighted by 1 - beta2, as Optax 0.2.8 has it": adan(lambda beta2: 1 - beta2)},
    "Adam": {"epsilon before the correction of bias": adam_hat},
    "Adamax": {"epsilon added to the maximum": adamax_after},
    "Adadelta": {"divides by the mean square before the update": adadelta_before},
    "Adagrad": {"epsilon inside the root": adagrad_inside, "epsilon of 1e-7 inside the root": adagrad_keras},
    "RMSprop": {
        "epsilon inside the root": rmsprop_inside(False),
        "epsilon inside the root, learning rate inside the momentum": rmsprop_inside(True),
    },
}
