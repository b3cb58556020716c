"""The deep models in PyTorch, written from their papers; parameters come in the order of ours."""

import torch
from torch import nn


def normalized(inputs, outputs, kernel, *, stride=1, padding=0, epsilon=1e-5):
    return nn.Sequential(nn.Conv2d(inputs, outputs, kernel, stride, padding, bias=False), nn.BatchNorm2d(outputs, epsilon))


class Residual(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.first = normalized(inputs, outputs, 3, stride=stride, padding=1)
        self.second = normalized(outputs, outputs, 3, padding=1)
        self.shortcut = normalized(inputs, outputs, 1, stride=stride) if stride > 1 else nn.Identity()

    def forward(self, values):
        return torch.relu(self.second(torch.relu(self.first(values))) + self.shortcut(values))


def resnet18():
    stem = [normalized(1, 64, 7, stride=2, padding=3), nn.ReLU(), nn.MaxPool2d(3, 2, 1)]
    sides = [(64, 64, 1), (64, 128, 2), (128, 256, 2), (256, 512, 2)]
    blocks = [Residual(*each) for inputs, outputs, stride in sides for each in ((inputs, outputs, stride), (outputs, outputs, 1))]
    return nn.Sequential(*stem, *blocks, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(512, 10))


class Fire(nn.Module):
    def __init__(self, inputs, squeeze):
        super().__init__()
        self.squeeze = nn.Conv2d(inputs, squeeze, 1)
        self.narrow, self.wide = nn.Conv2d(squeeze, 4 * squeeze, 1), nn.Conv2d(squeeze, 4 * squeeze, 3, padding=1)

    def forward(self, values):
        squeezed = torch.relu(self.squeeze(values))
        return torch.relu(torch.cat([self.narrow(squeezed), self.wide(squeezed)], dim=1))


def squeezenet():
    pairs = [
        [nn.MaxPool2d(3, 2, 1), Fire(inputs, squeeze), Fire(8 * squeeze, squeeze)] for inputs, squeeze in ((16, 8), (64, 12), (96, 16))
    ]
    end = [nn.Conv2d(128, 10, 1), nn.AdaptiveAvgPool2d(1), nn.Flatten()]
    return nn.Sequential(nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), *(layer for pair in pairs for layer in pair), *end)


class Branches(nn.Module):
    """An inception module; the maps of its branches as GoogLeNet's table lists them."""

    def __init__(self, inputs, maps, convolution):
        super().__init__()
        plain, reduced, wide, reduced_second, wide_second, pooled = maps
        self.plain = convolution(inputs, plain, 1)
        self.wide = nn.Sequential(convolution(inputs, reduced, 1), convolution(reduced, wide, 3, padding=1))
        self.second = nn.Sequential(convolution(inputs, reduced_second, 1), convolution(reduced_second, wide_second, 3, padding=1))
        self.pooled = nn.Sequential(nn.MaxPool2d(3, 1, 1), convolution(inputs, pooled, 1))

    def forward(self, values):
        return torch.cat([branch(values) for branch in (self.plain, self.wide, self.second, self.pooled)], dim=1)


class GoogLeNet(nn.Module):
    """Without dropout, which nobody could compare; while training it returns the logits of its heads too."""

    def __init__(self):
        super().__init__()
        widest = nn.MaxPool2d(3, 2, ceil_mode=True)
        stem = [
            self.convolution(1, 64, 7, stride=2, padding=3),
            widest,
            self.convolution(64, 64, 1),
            self.convolution(64, 192, 3, padding=1),
        ]
        third = self.branches((192, 64, 96, 128, 16, 32, 32), (256, 128, 128, 192, 32, 96, 64))
        self.first = nn.Sequential(*stem, widest, *third, widest, *self.branches((480, 192, 96, 208, 16, 48, 64)))
        self.first_head = self.head(512)
        fourth = (512, 160, 112, 224, 24, 64, 64), (512, 128, 128, 256, 24, 64, 64), (512, 112, 144, 288, 32, 64, 64)
        self.second = nn.Sequential(*self.branches(*fourth))
        self.second_head = self.head(528)
        fifth = self.branches((832, 256, 160, 320, 32, 128, 128), (832, 384, 192, 384, 48, 128, 128))
        pool = nn.MaxPool2d(2, 2, ceil_mode=True)
        end = [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(1024, 10)]
        self.last = nn.Sequential(*self.branches((528, 256, 160, 320, 32, 128, 128)), pool, *fifth, *end)

    def convolution(self, inputs, outputs, kernel, **options):
        return nn.Sequential(*normalized(inputs, outputs, kernel, epsilon=1e-3, **options), nn.ReLU())

    def branches(self, *rows):
        return [Branches(inputs, maps, self.convolution) for inputs, *maps in rows]

    def head(self, inputs):
        hidden = [nn.Flatten(), nn.Linear(2048, 1024), nn.ReLU(), nn.Linear(1024, 10)]
        return nn.Sequential(nn.AdaptiveAvgPool2d(4), self.convolution(inputs, 128, 1), *hidden)

    def forward(self, images):
        first = self.first(images)
        second = self.second(first)
        logits = self.last(second)
        return (logits, self.first_head(first), self.second_head(second)) if self.training else logits


def googlenet():
    return GoogLeNet()


def squash(vectors):
    n = vectors.norm(dim=-1, keepdim=True)
    return -torch.expm1(-n) * vectors / n


class Capsules(nn.Module):
    """From 128 values, which are 16 capsules of 8, to 10 capsules of 16 by self-attention, and their lengths."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(10, 16, 8, 16))
        self.bias = nn.Parameter(torch.zeros(10, 16, 1))

    def forward(self, values):
        inputs = squash(values.reshape(-1, 16, 8))
        votes = torch.einsum("sid,kide->skie", inputs, self.weight)
        attention = torch.einsum("skie,skje->skij", votes, votes).sum(dim=-1, keepdim=True) / 4
        shares = torch.softmax(attention, dim=1) + self.bias
        return squash((shares * votes).sum(dim=2)).norm(dim=-1)


def capsnet():
    sides = [(1, 32, 5, 1), (32, 64, 3, 1), (64, 64, 3, 1), (64, 128, 3, 2)]
    maps = [layer for side in sides for layer in (nn.Conv2d(*side), nn.ReLU(), nn.BatchNorm2d(side[1]))]
    return nn.Sequential(*maps, nn.Conv2d(128, 128, 9, groups=128), Capsules())
