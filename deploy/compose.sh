#!/usr/bin/env bash
# docker compose with this folder's compose.yaml: deploy/compose.sh up --build
# FLAVOUR=cuda deploy/compose.sh up --build for GPUs.
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
files=(-f "$folder/compose.yaml")
if [ "${FLAVOUR:-cpu}" = cuda ]; then
  files+=(-f "$folder/compose.cuda.yaml")
  export TAG=${TAG:-cuda}
fi
exec docker compose --env-file "$kept" "${files[@]}" "$@"
