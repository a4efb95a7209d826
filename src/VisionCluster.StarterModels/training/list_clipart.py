"""Lists openclipart's drawings that are fit for segmentation: python3 list_clipart.py FOLDER > PATHS.

FOLDER is the svg folder of Debian's openclipart-svg. A drawing counts if its own metadata dedicate it to the public domain.
"""
import os
import sys

DROPPED = ("flags", "roadsigns", "logos", "special", "decorations", "buttons", "callouts", "flowchart", "arrows", "etiquette",
           "flat-theme", "lemon-theme", "diagrams", "cards", "led", "patterns", "duplicates", "jigsaw", "map_symbols",
           "signs_and_symbols", "shapes", "folders", "network", "connectors", "computer/icons", "transportation/aiga",
           "people/smilies", "people/stickmen")
LARGEST_BYTES = 400_000


def main():
    root = sys.argv[1]
    for folder, _, files in sorted(os.walk(root)):
        relative = os.path.relpath(folder, root)
        if any(part in relative for part in DROPPED):
            continue
        for name in sorted(files):
            path = os.path.join(folder, name)
            if not name.endswith(".svg") or os.path.getsize(path) > LARGEST_BYTES:
                continue
            with open(path, errors="ignore") as file:
                head = file.read(20000)
            if "PublicDomain" in head or "publicdomain" in head:
                print(path)


if __name__ == "__main__":
    main()
