#!/usr/bin/env bash
# Writes helm/visioncluster/README.md from the comments of values.yaml; with --print to standard output.
set -euo pipefail
cd "$(dirname "$0")/../helm/visioncluster"
generate() {
  cat << 'HEAD'
# VisionCluster chart

Generated from `values.yaml` by `tools/chart-readme.sh`.

```bash
helm install trial helm/visioncluster -f helm/visioncluster/examples/trial.yaml   # a cluster to try things out
helm test trial
```

`examples/` holds values for a trial, for GPUs in production and for many tenants, and those that prometheus-adapter needs. `values.schema.json` refuses names that
the chart does not know, and sections that the program does not.

- **Gateways** are a Deployment behind a Service; **workers** are one Deployment for each pool of devices. Not StatefulSets:
  a worker keeps nothing that its successor needs.
- **Leaving**: SIGTERM makes a server say that it is not ready, serve on for `drain.noticeSeconds`, hand its sessions over and
  finish what is queued. That is what a preStop hook would wait for, so there is none; `terminationGracePeriodSeconds` follows.
- **Scaling** follows the seconds of work that wait for a pool's devices, each model's items by that model's own pace.
- **Secrets** are named, never set: `kubectl create secret generic visioncluster-redis --from-literal=connectionString=...`,
  `kubectl create secret generic visioncluster-keys --from-file=keys.json`.

| value | default | meaning |
|---|---|---|
HEAD
  awk '
    function path(depth,   i, text) { text = keys[0]; for (i = 1; i <= depth; i++) text = text "." keys[i]; return text }
    /^ *# / { sub(/^ *# /, ""); note = note (note == "" ? "" : " ") $0; next }
    /^ *$/ { note = ""; next }
    {
      line = $0
      item = match(line, /^ *- /)
      if (item) { sub(/- /, "  ", line) }
      match(line, /^ */); depth = RLENGTH / 2
      sub(/^ */, "", line)
      key = line; sub(/:.*/, "", key)
      value = line; sub(/^[^:]*: ?/, "", value)
      if (item) { keys[depth - 1] = "[]" }
      keys[depth] = key
      if (note != "") {
        gsub(/\|/, "\\|", note)
        printf "| `%s` | %s | %s |\n", path(depth), value == "" ? "" : "`" value "`", note
      }
      note = ""
    }' values.yaml
}
if [ "${1:-}" = --print ]; then generate; else generate > README.md; fi
