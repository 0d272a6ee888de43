"""Runs modules that toPyTorch wrote: reads {folder}/cases.json, a list of {name, source, weights, data, shape, indices}, and prints
their outputs {name, data, shape, state} as JSON. Usage: /usr/bin/python3 torch_outputs.py FOLDER"""

import json
import sys

import torch

torch.set_num_threads(1)
folder = sys.argv[1]
results = []
for case in json.load(open(f"{folder}/cases.json")):
    module = {}
    exec(compile(case["source"], case["name"], "exec"), module)
    model = module["Model"]()
    model.load_state_dict(module["read_safetensors"](f"{folder}/{case['weights']}"))
    model.eval()
    dtype = torch.int64 if case["indices"] else torch.float32
    with torch.no_grad():
        y = model(torch.tensor(case["data"], dtype=dtype).reshape(case["shape"]))
    results.append({"name": case["name"], "data": y.reshape(-1).tolist(), "shape": list(y.shape)})
print(json.dumps(results))
