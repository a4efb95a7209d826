#!/usr/bin/env bash
# The topology of compose.yaml as processes on one machine, without Docker: redis-server, two gateways, two workers and
# prometheus. Runs until Ctrl-C or SIGTERM, then stops everything in order.
#
#   deploy/cluster-local.sh
#
# Environment, each with its default:
#   SERVER      VisionCluster.Server.dll; published into artifacts/server where it is not set
#   FOLDER      what the cluster keeps: redis' log, prometheus' data, logs (a temporary folder, removed at the end)
#   PORT        first of six ports: two gateways, two workers, redis, prometheus (8080)
#   MODELS      names of models to load, separated by spaces (all that are found)
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
port=${PORT:-8080}
redis_port=$((port + 4))
prometheus_port=$((port + 5))

for part in redis-server dotnet; do
  command -v "$part" > /dev/null || { echo "$part is not installed" >&2; exit 1; }
done
if [ -z "${SERVER:-}" ]; then
  "$root/deploy/publish.sh" cpu "$root/artifacts/server"
  SERVER=$root/artifacts/server/VisionCluster.Server.dll
fi
[ -f "$SERVER" ] || { echo "there is no $SERVER" >&2; exit 1; }

folder=${FOLDER:-}
own_folder=""
if [ -z "$folder" ]; then
  folder=$(mktemp -d)
  own_folder=$folder
fi
mkdir -p "$folder/redis" "$folder/logs" "$folder/prometheus"

servers=()
others=()
# shellcheck disable=SC2317 # called by traps
stop() {
  trap - EXIT INT TERM
  echo "stopping"
  # Gateways and workers first: they drain, and need Redis for it.
  [ ${#servers[@]} -eq 0 ] || kill -TERM "${servers[@]}" 2> /dev/null || true
  for process in "${servers[@]}"; do wait "$process" 2> /dev/null || true; done
  [ ${#others[@]} -eq 0 ] || kill -TERM "${others[@]}" 2> /dev/null || true
  for process in "${others[@]}"; do wait "$process" 2> /dev/null || true; done
  [ -z "$own_folder" ] || rm -rf "$own_folder"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# A secret that others on this machine can't read from the list of processes.
password=$(head -c 24 /dev/urandom | base64 | tr -d '/+=')
umask 077
cat > "$folder/redis.conf" << CONF
port $redis_port
bind 127.0.0.1
dir $folder/redis
appendonly yes
maxmemory-policy noeviction
requirepass $password
CONF
redis-server "$folder/redis.conf" > "$folder/logs/redis.log" 2>&1 &
others+=($!)

export Vision__Cluster__Provider=Redis
export Vision__Cluster__AdvertisedAddress=127.0.0.1
export Vision__Redis__ConnectionString="127.0.0.1:$redis_port,password=$password"
export Vision__ImageStore__Provider=Redis
export Vision__Drain__Notice=00:00:01
number=0
for model in ${MODELS:-}; do
  export "Vision__Models__Load__$number=$model"
  number=$((number + 1))
done

start() { # name, port, gateway, worker
  Vision__Roles__Gateway=$3 Vision__Roles__Worker=$4 \
    dotnet "$SERVER" --urls "http://127.0.0.1:$2" > "$folder/logs/$1.log" 2>&1 &
  servers+=($!)
}
start worker-0 $((port + 2)) false true
start worker-1 $((port + 3)) false true
start gateway-0 "$port" true false
start gateway-1 $((port + 1)) true false

if command -v prometheus > /dev/null; then
  cp "$root/dashboards/alerts.yaml" "$folder/alerts.yaml"
  cat > "$folder/prometheus.yaml" << YAML
global: { scrape_interval: 5s, evaluation_interval: 15s }
rule_files: [ alerts.yaml ]
scrape_configs:
  - job_name: visioncluster
    static_configs:
      - targets: [ "127.0.0.1:$port", "127.0.0.1:$((port + 1))", "127.0.0.1:$((port + 2))", "127.0.0.1:$((port + 3))" ]
YAML
  prometheus --config.file="$folder/prometheus.yaml" --storage.tsdb.path="$folder/prometheus" \
    --web.listen-address="127.0.0.1:$prometheus_port" --log.level=warn > "$folder/logs/prometheus.log" 2>&1 &
  others+=($!)
else
  echo "prometheus is not installed: no metrics are collected"
fi

for number in 0 1 2 3; do
  until dotnet "$SERVER" health "http://127.0.0.1:$((port + number))/health/ready" 2> /dev/null; do
    for process in "${servers[@]}"; do
      kill -0 "$process" 2> /dev/null || { echo "a server ended; see $folder/logs" >&2; own_folder=""; exit 1; }
    done
    [ $SECONDS -lt "${START_LIMIT:-180}" ] || { echo "a server is not ready; see $folder/logs" >&2; own_folder=""; exit 1; }
    sleep 0.5
  done
done
echo "gateways http://127.0.0.1:$port http://127.0.0.1:$((port + 1)); prometheus http://127.0.0.1:$prometheus_port; logs in $folder/logs"
# Ends when a server does, or with a signal.
wait -n "${servers[@]}" && code=0 || code=$?
echo "a server ended ($code); see $folder/logs" >&2
own_folder=""
exit 1
