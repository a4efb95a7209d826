"""SAM's image encoder: a plain vision transformer with windows and relative positions (arXiv 2304.02643, 2203.16527)."""
import torch
import torch.nn as nn

from sam_layers import TwoLayers, from_windows, neck, to_windows

IMAGE, PATCH, WINDOW = 1024, 16, 14
SIZES = {
    "vit_b": dict(dim=768, depth=12, heads=12, whole=(2, 5, 8, 11)),
    "vit_l": dict(dim=1024, depth=24, heads=16, whole=(5, 11, 17, 23)),
    "vit_h": dict(dim=1280, depth=32, heads=16, whole=(7, 15, 23, 31)),
}


class Attention(nn.Module):
    """Attention over a square of positions, with a term for the distance in rows and one for that in columns."""

    def __init__(self, dim, heads, side):
        super().__init__()
        self.heads, self.side = heads, side
        self.qkv, self.proj = nn.Linear(dim, 3 * dim), nn.Linear(dim, dim)
        self.rel_pos_h = nn.Parameter(torch.zeros(2 * side - 1, dim // heads))
        self.rel_pos_w = nn.Parameter(torch.zeros(2 * side - 1, dim // heads))
        at = torch.arange(side)
        self.register_buffer("distance", at[:, None] - at[None, :] + side - 1, persistent=False)

    def forward(self, x):
        side, heads, dim = self.side, self.heads, int(x.shape[-1])
        area, depth = side * side, dim // heads
        q, k, v = self.qkv(x).reshape(-1, area, 3, heads, depth).permute(2, 0, 3, 1, 4).reshape(3, -1, area, depth).unbind(0)
        scores = (q * depth ** -0.5) @ k.transpose(1, 2)
        square = q.reshape(-1, side, side, depth)
        rows = torch.einsum("bhwc,hkc->bhwk", square, self.rel_pos_h[self.distance])
        columns = torch.einsum("bhwc,wkc->bhwk", square, self.rel_pos_w[self.distance])
        scores = scores.reshape(-1, side, side, side, side) + rows[..., :, None] + columns[..., None, :]
        mixed = scores.reshape(-1, area, area).softmax(-1) @ v
        mixed = mixed.reshape(-1, heads, side, side, depth).permute(0, 2, 3, 1, 4).reshape(-1, side, side, dim)
        return self.proj(mixed)


class Block(nn.Module):
    """A transformer block on windows, or on the whole map where `side` is the map's."""

    def __init__(self, dim, heads, side, map_side):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(dim, eps=1e-6), nn.LayerNorm(dim, eps=1e-6)
        self.attn, self.mlp = Attention(dim, heads, side), TwoLayers(dim, 4 * dim, nn.GELU)
        self.side, self.map_side = side, map_side

    def forward(self, x):
        y = self.norm1(x)
        if self.side == self.map_side:
            y = self.attn(y)
        else:
            windows, grid = to_windows(y, self.side)
            y = from_windows(self.attn(windows), self.side, grid, self.map_side, self.map_side)
        x = x + y
        return x + self.mlp(self.norm2(x))


class PatchEmbedding(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.proj = nn.Conv2d(3, dim, PATCH, PATCH)

    def forward(self, x):
        return self.proj(x).permute(0, 2, 3, 1)


class ImageEncoder(nn.Module):
    """[batch, 3, 1024, 1024], normalised and padded -> [batch, 256, 64, 64]."""

    def __init__(self, dim, depth, heads, whole):
        super().__init__()
        side = IMAGE // PATCH
        self.patch_embed = PatchEmbedding(dim)
        self.pos_embed = nn.Parameter(torch.zeros(1, side, side, dim))
        self.blocks = nn.ModuleList(Block(dim, heads, side if i in whole else WINDOW, side) for i in range(depth))
        self.neck = neck(dim)

    def forward(self, pixel_values):
        x = self.patch_embed(pixel_values) + self.pos_embed
        for block in self.blocks:
            x = block(x)
        return self.neck(x.permute(0, 3, 1, 2))
