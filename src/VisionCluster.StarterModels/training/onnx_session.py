"""Runs ONNX models in ONNX Runtime through a node process, since Debian has no Python package of it."""
import json
import os
import subprocess
import tempfile

import numpy as np


class OnnxRunner:
    """One node process; `modules` is the node_modules folder that holds onnxruntime-node."""

    def __init__(self, modules):
        self.folder = tempfile.TemporaryDirectory()
        server = os.path.join(os.path.dirname(os.path.abspath(__file__)), "ort_server.mjs")
        environment = dict(os.environ, ORT_NODE=os.path.abspath(os.path.join(modules, "onnxruntime-node")))
        self.process = subprocess.Popen(["node", server], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)
        self.milliseconds = 0.0

    def run(self, model, feeds, batch=None, threads=1):
        """Outputs by name as arrays; `milliseconds` then holds the time in the runtime alone."""
        described = {}
        for name, value in feeds.items():
            value = np.ascontiguousarray(value)
            path = os.path.join(self.folder.name, "in_" + name)
            value.tofile(path)
            described[name] = dict(file=path, dtype=str(value.dtype), dims=list(value.shape))
        request = dict(model=os.path.abspath(model), feeds=described, batch=batch, threads=threads,
                       out=os.path.join(self.folder.name, "out_"))
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        if "error" in answer:
            raise RuntimeError(answer["error"])
        self.milliseconds = answer["ms"]
        return {n: np.fromfile(o["file"], dtype=o["dtype"]).reshape(o["dims"]) for n, o in answer["outputs"].items()}

    def close(self):
        self.process.stdin.close()
        self.process.wait(10)
        self.folder.cleanup()
