"""What every training loop shares: the device, a wall-clock schedule, weight averaging, and checkpoints that resume."""
import math
import os
import time

import torch


def device():
    """The GPU where there is one, else the processor with one thread."""
    torch.set_num_threads(1)
    torch.backends.cudnn.benchmark = True
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


class Trainer:
    """Runs `step()` until `minutes` of training have passed, over any number of starts.

    The learning rate warms up over the first hundredth and then falls on a cosine to one hundredth. `modules` are
    trained; `averages` holds exponential moving averages of their floating-point state.
    """

    def __init__(self, modules, path, minutes, rate, decay=0.02, average=0.999, groups=None):
        self.modules, self.path, self.minutes, self.rate, self.average = modules, path, minutes, rate, average
        parameters = [p for m in modules.values() for p in m.parameters()]
        self.parameters = parameters
        groups = groups or [dict(params=[p for p in parameters if p.ndim > 1], weight_decay=decay),
                            dict(params=[p for p in parameters if p.ndim <= 1], weight_decay=0.0)]
        self.optimizer = torch.optim.AdamW(groups, lr=rate, betas=(0.9, 0.98))
        self.elapsed, self.steps = 0.0, 0
        self.averages = {k: {n: t.clone() for n, t in m.state_dict().items()} for k, m in modules.items()}
        if os.path.exists(path):
            state = torch.load(path, map_location=parameters[0].device)
            for key, module in modules.items():
                module.load_state_dict(state["raw"][key])
            self.averages, self.elapsed, self.steps = state["average"], state["elapsed"], state["steps"]
            self.optimizer.load_state_dict(state["optimizer"])

    @property
    def progress(self):
        """Share of the training time that has passed, 0..1."""
        return self.elapsed / (60 * self.minutes)

    def save(self):
        state = dict(raw={k: m.state_dict() for k, m in self.modules.items()}, average=self.averages,
                     elapsed=self.elapsed, steps=self.steps, optimizer=self.optimizer.state_dict())
        torch.save(state, self.path + ".new")
        os.replace(self.path + ".new", self.path)

    def _update_averages(self):
        keep = min(self.average, (1 + self.steps) / (10 + self.steps))
        for key, module in self.modules.items():
            state, averages = module.state_dict(), self.averages[key]
            real = [name for name, tensor in state.items() if tensor.is_floating_point()]
            targets = [averages[name] for name in real]
            torch._foreach_mul_(targets, keep)
            torch._foreach_add_(targets, [state[name].detach() for name in real], alpha=1 - keep)
            for name in state.keys() - set(real):
                averages[name].copy_(state[name])

    def load_averages(self, modules):
        """Copies the averaged weights into modules of the same shape."""
        for key, module in modules.items():
            module.load_state_dict(self.averages[key])

    def run(self, step, report_every=100, save_seconds=180, report=None):
        """`step()` returns a loss to minimise and a dict of figures; `report(figures)` prints their running means."""
        last_save, means = time.time(), {}
        while self.progress < 1:
            began = time.time()
            shape = min(1.0, self.steps / 100) * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * self.progress)))
            for group in self.optimizer.param_groups:
                group["lr"] = self.rate * shape * group.get("scale", 1.0)
            loss, figures = step()
            if not torch.isfinite(loss):
                print("skipped a step whose loss is not finite", flush=True)
                self.elapsed += time.time() - began
                continue
            self.optimizer.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(self.parameters, 1.0)
            self.optimizer.step()
            self.steps += 1
            self._update_averages()
            self.elapsed += min(time.time() - began, 30)
            for name, value in dict(figures, loss=loss.detach()).items():
                means[name] = value if name not in means else 0.98 * means[name] + 0.02 * value
            if self.steps % report_every == 0:
                print(f"{self.elapsed:.0f}s step {self.steps} " + " ".join(f"{k} {v:.3f}" for k, v in means.items()), flush=True)
                if report:
                    report()
            if time.time() - last_save > save_seconds:
                last_save = time.time()
                self.save()
        self.save()
