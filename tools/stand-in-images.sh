#!/usr/bin/env bash
# Makes stand-ins for the images that deploy/Dockerfile begins with, from this machine's own Debian packages and .NET, for
# machines that reach no registry of images. They have those images' names, users, variables and layout, not their files:
# what is built on them shows that the Dockerfile's steps are right, and is not to be published.
#
#   ENGINE=podman tools/stand-in-images.sh cpu|cuda FOLDER     (or ENGINE=docker; FOLDER is for scratch)
#
# BARE=1 leaves .NET out of the SDK's stand-in, for builds that mount it: --volume /usr/share/dotnet:/usr/share/dotnet:ro
set -euo pipefail
engine=${ENGINE:-podman}
flavour=${1:?cpu or cuda}
work=${2:?a folder for scratch}
root=$(cd "$(dirname "$0")/.." && pwd)
dotnet=$(dirname "$(readlink -f "$(command -v dotnet)")")
mkdir -p "$work"

# Files of packages and of what they need, as this machine has them; where they lie behind /bin, /lib they are put beneath /usr.
files_of() {
  apt-cache depends --recurse --installed --no-recommends --no-suggests --no-conflicts --no-breaks --no-replaces --no-enhances "$@" \
    | grep '^[a-z0-9]' | sort -u | while read -r package; do dpkg -L "$package" 2> /dev/null || true; done | own_paths
}
own_paths() {
  sed -E 's#^/(bin|sbin|lib|lib64)/#/usr/\1/#' | grep -vE '^/usr/share/(doc|man|locale|info|bash-completion)/' | sort -u \
    | while read -r file; do { [ -f "$file" ] || [ -L "$file" ]; } && echo ".$file"; done || true
}

# tree NAME < files: a root with them, with root and nobody else, and this machine's certificates.
tree() {
  local to=$work/$1
  rm -rf "$to"
  mkdir -p "$to"/{etc/ssl/certs,home,proc,sys,dev,run,root,tmp,var/tmp,usr/bin,usr/sbin,usr/lib,usr/lib64}
  chmod 1777 "$to/tmp" "$to/var/tmp"
  for merged in bin sbin lib lib64; do ln -s "usr/$merged" "$to/$merged"; done
  tar -C / --no-recursion -c -T - | tar -C "$to" -x
  cp -L /etc/ssl/certs/ca-certificates.crt "$to/etc/ssl/certs/"
  echo 'root:x:0:0:root:/root:/bin/sh' > "$to/etc/passwd"
  echo 'root:x:0:' > "$to/etc/group"
  ldconfig -r "$to" 2> /dev/null || true
}

# image NAME TREE CHANGES...
image() {
  local name=$1 from=$work/$2 changes=()
  shift 2
  for change in "$@"; do changes+=(--change "$change"); done
  tar -C "$from" -c . | "$engine" import "${changes[@]}" - "$name" > /dev/null 2>&1
  rm -rf "$from"
  echo "$name is a stand-in"
}

wanted() { sed -nE "s#^(FROM|ARG CUDA_IMAGE=) ?([a-z.]+/[a-z/]+:[^ ]*).*#\2#p" "$root/deploy/Dockerfile" \
  | sed "s/\${DOTNET_VERSION}/$(sed -n 's/^ARG DOTNET_VERSION=//p' "$root/deploy/Dockerfile")/" | grep -E "$1"; }

openssl=$(dpkg-query -W -f '${Package} ' 'libssl3*' 2> /dev/null | awk '{print $1}')
icu=$(dpkg-query -W -f '${Package}\n' 'libicu[0-9]*' 2> /dev/null | head -1)

# The SDK, with a shell.
files_of bash dash coreutils grep sed findutils ca-certificates "$openssl" "$icu" libstdc++6 zlib1g | tree sdk
mkdir -p "$work/sdk/usr/share"
[ -n "${BARE:-}" ] || cp -a "$dotnet" "$work/sdk/usr/share/dotnet"
ln -s ../share/dotnet/dotnet "$work/sdk/usr/bin/dotnet"
changes=("ENV DOTNET_RUNNING_IN_CONTAINER=true")
# What the build is to be told goes with this image, which is no part of the one that comes of it.
for name in READY_TO_RUN NUGET_CERT_REVOCATION_MODE; do [ -z "${!name:-}" ] || changes+=("ENV $name=${!name}"); done
image "$(wanted '/dotnet/sdk:')" sdk "${changes[@]}"

if [ "$flavour" = cpu ]; then
  # The chiselled one has libraries and nothing that could be run: no shell, no ICU, no time zones.
  for package in libc6 libgcc-s1 "$openssl" libstdc++6; do dpkg -L "$package"; done | grep -E '\.so(\.|$)' | own_paths | tree chiselled
  echo 'app:x:1654:1654::/home/app:/bin/false' >> "$work/chiselled/etc/passwd"
  echo 'app:x:1654:' >> "$work/chiselled/etc/group"
  install -d -o 1654 -g 1654 "$work/chiselled/home/app"
  mkdir -p "$work/chiselled/usr/share/dotnet"
  cp -a "$dotnet"/{dotnet,host,shared} "$work/chiselled/usr/share/dotnet/"
  ln -s ../share/dotnet/dotnet "$work/chiselled/usr/bin/dotnet"
  image "$(wanted 'chiseled')" chiselled \
    "ENV APP_UID=1654" "ENV ASPNETCORE_HTTP_PORTS=8080" "ENV DOTNET_RUNNING_IN_CONTAINER=true" "ENV DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=true" \
    "USER 1654"
  exit
fi

# Of this one the Dockerfile takes the runtime only.
: | tree runtime
mkdir -p "$work/runtime/usr/share/dotnet"
cp -a "$dotnet"/{dotnet,host,shared} "$work/runtime/usr/share/dotnet/"
image "$(wanted '/dotnet/aspnet:[0-9.]+$')" runtime

# CUDA's, without CUDA: a whole system with a shell and the programs that make users.
files_of bash coreutils dash grep passwd ca-certificates "$openssl" libstdc++6 libc-bin | tree cuda
cp /etc/login.defs "$work/cuda/etc/"
: > "$work/cuda/etc/shadow"
image "$(wanted '/nvidia/cuda:')" cuda "ENV NVIDIA_VISIBLE_DEVICES=all" "ENV NVIDIA_DRIVER_CAPABILITIES=compute,utility"
