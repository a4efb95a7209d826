#!/usr/bin/env bash
# Builds a flavour of deploy/Dockerfile and runs it as compose and the chart do: not root, a root that nobody can write to, no
# capabilities. For machines that reach no registry of images: what the Dockerfile begins with are stand-ins (see
# stand-in-images.sh). Needs podman, a runtime of containers, nsenter, curl, and root; leaves nothing behind.
#
#   tools/try-image.sh [cpu|cuda]
#
# Environment: READY_TO_RUN=false builds faster; PACKAGES, a folder of NuGet packages that are not fetched again; APP, where to put
# the program as it lies in the image.
set -euo pipefail
cd "$(dirname "$0")/.."
flavour=${1:-cpu}
work=$(mktemp -d)
export CONTAINERS_CONF=$work/containers.conf CONTAINERS_STORAGE_CONF=$work/storage.conf
runtime=runc
command -v runc > /dev/null || runtime=crun
limit=$(ulimit -Hn)
[ "$limit" != unlimited ] && [ "$limit" -lt 65536 ] || limit=65536
cat > "$CONTAINERS_CONF" << CONF
[containers]
default_ulimits = ["nofile=$limit:$limit", "nproc=4096:4096"]
[engine]
runtime = "$runtime"
cgroup_manager = "cgroupfs"
events_logger = "file"
CONF
# Images of this name are the stand-ins' here and nowhere else on this machine.
printf '[storage]\ndriver = "overlay"\ngraphroot = "%s/storage"\nrunroot = "%s/run"\n' "$work" "$work" > "$CONTAINERS_STORAGE_CONF"
# shellcheck disable=SC2317 # called by a trap
clean() {
  podman rm --all --force --time 1 > /dev/null 2>&1 || true
  awk -v at="$work/" 'index($2, at) == 1 {print $2}' /proc/mounts | sort -r | xargs -r umount --lazy
  rm -rf "$work"
}
trap clean EXIT
say() { echo "$1: $2"; }
fail() { echo "FAILED: $1" >&2; podman logs server 2>&1 | tail -20 >&2 || true; exit 1; }

ENGINE=podman BARE=1 tools/stand-in-images.sh "$flavour" "$work/stand-ins"
dotnet=$(dirname "$(readlink -f "$(command -v dotnet)")")
arguments=(--format docker --network host --volume "$dotnet:/usr/share/dotnet:ro" --target "$flavour" --build-arg "ACCELERATOR=$flavour" --tag "visioncluster:$flavour")
[ -z "${PACKAGES:-}" ] || arguments+=(--volume "$PACKAGES:/root/.nuget/packages")
SECONDS=0
podman build "${arguments[@]}" --file deploy/Dockerfile . > "$work/build.log" 2>&1 || { tail -40 "$work/build.log" >&2; fail "the image could not be built"; }
say built "in $SECONDS s, $(podman image inspect --format '{{.Size}}' "visioncluster:$flavour" | awk '{print int($1 / 1e6)}') MB"

say configuration "$(podman image inspect --format 'user {{.Config.User}}, stops on {{.Config.StopSignal}}, starts {{.Config.Entrypoint}}, asks {{.HealthCheck.Test}}, is {{index .Config.Labels "org.opencontainers.image.version"}}' "visioncluster:$flavour")"

started=$(date +%s%N)
podman run --detach --name server --network none --read-only --tmpfs /tmp --cap-drop all --security-opt no-new-privileges \
  --stop-timeout 60 "visioncluster:$flavour" > /dev/null || fail "the container does not start"
process=$(podman inspect --format '{{.State.Pid}}' server)
inside() { nsenter --target "$process" --net "$@"; }
ask() { inside curl --fail --silent --show-error --max-time 20 "$@"; }
until ask http://127.0.0.1:8080/health/ready > /dev/null 2>&1; do
  if [ $(($(date +%s%N) - started)) -gt 120000000000 ] || ! kill -0 "$process" 2> /dev/null; then fail "the server does not get ready"; fi
  sleep 0.2
done
say ready "after $((($(date +%s%N) - started) / 1000000)) ms"
say identity "$(awk '/^(Uid|CapEff|CapBnd|NoNewPrivs):/ {printf "%s %s ", $1, $2}' "/proc/$process/status")"
podman healthcheck run server || fail "the image's own health check is not content"
say health "content"

id=$(ask --data-binary @src/VisionCluster.StarterModels/samples/held-twemoji-1.png -H 'Content-Type: image/png' http://127.0.0.1:8080/v1/images \
  | sed 's/.*"id":"\([0-9a-f]*\)".*/\1/')
ask "http://127.0.0.1:8080/v1/images/$id/segment" -H 'Content-Type: application/json' \
  -d '{"prompts":[{"points":[{"x":150,"y":200}]}],"multimask":false}' | grep -q '"score"' || fail "no mask comes of a click"
ask "http://127.0.0.1:8080/v1/images/$id/detect" -H 'Content-Type: application/json' -d '{"labels":["dog face","pizza"]}' | grep -q '"detections"' \
  || fail "nothing is detected"
say served "an upload, a click and a detection"

seen=/proc/$process/root
if touch "$seen/app/written" 2> /dev/null; then fail "the root can be written to"; fi
say written "$(find "$seen/tmp" -mindepth 1 | wc -l) files in /tmp, $(podman diff server | grep -cvE '^C /(etc|run|proc|sys|dev|tmp)?$|^A /(etc/(hosts|hostname|resolv.conf|mtab)|run/.containerenv)$' || true) elsewhere"
# ONNX Runtime's reports to its maker would have nowhere to lie until they are sent, and it would say so.
if podman logs server 2>&1 | grep -i telemetry; then fail "the server reports to others"; fi
[ -z "${APP:-}" ] || cp -r "$seen/app" "$APP"
say shells "$(find "$seen"/bin/ "$seen"/usr/bin "$seen"/sbin/ \( -name '*sh' -o -name busybox \) 2> /dev/null | wc -l)"

started=$(date +%s%N)
podman stop server > /dev/null
say stopped "with $(podman inspect --format '{{.State.ExitCode}}' server) after $((($(date +%s%N) - started) / 1000000)) ms"
