#!/usr/bin/env bash
# Publishes the server: deploy/publish.sh cpu|cuda FOLDER [VERSION]
# Images are built with this, and so is what runs without one. Beside the program lie its licence, its notices and bom.json, the
# list of all packages in it with versions, hashes and licences (CycloneDX).
set -euo pipefail
cd "$(dirname "$0")/.."
flavour=${1:?cpu or cuda}
folder=${2:?where to}
version=${3:-}
case $flavour in cpu | cuda) ;; *) echo "no such flavour: $flavour" >&2; exit 2 ;; esac
# Compiled ahead for the machine (ReadyToRun): starts faster; what runs often is compiled again at run time.
# Not trimmed: Orleans, options and JSON find types at run time.
artifacts=${ARTIFACTS:-artifacts/publish}
runtime=${RUNTIME:-linux-x64}
arguments=(
  publish src/VisionCluster.Server/VisionCluster.Server.csproj
  --configuration Release --output "$folder" --artifacts-path "$artifacts" --runtime "$runtime" --no-self-contained
  -p:PublishReadyToRun="${READY_TO_RUN:-true}" -p:Accelerator="$flavour" -p:DebugType=embedded
)
if [ -n "$version" ]; then
  arguments+=(-p:Version="$version")
fi
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
dotnet "${arguments[@]}"
dotnet tool restore
dotnet dotnet-CycloneDX src/VisionCluster.Server/VisionCluster.Server.csproj \
  --disable-package-restore --base-intermediate-output-path "$(realpath "$artifacts")" --framework net10.0 --runtime "$runtime" \
  --exclude-dev --include-license-text --set-name VisionCluster \
  --set-version "${version:-$(sed -n 's|.*<Version>\(.*\)</Version>.*|\1|p' Directory.Build.props)}" \
  --output-format Json --output "$folder" --filename bom.json
cp LICENSE NOTICE "$folder/"
cp src/VisionCluster.StarterModels/NOTICE "$folder/models/NOTICE"
