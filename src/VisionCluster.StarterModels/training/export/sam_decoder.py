"""SAM's prompt encoder and mask decoder (arXiv 2304.02643, appendix A) as one graph with a free batch dimension."""
import math

import torch
import torch.nn as nn

from sam_layers import ChannelNorm, LayerStack, TwoLayers

DIM, IMAGE, SIDE, HEADS, TOKENS = 256, 1024, 64, 8, 4
PADDING = -1


class Frequencies(nn.Module):
    """Random Fourier features of positions from 0 to 1."""

    def __init__(self):
        super().__init__()
        self.register_buffer("positional_encoding_gaussian_matrix", torch.randn(2, DIM // 2))

    def forward(self, at):
        angles = 2 * math.pi * ((2 * at - 1) @ self.positional_encoding_gaussian_matrix)
        return torch.cat([angles.sin(), angles.cos()], -1)


class PromptEncoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.pe_layer = Frequencies()
        self.point_embeddings = nn.ModuleList(nn.Embedding(1, DIM) for _ in range(4))
        self.not_a_point_embed, self.no_mask_embed = nn.Embedding(1, DIM), nn.Embedding(1, DIM)
        self.mask_downscaling = nn.Sequential(
            nn.Conv2d(1, 4, 2, 2), ChannelNorm(4), nn.GELU(), nn.Conv2d(4, 16, 2, 2), ChannelNorm(16), nn.GELU(), nn.Conv2d(16, DIM, 1))

    def points(self, coordinates, labels):
        labels = labels.unsqueeze(-1)
        found = self.pe_layer((coordinates + 0.5) / IMAGE) * (labels != PADDING) + self.not_a_point_embed.weight * (labels == PADDING)
        for label, embedding in enumerate(self.point_embeddings):
            found = found + embedding.weight * (labels == label)
        return found

    def masks(self, logits, has):
        has = has.reshape(-1, 1, 1, 1)
        return has * self.mask_downscaling(logits) + (1 - has) * self.no_mask_embed.weight.reshape(1, -1, 1, 1)

    def positions(self):
        """Encoding of the feature map's cells, [1, cells, channels]."""
        at = (torch.arange(SIDE, dtype=torch.float32) + 0.5) / SIDE
        rows, columns = at[:, None].expand(SIDE, SIDE), at[None, :].expand(SIDE, SIDE)
        return self.pe_layer(torch.stack([columns, rows], -1)).reshape(1, SIDE * SIDE, DIM)


class Attention(nn.Module):
    """
    Attention between a few tokens and thousands of cells. `forward` projects both sides; the two others move the cells'
    projections to the tokens' side, which is the same product in another order and less than half the arithmetic.
    """

    def __init__(self, inner=DIM):
        super().__init__()
        self.depth = inner // HEADS
        self.q_proj, self.k_proj, self.v_proj = (nn.Linear(DIM, inner) for _ in range(3))
        self.out_proj = nn.Linear(inner, DIM)

    def forward(self, q, k, v):
        q, k, v = (self.split(layer(x)) for layer, x in ((self.q_proj, q), (self.k_proj, k), (self.v_proj, v)))
        mixed = (q * self.depth ** -0.5 @ k.transpose(-2, -1)).softmax(-1) @ v
        return self.out_proj(mixed.transpose(1, 2).flatten(2))

    def tokens_on_cells(self, tokens, placed, cells):
        """`forward(tokens, placed, cells)`."""
        q = self.split(self.q_proj(tokens)) * self.depth ** -0.5
        # The bias of the keys adds the same to the scores of all cells.
        scores = (q @ self.by_head(self.k_proj.weight)).flatten(1, 2) @ placed.transpose(1, 2)
        mixed = scores.softmax(-1) @ cells
        mixed = mixed.reshape(mixed.shape[0], HEADS, -1, DIM) @ self.by_head(self.v_proj.weight).transpose(1, 2)
        return self.out_proj(mixed.transpose(1, 2).flatten(2) + self.v_proj.bias)

    def cells_on_tokens(self, placed, k, v):
        """`forward(placed, k, v)`."""
        k = self.split(self.k_proj(k)) * self.depth ** -0.5
        scores = placed @ (k @ self.by_head(self.q_proj.weight)).flatten(1, 2).transpose(1, 2)
        scores = scores + (k @ self.q_proj.bias.reshape(HEADS, self.depth, 1)).flatten(1).unsqueeze(1)
        return self.out(scores.reshape(scores.shape[0], SIDE * SIDE, HEADS, -1).softmax(-1), v)

    def shared_cells_on_tokens(self, placed, k, v):
        """The same where all prompts are on one map, which is projected once."""
        q, k = self.split(self.q_proj(placed)), self.split(self.k_proj(k)) * self.depth ** -0.5
        return self.out((q @ k.transpose(-2, -1)).softmax(-1).transpose(1, 2), v)

    def out(self, attention, v):
        """[b, cells, heads, tokens] of attention to what the cells get."""
        values = self.split(self.v_proj(v)) @ self.out_proj.weight.reshape(DIM, HEADS, self.depth).permute(1, 2, 0)
        # A cell's attention sums to one for each head: the bias goes in with the few values, not with all cells.
        return attention.flatten(2) @ (values + self.out_proj.bias / HEADS).flatten(1, 2)

    def by_head(self, weight):
        return weight.reshape(HEADS, self.depth, DIM)

    def split(self, x):
        return x.reshape(x.shape[0], -1, HEADS, self.depth).transpose(1, 2)


class TwoWayLayer(nn.Module):
    """Tokens look at each other and at the map; the map looks at the tokens."""

    def __init__(self, first):
        super().__init__()
        self.first = first
        self.self_attn = Attention()
        self.cross_attn_token_to_image, self.cross_attn_image_to_token = Attention(DIM // 2), Attention(DIM // 2)
        self.mlp = TwoLayers(DIM, 2048, nn.ReLU)
        self.norm1, self.norm2, self.norm3, self.norm4 = (nn.LayerNorm(DIM) for _ in range(4))

    def forward(self, tokens, cells, token_positions, positions):
        to_image, to_token = self.cross_attn_token_to_image, self.cross_attn_image_to_token
        if self.first:
            tokens = self.self_attn(tokens, tokens, tokens)
        else:
            placed = tokens + token_positions
            tokens = tokens + self.self_attn(placed, placed, tokens)
        tokens, placed = self.norm1(tokens), cells + positions
        # Prompts of one image share the first layer's cells: they come in once and are projected once.
        look = to_image if self.first else to_image.tokens_on_cells
        tokens = self.norm2(tokens + look(tokens + token_positions, placed, cells))
        tokens = self.norm3(tokens + self.mlp(tokens))
        look = to_token.shared_cells_on_tokens if self.first else to_token.cells_on_tokens
        return tokens, self.norm4(cells + look(placed, tokens + token_positions, tokens))


class Transformer(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList([TwoWayLayer(True), TwoWayLayer(False)])
        self.final_attn_token_to_image, self.norm_final_attn = Attention(DIM // 2), nn.LayerNorm(DIM)

    def forward(self, cells, positions, tokens):
        found = tokens
        for layer in self.layers:
            found, cells = layer(found, cells, tokens, positions)
        last = self.final_attn_token_to_image.tokens_on_cells(found + tokens, cells + positions, cells)
        return self.norm_final_attn(found + last), cells


def doubled(layer, x):
    """A transposed convolution of kernel and stride 2: [b, n, channels] -> [b, 4 n, channels], each four in reading order."""
    weight = layer.weight.permute(2, 3, 1, 0).reshape(-1, layer.in_channels)
    # A matrix by a matrix: the bias is added in the same pass.
    return nn.functional.linear(x.reshape(-1, layer.in_channels), weight, layer.bias.repeat(4)).reshape(x.shape[0], -1, layer.out_channels)


class MaskDecoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.transformer = Transformer()
        self.iou_token, self.mask_tokens = nn.Embedding(1, DIM), nn.Embedding(TOKENS, DIM)
        self.output_upscaling = nn.Sequential(
            nn.ConvTranspose2d(DIM, DIM // 4, 2, 2), ChannelNorm(DIM // 4), nn.GELU(), nn.ConvTranspose2d(DIM // 4, DIM // 8, 2, 2), nn.GELU())
        self.output_hypernetworks_mlps = nn.ModuleList(LayerStack(DIM, DIM, DIM // 8) for _ in range(TOKENS))
        self.iou_prediction_head = LayerStack(DIM, DIM, TOKENS)

    def forward(self, image, dense, positions, prompts):
        own = torch.cat([self.iou_token.weight, self.mask_tokens.weight]).unsqueeze(0)
        tokens = torch.cat([own + torch.zeros_like(prompts[:, :1]), prompts], 1)
        tokens, cells = self.transformer((image + dense).flatten(2).transpose(1, 2), positions, tokens)
        first, norm, gelu, second, _ = self.output_upscaling
        # Every step is one cell's affair: what belongs together stays together, and only the masks are put in order.
        upscaled = gelu(nn.functional.layer_norm(doubled(first, cells), (DIM // 4,), norm.weight, norm.bias, norm.eps))
        upscaled = gelu(doubled(second, upscaled))
        weights = torch.stack([layers(tokens[:, i + 1]) for i, layers in enumerate(self.output_hypernetworks_mlps)], 2)
        masks = (upscaled @ weights).reshape(-1, SIDE, SIDE, 2, 2, 2, 2, TOKENS).permute(0, 7, 1, 3, 5, 2, 4, 6)
        return masks.reshape(-1, TOKENS, 4 * SIDE, 4 * SIDE), self.iou_prediction_head(tokens[:, 0])


class PromptDecoder(nn.Module):
    """
    Meta's decoder inputs but for orig_im_size, each with a free batch dimension, so that prompts on one image and on
    several share a run. The image and the mask input may also come once for all prompts: -> low_res_masks [batch, 4, 256, 256] (the first for a single mask), iou_predictions [batch, 4].
    """

    INPUTS = ["image_embeddings", "point_coords", "point_labels", "mask_input", "has_mask_input"]
    OUTPUTS = ["low_res_masks", "iou_predictions"]

    def __init__(self):
        super().__init__()
        self.prompt_encoder, self.mask_decoder = PromptEncoder(), MaskDecoder()

    def forward(self, image_embeddings, point_coords, point_labels, mask_input, has_mask_input):
        return self.mask_decoder(
            image_embeddings, self.prompt_encoder.masks(mask_input, has_mask_input), self.prompt_encoder.positions(),
            self.prompt_encoder.points(point_coords, point_labels))
