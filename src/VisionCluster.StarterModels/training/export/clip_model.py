"""
CLIP (arXiv 2103.00020): image encoders of both kinds and the text encoder. Attribute names are those of OpenAI's
checkpoints, sizes are read from one.
"""
import re

import torch
import torch.nn as nn


class Attention(nn.Module):
    """Self-attention with one matrix for queries, keys and values."""

    def __init__(self, dim, heads):
        super().__init__()
        self.heads = heads
        self.in_proj_weight, self.in_proj_bias = nn.Parameter(torch.zeros(3 * dim, dim)), nn.Parameter(torch.zeros(3 * dim))
        self.out_proj = nn.Linear(dim, dim)

    def forward(self, x, mask=None):
        length, dim = int(x.shape[1]), int(x.shape[2])
        q, k, v = nn.functional.linear(x, self.in_proj_weight, self.in_proj_bias).reshape(
            -1, length, 3, self.heads, dim // self.heads).permute(2, 0, 3, 1, 4).unbind(0)
        scores = (q * (dim // self.heads) ** -0.5) @ k.transpose(-2, -1)
        scores = scores if mask is None else scores + mask
        return self.out_proj((scores.softmax(-1) @ v).transpose(1, 2).reshape(-1, length, dim))


class QuickGelu(nn.Module):
    def forward(self, x):
        return x * torch.sigmoid(1.702 * x)


class FeedForward(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.c_fc, self.gelu, self.c_proj = nn.Linear(dim, 4 * dim), QuickGelu(), nn.Linear(4 * dim, dim)

    def forward(self, x):
        return self.c_proj(self.gelu(self.c_fc(x)))


class Block(nn.Module):
    def __init__(self, dim, heads):
        super().__init__()
        self.attn, self.ln_1, self.mlp, self.ln_2 = Attention(dim, heads), nn.LayerNorm(dim), FeedForward(dim), nn.LayerNorm(dim)

    def forward(self, x, mask=None):
        x = x + self.attn(self.ln_1(x), mask)
        return x + self.mlp(self.ln_2(x))


class Transformer(nn.Module):
    def __init__(self, dim, depth, heads):
        super().__init__()
        self.resblocks = nn.ModuleList(Block(dim, heads) for _ in range(depth))

    def forward(self, x, mask=None):
        for block in self.resblocks:
            x = block(x, mask)
        return x


class VisionTransformer(nn.Module):
    """[b, 3, s, s] -> [b, width]; a head has 64 dimensions."""

    def __init__(self, size, patch, dim, depth, out):
        super().__init__()
        self.conv1 = nn.Conv2d(3, dim, patch, patch, bias=False)
        self.class_embedding = nn.Parameter(torch.zeros(dim))
        self.positional_embedding = nn.Parameter(torch.zeros((size // patch) ** 2 + 1, dim))
        self.ln_pre, self.transformer, self.ln_post = nn.LayerNorm(dim), Transformer(dim, depth, dim // 64), nn.LayerNorm(dim)
        self.proj = nn.Parameter(torch.zeros(dim, out))

    def forward(self, pixel_values):
        x = self.conv1(pixel_values).flatten(2).transpose(1, 2)
        first = self.class_embedding + torch.zeros_like(x[:, :1])
        x = self.transformer(self.ln_pre(torch.cat([first, x], 1) + self.positional_embedding))
        return self.ln_post(x[:, 0]) @ self.proj


class Bottleneck(nn.Module):
    """Strides are average pools: before the last convolution and before the shortcut's."""

    def __init__(self, dim, inner, stride):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(dim, inner, 1, bias=False), nn.BatchNorm2d(inner)
        self.conv2, self.bn2 = nn.Conv2d(inner, inner, 3, padding=1, bias=False), nn.BatchNorm2d(inner)
        self.conv3, self.bn3 = nn.Conv2d(inner, 4 * inner, 1, bias=False), nn.BatchNorm2d(4 * inner)
        self.pool = nn.AvgPool2d(stride) if stride > 1 else nn.Identity()
        self.downsample = None
        if stride > 1 or dim != 4 * inner:
            self.downsample = nn.Sequential(nn.Conv2d(dim, 4 * inner, 1, bias=False), nn.BatchNorm2d(4 * inner))

    def forward(self, x):
        y = torch.relu(self.bn1(self.conv1(x)))
        y = torch.relu(self.bn2(self.conv2(y)))
        y = self.bn3(self.conv3(self.pool(y)))
        return torch.relu(y + (x if self.downsample is None else self.downsample(self.pool(x))))


class AttentionPool(nn.Module):
    """A map's mean asks its cells: [b, dim, side, side] -> [b, out]."""

    def __init__(self, side, dim, out):
        super().__init__()
        self.heads = dim // 64
        self.positional_embedding = nn.Parameter(torch.zeros(side * side + 1, dim))
        self.q_proj, self.k_proj, self.v_proj, self.c_proj = (nn.Linear(dim, dim), nn.Linear(dim, dim), nn.Linear(dim, dim), nn.Linear(dim, out))

    def forward(self, x):
        x = x.flatten(2).transpose(1, 2)
        x = torch.cat([x.mean(1, keepdim=True), x], 1) + self.positional_embedding
        split = lambda y: y.reshape(-1, int(y.shape[1]), self.heads, 64).transpose(1, 2)
        q, k, v = split(self.q_proj(x[:, :1])), split(self.k_proj(x)), split(self.v_proj(x))
        mixed = ((q * 0.125) @ k.transpose(-2, -1)).softmax(-1) @ v
        return self.c_proj(mixed.transpose(1, 2).flatten(1))


class ResNet(nn.Module):
    """[b, 3, s, s] -> [b, out]; three convolutions and a pool before the stages."""

    def __init__(self, side, width, depths, out):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(3, width // 2, 3, 2, 1, bias=False), nn.BatchNorm2d(width // 2)
        self.conv2, self.bn2 = nn.Conv2d(width // 2, width // 2, 3, padding=1, bias=False), nn.BatchNorm2d(width // 2)
        self.conv3, self.bn3 = nn.Conv2d(width // 2, width, 3, padding=1, bias=False), nn.BatchNorm2d(width)
        dim = width
        for i, depth in enumerate(depths):
            blocks = []
            for j in range(depth):
                blocks.append(Bottleneck(dim, width << i, 2 if i > 0 and j == 0 else 1))
                dim = 4 * (width << i)
            setattr(self, f"layer{i + 1}", nn.Sequential(*blocks))
        self.attnpool = AttentionPool(side, dim, out)

    def stem(self, x):
        for conv, bn in ((self.conv1, self.bn1), (self.conv2, self.bn2), (self.conv3, self.bn3)):
            x = torch.relu(bn(conv(x)))
        return nn.functional.avg_pool2d(x, 2)

    def features(self, x):
        """The map of stride 16 that regions are cut from."""
        return self.layer3(self.layer2(self.layer1(self.stem(x))))

    def embed(self, x):
        """From such a map, of the side that the pool was trained on, to embeddings."""
        return self.attnpool(self.layer4(x))

    def forward(self, pixel_values):
        return self.embed(self.features(pixel_values))


class TextEncoder(nn.Module):
    """Token ids [t, n], the end's the largest -> [t, out]."""

    def __init__(self, vocabulary, context, dim, depth, out):
        super().__init__()
        self.token_embedding = nn.Embedding(vocabulary, dim)
        self.positional_embedding = nn.Parameter(torch.zeros(context, dim))
        self.transformer, self.ln_final = Transformer(dim, depth, dim // 64), nn.LayerNorm(dim)
        self.text_projection = nn.Parameter(torch.zeros(dim, out))
        self.register_buffer("mask", torch.full((context, context), float("-inf")).triu(1), persistent=False)

    def forward(self, input_ids):
        x = self.ln_final(self.transformer(self.token_embedding(input_ids) + self.positional_embedding, self.mask))
        # As floats, which hold every token: ONNX Runtime finds the largest integer on the host only.
        at = input_ids.float().argmax(-1).reshape(-1, 1, 1).expand(-1, 1, x.shape[2])
        return x.gather(1, at).squeeze(1) @ self.text_projection


def depth_of(state, prefix):
    return len({m.group(1) for k in state for m in [re.match(re.escape(prefix) + r"(\d+)\.", k)] if m})


def image_encoder(state, prefix="visual."):
    """The image encoder whose weights have a prefix, with those weights."""
    own = {k[len(prefix):]: v.float() for k, v in state.items() if k.startswith(prefix)}
    if "proj" in own:
        dim, patch = own["conv1.weight"].shape[0], own["conv1.weight"].shape[-1]
        side = round((len(own["positional_embedding"]) - 1) ** 0.5)
        model, size = VisionTransformer(side * patch, patch, dim, depth_of(own, "transformer.resblocks."), own["proj"].shape[1]), side * patch
    else:
        width = own["conv3.weight"].shape[0]
        side = round((len(own["attnpool.positional_embedding"]) - 1) ** 0.5)
        depths = [depth_of(own, f"layer{i}.") for i in range(1, 5)]
        model, size = ResNet(side, width, depths, own["attnpool.c_proj.weight"].shape[0]), side * 32
    model.load_state_dict({k: v for k, v in own.items() if not k.endswith("num_batches_tracked")}, strict=False)
    missing = set(model.state_dict()) - set(own) - {k for k in model.state_dict() if k.endswith("num_batches_tracked")}
    if missing or set(own) - set(model.state_dict()):
        raise KeyError(f"missing {sorted(missing)[:5]}, unknown {sorted(set(own) - set(model.state_dict()))[:5]}")
    return model.eval(), size


def text_encoder(state):
    """The text encoder of a whole checkpoint, with its weights."""
    own = {k: v.float() for k, v in state.items() if k.startswith(("token_embedding.", "transformer.", "ln_final.")) or k in ("positional_embedding", "text_projection")}
    (vocabulary, dim), (context, _) = own["token_embedding.weight"].shape, own["positional_embedding"].shape
    model = TextEncoder(vocabulary, context, dim, depth_of(own, "transformer.resblocks."), own["text_projection"].shape[1])
    model.load_state_dict(own)
    return model.eval()
