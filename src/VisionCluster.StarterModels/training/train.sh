#!/bin/sh
# Trains one starter model from nothing to a checked model folder: train.sh clip|sam|regionclip [MINUTES].
# Everything but the result lives in work/ beside this script, which git ignores; a second start resumes.
# STARTER_WORK and STARTER_MODELS name other folders. Run long trainings with nice.
# STARTER_PYTHON names another Python, such as one whose torch has CUDA; STARTER_WORKERS how many processes draw scenes.
# STARTER_FROM=../models goes on from the published weights there instead of from nothing.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=${STARTER_WORK:-$here/work}
models=${STARTER_MODELS:-$here/../models}
export OMP_NUM_THREADS=1
python=${STARTER_PYTHON:-/usr/bin/python3}
case "${1:-}" in regionclip) version=3 ;; *) version=2 ;; esac

[ -f "$work/sprites.npy" ] || "$here/fetch_data.sh" "$work"
case "${1:-}" in
  clip)
    "$python" "$here/train_clip.py" "$work" "${2:-70}" ${STARTER_FROM:+"$STARTER_FROM"}
    [ -f "$work/clip_final.pt" ] || "$python" "$here/refit_clip.py" "$work"
    "$python" "$here/train_clip_text.py" "$work" 6
    "$python" "$here/refine_clip_text.py" "$work" ;;
  sam)
    "$python" "$here/train_sam.py" "$work" "${2:-720}" ${STARTER_FROM:+"$STARTER_FROM"}
    "$python" "$here/refit_sam.py" "$work" 14 ;;
  regionclip)
    [ -f "$work/clip_final.pt" ] || "$0" clip
    "$python" "$here/train_regionclip.py" "$work" "${2:-60}" ;;
  *) echo "usage: train.sh clip|sam|regionclip [MINUTES]" >&2; exit 2 ;;
esac
"$python" "$here/export_$1.py" "$work" "$models" "$version"
"$python" "$here/evaluate_$1.py" "$work" "$models"
