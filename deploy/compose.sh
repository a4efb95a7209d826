#!/usr/bin/env bash
# docker compose with this folder's compose.yaml: deploy/compose.sh up --build
# Passwords of Redis and Grafana are made up once and kept in deploy/.env, which only its owner may read.
set -euo pipefail
folder=$(cd "$(dirname "$0")" && pwd)
kept=${COMPOSE_ENV:-$folder/.env}
if [ ! -e "$kept" ]; then
  (
    umask 077
    for name in REDIS_PASSWORD GRAFANA_PASSWORD; do
      printf '%s=%s\n' "$name" "$(od -An -N24 -tx1 /dev/urandom | tr -d ' \n')"
    done > "$kept"
  )
fi
exec docker compose --env-file "$kept" -f "$folder/compose.yaml" "$@"
