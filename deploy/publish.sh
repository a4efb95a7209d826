#!/usr/bin/env bash
# Publishes the server: deploy/publish.sh cpu|cuda FOLDER [VERSION]
# Images are built with this, and so is what runs without one.
set -euo pipefail
cd "$(dirname "$0")/.."
flavour=${1:?cpu or cuda}
folder=${2:?where to}
version=${3:-}
case $flavour in cpu | cuda) ;; *) echo "no such flavour: $flavour" >&2; exit 2 ;; esac
# Compiled ahead for the machine (ReadyToRun): starts faster; what runs often is compiled again at run time.
# Not trimmed: Orleans, options and JSON find types at run time.
arguments=(
  publish src/VisionCluster.Server/VisionCluster.Server.csproj
  --configuration Release --output "$folder" --artifacts-path "${ARTIFACTS:-artifacts/publish}" --runtime "${RUNTIME:-linux-x64}" --no-self-contained
  -p:PublishReadyToRun="${READY_TO_RUN:-true}" -p:Accelerator="$flavour" -p:DebugType=embedded
)
if [ -n "$version" ]; then
  arguments+=(-p:Version="$version")
fi
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
dotnet "${arguments[@]}"
