"""Exports starter-sam: python3 export_sam.py WORK MODELS VERSION."""
import os
import sys

import numpy as np
import torch
import torch.nn as nn

import compositing
import model_folder as target
import prompting
from models.segmenter import Decoder, Encoder
from onnx_session import OnnxRunner

SIZE = 256
DECODER_INPUTS = ["image_embeddings", "point_coords", "point_labels", "mask_input", "has_mask_input"]
DECODER_OUTPUTS = ["low_res_masks", "iou_predictions"]


class Named(nn.Module):
    """The decoder under the names of Meta's export."""

    def __init__(self, decoder):
        super().__init__()
        self.decoder = decoder

    def forward(self, image_embeddings, point_coords, point_labels, mask_input, has_mask_input):
        return self.decoder(image_embeddings, point_coords, point_labels, mask_input, has_mask_input)


def load(work):
    """The weights that refit_sam.py has made of WORK/sam.pt."""
    state = torch.load(f"{work}/sam_final.pt", map_location="cpu")
    encoder, decoder = Encoder(), Decoder()
    encoder.load_state_dict(state["encoder"])
    decoder.load_state_dict(state["decoder"])
    return encoder.eval(), decoder.eval()


def example(sprites):
    """Two pictures as pixel_values and one prompt each: a click with a correction, and a click and a box with a mask."""
    rng = np.random.default_rng(11)
    ids = sprites.by_style["noto"]
    pool = lambda r: ids[r.integers(len(ids))]
    scenes = [compositing.scene(sprites, pool, rng, SIZE, compositing.background, (2, 3), clean=True) for _ in range(2)]
    pictures = torch.from_numpy(np.stack([s[0] for s in scenes])).permute(0, 3, 1, 2)
    points, labels = np.zeros((2, 4, 2), np.float32), np.full((2, 4), prompting.PADDING, np.float32)
    for row, (_, masks, _) in enumerate(scenes):
        points[row, 0], labels[row, 0] = prompting.interior_point(masks[-1]), 1
    points[0, 1], labels[0, 1] = (4.5, 4.5), 0
    x0, y0, x1, y1 = prompting.bounding_box(scenes[1][1][-1])
    points[1, 1:3], labels[1, 1:3] = ((x0, y0), (x1, y1)), (2, 3)
    mask = np.zeros((2, 1, SIZE // 2, SIZE // 2), np.float32)
    mask[1, 0] = np.where(scenes[1][1][-1][::2, ::2], 4, -4)
    return target.normalized(pictures, target.SAM_MEAN, target.SAM_STD, 255.0), points, labels, mask, np.array([0, 1], np.float32)


def main():
    work, models, version = sys.argv[1:4]
    torch.set_num_threads(1)
    folder = os.path.join(models, "starter-sam")
    os.makedirs(folder, exist_ok=True)
    encoder, decoder = load(work)
    encoder, decoder = target.Denormalized(encoder, target.SAM_MEAN, target.SAM_STD, 255.0).eval(), Named(decoder).eval()
    runner = OnnxRunner(f"{work}/npm/node_modules")
    pixels, *prompts = example(compositing.Sprites(work))
    files = dict(imageEncoder="vision_encoder.onnx", maskDecoder="mask_decoder.onnx")
    encoder_path, decoder_path = (os.path.join(folder, files[k]) for k in ("imageEncoder", "maskDecoder"))
    batch = {0: "batch"}
    target.export(encoder, (pixels,), encoder_path, ["pixel_values"], ["image_embeddings"],
                  dict(pixel_values=batch, image_embeddings=batch))
    with torch.no_grad():
        embeddings = encoder(pixels)
    arguments = (embeddings, *map(torch.from_numpy, prompts))
    dynamic = {name: dict(batch) for name in DECODER_INPUTS + DECODER_OUTPUTS}
    dynamic["point_coords"][1] = dynamic["point_labels"][1] = "points"
    target.export(decoder, arguments, decoder_path, DECODER_INPUTS, DECODER_OUTPUTS, dynamic)
    target.parity("encoder", encoder, (pixels,), encoder_path, ["pixel_values"], runner)
    for rows, count in ((2, 4), (1, 2)):
        cut = (embeddings[:rows], arguments[1][:rows, :count], arguments[2][:rows, :count], arguments[3][:rows], arguments[4][:rows])
        target.parity(f"decoder, {count} points,", decoder, cut, decoder_path, DECODER_INPUTS, runner)
    flat = np.zeros((1, 3, SIZE, SIZE), np.float32)
    flat[:, :, 96:160, 96:160] = pixels[:1, :, 96:160, 96:160].round()
    coarse = np.random.default_rng(5).integers(-3, 4, (1, embeddings.shape[1], 4, 4)).astype(np.float32)
    test = dict(imageEncoder=dict(pixel_values=flat), maskDecoder={n: a.numpy()[1:] for n, a in zip(DECODER_INPUTS, arguments)})
    test["maskDecoder"]["image_embeddings"] = coarse.repeat(SIZE // 16, 2).repeat(SIZE // 16, 3)
    image = dict(size=SIZE, resize="longestSidePad", interpolation="bilinear", mean=target.SAM_MEAN, std=target.SAM_STD, range=255)
    target.write(folder, "starter-sam", "sam", version, files, image, test, runner, grid=1 / 64,
                 padding="zero", batching={"maxBatchSize": 2})
    runner.close()


if __name__ == "__main__":
    main()
