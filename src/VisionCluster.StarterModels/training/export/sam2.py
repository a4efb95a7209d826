"""
SAM 2 for images (arXiv 2408.00714): Hiera with a feature pyramid, and the decoder that adds the fine maps, of any width.
Three maps go from one to the other: [b, d/8, s/4, s/4], [b, d/4, s/8, s/8] and [b, d, s/16, s/16].
"""
import math

import torch
import torch.nn as nn

from sam_layers import ChannelNorm, LayerStack, TwoLayers, from_windows, to_windows

HEADS, TOKENS = 4, 4


class MultiScaleAttention(nn.Module):
    """Attention in a window whose queries may be pooled, which halves the window's side."""

    def __init__(self, dim, out, heads, pools):
        super().__init__()
        self.heads, self.pools = heads, pools
        self.qkv, self.proj = nn.Linear(dim, 3 * out), nn.Linear(out, out)

    def forward(self, x):
        side = int(x.shape[1])
        q, k, v = self.qkv(x).reshape(-1, side * side, 3, self.heads, self.proj.in_features // self.heads).unbind(2)
        if self.pools:
            q = nn.functional.max_pool2d(q.reshape(-1, side, side, self.proj.in_features).permute(0, 3, 1, 2), 2, 2)
            side //= 2
            q = q.permute(0, 2, 3, 1).reshape(-1, side * side, self.heads, self.proj.in_features // self.heads)
        q, k, v = (part.transpose(1, 2) for part in (q, k, v))
        mixed = (q @ k.transpose(-2, -1) / math.sqrt(int(q.shape[-1]))).softmax(-1) @ v
        return self.proj(mixed.transpose(1, 2).reshape(-1, side, side, self.proj.in_features))


class Block(nn.Module):
    def __init__(self, dim, out, heads, window, side, pools):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(dim, eps=1e-6), nn.LayerNorm(out, eps=1e-6)
        self.attn, self.mlp = MultiScaleAttention(dim, out, heads, pools), TwoLayers(out, 4 * out, nn.GELU)
        self.window, self.side, self.pools = window or side, side, pools
        if dim != out:
            self.proj = nn.Linear(dim, out)

    def forward(self, x):
        y = self.norm1(x)
        if hasattr(self, "proj"):
            x = self.proj(y)
            if self.pools:
                x = nn.functional.max_pool2d(x.permute(0, 3, 1, 2), 2, 2).permute(0, 2, 3, 1)
        windows, grid = to_windows(y, self.window)
        halves = 2 if self.pools else 1
        x = x + from_windows(self.attn(windows), self.window // halves, grid, self.side // halves, self.side // halves)
        return x + self.mlp(self.norm2(x))


class Hiera(nn.Module):
    """[b, 3, s, s] -> the last map of each of four stages, [b, side, side, width]."""

    def __init__(self, size, dim, stages, windows, whole):
        super().__init__()
        side, heads, self.ends = size // 4, 1, [sum(stages[:i + 1]) - 1 for i in range(4)]
        self.patch_embed = nn.Conv2d(3, dim, 7, 4, 3)
        self.pos_embed, self.pos_embed_window = nn.Parameter(torch.zeros(1, dim, 7, 7)), nn.Parameter(torch.zeros(1, dim, windows[0], windows[0]))
        self.blocks, self.widths, stage = nn.ModuleList(), [], 0
        for i in range(sum(stages)):
            # The first block of a stage still has the windows of the one before, and pools.
            window, pools = 0 if i in whole else windows[stage], i - 1 in self.ends
            stage, heads = (stage + 1, heads * 2) if pools else (stage, heads)
            self.blocks.append(Block(dim, dim * 2 if pools else dim, heads, window, side, pools))
            dim, side = (dim * 2, side // 2) if pools else (dim, side)
            if i in self.ends:
                self.widths.append(dim)

    def forward(self, pixels):
        x = self.patch_embed(pixels)
        side, window = int(x.shape[2]), int(self.pos_embed_window.shape[2])
        background = nn.functional.interpolate(self.pos_embed, size=(side, side), mode="bicubic")
        x = (x + background + self.pos_embed_window.repeat(1, 1, side // window, side // window)).permute(0, 2, 3, 1)
        found = []
        for i, block in enumerate(self.blocks):
            x = block(x)
            if i in self.ends:
                found.append(x)
        return found


class ImageEncoder(nn.Module):
    """[b, 3, s, s] -> the three maps, the finest first, as the decoder takes them."""

    def __init__(self, size, dim, stages, windows, whole, width):
        super().__init__()
        self.trunk = Hiera(size, dim, stages, windows, whole)
        self.convs = nn.ModuleList(nn.Conv2d(channels, width, 1) for channels in self.trunk.widths)
        self.no_mem_embed = nn.Parameter(torch.zeros(1, width, 1, 1))
        self.conv_s0, self.conv_s1 = nn.Conv2d(width, width // 8, 1), nn.Conv2d(width, width // 4, 1)

    def forward(self, pixel_values):
        fine, middle, coarse, coarsest = (conv(x.permute(0, 3, 1, 2)) for conv, x in zip(self.convs, self.trunk(pixel_values)))
        # Only the third level hears of the fourth.
        coarse = coarse + nn.functional.interpolate(coarsest, scale_factor=2.0, mode="nearest")
        return self.conv_s0(fine), self.conv_s1(middle), coarse + self.no_mem_embed


class Attention(nn.Module):
    def __init__(self, dim, inner):
        super().__init__()
        self.q_proj, self.k_proj, self.v_proj = (nn.Linear(dim, inner) for _ in range(3))
        self.out_proj = nn.Linear(inner, dim)

    def forward(self, q, k, v):
        q, k, v = (self.split(layer(x)) for layer, x in ((self.q_proj, q), (self.k_proj, k), (self.v_proj, v)))
        mixed = (q @ k.transpose(-2, -1) / math.sqrt(int(q.shape[-1]))).softmax(-1) @ v
        return self.out_proj(mixed.transpose(1, 2).flatten(2))

    @staticmethod
    def split(x):
        return x.reshape(x.shape[0], -1, HEADS, int(x.shape[-1]) // HEADS).transpose(1, 2)


class TwoWayLayer(nn.Module):
    def __init__(self, dim, first):
        super().__init__()
        self.first, self.self_attn = first, Attention(dim, dim)
        self.token_to_image, self.image_to_token = Attention(dim, dim // 2), Attention(dim, dim // 2)
        self.mlp = TwoLayers(dim, 8 * dim, nn.ReLU)
        self.norm1, self.norm2, self.norm3, self.norm4 = (nn.LayerNorm(dim) for _ in range(4))

    def forward(self, tokens, cells, at, positions):
        placed = tokens if self.first else tokens + at
        tokens = self.norm1(self.self_attn(placed, placed, tokens) + (0 if self.first else tokens))
        tokens = self.norm2(tokens + self.token_to_image(tokens + at, cells + positions, cells))
        tokens = self.norm3(tokens + self.mlp(tokens))
        return tokens, self.norm4(cells + self.image_to_token(cells + positions, tokens + at, tokens))


class MaskDecoder(nn.Module):
    """Prompts and maps to four masks, the first of which answers a prompt that leaves no doubt."""

    def __init__(self, size, width):
        super().__init__()
        self.size, self.width = size, width
        self.register_buffer("frequencies", torch.randn(2, width // 2))
        self.point_embed = nn.Parameter(torch.zeros(4, width))
        self.not_a_point_embed, self.no_mask_embed = nn.Parameter(torch.zeros(width)), nn.Parameter(torch.zeros(1, width, 1, 1))
        self.mask_downscaling = nn.Sequential(
            nn.Conv2d(1, 4, 2, 2), ChannelNorm(4), nn.GELU(), nn.Conv2d(4, 16, 2, 2), ChannelNorm(16), nn.GELU(), nn.Conv2d(16, width, 1))
        self.output_tokens = nn.Parameter(torch.zeros(2 + TOKENS, width))
        self.layers = nn.ModuleList([TwoWayLayer(width, True), TwoWayLayer(width, False)])
        self.final_attn, self.norm_final_attn = Attention(width, width // 2), nn.LayerNorm(width)
        self.upscale_conv1, self.upscale_conv2 = nn.ConvTranspose2d(width, width // 4, 2, 2), nn.ConvTranspose2d(width // 4, width // 8, 2, 2)
        self.upscale_norm, self.gelu = ChannelNorm(width // 4), nn.GELU()
        self.hypernetworks = nn.ModuleList(LayerStack(width, width, width // 8) for _ in range(TOKENS))
        self.iou_head, self.object_head = LayerStack(width, width, TOKENS), LayerStack(width, width, 1)

    def encode(self, at):
        """Fourier features of positions from 0 to 1."""
        angles = 2 * math.pi * ((2 * at - 1) @ self.frequencies)
        return torch.cat([angles.sin(), angles.cos()], -1)

    def points(self, coordinates, labels):
        """[b, n, 2] in pixels and [b, n] -> [b, n, width]; -1 is no point."""
        labels = labels.unsqueeze(-1)
        found = self.encode((coordinates + 0.5) / self.size) * (labels != -1) + self.not_a_point_embed * (labels == -1)
        for label in range(4):
            found = found + self.point_embed[label] * (labels == label)
        return found

    def decode(self, fine, middle, image, prompts):
        side, width = self.size // 16, self.width
        steps = (torch.arange(side, dtype=torch.float32) + 0.5) / side
        positions = self.encode(torch.stack([steps[None, :].expand(side, side), steps[:, None].expand(side, side)], -1)).reshape(1, side * side, width)
        at = torch.cat([self.output_tokens.unsqueeze(0) + torch.zeros_like(image[:, :1, :1, 0]), prompts], 1)
        tokens, cells = at, image.flatten(2).transpose(1, 2)
        for layer in self.layers:
            tokens, cells = layer(tokens, cells, at, positions)
        tokens = self.norm_final_attn(tokens + self.final_attn(tokens + at, cells + positions, cells))
        x = self.upscale_conv1(cells.transpose(1, 2).reshape(-1, width, side, side)) + middle
        x = self.gelu(self.upscale_conv2(self.gelu(self.upscale_norm(x))) + fine)
        weights = torch.stack([net(tokens[:, 2 + i]) for i, net in enumerate(self.hypernetworks)], 1)
        masks = (weights @ x.flatten(2)).reshape(-1, TOKENS, 4 * side, 4 * side)
        return masks, self.iou_head(tokens[:, 1]).sigmoid(), self.object_head(tokens[:, 0])


class HuggingFaceDecoder(nn.Module):
    """Hugging Face's signature: points or boxes may be empty, three masks come out."""

    INPUTS = ["input_points", "input_labels", "input_boxes", "image_embeddings.0", "image_embeddings.1", "image_embeddings.2"]
    OUTPUTS = ["iou_scores", "pred_masks", "object_score_logits"]

    def __init__(self, decoder):
        super().__init__()
        self.decoder = decoder

    def forward(self, input_points, input_labels, input_boxes, fine, middle, coarse):
        decoder = self.decoder
        points = decoder.points(input_points.squeeze(1), input_labels.squeeze(1))
        boxes = (input_boxes + 0.5) / decoder.size
        corners = torch.cat([
            decoder.encode(boxes[..., :2]) + decoder.point_embed[2], decoder.encode(boxes[..., 2:]) + decoder.point_embed[3]], 1)
        masks, scores, present = decoder.decode(
            fine, middle, coarse + decoder.no_mask_embed, torch.cat([points, corners], 1))
        return scores[:, None, 1:], masks[:, None, 1:], present[:, None]


class MetaDecoder(nn.Module):
    """Names after Meta's export of SAM: a box is two points, an earlier mask may be given, all four masks come out."""

    INPUTS = ["image_embed", "high_res_feats_0", "high_res_feats_1", "point_coords", "point_labels", "mask_input", "has_mask_input"]
    OUTPUTS = ["masks", "iou_predictions"]

    def __init__(self, decoder):
        super().__init__()
        self.decoder = decoder

    def forward(self, coarse, fine, middle, point_coords, point_labels, mask_input, has_mask_input):
        decoder, has = self.decoder, has_mask_input.reshape(-1, 1, 1, 1)
        dense = has * decoder.mask_downscaling(mask_input) + (1 - has) * decoder.no_mask_embed
        masks, scores, _ = decoder.decode(fine, middle, coarse + dense, decoder.points(point_coords, point_labels))
        return masks, scores
