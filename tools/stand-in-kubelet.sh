#!/usr/bin/env bash
# What a node does with a pod, for tools/try-kubernetes.sh: runs its container as a process with the pod's own address, environment,
# user, mounts and token, on this machine's files instead of an image's. Tells the API server that it runs; stops with its process.
#
#   tools/stand-in-kubelet.sh NAMESPACE POD ADDRESS FOLDER
#
# Environment: KUBECONFIG; API, address and port of the API server; BRIDGE, where pods' networks meet; CA; SERVER, the program
# (VisionCluster.Server.dll); HOSTS, lines of /etc/hosts for the names of services. Needs root, ip, jq, kubectl, setpriv.
set -euo pipefail

# The second half runs in the pod's network and in mounts of its own, and becomes the container's process.
if [ "$1" = --inside ]; then
  folder=$2
  directory=/ user=65534 environment=() command=()
  # shellcheck source=/dev/null # written below
  . "$folder/pod.sh"
  ip link set lo up
  mount -t tmpfs tmpfs "$folder/layers"
  mkdir -p "$folder"/layers/{upper,work,app-upper,app-work,root}
  root=$folder/layers/root
  mount -t overlay overlay -o "lowerdir=/,upperdir=$folder/layers/upper,workdir=$folder/layers/work" "$root"
  for path in proc dev sys; do mount --rbind "/$path" "$root/$path"; done
  mkdir -p "$root"/{app,data,tmp,run/secrets/kubernetes.io/serviceaccount,usr/share/dotnet}
  mount --bind "$(dirname "$(readlink -f "$(command -v dotnet)")")" "$root/usr/share/dotnet"
  for path in tmp data; do mount -t tmpfs -o mode=1777 tmpfs "$root/$path"; done
  cp "$folder"/token "$folder"/ca.crt "$folder"/namespace "$root/run/secrets/kubernetes.io/serviceaccount/"
  chmod -R a+rX "$root/run/secrets"
  cp "$folder/hosts" "$root/etc/hosts"
  if [ -f "$folder/appsettings.json" ]; then
    mount -t overlay overlay -o "lowerdir=$(dirname "$SERVER"),upperdir=$folder/layers/app-upper,workdir=$folder/layers/app-work" "$root/app"
    cp "$folder/appsettings.json" "$root/app/appsettings.Production.json"
    chmod a+r "$root/app/appsettings.Production.json"
    mount -o remount,ro "$root/app"
  fi
  mount -o remount,ro "$root"
  chroot "$root" test -d /var/run/secrets/kubernetes.io || { echo "/var/run is not /run here" >&2; exit 1; }
  exec chroot "$root" /usr/bin/env -i -C "$directory" "PATH=/usr/share/dotnet:$PATH" "${environment[@]}" setpriv --reuid "$user" --regid "$user" \
    --clear-groups --no-new-privs --inh-caps=-all --bounding-set=-all "${command[@]}"
fi

namespace=$1 pod=$2 address=$3 folder=$4
# shellcheck disable=SC2153 # from the environment
bridge=$BRIDGE
mkdir -p "$folder/layers"
kubectl get pod --namespace "$namespace" "$pod" --output json > "$folder/pod.json"
kubectl get secrets --namespace "$namespace" --output json > "$folder/secrets.json"
kubectl patch pod --namespace "$namespace" "$pod" --subresource status --type merge --patch \
  "{\"status\": {\"phase\": \"Running\", \"podIP\": \"$address\", \"podIPs\": [{\"ip\": \"$address\"}]}}" > /dev/null
account=$(jq --raw-output 'select(.spec.automountServiceAccountToken != false).spec.serviceAccountName' "$folder/pod.json")
touch "$folder/token"
[ -z "$account" ] || kubectl create token --namespace "$namespace" "$account" --bound-object-kind Pod --bound-object-name "$pod" > "$folder/token"
cp "$CA" "$folder/ca.crt"
printf '%s' "$namespace" > "$folder/namespace"
printf '127.0.0.1 localhost\n%s %s\n%s\n' "$address" "$pod" "$HOSTS" > "$folder/hosts"

# As the kubelet: values, fields of the pod, keys of secrets; then the API server's place.
{
  jq --raw-output --arg address "$address" --slurpfile secrets "$folder/secrets.json" '
    . as $pod | ($secrets[0].items | map({key: .metadata.name, value: .data}) | from_entries) as $data | [.spec.containers[0].env[]? |
      .name + "=" + (.value // (.valueFrom |
        if .secretKeyRef then $data[.secretKeyRef.name][.secretKeyRef.key] | @base64d
        elif .fieldRef.fieldPath == "status.podIP" then $address
        elif .fieldRef.fieldPath | startswith("metadata.labels") then $pod.metadata.labels[.fieldRef.fieldPath | capture("\u0027(?<key>.*)\u0027").key]
        else .fieldRef.fieldPath as $path | $pod | getpath($path | split(".")) end))]
    | "environment=(" + (map(@sh) | join(" ")) + ")"' "$folder/pod.json"
  if [ "$(jq --raw-output '.spec.containers[0].name' "$folder/pod.json")" = server ]; then
    # What the image says, and its user's home.
    echo 'environment+=(HOME=/home/app ASPNETCORE_URLS=http://0.0.0.0:8080 DOTNET_EnableDiagnostics=0 DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1)'
    echo 'command=(dotnet /app/VisionCluster.Server.dll) directory=/app'
    map=$(jq --raw-output '.spec.volumes[] | select(.name == "options").configMap.name' "$folder/pod.json")
    kubectl get configmap --namespace "$namespace" "$map" --output json | jq --raw-output '.data["appsettings.json"]' > "$folder/appsettings.json"
  else
    jq --raw-output '.spec.containers[0] | "command=(" + (((.command // []) + (.args // [])) | map(@sh) | join(" ")) + ") directory=/"' "$folder/pod.json"
  fi
  printf 'environment+=(KUBERNETES_SERVICE_HOST=%q KUBERNETES_SERVICE_PORT=%q)\n' "${API%:*}" "${API#*:}"
  jq --raw-output '"user=\(.spec.securityContext.runAsUser)"' "$folder/pod.json"
} > "$folder/pod.sh"

net=$bridge-${address##*.}
ip netns add "$net"
ip link add "$net" type veth peer name eth0 netns "$net"
ip link set "$net" master "$bridge" up
ip -n "$net" addr add "$address/24" dev eth0
ip -n "$net" link set eth0 up
exec ip netns exec "$net" "$0" --inside "$folder"
