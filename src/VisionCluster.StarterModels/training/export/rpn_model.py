"""
Region proposals as detectron2's ResNet-50 makes them, on its C4 map or on a feature pyramid (arXiv 1506.01497,
1612.03144). Attribute names are those of its checkpoints.
"""
import math

import torch
import torch.nn as nn

# Pixels are BGR from 0 to 255 less these, as the networks that MSRA trained want them.
MEAN = (103.53, 116.28, 123.675)
SIZES, RATIOS, MOST = (32, 64, 128, 256, 512), (0.5, 1.0, 2.0), 1000
LARGEST_STEP = math.log(1000 / 16)


class Conv(nn.Conv2d):
    """A convolution and a normalisation whose statistics stand still."""

    def __init__(self, dim, out, kernel, stride=1):
        super().__init__(dim, out, kernel, stride, kernel // 2, bias=False)
        self.norm = nn.BatchNorm2d(out)

    def forward(self, x):
        return self.norm(super().forward(x))


class Bottleneck(nn.Module):
    def __init__(self, dim, inner, out, stride):
        super().__init__()
        self.shortcut = Conv(dim, out, 1, stride) if dim != out else None
        self.conv1, self.conv2, self.conv3 = Conv(dim, inner, 1, stride), Conv(inner, inner, 3), Conv(inner, out, 1)

    def forward(self, x):
        y = self.conv3(torch.relu(self.conv2(torch.relu(self.conv1(x)))))
        return torch.relu(y + (x if self.shortcut is None else self.shortcut(x)))


class Stem(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.conv1 = Conv(3, width, 7, 2)

    def forward(self, x):
        return nn.functional.max_pool2d(torch.relu(self.conv1(x)), 3, 2, 1)


class ResNet(nn.Module):
    """Maps of strides 4, 8, 16 and, where there are as many depths, 32."""

    def __init__(self, width, depths):
        super().__init__()
        self.stem, dim, self.stages = Stem(width), width, len(depths)
        for i, depth in enumerate(depths):
            out = 4 * (width << i)
            blocks = [Bottleneck(dim if j == 0 else out, width << i, out, 2 if i > 0 and j == 0 else 1) for j in range(depth)]
            setattr(self, f"res{i + 2}", nn.Sequential(*blocks))
            dim = out

    def forward(self, x):
        x, maps = self.stem(x), []
        for i in range(self.stages):
            x = getattr(self, f"res{i + 2}")(x)
            maps.append(x)
        return maps


class LastMap(nn.Module):
    """The backbone of a C4 network."""

    levels = ((16, SIZES),)

    def __init__(self, width, depths):
        super().__init__()
        self.body, self.channels = ResNet(width, depths), 16 * width

    def forward(self, x):
        return self.body(x)[-1:]


class Pyramid(nn.Module):
    """Five maps of one width, the finest of stride 4."""

    levels = tuple((4 << i, (size,)) for i, size in enumerate(SIZES))

    def __init__(self, width, depths, channels):
        super().__init__()
        self.bottom_up, self.channels = ResNet(width, depths), channels
        for i in range(4):
            setattr(self, f"fpn_lateral{i + 2}", nn.Conv2d(4 * (width << i), channels, 1))
            setattr(self, f"fpn_output{i + 2}", nn.Conv2d(channels, channels, 3, padding=1))

    def forward(self, x):
        maps, found, above = self.bottom_up(x), [], None
        for i in (3, 2, 1, 0):
            lateral = getattr(self, f"fpn_lateral{i + 2}")(maps[i])
            above = lateral if above is None else lateral + nn.functional.interpolate(above, scale_factor=2.0, mode="nearest")
            found.insert(0, getattr(self, f"fpn_output{i + 2}")(above))
        return found + [nn.functional.max_pool2d(found[-1], 1, 2)]


class Head(nn.Module):
    def __init__(self, channels, anchors):
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, padding=1)
        self.objectness_logits, self.anchor_deltas = nn.Conv2d(channels, anchors, 1), nn.Conv2d(channels, 4 * anchors, 1)

    def forward(self, x):
        x = torch.relu(self.conv(x))
        return self.objectness_logits(x), self.anchor_deltas(x)


def anchors_of(height, width, stride, sizes):
    """[height * width * n, 4] as centre and size, a cell's anchors side by side."""
    sides = torch.tensor([(size / math.sqrt(ratio), size * math.sqrt(ratio)) for size in sizes for ratio in RATIOS])
    rows, columns = torch.arange(height) * float(stride), torch.arange(width) * float(stride)
    centres = torch.stack([columns[None, :].expand(height, width), rows[:, None].expand(height, width)], -1)
    centres = centres.reshape(-1, 1, 2).expand(-1, len(sides), 2)
    return torch.cat([centres, sides.expand(height * width, -1, 2)], -1).reshape(-1, 4)


class Proposals(nn.Module):
    """BGR pictures less their mean -> boxes [b, k, 4] in pixels and their logits [b, k], the best of each map."""

    def __init__(self, backbone):
        super().__init__()
        self.backbone = backbone
        self.rpn_head = Head(backbone.channels, len(RATIOS) * len(backbone.levels[0][1]))

    def forward(self, pixels):
        boxes, scores, limit = [], [], float(pixels.shape[-1])
        for (stride, sizes), x in zip(self.backbone.levels, self.backbone(pixels)):
            logits, deltas = self.rpn_head(x)
            height, width = int(x.shape[2]), int(x.shape[3])
            logits = logits.permute(0, 2, 3, 1).flatten(1)
            count = int(logits.shape[1])
            deltas = deltas.reshape(-1, count // (height * width), 4, height, width).permute(0, 3, 4, 1, 2).reshape(-1, count, 4)
            anchors = anchors_of(height, width, stride, sizes)
            best, at = logits.topk(min(MOST, count), 1)
            deltas = deltas.gather(1, at.unsqueeze(-1).expand(-1, -1, 4))
            anchors = anchors[at]
            centre = anchors[..., :2] + deltas[..., :2] * anchors[..., 2:]
            half = anchors[..., 2:] * deltas[..., 2:].clamp(max=LARGEST_STEP).exp() / 2
            boxes.append(torch.cat([centre - half, centre + half], -1).clamp(0, limit))
            scores.append(best)
        return torch.cat(boxes, 1), torch.cat(scores, 1)


def proposals(state):
    """A network of a checkpoint's weights: those of the backbone and of `proposal_generator.rpn_head`."""
    state = {k: v.float() for k, v in state.items()}
    own = {"rpn_head." + k.split("rpn_head.")[1]: v for k, v in state.items() if "rpn_head." in k}
    pyramid = any(k.startswith("backbone.bottom_up.") for k in state)
    prefix = "backbone.bottom_up." if pyramid else "backbone."
    width = state[prefix + "stem.conv1.weight"].shape[0]
    depths = [len({k.split(".")[len(prefix.split(".")) ] for k in state if k.startswith(f"{prefix}res{i}.")}) for i in range(2, 6 if pyramid else 5)]
    if pyramid:
        model = Proposals(Pyramid(width, depths, state["backbone.fpn_output2.weight"].shape[0]))
        own.update({k: v for k, v in state.items() if k.startswith("backbone.")})
    else:
        model = Proposals(LastMap(width, depths))
        # A C4 checkpoint's res5 belongs to its box head.
        own.update({"backbone.body." + k[len("backbone."):]: v for k, v in state.items() if k.startswith("backbone.") and ".res5." not in k})
    wanted = {k for k in model.state_dict() if not k.endswith("num_batches_tracked")}
    if wanted != set(own):
        raise KeyError(f"missing {sorted(wanted - set(own))[:5]}, unknown {sorted(set(own) - wanted)[:5]}")
    model.load_state_dict(own, strict=False)
    return model.eval()
