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
    blocks = [block for inputs, outputs, stride in sides for block in (Residual(inputs, outputs, stride), Residual(outputs, outputs, 1))]
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
