"""Capsules: Mazzia, Salvetti and Chiaberge, "Efficient-CapsNet: capsule network with self-attention routing", 2021, section 3.

Each channel is a capsule: values are (samples, capsules, size, 1), or any image whose maps are read as vectors.
"""

from dataclasses import dataclass

import numpy as np

from reference.layers.layer import Layer, as_maps


def as_vectors(values):
    return values.reshape(len(values), values.shape[1], int(np.prod(values.shape[2:])))


def lengths(vectors):
    return np.sqrt((vectors**2).sum(axis=-1, keepdims=True))


def squash(vectors):
    """(1 - exp(-n)) s / n with n = |s|; 0 stays 0."""
    n = lengths(vectors)
    return -np.expm1(-n) * vectors / np.where(n == 0, 1, n)


def squash_gradient(vectors, gradient):
    """The part along s grows by exp(-n), the part across it by (1 - exp(-n)) / n."""
    n = lengths(vectors)
    direction = vectors / np.where(n == 0, 1, n)
    along = (direction * gradient).sum(axis=-1, keepdims=True) * direction
    across = np.where(n == 0, 1, -np.expm1(-n) / np.where(n == 0, 1, n))
    return np.exp(-n) * along + across * (gradient - along)


@dataclass
class PrimaryCapsules(Layer):
    """One filter as large as the map for each; `size` neighbouring values make a capsule."""

    size: int = 8
    variants = ({"size": 2}, {"size": 4}, {"size": 1})
    place = "image"

    def parameter_shapes(self, shape):
        return {f"{self.name}.weight": (*shape, 1, 1)[:3], f"{self.name}.bias": shape[:1]}

    def parts(self, inputs, parameters):
        """Maps, filters and the vectors before they are squashed."""
        images, filters = as_maps(inputs), parameters[f"{self.name}.weight"]
        values = np.einsum("schw,chw->sc", images, filters) + parameters[f"{self.name}.bias"]
        return images, filters, values.reshape(len(values), -1, self.size)

    def forward(self, inputs, parameters):
        return squash(self.parts(inputs, parameters)[2])[..., None]

    def backward(self, inputs, gradient, parameters):
        images, filters, vectors = self.parts(inputs, parameters)
        of_values = squash_gradient(vectors, gradient.reshape(vectors.shape)).reshape(len(vectors), -1)
        own = {f"{self.name}.weight": np.einsum("sc,schw->chw", of_values, images), f"{self.name}.bias": of_values.sum(axis=0)}
        return np.einsum("sc,chw->schw", of_values, filters).reshape(inputs.shape), own


@dataclass
class CapsuleRouting(Layer):
    """Votes û of capsule i for capsule k; shares by a softmax over k of û · Σ û / sqrt(size); a learnt bias is added to them."""

    capsules: int = 10
    size: int = 16
    variants = ({"capsules": 3, "size": 5}, {"capsules": 1, "size": 2}, {"capsules": 5, "size": 1})
    place = "image"

    def parameter_shapes(self, shape):
        weight = (self.capsules, shape[0], int(np.prod(shape[1:])), self.size)
        return {f"{self.name}.weight": weight, f"{self.name}.bias": (self.capsules * shape[0],)}

    def parts(self, inputs, parameters):
        """Votes, their sums, shares with and without bias, and the vectors before they are squashed."""
        votes = np.einsum("sid,kide->skie", as_vectors(inputs), parameters[f"{self.name}.weight"])
        sums = votes.sum(axis=2)
        agreement = np.einsum("skie,ske->ski", votes, sums) / np.sqrt(self.size)
        shares = np.exp(agreement - agreement.max(axis=1, keepdims=True))
        shares = shares / shares.sum(axis=1, keepdims=True)
        weights = shares + parameters[f"{self.name}.bias"].reshape(self.capsules, -1)
        return votes, sums, shares, weights, np.einsum("ski,skie->ske", weights, votes)

    def forward(self, inputs, parameters):
        return squash(self.parts(inputs, parameters)[-1])[..., None]

    def backward(self, inputs, gradient, parameters):
        votes, sums, shares, weights, totals = self.parts(inputs, parameters)
        of_totals = squash_gradient(totals, gradient.reshape(totals.shape))
        of_shares = np.einsum("ske,skie->ski", of_totals, votes)
        of_agreement = shares * (of_shares - (shares * of_shares).sum(axis=1, keepdims=True)) / np.sqrt(self.size)
        of_sums = np.einsum("ski,skie->ske", of_agreement, votes)
        direct = weights[..., None] * of_totals[:, :, None] + of_agreement[..., None] * sums[:, :, None]
        of_votes = direct + of_sums[:, :, None]
        own = {
            f"{self.name}.weight": np.einsum("sid,skie->kide", as_vectors(inputs), of_votes),
            f"{self.name}.bias": of_shares.sum(axis=0).reshape(-1),
        }
        return np.einsum("kide,skie->sid", parameters[f"{self.name}.weight"], of_votes).reshape(inputs.shape), own


class Length(Layer):
    """Euclidean length of each capsule."""

    place = "image"

    def forward(self, inputs, parameters):
        return lengths(as_vectors(inputs))[..., 0]

    def backward(self, inputs, gradient, parameters):
        vectors = as_vectors(inputs)
        n = lengths(vectors)
        return (gradient.reshape(n.shape) * vectors / np.where(n == 0, 1, n)).reshape(inputs.shape), {}
