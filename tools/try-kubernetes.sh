#!/usr/bin/env bash
# Installs the chart into a real API server, with the pod security standard "restricted" and RBAC in force, and forms the cluster by
# Orleans' hosting for Kubernetes. There is no node: stand-in-kubelet.sh runs the pods that are needed as processes with addresses,
# environments, mounts and tokens of their own. Ends with a line "tried: ..." and 0. Needs etcd, kube-apiserver, redis-server, ip, jq, openssl,
# setpriv, curl, root and tools/install-chart-tools.sh; leaves nothing behind.
#
#   tools/try-kubernetes.sh
#
# Environment: SERVER, VisionCluster.Server.dll (published where it is not set); CRDS, a folder of CustomResourceDefinitions of
# KEDA, the Prometheus operator and the Gateway API (without it some that take any content).
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH=$PWD/artifacts/tools/helm:$PWD/artifacts/tools/kubectl:$PATH
for part in etcd kube-apiserver redis-server ip jq openssl setpriv curl helm kubectl; do
  command -v "$part" > /dev/null || { echo "$part is not installed" >&2; exit 2; }
done
work=$(mktemp -d)
bridge=vis$((RANDOM % 900 + 100))
net=10.$((RANDOM % 100 + 120)).$((RANDOM % 250))
export HELM_CACHE_HOME=$work/helm HELM_CONFIG_HOME=$work/helm HELM_DATA_HOME=$work/helm
export KUBECONFIG=$work/kubeconfig CA=$work/ca.crt API=$net.1:6443 BRIDGE=$bridge
processes=()
# shellcheck disable=SC2317 # called by a trap
clean() {
  trap - EXIT INT TERM
  [ ${#processes[@]} -eq 0 ] || kill -KILL "${processes[@]}" 2> /dev/null || true
  wait 2> /dev/null || true
  for host in 2 3 4 5; do ip netns del "$bridge-$host" 2> /dev/null || true; done
  ip link del "$bridge" 2> /dev/null || true
  rm -rf "$work"
}
trap clean EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
exec 3>&2
say() { echo "$1: $2"; }
fail() {
  echo "FAILED: $1" >&3
  tail -n "${TAIL:-15}" "$work"/*.log "$work"/pods/*/log >&3 2> /dev/null || true
  exit 1
}
# eventually WHAT SECONDS COMMAND...
eventually() {
  local what=$1 until=$((SECONDS + $2))
  shift 2
  until "$@" > "$work/eventually" 2>&1; do
    [ "$SECONDS" -lt "$until" ] || { cat "$work/eventually" >&2; fail "not in time: $what"; }
    sleep 0.3
  done
}

if [ -z "${SERVER:-}" ]; then
  READY_TO_RUN=false deploy/publish.sh cpu "$work/server" > "$work/publish.log" 2>&1 || fail "the server cannot be published"
  SERVER=$work/server/VisionCluster.Server.dll
fi
export SERVER
chmod 711 "$work"

# --- The control plane.
ip link add "$bridge" type bridge
ip addr add "$net.1/24" dev "$bridge"
ip link set "$bridge" up
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=try -keyout "$work/ca.key" -out "$CA" 2> /dev/null
openssl req -newkey rsa:2048 -nodes -subj /CN=kube-apiserver -keyout "$work/api.key" -out "$work/api.csr" 2> /dev/null
openssl x509 -req -days 2 -in "$work/api.csr" -CA "$CA" -CAkey "$work/ca.key" -CAcreateserial -out "$work/api.crt" \
  -extfile <(echo "subjectAltName=IP:$net.1") 2> /dev/null
openssl genrsa -out "$work/accounts.key" 2048 2> /dev/null
administrator=$(openssl rand -hex 16)
echo "$administrator,administrator,1,system:masters" > "$work/tokens.csv"
printf 'apiVersion: audit.k8s.io/v1\nkind: Policy\nomitStages: [RequestReceived]\nrules: [{level: Metadata}]\n' > "$work/audit.yaml"
etcd --data-dir "$work/etcd" --listen-client-urls "http://$net.1:2379" --advertise-client-urls "http://$net.1:2379" \
  --listen-peer-urls "http://$net.1:2380" --unsafe-no-fsync > "$work/etcd.log" 2>&1 &
processes+=($!)
kube-apiserver --etcd-servers "http://$net.1:2379" --bind-address "$net.1" --secure-port 6443 --cert-dir "$work" \
  --tls-cert-file "$work/api.crt" --tls-private-key-file "$work/api.key" --token-auth-file "$work/tokens.csv" --authorization-mode RBAC \
  --service-account-issuer https://kubernetes.default.svc --service-account-key-file "$work/accounts.key" \
  --service-account-signing-key-file "$work/accounts.key" --service-cluster-ip-range 10.96.0.0/16 --endpoint-reconciler-type none \
  --audit-policy-file "$work/audit.yaml" --audit-log-path "$work/audit.json" > "$work/apiserver.log" 2>&1 &
processes+=($!)
(
  kubectl config set-cluster try --server "https://$API" --certificate-authority "$CA"
  kubectl config set-credentials administrator --token "$administrator"
  kubectl config set-context try --cluster try --user administrator
  kubectl config use-context try
) > /dev/null
eventually "the API server is ready" 120 kubectl get --raw /readyz
say "API server" "$(kubectl version --output json 2> /dev/null | jq --raw-output .serverVersion.gitVersion), $(kubectl auth whoami --output json | jq --raw-output .status.userInfo.username)"

# --- Kinds that are not Kubernetes' own.
if [ -n "${CRDS:-}" ]; then
  kubectl apply --server-side --filename "$CRDS" > /dev/null
else
  while read -r group version plural kind; do
    cat << YAML
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: $plural.$group, annotations: {api-approved.kubernetes.io: unapproved}}
spec:
  group: $group
  scope: Namespaced
  names: {plural: $plural, kind: $kind}
  versions: [{name: $version, served: true, storage: true, schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}}]
YAML
  done << 'KINDS' | kubectl apply --server-side --filename - > /dev/null
keda.sh v1alpha1 scaledobjects ScaledObject
monitoring.coreos.com v1 podmonitors PodMonitor
monitoring.coreos.com v1 prometheusrules PrometheusRule
gateway.networking.k8s.io v1 httproutes HTTPRoute
KINDS
fi
kubectl wait --for condition=Established --timeout 60s crd --all > /dev/null

# --- Every example: refused nowhere, warned of nowhere, installed, upgraded, taken away.
kubectl create namespace vision > /dev/null
kubectl label namespace vision pod-security.kubernetes.io/enforce=restricted pod-security.kubernetes.io/warn=restricted > /dev/null
kubectl create serviceaccount --namespace vision default > /dev/null
kubectl create --filename - > /dev/null << 'YAML'
{apiVersion: node.k8s.io/v1, kind: RuntimeClass, metadata: {name: nvidia}, handler: nvidia}
YAML
# Pods of a release, as the controllers that do not run here make them.
pods() {
  kubectl get --namespace vision deployments,statefulsets --selector "app.kubernetes.io/instance=$1" --output json | jq '.items[]
    | {apiVersion: "v1", kind: "Pod", spec: (.spec.template.spec + {volumes: ((.spec.template.spec.volumes // [])
        + [.spec.volumeClaimTemplates[]? | {name: .metadata.name, persistentVolumeClaim: {claimName: .metadata.name}}])}),
      metadata: {name: (.metadata.name + if .kind == "StatefulSet" then "-0" else "-6c9f7d8b5-\($mark)" end), labels: .spec.template.metadata.labels}}' \
    --arg mark "${2:-x2x4z}"
}
# Names of what lies in the namespace; what the cluster itself or nobody keeps is not counted.
left() {
  local kinds
  kinds=$(kubectl api-resources --namespaced --verbs list --output name | grep -vE '^events|^(endpoints|endpointslices|bindings|controllerrevisions)' | paste -sd,)
  kubectl get --namespace vision --ignore-not-found --output name "$kinds" 2> /dev/null | grep -vE '^(serviceaccount/default|configmap/kube-root-ca.crt)$' || true
}
warned() {
  ! grep -iE '^(W[0-9]|warning)|level=warn' "$1" || fail "warnings about $2"
}
for example in defaults trial multi-tenant production-gpu; do
  values=(--values "helm/visioncluster/examples/$example.yaml")
  [ "$example" != defaults ] || values=(--set redis.bundled=true)
  helm template vision helm/visioncluster --namespace vision "${values[@]}" > "$work/manifests.yaml" 2> "$work/said" || { cat "$work/said" >&2; fail "$example"; }
  kubectl apply --namespace vision --server-side --dry-run=server --validate=strict --filename "$work/manifests.yaml" > "$work/said" 2>&1 \
    || { cat "$work/said" >&2; fail "$example is refused"; }
  warned "$work/said" "$example"
  count=$(grep -c 'serverside-applied' "$work/said")
  helm install vision helm/visioncluster --namespace vision "${values[@]}" --dry-run=server > "$work/said" 2>&1 || { tail -5 "$work/said" >&2; fail "$example dry"; }
  helm install vision helm/visioncluster --namespace vision "${values[@]}" > "$work/said" 2>&1 || { cat "$work/said" >&2; fail "$example is not installed"; }
  warned "$work/said" "$example"
  pods vision | kubectl create --namespace vision --dry-run=server --filename - > "$work/said" 2>&1 || { cat "$work/said" >&2; fail "pods of $example are refused"; }
  warned "$work/said" "$example"
  number=$(wc -l < "$work/said")
  password=$(kubectl get secret --namespace vision vision-redis --ignore-not-found --output 'jsonpath={.data.password}')
  # Another image, other options, other numbers: nothing of it may touch what cannot be changed.
  helm upgrade vision helm/visioncluster --namespace vision --reset-then-reuse-values --set image.tag=9.9.9 --set drain.timeoutSeconds=90 \
    --set config.Sessions.TimeToLive=01:00:00 --set gateway.autoscaling.maxReplicas=12 > "$work/said" 2>&1 || { cat "$work/said" >&2; fail "$example is not upgraded"; }
  warned "$work/said" "$example"
  [ "$password" = "$(kubectl get secret --namespace vision vision-redis --ignore-not-found --output 'jsonpath={.data.password}')" ] || fail "the password changes"
  helm rollback vision 1 --namespace vision > "$work/said" 2>&1 || { cat "$work/said" >&2; fail "$example does not go back"; }
  helm uninstall vision --namespace vision > "$work/said" 2>&1 || { cat "$work/said" >&2; fail "$example is not taken away"; }
  [ -z "$(left)" ] || { left >&2; fail "$example leaves something behind"; }
  say "$example" "$count manifests and pods of $number kinds, installed, upgraded, rolled back, gone"
done
# The control: a pod that may do more is refused here.
kubectl create --namespace vision --dry-run=server --filename - > "$work/said" 2>&1 << 'YAML' && fail "the standard is not in force"
{apiVersion: v1, kind: Pod, metadata: {name: any}, spec: {containers: [{name: any, image: any}]}}
YAML
grep -q 'violates PodSecurity "restricted:latest"' "$work/said" || fail "the standard is not in force"

# --- The trial. No proxy runs here that would map a service's port: it is the pods' own.
helm install trial helm/visioncluster --namespace vision --values helm/visioncluster/examples/trial.yaml --set service.port=8080 > /dev/null 2>&1
export HOSTS="$net.2 trial-redis
$net.4 trial"
declare -A process
# run POD HOST: on the address that ends with HOST
run() {
  mkdir -p "$work/pods/$1"
  tools/stand-in-kubelet.sh vision "$1" "$net.$2" "$work/pods/$1" > "$work/pods/$1/log" 2>&1 &
  process[$1]=$!
  processes+=($!)
}
is_ready() {
  kill -0 "${process[$1]}" || fail "$1 ended"
  curl --fail --silent --show-error --max-time 5 "http://$net.$2:8080/health/ready"
}
pods trial | kubectl create --namespace vision --filename - > /dev/null
gateway=trial-gateway-6c9f7d8b5-x2x4z worker=trial-cpu-6c9f7d8b5-x2x4z
run trial-redis-0 2
eventually "Redis listens" 30 bash -c "exec 3<> /dev/tcp/$net.2/6379"
run $worker 3
run $gateway 4
eventually "the worker is ready" 150 is_ready $worker 3
eventually "the gateway is ready" 150 is_ready $gateway 4
ask() { curl --fail-with-body --silent --show-error --max-time 20 "$@"; }
click() {
  local id
  id=$(ask --data-binary @src/VisionCluster.StarterModels/samples/held-twemoji-1.png -H 'Content-Type: image/png' "http://$net.4:8080/v1/images" | jq --raw-output .id)
  ask "http://$net.4:8080/v1/images/$id/segment" -H 'Content-Type: application/json' \
    -d '{"prompts":[{"points":[{"x":150,"y":200}]}],"multimask":false}' | grep '"score"'
}
eventually "a click is answered" 60 click
say cluster "$(ask "http://$net.4:8080/v1/cluster" | jq length) device, a click answered"

# helm test, whose pod ends as its process does.
helm test trial --namespace vision --timeout 90s > "$work/test.log" 2>&1 &
test=$!
eventually "helm test makes its pod" 30 kubectl get pod --namespace vision trial-test
run trial-test 5
wait "${process[trial-test]}" && phase=Succeeded || phase=Failed
kubectl patch pod --namespace vision trial-test --subresource status --type merge --patch "{\"status\": {\"phase\": \"$phase\"}}" > /dev/null
wait $test || fail "helm test is not content"
kubectl get pod --namespace vision trial-test > /dev/null 2>&1 && fail "the pod of helm test stays"
ip netns del "$bridge-5"
say "helm test" "$phase, and its pod is gone"

# A pod that is gone, its process with it: another one takes its place.
kubectl delete pod --namespace vision $worker --now > /dev/null
kill -KILL "${process[$worker]}"
killed=$SECONDS
pods trial y7y9q | jq 'select(.metadata.labels["app.kubernetes.io/component"] == "worker")' | kubectl create --namespace vision --filename - > /dev/null
worker=trial-cpu-6c9f7d8b5-y7y9q
run $worker 5
eventually "another worker is ready" 150 is_ready $worker 5
eventually "a click is answered by the other worker" 60 click
say "worker lost" "a click is answered after $((SECONDS - killed)) s; $(grep -c 'has been deleted\|does not correspond to any known pod' "$work/pods/$gateway/log" "$work/pods/$worker/log" | awk -F: '{n += $2} END {print n}') silos told by Kubernetes"

# --- What the servers asked of Kubernetes is what they may.
for pod in $worker $gateway; do
  kill -TERM "${process[$pod]}"
  wait "${process[$pod]}" || fail "$pod ends with $?"
done
jq --raw-output 'select(.user.username == "system:serviceaccount:vision:trial")
  | "\(.verb) \(.objectRef.resource)\(if .responseStatus.code < 400 then "" else " refused \(.responseStatus.code)" end)"' "$work/audit.json" | sort | uniq -c > "$work/asked"
[ -s "$work/asked" ] || fail "nothing is asked of Kubernetes"
kubectl get role --namespace vision trial --output json | jq --raw-output '.rules[] | .resources[] as $r | .verbs[] | "\(.) \($r)"' | sort > "$work/granted"
awk '{$1 = ""; print substr($0, 2)}' "$work/asked" | diff "$work/granted" - > "$work/said" || { cat "$work/said" >&2; fail "the role is not what is asked for"; }
say asked "$(awk '{printf "%s%s %s (%d)", (NR > 1 ? ", " : ""), $2, $3, $1}' "$work/asked"); granted: the same"
say tried "the chart and hosting in Kubernetes, $SECONDS s"
